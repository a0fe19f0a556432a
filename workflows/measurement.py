"""A measurement of a benefit: due on a day, reported with evidence, confirmed by somebody else, and never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role
from workflows.typed import as_typed

CONFIRMERS = (Role.CASE_HANDLER, Role.RESOURCE_GROUP, Role.METHOD_OWNER)
REPORTERS = (Role.BENEFIT_OWNER, Role.COORDINATOR, Role.LEADER)

LATE_BASELINE_GRADES = ("C", "D")
WHOLE = 10_000
"""Basis points."""


class MeasurementState(StrEnum):
    """How far a measurement has come."""

    PLANNED = "planned"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    WRITTEN_OFF = "written_off"


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan promises by a day, and how far off it needs no explanation."""

    value: Decimal
    due_on: date
    baseline: Decimal | None = None
    tolerance_basis_points: int

    def is_beyond(self, value: Decimal) -> bool:
        """Whether a value lies further from what was promised than tolerated, either way (DOMAIN 3.7).

        The tolerance is a part of the way from baseline to target; of the target itself where there is no way.
        """
        way = abs(self.value - self.baseline) if self.baseline is not None else Decimal(0)
        return abs(value - self.value) * WHOLE > (way or abs(self.value)) * self.tolerance_basis_points


def promised_by(day: date, targets: Iterable[tuple[date, Decimal]]) -> tuple[date, Decimal] | None:
    """The target whose day came last by a day; None before the first: what is due later is not promised yet."""
    return max((each for each in targets if each[0] <= day), default=None)


class MeasurementFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one measurement."""

    measurement_id: UUID
    benefit: str
    has_value: bool
    measured_on: date | None
    live_on: date | None
    """The day the change behind the benefit went live; None while it has not, or where none is named."""
    needs_change_live: bool
    """Whether a change is named, so that a value from before it is a baseline and no result."""
    confidence: str | None
    late_baseline: bool
    """Whether the baseline was recorded after the change went live."""
    has_evidence: bool
    """Whether it is said or shown, in words, by a link or with a file, what the value rests on."""
    reported_by: UUID | None
    owner_id: UUID | None
    measurer_id: UUID | None
    value: Decimal | None = None
    promised: Promised | None = None
    """What the plan in force promised by the day of the measurement; None where it promises nothing by then."""
    is_explained: bool = False
    """Whether it is said why the value is off the plan."""


def _missing(facts: MeasurementFacts, code: str, *who: Role, **parameters: str) -> Reason:
    return Reason(
        code=f"measurement.{code}", parameters={"id": str(facts.measurement_id), "benefit": facts.benefit, **parameters},
        place="benefit.measurement", who=who,
    )  # fmt: skip


@requirement(source="DOMAIN 3.1, S66")
def value_and_evidence_given(facts: MeasurementFacts, act: Act) -> Iterator[Reason]:
    """There is a value with its day and grade, and it is said what shows it."""
    if not facts.has_value or facts.measured_on is None or facts.confidence is None:
        yield _missing(facts, "no_value", *REPORTERS)
    if not facts.has_evidence:
        yield _missing(facts, "no_evidence", *REPORTERS)


@requirement(source="DOMAIN 3.8 I7")
def measured_after_the_change(facts: MeasurementFacts, act: Act) -> Iterator[Reason]:
    """The value is from after the change went live; one from before is a baseline."""
    if not facts.needs_change_live:
        return
    if facts.live_on is None:
        yield _missing(facts, "change_not_live", Role.COORDINATOR, Role.LEADER)
    elif facts.measured_on is not None and facts.measured_on < facts.live_on:
        yield _missing(facts, "before_change", *REPORTERS, live_on=facts.live_on.isoformat())


@requirement(source="DOMAIN 3.8 I6")
def late_baseline_lowers_the_grade(facts: MeasurementFacts, act: Act) -> Iterator[Reason]:
    """Where the baseline was recorded after the change went live, the grade is C or D."""
    if facts.late_baseline and facts.confidence is not None and facts.confidence not in LATE_BASELINE_GRADES:
        yield _missing(facts, "grade_too_high", *REPORTERS)


@requirement(source="DOMAIN 3.1, 3.7")
def deviation_explained(facts: MeasurementFacts, act: Act) -> Iterator[Reason]:
    """A value further from what the plan promised by its day than tolerated comes with an explanation."""
    if facts.value is None or facts.promised is None or facts.is_explained:
        return
    if facts.promised.is_beyond(facts.value):
        yield _missing(
            facts, "deviation_not_explained", *REPORTERS, target=as_typed(facts.promised.value),
            due_on=facts.promised.due_on.isoformat(), percent=percent_of(facts.promised.tolerance_basis_points),
        )  # fmt: skip


def percent_of(basis_points: int) -> str:
    """A tolerance as people read it."""
    return as_typed(Decimal(basis_points) / 100)


@requirement(source="DOMAIN 3.8 I8")
def confirmed_by_somebody_else(facts: MeasurementFacts, act: Act) -> Iterator[Reason]:
    """The one who confirms neither reported it, nor measures or owns the benefit."""
    if act.person_id is not None and act.person_id in (facts.reported_by, facts.owner_id, facts.measurer_id):
        yield _missing(facts, "own_measurement", *CONFIRMERS)


def correctable(state: str, *, has_correction: bool) -> Iterator[Reason]:
    """A confirmed measurement is corrected by a new one, and once, or two would stand in its place (DOMAIN 3.8 I14).

    What is wrong in the correction is corrected in it.
    """
    if state != MeasurementState.CONFIRMED:
        yield Reason(code="benefits.correct_confirmed_only")
    elif has_correction:
        yield Reason(code="benefits.corrected_already")


S = MeasurementState
OPEN = (S.PLANNED, S.RETURNED)
EVIDENCE_IN = (*OPEN, S.REPORTED)
"""The states in which files that show a measurement can be added; what is confirmed stands with those it had."""

MEASUREMENT = Lifecycle(
    subject="measurement",
    states=MeasurementState,
    initial=S.PLANNED,
    final=frozenset({S.CONFIRMED, S.WRITTEN_OFF}),
    moves=(
        move("report", OPEN, S.REPORTED, Permission.MEASUREMENT_REPORT,
             value_and_evidence_given, measured_after_the_change, late_baseline_lowers_the_grade, deviation_explained),
        move("confirm", S.REPORTED, S.CONFIRMED, Permission.MEASUREMENT_CONFIRM,
             value_and_evidence_given, measured_after_the_change, late_baseline_lowers_the_grade, deviation_explained,
             confirmed_by_somebody_else),
        move("return", S.REPORTED, S.RETURNED, Permission.MEASUREMENT_CONFIRM, confirmed_by_somebody_else, needs_why=True),
        move("write_off", OPEN, S.WRITTEN_OFF, Permission.MEASUREMENT_CONFIRM, needs_why=True),
    ),
)  # fmt: skip
