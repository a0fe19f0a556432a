"""What a project has heard comes by the page, the newest first; its numbers count all of it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest_asyncio

from app.activities import service
from app.activities.listing import Heard, PartyRow, heard
from app.core.database import Database
from app.core.paging import PAGE_SIZE
from app.demo.cast import World
from tests.conftest import Browser
from tests.projects_under_way import open_project

COORDINATOR = "lillestrom.coordinator"
MORE = 3


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(database: Database, world: World) -> UUID:
    """A project with a few more activities than a page holds, and one insight from each."""
    found = await open_project(database, world, "lillestrom")
    async with database.unit_of_work() as uow:
        actor = await world.actor(uow, COORDINATOR)
        for number in range(PAGE_SIZE + MORE):
            row = await service.add_insight_activity(
                uow, actor, found, method="workshop", party="user", held_on=date(2021, 1, 5), participants=2,
                about=f"Samtale {number}",
            )  # fmt: skip
            await service.add_insight(uow, actor, found, activity_id=row.id, kind="need", text=f"Sagt {number}")
    return found


async def test_each_list_is_turned_by_itself_and_leaves_nothing_out(database: Database, case_id: UUID) -> None:
    async with database.reading() as uow:
        first = await heard(uow, case_id)
        second = await heard(uow, case_id, activities_after=first.activities.after)
        other = await heard(uow, case_id, insights_after=first.insights.after)
    abouts = [row.about for row in (*first.activities.rows, *second.activities.rows)]
    assert abouts == [f"Samtale {number}" for number in reversed(range(PAGE_SIZE + MORE))]
    assert (second.activities.after, len(second.insights.rows)) == (None, PAGE_SIZE)
    assert [row.text for row in other.insights.rows] == [f"Sagt {number}" for number in reversed(range(MORE))]
    total = PAGE_SIZE + MORE
    assert second.by_party(("user", "partner")) == [
        PartyRow("user", total, 2 * total, total), PartyRow("partner", 0, 0, 0)
    ]  # fmt: skip
    assert isinstance(second, Heard)


async def test_the_page_turns_one_list_and_keeps_the_other(browser: Browser, case_id: UUID) -> None:
    await browser.as_person(COORDINATOR)
    base = f"/projects/{case_id}/activities"
    shown = await browser.shown(base)
    assert "Samtale 52" in shown and "Samtale 2<" not in shown and f"{base}?activities_after=" in shown
    next_insights = shown.split(f'href="{base}?insights_after=')[1].split("#")[0]
    turned = await browser.shown(f"{base}?insights_after={next_insights}")
    assert "Sagt 2<" in turned and "Sagt 52<" not in turned and "Samtale 52" in turned
    assert f"&amp;insights_after={next_insights}#insight" in turned
