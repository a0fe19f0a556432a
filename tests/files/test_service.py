"""Files through their services: taken in, scanned, quarantined, removed, swept; on a folder and on S3."""

from __future__ import annotations

import asyncio
import io
import random
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.applications import service as applications
from app.applications.models import Receipt
from app.audit.models import Event
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Unavailable
from app.demo.cast import World
from app.files import service
from app.files.jobs import ask_again, ask_for_sweeping, sweep_orphans
from app.files.models import File
from app.files.service import Upload
from app.files.store import Store
from app.notices.models import Notice
from app.outbox.models import OutboxRow
from app.settings import Settings
from tests.applications.drafts import write
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import MovingClock
from tests.files.conftest import LIMITS, Scanner, do_jobs
from tests.files.samples import EICAR, GOOD, PDF, PROGRAM

BY = "lillestrom.coordinator"


async def attach(
    act: Acting, store: Store, application_id: UUID, name: str = "plan.pdf", content: bytes = PDF, *, by: str = BY,
    **more: Any,
) -> File:  # fmt: skip
    upload = Upload(file=io.BytesIO(content), name=name)
    found: File = await act(by, service.add, application_id, upload=upload, store=store, **{"limits": LIMITS, **more})
    return found


async def row_of(database: Database, file_id: UUID) -> File:
    async with database.reading() as uow:
        return await uow.session.get_one(File, file_id, populate_existing=True)


async def content_of(store: Store, row: File) -> bytes:
    return b"".join([part async for part in store.read(row.object_key, row.size)])


async def keys(store: Store) -> set[str]:
    return {key async for key, _ in store.objects()}


async def verbs(database: Database, application_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    async with database.reading() as uow:
        rows = await uow.session.execute(
            select(Event.verb, Event.changes)
            .where(Event.case_id == application_id, Event.subject == "file")
            .order_by(Event.sequence)
        )
        return [(row.verb, row.changes) for row in rows]


async def test_a_file_is_taken_in_named_kept_and_told_of(act: Acting, store: Store, draft: UUID) -> None:
    row = await attach(act, store, draft, "../../Plan for <våren>.pdf")
    assert (row.name, row.size, row.state) == ("Plan for _våren_.pdf", len(PDF), "uploaded")
    assert row.content_type == "application/pdf"
    assert await content_of(store, row) == PDF
    assert "lan" not in row.object_key.partition("/")[2] or row.name not in row.object_key
    again = await attach(act, store, draft, "plan FOR _våren_.pdf", PDF + b"\n")
    assert again.name == "plan FOR _våren_ (2).pdf"
    (verb, changes), _ = await verbs(act.database, draft)
    assert (verb, changes["name"], changes["sha256"]) == ("add", row.name, row.sha256)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("plan.pdf", b"", "file.empty"), ("plan.pdf", PROGRAM, "file.type_differs"),
        ("program.exe", PROGRAM, "file.type_not_allowed"), ("stor.txt", b"a" * 1_000_001, "file.too_large"),
    ],
)  # fmt: skip
async def test_what_is_refused_leaves_nothing_behind(
    act: Acting, store: Store, draft: UUID, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await attach(act, store, draft, name, content)
    assert refused.value.fields["file"].code == code
    assert await keys(store) == set()
    assert await verbs(act.database, draft) == []


async def test_the_same_file_twice_and_more_than_there_may_be(act: Acting, store: Store, draft: UUID) -> None:
    await attach(act, store, draft)
    with pytest.raises(Invalid) as refused:
        await attach(act, store, draft)
    assert refused.value.fields["file"].code == "file.there_already"
    assert len(await keys(store)) == 1, "what was put in the store for nothing is taken out again"
    await attach(act, store, draft, "to.txt", b"to")
    third = await attach(act, store, draft, "tre.txt", b"tre")
    with pytest.raises(NotYet) as blocked:
        await attach(act, store, draft, "fire.txt", b"fire")
    assert [reason.code for reason in blocked.value.reasons] == ["file.too_many"]
    await act(BY, service.remove, third.id)
    await attach(act, store, draft, "fire.txt", b"fire")


async def test_only_those_who_write_may_attach_and_remove(act: Acting, store: Store, draft: UUID) -> None:
    row = await attach(act, store, draft)
    for stranger in ("grunerlokka.coordinator", "case_handler", "management"):
        with pytest.raises(NotFound):
            await attach(act, store, draft, by=stranger)
        with pytest.raises(NotFound):
            await act(stranger, service.remove, row.id)
    assert len(await keys(store)) == 1


async def test_what_has_been_sent_stands_with_its_files(
    act: Acting, store: Store, settings: Settings, clock: MovingClock
) -> None:
    application_id = await write(act, await publish_call(act))
    row = await attach(act, store, application_id)
    await act(BY, applications.submit, application_id)
    async with act.database.reading() as uow:
        receipt = (await uow.session.scalars(select(Receipt).where(Receipt.case_id == application_id))).one()
    (named,) = receipt.content["files"]
    assert (named["name"], named["sha256"]) == (row.name, row.sha256)
    for blocked in (attach(act, store, application_id, "to.txt", b"to"), act(BY, service.remove, row.id)):
        with pytest.raises(NotYet) as refused:
            await blocked
        assert [reason.code for reason in refused.value.reasons] == ["application.sent_already"]
    with pytest.raises(NotAllowed):
        await act("case_handler", service.remove, row.id)
    await act("case_handler", applications.begin_screening, application_id)
    await act(
        "case_handler", applications.return_for_completion, application_id, part_attachments="Legg ved en ny plan"
    )
    clock.at = DURING + timedelta(hours=1)
    new = await attach(act, store, application_id, "ny.txt", b"ny", at=clock.at)
    for each in (row, new):
        await act(BY, service.remove, each.id, at=clock.at)
    assert await do_jobs(act.database, settings) == []
    assert await keys(store) == {row.object_key}, "what the receipt confirms is kept, the other is erased"
    assert (await row_of(act.database, new.id)).erased_at is not None


async def test_without_a_scanner_a_file_is_marked_as_not_scanned(
    act: Acting, store: Store, draft: UUID, settings: Settings
) -> None:
    row = await attach(act, store, draft)
    assert await do_jobs(act.database, settings) == []
    assert (await row_of(act.database, row.id)).state == "unscanned"


async def test_a_clean_file_is_scanned_whole(
    act: Acting, store: Store, draft: UUID, scanned_settings: Settings, scanner: Scanner
) -> None:
    content = random.Random(1).randbytes(300_000).hex().encode()
    row = await attach(act, store, draft, "stor.txt", content)
    assert await do_jobs(act.database, scanned_settings) == []
    assert scanner.scanned == [content]
    found = await row_of(act.database, row.id)
    assert (found.state, found.scanned_at, found.found) == ("clean", DURING, "")


async def test_an_infected_file_is_blocked_and_told_of(
    act: Acting, store: Store, draft: UUID, scanned_settings: Settings, world: World
) -> None:
    row = await attach(act, store, draft, "virus.txt", EICAR)
    assert await do_jobs(act.database, scanned_settings) == []
    found = await row_of(act.database, row.id)
    assert (found.state, found.found) == ("infected", "Eicar-Test-Signature")
    async with act.database.reading() as uow:
        told = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "file_infected")))
    assert told == {world.people[BY].id}, "of a draft nobody else knows"
    assert [verb for verb, _ in await verbs(act.database, draft)] == ["add", "find_infected"]
    await act(BY, service.remove, row.id)
    assert await do_jobs(act.database, scanned_settings) == []
    assert await keys(store) == set()


