"""The ranking of a call with who changed it, scenarios, decisions made in batch, and recommendations in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Ore


class Ranking(Base):
    """The order in which a call's applications stand on the board; `places` are the ids of their cases, the first first."""

    __tablename__ = "rankings"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    places: Mapped[list[UUID]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=0)


class RankingChange(Identified, Base):
    """That an application was given another place, by whom; whoever ranks on an older version is shown what came since."""

    __tablename__ = "ranking_changes"
    __table_args__ = (Index("ix_ranking_changes_call_id_version", "call_id", "version"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    from_place: Mapped[int]
    to_place: Mapped[int]
    at: Mapped[datetime]


class Scenario(Identified, Base):
    """A way to divide a call's frame that is tried out; it writes no case until somebody adopts it."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("call_id", "name"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[str]
    why: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    adopted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    adopted_at: Mapped[datetime | None]


class ScenarioRow(Base):
    """What one application would be given in a scenario, and its place there."""

    __tablename__ = "scenario_rows"
    __table_args__ = (
        CheckConstraint("amount_ore >= 0", name="amount_ore"),
        CheckConstraint("hours >= 0", name="hours"),
    )

    scenario_id: Mapped[UUID] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    place: Mapped[int]
    outcome: Mapped[str | None]
    amount_ore: Mapped[int | None] = mapped_column(Ore)
    hours: Mapped[int | None]


class Batch(Identified, Base):
    """That somebody recommends or decides on several applications at once; each is a transaction of its own."""

    __tablename__ = "batches"
    __table_args__ = (CheckConstraint("verb in ('recommend', 'decide')", name="verb"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    verb: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    impartial: Mapped[bool]  # declared for each of the applications (G11)
    checks: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)


class BatchRow(Base):
    """One application of a batch: waiting, done, or refused with its reasons (workflows.engine.Reason as JSON)."""

    __tablename__ = "batch_rows"
    __table_args__ = (
        CheckConstraint("result in ('waiting', 'done', 'refused')", name="result"),
        Index("ix_batch_rows_waiting", "batch_id", "place", postgresql_where=text("result = 'waiting'")),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    place: Mapped[int]
    version: Mapped[int]  # of the decision, as it was seen when the batch was begun
    result: Mapped[str] = mapped_column(default="waiting")
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    done_at: Mapped[datetime | None]


class RecommendationText(Base):
    """A recommendation in words, put together from the reviews and edited by people; `sources` name what it rests on."""

    __tablename__ = "recommendation_texts"

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    text: Mapped[str]
    sources: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    edited_at: Mapped[datetime | None]
