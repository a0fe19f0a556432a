"""Making a letter: from a text and a case, in the applicant's language; its page and its PDF both show the same fields."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.applications.models import Application
from app.board.models import Batch, BatchRow
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotYet
from app.core.ids import new_id
from app.decisions.models import Decision, Letter
from app.identity.actor import Actor
from app.letters.ground import Ground, ground_of, values_of
from app.letters.models import LetterText
from app.reconsiderations.models import Reconsideration
from app.texts import filters
from app.texts.i18n import texts_for
from workflows.application import ApplicationState
from workflows.decision import Outcome
from workflows.letter import LetterKind, Part, filled, held_reasons, paragraphs, parts_of
from workflows.reconsideration import ReconsiderationState

DEFAULTS = Path(__file__).parent.parent.parent / "templates" / "letters" / "texts"

KIND_OF_OUTCOME: dict[Outcome, LetterKind] = {
    Outcome.AWARDED: LetterKind.AWARD,
    Outcome.PROVISIONALLY_AWARDED: LetterKind.PROVISIONAL,
    Outcome.WAITLISTED: LetterKind.WAITLIST,
    Outcome.REJECTED: LetterKind.REJECTION,
}
KIND_OF_ANSWER: dict[ReconsiderationState, LetterKind] = {
    ReconsiderationState.DISMISSED: LetterKind.TOO_LATE,
    ReconsiderationState.UPHELD: LetterKind.UPHELD,
    ReconsiderationState.SENT_ON: LetterKind.SENT_ON,
    ReconsiderationState.CHANGED: LetterKind.CHANGED,
    ReconsiderationState.UPHELD_ABOVE: LetterKind.UPHELD_ABOVE,
    ReconsiderationState.CHANGED_ABOVE: LetterKind.CHANGED_ABOVE,
}


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a letter says."""

    kind: str
    language: str
    subject: str
    recipient: tuple[str, ...]
    dated_on: date
    dated: str
    reference: str
    reference_label: str
    lead: str = ""
    parts: tuple[Part, ...]
    sender: str
    signed_by: str


class Wording(msgspec.Struct, frozen=True):
    """A letter's text with its places to fill in; the scheme's own has no id."""

    subject: str
    body: str
    id: UUID | None = None
    number: int = 0


@cache
def default_wording(kind: LetterKind, language: str) -> Wording:
    """The scheme's own text: the first line is the subject, the rest follows after an empty one."""
    subject, _, body = (DEFAULTS / f"{kind}.{language}.txt").read_text(encoding="utf-8").partition("\n\n")
    return Wording(subject.strip(), body.strip())


async def wording_of(uow: UnitOfWork, call_id: UUID, kind: LetterKind, language: str) -> Wording:
    """The text that letters of a call are made from now: the call's own, else the scheme's."""
    latest = await uow.session.scalar(
        select(LetterText)
        .where(LetterText.call_id == call_id, LetterText.kind == kind, LetterText.language == language)
        .order_by(LetterText.number.desc())
        .limit(1)
    )
    return _wording(latest, kind, language)


def _wording(text: LetterText | None, kind: LetterKind, language: str) -> Wording:
    default = default_wording(kind, language)
    if text is None:
        return default
    if not text.body:
        return msgspec.structs.replace(default, id=text.id, number=text.number)
    return Wording(text.subject, text.body, text.id, text.number)


async def kept_wording(uow: UnitOfWork, letter: Letter) -> Wording:
    """The text that a letter has been made from, in the version that it keeps."""
    text = await uow.session.get(LetterText, letter.text_id) if letter.text_id else None
    return _wording(text, LetterKind(letter.kind), letter.language)


def fields_of(ground: Ground, kind: LetterKind, wording: Wording, on: date) -> Fields:
    """What the letter says when it is dated on a day."""
    language = ground.language
    t = texts_for(language).t
    values = values_of(ground, kind, on)
    parts = parts_of(wording.body, values)
    if ground.corrects_on is not None:
        said = (t("letter.corrects", corrects_on=ground.corrects_on), *paragraphs(ground.correction))
        parts = (Part(heading=t("letter.part.correction"), paragraphs=said), *parts)
    return Fields(
        kind=kind,
        language=language,
        subject=filled(wording.subject, values),
        recipient=(ground.office, t("letter.to_the_leader")),
        dated_on=on,
        dated=filters.day(on, language),
        reference=ground.reference,
        reference_label=t("letter.reference"),
        parts=parts,
        sender=ground.owner_unit,
        signed_by=ground.signer,
    )


