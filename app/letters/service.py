"""The verbs of letters: write a call's text, make anew, release, correct what has been sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.applications.facts import APPLICATION
from app.calls.facts import CALL
from app.calls.models import Call
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.core.personal_data import refuse_identity_numbers
from app.decisions.facts import DECISION
from app.decisions.models import Decision, Letter
from app.identity.actor import Actor
from app.letters.making import default_wording, keep_new, write_anew
from app.letters.models import LetterText
from app.letters.releasing import release_letter
from app.moves import Held, hold, make, note
from workflows.decision import DecisionState
from workflows.engine import Reason
from workflows.letter import LetterKind, faults_of
from workflows.roles import Permission


async def _latest_number(uow: UnitOfWork, call_id: UUID, kind: str, language: str) -> int:
    found = await uow.session.scalar(
        select(func.max(LetterText.number)).where(
            LetterText.call_id == call_id, LetterText.kind == kind, LetterText.language == language
        )
    )
    return found or 0


async def write_text(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, kind: LetterKind, language: str, subject: str = "", body: str = "",
    number: int | None = None,
) -> Call:  # fmt: skip
    """Give a call its own text for a kind of letter, as a new version; letters that are made keep theirs.

    Invalid names everything that keeps it from being used. The scheme's own words again lead back to the scheme's text.
    """
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE)
    faults = dict(faults_of(kind, subject, body))
    if faults:
        raise Invalid(faults)
    refuse_identity_numbers(subject=subject, body=body)
    default = default_wording(kind, language)
    if (subject.strip(), body.strip()) == (default.subject, default.body):
        subject = body = ""
    return await _keep_text(uow, actor, held, kind, language, subject.strip(), body.strip(), number)


async def use_default_text(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, kind: LetterKind, language: str, number: int | None = None
) -> Call:
    """Go back to the scheme's own text; the call's stays among the versions."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE)
    return await _keep_text(uow, actor, held, kind, language, "", "", number)


async def _keep_text(
    uow: UnitOfWork, actor: Actor, held: Held[Call], kind: LetterKind, language: str, subject: str, body: str,
    typed_on: int | None,
) -> Call:  # fmt: skip
    latest = await _latest_number(uow, held.row.id, kind, language)
    if typed_on is not None and typed_on != latest:
        raise Stale(typed_on=typed_on, now_at=latest)
    if actor.person_id is None:
        raise NotAllowed
    text = LetterText(
        call_id=held.row.id, kind=kind, language=language, number=latest + 1, subject=subject, body=body,
        written_by=actor.person_id, written_at=uow.now,
    )  # fmt: skip
    uow.session.add(text)
    changes = {"kind": kind, "language": language, "number": latest + 1, "subject": subject, "body": body}
    return await note(uow, actor, CALL, held, "write_letter" if body else "use_default_letter", changes=changes)


async def held_letter(uow: UnitOfWork, actor: Actor, letter_id: UUID) -> tuple[Letter, Held[Any]]:
    """A letter, with its application held; NotFound or NotAllowed for whoever may not release it."""
    case_id = await uow.session.scalar(select(Letter.case_id).where(Letter.id == letter_id))
    if case_id is None:
        raise NotFound
    held = await hold(uow, actor, APPLICATION, case_id, Permission.DECISION_RELEASE)
    return await uow.session.get_one(Letter, letter_id, populate_existing=True), held


async def remake(uow: UnitOfWork, actor: Actor, letter_id: UUID) -> Letter:
    """Make a letter that waits anew, from what its case and its call's text are now; NotYet once it has been released."""
    letter, held = await held_letter(uow, actor, letter_id)
    if letter.released_at is not None:
        raise _refused("letter.released_already", letter, "remake")
    await remake_held(uow, actor, letter, held)
    return letter


async def remake_held(uow: UnitOfWork, actor: Actor, letter: Letter, held: Held[Any]) -> None:
    """Let a held letter that waits say what its case is now, and write down that it was made anew."""
    before = letter.content_hash
    await write_anew(uow, letter)
    if letter.content_hash != before:
        letter.remade_at = uow.now
        changes = {"letter": letter.id, "content": [before, letter.content_hash]}
        await note(uow, actor, APPLICATION, held, "remake_letter", changes=changes)


def _refused(code: str, letter: Letter, step: str) -> NotYet:
    return NotYet([Reason(code=code)], subject="letter", step=step, case_id=letter.case_id)


async def _decision_waiting(uow: UnitOfWork, letter: Letter) -> UUID | None:
    """The decision that the release of a letter completes, if it does."""
    if letter.decision_id is None:
        return None
    found: UUID | None = await uow.session.scalar(
        select(Decision.id).where(Decision.id == letter.decision_id, Decision.state == DecisionState.DECIDED)
    )
    return found


async def release(uow: UnitOfWork, actor: Actor, letter_id: UUID) -> Letter:
    """Send one letter; harmless a second time. NotYet where the case has changed since it was made."""
    letter, held = await held_letter(uow, actor, letter_id)
    if letter.released_at is None:
        await release_held(uow, actor, letter, held)
    return letter


async def release_held(uow: UnitOfWork, actor: Actor, letter: Letter, held: Held[Any]) -> None:
    """Send a held letter that waits, and with the first about a decision the decision; NotYet where it cannot be sent."""
    decision_id = await _decision_waiting(uow, letter)
    if decision_id is not None and letter.replaces_id is None:
        decision = await hold(uow, actor, DECISION, decision_id, Permission.DECISION_RELEASE)
        await make(uow, actor, DECISION, decision, "release")
        return
    await release_letter(uow, actor, letter)
    await note(uow, actor, APPLICATION, held, "release_letter", changes={"letter": letter.id})


async def correct(uow: UnitOfWork, actor: Actor, letter_id: UUID, *, correction: str, reasons: str) -> Letter:
    """Write a new letter in the place of one that has been sent, which it names; the one that was sent stays as it is."""
    letter, held = await held_letter(uow, actor, letter_id)
    refuse_identity_numbers(correction=correction, reasons=reasons)
    if letter.released_at is None:
        raise _refused("letter.not_released", letter, "correct")
    if await uow.session.scalar(select(Letter.id).where(Letter.replaces_id == letter.id)):
        raise _refused("letter.corrected_already", letter, "correct")
    new = Letter(
        case_id=letter.case_id, kind=letter.kind, decision_id=letter.decision_id, reasons=reasons.strip(),
        reconsideration_id=letter.reconsideration_id, signed_by=letter.signed_by, replaces_id=letter.id,
        correction=correction.strip(), list_hash=letter.list_hash,
    )  # fmt: skip
    await keep_new(uow, new)
    await note(uow, actor, APPLICATION, held, "correct_letter", changes={"letter": letter.id, "new": new.id})
    return new
