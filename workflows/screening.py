"""What the machine can check of an application that was sent; the rest is a person's to judge (G8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

import msgspec

from workflows import application as rules_of
from workflows import budget
from workflows.application import HANDLERS, SENDERS, ApplicationFacts, ApplicationState
from workflows.budget_rules import BudgetRules
from workflows.engine import Act, Reason, Requirement
from workflows.file import FileState
from workflows.measurement import OPEN as UNREPORTED
from workflows.milestone import MilestoneState
from workflows.roles import Role

ALIKE_PERCENT = 50
"""How much of what is telling in one application another must have for a person to look at both."""

OWED_MILESTONES = (MilestoneState.PLANNED, MilestoneState.DUE, MilestoneState.RETURNED)
"""States of a milestone in which its report is still to come."""
OWED_MEASUREMENTS = UNREPORTED
"""States of a measurement in which it is still to come."""
SCREENED_IN = frozenset({ApplicationState.SUBMITTED, ApplicationState.SCREENING, ApplicationState.RETURNED})
"""States of an application in which its checks are shown as they stand now."""


class Outcome(StrEnum):
    """How a check has gone: it holds, it does not, or a person must look at what was found."""

    HOLDS = "holds"
    JUDGE = "judge"
    FAILS = "fails"


class SentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was sent along; what it is was told by its content when it came, only what may be sent was taken."""

    name: str
    state: str


class OtherApplication(msgspec.Struct, frozen=True, kw_only=True):
    """Another application that whoever screens may know of, and how much of this one's telling words it has."""

    id: UUID
    reference: str
    unit: str
    percent: int = 0


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """A milestone or a measurement of an earlier project of the same offices that has not been reported."""

    case_id: UUID
    reference: str
    kind: Literal["milestone", "measurement"]
    what: str
    """The milestone's key, or the benefit that is to be measured."""
    due_on: date


class ScreeningFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the machine knows about an application when it is screened."""

    application: ApplicationFacts
    first_sent_at: datetime
    last_sent_at: datetime
    today: date
    frame_ore: int | None = None
    frame_hours: int | None = None
    cost_kinds: tuple[str, ...] = ()
    files: tuple[SentFile, ...] = ()
    earlier: tuple[OtherApplication, ...] = ()
    """Others that the same offices have sent to the same call, and not withdrawn."""
    unanswered: tuple[Unanswered, ...] = ()
    alike: tuple[OtherApplication, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one check: its outcome, what was found, and what is told where all is well."""

    name: str
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    told: Mapping[str, str | int] = {}


Found = tuple[Outcome, Reason]
Told = Callable[[ScreeningFacts], Mapping[str, str | int]]


@dataclass(frozen=True)
class MachineCheck:
    """One check: what it finds, its rule in words, where that comes from, and what it tells where all is well."""

    name: str
    find: Callable[[ScreeningFacts], Iterator[Found]]
    rule: str
    source: str
    told: Told
    applies: Callable[[ScreeningFacts], bool]
    """Whether there is anything to check at all."""

    def run(self, facts: ScreeningFacts) -> Finding:
        """What the check finds; one thing that does not hold weighs more than many to be looked at."""
        found = tuple(self.find(facts))
        outcomes = {outcome for outcome, _ in found}
        outcome = next((each for each in (Outcome.FAILS, Outcome.JUDGE) if each in outcomes), Outcome.HOLDS)
        return Finding(
            name=self.name, outcome=outcome, reasons=tuple(reason for _, reason in found), told=self.told(facts)
        )


MACHINE_CHECKS: list[MachineCheck] = []
"""Every check in the order of the page; they are added by being declared below."""


def _nothing(facts: ScreeningFacts) -> Mapping[str, str | int]:
    return {}


def _always(facts: ScreeningFacts) -> bool:
    return True


def machine_check(
    *, source: str, told: Told = _nothing, applies: Callable[[ScreeningFacts], bool] = _always
) -> Callable[[Callable[[ScreeningFacts], Iterator[Found]]], MachineCheck]:
    """Declare a function from facts to what it finds as a check; its docstring is the rule in words."""

    def declare(find: Callable[[ScreeningFacts], Iterator[Found]]) -> MachineCheck:
        made = MachineCheck(find.__name__, find, (find.__doc__ or "").strip(), source, told, applies)
        MACHINE_CHECKS.append(made)
        return made

    return declare


