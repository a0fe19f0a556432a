"""A project that stops before its time: the reason, what was learnt, and what becomes of money and benefits."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.benefits import service as benefits
from app.benefits.models import Benefit
from app.core.errors import Invalid, NotAllowed, NotYet
from app.decisions.ledger import balance
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.notices.models import Notice
from app.payments import queries
from app.payments import service as payments
from app.payments.reconciliation import disagreements
from app.projects import service
from app.projects.models import Project
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock
from workflows.authority import CHECKS

OFFICE = "lillestrom"
LEADER, COORDINATOR = f"{OFFICE}.leader", f"{OFFICE}.coordinator"
WHY, LEARNT = "To av tre i teamet har sluttet", "Neste gang har vi to stedfortredere fra starten"


@pytest.fixture
async def case_id(led: Led, clock: MovingClock) -> UUID:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    return await led.accepted(call_id)


async def paid(led: Led, case_id: UUID) -> queries.PaymentRow:
    """The first payment, paid out."""
    async with led.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
        payment = (await queries.payments_of(uow, case_id))[0]
    await led(COORDINATOR, milestones.report, milestone.id, evidence="Alle har signert")
    await led("case_handler", milestones.approve, milestone.id)
    await led("certifier", payments.certify, payment.id)
    await led("decision_maker", payments.approve, payment.id, checks=CHECKS)
    await led("certifier", payments.register_paid, payment.id, reference=f"AGR-{payment.id.hex[-8:]}")
    return payment


async def test_a_stop_asks_for_its_reason_and_for_what_was_learnt(led: Led, case_id: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        await led(LEADER, service.stop, case_id, why=WHY, learning=" ")
    assert list(refused.value.fields) == ["learning"]
    with pytest.raises(NotYet):
        await led(LEADER, service.stop, case_id, why=" ", learning=LEARNT)
    with pytest.raises(NotAllowed):
        await led(COORDINATOR, service.stop, case_id, why=WHY, learning=LEARNT)
    async with led.database.reading() as uow:
        assert (await uow.session.get_one(Project, case_id)).state == "set_up"


async def test_what_was_planned_falls_away_and_what_was_paid_is_answered_for(led: Led, case_id: UUID) -> None:
    payment = await paid(led, case_id)
    await led(COORDINATOR, benefits.add, case_id=case_id, title="Tryggere samtaler")
    stopped = await led(LEADER, service.stop, case_id, why=WHY, learning=LEARNT)
    assert (stopped.state, stopped.paused_from, stopped.amount_ore) == ("stopped", "set_up", payment.amount_ore)
    async with led.database.reading() as uow:
        rows = await queries.payments_of(uow, case_id)
        assert [(row.state, row.cancelled_why) for row in rows] == [
            ("paid", ""),
            ("cancelled", WHY),
            ("cancelled", WHY),
        ]
        assert (await balance(uow, case_id))[0] == payment.amount_ore, "the frame has the rest again"
        assert await disagreements(uow) == []
        states = set(await uow.session.scalars(select(Benefit.state).where(Benefit.case_id == case_id)))
        assert states == {"dropped"}
        told = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "project_stopped_paid")))
        assert led.world.people["decision_maker"].id in told
    await led("case_handler", payments.give_notice, payment.id, amount_ore=1_000_000, why="Ikke brukt")
    await led(LEADER, payments.reply, payment.id, reply="Det stemmer")
    recovered = await led("decision_maker", payments.recover, payment.id, amount_ore=1_000_000, why="Ikke brukt")
    assert recovered.recovered_ore == 1_000_000


async def test_what_was_released_is_cancelled_by_whoever_decides_on_money(led: Led, case_id: UUID) -> None:
    async with led.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
        payment = (await queries.payments_of(uow, case_id))[0]
    await led(COORDINATOR, milestones.report, milestone.id, evidence="Alle har signert")
    await led("case_handler", milestones.approve, milestone.id)
    with pytest.raises(NotYet):
        await led("decision_maker", payments.cancel, payment.id, why="Vi vil ikke")
    await led(LEADER, service.stop, case_id, why=WHY, learning=LEARNT)
    await led("decision_maker", payments.cancel, payment.id, why="Ikke brukt")
    async with led.database.reading() as uow:
        assert (await balance(uow, case_id))[0] == 0
        assert (await uow.session.get_one(Project, case_id)).amount_ore == 0
        assert await disagreements(uow) == []


async def test_nothing_of_a_stopped_project_s_award_changes(led: Led, case_id: UUID) -> None:
    request = await led(
        LEADER, milestones.propose_change, case_id=case_id, kind="amount", text="Mer tid", amount_change_ore=100
    )
    await led(LEADER, service.stop, case_id, why=WHY, learning=LEARNT)
    with pytest.raises(NotYet) as refused:
        await led("decision_maker", milestones.accept_change, request.id)
    assert "change_request.project_over" in {each.code for each in refused.value.reasons}
    with pytest.raises(NotYet):
        await led(
            LEADER, milestones.propose_change, case_id=case_id, kind="amount", text="Mer tid", amount_change_ore=100
        )
    await led("decision_maker", milestones.refuse_change, request.id, why="Prosjektet er stanset")


async def test_a_stopped_project_s_page_says_why_and_what_was_learnt(browser: Browser, led: Led, case_id: UUID) -> None:
    page = f"/projects/{case_id}"
    await browser.as_person(LEADER)
    empty = await browser.post(f"{page}/stop", {"why": WHY, "learning": ""}, page=page)
    assert empty.status_code == 422
    assert WHY in empty.text, "what was typed is kept"
    assert '<details class="aside" id="stop" open' in empty.text
    assert (await browser.post(f"{page}/stop", {"why": WHY, "learning": LEARNT}, page=page)).status_code == 303
    for language in ("nb", "nn", "en"):
        browser.http.cookies.set("language", language)
        shown = (await browser.get(page)).text
        assert WHY in shown and LEARNT in shown
        assert "400\u00a0000" in shown or "400,000" in shown, "all that fell away"
        assert f'action="{page}/stop"' not in shown
