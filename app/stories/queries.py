"""Good stories as their pages show them: with the writer's role, never their name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, case, func, or_, select

from app.applications.models import PositiveDeviance
from app.benefits.models import Benefit
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE
from app.identity.actor import Actor
from app.identity.models import Unit
from app.stories.models import EvaluationTheme, Story
from workflows.story import THEMES, StoryState
from workflows.wording import Wording


class Theme(msgspec.Struct, frozen=True):
    """A theme of the coding list: one it starts with, or one that was added, with its words."""

    key: str
    words: Wording | None = None

    @property
    def said(self) -> str | Wording:
        """What t() makes words of."""
        return self.words or f"story.theme.{self.key}"


async def themes(uow: UnitOfWork) -> list[Theme]:
    """Every theme of the coding list, those it starts with first."""
    rows = await uow.session.scalars(select(EvaluationTheme).order_by(EvaluationTheme.added_at, EvaluationTheme.id))
    return [
        *(Theme(key) for key in THEMES),
        *(Theme(str(row.id), Wording(nb=row.nb, nn=row.nn, en=row.en)) for row in rows),
    ]


class StoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A story with what it tells of and the office it comes from."""

    id: UUID
    case_id: UUID
    title: str
    text: str
    role: str
    unit: str
    language: str
    state: str
    themes: list[str]
    about_kind: str
    about: str
    sent_at: datetime
    published_at: datetime | None


def _stories() -> Select[Any]:
    about = func.coalesce(Benefit.title, PositiveDeviance.text).label("about")
    kind = case((Story.benefit_id.is_not(None), "benefit"), else_="deviance").label("about_kind")
    return (
        select(
            Story.id, Story.case_id, Story.title, Story.text, Story.role, Unit.name.label("unit"), Case.language,
            Story.state, Story.themes, kind, about, Story.sent_at, Story.published_at,
        )
        .join(Case, Case.id == Story.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Benefit, Benefit.id == Story.benefit_id)
        .outerjoin(PositiveDeviance, PositiveDeviance.id == Story.deviance_id)
    )  # fmt: skip


async def _read(uow: UnitOfWork, statement: Select[Any]) -> list[StoryRow]:
    return [StoryRow(**row._mapping) for row in await uow.session.execute(statement)]


async def published(
    uow: UnitOfWork, *, words: str = "", theme: str = "", case_ids: Sequence[UUID] | None = None
) -> list[StoryRow]:
    """Published stories, the latest first: those that contain the words, are coded with the theme, or of those projects."""
    statement = _stories().where(Story.state == StoryState.PUBLISHED).order_by(Story.published_at.desc(), Story.id)
    if words:
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(or_(Story.title.ilike(pattern), Story.text.ilike(pattern)))
    if theme:
        statement = statement.where(Story.themes.contains([theme]))
    if case_ids is not None:
        statement = statement.where(Story.case_id.in_(case_ids))
    return await _read(uow, statement.limit(PAGE_SIZE))


async def of_project(uow: UnitOfWork, case_id: UUID) -> list[StoryRow]:
    """Every story of a project, the latest first; the caller has checked that it may be seen."""
    return await _read(uow, _stories().where(Story.case_id == case_id).order_by(Story.sent_at.desc(), Story.id))


async def waiting(uow: UnitOfWork, actor: Actor) -> list[StoryRow]:
    """The stories that wait to be read, of projects that one may see, the one that has waited longest first."""
    statement = _stories().where(Story.state == StoryState.SENT, visible_to(actor, uow.now))
    return await _read(uow, statement.order_by(Story.sent_at, Story.id).limit(PAGE_SIZE))


async def subjects_of(uow: UnitOfWork, case_id: UUID) -> list[tuple[str, str, str]]:
    """What a story of the project can tell of: id, kind and words; its benefits, and its positive deviances by rank."""
    benefits = await uow.session.execute(
        select(Benefit.id, Benefit.title)
        .where(Benefit.case_id == case_id, Benefit.is_practice.is_(False))
        .order_by(Benefit.id)
    )
    deviances = await uow.session.execute(
        select(PositiveDeviance.id, PositiveDeviance.text)
        .where(PositiveDeviance.case_id == case_id)
        .order_by(PositiveDeviance.rank)
    )
    return [
        *((str(row.id), "benefit", row.title) for row in benefits),
        *((str(row.id), "deviance", row.text) for row in deviances),
    ]
