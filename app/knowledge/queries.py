"""What projects share with every employee."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

from app.applications.models import PositiveDeviance
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE
from app.identity.models import Unit
from app.knowledge.models import SharedExperience


class StoryRow(msgspec.Struct, frozen=True):
    """A shared experience with its office."""

    id: UUID
    kind: str
    title: str
    text: str
    unit: str
    language: str
    published_at: datetime | None


class DevianceRow(msgspec.Struct, frozen=True):
    """A positive deviance of an office whose project has been funded."""

    text: str
    rank: int
    unit: str
    language: str


def _contains(words: str) -> str:
    return "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


async def stories(uow: UnitOfWork, words: str = "") -> list[StoryRow]:
    """Published experiences, the latest first; with words, those that contain them."""
    statement = (
        select(
            SharedExperience.id, SharedExperience.kind, SharedExperience.title, SharedExperience.text, Unit.name,
            Case.language, SharedExperience.published_at,
        )
        .join(Case, Case.id == SharedExperience.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(SharedExperience.published_at.is_not(None))
        .order_by(SharedExperience.published_at.desc())
        .limit(PAGE_SIZE)
    )  # fmt: skip
    if words:
        pattern = _contains(words)
        statement = statement.where(or_(SharedExperience.title.ilike(pattern), SharedExperience.text.ilike(pattern)))
    return [StoryRow(*row) for row in await uow.session.execute(statement)]


async def deviances(uow: UnitOfWork, words: str = "") -> list[DevianceRow]:
    """What offices with funded projects do when they succeed, by office and rank (S32)."""
    statement = (
        select(PositiveDeviance.text, PositiveDeviance.rank, Unit.name, Case.language)
        .join(Case, Case.id == PositiveDeviance.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(Case.project_at.is_not(None))
        .order_by(func.lower(Unit.name), PositiveDeviance.rank)
        .limit(PAGE_SIZE * 4)
    )
    if words:
        statement = statement.where(PositiveDeviance.text.ilike(_contains(words)))
    return [DevianceRow(*row) for row in await uow.session.execute(statement)]
