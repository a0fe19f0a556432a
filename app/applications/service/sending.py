"""Sending an application, and taking it back."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.applications.facts import APPLICATION, benefits_of, budget_of, deviances_of, questions_of, team_of
from app.applications.models import Application, ProblemStatement, Receipt
from app.applications.service.writing import record_gathered
from app.core.database import UnitOfWork
from app.core.errors import Stale
from app.files.queries import contents_of
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.moves import hold, make
from app.notices.service import tell, write_mail
from app.texts.i18n import texts_for
from workflows.application import ApplicationState
from workflows.forms.own import form_of
from workflows.roles import Permission


def _sent_before(row: Application, version: int | None) -> bool:
    """Whether exactly this has been sent already: a double click, or a program that asks again."""
    if version is None:
        return row.state == ApplicationState.SUBMITTED
    return version == row.submitted_version


async def submit(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Send the application, for the first time or once it has been completed; NotYet with everything that is missing.

    Sending the same version again changes nothing and answers what the first time did.
    """
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SUBMIT)
    row = held.row
    if _sent_before(row, version):
        return row
    if version is not None and version != row.version:
        raise Stale(typed_on=version, now_at=row.version)
    await record_gathered(uow, held)
    verb = "resubmit" if row.state == ApplicationState.RETURNED else "submit"
    row.submitted_version = row.version
    row.submitted_at, row.submitted_by = uow.now, actor.person_id
    held.case.submitted_at = held.case.submitted_at or uow.now
    return await make(uow, actor, APPLICATION, held, verb, why=why)


async def content_of(uow: UnitOfWork, row: Application) -> dict[str, Any]:
    """All that an application says now, as it is kept with its receipt."""
    questions = questions_of(row.call_id, row.call_form_version)
    said = select(
        deviances_of(row.id), team_of(row.id), benefits_of(row.id), contents_of(row.id), budget_of(row.id), questions
    )
    deviances, team, benefits, files, lines, kept = (await uow.session.execute(said)).one()
    form = form_of(kept)
    return {
        "reference": row.reference, "call": str(row.call_id), "unit": str(row.unit_id), "language": row.language,
        "form_version": row.form_version, "call_form_version": row.call_form_version,
        "answers": form.counted(row.answers), "positive_deviances": deviances, "team": team,
        "expected_benefits": benefits, "files": files, "budget_lines": lines,
    }  # fmt: skip


def fingerprint(content: dict[str, Any]) -> str:
    """SHA-256 over the content, in hexadecimal; the same for the same words in any order of keys."""
    return sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


async def give_receipt(uow: UnitOfWork, actor: Actor, row: Application) -> None:
    """Keep what was sent, and confirm it to the sender and to the unit's mailbox at once (G6)."""
    content = await content_of(uow, row)
    row.content_hash = fingerprint(content)
    number = await uow.session.scalar(select(func.count()).where(Receipt.case_id == row.id))
    uow.session.add(
        Receipt(
            case_id=row.id, number=(number or 0) + 1, received_at=uow.now, received_from=actor.person_id,
            content_hash=row.content_hash, content=content,
        )
    )  # fmt: skip
    link = f"/applications/{row.id}/receipt"
    parameters = {"reference": row.reference, "submitted_at": uow.now, "fingerprint": row.content_hash}
    if actor.person_id is not None:
        await tell(uow, [actor.person_id], "application_receipt", case_id=row.id, parameters=parameters, link=link)
    unit = await uow.session.get_one(Unit, row.unit_id)
    sender = await uow.session.get(Person, actor.person_id)
    if unit.mailbox and (sender is None or sender.email.lower() != unit.mailbox.lower()):
        t = texts_for(unit.language).t
        body = t("notice.application_receipt", **parameters)
        subject = t("applications.receipt_of", reference=row.reference)
        await write_mail(uow, to_address=unit.mailbox, subject=subject, body=body, language=unit.language)


async def freeze_statement(uow: UnitOfWork, actor: Actor, row: Application) -> None:
    """Keep the problem statement as it was sent, with what it rests on; a new version where it has changed (S37-S40)."""
    answers = row.answers
    rests_on = [answers.get(key, "") for key in ("basis_insight", "basis_experience")]
    basis_text = "\n\n".join(text for text in rests_on if text)
    text, basis = answers["problem_statement"], list(answers.get("basis", ()))
    last = await uow.session.scalar(
        select(ProblemStatement)
        .where(ProblemStatement.case_id == row.id)
        .order_by(ProblemStatement.number.desc())
        .limit(1)
    )
    if last and (last.text, last.basis, last.basis_text) == (text, basis, basis_text):
        return
    uow.session.add(
        ProblemStatement(
            case_id=row.id, number=last.number + 1 if last else 1, text=text, basis=basis, basis_text=basis_text,
            author_id=actor.person_id, written_at=uow.now, frozen=True,
        )
    )  # fmt: skip


async def withdraw(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Take the application back before it is decided, with the reason."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_WITHDRAW, version=version)
    await record_gathered(uow, held)
    return await make(uow, actor, APPLICATION, held, "withdraw", why=why)
