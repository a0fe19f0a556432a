"""What is done with a file of measurements that was sent, the same for pages and programs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Any
from uuid import UUID

from litestar import Request

from app.benefits import service
from app.benefits.models import MeasurementImport
from app.cases.queries import holders_of
from app.core.database import Database, UnitOfWork
from app.core.errors import NotFound, NotYet
from app.files.models import File
from app.files.service import to_temporary
from app.files.uploading import store_of
from app.projects.queries import ProjectHead, project_head
from app.web.visit import Visit
from workflows.file import FileState
from workflows.roles import Permission

SUBJECT = "measurement_import"


@asynccontextmanager
async def content_of(
    request: Request[Any, Any, Any], uow: UnitOfWork, file_id: UUID
) -> AsyncIterator[tuple[File, IO[bytes]]]:
    """A file of measurements with its content; NotFound for any other file."""
    file = await uow.session.get(File, file_id)
    if file is None or file.subject != SUBJECT or file.state in (FileState.REMOVED, FileState.INFECTED):
        raise NotFound
    with await to_temporary(store_of(request), file) as content:
        yield file, content


async def seen(visit: Visit, file_id: UUID) -> tuple[File, ProjectHead]:
    """A file of measurements and its project; NotFound for whoever may not see its benefits."""
    file = await visit.uow.session.get(File, file_id)
    if file is None or file.subject != SUBJECT:
        raise NotFound
    return file, await project_head(visit.uow, visit.actor, file.case_id, Permission.BENEFIT_SEE)


@asynccontextmanager
async def _own_transaction(request: Request[Any, Any, Any]) -> AsyncIterator[UnitOfWork]:
    """A transaction that ends before the answer is given; a refusal names those who can mend what is missing."""
    await request.scope["state"]["uow"].session.rollback()
    database: Database = request.app.state.database
    async with database.unit_of_work() as uow:
        try:
            yield uow
        except NotYet as error:
            error.people = await holders_of(uow, error.case_id)
            raise


async def write_file(request: Request[Any, Any, Any], file_id: UUID, why: str = "") -> MeasurementImport:
    """Report everything that the file says, or nothing of it; `why` is for what may say who somebody is (G34)."""
    async with _own_transaction(request) as uow, content_of(request, uow, file_id) as (_, content):
        return await service.write_import(uow, request.user, file_id, content=content, personal_data_why=why)


async def confirm_file(request: Request[Any, Any, Any], file_id: UUID, _: str = "") -> MeasurementImport:
    """Confirm everything that was read in from the file and waits."""
    async with _own_transaction(request) as uow:
        return await service.confirm_import(uow, request.user, file_id)
