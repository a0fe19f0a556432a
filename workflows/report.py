"""A report of a project: due on a day set at the award, written by the office, and approved by somebody else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from workflows.accounts import KindAccount, accounted, kinds_of, spent_in_all
from workflows.budget import KindBudget
from workflows.calendar import add_months
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.forms.fields import missing
from workflows.forms.report import FORM_VERSION, form_of
from workflows.report_rules import ReportRules
from workflows.roles import Permission, Role

OFFICE = (Role.COORDINATOR, Role.LEADER)
HANDLERS = (Role.CASE_HANDLER,)
YEARLY_ON = (2, 1)
"""The month and the day on which a yearly report is due."""
NEAR = timedelta(days=45)
"""Two reports closer than this would say the same: the smaller one is left out."""
OPENS = timedelta(days=30)
"""So long before its day a report is marked as one to write now (G26)."""
PLACE = "report"


class ReportKind(StrEnum):
    """What a report tells of."""

    INTERIM = "interim"
    YEARLY = "yearly"
    FINAL = "final"


class ReportState(StrEnum):
    """How far a report has come."""

    PLANNED = "planned"
    DUE = "due"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


WRITTEN_IN = frozenset({ReportState.PLANNED, ReportState.DUE, ReportState.RETURNED})
"""States in which the office writes."""


class Planned(msgspec.Struct, frozen=True, order=True):
    """One report of the calendar."""

    due_on: date
    kind: ReportKind
    number: int


def calendar(rules: ReportRules, awarded_on: date, ends_on: date) -> tuple[Planned, ...]:
    """The reports of a project from its award to its end, in the order of their days (G26).

    An interim report gives way to a yearly one close by, and both to the final one; the first comes no sooner than NEAR
    after the award.
    """
    final = ends_on + timedelta(days=rules.final_days)
    yearly = []
    if rules.yearly:
        years = range(awarded_on.year, final.year + 1)
        yearly = [day for year in years if awarded_on + NEAR <= (day := date(year, *YEARLY_ON)) <= final - NEAR]
    interim = []
    for count in range(1, 400 if rules.interim_months else 0):
        day = add_months(awarded_on, count * rules.interim_months)
        if day > final - NEAR:
            break
        if day >= awarded_on + NEAR and all(abs(day - each) >= NEAR for each in yearly):
            interim.append(day)
    kinds = {ReportKind.INTERIM: interim, ReportKind.YEARLY: yearly, ReportKind.FINAL: [final]}
    return tuple(
        sorted(Planned(day, kind, number) for kind, days in kinds.items() for number, day in enumerate(days, start=1))
    )


class ReportFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one report."""

    report_id: UUID
    kind: ReportKind
    due_on: date
    today: date
    answers: Mapping[str, Any]
    awarded_ore: int
    form_version: int = FORM_VERSION
    budget: tuple[KindBudget, ...] = ()
    """The budget of the project per kind of cost; empty where it has none."""
    tolerance_basis_points: int = ReportRules().tolerance_basis_points
    threshold_basis_points: int = 1_000
    """A shift to a kind of cost up to this share of its budget is only reported (G28)."""
    submitted_by: UUID | None = None
    accounts_approved: bool = False
    """Whether the accounts of the final report have been approved by whoever has budget authority."""


def _missing(facts: ReportFacts, code: str, *who: Role, **parameters: Any) -> Reason:
    return Reason(code=f"report.{code}", parameters={"id": str(facts.report_id), **parameters}, place=PLACE, who=who)


@requirement(source="G26")
def its_day_is_near(facts: ReportFacts, act: Act) -> Iterator[Reason]:
    """Thirty days are left, or fewer."""
    if facts.due_on - OPENS > facts.today:
        yield _missing(facts, "not_due_yet", due_on=facts.due_on.isoformat())


@requirement(source="G26")
def every_question_answered(facts: ReportFacts, act: Act) -> Iterator[Reason]:
    """Every question that must be answered is answered."""
    form = form_of(facts.kind, kinds_of(facts.budget), facts.form_version)
    for each in missing(form, facts.answers):
        yield msgspec.structs.replace(each, parameters={**each.parameters, "id": str(facts.report_id)})


