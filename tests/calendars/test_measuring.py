"""The measurement calendar: one's own, a project's, and all that the resource group follows."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from app.benefits import service
from app.benefits.models import Measurement
from app.calendars.measuring import lines_of, month_from
from app.core.database import Database
from app.demo.cast import World
from tests.benefits.test_service import COORDINATOR, OWNER, TODAY, approve_plan, indicator_of, with_profile
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project
from workflows.calendar import add_months


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
    await _months_end_where_the_project_does(browser, case_id, due_on)
    await _turned(act, case_id, indicator, due_on)
    await _for_programs(browser, case_id, due_on)
    await browser.as_person("lillestrom.coordinator")
    answer = await browser.get(f"/measurements{month}")
    assert "Gjentatte henvendelser" not in answer.text


async def _months_end_where_the_project_does(browser: Browser, case_id: UUID, last: date) -> None:
    page = f"/projects/{case_id}/measurements"
    inside = (await browser.get(f"{page}?month={TODAY:%Y-%m}")).text
    assert 'rel="next"' in inside, "something is due in a later month"
    assert 'rel="prev"' not in inside, "nothing was ever due before"
    for away, way in ((date(2019, 1, 1), "next"), (add_months(last.replace(day=1), 30), "prev")):
        beyond = (await browser.get(f"{page}?month={away:%Y-%m}")).text
        assert beyond.count('rel="prev"') + beyond.count('rel="next"') == 1, "no way leads further out"
        assert f'rel="{way}"' in beyond


async def _turned(act: Acts, case_id: UUID, indicator: UUID, due_on: date) -> None:
    """Everything of a month comes once, in its order, however few come at a time; two on the same day too."""
    for day in (due_on, due_on, due_on + timedelta(days=1)):
        await act(COORDINATOR, service.plan_measurement, indicator_id=indicator, due_on=day)
    async with act.database.reading() as uow:
        which = Measurement.case_id == case_id
        whole = await lines_of(uow, which)
        seen, left, after = [], [], None
        while True:
            some = await lines_of(uow, which, after=after, size=2)
            seen += some.rows
            left.append(some.left)
            if (after := some.after) is None:
                break
    assert seen == list(whole.rows)
    assert left[0] == whole.left == len(seen) > left[1] == len(seen) - 2


async def _for_programs(browser: Browser, case_id: UUID, due_on: date) -> None:
    late = (await browser.get("/api/v1/measurements")).json()
    assert [row["days_late"] for row in late["rows"] if row["case_id"] == str(case_id)] == [10]
    month = (await browser.get(f"/api/v1/projects/{case_id}/measurements?month={due_on:%Y-%m}")).json()
    assert {row["due_on"] for row in month["rows"]} >= {due_on.isoformat()}
    after = month["rows"][0]["id"]
    rest = (await browser.get(f"/api/v1/projects/{case_id}/measurements?month={due_on:%Y-%m}&after={after}")).json()
    assert rest["rows"] == month["rows"][1:]
    assert (await browser.get("/api/v1/measurements?mine=true")).json() == {"rows": [], "after": None}
    assert (await browser.get("/api/v1/measurements?month=mars")).status_code == 422
