"""The files of a case as lists show them, and one of them to be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, bindparam, cast, select, true

from app.cases.models import Case
from app.cases.queries import load_case
from app.core.database import CASE, PERSON, UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.core.listed import listed
from app.core.questions import Told, answer, each_of
from app.files.content import KINDS
from app.files.models import File
from app.identity.actor import Actor
from app.identity.models import Person
from workflows.file import FileState
from workflows.roles import Permission, Role

KEPT = (FileState.UPLOADED, FileState.UNSCANNED, FileState.CLEAN)
"""States in which a file counts as part of what it belongs to."""
KEY = bindparam("key", type_=Text())
"""What a file answers or shows, where it is asked for by that."""
MEGABYTE = 1_000_000
TONES = {
    FileState.UPLOADED: "waiting", FileState.UNSCANNED: "neutral", FileState.CLEAN: "success",
    FileState.INFECTED: "danger", FileState.REMOVED: "stopped",
}  # fmt: skip
SEEN_BY = {
    "measurement": Permission.BENEFIT_SEE,
    "measurement_import": Permission.BENEFIT_SEE,
    "milestone": Permission.PROJECT_SEE,
    "report": Permission.PAYMENT_SEE,
}
"""What whoever reads a file must be permitted in its case, where it is not an application's."""
KIND_NAMES = {content_type: kind for kind, content_type in KINDS.items()}


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    """One file in a list."""

    id: UUID
    version: int
    key: str
    name: str
    size: int
    sha256: str
    content_type: str
    state: str
    found: str
    uploaded_by: str
    uploaded_at: datetime
    is_own: bool

    @property
    def kind(self) -> str:
        """What it is, by the extension that such files bear."""
        return KIND_NAMES.get(self.content_type, "").upper()

    @property
    def unit(self) -> str:
        """The unit that the size is shown in."""
        return "MB" if self.size >= MEGABYTE else "kB"

    @property
    def size_in_unit(self) -> Decimal | int:
        """The size in that unit, megabytes with one decimal."""
        if self.size >= MEGABYTE:
            return round(Decimal(self.size) / MEGABYTE, 1)
        return max(1, round(self.size / 1000))

    @property
    def tone(self) -> str:
        """The tone of its state."""
        return TONES[FileState(self.state)]

    @property
    def is_readable(self) -> bool:
        """Whether whoever asked may have it now."""
        return self.state in (FileState.UNSCANNED, FileState.CLEAN) or (
            self.state == FileState.UPLOADED and self.is_own
        )


def files_list(of: str, key: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
    """The files of one thing in a case as a list, by CASE and PERSON, and by a key where there is one, as they came."""
    return each_of(
        FileRow,
        select(
            File.id, File.version, File.key, File.name, File.size, File.sha256, File.content_type, File.state,
            File.found, Person.name.label("uploaded_by"), File.uploaded_at,
            (File.uploaded_by == PERSON).label("is_own"),
        )
        .join(Person, Person.id == File.uploaded_by)
        .where(
            File.case_id == CASE, File.subject == of, true() if key is None else File.key == key,
            File.state != FileState.REMOVED,
        )
        .order_by(File.id),
    )  # fmt: skip


@cache
def files_question(of: str, *, by_key: bool = False) -> ColumnElement[Any]:
    """Asks for that list, by KEY where asked."""
    return cast(files_list(of, KEY if by_key else None), Told(list[FileRow]))


async def files_of(uow: UnitOfWork, actor: Actor, case_id: UUID, *, of: str = "application") -> list[FileRow]:
    """The answer to that question, one statement at most; the caller has checked that the case may be read."""
    asked = {"case_id": case_id, "person_id": actor.person_id}
    found: list[FileRow] = await answer(uow, files_question(of), asked)
    return [_nameless(each, place) for place, each in enumerate(found, start=1)] if uow.veils else found


async def files_of_report(uow: UnitOfWork, actor: Actor, case_id: UUID, report_id: UUID) -> list[FileRow]:
    """The files that bear out the accounts of a report; the caller has checked that its money may be seen."""
    asked = {"case_id": case_id, "person_id": actor.person_id, "key": str(report_id)}
    found: list[FileRow] = await answer(uow, files_question("report", by_key=True), asked)
    return found


async def evidence_of(
    uow: UnitOfWork, actor: Actor, case_id: UUID, row_id: UUID, *, of: str = "milestone"
) -> list[FileRow]:
    """The files that show that a milestone is reached, or what a measurement says; the caller has checked that the
    project may be read."""
    asked = {"case_id": case_id, "person_id": actor.person_id, "key": str(row_id)}
    found: list[FileRow] = await answer(uow, files_question(of, by_key=True), asked)
    return found


def _nameless(row: FileRow, place: int) -> FileRow:
    """A file under a number: what somebody called it may say who they are."""
    return msgspec.structs.replace(row, name=f"{place:02d}.{row.kind.lower()}", uploaded_by="")


def contents_of(case_id: Any, of: str = "application") -> Any:
    """The files that count as part of a thing, as one value to be kept with what was sent: name, size, fingerprint."""
    return listed(
        select(File.id).where(File.case_id == case_id, File.subject == of, File.state.in_(KEPT)),
        {"id": File.id, "question": File.key, "name": File.name, "size": File.size, "sha256": File.sha256},
        File.id,
    )


async def named_for(uow: UnitOfWork, actor: Actor, case_id: UUID, files: Iterable[Any]) -> list[Any]:
    """Files that answer questions, by name or, where names are hidden from the actor, under the numbers of the list."""
    if not uow.veils:
        return list(files)
    numbers = {str(each.id): each.name for each in await files_of(uow, actor, case_id)}
    return [{**each, "name": numbers[each["id"]]} for each in files]


def answered_by_files(case_id: Any, of: str = "application") -> Any:
    """The files that answer questions, as one value: the key of the question, the id of the file and its name."""
    return listed(
        select(File.id).where(File.case_id == case_id, File.subject == of, File.key != "", File.state.in_(KEPT)),
        {"key": File.key, "id": File.id, "name": File.name},
        File.id,
    )


def by_question(files: Iterable[Any]) -> dict[str, list[Any]]:
    """Files by the key of the question that they answer; those that answer none are left out."""
    found: dict[str, list[Any]] = {}
    for each in files:
        key = each["key"] if isinstance(each, Mapping) else each.key
        if key:
            found.setdefault(key, []).append(each)
    return found


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its case and the roles that somebody has in it."""

    file: File
    case: Case
    roles: frozenset[Role]


async def file_to_read(uow: UnitOfWork, actor: Actor, file_id: UUID) -> Found:
    """A file of a case that the actor may see; NotFound for any other, and for one that was removed.

    Whether an application may be read by somebody who assesses it is asked by the caller, of the reviews.
    """
    file = await uow.session.get(File, file_id)
    if file is None or file.state == FileState.REMOVED:
        raise NotFound
    try:
        seen = SEEN_BY.get(file.subject, Permission.APPLICATION_SEE)
        case, roles = await load_case(uow, actor, file.case_id, seen)
    except NotAllowed:
        raise NotFound from None
    return Found(file=file, case=case, roles=roles)