def machine_checks(facts: ScreeningFacts) -> tuple[Finding, ...]:
    """What every check finds that there is something to check for."""
    return tuple(each.run(facts) for each in MACHINE_CHECKS if each.applies(facts))


def _against(requirements: Sequence[Requirement], facts: ScreeningFacts, at: datetime | None = None) -> Iterator[Found]:
    """What an application lacks, as it was asked for when it was sent."""
    act = Act(now=at or facts.last_sent_at, roles=frozenset())
    for each in requirements:
        for reason in each.check(facts.application, act):
            yield Outcome.FAILS, reason


def _found(outcome: Outcome, code: str, place: str, who: tuple[Role, ...], **said: str | int) -> Found:
    return outcome, Reason(code=code, parameters=said, place=place, who=who)


def _open_until(facts: ScreeningFacts) -> datetime:
    """The deadline of the office, its minutes of grace counted."""
    deadline = max(facts.application.deadline, facts.application.extended_until or facts.application.deadline)
    return deadline + timedelta(minutes=facts.application.rules.deadlines.grace_minutes)


@machine_check(
    source="G4",
    told=lambda facts: {"sent_at": facts.first_sent_at.isoformat(), "until_at": _open_until(facts).isoformat()},
)
def sent_in_time(facts: ScreeningFacts) -> Iterator[Found]:
    """It was first sent while the call was open, its minutes of grace and any longer deadline of the office counted."""
    yield from _against((rules_of.in_time,), facts, facts.first_sent_at)


@machine_check(
    source="G8", told=lambda facts: {"sent_at": facts.last_sent_at.isoformat()},
    applies=lambda facts: facts.last_sent_at != facts.first_sent_at,
)  # fmt: skip
def completed_in_time(facts: ScreeningFacts) -> Iterator[Found]:
    """What it came back for was sent within the time that was given for it; what a person let through later is shown."""
    for _, reason in _against((rules_of.completed_in_time,), facts):
        yield Outcome.JUDGE, reason


@machine_check(source="G8")
def unit_may_apply(facts: ScreeningFacts) -> Iterator[Found]:
    """The applicant is an office that may apply."""
    yield from _against((rules_of.unit_may_apply,), facts)


@machine_check(
    source="G8, S32, S37, S64",
    told=lambda facts: {"count": len(facts.application.form.asked(facts.application.answers))},
)
def answers_complete(facts: ScreeningFacts) -> Iterator[Found]:
    """Every question that must be answered is, within its limits; something works already, and benefits are named."""
    asked = (
        rules_of.every_question_answered, rules_of.every_answer_valid, rules_of.something_works_already,
        rules_of.benefits_expected,
    )  # fmt: skip
    yield from _against(asked, facts)


@machine_check(source="S73", told=lambda facts: {"count": len(facts.application.team)})
def team_filled_and_confirmed(facts: ScreeningFacts) -> Iterator[Found]:
    """The team has the people and the roles that it must have, and each has said that they take part."""
    yield from _against((rules_of.team_in_place, rules_of.team_confirms), facts)


@machine_check(source="G7, S73", told=lambda facts: {"count": 1 + len(facts.application.partners)})
def endorsed_by_leader(facts: ScreeningFacts) -> Iterator[Found]:
    """The leader of every office stands behind what it says now."""
    yield from _against((rules_of.leader_endorses,), facts)


def _asked_ore(facts: ScreeningFacts) -> int:
    return int(facts.application.answers.get("amount_ore") or 0)


def _budget(facts: ScreeningFacts) -> BudgetRules:
    return facts.application.rules.budget


def _asked_hours(facts: ScreeningFacts) -> int:
    return int(facts.application.answers.get("hours") or 0)


@machine_check(source="G19", told=lambda facts: {"amount_ore": _asked_ore(facts), "hours": _asked_hours(facts)})
def within_the_frame(facts: ScreeningFacts) -> Iterator[Found]:
    """It asks for no more money and no more hours than the whole call has."""
    if facts.frame_ore is not None and _asked_ore(facts) > facts.frame_ore:
        yield _found(
            Outcome.FAILS, "screening.above_frame", "application.plan", SENDERS, asked_ore=_asked_ore(facts),
            frame_ore=facts.frame_ore,
        )  # fmt: skip
    if facts.frame_hours is not None and _asked_hours(facts) > facts.frame_hours:
        yield _found(
            Outcome.FAILS, "screening.above_hours", "application.plan", SENDERS, asked=_asked_hours(facts),
            frame=facts.frame_hours,
        )  # fmt: skip


