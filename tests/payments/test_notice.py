"""Money that is withheld, taken out of an award or claimed back: never before the office could answer, never twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet, Stale
from app.demo.cast import World
from app.identity import administration
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.payments import queries, service
from app.payments.reconciliation import misbooked
from app.projects import service as projects
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project, told
from workflows.authority import CHECKS

OFFICE = "grunerlokka"
COORDINATOR, LEADER = f"{OFFICE}.coordinator", f"{OFFICE}.leader"


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def payment(act: Acts, case_id: UUID) -> queries.PaymentRow:
    async with act.database.reading() as uow:
        assert await misbooked(uow) == []
        return (await queries.payments_of(uow, case_id))[0]


async def certified(act: Acts) -> tuple[UUID, queries.PaymentRow]:
    """A project whose first payment is certified."""
    case_id = await open_project(act.database, act.world)
    async with act.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
    await act(COORDINATOR, milestones.report, milestone.id, evidence="Alle har signert")
    await act("case_handler", milestones.approve, milestone.id)
    row = await payment(act, case_id)
    await act("certifier", service.certify, row.id)
    return case_id, await payment(act, case_id)


async def paid(act: Acts) -> tuple[UUID, queries.PaymentRow]:
    case_id, row = await certified(act)
    await act("decision_maker", service.approve, row.id, checks=CHECKS)
    await act("certifier", service.register_paid, row.id, reference=f"V-{case_id.hex[-8:]}")
    return case_id, await payment(act, case_id)


def codes(refused: pytest.ExceptionInfo[NotYet]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


async def test_a_withheld_payment_is_taken_only_after_the_reply_time_and_by_another(
    act: Acts, clock: MovingClock
) -> None:
    case_id, row = await certified(act)
    await act("decision_maker", service.withhold, row.id, why="Regnskapet mangler")
    assert (await payment(act, case_id)).state == "withheld"
    assert act.world.people[LEADER].name in await told(act.database, case_id, "payment_withheld")
    with pytest.raises(NotYet) as early:
        await act("second_decision_maker", service.reduce, row.id, why="Regnskapet kom ikke")
    assert codes(early) == ["payment.may_still_reply"]
    clock.moved = timedelta(days=15)
    with pytest.raises(NotYet) as same:
        await act("decision_maker", service.reduce, row.id, why="Regnskapet kom ikke")
    assert codes(same) == ["payment.noticed_by_yourself"]
    await act("second_decision_maker", service.reduce, row.id, why="Regnskapet kom ikke")
    assert (await payment(act, case_id)).state == "cancelled"


async def test_a_payment_that_is_let_go_passes_every_hand_anew(act: Acts) -> None:
    case_id, row = await certified(act)
    await act("decision_maker", service.approve, row.id, checks=CHECKS)
    await act("case_handler", service.withhold, row.id, why="Spørsmål fra revisjonen")
    await act("case_handler", service.let_go, row.id, why="Besvart")
    found = await payment(act, case_id)
    assert (found.state, found.certifier, found.approver) == ("released", None, None)
    with pytest.raises(NotYet):
        await act("decision_maker", service.approve, row.id, checks=CHECKS)


async def test_a_certified_payment_sent_back_is_countered_and_certified_anew(act: Acts) -> None:
    case_id, row = await certified(act)
    await act("decision_maker", service.send_back, row.id, why="Feil grunnlag")
    await act("certifier", service.certify, row.id)
    async with act.database.reading() as uow:
        told_ = [(each.kind, each.corrects) for each in await queries.bookings_of(uow, case_id)][-3:]
    assert told_ == [("certified", None), ("corrected", 6), ("certified", None)]
    assert (await payment(act, case_id)).state == "certified"


async def test_a_claim_needs_notice_and_an_answer_or_time_and_is_made_once(act: Acts, clock: MovingClock) -> None:
    case_id, row = await paid(act)
    with pytest.raises(NotYet) as unnoticed:
        await act("decision_maker", service.recover, row.id, amount_ore=5, why="Ubrukt")
    assert "payment.wrong_state" in codes(unnoticed)
    with pytest.raises(NotYet):
        await act(LEADER, service.reply, row.id, reply="Hva?")
    await act("case_handler", service.give_notice, row.id, amount_ore=9_000, why="Lite er brukt")
    with pytest.raises(NotYet) as early:
        await act("decision_maker", service.recover, row.id, amount_ore=9_000, why="Lite er brukt")
    assert codes(early) == ["payment.may_still_reply"]
    with pytest.raises(NotAllowed):
        await act("certifier", service.reply, row.id, reply="Jeg svarer")
    await act(LEADER, service.reply, row.id, reply="Vi har brukt 4 000 av dem")
    with pytest.raises(NotYet) as again:
        await act(LEADER, service.reply, row.id, reply="Og mer")
    assert codes(again) == ["payment.is_answered"]
    await act("decision_maker", service.recover, row.id, amount_ore=5_000, why="Resten er brukt")
    with pytest.raises(NotYet):
        await act("decision_maker", service.recover, row.id, amount_ore=5_000, why="Resten er brukt")
    found = await payment(act, case_id)
    assert (found.state, found.recovered_ore) == ("paid", 5_000)
    await act("case_handler", service.give_notice, row.id, amount_ore=found.amount_ore - 5_000, why="Alt")
    clock.moved = timedelta(days=15)
    await act("decision_maker", service.recover, row.id, amount_ore=found.amount_ore - 5_000, why="Alt")
    assert (await payment(act, case_id)).state == "recovered"


async def test_unspent_money_is_given_back_once_and_never_more_than_was_paid(act: Acts) -> None:
    case_id, row = await paid(act)
    await act(
        "certifier", service.register_return, row.id, amount_ore=700, why="Reiser ble billigere", version=row.version
    )
    with pytest.raises(Stale):
        await act("certifier", service.register_return, row.id, amount_ore=700, why="To klikk", version=row.version)
    with pytest.raises(Invalid):
        await act("certifier", service.register_return, row.id, amount_ore=row.amount_ore, why="For mye")
    assert (await payment(act, case_id)).returned_ore == 700


async def test_authority_over_another_cost_centre_approves_nothing(act: Acts, world: World) -> None:
    _, row = await certified(act)
    today = act.database.clock().date()
    other = world.units[OFFICE].number
    await act(
        "administrator", administration.give_role, world.people["certifier"].id, role="decision_maker", why="Vikar",
        valid_from=today - timedelta(days=1), valid_to=None, limit_ore=10**9, cost_centre=other,
    )  # fmt: skip
    with pytest.raises(NotYet) as refused:
        await act("certifier", service.approve, row.id, checks=CHECKS)
    assert set(codes(refused)) == {"payment.certified_by_yourself", "payment.other_cost_centre"}
    with pytest.raises(NotYet) as unticked:
        await act("decision_maker", service.approve, row.id, checks=("cover",))
    assert codes(unticked) == ["payment.check_missing"] * 2
    with pytest.raises(Invalid):
        await act(
            "administrator", administration.give_role, world.people["certifier"].id, role="decision_maker", why="Vikar",
            valid_from=today, valid_to=None, limit_ore=10**9, cost_centre="nowhere",
        )  # fmt: skip


async def test_a_milestone_of_a_stopped_project_is_not_approved_and_releases_nothing(act: Acts) -> None:
    case_id = await open_project(act.database, act.world)
    async with act.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
    await act(COORDINATOR, milestones.report, milestone.id, evidence="Alle har signert")
    await act(LEADER, projects.stop, case_id, why="Vi har mistet teamet", learning="Start med tid")
    with pytest.raises(NotYet) as refused:
        await act("case_handler", milestones.approve, milestone.id)
    assert codes(refused) == ["milestone.project_stopped"]
    assert (await payment(act, case_id)).state == "cancelled"


async def test_the_pages_of_notice_answer_and_claim(browser: Browser, act: Acts) -> None:
    case_id, row = await certified(act)
    page = f"/payments/{row.id}"
    await browser.as_person("decision_maker")
    assert 'name="checks"' in await browser.shown(page)
    refused = await browser.post(f"{page}/approve", {"version": row.version}, page=page)
    assert refused.status_code == 409
    ticked = await browser.post(f"{page}/approve", {"checks": list(CHECKS), "version": row.version}, page=page)
    assert ticked.status_code == 303
    await act("certifier", service.register_paid, row.id, reference="V-page")
    await browser.as_person("case_handler")
    await browser.post(f"{page}/give_notice", {"amount_ore": "100", "why": "Ubrukt"}, page=page)
    await browser.as_person(LEADER)
    assert f'action="{page}/reply"' in await browser.shown(page)
    await browser.post(f"{page}/reply", {"reply": "Vi er enige"}, page=page)
    await browser.as_person("decision_maker")
    shown = await browser.shown(page)
    assert "Vi er enige" in shown and f'action="{page}/recover"' in shown
    done = await browser.post(f"{page}/recover", {"amount_ore": "100", "why": "Ubrukt"}, page=page)
    assert done.status_code == 303
    assert (await payment(act, case_id)).recovered_ore == 10_000
