"""Benefits with their profile, the map they stand in, the plan that freezes them, and every dated figure about them.

Figures are never overwritten: baselines, forecasts and shares are added with the moment they were recorded, targets are
frozen with their plan and confirmed measurements by the database, so that any report can be made again as of any date.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Measure, Ore, Stated


class Benefit(Stated, Base):
    """A positive effect, or with sign -1 a disbenefit, with its profile (DOMAIN 3.7)."""

    __tablename__ = "benefits"
    __table_args__ = (
        CheckConstraint("sign in (-1, 1)", name="sign"),
        CheckConstraint("category in ('efficiency', 'quality', 'other_actors')", name="category"),
        CheckConstraint(
            "release_mode in ('kroner', 'redeployed_time', 'quality')",
            name="release_mode",
        ),
        CheckConstraint("profile in ('one_off', 'yearly', 'ramp')", name="profile"),
        CheckConstraint("ks_type in ('avoided_cost', 'saved_time', 'raised_quality')", name="ks_type"),
        CheckConstraint("tolerance_percent between 0 and 100", name="tolerance_percent"),
        CheckConstraint("(unit_value_ore is null) = (price_year is null)", name="price_year"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    sign: Mapped[int] = mapped_column(default=1)
    category: Mapped[str] = mapped_column(default="quality")
    ks_type: Mapped[str | None]  # the same in the words of municipalities (DOMAIN 3.3)
    beneficiaries: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)  # citizen, organisation, society (S12)
    is_end_benefit: Mapped[bool] = mapped_column(default=True)  # only these are summed
    release_mode: Mapped[str] = mapped_column(default="quality")
    redeployed_to: Mapped[str] = mapped_column(default="")  # what freed hours go to
    change_id: Mapped[UUID | None] = mapped_column(ForeignKey("changes.id"))  # the change that causes it (S66)
    mitigation: Mapped[str] = mapped_column(default="")  # of a disbenefit
    spread_potential: Mapped[str] = mapped_column(default="")  # potential elsewhere, never a figure of ours
    without_baseline_why: Mapped[str] = mapped_column(default="")
    unit_value_ore: Mapped[int | None] = mapped_column(Ore)
    price_year: Mapped[int | None]
    valuation_basis: Mapped[str] = mapped_column(default="")  # what the value of a unit rests on
    periods_per_year: Mapped[int] = mapped_column(default=1)  # how often a year the indicator's value comes anew
    tolerance_percent: Mapped[
        int | None
    ]  # how far off the plan needs no explanation; the rules' own where nothing is said
    learning: Mapped[str] = mapped_column(default="")  # what worked, for whom, under which conditions (S77)
    profile: Mapped[str] = mapped_column(default="yearly")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    owner_proposed_at: Mapped[datetime | None]
    owner_accepted_at: Mapped[datetime | None]
    measurer_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    handed_over_to: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    handed_over_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    hand_over_asked_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]  # when the one in the line accepted it
    dropped_at: Mapped[datetime | None]
    expected_key: Mapped[str | None]  # the expected benefit of the application that it was taken over from
    is_invented: Mapped[bool] = mapped_column(default=False)
    is_practice: Mapped[bool] = mapped_column(default=False)  # made to learn the method: counts in no total (S31, I16)
    created_at: Mapped[datetime]


Index(
    "uq_benefits_case_expected", Benefit.case_id, Benefit.expected_key, unique=True,
    postgresql_where=Benefit.expected_key.is_not(None),
)  # fmt: skip


class Dated:
    """What is said of a benefit in a row, as it stood from one moment to another; what is said instead is a new row."""

    line_id: Mapped[UUID]  # the same in every row that says anew what the one before it said
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Precondition(Dated, Identified, Base):
    """What must be in place for a benefit to come, and whether it is."""

    __tablename__ = "benefit_preconditions"
    __table_args__ = (CheckConstraint("standing in ('met', 'at_risk', 'not_met', 'not_assessed')", name="standing"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    benefit_id: Mapped[UUID] = mapped_column(ForeignKey("benefits.id"), index=True)
    text: Mapped[str]
    standing: Mapped[str]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    due_on: Mapped[date | None]


class BenefitRisk(Dated, Identified, Base):
    """What can keep a benefit from coming, and what is done about it."""

    __tablename__ = "benefit_risks"
    __table_args__ = (
        CheckConstraint("likelihood in ('low', 'medium', 'high')", name="likelihood"),
        CheckConstraint("impact in ('low', 'medium', 'high')", name="impact"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    benefit_id: Mapped[UUID] = mapped_column(ForeignKey("benefits.id"), index=True)
    text: Mapped[str]
    likelihood: Mapped[str]
    impact: Mapped[str]
    action: Mapped[str] = mapped_column(default="")


class BenefitStakeholder(Dated, Identified, Base):
    """Whom a benefit concerns, also those who lose by it."""

    __tablename__ = "benefit_stakeholders"
    __table_args__ = (CheckConstraint("effect in ('gains', 'loses', 'both')", name="effect"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    benefit_id: Mapped[UUID] = mapped_column(ForeignKey("benefits.id"), index=True)
    text: Mapped[str]
    effect: Mapped[str]
    how: Mapped[str] = mapped_column(default="")


class BenefitNode(Identified, Base):
    """A place in the map, in one of its layers from measure to overall goal; taken out by a date, never deleted."""

    __tablename__ = "benefit_nodes"
    __table_args__ = (
        CheckConstraint(
            "kind in ('measure', 'changed_practice', 'local_benefit', 'wider_benefit', 'overall_goal')",
            name="kind",
        ),
        CheckConstraint("(kind = 'overall_goal') = (goal is not null)", name="goal"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    benefit_id: Mapped[UUID | None] = mapped_column(ForeignKey("benefits.id"), index=True)
    goal: Mapped[str | None]
    is_practice: Mapped[bool] = mapped_column(default=False)  # stands in the project's practice map
    place: Mapped[int | None]  # its order in its layer where somebody has ordered it
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class BenefitEdge(Identified, Base):
    """That one place in the map contributes to, requires or counteracts one to its right, with the assumption behind."""

    __tablename__ = "benefit_edges"
    __table_args__ = (
        CheckConstraint("kind in ('contributes', 'requires', 'counteracts')", name="kind"),
        CheckConstraint("confidence in ('low', 'medium', 'high')", name="confidence"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_nodes.id"), index=True)
    to_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_nodes.id"), index=True)
    kind: Mapped[str] = mapped_column(default="contributes")
    assumption: Mapped[str] = mapped_column(default="")
    confidence: Mapped[str] = mapped_column(default="medium")
    is_practice: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class BenefitMapVersion(Identified, Base):
    """The map as it stood when a gate was passed or somebody kept it under a name; what it says is never changed."""

    __tablename__ = "benefit_map_versions"
    __table_args__ = (UniqueConstraint("case_id", "is_practice", "number"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    is_practice: Mapped[bool] = mapped_column(default=False)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(default="")  # what whoever kept it called it
    gate: Mapped[str] = mapped_column(default="")  # the step of the project that kept it
    said: Mapped[dict[str, Any]]  # its places and connections, with the words they had then
    said_hash: Mapped[str]
    kept_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    kept_at: Mapped[datetime]


class Indicator(Identified, Base):
    """A measurable sign of a benefit; `key` names what is counted, alike in every project that counts the same."""

    __tablename__ = "indicators"
    __table_args__ = (
        CheckConstraint("direction in ('up', 'down')", name="direction"),
        CheckConstraint("interval_months in (1, 2, 3, 4, 6, 12, 24)", name="interval_months"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    benefit_id: Mapped[UUID] = mapped_column(ForeignKey("benefits.id"), index=True)
    key: Mapped[str]
    name: Mapped[str]
    unit: Mapped[str]
    direction: Mapped[str]
    method: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    frequency: Mapped[str] = mapped_column(default="")  # when in the year, in words
    interval_months: Mapped[int | None]  # how often; a value holds for so long and no longer (DOMAIN 3.9)
    measuring_cost_ore: Mapped[int | None] = mapped_column(Ore)  # of measuring once
    measuring_worth: Mapped[str] = mapped_column(default="")  # why it is worth that (R18)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class IndicatorInterval(Identified, Base):
    """How often an indicator is to be measured, from the moment it came into force; never changed, the next one follows it.

    What is written in a plan is in force once the plan is; of an indicator that no approved plan has yet, at once.
    """

    __tablename__ = "indicator_intervals"
    __table_args__ = (CheckConstraint("months in (1, 2, 3, 4, 6, 12, 24)", name="months"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.id"), index=True)
    months: Mapped[int | None]  # the usual where none is said
    since: Mapped[datetime]


class Baseline(Identified, Base):
    """The value before the change; the one recorded last counts, the earlier ones are kept."""

    __tablename__ = "baselines"
    __table_args__ = (CheckConstraint("confidence in ('A', 'B', 'C', 'D')", name="confidence"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.id"), index=True)
    value: Mapped[Decimal] = mapped_column(Measure)
    measured_on: Mapped[date]
    observations: Mapped[int | None]
    source: Mapped[str] = mapped_column(default="")
    confidence: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]


class BenefitPlan(Stated, Base):
    """One version of a project's benefit plan; the approved one is frozen, a new one starts from it."""

    __tablename__ = "benefit_plans"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    why: Mapped[str] = mapped_column(default="")  # why this version was begun
    created_at: Mapped[datetime]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any] | None]
    snapshot_hash: Mapped[str | None]


