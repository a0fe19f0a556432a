"""More time for one office: asked for with a reason, given by a case handler who sees nothing of what is written (G4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.applications.service.draft import held_for_writing
from app.applications.service.telling import handlers_on, outside_handlers
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


def _moment(uow: UnitOfWork, until: date, why: str, step: str) -> datetime:
    """The end of the day that is given; Invalid for one that has passed or is far off, and without a reason."""
    today = day_in_oslo(uow.now)
    if until < today:
        raise invalid("until", "applications.extension_past")
    if until > today + LONGEST:
        raise invalid("until", "applications.extension_far", days=LONGEST.days)
    if not why.strip():
        raise invalid("why", "step.why_missing", move=step)
    return end_of_day(until)


async def ask_extension(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str
) -> Application:
    """Ask for more time than the deadline gives, or than was given to complete what came back, with the reason.

    The case handlers are told which office asks: all of them of a draft, of which they see nothing else, and of what came
    back whoever is on it.
    """
    held = await held_for_writing(uow, actor, application_id, version, "ask_extension", Permission.APPLICATION_SUBMIT,
                                  part=None)  # fmt: skip
    row = held.row
    refuse_identity_numbers(why=why)
    row.extension_asked_at, row.extension_asked_why = uow.now, why
    draft = row.state == ApplicationState.DRAFT
    await tell(
        uow, await outside_handlers(uow, row) if draft else await handlers_on(uow, row), "extension_asked",
        case_id=row.call_id if draft else row.id, parameters={"reference": row.reference, "why": why},
        link=f"/calls/{row.call_id}/late-drafts" if draft else f"/applications/{row.id}#extension",
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
    moment = _moment(uow, until, why, "extend")
    before, row.extended_until, row.extended_why = row.extended_until, moment, why
    held = Held(row, case, on_call.roles)
    await note(uow, actor, APPLICATION, held, "extend", why=why, changes={"extended_until": [before, moment]})
    people = await people_of_parties(uow, row.id, "leader", "coordinator")
    await tell(
        uow, people, "extension_given", case_id=application_id,
        parameters={"reference": row.reference, "until_at": moment, "why": why}, link=f"/applications/{application_id}",
    )  # fmt: skip
    return row


async def extend_completion(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, until: date, why: str, version: int | None = None
) -> Application:
    """Give the office until the end of a later day to complete what came back, with the reason; also once it is late (G8).

    Raises NotYet for what the office is not completing, Invalid for a day that gives no more time.
    """
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    row = held.row
    if row.state != ApplicationState.RETURNED:
        reason = Reason(code="application.not_returned", place="application.steps")
        raise NotYet([reason], subject="application", step="extend_completion", case_id=application_id)
    moment = _moment(uow, until, why, "extend_completion")
    before = row.completion_until
    if before is not None and moment <= before:
        raise invalid("until", "applications.extension_no_longer", until_at=before.isoformat())
    row.completion_until, row.extension_asked_at = moment, None
    await tell(
        uow, await people_of_parties(uow, row.id, "leader", "coordinator"), "extension_given", case_id=row.id,
        parameters={"reference": row.reference, "until_at": moment, "why": why}, link=f"/applications/{row.id}",
    )  # fmt: skip
    changes = {"completion_until": [before, moment]}
    return await note(uow, actor, APPLICATION, held, "extend_completion", why=why, changes=changes)
