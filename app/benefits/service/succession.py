"""Benefits whose owner in the line has moved pass to whoever holds the position now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from app.benefits.facts import BENEFIT
from app.benefits.models import Benefit
from app.benefits.service.profile import give_role
from app.cases.models import CaseRole
from app.cases.queries import current
from app.core.database import UnitOfWork
from app.identity.actor import SYSTEM
from app.identity.models import Person, UnitMembership
from app.identity.queries import people_with_role
from app.moves import hold, note
from app.notices.service import tell
from app.projects.models import Project
from workflows.project import ProjectState
from workflows.roles import Role
from workflows.succession import Holding, has_moved, successor

OVER = (ProjectState.STOPPED, ProjectState.ENDED)


def _stays(now: datetime) -> ColumnElement[bool]:
    return or_(Person.valid_to.is_(None), Person.valid_to > now)


async def owners_who_moved(uow: UnitOfWork) -> list[UUID]:
    """The benefits whose owner in the line, taken over or asked, works in the unit no longer."""
    there = exists().where(
        UnitMembership.person_id == Benefit.handed_over_to, UnitMembership.unit_id == Benefit.handed_over_unit_id,
        current(UnitMembership, uow.now), Person.id == UnitMembership.person_id, _stays(uow.now),
    )  # fmt: skip
    found = (
        select(Benefit.id)
        .join(Project, Project.id == Benefit.case_id)
        .where(
            Benefit.handed_over_to.is_not(None), Benefit.handed_over_unit_id.is_not(None), Benefit.dropped_at.is_(None),
            Project.state.not_in(OVER), ~there,
        )
        .order_by(Benefit.id)
    )  # fmt: skip
    return list(await uow.session.scalars(found.limit(500)))


async def _people_in(uow: UnitOfWork, unit_id: UUID) -> list[Holding]:
    rows = await uow.session.execute(
        select(UnitMembership.person_id, UnitMembership.role)
        .join(Person, Person.id == UnitMembership.person_id)
        .where(UnitMembership.unit_id == unit_id, current(UnitMembership, uow.now), _stays(uow.now))
        .order_by(UnitMembership.valid_from, UnitMembership.id)
    )
    return [Holding(person_id, role) for person_id, role in rows]


async def _position_of(uow: UnitOfWork, person_id: UUID, unit_id: UUID) -> str:
    """What somebody was in a unit last, a position before none."""
    roles = list(
        await uow.session.scalars(
            select(UnitMembership.role)
            .where(UnitMembership.person_id == person_id, UnitMembership.unit_id == unit_id)
            .order_by(UnitMembership.valid_to.desc().nulls_first(), UnitMembership.valid_from.desc())
        )
    )
    return next((role for role in roles if role != "employee"), "employee")


async def pass_on(uow: UnitOfWork, benefit_id: UUID) -> UUID | None:
    """Pass a benefit to whoever holds the position now, else to the unit's leader; both are told, and it is recorded.

    What was taken over stays so: it was the position that took it over. Where the answer was still awaited the successor
    is asked. The days of its measurements stand. None where nobody leads the unit: then it waits until somebody does.
    """
    held = await hold(uow, SYSTEM, BENEFIT, benefit_id)
    row = held.row
    before, unit_id = row.handed_over_to, row.handed_over_unit_id
    if before is None or unit_id is None:
        return None
    there = await _people_in(uow, unit_id)
    if not has_moved(before, there):
        return None
    position = await _position_of(uow, before, unit_id)
    after = successor(before, position, there)
    if after is None:
        return None
    row.handed_over_to = after
    if row.handed_over_at is None:
        row.hand_over_asked_at = uow.now
    await give_role(uow, row.case_id, after)
    await end_role(uow, row.case_id, before)
    changes = {"person_id": [before, after], "unit_id": unit_id, "position": position}
    await note(uow, SYSTEM, BENEFIT, held, "pass_on", changes=changes)
    names = dict(
        (await uow.session.execute(select(Person.id, Person.name).where(Person.id.in_((before, after))))).tuples().all()
    )
    said = {"benefit": row.title, "project": held.case.title, "from": names[before], "to": names[after]}
    code = "benefit_passed_on" if row.handed_over_at else "benefit_hand_over_passed_on"
    await tell(uow, [after], code, case_id=row.case_id, parameters=said, link=f"/benefits/{row.id}#take-over")
    if await uow.session.scalar(select(exists().where(Person.id == before, _stays(uow.now)))):
        await tell(uow, [before], "benefit_passed_from", case_id=row.case_id, parameters=said)
    await tell(
        uow, await people_with_role(uow, Role.CASE_HANDLER), "benefit_has_new_owner", case_id=row.case_id, mail=False,
        parameters=said, link=f"/benefits/{row.id}",
    )  # fmt: skip
    return after


async def end_role(uow: UnitOfWork, case_id: UUID, person_id: UUID | None) -> None:
    """End the role of one who owns nothing more in the case."""
    await uow.session.flush()
    owns = await uow.session.scalar(
        select(
            exists().where(
                Benefit.case_id == case_id, Benefit.dropped_at.is_(None),
                or_(Benefit.owner_id == person_id, Benefit.handed_over_to == person_id),
            )
        )
    )  # fmt: skip
    if owns:
        return
    rows = await uow.session.scalars(
        select(CaseRole).where(
            CaseRole.case_id == case_id, CaseRole.person_id == person_id, CaseRole.role == Role.BENEFIT_OWNER,
            CaseRole.valid_to.is_(None),
        )
    )  # fmt: skip
    for role in rows:
        role.valid_to = uow.now
