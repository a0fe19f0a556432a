"""The verbs of a file: taken in, found clean or infected, removed, and its content erased."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import ColumnElement, TableClause, and_, func, select, true

from app.cases.models import Case
from app.cases.queries import load_case, people_of_parties, require, roles_in
from app.core.database import UnitOfWork
from app.core.errors import DomainError, NotFound, NotYet, invalid
from app.files.content import FIELD, KINDS, examine
from app.files.facts import FILE, MEASUREMENTS, MILESTONES, REPORTS, facts_towards
from app.files.models import File
from app.files.names import cleaned_name, told_apart
from app.files.store import Store, new_key
from app.identity.actor import SYSTEM, Actor
from app.identity.queries import people_with_role
from app.moves import Held, begin, hold, lock_case, make
from app.notices.service import tell
from app.outbox.service import put
from workflows.engine import Act
from workflows.file import FileState, keeps_from_adding, may_be_erased
from workflows.roles import Permission, Role

log = structlog.get_logger()

CHUNK = 1024 * 1024


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it came in: where it lies for the moment, and the name it was sent under."""

    file: Any
    name: str


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How large a file may be, in bytes, and how many one thing may have."""

    most_bytes: int
    most_files: int


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a file once it has been looked at."""

    size: int
    sha256: str
    content_type: str