def fingerprint(fields: Fields) -> str:
    """SHA-256 over all that the letter says, in hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


def put_fields(letter: Letter, fields: Fields) -> None:
    """Let a letter that has not been released say this."""
    letter.subject, letter.language = fields.subject, fields.language
    letter.fields, letter.content_hash = msgspec.to_builtins(fields), fingerprint(fields)
    letter.pdf = None


def _begun(actor: Actor, row: Decision | Application | Reconsideration) -> Letter:
    """The letter about a row, with what it is about and its reasons."""
    if isinstance(row, Decision):
        kind, about = KIND_OF_OUTCOME[Outcome(row.outcome or "")], {"decision_id": row.id, "reasons": row.reasons}
    elif isinstance(row, Reconsideration):
        kind = KIND_OF_ANSWER[ReconsiderationState(row.state)]
        above = kind in (LetterKind.UPHELD_ABOVE, LetterKind.CHANGED_ABOVE)
        about = {"reconsideration_id": row.id, "reasons": row.above_reasons if above else row.answer}
    elif row.state == ApplicationState.DECLINED:
        # the office has said no itself: whoever answers for the call confirms it
        return Letter(case_id=row.id, kind=LetterKind.DECLINED, reasons=row.declined_for)
    else:
        kind, about = LetterKind.DISMISSAL, {"reasons": row.dismissed_for}
    case_id = row.id if isinstance(row, Application) else row.case_id
    return Letter(case_id=case_id, kind=kind, signed_by=actor.person_id, **about)


async def list_hash_of(uow: UnitOfWork, decision: Decision) -> str:
    """SHA-256 over the list of decisions that one is signed in, each in the version that was signed, in hexadecimal (G20).

    Those that are decided in one act on the board are one list, and their letters have one fingerprint; a decision that
    is made by itself is a list of one.
    """
    batch_id = await uow.session.scalar(
        select(Batch.id)
        .join(BatchRow, BatchRow.batch_id == Batch.id)
        .where(BatchRow.decision_id == decision.id, BatchRow.result == "waiting", Batch.verb == "decide")
        .order_by(Batch.id.desc())
        .limit(1)
    )
    rows = (
        await uow.session.execute(
            select(BatchRow.decision_id, BatchRow.version).where(BatchRow.batch_id == batch_id).order_by(BatchRow.place)
        )
        if batch_id
        else ()
    )
    signed = [[str(each), version] for each, version in rows] or [[str(decision.id), decision.version]]
    by = [str(batch_id or ""), str(decision.decided_by or "")]
    return hashlib.sha256(msgspec.json.encode([*by, signed])).hexdigest()


async def make_letter(uow: UnitOfWork, actor: Actor, row: Decision | Application | Reconsideration) -> None:
    """Make the letter about an outcome or an answer; it waits until it is released. NotYet without reasons (G20, G21)."""
    letter = _begun(actor, row)
    missing = list(held_reasons(letter.reasons))
    if missing:
        raise NotYet(missing, subject="letter", step="make", case_id=letter.case_id)
    if isinstance(row, Decision):
        letter.list_hash = await list_hash_of(uow, row)
    await keep_new(uow, letter)


async def keep_new(uow: UnitOfWork, letter: Letter) -> Letter:
    """Write a new letter from the text that holds now, and keep it."""
    case = await uow.session.get_one(Case, letter.case_id)
    letter.id, letter.created_at, letter.language = new_id(), uow.now, case.language
    letter.correction = letter.correction or ""
    await write_anew(uow, letter)
    uow.session.add(letter)
    await uow.session.flush()
    return letter


async def write_anew(uow: UnitOfWork, letter: Letter) -> None:
    """Let a letter that waits say what its case is now, by the text that holds now."""
    ground = await ground_of(uow, letter)
    kind = LetterKind(letter.kind)
    wording = await wording_of(uow, ground.call_id, kind, ground.language)
    letter.text_id = wording.id
    put_fields(letter, fields_of(ground, kind, wording, day_in_oslo(uow.now)))


async def said_now(uow: UnitOfWork, letter: Letter, *days: date) -> tuple[Fields, ...]:
    """What a letter would say if it were made now, by the version of the text that it keeps, dated on each of the days."""
    ground, wording = await ground_of(uow, letter), await kept_wording(uow, letter)
    return tuple(fields_of(ground, LetterKind(letter.kind), wording, day) for day in days)
