"""Changes of an award: signed by both sides, beside what stood, and never of what is settled or has moved on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.clock import day_in_oslo
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet
from app.demo.cast import World
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.payments import queries
from app.payments import service as payments
from app.payments.reconciliation import misbooked
from app.projects import service as projects
from app.projects.models import Project
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project

OFFICE = "grunerlokka"
COORDINATOR, LEADER = f"{OFFICE}.coordinator", f"{OFFICE}.leader"
AWARD = 50_000_000


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def proposed(act: Acts, case_id: UUID, who: str = LEADER, **fields: Any) -> milestone_queries.ChangeRow:
    """A request, as its page shows it."""
    said = {"kind": "amount", "amount_change_ore": -1_000, **fields}
    row = await act(who, milestones.propose_change, case_id=case_id, text="Det ble annerledes", **said)
    async with act.database.reading() as uow:
        return await milestone_queries.change_row(uow, row.id)


async def refused(act: Acts, request: UUID) -> list[str]:
    """Why a request cannot be accepted."""
    with pytest.raises(NotYet) as said:
        await act("decision_maker", milestones.accept_change, request)
    return [reason.code for reason in said.value.reasons]


async def sums(act: Acts, case_id: UUID) -> tuple[int, list[int]]:
    """The award and its payments; the ledger agrees with both."""
    async with act.database.reading() as uow:
        assert await misbooked(uow) == []
        project = await uow.session.get_one(Project, case_id, populate_existing=True)
        return project.amount_ore, [row.amount_ore for row in await queries.payments_of(uow, case_id)]


async def test_a_coordinator_s_request_waits_for_the_leader_and_a_leader_s_is_signed(act: Acts) -> None:
    case_id = await open_project(act.database, act.world)
    assert (await proposed(act, case_id)).signer == act.world.people[LEADER].name
    row = await proposed(act, case_id, COORDINATOR)
    assert await refused(act, row.id) == ["change_request.not_signed"]
    with pytest.raises(NotAllowed):
        await act(COORDINATOR, milestones.sign_change, row.id)
    signed = await act(LEADER, milestones.sign_change, row.id)
    again = await act(LEADER, milestones.sign_change, row.id)
    assert signed.version == again.version
    await act("decision_maker", milestones.accept_change, row.id)


async def test_a_payment_of_which_a_change_has_left_nothing_holds_nothing_up(act: Acts) -> None:
    case_id = await open_project(act.database, act.world, amount_ore=AWARD)
    request = await proposed(act, case_id, amount_change_ore=-AWARD)
    await act("decision_maker", milestones.accept_change, request.id)
    async with act.database.reading() as uow:
        rows = await queries.payments_of(uow, case_id)
    first, second, _ = [(row.milestone_id, row.id) for row in rows]
    await act(COORDINATOR, milestones.report, first[0], evidence="Forventningene er avklart")
    assert (await act("case_handler", milestones.approve, first[0])).state == "approved"
    await act("case_handler", milestones.waive_milestone, second[0], why="Den trengs ikke")
    with pytest.raises(NotYet) as said:
        await act("decision_maker", payments.release_waived, second[1], why="Vi vil")
    assert [reason.code for reason in said.value.reasons] == ["payment.nothing_to_pay"]
    assert await sums(act, case_id) == (0, [0, 0, 0])
    await act("decision_maker", projects.stop, case_id, why="Det er ikke mer å bruke", learning="Vi spurte for sent")
    assert await sums(act, case_id) == (0, [0, 0, 0])
    async with act.database.reading() as uow:
        assert {row.state for row in await queries.payments_of(uow, case_id)} == {"cancelled"}


async def test_of_two_requests_over_one_award_the_second_is_stale_and_changes_nothing(act: Acts) -> None:
    case_id = await open_project(act.database, act.world, amount_ore=AWARD)
    first, second = await proposed(act, case_id), await proposed(act, case_id, amount_change_ore=-5_000)
    assert first.was == second.was == AWARD
    await act("decision_maker", milestones.accept_change, first.id)
    before = await sums(act, case_id)
    assert before[0] == AWARD - 1_000
    assert await refused(act, second.id) == ["change_request.stale"]
    assert await sums(act, case_id) == before
    await act("decision_maker", milestones.refuse_change, second.id, why="Støtten er endret siden")


async def test_what_is_released_or_paid_is_never_touched(act: Acts) -> None:
    case_id = await open_project(act.database, act.world, amount_ore=AWARD)
    async with act.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
    day = day_in_oslo(act.database.clock()) + timedelta(days=40)
    moving = await proposed(
        act, case_id, kind="dates", amount_change_ore=None, milestone_id=milestone.id, new_due_on=day
    )
    less = await proposed(act, case_id, amount_change_ore=-(AWARD - 1))
    await act(COORDINATOR, milestones.report, milestone.id, evidence="Alle har signert")
    await act("case_handler", milestones.approve, milestone.id)
    before = await sums(act, case_id)
    assert await refused(act, moving.id) == ["change_request.milestone_settled"]
    assert await refused(act, less.id) == ["change_request.already_released"]
    assert await sums(act, case_id) == before
    with pytest.raises(Invalid):
        await proposed(act, case_id, kind="dates", amount_change_ore=None, milestone_id=milestone.id, new_due_on=day)


async def test_the_page_shows_what_was_beside_what_is_to_be_and_the_leader_signs_there(
    browser: Browser, act: Acts
) -> None:
    case_id = await open_project(act.database, act.world, amount_ore=AWARD)
    scope = await proposed(
        act, case_id, COORDINATOR, kind="scope", amount_change_ore=None, after_text="Bare unge under 25 år"
    )
    team = await proposed(act, case_id, kind="team", amount_change_ore=None, after_text="Kari slutter, Ola begynner")
    assert act.world.people[COORDINATOR].name in team.was
    await browser.as_person(LEADER)
    page = f"/change-requests/{scope.id}"
    shown = await browser.shown(page)
    assert "Bare unge under 25 år" in shown and f'action="{page}/sign"' in shown
    assert (await browser.post(f"{page}/sign", {"version": scope.version}, page=page)).status_code == 303
    assert f'action="{page}/sign"' not in await browser.shown(page)
    amount = await proposed(act, case_id)
    assert "499 990" in (await browser.shown(f"/change-requests/{amount.id}")).replace("\xa0", " ")
