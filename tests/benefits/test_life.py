"""A benefit to its end: concluded by somebody else, planned anew, given up, and taken over by the line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.benefits import queries, service
from app.benefits.models import Benefit, BenefitPlan, Measurement, Target
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet
from app.demo.cast import World
from app.notices.models import Notice
from tests.benefits.test_service import (
    COORDINATOR,
    LEADER,
    OFFICE,
    OWNER,
    TODAY,
    approve_plan,
    indicator_of,
    with_profile,
)
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project, take_in, told


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


@pytest.fixture
async def case_id(database: Database, world: World) -> UUID:
    return await open_project(database, world)


def codes(refused: pytest.ExceptionInfo[NotYet]) -> set[str]:
    return {each.code for each in refused.value.reasons}


async def stored(act: Acts, benefit: Benefit) -> Benefit:
    async with act.database.reading() as uow:
        return await uow.session.get_one(Benefit, benefit.id)


async def confirmed(act: Acts, benefit: Benefit, value: int, *, days: int = 0) -> None:
    """A measurement of the benefit's one indicator, confirmed; baseline is 400 and target 320."""
    day = TODAY + timedelta(days=days)
    row = await act(COORDINATOR, service.plan_measurement, indicator_id=await indicator_of(act, benefit), due_on=day)
    await act(
        COORDINATOR, service.report, row.id, value=Decimal(value), measured_on=day, confidence="B", evidence="Gosys"
    )
    await act("case_handler", service.confirm, row.id)


async def realising(act: Acts, case_id: UUID) -> Benefit:
    benefit = await with_profile(act, case_id)
    await approve_plan(act, case_id)
    return benefit


@pytest.mark.parametrize(
    ("value", "verb", "state"),
    [
        (320, service.realise, "realised"),
        (360, service.realise_partly, "partly_realised"),
        (400, service.not_realise, "not_realised"),
    ],
)
async def test_a_benefit_is_concluded_as_it_was_measured_and_not_otherwise(
    act: Acts, case_id: UUID, value: int, verb: Any, state: str
) -> None:
    benefit = await realising(act, case_id)
    every = {service.realise, service.realise_partly, service.not_realise}
    with pytest.raises(NotYet) as refused:
        await act("case_handler", verb, benefit.id, why="Vi tror det")
    assert "benefit.not_measured" in codes(refused)
    await confirmed(act, benefit, value)
    for other in every - {verb}:
        with pytest.raises(NotYet) as refused:
            await act("case_handler", other, benefit.id, why="Vi vil")
        assert codes(refused) == {"benefit.progress_says_otherwise"}
    with pytest.raises(NotAllowed):
        await act(COORDINATOR, verb, benefit.id, why="Vi vil")
    concluded = await act("case_handler", verb, benefit.id, why="Slik ble det målt")
    assert concluded.state == state
    async with act.database.reading() as uow:
        people = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "benefit_concluded")))
    assert act.world.people[OWNER].id in people


async def test_falling_short_needs_a_reason(act: Acts, case_id: UUID) -> None:
    benefit = await realising(act, case_id)
    await confirmed(act, benefit, 360)
    with pytest.raises(NotYet) as refused:
        await act("case_handler", service.realise_partly, benefit.id, why=" ")
    assert codes(refused) == {"step.why_missing"}


async def test_what_lasts_for_a_year_is_sustained(act: Acts, case_id: UUID, clock: MovingClock) -> None:
    benefit = await realising(act, case_id)
    await confirmed(act, benefit, 320)
    await act("case_handler", service.realise, benefit.id)
    with pytest.raises(NotYet) as refused:
        await act("case_handler", service.sustain, benefit.id)
    assert codes(refused) == {"benefit.not_measured_again"}
    clock.moved = timedelta(days=370)
    await confirmed(act, benefit, 321, days=369)
    assert (await act("case_handler", service.sustain, benefit.id)).state == "sustained"


async def test_a_planned_benefit_is_planned_anew_in_a_new_version(act: Acts, case_id: UUID) -> None:
    benefit = await with_profile(act, case_id, starts_on=None)
    async with act.database.unit_of_work() as uow:  # its change goes live only later
        row = await uow.session.get_one(Benefit, benefit.id)
        from app.activities.models import Change

        change = await uow.session.get_one(Change, row.change_id)
        change.live_on = TODAY + timedelta(days=60)
    first = await approve_plan(act, case_id)
    assert (await stored(act, benefit)).state == "planned"
    with pytest.raises(NotYet) as refused:
        await act(COORDINATOR, service.replan, benefit.id, why="")
    assert codes(refused) == {"step.why_missing"}
    replanned = await act(COORDINATOR, service.replan, benefit.id, why="Vi måler feil ting")
    assert replanned.state == "baselined", "what is known of it still counts"
    async with act.database.reading() as uow:
        plans = await queries.plans(uow, case_id)
        assert [(plan.number, plan.state, plan.why) for plan in plans] == [
            (2, "draft", "Vi måler feil ting"), (1, "approved", ""),
        ]  # fmt: skip
        targets = (await uow.session.scalars(select(Target).where(Target.plan_id == first.id))).all()
        assert [target.value for target in targets] == [Decimal(320)]
    await approve_plan(act, case_id)
    assert (await stored(act, benefit)).state == "planned"


