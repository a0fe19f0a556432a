"""Making and taking back the addresses that calendars subscribe to."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from app.audit.service import record
from app.calendars.models import CalendarFeed
from app.cases.queries import require, roles_in
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.core.ids import new_secret
from app.identity.actor import Actor
from app.identity.models import Person
from app.identity.queries import hash_of_token
from app.moves import lock_case
from workflows.roles import Permission


async def make_feed(uow: UnitOfWork, actor: Actor, *, case_id: UUID | None = None) -> str:
    """A new address for one's own calendar, or for a project's; answers its secret, which is shown once.

    The one before it is taken back. NotFound or NotAllowed where one may not see the project.
    """
    if actor.person_id is None:
        raise NotAllowed
    await uow.session.get_one(Person, actor.person_id, with_for_update=True)
    if case_id is not None:
        case = await lock_case(uow, case_id)
        require(case, await roles_in(uow, actor, case), Permission.PROJECT_SEE)
        await record(uow, actor, case, "project", case_id, "make_calendar_feed")
    await uow.session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.person_id == actor.person_id, CalendarFeed.revoked_at.is_(None),
            CalendarFeed.case_id.is_(None) if case_id is None else CalendarFeed.case_id == case_id,
        )
        .values(revoked_at=uow.now)
    )  # fmt: skip
    secret = new_secret()
    uow.session.add(
        CalendarFeed(token_hash=hash_of_token(secret), person_id=actor.person_id, case_id=case_id, made_at=uow.now)
    )
    await uow.session.flush()
    return secret


async def revoke(uow: UnitOfWork, actor: Actor, feed_id: UUID) -> CalendarFeed:
    """Take an address of one's own back: whoever has it finds nothing there. NotFound for anybody else's."""
    row = await uow.session.get(CalendarFeed, feed_id, with_for_update=True)
    if row is None or row.person_id != actor.person_id or row.revoked_at is not None:
        raise NotFound
    row.revoked_at = uow.now
    if row.case_id is not None:
        case = await lock_case(uow, row.case_id)
        await record(uow, actor, case, "project", row.case_id, "revoke_calendar_feed")
    return row
