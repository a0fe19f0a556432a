"""Two people at one request, each with a connection of their own."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.core.database import Database
from app.core.errors import NotYet
from app.reconsiderations import service
from tests.applications_under_way import Led
from tests.conftest import MovingClock, world_in
from tests.reconsiderations.test_service import (
    HANDLER,
    LEADER,
    OFFICE,
    WHY,
    considered,
    letters_about,
    row_of,
    state_of,
    told,
)
from workflows.letter import LetterKind
from workflows.reconsideration import ANSWERED


@pytest.fixture
async def racing(own_database: Database) -> Led:
    return Led(own_database, await world_in(own_database))


async def test_of_two_who_answer_at_once_one_does(racing: Led, clock: MovingClock) -> None:
    led = racing
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    case_id = await told(led, call_id)
    request_id = await considered(led, case_id)
    await led("second_decision_maker", service.declare_impartial, request_id, impartial=True)
    version = (await row_of(led, request_id)).version
    answers = await asyncio.gather(
        led(HANDLER, service.uphold, request_id, answer="Blir stående.", version=version),
        led("second_decision_maker", service.change, request_id, answer="Gjøres om.", version=version),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Exception) for each in answers) == 1
    row = await row_of(led, request_id)
    found = await letters_about(led, request_id)
    assert row.state in ANSWERED and len(found) == 1
    assert found[0].kind == {"upheld": LetterKind.UPHELD, "changed": LetterKind.CHANGED}[row.state]
    assert await state_of(led, case_id) == {"upheld": "rejected", "changed": "reconsidered"}[row.state]


async def test_of_two_requests_at_once_one_is_made(racing: Led, clock: MovingClock) -> None:
    led = racing
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    case_id = await told(led, call_id)
    ask = {"case_id": case_id, "reasons": WHY}
    answers = await asyncio.gather(
        led(LEADER, service.ask, **ask), led(f"{OFFICE}.coordinator", service.ask, **ask), return_exceptions=True
    )
    assert [type(each) for each in answers if isinstance(each, Exception)] == [NotYet]
