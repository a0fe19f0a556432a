"""Between any two days every difference is explained, with the acts that made it, and nothing is left over."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.benefits import service
from app.core.database import Database
from app.demo.cast import World
from app.portfolio.comparing import Comparison, compare
from app.portfolio.over_time import Question
from tests.benefits.test_service import COORDINATOR, TODAY, approve_plan, indicator_of, with_profile
from tests.conftest import MovingClock
from tests.projects_under_way import Acts, open_project
from workflows.comparison import COUNTS, Step
from workflows.over_time import Amounts


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


def steps_of(found: Comparison) -> list[Step]:
    parts = found.explained
    return [parts.passed, parts.index, *parts.told, *parts.kept_back, *parts.others]


def assert_nothing_is_left_over(found: Comparison) -> None:
    came = found.then.amounts
    for each in steps_of(found):
        came = came + each.amounts
    assert came == found.now.amounts
    for name in COUNTS:
        whole = found.then.counts.get(name, 0) + sum(each.counts.get(name, 0) for each in steps_of(found))
        assert whole == found.now.counts.get(name, 0), name


async def test_every_difference_has_its_acts_and_nothing_is_left_over(
    database: Database, world: World, act: Acts, clock: MovingClock
) -> None:
    async def between(since: date, until: date | None = None, most: int = 50, **cut: object) -> Comparison:
        async with database.reading() as uow:
            actor = await world.actor(uow, "management")
            found = await compare(uow, actor, Question(as_of=until, **cut), since, most)  # type: ignore[arg-type]
        assert_nothing_is_left_over(found)
        return found

    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    indicator = await indicator_of(act, benefit)
    clock.moved = timedelta(days=1)
    await approve_plan(act, case_id)
    clock.moved = timedelta(days=30)
    row = await act(COORDINATOR, service.plan_measurement, indicator_id=indicator, due_on=TODAY + timedelta(days=30))
    await act(
        COORDINATOR, service.report, row.id, value=Decimal(340), measured_on=TODAY + timedelta(days=30),
        confidence="B", evidence="Gosys", observations=40,
    )  # fmt: skip
    await act("case_handler", service.confirm, row.id)
    clock.moved = timedelta(days=90)
    await act("decision_maker", service.drop, benefit.id, why="Kontoret slås sammen")

    planned = await between(TODAY, TODAY + timedelta(days=1))
    assert planned.now.amounts.planned > planned.then.amounts.planned == 0
    assert "event.benefit_plan.approve" in {each.key for told in planned.told for each in told.acts}
    measured = await between(TODAY + timedelta(days=1), TODAY + timedelta(days=60))
    assert measured.now.amounts.realised > 0
    assert measured.explained.passed.amounts.realised == 0
    assert {(each.key, each.link) for told in measured.told for each in told.acts} >= {
        ("event.measurement.confirm", f"/measurements/{row.id}")
    }
    passed = await between(TODAY + timedelta(days=31), TODAY + timedelta(days=80))
    assert passed.explained.passed.amounts.realised > 0
    assert passed.told == ()
    dropped = await between(TODAY + timedelta(days=60))
    assert [(act.key, act.why) for told in dropped.told for act in told.acts] == [
        ("event.benefit.drop", "Kontoret slås sammen")
    ]
    assert dropped.told[0].step.counts["dropped"] == 1
    whole = await between(TODAY - timedelta(days=1), most=1)
    assert whole.then.amounts == Amounts()
    assert len(whole.explained.told) == 1
    assert whole.explained.others
    narrowed = await between(TODAY, category="quality")
    assert narrowed.now.amounts == Amounts()
