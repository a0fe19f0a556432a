"""Checking whether an application can be assessed: found complete, or dismissed (G8)."""

from __future__ import annotations

from uuid import UUID

from app.applications.checks import screening_of
from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.applications.service.handling import take
from app.applications.service.writing import record_gathered
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.moves import hold, make, waive
from workflows.roles import Permission


async def begin_screening(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Take an application in hand; whoever begins is the one who is on it, unless somebody has taken it."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    if held.row.handler_id is None:
        take(uow, actor, held.row)
    return await make(uow, actor, APPLICATION, held, "begin_screening", why=why)


async def find_complete(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Find that nothing is missing, and pass the application on to be assessed; what the machine found is recorded."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    facts = await APPLICATION.facts(uow, held.row)
    checks = {each.name: each.outcome for each in await screening_of(uow, actor, held.row, held.case, facts)}
    held.row.returned_for, held.row.returned_parts, held.row.completion_until = "", {}, None
    return await make(uow, actor, APPLICATION, held, "find_complete", why=why, changes={"checks": checks})


async def dismiss(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Dismiss an application that cannot be assessed, with the reason; the letter waits to be released."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_DISMISS, version=version)
    await record_gathered(uow, held)
    held.row.dismissed_for = why
    return await make(uow, actor, APPLICATION, held, "dismiss", why=why)


async def waive_requirement(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, requirement: str, why: str
) -> Application:
    """Waive a requirement for this application, with the reason."""
    return await waive(uow, actor, APPLICATION, application_id, requirement=requirement, why=why)
