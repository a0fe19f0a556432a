"""The programme of a conference as everybody in the agency can read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.cases.models import Case
from app.conference.models import ProgrammeItem
from app.core.database import UnitOfWork
from app.core.listed import listed
from app.gatherings.models import Gathering
from app.gatherings.people import projects_of
from app.identity.models import Unit
from app.knowledge.models import LearningPoint, SharedExperience


class Learnt(msgspec.Struct, frozen=True):
    """A learning point of a project that presents."""

    text: str
    for_whom: str
    conditions: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the programme, with what a project shares where it is one's presentation."""

    id: UUID
    kind: str
    title: str
    text: str
    speakers: str
    starts_at: datetime
    lasts_minutes: int
    unit: str
    language: str
    shared: str
    slides_link: str
    learning: list[Learnt]


async def programme_of(uow: UnitOfWork, gathering_id: UUID) -> list[Item]:
    """The programme in its order; one statement."""
    learning = listed(
        select(LearningPoint.id).where(LearningPoint.case_id == SharedExperience.case_id),
        {"text": LearningPoint.text, "for_whom": LearningPoint.for_whom, "conditions": LearningPoint.conditions},
        LearningPoint.id,
    )
    rows = await uow.session.execute(
        select(ProgrammeItem, Unit.name, Case.language, SharedExperience.text, SharedExperience.slides_link, learning)
        .outerjoin(SharedExperience, SharedExperience.id == ProgrammeItem.experience_id)
        .outerjoin(Case, Case.id == SharedExperience.case_id)
        .outerjoin(Unit, Unit.id == Case.unit_id)
        .where(ProgrammeItem.gathering_id == gathering_id)
        .order_by(ProgrammeItem.starts_at, ProgrammeItem.id)
    )
    return [
        Item(
            id=row.id, kind=row.kind, title=row.title, text=row.text, speakers=row.speakers, starts_at=row.starts_at,
            lasts_minutes=row.lasts_minutes, unit=unit or "", language=language or "", shared=shared or "",
            slides_link=slides or "", learning=msgspec.convert(learnt or [], list[Learnt]),
        )
        for row, unit, language, shared, slides, learnt in rows
    ]  # fmt: skip


async def to_place(uow: UnitOfWork, gathering: Gathering) -> list[Any]:
    """The presentations of a cohort's projects that stand in no programme: id, title and office."""
    placed = select(ProgrammeItem.experience_id).where(ProgrammeItem.experience_id.is_not(None))
    rows = await uow.session.execute(
        select(SharedExperience.id, SharedExperience.title, Unit.name.label("unit"))
        .join(Case, Case.id == SharedExperience.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(
            SharedExperience.kind == "conference", SharedExperience.case_id.in_(projects_of(gathering.cohort_id)),
            SharedExperience.id.not_in(placed),
        )
        .order_by(Unit.name, SharedExperience.id)
    )  # fmt: skip
    return list(rows)
