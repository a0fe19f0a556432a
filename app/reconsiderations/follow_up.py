"""Reminding of requests that are not answered in time: the clock's own verbs."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import select

from app.applications.models import Application
from app.core.database import UnitOfWork
from app.identity.actor import SYSTEM
from app.identity.queries import people_with_role
from app.moves import hold
from app.notices.service import tell
from app.reconsiderations.facts import RECONSIDERATION
from app.reconsiderations.models import Reconsideration
from app.reconsiderations.service import handlers, page_of
from workflows.calendar import day_in_oslo
from workflows.reconsideration import ReconsiderationState, due_on
from workflows.reminder import RECONSIDERATION_LADDER, Rung, next_rung
from workflows.roles import Role
from workflows.rules import Rules

WITH_US = (ReconsiderationState.ASKED, ReconsiderationState.CONSIDERING)
"""States in which the scheme owes an answer."""


async def to_remind_of(uow: UnitOfWork) -> list[UUID]:
    """The requests for which a rung of the ladder has come that nobody has climbed, the oldest first."""
    rows = await uow.session.execute(
        select(Reconsideration.id, Reconsideration.asked_at, Reconsideration.rungs, Application.rules)
        .join(Application, Application.id == Reconsideration.case_id)
        .where(Reconsideration.state.in_(WITH_US))
        .order_by(Reconsideration.id)
    )
    today = day_in_oslo(uow.now)
    return [
        row.id
        for row in rows
        if next_rung(RECONSIDERATION_LADDER, due_on(row.asked_at, msgspec.convert(row.rules, Rules)), today, row.rungs)
    ]


async def remind(uow: UnitOfWork, request_id: UUID) -> Rung | None:
    """Remind of one request, or take it a step higher; None where there is nothing to say any longer."""
    held = await hold(uow, SYSTEM, RECONSIDERATION, request_id)
    row = held.row
    if row.state not in WITH_US:
        return None
    application = await uow.session.get_one(Application, held.case.id)
    due = due_on(row.asked_at, msgspec.convert(application.rules, Rules))
    rung = next_rung(RECONSIDERATION_LADDER, due, day_in_oslo(uow.now), row.rungs)
    if rung is None:
        return None
    row.rungs = [*row.rungs, rung.key]
    to = await handlers(uow, row) if rung.to is Role.CASE_HANDLER else await people_with_role(uow, rung.to)
    await tell(
        uow, to, f"reconsideration_reminder_{rung.key}", case_id=held.case.id, link=page_of(row),
        parameters={"reference": held.case.reference, "due_on": due},
    )  # fmt: skip
    return rung
