"""Measurements read in from a spreadsheet: all of its rows or none, reported in the name of whoever reads them in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.audit.service import record
from app.benefits.ground import MEASUREMENT, Ground, grounds_in
from app.benefits.imports import kind_of, known_in, personal_in, without_identity_numbers
from app.benefits.models import Benefit, Measurement, MeasurementImport
from app.benefits.service.progress import advance
from app.benefits.spreadsheets import merged_in, rows_of
from app.cases.models import Case
from app.cases.queries import require, roles_in
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet, Unconfirmed, invalid
from app.core.ids import new_id
from app.core.personal_data import CONFIRMABLE, refuse_identity_numbers
from app.files.content import FIELD
from app.files.models import File
from app.identity.actor import Actor
from app.identity.queries import people_with_role
from app.moves import Held, begin_many, lock_case, make_many
from app.notices.service import tell
from workflows.engine import Reason
from workflows.measurement import MeasurementState
from workflows.measurement_list import Fault, Reading, Said
from workflows.roles import Permission, Role

PERSONAL_DATA_WHY = "personal_data_why"
AT_ONCE = 500
"""Rows that are written with one statement."""


class _Held(NamedTuple):
    """The locked case, the actor's roles in it, and what the rules must know of its indicators."""

    case: Case
    roles: frozenset[Role]
    grounds: Mapping[UUID, Ground]


async def _file_in_case(uow: UnitOfWork, actor: Actor, file_id: UUID, permission: Permission) -> tuple[File, Case]:
    file = await uow.session.get(File, file_id)
    if file is None or file.subject != "measurement_import":
        raise NotFound
    case = await lock_case(uow, file.case_id)
    require(case, await roles_in(uow, actor, case), permission)
    return file, case


