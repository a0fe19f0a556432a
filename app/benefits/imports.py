"""What is read in from spreadsheets: the indicators that rows may mean, and how a file is understood before it is written."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import IO
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.benefits.facts import stands
from app.benefits.ground import grounds_in
from app.benefits.models import Benefit, Indicator, Measurement, MeasurementImport
from app.benefits.spreadsheets import merged_in, rows_of
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid
from app.core.personal_data import CONFIRMABLE, found_in, refuse_identity_numbers
from app.files.models import File
from app.files.queries import KIND_NAMES
from app.identity.models import Person
from workflows.benefit import BenefitState
from workflows.engine import Reason
from workflows.measurement import OPEN, MeasurementState
from workflows.measurement_cells import Column
from workflows.measurement_list import Fault, Known, Open, Reading, Said

SHOWN = 200
MOST_FAULTS = 500_000
"""How many rows, and how many faults, one page shows."""


def kind_of(file: File) -> str:
    """What kind of spreadsheet a file is."""
    return KIND_NAMES.get(file.content_type, "")


async def known_in(uow: UnitOfWork, case_id: UUID) -> list[Known]:
    """The indicators of a project that are followed, with what is open and what is reported of each; three statements."""
    grounds = await grounds_in(uow, case_id)
    due = (
        select(
            Measurement.indicator_id,
            func.array_agg(aggregate_order_by(Measurement.id, Measurement.due_on, Measurement.id)),
            func.array_agg(aggregate_order_by(Measurement.due_on, Measurement.due_on, Measurement.id)),
        )
        .where(Measurement.case_id == case_id, Measurement.state.in_(OPEN))
        .group_by(Measurement.indicator_id)
    )
    open_ones: dict[UUID, tuple[Open, ...]] = {
        indicator: tuple(Open(id=id_, due_on=day) for id_, day in zip(ids, days, strict=True))
        for indicator, ids, days in await uow.session.execute(due)
    }
    days_of: Mapping[UUID, frozenset[date]] = {
        indicator: frozenset(day for day in days if day is not None)
        for indicator, days in await uow.session.execute(
            select(Measurement.indicator_id, func.array_agg(Measurement.measured_on))
            .where(
                Measurement.case_id == case_id, stands(),
                Measurement.state.in_((MeasurementState.REPORTED, MeasurementState.CONFIRMED)),
            )
            .group_by(Measurement.indicator_id)
        )
    }  # fmt: skip
    rows = await uow.session.execute(
        select(Indicator, Benefit.title, Benefit.state)
        .join(Benefit, Benefit.id == Indicator.benefit_id)
        .where(Indicator.case_id == case_id, Indicator.removed_at.is_(None))
        .order_by(Benefit.id, Indicator.id)
    )
    return [
        Known(
            indicator_id=row.id, benefit_id=row.benefit_id, benefit=title, name=row.name, key=row.key, unit=row.unit,
            is_over=state == BenefitState.DROPPED, live_on=grounds[row.id].live_on,
            needs_change_live=grounds[row.id].change_id is not None, late_baseline=grounds[row.id].late_baseline,
            targets=tuple(grounds[row.id].targets), baseline=grounds[row.id].baseline,
            tolerance_basis_points=grounds[row.id].tolerance_basis_points,
            open=open_ones.get(row.id, ()), measured_on=days_of.get(row.id, frozenset()),
        )
        for row, title, state in rows
    ]  # fmt: skip


FREE = ("evidence", "counterfactual_basis", "deviation")
"""What is said in words of one's own."""


class Personal(msgspec.Struct, frozen=True, kw_only=True):
    """A cell with what may say who somebody is, and may stand with a reason."""

    row: int
    heading: Column
    code: str


def personal_in(said: Said) -> list[Personal]:
    """What in a row may say who somebody is and is asked about: telephone numbers and e-mail addresses (G34)."""
    found = ((name, found_in(getattr(said, name))) for name in FREE)
    return [Personal(row=said.row, heading=Column(name), code=code) for name, code in found if code in CONFIRMABLE]