async def test_of_an_infected_file_in_what_was_sent_the_case_handlers_are_told(
    act: Acting, store: Store, scanned_settings: Settings, world: World
) -> None:
    application_id = await write(act, await publish_call(act))
    await attach(act, store, application_id, "virus.txt", EICAR)
    await act(BY, applications.submit, application_id)
    await do_jobs(act.database, scanned_settings)
    async with act.database.reading() as uow:
        told = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "file_infected")))
    assert told == {world.people[who].id for who in (BY, "case_handler", "second_case_handler")}


@pytest.mark.parametrize(
    "answer", ["", "stream: Can't allocate memory ERROR", "INSTREAM size limit exceeded. ERROR", "?"]
)
async def test_while_the_scanner_cannot_say_the_file_waits_and_is_asked_about_again(
    act: Acting,
    store: Store,
    draft: UUID,
    scanned_settings: Settings,
    scanner: Scanner,
    clock: MovingClock,
    answer: str,
) -> None:
    row = await attach(act, store, draft)
    scanner.answers = answer
    (failed,) = await do_jobs(act.database, scanned_settings)
    assert failed.last_error.startswith("ScannerAway")
    assert (await row_of(act.database, row.id)).state == "uploaded"
    scanner.answers = None
    clock.at = DURING + timedelta(minutes=1)
    assert await do_jobs(act.database, scanned_settings) == []
    assert (await row_of(act.database, row.id)).state == "clean"


