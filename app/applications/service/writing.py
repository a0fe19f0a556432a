"""Writing in a draft together: field by field, with every text in the record and none replaced unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.audit.service import record
from app.core.database import UnitOfWork
from app.core.errors import Overlap, Overlapping
from app.identity.actor import SYSTEM, Actor
from app.identity.models import Person
from app.moves import Held, hold, note, touch
from app.outbox.service import put
from workflows.writing import read_seen, seen_text, weigh

GATHERED_FOR = timedelta(minutes=10)
"""For so long what one person writes is gathered into one event; each text that another replaces has its own before."""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """How often a field has been written, by whom last, and when."""

    version: int = 0
    by: UUID | None = None
    at: datetime | None = None


class Gathered(msgspec.Struct):
    """What one person has written since their last event."""

    name: str
    since: datetime
    last: datetime
    changes: dict[str, Any]


def marks_of(row: Application) -> dict[str, Mark]:
    """The mark of each field of the draft that has been written, by its key."""
    return msgspec.convert(row.field_marks, dict[str, Mark])


def seen_of(row: Application, key: str, value: Any) -> str:
    """What a page's form sends along for having shown a field as it is now."""
    mark = row.field_marks.get(key)
    return seen_text(key, mark[0] if mark else 0, value)


async def weighed(
    uow: UnitOfWork, row: Application, stored: Mapping[str, Any], typed: Mapping[str, Any], seen: Sequence[str],
    *, prefix: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The fields of what was typed that can be kept now; of the others the actor is told after the commit.

    `stored` and `typed` go by the form's own names of the fields; `prefix` makes keys of the draft of them.
    """
    marks = marks_of(row)
    versions = {name: marks.get(prefix + name, Mark()).version for name in typed}
    known = {key.removeprefix(prefix): each for key, each in read_seen(seen).items() if key.startswith(prefix)}
    found = weigh(typed, stored, versions, known)
    places = []
    for name in found.overlapping:
        mark, key = marks.get(prefix + name, Mark()), prefix + name
        writer = await uow.session.get(Person, mark.by) if mark.by else None
        places.append(
            Overlapping(
                field=name, key=key, theirs=stored.get(name), mine=typed[name], at=mark.at,
                seen=seen_of(row, key, stored.get(name)), by=writer.name if writer else "",
            )
        )  # fmt: skip
    if places:
        uow.said_after = Overlap(places)
    return found.changed


def mark(uow: UnitOfWork, actor: Actor, row: Application, keys: Sequence[str]) -> None:
    """Count the fields up as written by the actor now."""
    marks = marks_of(row)
    fresh = {key: Mark(marks.get(key, Mark()).version + 1, actor.person_id, uow.now) for key in keys}
    row.field_marks = {**row.field_marks, **msgspec.to_builtins(fresh)}


def unmark(row: Application, prefix: str) -> None:
    """Forget the marks of a row of the draft that is gone."""
    row.field_marks = {key: each for key, each in row.field_marks.items() if not key.startswith(prefix)}


def _gathered(row: Application) -> dict[str, Gathered]:
    return msgspec.convert(row.unrecorded, dict[str, Gathered])


async def _record(uow: UnitOfWork, held: Held[Application], writers: Mapping[str, Gathered]) -> None:
    for person_id, each in sorted(writers.items(), key=lambda pair: pair[1].last):
        writer = Actor(person_id=UUID(person_id), name=each.name)
        changes = {**each.changes, "written": [each.since, each.last]}
        await record(uow, writer, held.case, APPLICATION.name, held.row.id, "save_answers", changes=changes)
    held.row.unrecorded = {key: each for key, each in held.row.unrecorded.items() if key not in writers}


async def record_gathered(uow: UnitOfWork, held: Held[Application]) -> None:
    """Write the events of all that has been gathered: before anything else happens to the draft."""
    if held.row.unrecorded:
        await _record(uow, held, _gathered(held.row))


async def record_writing(uow: UnitOfWork, application_id: UUID) -> None:
    """Write the events of what has been gathered long enough in a draft; harmless where nothing has."""
    await _record_ripe(uow, await hold(uow, SYSTEM, APPLICATION, application_id))


async def _record_ripe(uow: UnitOfWork, held: Held[Application]) -> None:
    """Write the events of what has been gathered for long enough."""
    ripe = {key: each for key, each in _gathered(held.row).items() if each.since <= uow.now - GATHERED_FOR}
    await _record(uow, held, ripe)


async def _gather(uow: UnitOfWork, actor: Actor, held: Held[Application], changes: Mapping[str, Any]) -> Application:
    row, own = held.row, str(actor.person_id)
    await _record_ripe(uow, held)
    replaced = {
        person: each
        for person, each in _gathered(row).items()
        if person != own and not each.changes.keys().isdisjoint(changes)
    }
    await _record(uow, held, replaced)
    mine = _gathered(row).get(own)
    if mine is None:
        mine = Gathered(actor.name, uow.now, uow.now, {})
        due = uow.now + GATHERED_FOR
        await put(uow, "record_writing", {"application_id": str(row.id)}, due_at=due,
                  key=f"record_writing:{row.id}:{own}:{uow.now.isoformat()}")  # fmt: skip
    mine.changes |= changes
    mine.last = uow.now
    row.unrecorded = {**row.unrecorded, own: msgspec.to_builtins(mine)}
    return await touch(uow, held)


async def keep(
    uow: UnitOfWork, actor: Actor, held: Held[Application], verb: str, changes: Mapping[str, Any], *, prefix: str = "",
    about: Mapping[str, Any] | None = None, by_itself: bool = False,
) -> Application:  # fmt: skip
    """Note that fields were written: with an event of their own, or gathered where the draft saved itself.

    `changes` go by the names of the fields, `about` says in an event which row they belong to.
    """
    mark(uow, actor, held.row, [prefix + name for name in changes])
    if by_itself and actor.person_id is not None:
        return await _gather(uow, actor, held, {prefix + name: value for name, value in changes.items()})
    await record_gathered(uow, held)
    return await note(uow, actor, APPLICATION, held, verb, changes={**(about or {}), **changes})


async def write_fields(
    uow: UnitOfWork, actor: Actor, held: Held[Application], row: Any, verb: str, typed: Mapping[str, Any], *,
    seen: Sequence[str], standing: Sequence[str], by_itself: bool, prefix: str, about: Mapping[str, Any],
) -> Application:  # fmt: skip
    """Write in the fields of one of the draft's rows, each where nobody else has written since it was seen."""
    stored = {name: getattr(row, name) for name in typed}
    wanted = {name: value for name, value in typed.items() if prefix + name not in standing}
    changed = await weighed(uow, held.row, stored, wanted, seen, prefix=prefix)
    if not changed:
        return held.row
    for name, value in changed.items():
        setattr(row, name, value)
    return await keep(uow, actor, held, verb, changed, prefix=prefix, about=about, by_itself=by_itself)
