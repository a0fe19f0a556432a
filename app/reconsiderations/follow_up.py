"""Reminding of requests that are not answered in time, and of the last day to make one: the clock's own verbs."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.cases.queries import people_of_parties
from app.core.database import UnitOfWork
from app.decisions.models import Letter
from app.identity.actor import SYSTEM
from app.identity.queries import people_with_role
from app.moves import hold
from app.notices.service import tell
from app.reconsiderations.facts import RECONSIDERATION, asking
from app.reconsiderations.models import Reconsideration
from app.reconsiderations.service import handlers, page_of
from workflows.calendar import day_in_oslo
from workflows.reconsideration import (
    ASKERS,
    TRIABLE,
    AskingFacts,
    ReconsiderationState,
    due_on,
    last_day_to_remind_of,
)
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


LONGEST = timedelta(days=400)
"""Longer than any call lets an office disagree with what it was told."""


async def to_remind_of_last_day(uow: UnitOfWork) -> list[UUID]:
    """The applications whose office is to be reminded of its last day to disagree, as far as rules and letters say."""
    told_at = func.max(Letter.released_at)
    rows = await uow.session.execute(
        select(Application.id, Application.state, Application.rules, Application.reminded_of, told_at.label("told_at"))
        .join(Letter, Letter.case_id == Application.id)
        .where(
            Application.state.in_(TRIABLE), Letter.reconsideration_id.is_(None), Letter.released_at > uow.now - LONGEST
        )
        .group_by(Application.id)
        .order_by(Application.id)
    )  # fmt: skip
    today = day_in_oslo(uow.now)
    return [
        row.id
        for row in rows
        if last_day_to_remind_of(
            AskingFacts(
                rules=msgspec.convert(row.rules, Rules), application_state=row.state, letter_released_at=row.told_at,
                is_open=False, is_answered=False,
            ),
            row.reminded_of, today,
        )
    ]  # fmt: skip


async def remind_of_last_day(uow: UnitOfWork, application_id: UUID) -> date | None:
    """Remind an office of its last day to disagree with an outcome; None where there is nothing to say any longer (G30)."""
    held = await hold(uow, SYSTEM, APPLICATION, application_id)
    found = await asking(uow, held.row)
    last = last_day_to_remind_of(found.facts, held.row.reminded_of, day_in_oslo(uow.now))
    if last is None:
        return None
    held.row.reminded_of = last
    await tell(
        uow, await people_of_parties(uow, application_id, *ASKERS), "reconsideration_last_day", case_id=application_id,
        link=f"/applications/{application_id}/reconsideration",
        parameters={"reference": held.case.reference, "last_on": last},
    )  # fmt: skip
    return last
