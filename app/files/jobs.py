"""What happens to files behind the pages: scanning, erasing, sweeping out what no row names, asking the scanner again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Text, cast, exists, select

from app.core.database import UnitOfWork
from app.files import service
from app.files.models import File
from app.files.scanning import found_in
from app.files.store import Store
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.outbox.models import OutboxRow
from app.outbox.service import Handler, put
from app.settings import Settings
from workflows.file import FileState

log = structlog.get_logger()

ORPHANS_AFTER = timedelta(hours=24)
"""An object without a row is no upload still under way once it is this old."""
AGAIN_AFTER = timedelta(minutes=30)
AT_ONCE = 500


def jobs_with(settings: Settings) -> dict[str, Handler]:
    """What handles "scan_file", "erase_file" and "sweep_files", with the store and the scanner of the settings."""
    store = Store.of(settings)

    async def scan(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
        """Ask the scanner about a file; without an answer the job fails, and the file waits for the next attempt."""
        row = await uow.session.get(File, UUID(payload["file_id"]))
        if row is None or row.state not in (FileState.UPLOADED, FileState.UNSCANNED):
            return
        if not settings.clamav_url:
            await service.pass_unscanned(uow, row.id)
            return
        with await service.to_temporary(store, row) as file:
            found = await found_in(settings.clamav_url, file)
        await service.note_scanned(uow, row.id, found)

    async def erase(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
        await service.erase(uow, store, UUID(payload["file_id"]))

    async def sweep(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
        await sweep_orphans(uow, store)

    return {"scan_file": scan, "erase_file": erase, "sweep_files": sweep}


async def sweep_orphans(uow: UnitOfWork, store: Store) -> int:
    """Erase the objects that no row names and that are a day old; answers how many."""
    erased = 0
    batch: list[str] = []

    async def erase_unnamed() -> int:
        named = set(await uow.session.scalars(select(File.object_key).where(File.object_key.in_(batch))))
        for key in set(batch) - named:
            await store.erase(key)
            log.info("an object that no row names is erased", key=key)
        return len(set(batch) - named)

    async for key, came_at in store.objects():
        if came_at < uow.now - ORPHANS_AFTER:
            batch.append(key)
        if len(batch) >= AT_ONCE:
            erased += await erase_unnamed()
            batch.clear()
    return erased + await erase_unnamed()


async def ask_for_sweeping(unit_of_work: UnitOfWorkFactory) -> None:
    """Have the store swept once a day."""
    async with unit_of_work() as uow:
        await put(uow, "sweep_files", {}, key=f"sweep:{uow.now.date()}")


async def ask_again(unit_of_work: UnitOfWorkFactory) -> None:
    """Give every file that still waits to be scanned a new job where none is left that will be tried."""
    async with unit_of_work() as uow:
        waiting = exists().where(
            OutboxRow.kind == "scan_file", OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None),
            OutboxRow.payload["file_id"].astext == cast(File.id, Text),
        )  # fmt: skip
        rows = await uow.session.scalars(
            select(File.id)
            .where(File.state == FileState.UPLOADED, File.uploaded_at < uow.now - AGAIN_AFTER, ~waiting)
            .order_by(File.id)
            .limit(AT_ONCE)
        )
        for file_id in list(rows):
            await put(uow, "scan_file", {"file_id": str(file_id)}, key=f"scan:{file_id}:{uow.now:%Y-%m-%dT%H%M}")


TIMED = [
    Timed("sweep_files", {"hour": 3, "minute": 40}, ask_for_sweeping),
    Timed("scan_files_again", {"minute": {20, 50}}, ask_again),
]
