"""Any employee finds others with the same challenge, and whom to ask."""

from __future__ import annotations

import html5lib
import pytest

from app.core.database import Database
from app.demo.cast import PLAYERS, World, email_of
from tests.calls_under_way import BEFORE, Acting, publish_call, write_call
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import open_project


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = BEFORE
    return Acting(database, world)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_an_employee_sees_challenge_office_step_and_contact(browser: Browser, act: Acting, language: str) -> None:
    await open_project(browser.database, browser.world, "grunerlokka")
    announced, draft = await publish_call(act), await write_call(act)
    await browser.as_person("klepp_time.counsellor")
    browser.http.cookies.set("language", language)
    page = await browser.get("/network")
    assert page.status_code == 200
    html5lib.HTMLParser(strict=True).parse(page.text)
    for shown in ("Hvordan møter vi unge?", "Nav Grünerløkka", "Nav Oslo", PLAYERS["grunerlokka.coordinator"].name,
                  f"mailto:{email_of(PLAYERS['grunerlokka.coordinator'])}", f"/calls/{announced}"):  # fmt: skip
        assert shown in page.text
    assert f"/calls/{draft}" not in page.text


async def test_the_list_is_narrowed_and_costs_the_same(browser: Browser, act: Acting, statements: list[str]) -> None:
    await browser.as_person("klepp_time.counsellor")
    counts = []
    for offices in (("grunerlokka",), ("lillestrom", "klepp_time")):
        for office in offices:
            await open_project(browser.database, browser.world, office)
        statements.clear()
        page = (await browser.get("/network?q=&county=")).text
        counts.append((len(statements), page.count("mailto:")))
    assert [each[1] for each in counts] == [1, 3]
    assert counts[0][0] == counts[1][0] <= 4
    county = browser.world.units["oslo"].id
    assert (await browser.get(f"/network?county={county}")).text.count("mailto:") == 1
    assert (await browser.get("/network?q=Klepp")).text.count("mailto:") == 1
    assert (await browser.get("/network?q=100%25")).text.count("mailto:") == 0
    assert (await browser.get("/network?county=tull")).status_code == 200


async def test_nobody_comes_in_without_signing_in(browser: Browser) -> None:
    answer = await browser.get("/network")
    assert answer.status_code in (302, 303, 401)
