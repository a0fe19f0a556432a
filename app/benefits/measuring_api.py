"""Measurements for programs: the files that show them, and whole spreadsheets of them, seen first and then written."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import Parameter

from app.benefits import imports
from app.benefits.import_acts import SUBJECT, confirm_file, content_of, seen, write_file
from app.benefits.models import Measurement
from app.core.errors import NotFound
from app.files.api import EvidenceFile, FileAdded, told
from app.files.queries import evidence_of
from app.files.uploading import take_in
from app.projects.queries import project_head
from app.web.visit import Visit
from workflows.roles import Permission

First = Annotated[int, Parameter(ge=0, le=10**7, description="the number of the first fault wanted, from 0")]


class ImportFault(msgspec.Struct, frozen=True):
    """What is wrong with a cell, or with a row where no column is named; the heading is the column's key."""

    row: int
    column: str
    heading: str | None
    code: str
    sentence: str


class ImportChange(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it would be written; without a `measurement_id` the measurement is added."""

    row: int
    indicator_id: UUID
    measurement_id: UUID | None
    due_on: date
    measured_on: date
    value: Decimal
    grade: str
    observations: int | None


class ImportPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a file would change, and what is wrong with it: the first of each, with how many there are of all.

    Of a file that has been read in: when and by whom, how many measurements came of it, and how many wait to be confirmed.
    """

    id: UUID
    case_id: UUID
    name: str
    sha256: str
    rows: int
    reported: int
    added: int
    changes: list[ImportChange]
    faults: list[ImportFault]
    faults_in_all: int
    written_at: datetime | None
    written_by: str | None
    measurements: int | None
    waiting: int


class ImportDone(msgspec.Struct, frozen=True):
    """The file that was read in or confirmed, and how many measurements came of it."""

    id: UUID
    measurements: int


@get("/measurements/{measurement_id:uuid}/files", permission=Permission.BENEFIT_SEE, tags=["measurement"])
async def read_evidence(visit: Visit, measurement_id: UUID) -> list[EvidenceFile]:
    """The files that show what was measured, in the order they came."""
    stored = await visit.uow.session.get(Measurement, measurement_id)
    if stored is None:
        raise NotFound
    await project_head(visit.uow, visit.actor, stored.case_id, Permission.BENEFIT_SEE)
    rows = await evidence_of(visit.uow, visit.actor, stored.case_id, measurement_id, of="measurement")
    return told(rows)


def _added(row: Any) -> FileAdded:
    return FileAdded(**{name: getattr(row, name) for name in FileAdded.__struct_fields__})


@post(
    "/measurements/{measurement_id:uuid}/add_file", permission=Permission.MEASUREMENT_REPORT, tags=["measurement"],
    operation_id="measurement_add_file", summary="add file: measurement", status_code=200,
)  # fmt: skip
async def add_evidence(request: Request[Any, Any, Any], measurement_id: UUID) -> FileAdded:
    """Take in a file that shows what was measured, sent as the part "file" of a multipart/form-data body."""
    return _added(await take_in(request, measurement_id, "measurement"))


@get("/projects/{case_id:uuid}/measurement-imports", permission=Permission.BENEFIT_SEE, tags=["measurement_import"])
async def read_imports(visit: Visit, case_id: UUID) -> list[imports.ImportRow]:
    """The spreadsheets that were sent, the newest first, and which of them were read in."""
    await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    return await imports.imports_of(visit.uow, case_id)


@post(
    "/projects/{case_id:uuid}/import_measurements", permission=Permission.MEASUREMENT_REPORT, tags=["measurement_import"],
    operation_id="project_import_measurements", summary="import measurements: project", status_code=200,
)  # fmt: skip
async def send_import(request: Request[Any, Any, Any], case_id: UUID) -> FileAdded:
    """Take in a spreadsheet, sent as the part "file" of a multipart/form-data body; nothing is written yet.

    Read what it would change under its id, and write it then. The same content is the same file, whatever its name.
    """
    return _added(await take_in(request, case_id, SUBJECT))


@get("/measurement-imports/{file_id:uuid}", permission=Permission.BENEFIT_SEE, tags=["measurement_import"])
async def read_import(visit: Visit, file_id: UUID, first_fault: First = 0) -> ImportPreview:
    """What a file would change and everything that is wrong with it; 200 of each, the faults from `first_fault` on."""
    file, project = await seen(visit, file_id)
    rows = await imports.imports_of(visit.uow, project.id, file_id)
    if not rows:
        raise NotFound
    found = None
    if rows[0].written_at is None:
        async with content_of(visit.request, visit.uow, file_id) as (_, content):
            found = await imports.understand(visit.uow, file, content, faults_from=first_fault)
    return _preview(visit, project.id, rows[0], found)


def _preview(visit: Visit, case_id: UUID, row: imports.ImportRow, found: imports.Understood | None) -> ImportPreview:
    return ImportPreview(
        id=row.id, case_id=case_id, name=row.name, sha256=row.sha256, rows=found.rows if found else 0,
        reported=found.reported if found else 0, added=found.added if found else 0,
        changes=[
            ImportChange(
                row=said.row, indicator_id=said.known.indicator_id, measurement_id=said.measurement_id,
                due_on=said.due_on, measured_on=said.measured_on, value=said.value, grade=said.confidence,
                observations=said.observations,
            )
            for said in (found.said if found else ())
        ],
        faults=[
            ImportFault(
                fault.row, fault.column, str(fault.heading) if fault.heading else None, fault.reason.code,
                visit.t(fault.reason.code, **fault.reason.parameters),
            )
            for fault in (found.faults if found else ())
        ],
        faults_in_all=found.faults_in_all if found else 0, written_at=row.written_at, written_by=row.written_by,
        measurements=row.measurements, waiting=row.waiting,
    )  # fmt: skip


@post(
    "/measurement-imports/{file_id:uuid}/write", permission=Permission.MEASUREMENT_REPORT, tags=["measurement_import"],
    operation_id="measurement_import_write", summary="write: measurement import", status_code=200,
)  # fmt: skip
async def write_import(request: Request[Any, Any, Any], file_id: UUID, personal_data_why: str = "") -> ImportDone:
    """Report every measurement that the file says, or, where any row is wrong, nothing of it.

    Where a text may say who somebody is, `personal_data_why` says why it must stand there.
    """
    row = await write_file(request, file_id, personal_data_why)
    return ImportDone(file_id, row.measurements)


@post(
    "/measurement-imports/{file_id:uuid}/confirm", permission=Permission.MEASUREMENT_CONFIRM, tags=["measurement_import"],
    operation_id="measurement_import_confirm", summary="confirm: measurement import", status_code=200,
)  # fmt: skip
async def confirm_import(request: Request[Any, Any, Any], file_id: UUID) -> ImportDone:
    """Confirm everything that was read in from the file and waits."""
    row = await confirm_file(request, file_id)
    return ImportDone(file_id, row.measurements)


ROUTES = [read_evidence, read_imports, read_import, write_import, confirm_import]
UPLOADS = [add_evidence, send_import]