@requirement(source="G25")
def sums_within_the_award(facts: ReportFacts, act: Act) -> Iterator[Reason]:
    """What was spent and what is paid back are together no more than the award."""
    told = spent_in_all(facts.answers) + (facts.answers.get("returned_ore") or 0)
    if told > facts.awarded_ore:
        yield _missing(facts, "more_than_awarded", *OFFICE, awarded_ore=facts.awarded_ore)


def standing(account: KindAccount, tolerance: int, threshold: int, kind: str) -> str:
    """What the accounts of a kind of cost ask for: "grant" a change, "explain", or "" for nothing (G28).

    Only the final report is expected to have spent it all: before, what is left is no deviation.
    """
    if account.is_beyond(threshold, above_only=True):
        return "grant"
    return "explain" if account.is_beyond(tolerance, above_only=kind != ReportKind.FINAL) else ""


@requirement(source="G28")
def deviations_explained(facts: ReportFacts, act: Act) -> Iterator[Reason]:
    """What was spent further from the budget of a kind of cost than the tolerance is explained."""
    if str(facts.answers.get("accounts_explained") or "").strip():
        return
    for each in accounted(facts.budget, facts.answers):
        if standing(each, facts.tolerance_basis_points, facts.threshold_basis_points, facts.kind):
            yield _missing(
                facts, "deviation_unexplained", *OFFICE, kind_key=f"calls.cost.{each.cost_kind}",
                budget_ore=each.budget_ore, spent_ore=each.spent_ore or 0,
            )  # fmt: skip


@requirement(source="G28")
def larger_shifts_granted(facts: ReportFacts, act: Act) -> Iterator[Reason]:
    """No more was spent on a kind of cost than its budget and the threshold: a larger shift is asked for and granted."""
    for each in accounted(facts.budget, facts.answers):
        if standing(each, facts.tolerance_basis_points, facts.threshold_basis_points, facts.kind) == "grant":
            yield msgspec.structs.replace(
                _missing(
                    facts, "shift_not_granted", *OFFICE, kind_key=f"calls.cost.{each.cost_kind}",
                    over_ore=each.deviation_ore, percent=f"{facts.threshold_basis_points / 100:g}",
                ),
                place="project.milestones",
            )  # fmt: skip


@requirement(source="G16")
def approved_by_another(facts: ReportFacts, act: Act) -> Iterator[Reason]:
    """Whoever approves or returns it did not hand it in."""
    if act.person_id is not None and act.person_id == facts.submitted_by:
        yield _missing(facts, "submitted_by_yourself", *HANDLERS)


@requirement(source="G16")
def accounts_not_approved(facts: ReportFacts, act: Act) -> Iterator[Reason]:
    """Its accounts are not approved yet: what two have signed is not opened again."""
    if facts.accounts_approved:
        yield _missing(facts, "accounts_stand", Role.DECISION_MAKER)


S = ReportState

REPORT = Lifecycle(
    subject="report",
    states=ReportState,
    initial=S.PLANNED,
    final=frozenset({S.APPROVED}),
    moves=(
        move("fall_due", S.PLANNED, S.DUE, Permission.CLOCK, its_day_is_near),
        move("submit", (S.PLANNED, S.DUE, S.RETURNED), S.SUBMITTED, Permission.REPORT_SUBMIT,
             every_question_answered, sums_within_the_award, deviations_explained, larger_shifts_granted),
        move("approve", S.SUBMITTED, S.APPROVED, Permission.REPORT_APPROVE, approved_by_another),
        move("return", S.SUBMITTED, S.RETURNED, Permission.REPORT_APPROVE, approved_by_another, accounts_not_approved,
             needs_why=True, aside=True),
    ),
)  # fmt: skip


def keeps_closed(state: str, named: Collection[str], *sections: str) -> Iterator[Reason]:
    """What keeps sections of a report from being changed now; nothing where all of them are open.

    What was handed in stands as it was; of one that came back only the sections that were named are open.
    """
    if state not in WRITTEN_IN:
        yield Reason(code="report.sent_already", place="project.report")
    elif state == ReportState.RETURNED and named:
        for section in dict.fromkeys(sections):
            if section not in named:
                yield Reason(code="report.section_locked", parameters={"section_key": f"section.report.{section}"},
                             place="project.report")  # fmt: skip


def open_sections(kind: str, state: str, named: Collection[str]) -> frozenset[str]:
    """The sections of a report that the office may change now."""
    return frozenset(each for each in form_of(kind).sections if not list(keeps_closed(state, named, each)))
