"""Trying an outcome again through the services: by others, with reasons and a letter, and a new decision after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, select

from app.applications import service as applications
from app.applications.checks import judgements_of
from app.applications.models import Application
from app.core.errors import NotAllowed, NotFound, NotYet
from app.decisions import service as decisions
from app.decisions.models import Commitment, Decision, Letter
from app.identity.models import UnitMembership
from app.letters import service as letters
from app.letters.making import Fields
from app.notices.models import Notice
from app.reconsiderations import service
from app.reconsiderations.jobs import remind, remind_of_last_day
from app.reconsiderations.models import Reconsideration
from tests.applications_under_way import ALL_HOLD, Led
from tests.conftest import MovingClock
from workflows.reminder import in_office_hours

OFFICE = "lillestrom"
LEADER, HANDLER = f"{OFFICE}.leader", "second_case_handler"
WHY = "Vi mener at behovet ikke ble lest riktig."
CHECKS = ("authority", "cover", "prudence")


async def told(led: Led, call_id: UUID, outcome: str = "rejected", **fields: Any) -> UUID:
    """An application whose outcome the office has been told."""
    gives = outcome in ("awarded", "provisionally_awarded")
    given = {} if gives else {"amount_ore": None, "hours": None}
    decision_id = await led.decided(call_id, OFFICE, outcome=outcome, **given, **fields)
    row = await led("case_handler", decisions.release, decision_id)
    return UUID(str(row.case_id))


async def asked(led: Led, case_id: UUID) -> UUID:
    row = await led(LEADER, service.ask, case_id=case_id, parts=("assessment",), reasons=WHY)
    return UUID(str(row.id))


async def considered(led: Led, case_id: UUID) -> UUID:
    """A request that somebody has taken up who took no part before."""
    request_id = await asked(led, case_id)
    await led(HANDLER, service.declare_impartial, request_id, impartial=True)
    await led(HANDLER, service.take_up, request_id)
    return request_id


async def row_of(led: Led, request_id: UUID) -> Reconsideration:
    async with led.database.reading() as uow:
        return await uow.session.get_one(Reconsideration, request_id)


async def state_of(led: Led, case_id: UUID) -> str:
    async with led.database.reading() as uow:
        return str(await uow.session.scalar(select(Application.state).where(Application.id == case_id)))


async def letters_about(led: Led, request_id: UUID) -> list[Letter]:
    async with led.database.reading() as uow:
        rows = await uow.session.scalars(
            select(Letter).where(Letter.reconsideration_id == request_id).order_by(Letter.id)
        )
        return list(rows)


def codes(refused: pytest.ExceptionInfo[NotYet]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


async def test_the_first_round_is_kept_and_none_of_it_can_handle_the_request(led: Led, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    request_id = await asked(led, case_id)
    people = led.world.people
    first = {people[who].id for who in ("reviewer_one", "facilitator_two", "case_handler", "decision_maker")}
    assert set((await row_of(led, request_id)).first_round) == first
    for who in ("case_handler", "decision_maker"):
        with pytest.raises(NotYet) as refused:
            await led(who, service.take_up, request_id)
        assert codes(refused) == ["reconsideration.took_part"]
    with pytest.raises(NotYet) as refused:
        await led(HANDLER, service.take_up, request_id)
    assert codes(refused) == ["reconsideration.impartiality_undeclared"]
    async with led.database.reading() as uow:
        told_to = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "reconsideration_asked")))
    assert told_to == {people[HANDLER].id}, "those of the first round are not asked to take it"


async def test_an_outcome_that_stands_has_a_letter_with_reasons_in_the_offices_language(
    led: Led, call_id: UUID
) -> None:
    case_id = await told(led, call_id)
    request_id = await considered(led, case_id)
    with pytest.raises(NotYet) as refused:
        await led(HANDLER, service.uphold, request_id, answer="  ")
    assert codes(refused) == ["reconsideration.answer_missing"]
    assert not await letters_about(led, request_id)
    await led(HANDLER, service.uphold, request_id, answer="Vi ser det som første gang.")
    (letter,) = await letters_about(led, request_id)
    fields = msgspec.convert(letter.fields, Fields)
    assert (letter.kind, letter.released_at, fields.language) == ("upheld", None, "nb")
    assert "Vi ser det som første gang." in str(fields) and "Olav Mo" in str(fields)
    assert "{" not in str(fields.parts)
    await led(HANDLER, letters.release, letter.id)
    assert (await row_of(led, request_id)).told_at is not None
    assert await state_of(led, case_id) == "rejected"
    with pytest.raises(NotYet) as refused:
        await asked(led, case_id)
    assert codes(refused) == ["reconsideration.answered_already"]


async def test_a_changed_outcome_is_decided_anew_by_others_within_the_frame(led: Led, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    request_id = await considered(led, case_id)
    with pytest.raises(NotYet) as refused:
        await led(HANDLER, decisions.prepare, case_id=case_id)
    assert codes(refused) == ["decision.application_not_clarified"], "no second decision before the request is granted"
    await led(HANDLER, service.change, request_id, answer="Behovet er bedre enn vi så.")
    assert await state_of(led, case_id) == "reconsidered"
    (letter,) = await letters_about(led, request_id)
    assert letter.kind == "changed"
    decision = await led(HANDLER, decisions.prepare, case_id=case_id)
    given = {"outcome": "awarded", "amount_ore": 100_000_001, "hours": 10, "reasons": "Behovet er reelt."}
    await led("case_handler", decisions.write, decision.id, **given)
    await led("case_handler", decisions.declare_impartial, decision.id, impartial=True)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", decisions.recommend, decision.id)
    assert "decision.took_part_before" in codes(refused)
    await led(HANDLER, decisions.declare_impartial, decision.id, impartial=True)
    await led(HANDLER, decisions.recommend, decision.id)
    for who in ("decision_maker", "second_decision_maker"):
        await led(who, decisions.declare_impartial, decision.id, impartial=True)
        with pytest.raises(NotYet) as refused:
            await led(who, decisions.decide, decision.id, checks=CHECKS)
        assert ("decision.took_part_before" in codes(refused)) == (who == "decision_maker")
        assert "decision.over_frame" in codes(refused)
    await led(
        "second_decision_maker", decisions.decide, decision.id, amount_ore=50_000_000, checks=CHECKS, why="Rammen."
    )
    assert await state_of(led, case_id) == "awarded"
    async with led.database.reading() as uow:
        bound = await uow.session.scalar(select(func.sum(Commitment.amount_ore)).where(Commitment.case_id == case_id))
        kinds = list(
            await uow.session.scalars(select(Letter.kind).where(Letter.case_id == case_id).order_by(Letter.id))
        )
    assert (bound, kinds) == (50_000_000, ["rejection", "changed", "award"])


async def test_an_award_that_is_tried_again_keeps_its_money_until_the_new_decision(led: Led, call_id: UUID) -> None:
    case_id = await told(led, call_id, "awarded")
    request_id = await considered(led, case_id)
    with pytest.raises(NotYet) as refused:
        await led(LEADER, decisions.accept, case_id)
    assert codes(refused) == ["application.request_open"]
    await led(HANDLER, service.change, request_id, answer="Dere skal ha mer.")
    async with led.database.reading() as uow:
        bound = await uow.session.scalar(select(func.sum(Commitment.amount_ore)).where(Commitment.case_id == case_id))
    assert bound == 40_000_000


async def test_a_dismissal_that_is_changed_is_treated_anew_and_not_dismissed_by_the_same_person(
    led: Led, call_id: UUID
) -> None:
    case_id = await led.sent(call_id, OFFICE)
    await led("case_handler", applications.begin_screening, case_id)
    await led("case_handler", applications.judge, case_id, **ALL_HOLD)
    await led("case_handler", applications.dismiss, case_id, why="Dere er ikke i målgruppa.")
    with pytest.raises(NotYet) as refused:
        await asked(led, case_id)
    assert codes(refused) == ["reconsideration.no_outcome"], "what has not been told cannot be tried again"
    async with led.database.reading() as uow:
        letter_id = await uow.session.scalar(select(Letter.id).where(Letter.case_id == case_id))
    await led("case_handler", letters.release, letter_id)
    request_id = await considered(led, case_id)
    await led(HANDLER, service.change, request_id, answer="Dere er i målgruppa.")
    assert await state_of(led, case_id) == "screening"
    with pytest.raises(NotYet) as refused:
        await led("case_handler", applications.dismiss, case_id, why="Likevel ikke.")
    assert codes(refused) == ["application.took_part_before"]
    with pytest.raises(NotYet) as refused:
        await led(HANDLER, applications.find_complete, case_id)
    assert codes(refused) == ["application.judged_before"] * len(ALL_HOLD), "the first round's judgements count no more"
    await led(HANDLER, applications.judge, case_id, **ALL_HOLD)
    await led(HANDLER, applications.find_complete, case_id)
    assert await state_of(led, case_id) == "in_review"
    async with led.database.reading() as uow:
        found = await judgements_of(uow, await uow.session.get_one(Application, case_id))
    assert {len(rows) for rows in found.values()} == {2}, "what was judged the first time can still be read"
    assert {(rows[0].still_counts, rows[1].first_round) for rows in found.values()} == {(True, True)}


async def test_an_appeal_goes_on_above_and_its_outcome_is_registered(led: Led, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    async with led.database.unit_of_work() as uow:
        application = await uow.session.get_one(Application, case_id)
        application.rules = application.rules | {"appeal": application.rules["appeal"] | {"regime": "act"}}
    request_id = await considered(led, case_id)
    with pytest.raises(NotYet):
        await led(HANDLER, service.uphold, request_id, answer="Vi ser det som før.")
    await led(HANDLER, service.send_on, request_id, answer="Vi ser det som før.")
    above = {"above_by": "Klagenemnda", "above_on": led.database.clock().date(), "above_reasons": "Klagen fører fram."}
    with pytest.raises(NotYet) as refused:
        await led(HANDLER, service.register_changed, request_id, **(above | {"above_reasons": ""}))
    assert codes(refused) == ["reconsideration.above_reasons_missing"]
    await led(HANDLER, service.register_changed, request_id, **above)
    found = await letters_about(led, request_id)
    assert [letter.kind for letter in found] == ["sent_on", "changed_above"]
    assert "Klagenemnda" in str(found[1].fields) and "Klagen fører fram." in str(found[1].fields)
    assert await state_of(led, case_id) == "reconsidered"


async def test_a_late_request_is_taken_in_and_dismissed_or_taken_up_with_a_reason(
    led: Led, call_id: UUID, clock: MovingClock
) -> None:
    case_id = await told(led, call_id)
    clock.moved += timedelta(days=60)
    request_id = await asked(led, case_id)
    await led(HANDLER, service.declare_impartial, request_id, impartial=True)
    with pytest.raises(NotYet) as refused:
        await led(HANDLER, service.take_up, request_id)
    assert codes(refused) == ["reconsideration.late"]
    with pytest.raises(NotYet) as refused:
        await led(HANDLER, service.accept_late, request_id)
    assert codes(refused) == ["step.why_missing"]
    await led(HANDLER, service.dismiss, request_id, answer="Fristen gikk ut for lenge siden.")
    (letter,) = await letters_about(led, request_id)
    assert letter.kind == "too_late" and "lenge siden" in str(letter.fields)


async def test_a_request_is_withdrawn_and_made_again(led: Led, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    request_id = await asked(led, case_id)
    with pytest.raises(NotYet) as refused:
        await asked(led, case_id)
    assert codes(refused) == ["reconsideration.open_already"]
    await led(LEADER, service.withdraw, request_id)
    assert (await row_of(led, await asked(led, case_id))).state == "asked"


async def test_only_the_office_asks_and_a_stranger_knows_of_nothing(led: Led, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    with pytest.raises(NotAllowed):
        await led("case_handler", service.ask, case_id=case_id, reasons=WHY)
    with pytest.raises(NotAllowed):
        await led(f"{OFFICE}.counsellor", service.ask, case_id=case_id, reasons=WHY)
    request_id = await asked(led, case_id)
    with pytest.raises(NotAllowed):
        await led(LEADER, service.take_up, request_id)
    for verb in (service.take_up, service.withdraw):
        with pytest.raises(NotFound):
            await led("klepp_time.leader", verb, request_id)


async def test_a_request_that_is_not_answered_is_reminded_of_and_taken_higher(
    led: Led, call_id: UUID, clock: MovingClock
) -> None:
    request_id = await considered(led, await told(led, call_id))
    people = led.world.people
    expected = [
        (
            40,
            "reconsideration_reminder_decision_maker",
            {people["decision_maker"].id, people["second_decision_maker"].id},
        ),
    ]
    for days, code, to in expected:
        clock.moved += timedelta(days=days)
        await _in_office_hours(led, clock)
        for _ in range(2):
            await remind(led.database.unit_of_work)
        async with led.database.reading() as uow:
            rows = list(await uow.session.scalars(select(Notice.person_id).where(Notice.code == code)))
        assert set(rows) == to and len(rows) == len(to)
    assert (await row_of(led, request_id)).rungs == ["decision_maker"]


async def reminded_of_last_day(led: Led, case_id: UUID) -> list[UUID]:
    async with led.database.reading() as uow:
        statement = select(Notice.person_id).where(Notice.code == "reconsideration_last_day", Notice.case_id == case_id)
        return sorted(await uow.session.scalars(statement))


async def test_an_office_is_reminded_once_before_its_last_day_to_disagree(led: Led, clock: MovingClock) -> None:
    clock.at = datetime(2027, 2, 1, 9, tzinfo=UTC)
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    case_id = await told(led, call_id)
    office = sorted(led.world.people[f"{OFFICE}.{role}"].id for role in ("leader", "coordinator"))
    for day, hour, expected in ((16, 9, []), (17, 4, []), (17, 9, office), (18, 9, office), (22, 9, office)):
        clock.at = datetime(2027, 2, day, hour, tzinfo=UTC)
        await remind_of_last_day(led.database.unit_of_work)
        assert await reminded_of_last_day(led, case_id) == expected, day


async def test_an_office_that_has_asked_is_not_reminded(led: Led, call_id: UUID, clock: MovingClock) -> None:
    case_id = await told(led, call_id)
    request_id = await asked(led, case_id)
    clock.moved += timedelta(days=17)
    await _in_office_hours(led, clock)
    await remind_of_last_day(led.database.unit_of_work)
    assert await reminded_of_last_day(led, case_id) == []
    await led(LEADER, service.withdraw, request_id)
    await remind_of_last_day(led.database.unit_of_work)
    assert len(await reminded_of_last_day(led, case_id)) == 2, "who has thought better of it may ask again"


async def _in_office_hours(led: Led, clock: MovingClock) -> None:
    while not in_office_hours(led.database.clock()):
        clock.moved += timedelta(hours=1)


async def test_every_outcome_has_a_letter(led: Led, call_id: UUID) -> None:
    """No decision is made without the letter about it, and no letter without its reasons."""
    await told(led, call_id)
    async with led.database.reading() as uow:
        without = await uow.session.scalar(
            select(func.count())
            .select_from(Decision)
            .outerjoin(Letter, Letter.decision_id == Decision.id)
            .where(Decision.state.in_(("decided", "released")), Letter.id.is_(None))
        )
        bare = await uow.session.scalar(
            select(func.count()).select_from(Letter).where(func.btrim(Letter.reasons) == "")
        )
    assert (without, bare) == (0, 0)


async def test_a_case_handler_who_works_at_the_office_is_not_told(led: Led, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    person, unit = led.world.people[HANDLER], led.world.units[OFFICE]
    async with led.database.unit_of_work() as uow:
        uow.session.add(UnitMembership(person_id=person.id, unit_id=unit.id, role="employee", valid_from=uow.now))
    await asked(led, case_id)
    async with led.database.reading() as uow:
        told_of = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "reconsideration_asked")))
    assert person.id not in told_of