def without_identity_numbers(found: Iterable[Said | Fault]) -> Iterator[Said | Fault]:
    """What was read, with a fault in the place of a row that holds what may be a national identity number (G34)."""
    for each in found:
        if isinstance(each, Said):
            texts = {name: getattr(each, name) for name in FREE}
            try:
                refuse_identity_numbers(**texts)
            except Invalid as error:
                for name in error.fields:
                    yield Fault(row=each.row, heading=Column(name), reason=Reason(code="import.personal"))
                continue
        yield each


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a file would change, and what is wrong with it: a part of each to show, with how many there are of all."""

    rows: int
    said: list[Said]
    faults: list[Fault]
    faults_in_all: int
    faulty_rows: int
    counts: Counter[UUID]
    known: dict[UUID, Known]
    reported: int
    """How many measurements that are planned would be reported."""
    added: int
    personal: list[Personal]
    """Some of the cells that may say who somebody is: they stand only with a reason."""


async def understand(
    uow: UnitOfWork, file: File, content: IO[bytes], *, faults_from: int = 0, most_faults: int = SHOWN
) -> Understood:
    """How a file is understood, row by row; nothing is written. A file that cannot be read at all is a fault too."""
    kind, known = kind_of(file), await known_in(uow, file.case_id)
    return await asyncio.to_thread(
        understand_rows, known, day_in_oslo(uow.now), kind, content, faults_from, most_faults
    )


def understand_rows(
    known: list[Known], today: date, kind: str, content: IO[bytes], faults_from: int = 0, most_faults: int = SHOWN
) -> Understood:
    """How the rows of a file are understood by what is known of a project; memory stays the same for any length."""
    said: list[Said] = []
    faults: list[Fault] = []
    faulty: set[int] = set()
    personal: list[Personal] = []
    in_all = reported = added = 0
    reading = Reading(known, today)
    try:
        reading.merged = merged_in(content) if kind == "xlsx" else set()
        for each in without_identity_numbers(reading.read(rows_of(content, kind))):
            if isinstance(each, Said):
                reported, added = reported + (each.measurement_id is not None), added + (each.measurement_id is None)
                if len(said) < SHOWN:
                    said.append(each)
                if len(personal) < SHOWN:
                    personal += personal_in(each)
                continue
            faulty.add(each.row)
            if faults_from <= in_all < faults_from + most_faults:
                faults.append(each)
            in_all += 1
    except Invalid as error:
        faults.append(Fault(row=1, reason=next(iter(error.fields.values()), Reason(code="import.unreadable"))))
        faulty.add(1)
        in_all += 1
    return Understood(
        rows=reading.rows, said=said, faults=faults, faults_in_all=in_all, faulty_rows=len(faulty), counts=reading.counts,
        known={each.indicator_id: each for each in known}, reported=reported, added=added,
        personal=personal,
    )  # fmt: skip


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A file of measurements, and when and by whom it was read in where it was."""

    id: UUID
    name: str
    sha256: str
    uploaded_at: datetime
    uploaded_by: str
    written_at: datetime | None
    written_by: str | None
    measurements: int | None
    waiting: int


async def imports_of(uow: UnitOfWork, case_id: UUID, file_id: UUID | None = None) -> list[ImportRow]:
    """The files of measurements of a project, the newest first; one statement."""
    reader = aliased(Person)
    waiting = (
        select(func.count())
        .where(Measurement.import_id == MeasurementImport.id, Measurement.state == MeasurementState.REPORTED)
        .scalar_subquery()
    )
    statement = (
        select(
            File.id, File.name, File.sha256, File.uploaded_at, Person.name.label("uploaded_by"),
            MeasurementImport.written_at, reader.name.label("written_by"), MeasurementImport.measurements,
            func.coalesce(waiting, 0).label("waiting"),
        )
        .join(Person, Person.id == File.uploaded_by)
        .outerjoin(
            MeasurementImport,
            and_(MeasurementImport.case_id == File.case_id, MeasurementImport.sha256 == File.sha256),
        )
        .outerjoin(reader, reader.id == MeasurementImport.written_by)
        .where(File.case_id == case_id, File.subject == "measurement_import", File.state != "removed")
        .order_by(File.id.desc())
        .limit(100)
    )  # fmt: skip
    if file_id is not None:
        statement = statement.where(File.id == file_id)
    return [ImportRow(**row._mapping) for row in await uow.session.execute(statement)]
