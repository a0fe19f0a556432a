"""Drafts follow their call when its questions or its rules change, and whoever writes is told (G3)."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import select

from app.applications.models import Application
from app.applications.service.telling import people_behind
from app.audit.service import record
from app.calls.models import Call, CallForm, CallText
from app.core.database import UnitOfWork
from app.identity.actor import SYSTEM
from app.moves import lock_case
from app.notices.service import tell
from workflows.application import ApplicationState
from workflows.forms.changing import what_changed
from workflows.forms.own import read
from workflows.rule_fields import altered, value_of
from workflows.rules import Rules


async def drafts_behind(uow: UnitOfWork, call_id: UUID, number: int) -> list[UUID]:
    """The drafts of a call that are bound to an earlier version of its questions."""
    rows = await uow.session.scalars(
        select(Application.id).where(
            Application.call_id == call_id,
            Application.state == ApplicationState.DRAFT,
            Application.call_form_version < number,
        )
    )
    return list(rows)


async def follow_form(uow: UnitOfWork, application_id: UUID, number: int, why: str = "") -> None:
    """Bind a draft to a newer version of its call's questions, and tell those who write it; harmless a second time.

    Nothing that is written is touched, so the draft's own version stays and nobody's page grows old by it. What has been
    sent keeps the version it was sent with, also when it comes back.
    """
    case = await lock_case(uow, application_id)
    row = await uow.session.get_one(Application, application_id, populate_existing=True)
    if row.state != ApplicationState.DRAFT or row.call_form_version >= number:
        return
    forms = {
        form.number: read(form.questions)
        for form in await uow.session.scalars(
            select(CallForm).where(
                CallForm.call_id == row.call_id, CallForm.number.in_((row.call_form_version, number))
            )
        )
    }
    changed = what_changed(forms.get(row.call_form_version, ()), forms[number])
    row.call_form_version = number
    changes = {"form_version": number, **changed}
    await record(uow, SYSTEM, case, "application", row.id, "follow_form", why=why, changes=changes)
    parameters = {
        "reference": row.reference, "added": len(changed.get("added", ())), "retired": len(changed.get("retired", ())),
        "changed": len(changed.get("changed", ())), "why": why,
    }  # fmt: skip
    await tell(
        uow, await people_behind(uow, row), "call_questions_changed", case_id=row.id, parameters=parameters,
        link=f"/applications/{row.id}#own",
    )  # fmt: skip


async def drafts_of(uow: UnitOfWork, call_id: UUID) -> list[UUID]:
    """The applications to a call that have been begun and not sent."""
    rows = await uow.session.scalars(
        select(Application.id).where(Application.call_id == call_id, Application.state == ApplicationState.DRAFT)
    )
    return list(rows)


async def follow_call(uow: UnitOfWork, application_id: UUID, why: str) -> None:
    """Let a draft go over to the rules that its call has now, and tell those who write it; a sent one stays as it is.

    Nothing that is written is touched, so nobody's page grows old by it; the rules that changed stand in its record.
    """
    case = await lock_case(uow, application_id)
    row = await uow.session.get_one(Application, application_id, populate_existing=True)
    if row.state != ApplicationState.DRAFT:
        return
    call = await uow.session.get_one(Call, row.call_id)
    before, after = msgspec.convert(row.rules, Rules), msgspec.convert(call.rules, Rules)
    if row.rules != call.rules:
        row.rules, row.rules_version = call.rules, call.rules_version
        changes = {field.path: msgspec.to_builtins(value_of(after, field)) for field in altered(after, before)}
        await record(uow, SYSTEM, case, "application", row.id, "follow_call", why=why, changes=changes)
    title = await uow.session.scalar(
        select(CallText.title).where(CallText.call_id == call.id, CallText.language == row.language)
    )
    await tell(
        uow, await people_behind(uow, row), "call_changed", case_id=row.id, parameters={"title": title or "", "why": why},
        link=f"/calls/{call.id}#changes",
    )  # fmt: skip