async def test_targets_are_frozen_in_their_version(act: Acts, case_id: UUID) -> None:
    benefit = await realising(act, case_id)
    async with act.database.reading() as uow:
        first = (await queries.plans(uow, case_id))[0]
    with pytest.raises(Invalid) as refused:
        await act(LEADER, service.revise_plan, first.id, why=" ")
    assert list(refused.value.fields) == ["why"]
    second = await act(LEADER, service.revise_plan, first.id, why="Målet var for lavt")
    await act(
        COORDINATOR, service.set_target, benefit.id, indicator_id=await indicator_of(act, benefit),
        value=Decimal(300), due_on=TODAY + timedelta(days=365),
    )  # fmt: skip
    async with act.database.reading() as uow:
        rows = await uow.session.execute(
            select(BenefitPlan.number, Target.value)
            .join(Target, Target.plan_id == BenefitPlan.id)
            .where(BenefitPlan.case_id == case_id)
            .order_by(BenefitPlan.number)
        )
        assert [tuple(row) for row in rows] == [(1, Decimal(320)), (2, Decimal(300))]
        assert (await uow.session.get_one(BenefitPlan, second.id)).why == "Målet var for lavt"


async def test_a_removed_indicator_and_a_dropped_benefit_leave_nothing_to_be_measured(act: Acts, case_id: UUID) -> None:
    benefit = await realising(act, case_id)
    indicator = await indicator_of(act, benefit)
    await act(COORDINATOR, service.plan_measurement, indicator_id=indicator, due_on=TODAY + timedelta(days=30))
    with pytest.raises(NotYet):
        await act(COORDINATOR, service.remove_indicator, benefit.id, indicator_id=indicator, why="Gosys er borte")
    async with act.database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
    await act(LEADER, service.revise_plan, plan.id, why="Gosys er borte")
    await act(COORDINATOR, service.remove_indicator, benefit.id, indicator_id=indicator, why="Gosys er borte")
    async with act.database.reading() as uow:
        rows = (await uow.session.scalars(select(Measurement).where(Measurement.benefit_id == benefit.id))).all()
    assert [(row.state, row.written_off_why) for row in rows] == [("written_off", "Gosys er borte")]
    second = await act(
        COORDINATOR, service.add_indicator, benefit.id, name="Ventetid", unit="dager", direction="down", method="Telles",
        source="Oppfølging",
    )  # fmt: skip
    await act(COORDINATOR, service.plan_measurement, indicator_id=second.id, due_on=TODAY + timedelta(days=30))
    await act("decision_maker", service.drop, benefit.id, why="Ingen vil eie den")
    async with act.database.reading() as uow:
        left = (
            await uow.session.scalars(
                select(Measurement.state).where(
                    Measurement.benefit_id == benefit.id, Measurement.state != "written_off"
                )
            )
        ).all()
    assert left == []


async def test_the_pages_carry_each_step_to_whoever_may_take_it(browser: Browser, act: Acts, case_id: UUID) -> None:
    benefit = await realising(act, case_id)
    page, plan_page = f"/benefits/{benefit.id}", f"/projects/{case_id}/benefits"
    await browser.as_person("case_handler")
    shown = (await browser.get(page)).text
    assert 'id="step-realise"' in shown and f'action="{page}/realise"' not in shown, "not measured: said, not offered"
    await confirmed(act, benefit, 360)
    shown = (await browser.get(page)).text
    assert f'action="{page}/realise_partly"' in shown
    assert 'id="step-realise"' not in shown and 'id="step-not_realise"' not in shown
    await browser.as_person(LEADER)
    plan = (await browser.get(plan_page)).text
    assert "/revise" in plan
    async with act.database.reading() as uow:
        first = (await queries.plans(uow, case_id))[0]
    empty = await browser.post(f"/benefit-plans/{first.id}/revise", {"why": ""}, page=plan_page)
    assert empty.status_code == 422 and 'id="revise-why"' in empty.text
    done = await browser.post(f"/benefit-plans/{first.id}/revise", {"why": "Målet var for lavt"}, page=plan_page)
    assert done.status_code == 303
    assert "Målet var for lavt" in (await browser.get(plan_page)).text
    assert f'action="{page}/remove_indicator"' in (await browser.get(page)).text
    asked = await browser.post(
        f"{page}/hand_over", {"person_id": act.world.people[OWNER].id, "unit_id": act.world.units[OFFICE].id}, page=page
    )
    assert asked.status_code == 303
    assert f'action="{page}/accept_hand_over"' not in (await browser.get(page)).text
    await browser.as_person(OWNER)
    assert f'action="{page}/accept_hand_over"' in (await browser.get(page)).text
    assert (await browser.post(f"{page}/accept_hand_over", {}, page=page)).status_code == 303
    assert (await stored(act, benefit)).handed_over_at is not None
    await browser.as_person("case_handler")
    ended = await browser.post(f"{page}/realise_partly", {"why": "Halve veien"}, page=page)
    assert ended.status_code == 303
    assert (await stored(act, benefit)).state == "partly_realised"


async def test_both_offices_are_told_of_the_plan_and_of_what_a_benefit_came_to_where_two_have_joined(
    act: Acts, case_id: UUID
) -> None:
    await take_in(act.database, act.world, case_id, "klepp_time")
    benefit = await realising(act, case_id)
    await confirmed(act, benefit, 320)
    await act("case_handler", service.realise, benefit.id)
    leaders = {act.world.people[f"{each}.leader"].name for each in ("grunerlokka", "klepp_time")}
    for code in ("benefit_plan_approved", "benefit_concluded"):
        assert await told(act.database, case_id, code) >= leaders, code
