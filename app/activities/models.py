"""Insight, findings, success statements, ideas, concepts, pilots and changes; gatherings and modules with attendance."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class OfCase(Identified):
    """A row of a project, with who wrote it and when."""

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    written_at: Mapped[datetime]


class InsightActivity(OfCase, Base):
    """An interview, focus group or workshop: kinds and numbers of participants, never names of service users (S20)."""

    __tablename__ = "insight_activities"
    __table_args__ = (CheckConstraint("party in ('employee', 'user', 'partner')", name="party"),)

    method: Mapped[str]
    party: Mapped[str]
    held_on: Mapped[date]
    participants: Mapped[int]
    units: Mapped[str] = mapped_column(default="")  # offices and other units, never people
    about: Mapped[str]


class Insight(OfCase, Base):
    """A need, challenge, expectation or dilemma that an activity brought to light (S44)."""

    __tablename__ = "insights"

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("insight_activities.id"))
    kind: Mapped[str]
    text: Mapped[str]


class Finding(OfCase, Base):
    """A main finding of the team's own analysis: proposed, validated, generalised (S21, S45)."""

    __tablename__ = "findings"

    text: Mapped[str]
    insight_ids: Mapped[list[UUID]] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(default="proposed")
    validated_by_activity: Mapped[UUID | None] = mapped_column(ForeignKey("insight_activities.id"))


class SuccessStatement(OfCase, Base):
    """What we do when we succeed, in the office's order of importance (S15, S22, S33)."""

    __tablename__ = "success_statements"
    __table_args__ = (UniqueConstraint("case_id", "rank", deferrable=True, initially="DEFERRED"),)

    text: Mapped[str]
    rank: Mapped[int]


class Idea(OfCase, Base):
    """A candidate for a solution (S47)."""

    __tablename__ = "ideas"

    text: Mapped[str]


class Concept(OfCase, Base):
    """A developed solution, founded on findings; `chosen` when it is carried on, with the reason (S42, S46, S47)."""

    __tablename__ = "concepts"

    title: Mapped[str]
    description: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    finding_ids: Mapped[list[UUID]] = mapped_column(default=list)
    idea_ids: Mapped[list[UUID]] = mapped_column(default=list)
    chosen: Mapped[bool] = mapped_column(default=False)
    why_chosen: Mapped[str] = mapped_column(default="")
    no_consequence_why: Mapped[str] = mapped_column(default="")


class DevianceCheck(OfCase, Base):
    """Whether a concept has in it what the office already does when it succeeds (S34)."""

    __tablename__ = "deviance_checks"
    __table_args__ = (UniqueConstraint("concept_id", "deviance_id"),)

    concept_id: Mapped[UUID] = mapped_column(ForeignKey("concepts.id"))
    deviance_id: Mapped[UUID]
    answer: Mapped[str]  # yes, partly, no
    comment: Mapped[str] = mapped_column(default="")


class SystemNode(Identified, Base):
    """A node of the shared system map: a need, challenge or dilemma of users, employees or partners (S48, S49)."""

    __tablename__ = "system_nodes"

    kind: Mapped[str]
    party: Mapped[str]
    text: Mapped[str]
    from_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    created_at: Mapped[datetime]


class Placement(OfCase, Base):
    """Where a concept, one of its benefits or one of its consequences lies in the system (S52, S53)."""

    __tablename__ = "placements"

    concept_id: Mapped[UUID] = mapped_column(ForeignKey("concepts.id"), index=True)
    node_id: Mapped[UUID | None] = mapped_column(ForeignKey("system_nodes.id"))
    category: Mapped[str]  # competence, partner_cooperation, procedure (S54)
    kind: Mapped[str]  # location, benefit, consequence
    sign: Mapped[int] = mapped_column(default=1)
    text: Mapped[str]
    benefit_id: Mapped[UUID | None] = mapped_column(ForeignKey("benefits.id"))  # the disbenefit made of a consequence


class Pilot(OfCase, Base):
    """A limited try in real use."""

    __tablename__ = "pilots"

    concept_id: Mapped[UUID] = mapped_column(ForeignKey("concepts.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    participants: Mapped[int]
    outcome: Mapped[str]


class Change(OfCase, Base):
    """A concept put to use: when it is planned to go live and when it did; benefits come from changes (S66)."""

    __tablename__ = "changes"

    concept_id: Mapped[UUID | None] = mapped_column(ForeignKey("concepts.id"))
    title: Mapped[str]
    planned_live_on: Mapped[date | None]
    live_on: Mapped[date | None]
