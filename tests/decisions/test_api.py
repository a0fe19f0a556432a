"""Decisions and reviews for programs: the same rows, the same refusals, the same reasons."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.core.database import Database
from app.demo.cast import World
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock


@pytest.fixture
async def call_id(database: Database, world: World, clock: MovingClock) -> UUID:
    found = await Led(database, world).call()
    clock.moved = timedelta(minutes=1)
    return found


async def test_a_program_reads_the_board_and_is_told_what_is_missing(
    database: Database, world: World, browser: Browser, call_id: UUID
) -> None:
    decision_id = await Led(database, world).recommended(call_id)
    await browser.as_person("decision_maker")
    frames = (await browser.get("/api/v1/decisions")).json()
    assert frames[0]["id"] == str(call_id) and frames[0]["waiting"] == 1
    board = (await browser.get(f"/api/v1/calls/{call_id}/decisions")).json()
    assert [row["decision_id"] for row in board["rows"]] == [str(decision_id)]
    one = (await browser.get(f"/api/v1/decisions/{decision_id}")).json()
    decide = next(step for step in one["steps"] if step["verb"] == "decide")
    asked = ["decision.check_missing"] * 3
    for checks, also in (((), asked), (("authority", "cover", "prudence"), [])):
        refused = await browser.call(f"/api/v1/decisions/{decision_id}/decide", {"checks": checks})
        assert refused.status_code == 409
        told = [reason["code"] for reason in refused.json()["reasons"]]
        assert sorted(told) == sorted([*(code for code, _ in decide["missing"]), *also])
    await browser.as_person("lillestrom.leader")
    assert (await browser.get(f"/api/v1/decisions/{decision_id}")).status_code in (403, 404)


async def test_a_program_reads_a_review_only_as_far_as_its_person_may(
    database: Database, world: World, browser: Browser, call_id: UUID
) -> None:
    led = Led(database, world)
    case_id = await led.in_review(call_id)
    first = await led.reviewed(case_id, "reviewer_one")
    await led.assign(case_id, "facilitator_two")
    await browser.as_person("facilitator_two")
    assert (await browser.get(f"/api/v1/reviews/{first}")).status_code == 404
    assert len((await browser.get("/api/v1/reviews")).json()["rows"]) == 1
    await browser.as_person("reviewer_one")
    found = (await browser.get(f"/api/v1/reviews/{first}")).json()
    assert len(found["scores"]) == 7 and found["state"] == "submitted"
