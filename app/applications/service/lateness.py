"""What was asked for and did not come in time: whoever is on the case is told, and so is the office (G8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.applications.models import Application
from app.applications.service.telling import handlers_on
from app.cases.queries import people_of_parties
from app.core.database import UnitOfWork
from app.notices.service import tell
from workflows.application import ApplicationState, completion_is_late

LOOKED_BACK = timedelta(days=14)
"""Of what has been late for longer everybody was told long ago."""


async def late_completions(uow: UnitOfWork) -> list[tuple[UUID, datetime]]:
    """The applications whose time to be completed ran out lately, each with the moment it did."""
    rows = await uow.session.execute(
        select(Application.id, Application.completion_until).where(
            Application.state == ApplicationState.RETURNED,
            Application.completion_until.between(uow.now - LOOKED_BACK, uow.now),
        )
    )
    return [(row.id, row.completion_until) for row in rows if completion_is_late(row.completion_until, uow.now)]


async def tell_of_lateness(uow: UnitOfWork, application_id: UUID, until: datetime) -> None:
    """Say that a completion is late: to whoever is on the case, who gives more time or dismisses it, and to the office.

    Nothing is said of one that has come meanwhile, or was given more time.
    """
    row = await uow.session.get(Application, application_id)
    if row is None or row.state != ApplicationState.RETURNED or row.completion_until != until:
        return
    said = {"reference": row.reference, "until_at": until}
    link = f"/applications/{row.id}#extension"
    await tell(uow, await handlers_on(uow, row), "completion_late", case_id=row.id, parameters=said, link=link)
    office = await people_of_parties(uow, row.id, "leader", "coordinator")
    await tell(uow, office, "own_completion_late", case_id=row.id, parameters=said, link=link)
