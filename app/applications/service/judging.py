"""What a case handler judges of an application at the screening, where no machine can (G8)."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import select

from app.applications.facts import APPLICATION
from app.applications.models import Application, Judgement
from app.applications.service.handling import take
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotYet
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import hold, note
from workflows.application import ApplicationState
from workflows.engine import Reason
from workflows.judging import counts
from workflows.roles import Permission
from workflows.rules import Rules

HOLDS, REMARK = "holds_", "remark_"
"""What the fields of an answer and of its remark begin with, so that they are no other fields' names."""


async def _latest(uow: UnitOfWork, application_id: UUID) -> dict[str, Judgement]:
    rows = await uow.session.scalars(
        select(Judgement).where(Judgement.case_id == application_id).order_by(Judgement.number)
    )
    return {row.key: row for row in rows}


def _faults(asked: tuple[str, ...], answers: dict[str, str], remarks: dict[str, str]) -> dict[str, Reason]:
    """What cannot be taken: an answer to what the call does not ask, and a no that does not say why."""
    faults = {HOLDS + key: Reason(code="form.unknown") for key in answers if key not in asked}
    for key, answer in answers.items():
        if answer == "no" and not remarks[key]:
            faults[REMARK + key] = Reason(code="application.no_remark")
    return faults


async def judge(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, **given: str | None
) -> Application:
    """Keep what a case handler has judged, with a remark to each; what is left open stays as it was.

    `given` holds "yes" or "no" under "holds_" and the name, and the remark under "remark_" and the name. Each answer that
    differs, or was given before the application was last sent or treated anew, is a new row: what was answered before can
    be read. Raises NotYet outside the screening, Invalid for a no without a remark. Whoever answers is on the case, unless
    somebody is.
    """
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    row = held.row
    if row.state != ApplicationState.SCREENING:
        reason = Reason(code="application.not_screened", place="application.steps")
        raise NotYet([reason], subject="application", step="judge", case_id=application_id)
    asked = msgspec.convert(row.rules, Rules).screening.judged
    answers = {name.removeprefix(HOLDS): answer for name, answer in given.items() if name.startswith(HOLDS) and answer}
    remarks = {key: (given.get(REMARK + key) or "").strip() for key in answers}
    if faults := _faults(asked, answers, remarks):
        raise Invalid(faults)
    refuse_identity_numbers(**{REMARK + key: text for key, text in remarks.items()})
    before = await _latest(uow, application_id)
    changes = {}
    for key, answer in answers.items():
        last = before.get(key)
        now = {"holds": answer == "yes", "remark": remarks[key]}
        was = {"holds": last.holds, "remark": last.remark} if last else None
        if now != was or last is None or not counts(last.judged_at, row.submitted_at, row.treated_anew_at):
            uow.session.add(
                Judgement(
                    case_id=application_id, key=key, number=last.number + 1 if last else 1, **now,
                    judged_by=actor.person_id, judged_at=uow.now,
                )
            )  # fmt: skip
            changes[key] = [was, now]
    if not changes:
        return row
    if row.handler_id is None:
        take(uow, actor, row)
    return await note(uow, actor, APPLICATION, held, "judge", changes=changes)
