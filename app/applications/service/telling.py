"""Telling the office how its application goes, and the case handlers that one has come."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from app.applications.models import Application
from app.cases.models import Case, CaseRole
from app.cases.queries import people_of_parties
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.queries import people_with_role
from app.notices.service import tell
from workflows.application import ApplicationState
from workflows.roles import Role

OFFICE_ROLES = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM)

CODES = {
    ApplicationState.RETURNED: "application_returned",
    ApplicationState.IN_REVIEW: "application_in_review",
    ApplicationState.CLARIFICATION_MEETING: "application_meeting",
    ApplicationState.LAPSED: "application_lapsed",
}
"""What the office is told when its application comes to a state."""


async def people_behind(uow: UnitOfWork, row: Application) -> list[UUID]:
    """Leader, coordinator and team of an application, as far as they have accounts."""
    team = await uow.session.scalars(
        select(CaseRole.person_id).where(
            CaseRole.case_id == row.id,
            CaseRole.role.in_(OFFICE_ROLES),
            or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > uow.now),
        )
    )
    return [*await people_of_parties(uow, row.id, Role.LEADER, Role.COORDINATOR), *team]


async def tell_applicant(uow: UnitOfWork, actor: Actor, row: Application) -> None:
    """Tell leader, coordinator and team how their application goes."""
    people = await people_behind(uow, row)
    parameters = {"reference": row.reference, "until_at": row.completion_until, "what": row.returned_for}
    code = CODES[ApplicationState(row.state)]
    await tell(uow, people, code, case_id=row.id, parameters=parameters, link=f"/applications/{row.id}")


async def outside_handlers(uow: UnitOfWork, row: Application) -> list[UUID]:
    """The case handlers who do not work at an office that is a party to the application (G12)."""
    own = set(await people_of_parties(uow, row.id))
    return [person for person in await people_with_role(uow, Role.CASE_HANDLER) if person not in own]


async def handlers_on(uow: UnitOfWork, row: Application) -> list[UUID]:
    """The case handler who is on an application, or all of them while nobody is."""
    handlers = await outside_handlers(uow, row)
    return [person for person in handlers if person == row.handler_id] or handlers


async def tell_case_handlers(uow: UnitOfWork, actor: Actor, row: Application) -> None:
    """Tell the case handlers that an application has come; not those who work at the office that sent it (G12)."""
    await _tell_of_case(uow, row, await outside_handlers(uow, row), "application_received")


async def tell_of_withdrawal(uow: UnitOfWork, actor: Actor, row: Application) -> None:
    """Tell the case handler who is on an application that it is withdrawn, or all of them while nobody is.

    Of a draft nobody outside its office has known.
    """
    case = await uow.session.get_one(Case, row.id)
    if case.submitted_at is None:
        return
    await _tell_of_case(uow, row, await handlers_on(uow, row), "application_withdrawn")


async def _tell_of_case(uow: UnitOfWork, row: Application, people: list[UUID], code: str) -> None:
    case = await uow.session.get_one(Case, row.id)
    parameters = {"reference": row.reference, "title": case.title}
    await tell(uow, people, code, case_id=row.id, parameters=parameters, link=f"/applications/{row.id}")
