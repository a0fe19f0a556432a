"""Letters for those who may read them, those that wait to be sent, and the texts of a call."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Uuid, bindparam, func, select
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.applications.queries import call_title_in
from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import reach_of, require, roles_in, seen_by, visible, visible_to
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.decisions.models import Letter
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.letters.forms import MOST_AT_ONCE
from app.letters.models import LetterRelease, LetterText
from app.reviews.queries import require_reading
from workflows.engine import Reason
from workflows.letter import LetterKind
from workflows.roles import Permission, Role
from workflows.rules import LANGUAGES

READS_WAITING = frozenset({Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR})


class LetterView(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that somebody may read."""

    letter: Letter
    case: Case
    roles: frozenset[Role]
    application_state: str
    application_version: int
    appeal_regime: str
    text_number: int
    """The version of the call's text that it was made from; 0 for the scheme's own."""
    replaces_at: datetime | None
    replaced_by: UUID | None
    """The letter that corrects this one, where the visitor may read it."""


async def letter_view(uow: UnitOfWork, actor: Actor, letter_id: UUID) -> LetterView:
    """A letter: for those who prepare and decide at once, for everybody else of the case once it is released (G20).

    NotAllowed for whoever stepped aside from the case.
    """
    before, after = aliased(Letter), aliased(Letter)
    row = (
        await uow.session.execute(
            select(
                Letter, Case, Application.state, Application.version, func.coalesce(LetterText.number, 0),
                before.released_at, after.id, after.released_at, Application.rules["appeal"]["regime"].astext,
            )
            .join(Case, Case.id == Letter.case_id)
            .join(Application, Application.id == Case.id)
            .outerjoin(LetterText, LetterText.id == Letter.text_id)
            .outerjoin(before, before.id == Letter.replaces_id)
            .outerjoin(after, after.replaces_id == Letter.id)
            .where(Letter.id == letter_id)
        )
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    letter, found = row[0], row[1]
    roles = await roles_in(uow, actor, found)
    inside = not roles.isdisjoint(READS_WAITING)
    if letter.released_at is None and not inside:
        raise NotFound
    require(found, roles, Permission.APPLICATION_SEE)
    await require_reading(uow, actor, found, roles)
    return LetterView(
        letter=letter, case=found, roles=roles, application_state=row[2], application_version=row[3],
        appeal_regime=row[8], text_number=row[4],
        replaces_at=row[5], replaced_by=row[6] if inside or row[7] is not None else None,
    )  # fmt: skip


async def pdf_kept(uow: UnitOfWork, letter_id: UUID) -> bytes | None:
    """The PDF that was made of a letter, or None while it is being made."""
    found: bytes | None = await uow.session.scalar(select(Letter.pdf).where(Letter.id == letter_id))
    return found


class LetterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A letter in a list."""

    id: UUID
    kind: str
    subject: str
    language: str
    created_at: datetime
    released_at: datetime | None
    corrects: bool


async def letters_of(uow: UnitOfWork, case_id: UUID, *, released_only: bool) -> list[LetterRow]:
    """The letters of a case, the newest first; the caller has checked that the case may be seen."""
    statement = (
        select(
            Letter.id, Letter.kind, Letter.subject, Letter.language, Letter.created_at, Letter.released_at,
            Letter.replaces_id.is_not(None).label("corrects"),
        )
        .where(Letter.case_id == case_id)
        .order_by(Letter.id.desc())
    )  # fmt: skip
    if released_only:
        statement = statement.where(Letter.released_at.is_not(None))
    return [LetterRow(**row._mapping) for row in await uow.session.execute(statement)]


class WaitingLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that waits to be sent."""

    id: UUID
    case_id: UUID
    call_id: UUID
    reference: str
    title: str
    language: str
    unit: str
    kind: str
    subject: str
    created_at: datetime
    remade_at: datetime | None
    corrects: bool


WAITING = (
    Letter.id, Letter.case_id, Application.call_id, Case.reference, Case.title, Letter.language,
    Unit.name.label("unit"), Letter.kind, Letter.subject, Letter.created_at, Letter.remade_at,
    Letter.replaces_id.is_not(None).label("corrects"),
)  # fmt: skip


def _letters(actor: Actor, now: datetime) -> Select[Any]:
    """Letters with their cases, as far as the actor may see them."""
    columns: tuple[Any, ...] = WAITING
    return (
        select(*columns)
        .join(Case, Case.id == Letter.case_id)
        .join(Application, Application.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(visible_to(actor, now))
    )


def _waiting(actor: Actor, now: datetime) -> Select[Any]:
    return _letters(actor, now).where(Letter.released_at.is_(None))


async def waiting_letters(
    uow: UnitOfWork, actor: Actor, *, call_id: UUID | None = None, kind: str = "", language: str = ""
) -> list[WaitingLetter]:
    """The letters that wait to be sent, the oldest first, as many as can be sent in one act; one statement."""
    statement = _waiting(actor, uow.now)
    if call_id is not None:
        statement = statement.where(Application.call_id == call_id)
    if kind:
        statement = statement.where(Letter.kind == kind)
    if language:
        statement = statement.where(Letter.language == language)
    rows = await uow.session.execute(statement.order_by(Letter.id).limit(MOST_AT_ONCE))
    return [WaitingLetter(**row._mapping) for row in rows]


def waiting_by_call(actor: Actor, now: datetime) -> Select[Any]:
    """call_id and how many letters of it wait that the actor may see: `call_id`, `waiting`."""
    waiting = _waiting(actor, now).subquery()
    return select(waiting.c.call_id, func.count().label("waiting")).group_by(waiting.c.call_id)


CALL = bindparam("call_id", type_=Uuid())


@cache
def _count_waiting(reach: frozenset[str], *, of_call: bool) -> Select[Any]:
    """How many letters wait, for all who reach as far."""
    counted = (
        select(func.count())
        .select_from(Letter)
        .join(Case, Case.id == Letter.case_id)
        .join(Application, Application.id == Case.id)
        .where(visible(reach), Letter.released_at.is_(None))
    )
    return counted.where(Application.call_id == CALL) if of_call else counted


async def count_waiting(uow: UnitOfWork, actor: Actor, call_id: UUID | None = None) -> int:
    """How many letters wait to be sent that the actor may see, of a call or of all; one statement."""
    asked = seen_by(actor, uow.now) | ({"call_id": call_id} if call_id else {})
    return int(await uow.session.scalar(_count_waiting(reach_of(actor), of_call=call_id is not None), asked) or 0)


class CallWaiting(msgspec.Struct, frozen=True):
    """A call with letters that wait."""

    id: UUID
    title: str
    waiting: int


async def calls_waiting(uow: UnitOfWork, actor: Actor, language: str) -> list[CallWaiting]:
    """The calls that have letters waiting, with how many, the newest first; one statement."""
    by_call = waiting_by_call(actor, uow.now).subquery()
    rows = await uow.session.execute(
        select(Call.id, func.coalesce(call_title_in(language), Case.title), by_call.c.waiting)
        .join(by_call, by_call.c.call_id == Call.id)
        .join(Case, Case.id == Call.id)
        .order_by(Call.id.desc())
    )
    return [CallWaiting(*row) for row in rows]


class ReleaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One act of sending letters: by whom, when, and what became of each that the visitor may see."""

    id: UUID
    by: str
    at: datetime
    together: bool
    results: tuple[tuple[WaitingLetter, str, tuple[Reason, ...]], ...]
    """Each letter with what became of it, and why it was refused."""

    def count(self, result: str) -> int:
        """How many letters it went so with."""
        return sum(each == result for _, each, _ in self.results)


async def release_view(uow: UnitOfWork, actor: Actor, release_id: UUID) -> ReleaseView:
    """What became of the letters of one act; NotFound where it is unknown or none of them may be seen."""
    row = (
        await uow.session.execute(
            select(LetterRelease, Person.name)
            .join(Person, Person.id == LetterRelease.released_by)
            .where(LetterRelease.id == release_id)
        )
    ).first()
    if row is None:
        raise NotFound
    act: LetterRelease = row[0]
    became = {
        UUID(letter_id): (result, msgspec.convert(more[0] if more else [], tuple[Reason, ...]))
        for letter_id, result, *more in act.results
    }
    found = await uow.session.execute(_letters(actor, uow.now).where(Letter.id.in_(became)).order_by(Letter.id))
    results = tuple((WaitingLetter(**each._mapping), *became[each.id]) for each in found)
    if not results:
        raise NotFound
    return ReleaseView(id=act.id, by=row[1], at=act.released_at, together=act.together, results=results)


class TextVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a call's text for a kind of letter."""

    number: int
    subject: str
    body: str
    by: str
    at: datetime
    letters: int
    """How many letters have been made from it."""


async def versions_of(uow: UnitOfWork, call_id: UUID, kind: str, language: str) -> list[TextVersion]:
    """Every version of a text, the newest first; one statement."""
    made = select(func.count()).where(Letter.text_id == LetterText.id).scalar_subquery()
    rows = await uow.session.execute(
        select(
            LetterText.number, LetterText.subject, LetterText.body, Person.name.label("by"),
            LetterText.written_at.label("at"), made.label("letters"),
        )
        .join(Person, Person.id == LetterText.written_by)
        .where(LetterText.call_id == call_id, LetterText.kind == kind, LetterText.language == language)
        .order_by(LetterText.number.desc())
    )  # fmt: skip
    return [TextVersion(**row._mapping) for row in rows]


async def latest_texts(uow: UnitOfWork, call_id: UUID) -> dict[tuple[str, str], LetterText]:
    """The call's own texts as they are now, by kind and language; one statement."""
    rows = await uow.session.scalars(
        select(LetterText)
        .where(LetterText.call_id == call_id)
        .distinct(LetterText.kind, LetterText.language)
        .order_by(LetterText.kind, LetterText.language, LetterText.number.desc())
    )
    return {(text.kind, text.language): text for text in rows}


class TextRow(msgspec.Struct, frozen=True):
    """A kind of letter, and in which languages the call has its own words for it."""

    kind: LetterKind
    own: frozenset[str]


async def texts_of(uow: UnitOfWork, call_id: UUID) -> list[TextRow]:
    """Every kind of letter of a call; one statement."""
    own = {which for which, text in (await latest_texts(uow, call_id)).items() if text.body}
    return [
        TextRow(kind, frozenset(language for language in LANGUAGES if (kind, language) in own)) for kind in LetterKind
    ]