def look_at(file: IO[bytes], name: str, limits: Limits, taken: Collection[str] = KINDS) -> Examined:
    """Size, fingerprint and kind of a file, read a part at a time; Invalid where it cannot be taken."""
    size, digest = 0, hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        digest.update(chunk)
    if size > limits.most_bytes:
        raise invalid(FIELD, "file.too_large", name=name, most=limits.most_bytes // CHUNK)
    content_type = examine(file, name, size, taken)
    return Examined(size=size, sha256=digest.hexdigest(), content_type=content_type)


KEYED = ("milestone", "report", "measurement")
"""What has files of its own within a case."""


WRITES = {"measurement": Permission.MEASUREMENT_REPORT, "measurement_import": Permission.MEASUREMENT_REPORT}
"""Who takes files of measurements away again; all others are the writers' of the application or project."""
MOST_IMPORTS = 1000
SPREADSHEETS = ("xlsx", "csv")


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is to belong to: an application or the question of a key in it, or the milestone or report of an id."""

    of: str
    key: str
    permission: Permission
    taken: Collection[str] = tuple(KINDS)
    """The kinds of files that it may have."""

    @property
    def beside(self) -> ColumnElement[bool]:
        """The condition for the files of the same thing: a milestone's or report's own, and all of an application."""
        return and_(File.subject == self.of, File.key == self.key if self.of in KEYED else true())


async def _count(uow: UnitOfWork, case_id: UUID, to: Belonging) -> tuple[int, int]:
    """How many files a thing has, and how many of them answer the question."""
    found = await uow.session.execute(
        select(func.count(), func.count().filter(File.key == to.key)).where(
            File.case_id == case_id, to.beside, File.state != FileState.REMOVED
        )
    )
    held, for_question = found.one()
    return held, for_question


async def _refuse_unless_open(
    uow: UnitOfWork, actor: Actor, case: Case, roles: frozenset[Role], limits: Limits, to: Belonging
) -> None:
    facts = await facts_towards(uow, case.id, to.of, to.key)
    act = Act(now=uow.now, roles=roles, person_id=actor.person_id)
    held, for_question = await _count(uow, case.id, to)
    unmet = list(keeps_from_adding(facts, act, held=held, most=limits.most_files, held_for_question=for_question))
    if unmet:
        raise NotYet(unmet, subject="file", step="add", case_id=case.id)


async def add(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, upload: Upload, store: Store, limits: Limits,
    question: str = "",
) -> File:  # fmt: skip
    """Take in a file that belongs to an application, or answers one of its questions; it is scanned after the commit.

    Raises Invalid for a file that cannot be taken, NotYet where none can be added.
    """
    to = Belonging(of="application", key=question, permission=Permission.APPLICATION_WRITE)
    return await _take_in(uow, actor, application_id, to, upload, store, limits)


async def add_to_milestone(
    uow: UnitOfWork, actor: Actor, milestone_id: UUID, *, upload: Upload, store: Store, limits: Limits
) -> File:
    """Take in a file that shows that a milestone is reached, until it is handed in (DOMAIN 3.11).

    Raises NotFound where there is no such milestone, Invalid and NotYet as `add` does.
    """
    case_id = await _case_of(uow, MILESTONES, milestone_id)
    to = Belonging(of="milestone", key=str(milestone_id), permission=Permission.PROJECT_WRITE)
    return await _take_in(uow, actor, case_id, to, upload, store, limits)


async def add_to_report(
    uow: UnitOfWork, actor: Actor, report_id: UUID, *, upload: Upload, store: Store, limits: Limits
) -> File:
    """Take in a file that bears out the accounts of a report, while they are open (G27).

    Raises NotFound where there is no such report, Invalid and NotYet as `add` does.
    """
    case_id = await _case_of(uow, REPORTS, report_id)
    to = Belonging(of="report", key=str(report_id), permission=Permission.REPORT_WRITE)
    return await _take_in(uow, actor, case_id, to, upload, store, limits)


async def add_to_measurement(
    uow: UnitOfWork, actor: Actor, measurement_id: UUID, *, upload: Upload, store: Store, limits: Limits
) -> File:
    """Take in a file that shows what was measured, until the measurement is confirmed (S66).

    Raises NotFound where there is no such measurement, Invalid and NotYet as `add` does.
    """
    case_id = await _case_of(uow, MEASUREMENTS, measurement_id)
    to = Belonging(of="measurement", key=str(measurement_id), permission=Permission.MEASUREMENT_REPORT)
    return await _take_in(uow, actor, case_id, to, upload, store, limits)


async def add_import(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, upload: Upload, store: Store, limits: Limits
) -> File:
    """Take in a spreadsheet of measurements; one that was sent before is answered with what was kept then.

    Raises Invalid and NotYet as `add` does, Invalid for what is no spreadsheet.
    """
    to = Belonging(of="measurement_import", key="", permission=Permission.MEASUREMENT_REPORT, taken=SPREADSHEETS)
    many = Limits(most_bytes=limits.most_bytes, most_files=MOST_IMPORTS)
    return await _take_in(uow, actor, case_id, to, upload, store, many)


async def _case_of(uow: UnitOfWork, table: TableClause, row_id: UUID) -> UUID:
    """The case that a row of another room belongs to; NotFound where there is no such row."""
    found: UUID | None = await uow.session.scalar(select(table.c.case_id).where(table.c.id == row_id))
    if found is None:
        raise NotFound
    return found


async def _take_in(
    uow: UnitOfWork, actor: Actor, case_id: UUID, to: Belonging, upload: Upload, store: Store, limits: Limits
) -> File:
    """The content is in the store before the row is written, so that no row is without its content.

    The case is locked only for the row.
    """
    case, roles = await load_case(uow, actor, case_id, to.permission)
    await _refuse_unless_open(uow, actor, case, roles, limits, to)
    name = cleaned_name(upload.name)
    seen = await asyncio.to_thread(look_at, upload.file, name, limits, to.taken)
    key = new_key(case_id)
    await store.put(key, upload.file)
    try:
        row = await _write(uow, actor, case_id, name, seen, key, limits, to)
        if row.object_key != key:
            await _erase_quietly(store, key)
        return row
    except Exception:
        await _erase_quietly(store, key)
        raise


async def _write(
    uow: UnitOfWork, actor: Actor, case_id: UUID, name: str, seen: Examined, key: str, limits: Limits, to: Belonging
) -> File:
    case = await lock_case(uow, case_id)
    roles = await roles_in(uow, actor, case)
    require(case, roles, to.permission)
    await _refuse_unless_open(uow, actor, case, roles, limits, to)
    there = (
        await uow.session.scalars(
            select(File).where(File.case_id == case_id, to.beside, File.state != FileState.REMOVED)
        )
    ).all()
    same = next((each for each in there if each.sha256 == seen.sha256), None)
    if to.of == "measurement_import" and same is not None:
        return same
    if any((each.name, each.sha256, each.key) == (name, seen.sha256, to.key) for each in there):
        raise invalid(FIELD, "file.there_already", name=name)
    row = File(
        case_id=case_id, subject=to.of, key=to.key, size=seen.size,
        name=told_apart(name, {each.name for each in there}),
        sha256=seen.sha256, content_type=seen.content_type, object_key=key, uploaded_by=actor.person_id,
        uploaded_at=uow.now,
    )  # fmt: skip
    changes = {"name": row.name, "size": row.size, "sha256": row.sha256, "content_type": row.content_type,
               "question" if to.of == "application" else f"{to.of}_id": to.key}  # fmt: skip
    await begin(uow, actor, FILE, case, row, verb="add", changes=changes)
    await put(uow, "scan_file", {"file_id": str(row.id)}, key=f"scan:{row.id}")
    return row


async def _erase_quietly(store: Store, key: str) -> None:
    try:
        await store.erase(key)
    except DomainError:
        log.warning("an object without a row is left for the sweeping", key=key)


def _named(row: File) -> dict[str, str]:
    """Which file it is, as events name it."""
    return {"name": row.name, **({f"{row.subject}_id": row.key} if row.subject in KEYED else {})}


async def remove(uow: UnitOfWork, actor: Actor, file_id: UUID, *, version: int | None = None) -> File:
    """Take a file away again while what it belongs to may be changed; what a receipt confirms is kept in the store."""
    held = await hold(uow, actor, FILE, file_id, version=version)
    require(held.case, held.roles, WRITES.get(held.row.subject, Permission.APPLICATION_WRITE))
    if held.row.state == FileState.REMOVED:
        raise NotFound
    facts = await FILE.facts(uow, held.row)
    held.row.removed_at = uow.now
    await make(uow, actor, FILE, held, "remove", changes={**_named(held.row), "sha256": held.row.sha256})
    if may_be_erased(facts, held.row.uploaded_at):
        await put(uow, "erase_file", {"file_id": str(held.row.id)}, key=f"erase:{held.row.id}")
    return held.row


async def pass_unscanned(uow: UnitOfWork, file_id: UUID) -> None:
    """Let a file be read unscanned, where the installation has no scanner; harmless a second time."""
    held = await hold(uow, SYSTEM, FILE, file_id)
    if held.row.state == FileState.UPLOADED:
        await make(uow, SYSTEM, FILE, held, "pass_unscanned", changes=_named(held.row))


async def note_scanned(uow: UnitOfWork, file_id: UUID, found: str) -> None:
    """Write down what the scanner found, "" for nothing; an infected file is told of. Harmless a second time."""
    held = await hold(uow, SYSTEM, FILE, file_id)
    if held.row.state not in (FileState.UPLOADED, FileState.UNSCANNED):
        return
    held.row.scanned_at, held.row.found = uow.now, found[:200]
    verb = "find_infected" if found else "find_clean"
    await make(uow, SYSTEM, FILE, held, verb, changes={**_named(held.row), "found": held.row.found})
    if found:
        await _tell_infected(uow, held)


async def _tell_infected(uow: UnitOfWork, held: Held[File]) -> None:
    """Tell whoever uploaded it, and the case handlers where they know of the case (not those of its own office, G12)."""
    row, case = held.row, held.case
    people = [row.uploaded_by]
    if case.submitted_at is not None:
        own = set(await people_of_parties(uow, case.id))
        people += [each for each in await people_with_role(uow, Role.CASE_HANDLER) if each not in own]
    parameters = {"name": row.name, "reference": case.reference}
    link = f"/{row.subject}s/{row.key}" if row.subject in KEYED else f"/applications/{case.id}"
    if row.subject == "measurement_import":
        link = f"/measurement-imports/{row.id}"
    await tell(uow, people, "file_infected", case_id=case.id, parameters=parameters, link=f"{link}#attachments")


async def to_temporary(store: Store, row: File) -> IO[bytes]:
    """The content of a file in a temporary file of the machine, which the caller closes."""
    file = TemporaryFile()  # noqa: SIM115
    try:
        async for chunk in store.read(row.object_key, row.size):
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    return file


async def erase(uow: UnitOfWork, store: Store, file_id: UUID) -> None:
    """Take the content of a removed file out of the store; its row stays."""
    row = await uow.session.get(File, file_id, with_for_update=True)
    if row is None or row.state != FileState.REMOVED or row.erased_at is not None:
        return
    await store.erase(row.object_key)
    row.erased_at = uow.now
