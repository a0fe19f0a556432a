"""Reviewing: impartiality first, one's own before others', disagreement discussed, minutes confirmed by both sides."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.cases.models import Case
from app.cases.queries import roles_in
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.meetings import service as meetings
from app.meetings.models import Meeting
from app.reviews import queries
from app.reviews import service as reviews
from app.reviews.models import Review
from tests.applications_under_way import TEXT, Led
from tests.conftest import MovingClock
from workflows.rules import DEFAULT_RULES


@pytest.fixture
async def case_id(led: Led, clock: MovingClock) -> UUID:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    return await led.in_review(call_id)


def codes(refused: pytest.ExceptionInfo[NotYet]) -> list[str]:
    return [each.code for each in refused.value.reasons]


async def reads(led: Led, case_id: UUID, who: str) -> bool:
    async with led.database.reading() as uow:
        actor = await led.world.actor(uow, who)
        case = await uow.session.get_one(Case, case_id)
        return await queries.may_read(uow, actor, case, await roles_in(uow, actor, case))


async def scores_seen(led: Led, case_id: UUID, who: str) -> int:
    async with led.database.reading() as uow:
        actor = await led.world.actor(uow, who)
        case = await uow.session.get_one(Case, case_id)
        roles = await roles_in(uow, actor, case)
        rows = await queries.scores_by_criterion(uow, actor, case_id, roles, DEFAULT_RULES, "nb")
        return len(rows[0].given)


async def test_nothing_is_read_or_scored_before_the_declaration(led: Led, case_id: UUID) -> None:
    review_id = await led.assign(case_id, "reviewer_one")
    assert not await reads(led, case_id, "reviewer_one")
    criterion_id = (await led.criteria(case_id))[0]
    with pytest.raises(NotYet) as refused:
        await led("reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=3, reason=TEXT)
    assert "review.undeclared" in codes(refused)
    with pytest.raises(Invalid):
        await led("reviewer_one", reviews.declare, review_id, impartial=False)
    await led("reviewer_one", reviews.declare, review_id, impartial=True)
    assert await reads(led, case_id, "reviewer_one")
    await led("reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=3, reason=TEXT)
    async with led.database.reading() as uow:
        assert (await uow.session.get_one(Review, review_id)).state == "started"


async def test_what_is_missing_is_said_criterion_by_criterion(led: Led, case_id: UUID) -> None:
    review_id = await led.assign(case_id, "reviewer_one")
    await led("reviewer_one", reviews.declare, review_id, impartial=True)
    criteria = await led.criteria(case_id)
    await led("reviewer_one", reviews.score, review_id, criterion_id=criteria[0], value=3, reason="For kort")
    with pytest.raises(Invalid) as wrong:
        await led("reviewer_one", reviews.score, review_id, criterion_id=criteria[1], value=6, reason=TEXT)
    assert wrong.value.fields["value"].code == "review.score_off_scale"
    with pytest.raises(NotYet) as refused:
        await led("reviewer_one", reviews.submit, review_id)
    assert codes(refused).count("review.score_missing") == len(criteria) - 1
    assert codes(refused).count("review.reason_too_short") == len(criteria)


async def test_others_reviews_open_only_after_ones_own_is_in(led: Led, case_id: UUID) -> None:
    first = await led.reviewed(case_id, "reviewer_one")
    second = await led.assign(case_id, "facilitator_two")
    await led("facilitator_two", reviews.declare, second, impartial=True)
    assert await scores_seen(led, case_id, "facilitator_two") == 0
    async with led.database.reading() as uow:
        actor = await led.world.actor(uow, "facilitator_two")
        with pytest.raises(NotFound):
            await queries.reviewing(uow, actor, first)
    assert await scores_seen(led, case_id, "case_handler") == 1
    for criterion_id in await led.criteria(case_id):
        await led("facilitator_two", reviews.score, second, criterion_id=criterion_id, value=2, reason=TEXT)
    await led("facilitator_two", reviews.submit, second)
    assert await scores_seen(led, case_id, "facilitator_two") == 2
    with pytest.raises(NotYet):
        await led(
            "facilitator_two",
            reviews.score,
            second,
            criterion_id=(await led.criteria(case_id))[0],
            value=5,
            reason=TEXT,
        )


async def test_a_case_handler_who_reviews_sees_no_scores_until_their_own_are_in(led: Led, case_id: UUID) -> None:
    await led.reviewed(case_id, "reviewer_one")
    assert await scores_seen(led, case_id, "second_case_handler") == 1
    await led.assign(case_id, "second_case_handler")
    assert await scores_seen(led, case_id, "second_case_handler") == 0


async def test_whoever_steps_aside_sees_no_more_of_the_case(led: Led, case_id: UUID) -> None:
    review_id = await led.assign(case_id, "reviewer_one")
    await led("reviewer_one", reviews.recuse, review_id, why="Jeg kjenner lederen godt")
    async with led.database.reading() as uow:
        actor = await led.world.actor(uow, "reviewer_one")
        case = await uow.session.get_one(Case, case_id)
        assert "reviewer" not in await roles_in(uow, actor, case)
    assert not await reads(led, case_id, "reviewer_one")
    with pytest.raises(NotYet):
        await led.assign(case_id, "reviewer_one")


async def test_only_the_reviewer_writes_and_only_the_group_is_asked(led: Led, case_id: UUID) -> None:
    review_id = await led.assign(case_id, "reviewer_one")
    await led.assign(case_id, "facilitator_two")
    with pytest.raises(NotYet) as refused:
        await led("facilitator_two", reviews.declare, review_id, impartial=True)
    assert codes(refused) == ["review.only_self"]
    with pytest.raises(NotAllowed):
        await led("case_handler", reviews.declare, review_id, impartial=True)
    with pytest.raises(NotFound):
        await led("klepp_time.leader", reviews.submit, review_id)
    with pytest.raises(Invalid):
        await led.assign(case_id, "management")


async def test_the_meeting_waits_for_the_reviews_and_its_minutes_for_both_sides(led: Led, case_id: UUID) -> None:
    await led.reviewed(case_id, "reviewer_one")
    with pytest.raises(NotYet) as refused:
        await led("case_handler", reviews.hold_meeting, case_id)
    assert codes(refused) == ["review.too_few"]
    await led.reviewed(case_id, "facilitator_two")
    await led("case_handler", reviews.hold_meeting, case_id)
    soon = led.database.clock() + timedelta(days=2)
    with pytest.raises(Invalid):
        await led("case_handler", meetings.record_minutes, case_id, held_at=soon, minutes="For tidlig")
    await led("case_handler", meetings.plan_meeting, case_id, held_at=soon)
    with pytest.raises(NotYet) as refused:
        await led("lillestrom.leader", meetings.confirm_minutes, case_id)
    assert codes(refused) == ["decision.meeting_missing"]
    past = led.database.clock() - timedelta(hours=1)
    await led("case_handler", meetings.record_minutes, case_id, held_at=past, minutes="Avklart.")
    async with led.database.reading() as uow:
        read = (await uow.session.get_one(Meeting, case_id)).written_at
    await led("lillestrom.leader", meetings.confirm_minutes, case_id, written_at=read)
    await led("case_handler", meetings.record_minutes, case_id, held_at=past, minutes="Avklart, og litt til.")
    with pytest.raises(Stale):
        await led("lillestrom.leader", meetings.confirm_minutes, case_id, written_at=read)
    async with led.database.reading() as uow:
        meeting = (await uow.session.scalars(select(Meeting).where(Meeting.case_id == case_id))).one()
        assert meeting.confirmed_by_office is None, "new minutes ask both sides anew"
    with pytest.raises(NotAllowed):
        await led("reviewer_one", meetings.confirm_minutes, case_id)
