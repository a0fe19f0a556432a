"""The rows behind the portfolio for programs: page by page, without practice, and with a feed of what has changed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from app.benefits import service
from app.benefits.models import Measurement
from app.core.database import Database
from app.demo.cast import World
from app.portfolio.reading import _measurement
from tests.benefits.test_service import COORDINATOR, TODAY, approve_plan, with_profile
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project

BASE = "/api/v1/portfolio"


async def turned(browser: Browser, path: str) -> list[dict[str, Any]]:
    """Every row of a list, read one at a time."""
    rows: list[dict[str, Any]] = []
    after = ""
    while True:
        page = (await browser.get(f"{BASE}/{path}?size=1{after}")).json()
        assert len(page["rows"]) <= 1
        rows += page["rows"]
        if page["after"] is None:
            return rows
        after = f"&after={page['after']}"


async def test_rows_and_changes(database: Database, world: World, browser: Browser, clock: MovingClock) -> None:
    act = Acts(database, world)
    case_id = await open_project(database, world)
    real = await with_profile(act, case_id)
    practised = await act(COORDINATOR, service.add, case_id=case_id, title="Øvelse", is_practice=True)
    said = {"name": "Samtaler", "unit": "per uke", "direction": "up"}
    await act(COORDINATOR, service.add_indicator, practised.id, **said)
    await approve_plan(act, case_id)
    second = await act(COORDINATOR, service.add, case_id=case_id, title="=Enda en")
    await act(COORDINATOR, service.add_indicator, second.id, **said)

    await browser.as_person("management")
    assert [(row["id"], row["state"]) for row in await turned(browser, "projects")] == [(str(case_id), "set_up")]
    assert {row["id"] for row in await turned(browser, "benefits")} == {str(real.id), str(second.id)}
    indicators = await turned(browser, "indicators")
    assert {row["benefit_id"] for row in indicators} == {str(real.id), str(second.id)}
    assert [row["baseline"] for row in indicators if row["benefit_id"] == str(second.id)] == [None]
    planned = UUID(next(row["id"] for row in indicators if row["benefit_id"] == str(real.id)))
    await act(COORDINATOR, service.plan_measurement, indicator_id=planned, due_on=TODAY + timedelta(days=30))
    due = [row for row in await turned(browser, "measurements") if row["indicator_id"] == str(planned)]
    assert {(row["state"], row["value"]) for row in due} == {("planned", None)}

    await _feed(browser, clock, act, real.id, second, practised.id)
    await _asked_again(browser)


async def test_rows_of_an_earlier_day_say_what_was_said_then(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    act = Acts(database, world)
    case_id = await open_project(database, world)
    clock.moved = timedelta(days=2)
    real = await act(COORDINATOR, service.add, case_id=case_id, title="Kortere kø", category="quality")
    clock.moved = timedelta(days=4)
    said = {"title": "Kø", "category": "efficiency", "starts_on": TODAY, "beneficiaries": ["office"]}
    await act(COORDINATOR, service.describe, real.id, **said)
    await act("decision_maker", service.drop, real.id, why="Ingen kø")
    await browser.as_person("management")

    async def on(days: int, path: str) -> list[Any]:
        found = (await browser.get(f"{BASE}/{path}?as_of={TODAY + timedelta(days=days)}")).json()["rows"]
        return [(row["state"], row.get("dropped_at"), row["title"], row.get("category")) for row in found]

    assert await on(1, "benefits") == []
    ((state, *before),) = await on(3, "benefits")
    assert before == [None, "Kortere kø", "quality"]
    ((dropped, when, *after),) = await on(4, "benefits")
    assert (after, state == dropped, when is None) == (["Kø", "efficiency"], False, False)
    assert len(await on(0, "projects")) == 1
    assert await on(-1, "projects") == []
    for path in ("projects", "benefits"):
        assert (await browser.get(f"{BASE}/{path}?as_of=2999-01-01")).status_code == 422


async def _feed(browser: Browser, clock: MovingClock, act: Acts, real_id: UUID, second: Any, practice_id: UUID) -> None:
    clock.moved += timedelta(minutes=2)
    first = (await browser.get(f"{BASE}/changes")).json()
    about = {row["subject_id"] for row in first["rows"]}
    assert {str(real_id), str(second.id)} <= about
    assert str(practice_id) not in about
    assert not first["more"]
    one = (await browser.get(f"{BASE}/changes?size=1")).json()
    assert (one["rows"], one["more"], one["after"]) == (first["rows"][:1], True, first["rows"][0]["id"])

    await act(COORDINATOR, service.describe, second.id, title="Enda en")
    place = f"{BASE}/changes?after={first['after']}"
    assert (await browser.get(place)).json()["rows"] == []
    clock.moved += timedelta(minutes=2)
    rows = (await browser.get(place)).json()["rows"]
    assert [(row["subject_id"], row["verb"], row["kind"]) for row in rows] == [(str(second.id), "describe", "changed")]


async def _asked_again(browser: Browser) -> None:
    for path in ("projects", "benefits", "indicators", "measurements", "changes"):
        answer = await browser.get(f"{BASE}/{path}")
        again = await browser.get(f"{BASE}/{path}", **{"if-none-match": answer.headers["etag"]})
        assert (answer.status_code, again.status_code, again.content) == (200, 304, b"")
    for wrong in (
        "projects?after=x",
        "benefits?size=0",
        "benefits?size=1001",
        "changes?after=-1",
        "indicators?as_of=x",
    ):
        assert (await browser.get(f"{BASE}/{wrong}")).status_code == 400
    assert (await browser.get(f"{BASE}/indicators?as_of=2999-01-01")).status_code == 422
    await browser.as_person(COORDINATOR)
    for path in ("projects", "benefits", "indicators", "measurements", "changes"):
        assert (await browser.get(f"{BASE}/{path}")).status_code == 404


def test_a_measurement_says_its_value_when_it_is_confirmed_and_rests_on_enough() -> None:
    said = {
        "id": uuid4(), "case_id": uuid4(), "benefit_id": uuid4(), "indicator_id": uuid4(), "kind": "first",
        "state": "confirmed", "due_on": TODAY, "value": Decimal(3), "measured_on": TODAY, "confidence": "B",
    }  # fmt: skip
    confirmed_at = MovingClock()()
    assert _measurement(Measurement(**said, observations=5)).value is None
    enough = _measurement(Measurement(**said, observations=5, confirmed_at=confirmed_at))
    assert (enough.value, enough.observations, enough.few) == (Decimal(3), 5, False)
    few = _measurement(Measurement(**said, observations=4, counterfactual=Decimal(2), confirmed_at=confirmed_at))
    assert (few.value, few.counterfactual, few.observations, few.few) == (None, None, None, True)