class Target(Identified, Base):
    """The value an indicator is to reach by a day, in one version of the plan."""

    __tablename__ = "targets"
    __table_args__ = (UniqueConstraint("plan_id", "indicator_id", "due_on"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("benefit_plans.id"))
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.id"), index=True)
    due_on: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Measure)


class Forecast(Identified, Base):
    """What is now believed to be reached by a day: low, likely, high; every forecast made is kept."""

    __tablename__ = "forecasts"
    __table_args__ = (CheckConstraint("low <= likely and likely <= high", name="order"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.id"), index=True)
    due_on: Mapped[date]
    low: Mapped[Decimal] = mapped_column(Measure)
    likely: Mapped[Decimal] = mapped_column(Measure)
    high: Mapped[Decimal] = mapped_column(Measure)
    why: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]


class Measurement(Stated, Base):
    """A measurement due on a day; once confirmed it stands, and a wrong one is corrected by a row that names it."""

    __tablename__ = "measurements"
    __table_args__ = (
        CheckConstraint("kind in ('first', 'follow_up')", name="kind"),
        CheckConstraint("confidence in ('A', 'B', 'C', 'D')", name="confidence"),
        Index("ix_measurements_state_due", "state", "due_on"),
        Index("ix_measurements_corrects_id", "corrects_id", postgresql_where=text("corrects_id is not null")),
        Index("ix_measurements_indicator_id_confirmed_at", "indicator_id", "confirmed_at"),
        Index(
            "ix_measurements_standing",
            "indicator_id",
            "measured_on",
            "id",
            postgresql_where=text("confirmed_at is not null"),
        ),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    benefit_id: Mapped[UUID] = mapped_column(ForeignKey("benefits.id"), index=True)
    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicators.id"))
    kind: Mapped[str]
    months: Mapped[int | None]  # after close, for a follow-up
    due_on: Mapped[date]
    value: Mapped[Decimal | None] = mapped_column(Measure)
    measured_on: Mapped[date | None]
    observations: Mapped[int | None]
    counterfactual: Mapped[Decimal | None] = mapped_column(Measure)  # what it would have been without the change
    counterfactual_basis: Mapped[str] = mapped_column(default="")
    confidence: Mapped[str | None]  # A comparison group, B registers, C survey or log, D estimate
    evidence: Mapped[str] = mapped_column(default="")
    evidence_link: Mapped[str] = mapped_column(default="")
    deviation: Mapped[str] = mapped_column(default="")
    reported_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reported_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    returned_why: Mapped[str] = mapped_column(default="")
    written_off_why: Mapped[str] = mapped_column(default="")
    written_off_at: Mapped[datetime | None]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("measurements.id"))
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("measurement_imports.id"), index=True)
    planned_at: Mapped[datetime]


