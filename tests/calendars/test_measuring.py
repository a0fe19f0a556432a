"""The measurement calendar: one's own, a project's, and all that the resource group follows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.benefits import service
from app.calendars.measuring import month_from
from app.core.database import Database
from app.demo.cast import World
from tests.benefits.test_service import COORDINATOR, OWNER, TODAY, approve_plan, indicator_of, with_profile
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project


@pytest.mark.parametrize(
    ("asked", "month"), [("2027-03", date(2027, 3, 1)), ("", date(2026, 5, 1)), ("2027-13", date(2026, 5, 1)),
                         ("mars", date(2026, 5, 1)), ("2027-03-01", date(2026, 5, 1))],
)  # fmt: skip
def test_a_month_that_is_none_is_the_month_of_today(asked: str, month: date) -> None:
    assert month_from(asked, date(2026, 5, 17)) == month


async def test_each_sees_what_is_theirs_to_measure_and_what_is_late(
    browser: Browser, database: Database, world: World, clock: MovingClock
) -> None:
    act = Acts(database, world)
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    await approve_plan(act, case_id)
    indicator = await indicator_of(act, benefit)
    due_on = TODAY + timedelta(days=40)
    for days in (10, 40):
        await act(COORDINATOR, service.plan_measurement, indicator_id=indicator, due_on=TODAY + timedelta(days=days))
    clock.moved = timedelta(days=20)
    month = f"?month={due_on:%Y-%m}"
    await browser.as_person(OWNER)
    own = await browser.shown(f"/measurements{month}")
    assert own.count("Gjentatte henvendelser (per måned)") >= 2, "the owner measures where nobody else is named"
    assert "10 dager over fristen" in own or "10 dager" in own
    await browser.as_person(COORDINATOR)
    assert "Gjentatte henvendelser" not in await browser.shown(f"/measurements{month}"), "it is the owner's, not theirs"
    page = await browser.shown(f"/projects/{case_id}/measurements{month}")
    assert "Gjentatte henvendelser (per måned)" in page
    assert world.people[OWNER].name in page
    await browser.as_person("case_handler")
    assert "På overtid (1)" in await browser.shown(f"/measurements{month}")
    assert "På overtid" not in await browser.shown(f"/measurements{month}&of=mine")
    await browser.as_person("lillestrom.coordinator")
    answer = await browser.get(f"/measurements{month}")
    assert "Gjentatte henvendelser" not in answer.text
