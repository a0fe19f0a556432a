"""What has gone wrong with what benefits need: told on the days on which it was so, with who is to see to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.benefits import service
from app.benefits.forms import PreconditionRow
from app.core.clock import day_in_oslo
from app.core.database import Database
from app.demo.cast import World
from app.portfolio.cut import Cut
from app.portfolio.exceptions import PRECONDITION_OWNER, exceptions
from app.portfolio.looked_up import projects
from tests.benefits.test_service import COORDINATOR, OWNER, TODAY, with_profile
from tests.conftest import MovingClock
from tests.projects_under_way import Acts, open_project
from workflows.portfolio import Trouble
from workflows.precondition import is_in_danger
from workflows.roles import Role

DAY = timedelta(days=1)


async def test_a_precondition_in_danger_is_told_on_the_days_on_which_it_was(
    database: Database, world: World, clock: MovingClock
) -> None:
    act = Acts(database, world)
    benefit = await with_profile(act, await open_project(database, world))
    owner = world.people[OWNER]

    async def told(as_of: date | None = None) -> list[tuple[date, str, str]]:
        async with database.reading() as uow:
            there = await projects(uow, await world.actor(uow, "management"), Cut(as_of=as_of))
            day = as_of or day_in_oslo(uow.now)
            counts, rows = await exceptions(uow, there, day, Trouble.PRECONDITION)
        assert counts.get(Trouble.PRECONDITION, 0) == len(rows)
        assert all(row.link == f"/benefits/{benefit.id}" and row.title == benefit.title for row in rows)
        return [(row.since, row.name, row.role) for row in rows]

    async def said(**row: Any) -> None:
        await act(
            COORDINATOR, service.write_preconditions, benefit.id, rows=(PreconditionRow(text="Rommet er klart", **row),)
        )

    shown: dict[date, tuple[bool, list[tuple[date, str, str]]]] = {}
    for moved, standing, due in (
        (0, "not_met", TODAY + 3 * DAY), (2, "not_assessed", TODAY + 3 * DAY), (5, "not_met", TODAY + 3 * DAY),
        (7, "at_risk", None), (9, "met", TODAY + 3 * DAY),
    ):  # fmt: skip
        clock.moved = timedelta(days=moved)
        today = TODAY + clock.moved
        await said(standing=standing, due_on=due, owner_id=owner.id if standing == "not_met" else None)
        shown[today] = is_in_danger(standing, due, today), await told()
    assert [bool(rows) for _, rows in shown.values()] == [endangered for endangered, _ in shown.values()]
    assert [rows for _, rows in shown.values()] == [
        [], [], [(TODAY + 3 * DAY, owner.name, PRECONDITION_OWNER)],
        [(TODAY + 7 * DAY, owner.name, str(Role.BENEFIT_OWNER))], [],
    ]  # fmt: skip
    for day, (_, rows) in shown.items():
        assert await told(day) == rows, day
    assert await told(TODAY + 4 * DAY) == [(TODAY + 3 * DAY, owner.name, str(Role.BENEFIT_OWNER))], "its day had gone"
