"""Sending a letter: it is dated that day, the office can read it from then on, and is told so."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from app.applications.models import Application
from app.cases.models import Case
from app.cases.queries import people_of_parties
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet
from app.decisions.models import Decision, Letter
from app.identity.actor import Actor
from app.letters.making import Fields, fingerprint, put_fields, said_now
from app.notices.service import tell
from app.outbox.service import put
from app.reconsiderations.models import Reconsideration
from workflows.engine import Reason
from workflows.roles import Role


async def letter_about(uow: UnitOfWork, row: Decision | Application) -> Letter:
    """The first letter about a decision, or the latest of an application that has none of its own."""
    statement = select(Letter).where(Letter.replaces_id.is_(None))
    if isinstance(row, Decision):
        statement = statement.where(Letter.decision_id == row.id)
    else:
        statement = statement.where(Letter.case_id == row.id).order_by(Letter.id.desc()).limit(1)
    letter = await uow.session.scalar(statement)
    if letter is None:
        raise NotFound
    return letter


async def has_changed(uow: UnitOfWork, letter: Letter) -> bool:
    """Whether the case has changed so that the letter, as it was made, is no longer right."""
    made = msgspec.convert(letter.fields, Fields)
    (now,) = await said_now(uow, letter, made.dated_on)
    return fingerprint(now) != letter.content_hash


async def release_letter(uow: UnitOfWork, actor: Actor, row: Decision | Application | Letter) -> None:
    """Release a letter, or the one about a row, and tell leader and coordinator; once.

    NotYet where the case has changed since it was made: nothing is sent that nobody has read.
    """
    letter = row if isinstance(row, Letter) else await letter_about(uow, row)
    if letter.released_at is not None:
        return
    made_on = msgspec.convert(letter.fields, Fields).dated_on
    as_made, as_sent = await said_now(uow, letter, made_on, day_in_oslo(uow.now))
    if fingerprint(as_made) != letter.content_hash:
        reason = Reason(
            code="letter.case_changed", parameters={"letter": str(letter.id)}, place="letter", who=(Role.CASE_HANDLER,)
        )
        raise NotYet([reason], subject="letter", step="release", case_id=letter.case_id)
    await _send(uow, actor, letter, as_sent)


async def _send(uow: UnitOfWork, actor: Actor, letter: Letter, fields: Fields) -> None:
    """Let the office read a letter, dated today, and tell it so; its file is made after the commit."""
    put_fields(letter, fields)
    letter.released_at, letter.released_by = uow.now, actor.person_id
    if letter.reconsideration_id is not None:
        request = await uow.session.get_one(Reconsideration, letter.reconsideration_id)
        request.told_at = uow.now
    case = await uow.session.get_one(Case, letter.case_id)
    await put(uow, "make_letter_pdf", {"letter_id": str(letter.id)}, key=f"letter_pdf:{letter.id}")
    people = await people_of_parties(uow, case.id, Role.LEADER, Role.COORDINATOR)
    await tell(
        uow, people, "letter_released", case_id=case.id, parameters={"reference": case.reference},
        link=f"/letters/{letter.id}",
    )  # fmt: skip
