"""A coordinator who leaves a project that runs: its leader is told once, with who coordinates it now."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.audit.verify import faults
from app.core.database import Database
from app.demo.cast import World
from app.notices.models import Notice
from app.obligations import jobs, leaving
from tests.conftest import MovingClock
from tests.obligations.test_service import NINE
from tests.projects_under_way import Acts, open_project, told

OFFICE = "lillestrom"
COORDINATOR, LEADER = f"{OFFICE}.coordinator", f"{OFFICE}.leader"


@pytest.fixture
def acts(database: Database, world: World, clock: MovingClock) -> Acts:
    """The people of the world, in office hours."""
    clock.at = NINE
    return Acts(database, world)


async def leave(acts: Acts, who: str, *, unit: bool = True, case: bool = True) -> UUID:
    """Somebody holds what they hold no longer, in the unit, in cases, or in both."""
    person_id: UUID = acts.world.people[who].id
    tables = (["unit_memberships"] if unit else []) + (["case_roles"] if case else [])
    async with acts.database.unit_of_work() as uow:
        for table in tables:
            await uow.session.execute(
                text(f"update {table} set valid_to = :now where person_id = :id and valid_to is null"),
                {"now": uow.now, "id": person_id},
            )
    return person_id


async def look(acts: Acts, clock: MovingClock, hours: int = 1) -> None:
    clock.at = NINE + timedelta(hours=hours)
    await jobs.tell_who_left(acts.database.unit_of_work)


async def test_the_leader_is_told_once_when_nothing_is_held_any_longer(acts: Acts, clock: MovingClock) -> None:
    case_id = await open_project(acts.database, acts.world, OFFICE)
    await leave(acts, COORDINATOR, case=False)
    await look(acts, clock)
    assert await told(acts.database, case_id, "last_coordinator_left") == set()
    person_id = await leave(acts, COORDINATOR, unit=False)
    await look(acts, clock, 2)
    await look(acts, clock, 3)
    async with acts.database.reading() as uow:
        notices = list(await uow.session.scalars(select(Notice).where(Notice.case_id == case_id)))
        assert [(each.code, each.person_id) for each in notices] == [
            ("last_coordinator_left", acts.world.people[LEADER].id)
        ]
        assert notices[0].parameters["name"] == acts.world.people[COORDINATOR].name
        assert await leaving.coordinators_who_left(uow) == []
        assert (await faults(uow))[1] == []
    async with acts.database.unit_of_work() as uow:
        assert not await leaving.tell_of_leaving(uow, case_id, person_id)


async def test_who_coordinates_it_now_is_said(acts: Acts, clock: MovingClock) -> None:
    case_id = await open_project(acts.database, acts.world, OFFICE)
    await leave(acts, COORDINATOR)
    async with acts.database.unit_of_work() as uow:
        await uow.session.execute(
            text("update unit_memberships set role = 'coordinator' where person_id = :id and valid_to is null"),
            {"id": acts.world.people[f"{OFFICE}.line_leader"].id},
        )
    await look(acts, clock)
    async with acts.database.reading() as uow:
        (notice,) = await uow.session.scalars(select(Notice).where(Notice.case_id == case_id))
    assert (notice.code, notice.parameters["others"]) == (
        "coordinator_left", acts.world.people[f"{OFFICE}.line_leader"].name
    )  # fmt: skip


async def test_where_nobody_leads_the_resource_group_is_told_and_what_is_long_past_is_let_be(
    acts: Acts, clock: MovingClock
) -> None:
    case_id = await open_project(acts.database, acts.world, OFFICE)
    await leave(acts, LEADER)
    await leave(acts, COORDINATOR)
    await look(acts, clock, hours=15 * 24)
    assert await told(acts.database, case_id, "last_coordinator_left") == set()
    await look(acts, clock)
    assert await told(acts.database, case_id, "last_coordinator_left") == {acts.world.people["case_handler"].name}
