"""What is typed about benefits, their map, their plan and their measurements."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import Count, Line, Measure, OptionalLine, OptionalText, Ore, Percent, Share, Text

Category = Literal["efficiency", "quality", "other_actors"]
Beneficiary = Literal["citizen", "organisation", "society"]
ReleaseMode = Literal["kroner", "redeployed_time", "quality"]
Profile = Literal["one_off", "yearly", "ramp"]
KsType = Literal["avoided_cost", "saved_time", "raised_quality"]
Grade = Literal["A", "B", "C", "D"]
PriceYear = Annotated[int, Meta(ge=2000, le=2100)]
Periods = Annotated[int, Meta(ge=1, le=366)]
OptionalLong = Annotated[str, Meta(max_length=500)]
MOST_ROWS = 30
Interval = Annotated[int, Meta(ge=1, le=24)]
Months = Annotated[int, Meta(ge=1, le=60)]
Period = Annotated[str, Meta(pattern=r"^20\d\d$", extra={"fault": "form.not_a_year"})]
Link = Annotated[str, Meta(max_length=500, pattern=r"^(https?://\S+)?$", extra={"fault": "form.not_a_link"})]
EdgeKind = Literal["contributes", "requires", "counteracts"]
Sureness = Literal["low", "medium", "high"]
Sign = Literal["1", "-1"]


class AddBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """A new benefit of a project, as much as is known of it."""

    case_id: UUID
    title: Line
    description: OptionalText = ""
    sign: Sign = "1"
    category: Category = "quality"
    beneficiaries: tuple[Beneficiary, ...] = ()
    is_practice: bool = False


class DescribeBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """The profile of a benefit."""

    version: int | None = None
    title: Line
    description: OptionalText = ""
    sign: Sign = "1"
    category: Category
    ks_type: KsType | None = None
    beneficiaries: tuple[Beneficiary, ...] = ()
    is_end_benefit: bool = False
    change_id: UUID | None = None
    mitigation: OptionalText = ""
    spread_potential: OptionalText = ""


class ValueBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """What a benefit is worth, what what it frees goes to, and from when to when it comes."""

    version: int | None = None
    release_mode: ReleaseMode = "quality"
    redeployed_to: OptionalText = ""
    unit_value_ore: Ore | None = None
    price_year: PriceYear | None = None
    periods_per_year: Periods = 1
    valuation_basis: OptionalText = ""
    profile: Profile = "yearly"
    starts_on: date | None = None
    ends_on: date | None = None


class FollowBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """How far off the plan needs no explanation, and why there is no baseline where there is none."""

    version: int | None = None
    tolerance_percent: Percent | None = None
    without_baseline_why: OptionalText = ""


class LearnOfBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """What worked, for whom and under which conditions."""

    version: int | None = None
    learning: OptionalText


class PreconditionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One precondition; without words the row is no more."""

    id: UUID | None = None
    text: OptionalText = ""
    standing: Literal["met", "at_risk", "not_met", "not_assessed"] = "not_met"
    owner_id: UUID | None = None
    due_on: date | None = None


class WritePreconditions(msgspec.Struct, frozen=True, kw_only=True):
    """All that must be in place for a benefit to come."""

    version: int | None = None
    rows: Annotated[tuple[PreconditionRow, ...], Meta(max_length=MOST_ROWS)] = ()


class RiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One risk; without words the row is no more."""

    id: UUID | None = None
    text: OptionalLong = ""
    likelihood: Sureness = "medium"
    impact: Sureness = "medium"
    action: OptionalLong = ""


class WriteRisks(msgspec.Struct, frozen=True, kw_only=True):
    """All that can keep a benefit from coming."""

    version: int | None = None
    rows: Annotated[tuple[RiskRow, ...], Meta(max_length=MOST_ROWS)] = ()


class StakeholderRow(msgspec.Struct, frozen=True, kw_only=True):
    """One whom a benefit concerns; without words the row is no more."""

    id: UUID | None = None
    text: OptionalLine = ""
    effect: Literal["gains", "loses", "both"] = "gains"
    how: OptionalLong = ""


class WriteStakeholders(msgspec.Struct, frozen=True, kw_only=True):
    """All whom a benefit concerns, also those who lose by it."""

    version: int | None = None
    rows: Annotated[tuple[StakeholderRow, ...], Meta(max_length=MOST_ROWS)] = ()


class TargetRow(msgspec.Struct, frozen=True, kw_only=True):
    """The value to reach by a day; without both the row is no more."""

    due_on: date | None = None
    value: Measure | None = None


class WriteTargets(msgspec.Struct, frozen=True, kw_only=True):
    """The whole series of values that an indicator is to reach."""

    version: int | None = None
    indicator_id: UUID
    rows: Annotated[tuple[TargetRow, ...], Meta(max_length=MOST_ROWS)] = ()


class ProposeOwner(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked to answer for a benefit, and who will measure it."""

    version: int | None = None
    person_id: UUID
    measurer_id: UUID | None = None


