"""What is sent twice is done once: a double click without a script, a program that asks again."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.applications import service
from app.applications.models import PositiveDeviance
from app.core.database import Database
from app.demo.cast import World
from app.identity.models import SentForm
from app.identity.service import forget_sent_forms
from app.main import create_app
from app.settings import Settings
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock, app_on, world_in

WHO = "lillestrom.coordinator"


async def draft(database: Database, world: World, clock: MovingClock) -> str:
    """An application that has been begun; its page."""
    led = Led(database, world)
    call_id = await led.call()
    clock.moved += timedelta(minutes=1)
    row = await led(WHO, service.create, call_id=call_id)
    return f"/applications/{row.id}"


async def count(database: Database, table: type = PositiveDeviance) -> int:
    async with database.reading() as uow:
        return int(await uow.session.scalar(select(func.count()).select_from(table)) or 0)


async def mark(browser: Browser, page: str) -> str:
    """The mark of the form that adds a positive deviance, as the page shows it."""
    text = (await browser.get(page)).text
    form = re.search(r'action="[^"]*/add_deviance".*?name="_once" value="([^"]+)"', text, re.S)
    assert form is not None
    return form.group(1)


async def test_a_form_sent_twice_adds_one_row_and_answers_alike(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    page = await draft(database, world, clock)
    await browser.as_person(WHO)
    once = await mark(browser, page)
    answers = [
        await browser.post(f"{page}/add_deviance", {"text": "Korte møter", "_once": once}, page=page) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await count(database) == 1


@pytest.mark.parametrize("change", ["text", "mark", "person"])
async def test_another_word_another_form_or_another_person_is_another_thing(
    database: Database, world: World, browser: Browser, clock: MovingClock, change: str
) -> None:
    page = await draft(database, world, clock)
    await browser.as_person(WHO)
    once = await mark(browser, page)
    await browser.post(f"{page}/add_deviance", {"text": "Korte møter", "_once": once}, page=page)
    if change == "person":
        await browser.as_person("lillestrom.leader")
    text, once = ("Lange møter" if change == "text" else "Korte møter"), ("other" if change == "mark" else once)
    assert (await browser.post(f"{page}/add_deviance", {"text": text, "_once": once}, page=page)).status_code == 303
    assert await count(database) == 2


async def test_a_form_that_was_refused_can_be_sent_again(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    page = await draft(database, world, clock)
    await browser.as_person("klepp_time.coordinator")
    fields = {"text": "Korte møter", "_once": "same"}
    assert (await browser.post(f"{page}/add_deviance", fields, page=page)).status_code == 404
    assert await count(database, SentForm) == 0
    await browser.as_person(WHO)
    assert (await browser.post(f"{page}/add_deviance", fields, page=page)).status_code == 303
    assert await count(database) == 1


async def test_a_program_asks_again_with_its_key(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    page = await draft(database, world, clock)
    await browser.as_person(WHO)
    await browser.get("/sign-in")
    headers = {"x-csrftoken": browser.http.cookies.get("csrf") or "", "idempotency-key": "7c0e"}
    answers = [
        await browser.http.post(f"/api/v1{page}/add_deviance", json={"text": "Korte møter"}, headers=headers)
        for _ in range(2)
    ]
    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert await count(database) == 1


async def test_of_two_at_the_same_moment_one_is_done(
    own_database: Database, settings: Settings, clock: MovingClock
) -> None:
    world = await world_in(own_database)
    page = await draft(own_database, world, clock)
    browser = await Browser(app_on(create_app(settings), own_database), own_database, world).as_person(WHO)
    once = await mark(browser, page)
    sending = (
        browser.post(f"{page}/add_deviance", {"text": "Korte møter", "_once": once}, page=page) for _ in range(6)
    )
    assert {answer.status_code for answer in await asyncio.gather(*sending)} == {303}
    assert await count(own_database) == 1
    await browser.http.aclose()


async def test_what_was_sent_yesterday_is_forgotten(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    page = await draft(database, world, clock)
    await browser.as_person(WHO)
    await browser.post(f"{page}/add_deviance", {"text": "Korte møter", "_once": "x"}, page=page)
    clock.moved += timedelta(days=1, minutes=1)
    async with database.unit_of_work() as uow:
        await forget_sent_forms(uow)
    assert await count(database, SentForm) == 0