async def write_import(
    uow: UnitOfWork, actor: Actor, file_id: UUID, *, content: IO[bytes], personal_data_why: str = ""
) -> MeasurementImport:
    """Report every measurement that the file says; NotYet where it was read in before, Invalid where any row is wrong.

    The rows are read a part at a time, so that memory stays the same for any length; one that is wrong takes all back.
    Unconfirmed where a row may say who somebody is and no reason is given for it (G34).
    """
    refuse_identity_numbers(personal_data_why=personal_data_why)
    file, case = await _file_in_case(uow, actor, file_id, Permission.MEASUREMENT_REPORT)
    if await import_of(uow, file) is not None:
        raise NotYet(
            [Reason(code="import.written_already")], subject="measurement_import", step="write", case_id=case.id
        )
    kind, today = kind_of(file), day_in_oslo(uow.now)
    merged = await asyncio.to_thread(merged_in, content) if kind == "xlsx" else set()
    reading = Reading(await known_in(uow, case.id), today, merged=merged)
    row = MeasurementImport(
        case_id=case.id, file_id=file.id, sha256=file.sha256, written_by=actor.person_id, written_at=uow.now, measurements=0,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    held = _Held(case, await roles_in(uow, actor, case), await grounds_in(uow, case.id))
    found = without_identity_numbers(reading.read(rows_of(content, kind)))
    stands: dict[str, str] = {}
    while part := await asyncio.to_thread(_next, found):
        fault = next((each for each in part if isinstance(each, Fault)), None)
        if fault is not None:
            raise invalid(FIELD, "import.has_faults")
        said = [each for each in part if isinstance(each, Said)]
        personal = [cell for each in said for cell in personal_in(each)]
        if personal and not personal_data_why.strip():
            raise Unconfirmed(
                {PERSONAL_DATA_WHY: Reason(code="import.says_who", parameters={"row": str(personal[0].row)})}
            )
        stands |= {str(cell.heading): CONFIRMABLE[cell.code] for cell in personal}
        await _write(uow, actor, held, row, said)
    row.measurements = sum(reading.counts.values())
    changes: dict[str, Any] = {"file": file.name, "sha256": file.sha256, "measurements": row.measurements}
    if stands:
        changes["personal_data"] = {"why": personal_data_why.strip(), "fields": stands}
    await record(uow, actor, case, "measurement_import", row.id, "write", changes=changes)
    await _follow(uow, actor, held, {known.benefit_id for known in reading.known if reading.counts[known.indicator_id]})
    confirmers = {
        *await people_with_role(uow, Role.CASE_HANDLER), *await people_with_role(uow, Role.METHOD_OWNER),
    } - {actor.person_id}  # fmt: skip
    await tell(
        uow, sorted(confirmers, key=str), "measurements_imported", case_id=case.id, link=f"/measurement-imports/{file.id}",
        parameters={"count": row.measurements, "project": case.title},
    )  # fmt: skip
    return row


def _next(found: Iterator[Said | Fault]) -> list[Said | Fault]:
    return list(islice(found, AT_ONCE))


async def import_of(uow: UnitOfWork, file: File) -> MeasurementImport | None:
    """When the same content was read in, where it was: under whichever name."""
    row: MeasurementImport | None = await uow.session.scalar(
        select(MeasurementImport).where(
            MeasurementImport.case_id == file.case_id, MeasurementImport.sha256 == file.sha256
        )
    )
    return row


def _content(said: Said) -> dict[str, Any]:
    return {
        "value": said.value, "measured_on": said.measured_on, "observations": said.observations,
        "confidence": said.confidence, "evidence": said.evidence, "evidence_link": said.evidence_link,
        "counterfactual": said.counterfactual, "counterfactual_basis": said.counterfactual_basis, "deviation": said.deviation,
    }  # fmt: skip


async def _write(uow: UnitOfWork, actor: Actor, held: _Held, read: MeasurementImport, part: Sequence[Said]) -> None:
    due = {said.measurement_id: said for said in part if said.measurement_id is not None}
    rows = await uow.session.scalars(select(Measurement).where(Measurement.id.in_(due))) if due else ()
    there = list(rows)
    for row in there:
        _fill(uow, actor, read, row, due[row.id])
    added = []
    for said in part:
        if said.measurement_id is None:
            row = Measurement(
                id=new_id(), case_id=held.case.id, benefit_id=said.known.benefit_id,
                indicator_id=said.known.indicator_id, kind="first", due_on=said.due_on, planned_at=uow.now,
            )  # fmt: skip
            _fill(uow, actor, read, row, said)
            added.append(row)
    begin_many(uow, MEASUREMENT, added)
    await _make_all(uow, actor, held, [*there, *added], "report")


def _fill(uow: UnitOfWork, actor: Actor, read: MeasurementImport, row: Measurement, said: Said) -> None:
    for name, value in _content(said).items():
        setattr(row, name, value)
    row.reported_by, row.reported_at, row.import_id = actor.person_id, uow.now, read.id


CONTENT = ("value", "measured_on", "observations", "confidence", "evidence", "evidence_link", "import_id")


async def _make_all(uow: UnitOfWork, actor: Actor, held: _Held, rows: Sequence[Measurement], name: str) -> None:
    whole = [
        (
            row,
            held.grounds[row.indicator_id].facts_of(row),
            {each: getattr(row, each) for each in CONTENT} if name == "report" else {},
        )
        for row in rows
    ]
    await make_many(uow, actor, MEASUREMENT, Held(None, held.case, held.roles), whole, name)


async def _follow(uow: UnitOfWork, actor: Actor, held: _Held, benefits: Iterable[UUID]) -> None:
    for benefit_id in sorted(benefits, key=str):
        benefit = await uow.session.get_one(Benefit, benefit_id)
        await advance(uow, actor, Held(benefit, held.case, held.roles))


async def confirm_import(uow: UnitOfWork, actor: Actor, file_id: UUID) -> MeasurementImport:
    """Confirm everything that was read in from a file and waits; NotYet where the actor measures or owns any of it (I8)."""
    file, case = await _file_in_case(uow, actor, file_id, Permission.MEASUREMENT_CONFIRM)
    read = await import_of(uow, file)
    if read is None:
        raise NotFound
    held = _Held(case, await roles_in(uow, actor, case), await grounds_in(uow, case.id))
    last: UUID | None = None
    while rows := await _reported_in(uow, read.id, last):
        for row in rows:
            row.confirmed_by, row.confirmed_at = actor.person_id, uow.now
        last = rows[-1].id
        await _make_all(uow, actor, held, rows, "confirm")
    await record(uow, actor, case, "measurement_import", read.id, "confirm", changes={"file": file.name})
    await tell(
        uow, [read.written_by], "measurements_import_confirmed", case_id=case.id, link=f"/measurement-imports/{file.id}",
        parameters={"project": case.title},
    )  # fmt: skip
    return read


async def _reported_in(uow: UnitOfWork, import_id: UUID, after: UUID | None) -> list[Measurement]:
    statement = select(Measurement).where(
        Measurement.import_id == import_id, Measurement.state == MeasurementState.REPORTED
    )
    if after is not None:
        statement = statement.where(Measurement.id > after)
    return list(await uow.session.scalars(statement.order_by(Measurement.id).limit(AT_ONCE)))
