"""Putting the programme of a conference together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.audit.service import record
from app.conference.models import ProgrammeItem
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotFound, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.gatherings.models import Gathering
from app.gatherings.people import parts_in, require_arranger
from app.gatherings.service.held import HeldGathering, hold_gathering
from app.identity.actor import Actor
from app.knowledge.models import SharedExperience
from app.notices.service import tell
from workflows.conference import ItemKind, Slot, against_programme, against_slot


async def _held(uow: UnitOfWork, actor: Actor, gathering_id: UUID, verb: str) -> HeldGathering:
    held = await hold_gathering(uow, gathering_id)
    await require_arranger(uow, actor, held.row.cohort_id)
    unmet = list(against_programme(held.row.kind, held.row.called_off_at is not None))
    if unmet:
        raise NotYet(unmet, subject="gathering", step=verb, case_id=held.case.id)
    return held


async def _put(uow: UnitOfWork, held: HeldGathering, item: ProgrammeItem) -> None:
    """Put an item in its place; Invalid where that lies outside the conference, or on top of another item."""
    others = [
        Slot(each.title, each.starts_at, each.lasts_minutes)
        for each in await uow.session.scalars(select(ProgrammeItem).where(ProgrammeItem.gathering_id == held.row.id))
    ]
    slot = Slot(item.title, item.starts_at, item.lasts_minutes)
    for reason in against_slot(slot, held.row.starts_at, held.row.ends_at, others):
        raise Invalid({"starts_at": reason})
    uow.session.add(item)
    await uow.session.flush()


async def add_item(
    uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, kind: str, title: str, starts_at: datetime, lasts_minutes: int,
    speakers: str = "", text: str = "",
) -> Gathering:  # fmt: skip
    """Put a panel, a break or another presentation in the programme, with those who speak (S56)."""
    held = await _held(uow, actor, gathering_id, "add_item")
    refuse_identity_numbers(title=title, speakers=speakers, text=text)
    item = ProgrammeItem(
        gathering_id=gathering_id, kind=kind, title=title, text=text, speakers=speakers, starts_at=starts_at,
        lasts_minutes=lasts_minutes,
    )  # fmt: skip
    await _put(uow, held, item)
    changes = {"title": title, "kind": kind, "starts_at": starts_at}
    await record(uow, actor, held.case, "gathering", gathering_id, "add_item", changes=changes)
    return held.row


async def place_presentation(
    uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, experience_id: UUID, starts_at: datetime, lasts_minutes: int = 15,
    speakers: str = "",
) -> Gathering:  # fmt: skip
    """Give what a project has shared its place in the programme, and tell its team when they present (S55)."""
    held = await _held(uow, actor, gathering_id, "place_presentation")
    refuse_identity_numbers(speakers=speakers)
    shared = await uow.session.get(SharedExperience, experience_id)
    people = await parts_in(uow, held.row.cohort_id, case_id=shared.case_id) if shared else []
    if shared is None or shared.kind != "conference" or not people:
        raise invalid("experience_id", "form.unknown")
    if await uow.session.scalar(select(ProgrammeItem.id).where(ProgrammeItem.experience_id == experience_id)):
        raise invalid("experience_id", "conference.placed_already")
    item = ProgrammeItem(
        gathering_id=gathering_id, kind=ItemKind.PRESENTATION, title=shared.title, speakers=speakers, starts_at=starts_at,
        lasts_minutes=lasts_minutes, experience_id=experience_id,
    )  # fmt: skip
    await _put(uow, held, item)
    changes = {"title": shared.title, "experience_id": experience_id, "starts_at": starts_at}
    await record(uow, actor, held.case, "gathering", gathering_id, "place_presentation", changes=changes)
    team = [part.person_id for part in people if part.roles & {"leader", "coordinator", "core_team"}]
    await tell(
        uow, [each for each in team if each != actor.person_id], "presentation_placed", case_id=shared.case_id,
        link=f"/gatherings/{gathering_id}/programme", parameters={"title": shared.title, "starts_at": starts_at},
    )  # fmt: skip
    return held.row


async def remove_item(uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, item_id: UUID) -> Gathering:
    """Take an item out of the programme; a project's presentation can be placed anew."""
    held = await _held(uow, actor, gathering_id, "remove_item")
    row = await uow.session.get(ProgrammeItem, item_id, populate_existing=True)
    if row is None or row.gathering_id != gathering_id:
        raise NotFound
    await uow.session.delete(row)
    changes = {"title": row.title, "kind": row.kind, "starts_at": row.starts_at}
    await record(uow, actor, held.case, "gathering", gathering_id, "remove_item", changes=changes)
    return held.row
