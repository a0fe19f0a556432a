"""From a recommendation to an accepted award: four eyes, the frame, deviations, and what comes after."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.applications import service as applications
from app.applications.models import Application
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.decisions import service
from app.decisions.facts import DECISION
from app.decisions.ledger import confirm_commitment
from app.decisions.models import Commitment, Decision, Letter
from app.identity import service as identity
from app.identity.actor import SYSTEM
from app.letters import service as letters
from app.projects.models import Project
from app.reviews import service as reviews
from tests.applications_under_way import Led
from tests.conftest import MovingClock, world_in
from workflows.engine import Act, decide
from workflows.roles import Role

CHECKS = ("authority", "cover", "prudence")


def codes(refused: pytest.ExceptionInfo[NotYet]) -> set[str]:
    return {each.code for each in refused.value.reasons}


async def states(led: Led, decision_id: UUID) -> tuple[str, str]:
    async with led.database.reading() as uow:
        decision = await uow.session.get_one(Decision, decision_id)
        return decision.state, (await uow.session.get_one(Application, decision.case_id)).state


async def entries(led: Led, call_id: UUID) -> list[tuple[str, int, int]]:
    async with led.database.reading() as uow:
        rows = await uow.session.scalars(
            select(Commitment).where(Commitment.call_id == call_id).order_by(Commitment.id)
        )
        return [(row.kind, row.amount_ore, row.hours) for row in rows]


async def case_of(led: Led, decision_id: UUID) -> UUID:
    async with led.database.reading() as uow:
        return (await uow.session.get_one(Decision, decision_id)).case_id


async def test_an_award_binds_the_frame_waits_for_its_letter_and_is_accepted(led: Led, call_id: UUID) -> None:
    decision_id = await led.decided(call_id)
    case_id = await case_of(led, decision_id)
    assert await states(led, decision_id) == ("decided", "awarded")
    assert await entries(led, call_id) == [("final", 40_000_000, 60)]
    with pytest.raises(NotYet) as refused:
        await led("lillestrom.leader", service.accept, case_id)
    assert codes(refused) == {"application.letter_not_released"}
    await led("case_handler", service.release, decision_id)
    with pytest.raises(NotAllowed):
        await led("lillestrom.coordinator", service.accept, case_id)
    await led("lillestrom.leader", service.accept, case_id)
    await led("lillestrom.leader", service.accept, case_id)
    assert await states(led, decision_id) == ("released", "accepted")
    async with led.database.reading() as uow:
        assert (await uow.session.get_one(Project, case_id)).amount_ore == 40_000_000


async def test_everything_missing_for_a_recommendation_is_said_at_once(led: Led, call_id: UUID) -> None:
    case_id = await led.in_review(call_id)
    await led.reviewed(case_id, "reviewer_one", 5)
    await led.reviewed(case_id, "facilitator_two", 4, first=1)
    await led("case_handler", reviews.hold_meeting, case_id)
    row = await led("case_handler", service.prepare, case_id=case_id)
    assert (await led("case_handler", service.prepare, case_id=case_id)).id == row.id
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.recommend, row.id)
    assert codes(refused) == {
        "decision.undiscussed", "decision.meeting_missing", "decision.outcome_missing", "decision.reasons_missing",
        "decision.impartiality_undeclared",
    }  # fmt: skip
    first = (await led.criteria(case_id))[0]
    await led("case_handler", reviews.write_discussion, case_id, criterion_id=first, text="Vi ble enige om 3.")
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.recommend, row.id)
    assert "decision.undiscussed" not in codes(refused)
    await led.reviewed(case_id, "reviewer_three", 4)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.recommend, row.id)
    assert "decision.undiscussed" in codes(refused), "a review after the discussion asks for a new one"


async def test_who_recommends_does_not_decide_and_authority_has_its_limit(led: Led, call_id: UUID) -> None:
    decision_id = await led.recommended(call_id)
    async with led.database.unit_of_work() as uow:
        handler = led.world.people["case_handler"].id
        await identity.give_scheme_role(
            uow, handler, Role.DECISION_MAKER, why="Prøve", valid_from=uow.now, limit_ore=10_000_000
        )
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.decide, decision_id, checks=CHECKS)
    assert codes(refused) == {"decision.same_person", "decision.over_limit"}
    with pytest.raises(NotYet) as refused:
        await led("decision_maker", service.decide, decision_id)
    assert codes(refused) == {"decision.impartiality_undeclared", "decision.check_missing"}
    with pytest.raises(NotAllowed):
        await led("second_case_handler", service.decide, decision_id, checks=CHECKS)
    assert await states(led, decision_id) == ("recommended", "recommended")
    assert await entries(led, call_id) == []


async def test_a_decision_may_deviate_with_its_reason(led: Led, call_id: UUID) -> None:
    decision_id = await led.recommended(call_id)
    await led("decision_maker", service.declare_impartial, decision_id, impartial=True)
    with pytest.raises(NotYet) as refused:
        await led("decision_maker", service.decide, decision_id, outcome="rejected")
    assert codes(refused) == {"decision.deviation_unexplained"}
    await led("decision_maker", service.decide, decision_id, outcome="rejected", why="Det er ikke nok til alle.")
    assert await states(led, decision_id) == ("decided", "rejected")
    assert await entries(led, call_id) == []


async def test_a_recommendation_is_sent_back_and_signed_again(led: Led, call_id: UUID) -> None:
    decision_id = await led.recommended(call_id)
    with pytest.raises(NotYet):
        await led("decision_maker", service.send_back, decision_id)
    await led("decision_maker", service.send_back, decision_id, why="Skriv mer om tid.")
    assert await states(led, decision_id) == ("pending", "clarification_meeting")
    await led("case_handler", service.recommend, decision_id, reasons="Mer om tid.")
    assert await states(led, decision_id) == ("recommended", "recommended")


async def test_the_waiting_list_and_a_provisional_award_lead_to_an_award(led: Led, call_id: UUID) -> None:
    decision_id = await led.decided(call_id, outcome="waitlisted", amount_ore=None, hours=None)
    case_id = await case_of(led, decision_id)
    await led("case_handler", service.release, decision_id)
    for outcome in ("provisionally_awarded", "awarded"):
        row = await led("case_handler", service.prepare, case_id=case_id)
        await led(
            "case_handler", service.recommend, row.id, outcome=outcome, amount_ore=20_000_000, hours=10,
            reasons="Nå er det plass.",
        )  # fmt: skip
        await led("decision_maker", service.decide, row.id, checks=CHECKS)
        with pytest.raises(NotYet):
            await led("lillestrom.leader", service.accept, case_id)
        await led("case_handler", service.release, row.id)
    assert await entries(led, call_id) == [
        ("provisional", 20_000_000, 10), ("reversal", -20_000_000, -10), ("final", 20_000_000, 10),
    ]  # fmt: skip
    async with led.database.reading() as uow:
        count = await uow.session.scalar(select(func.count()).where(Letter.case_id == case_id))
    assert count == 3
    await led("lillestrom.leader", service.accept, case_id)


async def test_a_provisional_commitment_becomes_final_by_counter_entries(led: Led, call_id: UUID) -> None:
    decision_id = await led.decided(call_id, outcome="provisionally_awarded")
    await led("case_handler", service.release, decision_id)
    case_id = await case_of(led, decision_id)
    await led("lillestrom.leader", service.accept, case_id)
    for _ in range(2):
        async with led.database.unit_of_work() as uow:
            await confirm_commitment(uow, SYSTEM, await uow.session.get_one(Project, case_id))
    assert [kind for kind, _, _ in await entries(led, call_id)] == ["provisional", "reversal", "final"]


async def test_an_award_not_accepted_in_time_lapses_and_frees_the_frame(
    led: Led, call_id: UUID, clock: MovingClock
) -> None:
    decision_id = await led.decided(call_id)
    case_id = await case_of(led, decision_id)
    await led("case_handler", service.release, decision_id)
    with pytest.raises(NotYet) as refused:
        await led("decision_maker", service.lapse, case_id, why="Ingen svar")
    assert codes(refused) == {"application.acceptance_not_overdue"}
    clock.moved += timedelta(days=22)
    await led("decision_maker", service.lapse, case_id, why="Ingen svar")
    assert await entries(led, call_id) == [("final", 40_000_000, 60), ("reversal", -40_000_000, -60)]


async def test_the_frame_of_money_and_hours_is_never_exceeded(led: Led, call_id: UUID) -> None:
    await led.decided(call_id, amount_ore=70_000_000, hours=150)
    second = await led.recommended(call_id, "klepp_time", amount_ore=40_000_000, hours=60)
    await led("decision_maker", service.declare_impartial, second, impartial=True)
    with pytest.raises(NotYet) as refused:
        await led("decision_maker", service.decide, second, checks=CHECKS)
    assert codes(refused) == {"decision.over_frame", "decision.over_hours"}
    over = next(each for each in refused.value.reasons if each.code == "decision.over_frame")
    assert over.parameters == {"amount_ore": 40_000_000, "left_ore": 30_000_000}


async def test_of_two_decisions_at_once_over_the_last_of_the_frame_one_is_refused(
    own_database: Database, clock: MovingClock
) -> None:
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call(frame_ore=60_000_000)
    clock.moved = timedelta(minutes=1)
    waiting = [await led.recommended(call_id, office) for office in ("lillestrom", "klepp_time")]
    for decision_id in waiting:
        await led("decision_maker", service.declare_impartial, decision_id, impartial=True)
    answers = await asyncio.gather(
        *(led("decision_maker", service.decide, each, checks=CHECKS) for each in waiting), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, NotYet)]
    assert len(refused) == 1, answers
    assert [reason.code for reason in refused[0].reasons] == ["decision.over_frame"]
    assert await entries(led, call_id) == [("final", 40_000_000, 60)]
    assert sorted([await states(led, each) for each in waiting]) == [
        ("decided", "awarded"), ("recommended", "recommended"),
    ]  # fmt: skip


@pytest.mark.parametrize("statement", ["UPDATE commitments SET amount_ore = 0", "DELETE FROM commitments"])
async def test_the_database_itself_refuses_to_change_the_ledger(led: Led, call_id: UUID, statement: str) -> None:
    await led.decided(call_id)
    with pytest.raises(DBAPIError, match="append-only"):
        async with led.database.unit_of_work() as uow:
            await uow.session.execute(text(statement))
    assert await entries(led, call_id) == [("final", 40_000_000, 60)]


async def test_a_tie_to_the_applicant_keeps_one_from_deciding_and_from_what_is_drafted(led: Led, call_id: UUID) -> None:
    decision_id = await led.recommended(call_id)
    await led("decision_maker", service.declare_impartial, decision_id, impartial=True)
    async with led.database.unit_of_work() as uow:
        await identity.add_membership(
            uow, led.world.people["decision_maker"].id, led.world.units["ost_viken"].id, "employee", valid_from=uow.now
        )
    for verb in (service.decide, service.send_back):
        with pytest.raises(NotFound):
            await led("decision_maker", verb, decision_id, why="Fordi")
    async with led.database.reading() as uow:
        decision = await uow.session.get_one(Decision, decision_id)
        assert decision.state == "recommended"
        facts = await DECISION.facts(uow, decision)
        person_id = led.world.people["decision_maker"].id
        act = Act(now=uow.now, roles=frozenset({Role.DECISION_MAKER}), person_id=person_id)
        verdict = decide(DECISION.lifecycle, "decide", decision.state, replace(facts, checks=frozenset(CHECKS)), act)
    assert {each.code for each in verdict.unmet} == {"review.conflict"}, "the rule holds by itself"


async def test_a_dismissal_has_its_letter_that_waits(led: Led, call_id: UUID) -> None:
    case_id = await led.sent(call_id)
    await led("case_handler", applications.begin_screening, case_id)
    await led("case_handler", applications.dismiss, case_id, why="Dere er ikke i målgruppa.")
    async with led.database.reading() as uow:
        letter = (await uow.session.scalars(select(Letter).where(Letter.case_id == case_id))).one()
    assert (letter.kind, letter.released_at) == ("dismissal", None)
    assert "Dere er ikke i målgruppa." in str(letter.fields)
    for _ in range(2):
        await led("case_handler", letters.release, letter.id)
    async with led.database.reading() as uow:
        assert (await uow.session.get_one(Letter, letter.id)).released_at is not None


async def test_an_identity_number_in_the_reasons_is_refused(led: Led, call_id: UUID) -> None:
    decision_id = await led.recommended(call_id)
    await led("decision_maker", service.send_back, decision_id, why="Se på teksten.")
    with pytest.raises(Invalid):
        await led("case_handler", service.write, decision_id, reasons="Som 13097248022 sier")
