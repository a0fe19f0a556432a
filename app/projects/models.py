"""Projects with their six steps, who signed what off, and the texts that the gates ask for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Ore, Stated
from workflows.oversight import Sign


class Project(Stated, Base):
    """A case from its accepted award on; has the id of its case. The rules are those of its call, pinned."""

    __tablename__ = "projects"

    id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    paused_from: Mapped[str | None]
    rules: Mapped[dict[str, Any]]
    rules_version: Mapped[int]
    amount_ore: Mapped[int] = mapped_column(Ore)
    hours: Mapped[int]
    accepted_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    invented_figures: Mapped[bool] = mapped_column(default=False)


class ProjectStep(Base):
    """One step of the triple diamond with the dates planned and the dates it took (S14, S24)."""

    __tablename__ = "project_steps"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    planned_from: Mapped[date | None]
    planned_to: Mapped[date | None]
    actual_from: Mapped[date | None]
    actual_to: Mapped[date | None]


class SignOff(Identified, Base):
    """That a side stands behind the close of a diamond; an affected party's is recorded by the coordinator (S18)."""

    __tablename__ = "sign_offs"
    __table_args__ = (UniqueConstraint("case_id", "step", "side"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    step: Mapped[str]
    side: Mapped[str]
    text: Mapped[str]
    signed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    signed_at: Mapped[datetime]


class ProjectText(Identified, Base):
    """A text that a gate asks for and that has no lifecycle of its own: challenge picture, anchoring plan, reasons."""

    __tablename__ = "project_texts"
    __table_args__ = (UniqueConstraint("case_id", "kind"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    text: Mapped[str]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]


def _shows_from(sign: Sign) -> Mapped[int | None]:
    """The number of the day from which a sign shows, as PostgreSQL takes it from `signs`; None where it never does."""
    day = f"signs #>> '{{{sign},from_on}}'"
    return mapped_column(Computed(f"replace({day}, '-', '')::integer", persisted=True))


class OverseenProject(Base):
    """What the resource group sees of a running project: its gate, and the signs that it needs help.

    Nothing is entered here: it is what workflows/oversight.py makes of the project, written anew with each change of it.
    """

    __tablename__ = "overseen_projects"
    __table_args__ = (Index("ix_overseen_projects_as_of", "as_of"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    state: Mapped[str]
    entered_on: Mapped[date]
    planned_to: Mapped[date | None]
    last_contact_on: Mapped[date | None]
    facilitator_ids: Mapped[list[UUID]]
    signs: Mapped[dict[str, Any]]
    """Each sign that shows or will: from which day, and how many things it stands for."""
    # by these many rows are counted and put in order: to open the signs of each takes ten times as long
    no_leaders_from: Mapped[int | None] = _shows_from(Sign.NO_LEADERS)
    no_facilitator_from: Mapped[int | None] = _shows_from(Sign.NO_FACILITATOR)
    clarification_missing_from: Mapped[int | None] = _shows_from(Sign.CLARIFICATION_MISSING)
    milestone_late_from: Mapped[int | None] = _shows_from(Sign.MILESTONE_LATE)
    step_late_from: Mapped[int | None] = _shows_from(Sign.STEP_LATE)
    measurement_late_from: Mapped[int | None] = _shows_from(Sign.MEASUREMENT_LATE)
    gate_near_from: Mapped[int | None] = _shows_from(Sign.GATE_NEAR)
    no_contact_from: Mapped[int | None] = _shows_from(Sign.NO_CONTACT)
    feedback_unanswered_from: Mapped[int | None] = _shows_from(Sign.FEEDBACK_UNANSWERED)
    clarification_old_from: Mapped[int | None] = _shows_from(Sign.CLARIFICATION_OLD)
    no_plan_from: Mapped[int | None] = _shows_from(Sign.NO_PLAN)
    paused_long_from: Mapped[int | None] = _shows_from(Sign.PAUSED_LONG)
    lacks: Mapped[list[Any]]
    """What the gate ahead lacks, code by code."""
    lacks_from: Mapped[int | None]
    """The number of the day from which it lacks something; 0 where it does on any day, None where it lacks nothing."""
    gathered: Mapped[dict[str, Any] | None]
    """What its gates must know, as it was gathered: for pages; an act gathers it anew."""
    as_of: Mapped[datetime]


class FinalReport(Base):
    """Results and accounts at the end, approved by somebody else than who wrote them."""

    __tablename__ = "final_reports"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    spent_ore: Mapped[int | None] = mapped_column(Ore)
    returned_ore: Mapped[int | None] = mapped_column(Ore)
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    accounts_approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    accounts_approved_at: Mapped[datetime | None]
