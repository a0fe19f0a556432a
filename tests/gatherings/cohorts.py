"""A cohort with its series, for tests of what is done with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.cases.models import Case, CaseRole
from app.core.clock import day_in_oslo
from app.gatherings import service
from app.gatherings.models import Gathering
from app.identity.models import Person, UnitMembership
from tests.conftest import MovingClock
from tests.projects_under_way import Acts

OFFICE = "lillestrom"
COORDINATOR = f"{OFFICE}.coordinator"
FIRST, SECOND = "facilitator_one", "facilitator_two"


async def call_of(acts: Acts, case_id: UUID) -> UUID:
    """The call of a project."""
    async with acts.database.reading() as uow:
        found = (await uow.session.get_one(Case, case_id)).call_id
    assert found is not None
    return found


async def begin(acts: Acts, case_id: UUID, clock: MovingClock, **fields: Any) -> list[Gathering]:
    """The scheme's series for the call of a project, from ten days ahead; its gatherings in their order."""
    call_id = await call_of(acts, case_id)
    given = {"call_id": call_id, "name": "Kull 1", "first_on": day_in_oslo(clock()) + timedelta(days=10), **fields}
    cohort = await acts(FIRST, service.begin_series, **given)
    return await of_cohort(acts, cohort.id)


async def of_cohort(acts: Acts, cohort_id: UUID) -> list[Gathering]:
    """The gatherings of a cohort, in their order."""
    async with acts.database.reading() as uow:
        rows = select(Gathering).where(Gathering.cohort_id == cohort_id).order_by(Gathering.starts_at)
        return list(await uow.session.scalars(rows))


async def join_team(acts: Acts, case_id: UUID, *people: str, role: str = "core_team") -> None:
    """People of the office come into the core team."""
    async with acts.database.unit_of_work() as uow:
        uow.session.add_all(
            CaseRole(case_id=case_id, person_id=acts.world.people[who].id, role=role, valid_from=uow.now)
            for who in people
        )


async def hire(acts: Acts, name: str, email: str, office: str = OFFICE) -> UUID:
    """Somebody new in an office."""
    async with acts.database.unit_of_work() as uow:
        person = Person(name=name, email=email)
        uow.session.add(person)
        await uow.session.flush()
        unit_id = acts.world.units[office].id
        uow.session.add(
            UnitMembership(
                person_id=person.id, unit_id=unit_id, role="employee", valid_from=uow.now - timedelta(days=1)
            )
        )
        return person.id


def during(row: Gathering) -> datetime:
    """A moment at which the gathering is on."""
    return row.starts_at + timedelta(hours=1)
