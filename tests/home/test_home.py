"""The front pages answer what those who come to them ask."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.core.database import Database
from app.decisions import service as decisions
from app.demo.cast import World
from app.demo.play import Stage, play
from app.home.queries import waiting_for
from app.obligations.queries import late
from app.reconsiderations import service as reconsiderations
from app.texts import filters
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock
from tests.reconsiderations.test_service import HANDLER, LEADER, asked, told
from workflows.calendar import day_in_oslo
from workflows.reconsideration import asked_until, due_on
from workflows.rules import DEFAULT_RULES


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
        found = await late(uow, await world.actor(uow, "case_handler"))
    assert {("report", "yearly"), ("milestone", "M1")} <= {(each.kind, each.about) for each in found}
    (row,) = (each for each in found if each.kind == "milestone")
    assert (row.about, row.unit) == ("M1", "Nav Grünerløkka")
    await browser.as_person("case_handler")
    page = await browser.get("/resource-group")
    assert f'href="/milestones/{row.row_id}"' in page.text
    assert "Milepæl M1: Gevinstoversikten er bekreftet" in page.text


async def test_the_office_sees_its_next_step_with_names(database: Database, world: World, browser: Browser) -> None:
    await play(database, until=Stage.SET_UP, world=world)
    await browser.as_person("grunerlokka.coordinator")
    page = await browser.get("/office")
    assert "Neste steg: Start prosjektet" in page.text
    assert "koordinator Knut Gate" in page.text


async def test_an_office_whose_application_is_assessed_has_nothing_to_do(
    database: Database, world: World, browser: Browser, clock: MovingClock, statements: list[str]
) -> None:
    led = Led(database, world)
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    await led.in_review(call_id)
    await browser.as_person("lillestrom.coordinator")
    statements.clear()
    page = (await browser.get("/office")).text
    assert len(statements) == 3
    assert "Søknaden er hos ressursgruppa." in page
    assert "Neste steg" not in page and "vurderinger mangler" not in page


def ways(page: str) -> list[str]:
    """Where a front page leads with letters and requests, each with how many there are."""
    return re.findall(r'<li><a href="(/(?:letters|reconsiderations))">[^<(]+?(?: \((\d+)\))?</a>', page)


async def test_letters_and_requests_wait_where_those_who_see_to_them_look_first(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    led = Led(database, world)
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    await led.decided(call_id, "klepp_time", outcome="rejected", amount_ore=None, hours=None)
    case_id = await told(led, call_id)
    request_id = await asked(led, case_id)
    for who, front in (("case_handler", "/resource-group"), ("decision_maker", "/decisions")):
        await browser.as_person(who)
        page = (await browser.get(front)).text
        assert ways(page) == [("/letters", "1"), ("/reconsiderations", "1")], who
    for address in (f"/calls/{call_id}", f"/decisions?call={call_id}"):
        await browser.as_person("case_handler")
        assert f'href="/letters?call={call_id}">Brev som venter (1)</a>' in (await browser.get(address)).text
    async with database.reading() as uow:
        found = {
            who: {row.kind: row for row in await waiting_for(uow, await world.actor(uow, who))}
            for who in ("case_handler", HANDLER, "facilitator_one")
        }
    assert (found[HANDLER]["letters"].case_id, found[HANDLER]["letters"].about) == (call_id, "1")
    until = due_on(clock(), DEFAULT_RULES)
    assert (found[HANDLER]["reconsideration"].case_id, found[HANDLER]["reconsideration"].due_on) == (case_id, until)
    assert "reconsideration" not in found["case_handler"], "whoever took part the first time has nothing to answer"
    assert "letters" not in found["facilitator_one"]
    await led(HANDLER, reconsiderations.declare_impartial, request_id, impartial=True)
    await led(HANDLER, reconsiderations.take_up, request_id)
    async with database.reading() as uow:
        rows = {
            who: [row.kind for row in await waiting_for(uow, await world.actor(uow, who))]
            for who in (HANDLER, "decision_maker")
        }
    assert "reconsideration" in rows[HANDLER] and "reconsideration" not in rows["decision_maker"]


async def test_who_sees_to_no_letters_is_not_told_how_many_there_are(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    led = Led(database, world)
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    await led.decided(call_id, outcome="rejected", amount_ore=None, hours=None)
    for who, front in (("certifier", "/decisions"), ("facilitator_one", "/resource-group")):
        await browser.as_person(who)
        page = await browser.get(front)
        assert page.status_code == 200
        assert ways(page.text) == [] and "Brev som venter" not in page.text, who


async def test_the_office_finds_its_letter_and_its_last_day_on_its_front_page(
    database: Database, world: World, browser: Browser, clock: MovingClock
) -> None:
    led = Led(database, world)
    call_id, theirs = await led.call(), await led.call()
    clock.moved = timedelta(minutes=1)
    case_id = await told(led, call_id)
    other = await led.decided(theirs, "grunerlokka", outcome="rejected", amount_ore=None, hours=None)
    released = await led("case_handler", decisions.release, other)
    await led("grunerlokka.leader", reconsiderations.ask, case_id=released.case_id, parts=("assessment",), reasons="…")
    link = f'href="/applications/{case_id}/letter"'
    await browser.as_person(LEADER)
    page = (await browser.get("/office")).text
    until = asked_until(DEFAULT_RULES, day_in_oslo(clock()))
    assert link in page and f"til og med {filters.moment(until, 'nb')}" in page
    clock.moved += timedelta(days=40)
    await browser.as_person(LEADER)
    page = (await browser.get("/office")).text
    assert link in page and "til og med" not in page, "the day has passed"
    clock.moved += timedelta(days=40)
    await browser.as_person(LEADER)
    assert link not in (await browser.get("/office")).text