class MeasurementImport(Identified, Base):
    """A spreadsheet that measurements were read in from; the same content is read in once in a project."""

    __tablename__ = "measurement_imports"
    __table_args__ = (UniqueConstraint("case_id", "sha256"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    sha256: Mapped[str]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]
    measurements: Mapped[int]


class OutcomePool(Identified, Base):
    """What is counted in one unit over one period; those who claim a part of it share it, 1 at most together (G I4)."""

    __tablename__ = "outcome_pools"
    __table_args__ = (UniqueConstraint("indicator_key", "unit_id", "period"),)

    indicator_key: Mapped[str]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    period: Mapped[str]  # a year, "2026"


class AttributionShare(Identified, Base):
    """The part of a pool that a benefit may call its own; replaced by a new row, the old one is ended."""

    __tablename__ = "attribution_shares"
    __table_args__ = (CheckConstraint("share >= 0 and share <= 1", name="share"),)

    pool_id: Mapped[UUID] = mapped_column(ForeignKey("outcome_pools.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    benefit_id: Mapped[UUID] = mapped_column(ForeignKey("benefits.id"), index=True)
    share: Mapped[Decimal] = mapped_column(Measure)
    why: Mapped[str]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


Index(
    "uq_attribution_shares_open", AttributionShare.pool_id, AttributionShare.benefit_id, unique=True,
    postgresql_where=text("ended_at is null"),
)  # fmt: skip


REFUSE_CONFIRMED = """
CREATE OR REPLACE FUNCTION confirmed_measurements_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'confirmed' THEN
    RAISE EXCEPTION 'a confirmed measurement stands: % refused', TG_OP USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
"""
GUARD_CONFIRMED = """
CREATE TRIGGER measurements_confirmed_stand BEFORE UPDATE OR DELETE ON measurements
FOR EACH ROW EXECUTE FUNCTION confirmed_measurements_stand();
"""
REFUSE_FROZEN = """
CREATE OR REPLACE FUNCTION approved_targets_stand() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE frozen boolean;
BEGIN
  SELECT approved_at IS NOT NULL INTO frozen FROM benefit_plans
  WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.plan_id ELSE OLD.plan_id END;
  IF frozen THEN
    RAISE EXCEPTION 'the targets of an approved plan stand: % refused', TG_OP USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
"""
GUARD_FROZEN = """
CREATE TRIGGER targets_approved_stand BEFORE INSERT OR UPDATE OR DELETE ON targets
FOR EACH ROW EXECUTE FUNCTION approved_targets_stand();
"""

for table, statements in (
    (Measurement.__table__, (REFUSE_CONFIRMED, GUARD_CONFIRMED)),
    (Target.__table__, (REFUSE_FROZEN, GUARD_FROZEN)),
):
    for statement in statements:
        event.listen(table, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
