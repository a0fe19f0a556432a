"""Arranging gatherings one by one: added at any time, changed, moved and called off (S26)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.audit.service import record
from app.calls.models import Call
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotFound, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.gatherings.models import Attendance, Gathering, GatheringContent
from app.gatherings.people import require_arranger
from app.gatherings.service.held import HeldGathering, hold_cohort, hold_gathering
from app.identity.actor import Actor
from app.notices.service import tell
from workflows.engine import Reason
from workflows.gathering import ARTEFACTS, Times, against_times

MOST_CONTENTS = 40


async def _refuse_times(uow: UnitOfWork, call_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    opens_at = await uow.session.scalar(select(Call.opens_at).where(Call.id == call_id))
    opens_on = day_in_oslo(opens_at) if opens_at else None
    faults = dict(against_times(Times(starts_at, ends_at), opens_on, uow.now))
    if faults:
        raise Invalid(faults)


def _refuse_artefact(artefact: str) -> None:
    if artefact and artefact not in ARTEFACTS:
        raise invalid("artefact", "form.not_a_choice")


async def arrange(
    uow: UnitOfWork, actor: Actor, *, cohort_id: UUID, kind: str, title: str, starts_at: datetime, ends_at: datetime,
    key: str = "", place: str = "", link: str = "", topic: str = "", audience: tuple[str, ...] = (),
    capacity: int | None = None, artefact: str = "",
) -> Gathering:  # fmt: skip
    """Add a gathering to a cohort's series, at any time; Invalid where its times do not hold, or the key is taken (S26)."""
    cohort, case = await hold_cohort(uow, cohort_id)
    await require_arranger(uow, actor, cohort_id)
    refuse_identity_numbers(title=title, topic=topic)
    _refuse_artefact(artefact)
    await _refuse_times(uow, cohort.call_id, starts_at, ends_at)
    keys = set(await uow.session.scalars(select(Gathering.key).where(Gathering.cohort_id == cohort_id)))
    if key in keys:
        raise invalid("key", "gathering.key_taken", key=key)
    row = Gathering(
        cohort_id=cohort_id, call_id=cohort.call_id, key=key or f"topical_{len(keys) + 1}", kind=kind, title=title,
        topic=topic, starts_at=starts_at, ends_at=ends_at, place=place, link=link, audience=list(audience),
        capacity=capacity, artefact=artefact, changed_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record(uow, actor, case, "gathering", row.id, "arrange", changes={"title": title, "starts_at": starts_at})
    return row


async def _held(uow: UnitOfWork, actor: Actor, gathering_id: UUID) -> HeldGathering:
    held = await hold_gathering(uow, gathering_id)
    await require_arranger(uow, actor, held.row.cohort_id)
    return held


def _standing(held: HeldGathering, verb: str) -> None:
    if held.row.called_off_at is not None:
        raise NotYet([Reason(code="gathering.called_off")], subject="gathering", step=verb, case_id=held.case.id)


def _changed(uow: UnitOfWork, row: Gathering) -> None:
    """Let calendars know that theirs is not the newest."""
    row.sequence += 1
    row.changed_at = uow.now


async def tell_signed_up(uow: UnitOfWork, actor: Actor, row: Gathering, code: str, **parameters: Any) -> None:
    """Tell everybody who is signed up, but whoever does it."""
    people = await uow.session.scalars(select(Attendance.person_id).where(Attendance.gathering_id == row.id))
    await tell(
        uow, [each for each in people if each != actor.person_id], code, link=f"/gatherings/{row.id}",
        parameters={"title": row.title, **parameters},
    )  # fmt: skip


async def edit(
    uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, title: str, topic: str = "", place: str = "", link: str = "",
    audience: tuple[str, ...] = (), capacity: int | None = None, artefact: str = "",
) -> Gathering:  # fmt: skip
    """Say anew what a gathering is; those who are signed up are told where it is to be held elsewhere."""
    held = await _held(uow, actor, gathering_id)
    row = held.row
    _standing(held, "edit")
    refuse_identity_numbers(title=title, topic=topic)
    _refuse_artefact(artefact)
    taken = await count_signed_up(uow, gathering_id)
    if capacity is not None and capacity < taken:
        raise invalid("capacity", "gathering.fewer_than_signed_up", taken=taken)
    new = {"title": title, "topic": topic, "place": place, "link": link, "audience": list(audience),
           "capacity": capacity, "artefact": artefact}  # fmt: skip
    changes = {name: [getattr(row, name), value] for name, value in new.items() if getattr(row, name) != value}
    if not changes:
        return row
    for name, value in new.items():
        setattr(row, name, value)
    _changed(uow, row)
    await record(uow, actor, held.case, "gathering", row.id, "edit", changes=changes)
    if "place" in changes or "link" in changes:
        await tell_signed_up(
            uow, actor, row, "gathering_elsewhere", place=place or link or "–", starts_at=row.starts_at
        )
    return row


async def reschedule(
    uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, starts_at: datetime, ends_at: datetime, why: str
) -> Gathering:
    """Move a gathering to another time, with the reason; those who are signed up stay so, and are told."""
    held = await _held(uow, actor, gathering_id)
    row = held.row
    _standing(held, "reschedule")
    refuse_identity_numbers(why=why)
    await _refuse_times(uow, row.call_id, starts_at, ends_at)
    if (row.starts_at, row.ends_at) == (starts_at, ends_at):
        raise invalid("starts_at", "gathering.same_time")
    changes = {"title": row.title, "starts_at": [row.starts_at, starts_at], "ends_at": [row.ends_at, ends_at]}
    before, row.starts_at, row.ends_at = row.starts_at, starts_at, ends_at
    _changed(uow, row)
    await record(uow, actor, held.case, "gathering", row.id, "reschedule", why=why, changes=changes)
    await tell_signed_up(uow, actor, row, "gathering_moved", starts_at=starts_at, before_at=before, why=why)
    return row


async def call_off(uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, why: str) -> Gathering:
    """Call a gathering off, with the reason; it stays to be seen, struck out, and those who are signed up are told."""
    held = await _held(uow, actor, gathering_id)
    row = held.row
    _standing(held, "call_off")
    refuse_identity_numbers(why=why)
    came = select(func.count()).where(Attendance.gathering_id == row.id, Attendance.attended_at.is_not(None))
    if await uow.session.scalar(came):
        raise invalid("why", "gathering.was_held")
    row.called_off_at, row.called_off_why = uow.now, why
    _changed(uow, row)
    await record(uow, actor, held.case, "gathering", row.id, "call_off", why=why, changes={"title": row.title})
    await tell_signed_up(uow, actor, row, "gathering_called_off", starts_at=row.starts_at, why=why)
    return row


async def count_signed_up(uow: UnitOfWork, gathering_id: UUID) -> int:
    """How many are signed up."""
    return await uow.session.scalar(select(func.count()).where(Attendance.gathering_id == gathering_id)) or 0


async def add_content(
    uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, kind: str, title: str, text: str = "", link: str = ""
) -> Gathering:
    """Add a lecture, group task or exercise, last in the order, with where its material lies (S30)."""
    held = await _held(uow, actor, gathering_id)
    refuse_identity_numbers(title=title, text=text)
    there = select(func.count(), func.max(GatheringContent.position)).where(
        GatheringContent.gathering_id == gathering_id
    )
    count, last = (await uow.session.execute(there)).one()
    if count >= MOST_CONTENTS:
        raise invalid("title", "gathering.contents_full", most=MOST_CONTENTS)
    uow.session.add(
        GatheringContent(
            gathering_id=gathering_id, position=(last or 0) + 1, kind=kind, title=title, text=text, link=link
        )
    )
    await record(
        uow, actor, held.case, "gathering", gathering_id, "add_content", changes={"title": title, "kind": kind}
    )
    return held.row


async def remove_content(uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, content_id: UUID) -> Gathering:
    """Take a part out of a gathering; its words stay in the event."""
    held = await _held(uow, actor, gathering_id)
    row = await uow.session.get(GatheringContent, content_id, populate_existing=True)
    if row is None or row.gathering_id != gathering_id:
        raise NotFound
    await uow.session.delete(row)
    changes = {"title": row.title, "text": row.text, "link": row.link}
    await record(uow, actor, held.case, "gathering", gathering_id, "remove_content", changes=changes)
    return held.row
