"""The award, the application, the ledger and the payments are one sum, whatever becomes of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app.applications.models import Application
from app.core.database import Database
from app.core.errors import NotAllowed, NotYet
from app.decisions import service as decisions
from app.decisions.ledger import balance, follow_award
from app.decisions.models import Commitment, Decision, Letter
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.notices.models import Notice
from app.payments import queries, service
from app.payments.reconciliation import disagreements
from app.projects.facts import PROJECT
from app.projects.models import Project
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock, world_in
from workflows.authority import CHECKS
from workflows.engine import Reason

OFFICE = "lillestrom"
LEADER, COORDINATOR = f"{OFFICE}.leader", f"{OFFICE}.coordinator"
AWARD = 40_000_000


def codes(refused: pytest.ExceptionInfo[NotYet]) -> set[str]:
    reasons: list[Reason] = list(refused.value.reasons)
    return {each.code for each in reasons}


async def sums(led: Led, case_id: UUID) -> set[int | None]:
    """What the four places say of an award, in øre; one value when they agree."""
    async with led.database.reading() as uow:
        application = await uow.session.get_one(Application, case_id)
        project = await uow.session.get_one(Project, case_id)
        bound, _ = await balance(uow, case_id)
        payments = sum(row.amount_ore for row in await queries.payments_of(uow, case_id) if row.state != "cancelled")
        assert await disagreements(uow) == []
        return {application.awarded_ore, project.amount_ore, bound, payments}


async def change(led: Led, case_id: UUID, amount_ore: int) -> UUID:
    row = await led(
        LEADER, milestones.propose_change, case_id=case_id, kind="amount", text="Det ble annerledes",
        amount_change_ore=amount_ore,
    )  # fmt: skip
    return UUID(str(row.id))


async def waived_payment(led: Led, case_id: UUID) -> queries.PaymentRow:
    """The payment of the last milestone that carries one, with the milestone waived."""
    async with led.database.reading() as uow:
        row = (await queries.payments_of(uow, case_id))[-1]
    await led(
        "decision_maker", milestones.waive_milestone, row.milestone_id, why="Piloten ble slått sammen med en annen"
    )
    return row


async def test_a_granted_change_moves_award_application_ledger_and_payments_together(led: Led, call_id: UUID) -> None:
    case_id = await led.accepted(call_id)
    assert await sums(led, case_id) == {AWARD}
    for amount_ore in (5_000_001, -9_000_002):
        await led("decision_maker", milestones.accept_change, await change(led, case_id, amount_ore))
    assert await sums(led, case_id) == {AWARD + 5_000_001 - 9_000_002}
    async with led.database.reading() as uow:
        kinds = list(await uow.session.scalars(select(Commitment.kind).order_by(Commitment.id)))
    assert kinds == ["final", "reversal", "final", "reversal", "final"], "what stood is countered, never changed"


async def test_more_than_the_frame_has_left_is_refused_with_the_reason(led: Led, call_id: UUID) -> None:
    case_id = await led.accepted(call_id)
    request = await change(led, case_id, 60_000_001)
    with pytest.raises(NotYet) as refused:
        await led("decision_maker", milestones.accept_change, request)
    assert codes(refused) == {"change_request.beyond_frame"}
    assert await sums(led, case_id) == {AWARD}


async def test_more_is_never_bound_without_the_call_s_lock(led: Led, call_id: UUID) -> None:
    case_id = await led.accepted(call_id)
    with pytest.raises(RuntimeError, match="must be locked"):
        async with led.database.unit_of_work() as uow:
            await follow_award(uow, case_id, AWARD + 1)


async def test_of_two_changes_over_the_last_of_the_frame_one_is_refused(
    own_database: Database, clock: MovingClock
) -> None:
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call(frame_ore=90_000_000)
    clock.moved = timedelta(minutes=1)
    one, other = await led.accepted(call_id), await led.accepted(call_id, "hareid_ulstein_sande")
    requests = [await change(led, one, 10_000_000)]
    row = await led(
        "hareid_ulstein_sande.leader", milestones.propose_change, case_id=other, kind="amount", text="Meir tid",
        amount_change_ore=10_000_000,
    )  # fmt: skip
    requests.append(UUID(str(row.id)))
    answers = await asyncio.gather(
        *(led("decision_maker", milestones.accept_change, request) for request in requests), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, NotYet)]
    assert len(refused) == 1
    assert [reason.code for reason in refused[0].reasons] == ["change_request.beyond_frame"]
    async with own_database.reading() as uow:
        bound = await uow.session.scalar(select(func.sum(Commitment.amount_ore)).where(Commitment.call_id == call_id))
        assert bound == 90_000_000
        assert await disagreements(uow) == []


async def test_a_sum_changed_behind_the_services_back_is_found(led: Led, call_id: UUID) -> None:
    case_id = await led.accepted(call_id)
    async with led.database.unit_of_work() as uow:
        await uow.session.execute(
            text("UPDATE projects SET amount_ore = amount_ore + 1 WHERE id = :id"), {"id": case_id}
        )
    async with led.database.reading() as uow:
        (found,) = await disagreements(uow)
    assert (found.project_id, found.award_ore, found.ledger_ore) == (case_id, AWARD + 1, AWARD)


async def test_the_payment_of_a_waived_milestone_is_cancelled_and_the_frame_has_it_again(
    led: Led, call_id: UUID
) -> None:
    case_id = await led.accepted(call_id)
    row = await waived_payment(led, case_id)
    async with led.database.reading() as uow:
        project = await uow.session.get_one(Project, case_id)
        assert (await PROJECT.facts(uow, project)).unanswered_payments == (row.milestone_key,)
    with pytest.raises(NotAllowed):
        await led(LEADER, service.cancel, row.id, why="Vi trenger den ikke")
    with pytest.raises(NotYet) as refused:
        await led("decision_maker", service.cancel, row.id, why=" ")
    assert codes(refused) == {"step.why_missing"}
    await led("decision_maker", service.cancel, row.id, why="Ingen pilot å betale for")
    assert await sums(led, case_id) == {AWARD - row.amount_ore}
    async with led.database.reading() as uow:
        project = await uow.session.get_one(Project, case_id)
        assert (await PROJECT.facts(uow, project)).unanswered_payments == ()


async def test_the_payment_of_a_waived_milestone_is_kept_for_a_reason_and_passes_the_same_hands(
    led: Led, call_id: UUID
) -> None:
    case_id = await led.accepted(call_id)
    row = await waived_payment(led, case_id)
    with pytest.raises(NotYet):
        await led("certifier", service.certify, row.id)
    await led("decision_maker", service.release_waived, row.id, why="Arbeidet er gjort i en annen pilot")
    await led("certifier", service.certify, row.id)
    await led("decision_maker", service.approve, row.id, checks=CHECKS)
    paid = await led("certifier", service.register_paid, row.id, reference="AGR-77001")
    assert (paid.state, paid.kept_why) == ("paid", "Arbeidet er gjort i en annen pilot")
    assert await sums(led, case_id) == {AWARD}


async def test_a_payment_whose_milestone_stands_is_neither_cancelled_nor_released_by_hand(
    led: Led, call_id: UUID
) -> None:
    case_id = await led.accepted(call_id)
    async with led.database.reading() as uow:
        row = (await queries.payments_of(uow, case_id))[0]
    for verb in (service.cancel, service.release_waived):
        with pytest.raises(NotYet) as refused:
            await led("decision_maker", verb, row.id, why="Vi vil")
        assert codes(refused) == {"payment.milestone_not_waived"}


async def test_the_page_asks_what_comes_of_a_waived_milestone_s_payment(
    browser: Browser, led: Led, call_id: UUID
) -> None:
    case_id = await led.accepted(call_id)
    async with led.database.reading() as uow:
        before = (await queries.payments_of(uow, case_id))[-1]
    await browser.as_person("decision_maker")
    page = f"/payments/{before.id}"
    assert f"{page}/cancel" not in (await browser.get(page)).text
    row = await waived_payment(led, case_id)
    shown = (await browser.get(page)).text
    assert f'action="{page}/cancel"' in shown and f'action="{page}/release_waived"' in shown
    done = await browser.post(f"{page}/cancel", {"why": "Ingen pilot", "version": row.version}, page=page)
    assert done.status_code == 303
    assert "Ingen pilot" in (await browser.get(page)).text


async def test_a_leader_declines_an_award_and_the_frame_is_free_for_those_who_wait(led: Led, call_id: UUID) -> None:
    waiting = await led.decided(call_id, "hareid_ulstein_sande", outcome="waitlisted", amount_ore=None, hours=None)
    decision_id = await led.decided(call_id)
    async with led.database.reading() as uow:
        case_id = (await uow.session.get_one(Decision, decision_id)).case_id
    with pytest.raises(NotYet) as refused:
        await led(LEADER, decisions.decline, case_id, why="Vi har mistet teamet")
    assert codes(refused) == {"application.letter_not_released"}
    await led("case_handler", decisions.release, decision_id)
    with pytest.raises(NotAllowed):
        await led(COORDINATOR, decisions.decline, case_id, why="Vi har mistet teamet")
    with pytest.raises(NotYet):
        await led(LEADER, decisions.decline, case_id, why="")
    declined = await led(LEADER, decisions.decline, case_id, why="Vi har mistet teamet")
    assert (declined.state, declined.awarded_ore) == ("declined", None)
    async with led.database.reading() as uow:
        assert await balance(uow, case_id) == (0, 0)
        letter = (
            await uow.session.scalars(select(Letter).where(Letter.case_id == case_id, Letter.kind == "declined"))
        ).one()
        assert letter.released_at is not None
        assert "Vi har mistet teamet" in str(letter.fields)
        told = (await uow.session.scalars(select(Notice).where(Notice.code == "frame_freed"))).all()
    assert led.world.people["case_handler"].id in {notice.person_id for notice in told}
    assert {notice.parameters["waiting"] for notice in told} == {1}
    again = await led("case_handler", decisions.prepare, case_id=await case_of(led, waiting))
    assert again.state == "pending", "whoever waits can be given what is free"


async def case_of(led: Led, decision_id: UUID) -> UUID:
    async with led.database.reading() as uow:
        return (await uow.session.get_one(Decision, decision_id)).case_id


async def test_the_pages_of_a_declined_award(browser: Browser, led: Led, call_id: UUID) -> None:
    await led.decided(call_id, "hareid_ulstein_sande", outcome="waitlisted", amount_ore=None, hours=None)
    decision_id = await led.decided(call_id)
    await led("case_handler", decisions.release, decision_id)
    case_id = await case_of(led, decision_id)
    page = f"/applications/{case_id}"
    await browser.as_person(LEADER)
    assert f'action="{page}/decline"' in (await browser.get(page)).text
    assert (await browser.post(f"{page}/decline", {"why": "Vi har mistet teamet"}, page=page)).status_code == 303
    assert "Dere har takket nei" in (await browser.get(page)).text
    await browser.as_person("case_handler")
    board = (await browser.get(f"/decisions?call={call_id}")).text
    waitlist = board.partition('id="waitlist"')[2].partition("</section>")[0]
    assert "Får plass" in waitlist


async def test_a_milestone_waived_for_nothing_asks_nobody_for_money(led: Led, call_id: UUID) -> None:
    case_id = await led.accepted(call_id)
    async with led.database.reading() as uow:
        row = next(each for each in await milestone_queries.milestones_of(uow, case_id) if not each.share_basis_points)
    await led("decision_maker", milestones.waive_milestone, row.id, why="Trengs ikke")
    async with led.database.reading() as uow:
        project = await uow.session.get_one(Project, case_id)
        assert (await PROJECT.facts(uow, project)).unanswered_payments == ()
        told = await uow.session.scalar(
            select(func.count()).where(Notice.code == "milestone_waived", Notice.case_id == case_id)
        )
    assert told == 0