async def test_a_scanner_that_is_down_for_long_is_asked_again_every_half_hour(
    act: Acting, store: Store, draft: UUID, settings: Settings, scanner: Scanner, clock: MovingClock
) -> None:
    down = msgspec.structs.replace(settings, clamav_url="tcp://127.0.0.1:9")
    row = await attach(act, store, draft)
    for attempt in range(8):
        clock.at = DURING + timedelta(hours=2 * attempt)
        (failed,) = await do_jobs(act.database, down)
    assert failed.dead_at is not None
    assert (await row_of(act.database, row.id)).state == "uploaded"
    await ask_again(act.database.unit_of_work)
    await ask_again(act.database.unit_of_work)
    async with act.database.reading() as uow:
        waiting = OutboxRow.done_at.is_(None) & OutboxRow.dead_at.is_(None) & (OutboxRow.kind == "scan_file")
        assert len(list(await uow.session.scalars(select(OutboxRow).where(waiting)))) == 1
    up = msgspec.structs.replace(settings, clamav_url=scanner.url)
    assert await do_jobs(act.database, up) == []
    assert (await row_of(act.database, row.id)).state == "clean"


async def test_what_no_row_names_is_swept_when_it_is_a_day_old(
    act: Acting, store: Store, draft: UUID, settings: Settings, clock: MovingClock
) -> None:
    row = await attach(act, store, draft)
    await store.put("orphan/one", io.BytesIO(b"left"))
    clock.at = None
    await ask_for_sweeping(act.database.unit_of_work)
    assert await do_jobs(act.database, settings) == []
    assert len(await keys(store)) == 2, "it may be an upload under way"
    async with act.database.unit_of_work() as uow:
        uow.now += timedelta(hours=25)
        assert await sweep_orphans(uow, store) == 1
    assert await keys(store) == {row.object_key}


async def test_a_transaction_that_fails_leaves_no_row_and_no_object(act: Acting, store: Store, draft: UUID) -> None:
    class Lost(Exception):
        pass

    async def lose(uow: Any, actor: Any, application_id: UUID) -> None:
        await service.add(
            uow, actor, application_id, upload=Upload(file=io.BytesIO(PDF), name="plan.pdf"), store=store, limits=LIMITS
        )
        raise Lost

    with pytest.raises(Lost):
        await act(BY, lose, draft)
    async with act.database.unit_of_work() as uow:
        assert list(await uow.session.scalars(select(File))) == []
        uow.now += timedelta(days=400)
        assert await sweep_orphans(uow, store) == 1
    assert await keys(store) == set()


async def test_s3_keeps_a_file_of_many_parts_and_gives_it_out_again(s3: str, settings: Settings) -> None:
    store = Store.of(msgspec.structs.replace(settings, files_url=s3))
    content = random.Random(2).randbytes(12_000_000)
    await store.put("case/large", io.BytesIO(content))
    assert b"".join([part async for part in store.read("case/large", len(content))]) == content
    assert await keys(store) == {"case/large"}
    await store.erase("case/large")
    await store.erase("case/large")
    with pytest.raises(NotFound):
        await store.part("case/large", 0, 10)


async def test_attaching_scanning_and_removing_on_s3(
    act: Acting, draft: UUID, s3: str, scanned_settings: Settings
) -> None:
    settings = msgspec.structs.replace(scanned_settings, files_url=s3)
    store = Store.of(settings)
    row = await attach(act, store, draft, "brev.docx", GOOD["brev.docx"])
    assert await do_jobs(act.database, settings) == []
    assert (await row_of(act.database, row.id)).state == "clean"
    assert await content_of(store, row) == GOOD["brev.docx"]
    await act(BY, service.remove, row.id)
    assert await do_jobs(act.database, settings) == []
    assert await keys(store) == set()


async def test_a_store_that_is_away_is_said(act: Acting, draft: UUID, settings: Settings) -> None:
    url = "s3://key:secret@files?endpoint=http://127.0.0.1:9&region=us-east-1"
    store = Store.of(msgspec.structs.replace(settings, files_url=url), patience=0)
    with pytest.raises(Unavailable):
        await attach(act, store, draft)
    assert await verbs(act.database, draft) == []


async def test_the_memory_stays_flat(tmp_path: Path, settings: Settings) -> None:
    store = Store.of(settings)
    path = tmp_path / "large.txt"
    path.write_bytes(b"en linje til\n" * 4_000_000)
    limits = msgspec.structs.replace(LIMITS, most_bytes=100_000_000)
    tracemalloc.start()
    with path.open("rb") as file:
        seen = await asyncio.to_thread(service.look_at, file, "large.txt", limits)
        await store.put("case/large", file)
    total = 0
    async for part in store.read("case/large", seen.size):
        total += len(part)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == seen.size == 52_000_000
    assert most < 20_000_000
