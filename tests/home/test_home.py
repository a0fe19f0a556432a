"""The front pages answer what those who come to them ask."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.core.database import Database
from app.demo.cast import World
from app.demo.play import Stage, play
from app.home.queries import late
from tests.conftest import Browser, MovingClock


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("case_handler", "/resource-group"), ("decision_maker", "/decisions"), ("certifier", "/payments"),
        ("management", "/portfolio"), ("administrator", "/operation"), ("auditor", "/operation"),
        ("grunerlokka.coordinator", "/office"),
    ],
)  # fmt: skip
async def test_everybody_is_led_to_what_they_do_most(browser: Browser, who: str, address: str) -> None:
    await browser.as_person(who)
    answer = await browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert (await browser.get(address)).status_code == 200


async def test_what_is_late_is_named_and_only_that(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    await play(database, until=Stage.STARTED, world=world)
    clock.at = datetime(2020, 1, 14, 8, tzinfo=UTC)
    async with database.reading() as uow:
        assert await late(uow, await world.actor(uow, "case_handler")) == []
    clock.at = datetime(2020, 3, 3, 8, tzinfo=UTC)
    async with database.reading() as uow:
        (row,) = await late(uow, await world.actor(uow, "case_handler"))
    assert (row.kind, row.about, row.unit) == ("late_milestone", "M1", "Nav Grünerløkka")
    await browser.as_person("case_handler")
    page = await browser.get("/resource-group")
    assert f'href="/projects/{row.case_id}/milestones#milestone-{row.row_id}"' in page.text
    assert "M1 Gevinstoversikten er bekreftet" in page.text


async def test_the_office_sees_its_next_step_with_names(database: Database, world: World, browser: Browser) -> None:
    await play(database, until=Stage.SET_UP, world=world)
    await browser.as_person("grunerlokka.coordinator")
    page = await browser.get("/office")
    assert "Neste steg: Start prosjektet" in page.text
    assert "koordinator Knut Gate" in page.text
