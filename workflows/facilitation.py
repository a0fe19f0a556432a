"""The resource group's register, and a facilitator's assignment to a project: proposed, answered, ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.calendar import day_in_oslo
from workflows.capacity import HalfNeed, Period, half_of, joined
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.facilitation_rules import FacilitationRules
from workflows.roles import Permission, Role

METHODS = ("service_design", "systemic_design", "benefits_realisation", "positive_deviance", "evaluation")
"""The five ingredients (S10), which the resource group may add to; each has its words in the translations."""

LANGUAGE_FORMS = ("nb", "nn")
PLANNED_HALVES = 4
"""For so many half-years, this one first, everybody's capacity should be known: a project begins months from its award and
takes about a year."""
MOST_HALVES = 6
"""So many half-years ahead, this one first, capacity can be stated."""
LONGEST_LEAVE_DAYS = 3 * 366
MOST_SUPPORT_MINUTES = 24 * 60


class Competence(StrEnum):
    """How far somebody has come with a method (FEATURES 4.8)."""

    LEARNED = "learned"
    SUPPORTED = "supported"
    LEADS = "leads"
    TEACHES = "teaches"


CARRIES = frozenset({Competence.LEADS, Competence.TEACHES})
"""With these one carries a method in a project, and shows a newcomer how."""


def is_experienced(levels: Iterable[str]) -> bool:
    """Whether somebody leads or teaches at least one method; others are newcomers, and paired with one who does."""
    return not CARRIES.isdisjoint(levels)


def methods_to_come(rules: FacilitationRules, state: str) -> tuple[str, ...]:
    """The methods that a project needs from where it stands on, each once, in the order it needs them (S7).

    None once the diamonds are behind it; all of them while it is set up or paused.
    """
    steps = [step.step for step in rules.steps]
    if state in steps:
        coming = rules.steps[steps.index(state) :]
    else:
        coming = rules.steps if state in ("set_up", "paused") else ()
    return tuple(dict.fromkeys(method for step in coming for method in step.methods))


class GapKind(StrEnum):
    """What the resource group lacks."""

    NOBODY_RESPONSIBLE = "nobody_responsible"
    NOBODY_LEADS = "nobody_leads"
    NO_CAPACITY = "no_capacity"


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the resource group lacks: a method without something, or a half-year (S72)."""

    kind: GapKind
    method: str = ""
    half: date | None = None
    names: tuple[str, ...] = ()
    """Who has not said what they have to give in the half-year; nobody where no one has anything."""


def gaps(
    methods: Iterable[str], responsible: Collection[str], led: Collection[str], halves: Mapping[date, Collection[str]]
) -> tuple[Gap, ...]:
    """What is missing in the resource group: methods nobody answers for or leads, half-years with no capacity stated.

    `responsible` and `led` are the methods that somebody answers for and leads; `halves` names, for each half-year that
    should be known, those who have not stated what they have to give.
    """
    found = []
    for method in methods:
        if method not in responsible:
            found.append(Gap(kind=GapKind.NOBODY_RESPONSIBLE, method=method))
        if method not in led:
            found.append(Gap(kind=GapKind.NOBODY_LEADS, method=method))
    found += [
        Gap(kind=GapKind.NO_CAPACITY, half=half, names=tuple(names)) for half, names in sorted(halves.items()) if names
    ]
    return tuple(found)


def against_leave(leave: Period, known: Iterable[Period]) -> Iterator[tuple[str, Reason]]:
    """What keeps leave from being entered, with the field it stands beside: the wrong way round, too long, twice."""
    if leave.last_on < leave.first_on:
        yield "last_on", Reason(code="form.before_start")
    elif (leave.last_on - leave.first_on).days > LONGEST_LEAVE_DAYS:
        yield "last_on", Reason(code="facilitation.leave_too_long")
    elif any(leave.within(each) == leave for each in joined(known)):
        yield "first_on", Reason(code="facilitation.leave_known")


CONFLICTS = ("own_unit", "line", "in_team", "reviewed")
"""What keeps somebody from facilitating a project: their own office, leading its line, its team, having assessed it (G12)."""

ASSIGNERS = (Role.CASE_HANDLER, Role.METHOD_OWNER)


class AssignmentState(StrEnum):
    """How far an assignment has come."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class AssignmentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one assignment."""

    assignment_id: UUID
    person_id: UUID
    name: str
    needs: tuple[HalfNeed, ...]
    """What the assignment takes of each half-year, and what the person has left there."""
    conflicts: tuple[str, ...] = ()
    """Kinds of conflict of interest with the project's units and team (CONFLICTS)."""


def over_capacity(name: str, need: HalfNeed) -> Reason:
    """That somebody has less left in a half-year than they are needed for."""
    return Reason(
        code="facilitation.over_capacity",
        parameters={
            "name": name, "hours": need.hours, "left": max(need.left, 0),
            "half_key": f"half.{1 if need.half.month == 1 else 2}", "year": str(need.half.year),
        },
        place="facilitation.register",
        who=ASSIGNERS,
    )  # fmt: skip


@requirement(source="S72", waivable_by=Role.CASE_HANDLER)
def within_capacity(facts: AssignmentFacts, act: Act) -> Iterator[Reason]:
    """In every half-year to come the hours fit within what the facilitator has left, leave taken off."""
    this_half = half_of(day_in_oslo(act.now))
    for need in facts.needs:
        if need.half >= this_half and need.hours > need.left:
            yield over_capacity(facts.name, need)


@requirement(source="G12")
def without_conflict(facts: AssignmentFacts, act: Act) -> Iterator[Reason]:
    """The facilitator does not work at the office or lead its line, has no part in its team and has not assessed it."""
    for kind in facts.conflicts:
        yield Reason(
            code=f"facilitation.conflict_{kind}",
            parameters={"name": facts.name},
            place="project.facilitators",
            who=ASSIGNERS,
        )


@requirement()
def answered_by_the_one_asked(facts: AssignmentFacts, act: Act) -> Iterator[Reason]:
    """A facilitator answers for themselves."""
    if act.person_id != facts.person_id:
        yield Reason(
            code="facilitation.only_self", parameters={"name": facts.name}, place="project.facilitators",
            who=(Role.FACILITATOR,),
        )  # fmt: skip


S = AssignmentState

FACILITATION = Lifecycle(
    subject="facilitator_assignment",
    states=AssignmentState,
    initial=S.PROPOSED,
    final=frozenset({S.DECLINED, S.ENDED}),
    moves=(
        move("accept", S.PROPOSED, S.ACCEPTED, Permission.FACILITATOR_ANSWER,
             answered_by_the_one_asked, within_capacity, without_conflict),
        move("decline", S.PROPOSED, S.DECLINED, Permission.FACILITATOR_ANSWER,
             answered_by_the_one_asked, needs_why=True),
        move("withdraw", S.PROPOSED, S.ENDED, Permission.FACILITATOR_ASSIGN, needs_why=True),
        move("end", S.ACCEPTED, S.ENDED, Permission.FACILITATOR_ASSIGN, needs_why=True),
        move("release", (S.PROPOSED, S.ACCEPTED), S.ENDED, Permission.CLOCK),
    ),
)  # fmt: skip
