"""A scanner, an S3 store and an application to attach files to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio
from moto.server import ThreadedMotoServer
from sqlalchemy import select

from app.core.database import Database
from app.demo.cast import World
from app.files.jobs import jobs_with
from app.files.service import Limits
from app.files.store import Store
from app.outbox import service as outbox
from app.outbox.models import OutboxRow
from app.settings import Settings
from tests.applications.drafts import begin
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import MovingClock
from tests.files.samples import EICAR

LIMITS = Limits(most_bytes=1_000_000, most_files=3)
NOT_OURS = ("write_mail", "send_mail")


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


@pytest_asyncio.fixture(loop_scope="session")
async def draft(act: Acting) -> UUID:
    """An application that Lillestrøm has begun."""
    return await begin(act, await publish_call(act))


@pytest.fixture
def store(settings: Settings) -> Store:
    """A folder of the test's own."""
    return Store.of(settings)


async def do_jobs(database: Database, settings: Settings) -> list[OutboxRow]:
    """Run every job about files that is due, once; answers those that failed."""
    async with database.reading() as uow:
        due = list(
            await uow.session.scalars(
                select(OutboxRow.id).where(
                    OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.due_at <= uow.now,
                    OutboxRow.kind.not_in(NOT_OURS),
                )
            )
        )  # fmt: skip
    handlers = jobs_with(settings)
    for row_id in due:
        await outbox.run(database, handlers, row_id)
    async with database.reading() as uow:
        failed = OutboxRow.id.in_(due) & OutboxRow.done_at.is_(None)
        return list(await uow.session.scalars(select(OutboxRow).where(failed)))


class Scanner:
    """Speaks INSTREAM as clamd does; `answers` says otherwise where it is set, "" hangs up without a word."""

    def __init__(self) -> None:
        self.port = 0
        self.scanned: list[bytes] = []
        self.answers: str | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"tcp://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question: the command, then the content in parts, each behind its length, ended by a length of nought."""
        command = await reader.readexactly(len(b"nINSTREAM\n"))
        content = b""
        if command[1:9] == b"INSTREAM":
            while length := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(length)
            self.scanned.append(content)
            said = "stream: Eicar-Test-Signature FOUND" if EICAR in content else "stream: OK"
            said = said if self.answers is None else self.answers
        else:
            said = "UNKNOWN COMMAND"
        if said:
            writer.write(said.encode() + command[9:])
            await writer.drain()
        writer.close()


@pytest_asyncio.fixture(loop_scope="session")
async def scanner() -> AsyncIterator[Scanner]:
    """A scanner on a port of its own."""
    found = Scanner()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()
    await server.wait_closed()


@pytest.fixture
def scanned_settings(settings: Settings, scanner: Scanner) -> Settings:
    """Settings with a scanner."""
    return msgspec.structs.replace(settings, clamav_url=scanner.url)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a store that speaks S3, with a bucket in it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    endpoint = f"http://127.0.0.1:{port}"
    assert httpx.put(f"{endpoint}/files").status_code == 200
    yield f"s3://key:secret@files/drivkraft?endpoint={endpoint}&region=us-east-1"
    server.stop()
