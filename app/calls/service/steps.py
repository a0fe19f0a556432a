"""Publishing a call, and leading it on."""

from __future__ import annotations

from uuid import UUID

from app.calls.facts import CALL
from app.calls.models import Call
from app.calls.service.questions import fix_form
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.moves import hold, make
from workflows.roles import Permission


async def publish(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Publish a call: from now on it stands as written, and every office that may apply is told (G2)."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_PUBLISH, version=version)
    held.row.published_at = uow.now
    await fix_form(uow, actor, held.row)
    return await make(uow, actor, CALL, held, "publish", why=why)


async def open_call(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Open a call whose moment has come."""
    held = await hold(uow, actor, CALL, call_id, version=version)
    return await make(uow, actor, CALL, held, "open", why=why)


async def close(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Close a call whose deadline has passed."""
    held = await hold(uow, actor, CALL, call_id, version=version)
    return await make(uow, actor, CALL, held, "close", why=why)


async def mark_decided(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Say that every application of a call has its outcome."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_CLOSE, version=version)
    return await make(uow, actor, CALL, held, "mark_decided", why=why)


async def archive(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Put a call away, once every applicant has been told."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_ARCHIVE, version=version)
    return await make(uow, actor, CALL, held, "archive", why=why)
