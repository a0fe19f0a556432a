"""Checking whether an application can be assessed: complete, sent back for more, or dismissed (G8)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import invalid
from app.identity.actor import Actor
from app.moves import hold, make, waive
from workflows.calendar import end_of_day
from workflows.roles import Permission
from workflows.rules import Rules

LONGEST = timedelta(days=365)


async def begin_screening(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Take an application in hand."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    return await make(uow, actor, APPLICATION, held, "begin_screening", why=why)


async def find_complete(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Find that nothing is missing, and pass the application on to be assessed."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    held.row.returned_for, held.row.completion_until = "", None
    return await make(uow, actor, APPLICATION, held, "find_complete", why=why)


async def return_for_completion(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, why: str = "", until: date | None = None,
    version: int | None = None,
) -> Application:  # fmt: skip
    """Send an application back with what is missing, to be completed by the end of a day; by default the rules' number."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    today = day_in_oslo(uow.now)
    given = msgspec.convert(held.row.rules, Rules).deadlines.completion_days
    last = until or today + timedelta(days=given)
    if last < today:
        raise invalid("until", "form.day_has_passed")
    if last > today + LONGEST:
        raise invalid("until", "form.not_a_date")
    held.row.returned_for, held.row.completion_until = why, end_of_day(last)
    return await make(uow, actor, APPLICATION, held, "return_for_completion", why=why, changes={"until": last})


async def dismiss(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Dismiss an application that cannot be assessed, with the reason; the letter waits to be released."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_DISMISS, version=version)
    held.row.dismissed_for = why
    return await make(uow, actor, APPLICATION, held, "dismiss", why=why)


async def waive_requirement(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, requirement: str, why: str
) -> Application:
    """Waive a requirement for this application, with the reason."""
    return await waive(uow, actor, APPLICATION, application_id, requirement=requirement, why=why)
