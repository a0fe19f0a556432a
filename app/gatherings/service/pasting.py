"""Taking in a list of who came that was pasted from a spreadsheet, once somebody has seen how it is understood."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from app.audit.service import record
from app.core.database import UnitOfWork
from app.core.errors import Stale, invalid
from app.core.personal_data import refuse_identity_numbers
from app.gatherings.models import Attendance, Gathering, PastedList
from app.gatherings.people import Part, parts_in
from app.gatherings.service.attendance import held_for_noting, write_presence
from app.gatherings.service.held import person_of
from app.gatherings.service.signing_up import facts_of, presence_of, project_for
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from workflows.attendance_list import MOST_ROWS, Known, Line, Understood, bare, read_list, understand
from workflows.gathering import against_attending


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A pasted list as it is understood now, with a fingerprint of what would be written."""

    rows: list[Understood]
    fingerprint: str

    @property
    def writes(self) -> int:
        """How many rows would be written."""
        return sum(row.writes for row in self.rows)

    @property
    def wrong(self) -> int:
        """How many rows have something wrong with them."""
        return sum(bool(row.faults) for row in self.rows)


def lines_of(text: str) -> list[Line]:
    """The rows of a pasted list; Invalid where there are none, or too many."""
    refuse_identity_numbers(text=text)
    lines = read_list(text)
    if not lines:
        raise invalid("text", "attendance.no_rows")
    if len(lines) > MOST_ROWS:
        raise invalid("text", "attendance.too_many_rows", most=MOST_ROWS, found=len(lines))
    return lines


async def _known(uow: UnitOfWork, row: Gathering, lines: Sequence[Line]) -> tuple[list[Known], dict[UUID, list[Part]]]:
    """Everybody that the rows may mean, with their part in the projects that gather; three statements."""
    emails = {line.email for line in lines if line.email}
    names = {bare(line.name) for line in lines if line.name and not line.email}
    units = (
        select(func.coalesce(func.array_agg(Unit.name), literal([], ARRAY(TEXT))))
        .join(UnitMembership, UnitMembership.unit_id == Unit.id)
        .where(UnitMembership.person_id == Person.id)
        .scalar_subquery()
    )
    found = (
        await uow.session.execute(
            select(Person.id, Person.name, Person.email, units)
            .where(
                or_(func.lower(Person.email).in_(emails), func.lower(Person.name).in_(names)),
                or_(Person.valid_to.is_(None), Person.valid_to > uow.now),
            )
            .order_by(Person.id)
        )
    ).all()
    ids = [each[0] for each in found]
    parts: dict[UUID, list[Part]] = {}
    for part in await parts_in(uow, row.cohort_id, person_ids=ids):
        parts.setdefault(part.person_id, []).append(part)
    noted = {
        each.person_id: each
        for each in await uow.session.scalars(
            select(Attendance)
            .where(Attendance.gathering_id == row.id, Attendance.person_id.in_(ids))
            .execution_options(populate_existing=True)
        )
    }
    known = [
        Known(
            person_id=person_id, name=name, email=email, units=tuple(their_units), stands=presence_of(noted.get(person_id)),
            invited=person_id in noted or not any(against_attending(facts_of(row, parts.get(person_id, [])))),
        )
        for person_id, name, email, their_units in found
    ]  # fmt: skip
    return known, parts


async def reading_of(uow: UnitOfWork, row: Gathering, text: str) -> tuple[Reading, dict[UUID, list[Part]]]:
    """How a pasted list is understood now; writes nothing. Invalid where it has no rows, or too many."""
    lines = lines_of(text)
    known, parts = await _known(uow, row, lines)
    rows = understand(lines, known)
    said = [(each.person.person_id, each.person.stands, each.presence) for each in rows if each.writes and each.person]
    fingerprint = hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:32]
    return Reading(rows=rows, fingerprint=fingerprint), parts


async def confirm_list(uow: UnitOfWork, actor: Actor, gathering_id: UUID, *, text: str, fingerprint: str) -> Gathering:
    """Write what a pasted list says of everybody whose row is right, and keep the list; the other rows are left out.

    Stale where it is understood in another way by now than the writer has seen: then nothing is written.
    """
    held = await held_for_noting(uow, actor, gathering_id, "confirm_list")
    reading, parts = await reading_of(uow, held.row, text)
    if reading.fingerprint != fingerprint:
        raise Stale
    by, people = person_of(actor), []
    for understood in reading.rows:
        if not understood.writes or understood.person is None:
            continue
        person_id = understood.person.person_id
        row = await uow.session.get(Attendance, (gathering_id, person_id))
        if row is None:
            row = Attendance(gathering_id=gathering_id, person_id=person_id, registered_at=uow.now, signed_up_by=by,
                             case_id=project_for(held.row, parts.get(person_id, [])))  # fmt: skip
            uow.session.add(row)
        write_presence(uow, row, understood.presence, by)
        people.append({"person": understood.person.name, "presence": [understood.person.stands, understood.presence]})
    if not people:
        raise invalid("text", "attendance.nothing_to_write")
    kept = PastedList(
        gathering_id=gathering_id, text=text, pasted_by=by, pasted_at=uow.now, rows_taken=len(people),
        rows_left=len(reading.rows) - len(people),
    )  # fmt: skip
    uow.session.add(kept)
    await uow.session.flush()
    changes = {"title": held.row.title, "people": people, "list_id": kept.id}
    await record(uow, actor, held.case, "gathering", gathering_id, "confirm_list", changes=changes)
    return held.row
