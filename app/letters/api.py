"""Letters for programs to read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get

from app.calls.queries import call_to_handle
from app.letters import queries
from app.letters.making import Fields, default_wording
from app.web.visit import Visit
from workflows.letter import LetterKind, known_to
from workflows.roles import Permission
from workflows.rules import LANGUAGES


class LetterOut(msgspec.Struct, frozen=True, kw_only=True):
    """One letter with all that it says."""

    id: UUID
    case_id: UUID
    decision_id: UUID | None
    reconsideration_id: UUID | None
    replaces_id: UUID | None
    replaced_by: UUID | None
    text_number: int
    released_at: datetime | None
    content_hash: str
    list_hash: str
    """Of the list of decisions that it comes of; "" where it tells of no decision."""
    fields: Fields


class LetterTextOut(msgspec.Struct, frozen=True, kw_only=True):
    """A call's text for a kind of letter in one language form; number 0 is the scheme's own."""

    kind: LetterKind
    language: str
    number: int
    is_own: bool
    subject: str
    body: str
    placeholders: tuple[str, ...]
    mandatory: tuple[str, ...]


@get("/letters", permission=Permission.DECISION_RELEASE, tags=["letter"], operation_id="letters_waiting")
async def read_waiting(visit: Visit, call: UUID | None = None) -> list[queries.WaitingLetter]:
    """The letters that wait to be sent, the oldest first."""
    return await queries.waiting_letters(visit.uow, visit.actor, call_id=call)


@get("/letters/{letter_id:uuid}", permission=Permission.APPLICATION_SEE, tags=["letter"], operation_id="letter_read")
async def read_letter(visit: Visit, letter_id: UUID) -> LetterOut:
    """One letter; before it is released only for those who prepare and decide."""
    found = await queries.letter_view(visit.uow, visit.actor, letter_id)
    row = found.letter
    return LetterOut(
        id=row.id, case_id=row.case_id, decision_id=row.decision_id, reconsideration_id=row.reconsideration_id,
        replaces_id=row.replaces_id, replaced_by=found.replaced_by, text_number=found.text_number,
        released_at=row.released_at, content_hash=row.content_hash, list_hash=row.list_hash,
        fields=msgspec.convert(row.fields, Fields),
    )  # fmt: skip


@get(
    "/calls/{call_id:uuid}/letters", permission=Permission.CALL_SEE_DRAFT, tags=["letter"],
    operation_id="letter_texts_read",
)  # fmt: skip
async def read_texts(visit: Visit, call_id: UUID) -> list[LetterTextOut]:
    """Every text of a call's letters, with what can be filled in and what must be."""
    await call_to_handle(visit.uow, visit.actor, call_id, Permission.CALL_SEE_DRAFT)
    latest = await queries.latest_texts(visit.uow, call_id)
    found = []
    for kind in LetterKind:
        known = known_to(kind)
        for language in LANGUAGES:
            text, default = latest.get((kind, language)), default_wording(kind, language)
            own = text if text is not None and text.body else None
            found.append(
                LetterTextOut(
                    kind=kind, language=language, number=text.number if text else 0, is_own=own is not None,
                    subject=own.subject if own else default.subject, body=own.body if own else default.body,
                    placeholders=tuple(each.name for each in known),
                    mandatory=tuple(each.name for each in known if kind in each.mandatory),
                )
            )  # fmt: skip
    return found


ROUTES = [read_waiting, read_letter, read_texts]