@machine_check(
    source="R5, G19",
    told=lambda facts: {"amount_ore": _asked_ore(facts)},
    applies=lambda facts: bool(_budget(facts).most_ore or _budget(facts).own_share_basis_points),
)
def within_the_limits(facts: ScreeningFacts) -> Iterator[Found]:
    """It asks for no more than one application may get, and the office and others bear the share that they must."""
    yield from _against((rules_of.within_what_is_given,), facts)


@machine_check(source="R3, R24", applies=lambda facts: _budget(facts).asked,
               told=lambda facts: {"count": len(facts.application.budget)})  # fmt: skip
def budget_filled(facts: ScreeningFacts) -> Iterator[Found]:
    """It has a budget, and each line says what it must."""
    yield from _against((rules_of.budget_complete,), facts)


@machine_check(source="G1, G8, R4")
def costs_allowed(facts: ScreeningFacts) -> Iterator[Found]:
    """It asks for no money, or the call pays for every kind of cost that it asks for.

    The lines of a budget say so; where the call asks for none a person reads what the money goes to.
    """
    if _budget(facts).asked:
        for reason in budget.not_paid_for(_budget(facts), facts.application.budget, facts.cost_kinds):
            yield Outcome.FAILS, reason
        return
    if _asked_ore(facts) == 0 or not facts.cost_kinds:
        return
    if not str(facts.application.answers.get("spent_on") or "").strip():
        yield _found(Outcome.JUDGE, "screening.spending_untold", "application.plan", SENDERS)
    kinds = " ".join(f"calls.cost.{kind}" for kind in facts.cost_kinds)
    yield _found(Outcome.JUDGE, "screening.cost_kinds", "application.plan", HANDLERS, cost_keys=kinds)


@machine_check(source="G8, G39", told=lambda facts: {"count": len(facts.files)})
def attachments_sound(facts: ScreeningFacts) -> Iterator[Found]:
    """Every attachment is of a kind that may be sent, by its content, and has been scanned."""
    for file in facts.files:
        match file.state:
            case FileState.INFECTED:
                yield _found(
                    Outcome.FAILS, "screening.file_infected", "application.attachments", SENDERS, name=file.name
                )
            case FileState.UPLOADED:
                yield _found(Outcome.JUDGE, "screening.file_waits", "application.attachments", HANDLERS, name=file.name)
            case FileState.UNSCANNED:
                yield _found(
                    Outcome.JUDGE, "screening.file_unscanned", "application.attachments", HANDLERS, name=file.name
                )


@machine_check(source="G8")
def only_one_in_the_call(facts: ScreeningFacts) -> Iterator[Found]:
    """The offices have sent nothing else to the same call."""
    for each in facts.earlier:
        yield _found(
            Outcome.JUDGE, "screening.another_in_call", "application.other", HANDLERS, reference=each.reference,
            unit=each.unit, other=str(each.id),
        )  # fmt: skip


@machine_check(source="G8, G26, M8")
def nothing_overdue(facts: ScreeningFacts) -> Iterator[Found]:
    """Earlier projects of the offices owe no report and no measurement; to be known, it dismisses nothing by itself (M8)."""
    patience = timedelta(days=facts.application.rules.benefits.overdue_days)
    for each in facts.unanswered:
        late_on = each.due_on + (patience if each.kind == "measurement" else timedelta())
        if late_on >= facts.today:
            continue
        code, place = OVERDUE[each.kind]
        yield _found(
            Outcome.JUDGE, code, place, SENDERS, reference=each.reference, other=str(each.case_id), what=each.what,
            due_on=each.due_on.isoformat(),
        )  # fmt: skip


OVERDUE = {
    "milestone": ("screening.overdue_milestone", "project.others_milestones"),
    "measurement": ("screening.overdue_measurement", "project.others_benefits"),
}


@machine_check(source="S76, G8")
def like_no_other(facts: ScreeningFacts) -> Iterator[Found]:
    """No application that whoever screens may see says much the same, so that nothing is sent or paid for twice."""
    for each in facts.alike:
        if each.percent >= ALIKE_PERCENT:
            yield _found(
                Outcome.JUDGE, "screening.alike", "application.other", HANDLERS, reference=each.reference,
                unit=each.unit, percent=each.percent, other=str(each.id),
            )  # fmt: skip
