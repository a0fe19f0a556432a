"""Who is on an application: a case handler takes it, and lets it go."""

from __future__ import annotations

from uuid import UUID

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.moves import hold, note
from workflows.roles import Permission


def take(uow: UnitOfWork, actor: Actor, row: Application) -> None:
    """Let somebody be the one who is on an application."""
    row.handler_id, row.handled_at = actor.person_id, uow.now


async def claim(uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None) -> Application:
    """Take an application, so that others see who is on it; also from somebody else, who sees that it was taken over.

    Taking what one has already changes nothing.
    """
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    before = held.row.handler_id
    if before == actor.person_id:
        return held.row
    take(uow, actor, held.row)
    return await note(uow, actor, APPLICATION, held, "claim", changes={"handler": [before, actor.person_id]})


async def let_go(uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None) -> Application:
    """Let go of an application that one has taken, so that another can take it."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    if held.row.handler_id != actor.person_id:
        return held.row
    held.row.handler_id = held.row.handled_at = None
    return await note(uow, actor, APPLICATION, held, "let_go", changes={"handler": [actor.person_id, None]})
