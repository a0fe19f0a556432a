"""More time for one office: asked for with a reason, given by a case handler who sees nothing of what is written (G4)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.applications.service.draft import held_for_writing
from app.applications.service.telling import outside_handlers
from app.calls.facts import CALL
from app.cases.queries import people_of_parties
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import Held, hold, lock_case, note
from app.notices.service import tell
from workflows.application import ApplicationState
from workflows.calendar import end_of_day
from workflows.engine import Reason
from workflows.roles import Permission

LONGEST = timedelta(days=60)


def _sent(case_id: UUID) -> NotYet:
    reason = Reason(code="application.sent_already", place="application.steps")
    return NotYet([reason], subject="application", step="extend", case_id=case_id)


async def ask_extension(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str
) -> Application:
    """Ask for more time than the deadline gives, with the reason; the case handlers are told which office asks."""
    held = await held_for_writing(uow, actor, application_id, version, "ask_extension", Permission.APPLICATION_SUBMIT,
                                  part=None)  # fmt: skip
    row = held.row
    if row.state != ApplicationState.DRAFT:
        raise _sent(application_id)
    refuse_identity_numbers(why=why)
    row.extension_asked_at, row.extension_asked_why = uow.now, why
    await tell(
        uow, await outside_handlers(uow, row), "extension_asked", case_id=row.call_id,
        parameters={"reference": row.reference, "why": why}, link=f"/calls/{row.call_id}/late-drafts",
    )  # fmt: skip
    return await note(uow, actor, APPLICATION, held, "ask_extension", why=why)


async def extend(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, application_id: UUID, until: date, why: str
) -> Application:
    """Give one office until the end of a day to send its draft, with the reason.

    Whoever handles the call does it without seeing the draft; NotAllowed for somebody who works at the office (G12).
    """
    on_call = await hold(uow, actor, CALL, call_id, Permission.APPLICATION_SCREEN)
    row = await uow.session.get(Application, application_id)
    if row is None or row.call_id != call_id:
        raise invalid("application_id", "form.unknown")
    case = await lock_case(uow, application_id)
    await uow.session.refresh(row)
    if actor.person_id in await people_of_parties(uow, row.id):
        raise NotAllowed
    if row.state != ApplicationState.DRAFT:
        raise _sent(application_id)
    today = day_in_oslo(uow.now)
    if until < today:
        raise invalid("until", "applications.extension_past")
    if until > today + LONGEST:
        raise invalid("until", "applications.extension_far", days=LONGEST.days)
    if not why.strip():
        raise invalid("why", "step.why_missing", move="extend")
    moment = end_of_day(until)
    before, row.extended_until, row.extended_why = row.extended_until, moment, why
    held = Held(row, case, on_call.roles)
    await note(uow, actor, APPLICATION, held, "extend", why=why, changes={"extended_until": [before, moment]})
    people = await people_of_parties(uow, row.id, "leader", "coordinator")
    await tell(
        uow, people, "extension_given", case_id=application_id,
        parameters={"reference": row.reference, "until_at": moment, "why": why}, link=f"/applications/{application_id}",
    )  # fmt: skip
    return row