class AddIndicator(msgspec.Struct, frozen=True, kw_only=True):
    """A measurable sign of a benefit."""

    version: int | None = None
    key: Annotated[str, Meta(max_length=60, pattern=r"^[a-z0-9_]*$")] = ""
    name: Line
    unit: Annotated[str, Meta(min_length=1, max_length=40)]
    direction: Literal["up", "down"]
    method: OptionalText = ""
    source: OptionalLine = ""
    interval_months: Interval | None = None
    frequency: OptionalLine = ""
    measuring_cost_ore: Ore | None = None
    measuring_worth: OptionalText = ""


class DescribeIndicator(msgspec.Struct, frozen=True, kw_only=True):
    """How an indicator is measured; what it counts stays, for its figures are in that."""

    version: int | None = None
    indicator_id: UUID
    name: Line
    method: OptionalText = ""
    source: OptionalLine = ""
    interval_months: Interval | None = None
    frequency: OptionalLine = ""
    measuring_cost_ore: Ore | None = None
    measuring_worth: OptionalText = ""


class RemoveIndicator(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator that is no longer to be followed."""

    version: int | None = None
    indicator_id: UUID
    why: Text


class SetBaseline(msgspec.Struct, frozen=True, kw_only=True):
    """The value before the change."""

    version: int | None = None
    indicator_id: UUID
    value: Measure
    measured_on: date
    observations: Count | None = None
    source: Line
    confidence: Grade


class SetTarget(msgspec.Struct, frozen=True, kw_only=True):
    """The value to reach by a day; typed again for the same day, it takes the place of the earlier one."""

    version: int | None = None
    indicator_id: UUID
    value: Measure
    due_on: date


class MakeForecast(msgspec.Struct, frozen=True, kw_only=True):
    """What is believed to be reached by a day, and why it is believed."""

    version: int | None = None
    indicator_id: UUID
    due_on: date
    low: Measure
    likely: Measure
    high: Measure
    why: Text


class ClaimShare(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an effect that is this benefit's own, over one year."""

    version: int | None = None
    indicator_id: UUID
    period: Period
    share: Share
    why: Text


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """To which line owner, in which unit, a benefit is handed when the project closes."""

    version: int | None = None
    person_id: UUID
    unit_id: UUID


class AddNode(msgspec.Struct, frozen=True, kw_only=True):
    """A new place in the map."""

    case_id: UUID
    kind: Literal["measure", "changed_practice", "local_benefit", "wider_benefit", "overall_goal"]
    label: OptionalLine = ""
    benefit_id: UUID | None = None
    goal: str | None = None
    is_practice: bool = False


class RenameNode(msgspec.Struct, frozen=True, kw_only=True):
    """What a place in the map is to be called."""

    label: OptionalLine = ""


class MoveNode(msgspec.Struct, frozen=True, kw_only=True):
    """The number from the top that a place is to have in its layer."""

    place: Annotated[int, Meta(ge=1, le=10_000)]


class MapOf(msgspec.Struct, frozen=True, kw_only=True):
    """Which map is meant: a project's own, or the one it practises on."""

    case_id: UUID
    is_practice: bool = False


class KeepVersion(msgspec.Struct, frozen=True, kw_only=True):
    """The name under which the map is kept as it stands."""

    case_id: UUID
    name: Line
    is_practice: bool = False


class Reconnect(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection is, and what it rests on."""

    kind: EdgeKind = "contributes"
    assumption: OptionalText = ""
    confidence: Sureness = "medium"


class Connect(msgspec.Struct, frozen=True, kw_only=True):
    """A line from one place to another further to the right."""

    from_id: UUID
    to_id: UUID
    kind: EdgeKind = "contributes"
    assumption: OptionalText = ""
    confidence: Sureness = "medium"


class PlanMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement that is to be made by a day."""

    indicator_id: UUID
    due_on: date
    kind: Literal["first", "follow_up"] = "first"
    months: Months | None = None


class ReportMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, and what shows it."""

    version: int | None = None
    value: Measure
    measured_on: date
    observations: Count | None = None
    confidence: Grade
    evidence: OptionalText = ""
    evidence_link: Link = ""
    counterfactual: Measure | None = None
    counterfactual_basis: OptionalText = ""
    deviation: OptionalText = ""


class CorrectMeasurement(ReportMeasurement, frozen=True, kw_only=True):
    """A new measurement in the place of a confirmed one that was wrong."""

    why: Text
