"""Files for programs: those of an application, one to keep, and a new one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from app.cases.queries import load_case
from app.files import queries
from app.files.uploading import give_out, take_in
from app.reviews.queries import require_reading
from app.web.visit import Visit
from workflows.roles import Permission


class EvidenceFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a case, such as shows what is said of it; `state` says whether it is scanned, `size` is in bytes."""

    id: UUID
    version: int
    name: str
    size: int
    sha256: str
    content_type: str
    state: str
    uploaded_by: str
    uploaded_at: datetime


def told(rows: Iterable[queries.FileRow]) -> list[EvidenceFile]:
    """Files as programs are told of them."""
    return [EvidenceFile(**{name: getattr(row, name) for name in EvidenceFile.__struct_fields__}) for row in rows]


class FileOut(EvidenceFile, frozen=True, kw_only=True):
    """A file of an application."""

    question: str
    """The key of the question that it answers; empty for a file of the application as a whole."""


class FileAdded(msgspec.Struct, frozen=True, kw_only=True):
    """The file that was taken in, under the name it is kept by."""

    id: UUID
    state: str
    version: int
    name: str
    size: int
    sha256: str
    content_type: str


@get("/applications/{application_id:uuid}/files", permission=Permission.APPLICATION_SEE, tags=["file"])
async def read_files(visit: Visit, application_id: UUID) -> list[FileOut]:
    """The files of an application, in the order they came."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.APPLICATION_SEE)
    await require_reading(visit.uow, visit.actor, case, roles)
    rows = await queries.files_of(visit.uow, visit.actor, application_id)
    return [
        FileOut(question=row.key, **msgspec.structs.asdict(each)) for row, each in zip(rows, told(rows), strict=True)
    ]


@get(
    "/files/{file_id:uuid}", permission=Permission.APPLICATION_SEE, tags=["file"], media_type="application/octet-stream"
)
async def read_file(visit: Visit, file_id: UUID) -> Response[Any]:
    """The content of a file; 409 while it waits to be scanned, and for one with a virus."""
    return await give_out(visit, file_id)


@post(
    "/applications/{application_id:uuid}/add_file", permission=Permission.APPLICATION_WRITE, tags=["file"],
    operation_id="application_add_file", summary="add file: application", status_code=200,
)  # fmt: skip
async def add_file(request: Request[Any, Any, Any], application_id: UUID) -> FileAdded:
    """Take in a file, sent as the part "file" of a multipart/form-data body; its type is decided by what it holds."""
    row = await take_in(request, application_id)
    return FileAdded(**{name: getattr(row, name) for name in FileAdded.__struct_fields__})


ROUTES = [read_files, read_file]
UPLOADS = [add_file]
