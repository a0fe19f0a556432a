"""After every act of a random life the tables say what the sources say."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from app.benefits import service
from app.core.database import Database
from app.core.errors import DomainError, NotYet
from app.demo.cast import World
from tests.benefits.test_service import COORDINATOR, LEADER, TODAY, approve_plan, indicator_of, with_profile
from tests.conftest import MovingClock
from tests.portfolio.test_keeping import folded, proved
from tests.projects_under_way import Acts, open_project


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def test_i1_no_benefit_is_planned_without_an_owner_who_has_accepted(
    database: Database, world: World, act: Acts
) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    await act(
        COORDINATOR, service.propose_owner, benefit.id, person_id=world.people["lillestrom.line_leader"].id
    )  # who has not answered
    with pytest.raises(NotYet) as refused:
        await approve_plan(act, case_id)
    assert "benefit.owner_not_accepted" in {reason.code for reason in refused.value.reasons}


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_every_act_of_a_random_life_the_tables_say_what_the_sources_say(
    database: Database, world: World, act: Acts, clock: MovingClock, seed: int
) -> None:
    chance = Random(seed)
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    indicator = await indicator_of(act, benefit)
    plan = await approve_plan(act, case_id)
    day, confirmed = 0, []

    async def measure() -> Any:
        today = TODAY + timedelta(days=day)
        row = await act(COORDINATOR, service.plan_measurement, indicator_id=indicator, due_on=today)
        await act(
            COORDINATOR, service.report, row.id, value=Decimal(chance.randint(300, 420)), measured_on=today,
            confidence=chance.choice("BCD"), evidence="Gosys", observations=chance.randint(1, 40),
        )  # fmt: skip
        confirmed.append(await act("case_handler", service.confirm, row.id))

    async def correct() -> Any:
        old = confirmed.pop()
        await act(
            COORDINATOR, service.correct, old.id, why="Talt feil", value=Decimal(chance.randint(300, 420)),
            measured_on=old.measured_on, confidence="B", evidence="Gosys",
        )  # fmt: skip

    async def forecast() -> Any:
        low, likely, high = sorted(chance.sample(range(300, 420), 3))
        await act(
            COORDINATOR, service.forecast, benefit.id, indicator_id=indicator,
            due_on=TODAY + timedelta(days=chance.randint(0, 900)), low=Decimal(low), likely=Decimal(likely),
            high=Decimal(high), why="Ny kunnskap",
        )  # fmt: skip

    async def share() -> Any:
        await act(
            COORDINATOR, service.claim_share, benefit.id, indicator_id=indicator, why="Delt",
            period=str(TODAY.year + chance.randint(0, 2)), share=Decimal(chance.randint(1, 100)) / 100,
        )  # fmt: skip

    async def replan() -> Any:
        await act(LEADER, service.revise_plan, plan.id, why="Nytt mål")

    async def drop() -> Any:
        await act("decision_maker", service.drop, benefit.id, why="Avlyst")

    async def fold() -> Any:
        await folded(database)

    for number in range(8):
        verb = drop if number == 7 else chance.choice([measure, measure, correct, forecast, share, replan, fold])
        with suppress(DomainError, IndexError):  # what is refused changes nothing either
            await verb()
        assert await proved(database) == [], (number, verb.__name__)
        day += chance.randint(0, 60)
        clock.moved = timedelta(days=day)
