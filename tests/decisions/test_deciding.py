"""From a signed recommendation to an accepted award."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.applications.models import Application
from app.core.database import Database
from app.decisions import service
from app.decisions.models import Commitment, Decision, Letter
from app.demo.cast import World
from tests.applications_under_way import Led
from tests.conftest import MovingClock


@pytest.fixture
def led(database: Database, world: World, clock: MovingClock) -> Led:
    clock.moved = timedelta(seconds=2)
    return Led(database, world)


async def test_an_award_binds_the_frame_waits_for_its_letter_and_is_accepted(led: Led, clock: MovingClock) -> None:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    decision_id = await led.decided(call_id)
    async with led.database.reading() as uow:
        decision = await uow.session.get_one(Decision, decision_id)
        application = await uow.session.get_one(Application, decision.case_id)
        entries = list(await uow.session.scalars(select(Commitment).where(Commitment.call_id == call_id)))
        letter = (await uow.session.scalars(select(Letter).where(Letter.decision_id == decision_id))).one()
    assert (decision.state, application.state) == ("decided", "awarded")
    assert [(each.kind, each.amount_ore, each.hours) for each in entries] == [("final", 40_000_000, 60)]
    assert letter.released_at is None
    await led("case_handler", service.release, decision_id)
    await led("lillestrom.leader", service.accept, decision.case_id)
    async with led.database.reading() as uow:
        application = await uow.session.get_one(Application, decision.case_id)
    assert application.state == "accepted"
