"""The steps of a project as its page and the office's front page offer them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest_asyncio

from app.core.database import Database
from app.demo.cast import World
from app.moves import SUBJECTS
from app.projects.steps import STEPS
from app.rooms import commands
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock

OFFICE = "lillestrom"
LEADER, COORDINATOR = f"{OFFICE}.leader", f"{OFFICE}.coordinator"


@pytest_asyncio.fixture(loop_scope="session")
async def led(database: Database, world: World) -> Led:
    return Led(database, world)


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(led: Led, clock: MovingClock) -> UUID:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    return await led.accepted(call_id)


def cards(html: str) -> list[str]:
    """The verbs of the steps on a page, in the order they stand."""
    return re.findall(r'<article class="step [^"]*" id="step-(\w+)"', html)


def set_aside(html: str) -> str:
    """What stands under the other steps."""
    return html.partition('id="other-steps"')[2].partition("</section>")[0]


async def test_a_paused_project_offers_the_one_step_it_was_paused_from(
    browser: Browser, led: Led, case_id: UUID
) -> None:
    await led(LEADER, STEPS["pause"], case_id, why="Ferien tar alle")
    await browser.as_person(LEADER)
    page = (await browser.get(f"/projects/{case_id}")).text
    assert cards(page) == ["resume_set_up"]
    assert f'action="/projects/{case_id}/stop"' in page


async def test_steps_off_the_way_stand_behind_the_others_and_are_never_the_next(
    browser: Browser, case_id: UUID
) -> None:
    await browser.as_person(LEADER)
    page = (await browser.get(f"/projects/{case_id}")).text
    assert cards(page)[0] == "start"
    assert cards(set_aside(page)) == ["pause"]
    refused = await browser.post(f"/projects/{case_id}/pause", {"why": " "}, page=f"/projects/{case_id}")
    assert refused.status_code in (409, 422)
    assert re.search(r'<details class="aside" id="other-steps" open', refused.text)
    office = (await browser.get("/office")).text
    assert f"/projects/{case_id}#step-pause" not in office
    assert f"/projects/{case_id}#step-stop" not in office


def test_wherever_a_rule_may_be_waived_there_is_a_command_that_waives_it() -> None:
    verbs = {(command.subject, command.verb) for command in commands()}
    waivable = {
        kind.name
        for kind in SUBJECTS.values()
        for move in kind.lifecycle.moves
        for rule in move.requires
        if rule.waivable_by
    }
    assert waivable, "the search itself has broken"
    assert {name for name in waivable if (name, "waive") not in verbs} == set()


async def test_a_rule_is_waived_on_its_step_by_whoever_may(browser: Browser, case_id: UUID) -> None:
    page = f"/projects/{case_id}"
    await browser.as_person(COORDINATOR)
    assert f'action="{page}/waive"' not in (await browser.get(page)).text
    await browser.as_person("decision_maker")
    shown = (await browser.get(page)).text
    offered = re.findall(r'name="requirement" value="(\w+)"', shown)
    assert offered == ["leader_on_first_module"]
    done = await browser.post(
        f"{page}/waive", {"requirement": offered[0], "why": "Lederen har tatt modulen før"}, page=page
    )
    assert done.status_code == 303
    assert f'action="{page}/waive"' not in (await browser.get(page)).text
