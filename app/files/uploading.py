"""A file from a request into the store, and from the store into an answer; the same for pages and programs."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.response import Stream

from app.cases.queries import holders_of
from app.core.database import Database
from app.core.errors import NotAllowed, NotFound, NotYet, Unavailable, invalid
from app.files import queries, service
from app.files.content import FIELD
from app.files.models import File
from app.files.names import disposition
from app.files.service import Limits, Upload
from app.files.store import Store
from app.reviews.queries import require_reading
from app.settings import Settings
from app.web.visit import Visit
from workflows.file import keeps_from_reading

MIB = 1024 * 1024
BESIDE_THE_FILE = MIB
"""What a form may send beside its file."""


def store_of(request: Request[Any, Any, Any]) -> Store:
    """The store of the application, made when it is first asked for."""
    state = request.app.state
    if "files" not in state:
        state.files = Store.of(state.settings)
    store: Store = state.files
    return store


def limits_of(settings: Settings) -> Limits:
    """How large a file may be, and how many a case may have."""
    return Limits(most_bytes=settings.files_most_mib * MIB, most_files=settings.files_per_case)


async def take_in(request: Request[Any, Any, Any], row_id: UUID, of: str = "application") -> File:
    """The file that a multipart form brings an application or a part of a project, kept in a transaction of its own.

    Invalid where it brings none.

    The form has been read to a temporary file by now: what lies in memory stays the same for any size.
    """
    form = await request.form()
    sent = next((each for each in form.getall(FIELD, []) if isinstance(each, UploadFile)), None)
    question = next((each for each in form.getall("key", []) if isinstance(each, str)), "")
    if sent is None:
        raise invalid(FIELD, "file.none_chosen")
    await request.scope["state"]["uow"].session.rollback()
    database: Database = request.app.state.database
    upload = Upload(file=sent.file, name=sent.filename)
    own = {"milestone": service.add_to_milestone, "report": service.add_to_report,
           "measurement": service.add_to_measurement, "measurement_import": service.add_import}  # fmt: skip
    verb = own.get(of) or partial(service.add, question=question)
    try:
        async with database.unit_of_work() as uow:
            try:
                return await verb(
                    uow, request.user, row_id, upload=upload, store=store_of(request),
                    limits=limits_of(request.app.state.settings),
                )  # fmt: skip
            except NotYet as error:
                error.people = await holders_of(uow, error.case_id)
                raise
    finally:
        await sent.close()


async def give_out(visit: Visit, file_id: UUID) -> Stream:
    """A file to keep, for whoever may read its case; NotFound for anybody else, NotYet while it may not be had."""
    found = await queries.file_to_read(visit.uow, visit.actor, file_id)
    file = found.file
    if file.subject == "application":
        try:
            await require_reading(visit.uow, visit.actor, found.case, found.roles)
        except NotAllowed:
            raise NotFound from None
    of = {f"{file.subject}_id": file.key} if file.subject in service.KEYED else {}
    unmet = list(keeps_from_reading(file.state, is_own=file.uploaded_by == visit.actor.person_id, **of))
    if unmet:
        raise NotYet(unmet, subject="file", step="read", case_id=found.case.id)
    content = store_of(visit.request).read(file.object_key, file.size)
    try:
        first = await anext(content)  # before the answer begins: a store that is away is said as any other fault
    except NotFound:
        raise Unavailable("the store of files lacks an object") from None
    nameless = f"{file.id}.{queries.KIND_NAMES.get(file.content_type, 'bin')}" if visit.uow.veils else ""
    # no connection to the database is kept while the file goes out
    await visit.uow.session.close()

    async def parts() -> Any:
        yield first
        async for part in content:
            yield part

    headers = {
        "Content-Disposition": disposition(nameless or file.name),
        "Content-Length": str(file.size),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return Stream(parts, media_type=file.content_type.partition(";")[0], headers=headers)
