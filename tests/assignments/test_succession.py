"""Reviews that cannot stand are voided, and the places given by the rules and weights of every other proposal."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.assignments import jobs, service, succession
from app.audit.models import Event
from app.cases.models import Case
from app.core.database import Database
from app.identity import service as identity
from app.identity.models import SchemeRole
from app.notices.models import Notice
from app.reviews import service as reviews
from app.reviews.group import lock_people
from app.reviews.models import Review
from tests.applications_under_way import Led
from tests.conftest import MovingClock, world_in
from workflows.review import ReviewState

OFFICE = "lillestrom"
KNOWS = {"competences": ("more_in_work",)}


@pytest.fixture
async def case_id(led: Led, call_id: UUID) -> UUID:
    return await led.in_review(call_id, OFFICE)


async def reviews_of(led: Led, case_id: UUID) -> list[tuple[str, str]]:
    """Who reviews it in which state, in the order they were given it."""
    names = {person.id: key for key, person in led.world.people.items()}
    async with led.database.reading() as uow:
        rows = await uow.session.scalars(select(Review).where(Review.case_id == case_id).order_by(Review.id))
        return [(names[row.reviewer_id], row.state) for row in rows]


async def told(led: Led, who: str, prefix: str) -> list[str]:
    async with led.database.reading() as uow:
        found = select(Notice.code).where(Notice.person_id == led.world.people[who].id).order_by(Notice.id)
        return [code for code in await uow.session.scalars(found) if code.startswith(prefix)]


async def leave(led: Led, *people: str) -> None:
    """Some leave the resource group."""
    async with led.database.unit_of_work() as uow:
        ids = [led.world.people[who].id for who in people]
        for row in await uow.session.scalars(select(SchemeRole).where(SchemeRole.person_id.in_(ids))):
            row.valid_to = uow.now - timedelta(seconds=1)


async def work_at(led: Led, who: str, case_id: UUID) -> None:
    """Somebody begins to work where the application comes from."""
    async with led.database.unit_of_work() as uow:
        unit_id = (await uow.session.get_one(Case, case_id)).unit_id
        await identity.add_membership(uow, led.world.people[who].id, unit_id, "employee", valid_from=uow.now)


async def profile(led: Led, who: str, **said: object) -> None:
    about = {"languages": ("nb", "nn"), **said}
    await led(who, service.write_profile, led.world.people[who].id, **about)


async def only(led: Led, *people: str) -> None:
    """Nobody else has room."""
    for who, person in led.world.people.items():
        async with led.database.reading() as uow:
            there = await service.in_the_group(uow, [person.id])
        if there and who not in people:
            await profile(led, who, most=0)


async def test_a_tie_found_late_voids_the_review_and_gives_it_to_the_fittest(
    led: Led, call_id: UUID, case_id: UUID
) -> None:
    await led.reviewed(case_id, "reviewer_one")
    await led.assign(case_id, "facilitator_two")
    await jobs.void_untenable(led.database.unit_of_work)
    assert [state for _, state in await reviews_of(led, case_id)] == [ReviewState.SUBMITTED, ReviewState.ASSIGNED]
    # who knows the field has more to do than everybody else, and is proposed all the same
    await profile(led, "reviewer_three", **KNOWS)
    await led.assign(await led.in_review(call_id, "klepp_time"), "reviewer_three")
    await work_at(led, "reviewer_one", case_id)
    await jobs.void_untenable(led.database.unit_of_work)
    found = await reviews_of(led, case_id)
    assert found == [
        ("reviewer_one", ReviewState.VOIDED), ("facilitator_two", ReviewState.ASSIGNED),
        ("reviewer_three", ReviewState.ASSIGNED),
    ]  # fmt: skip
    assert await told(led, "reviewer_one", "review_voided") == ["review_voided"]
    assert await told(led, "case_handler", "review_re") == ["review_reassigned"]
    assert await told(led, "reviewer_three", "review_assigned") == ["review_assigned"] * 2
    async with led.database.reading() as uow:
        given = select(Event).where(Event.case_id == case_id, Event.subject == "review", Event.verb == "assign")
        (*_, event) = await uow.session.scalars(given.order_by(Event.id))
    assert event.changes["in_place_of"] == str(led.world.people["reviewer_one"].id)
    assert "assignment.knows" in event.changes["because"]
    await jobs.void_untenable(led.database.unit_of_work)
    assert await reviews_of(led, case_id) == found


async def test_a_reviewer_who_leaves_hands_over_what_is_not_handed_in(led: Led, call_id: UUID, case_id: UUID) -> None:
    second = await led.in_review(call_id, "klepp_time")
    await led.reviewed(case_id, "reviewer_one")
    await led.assign(second, "reviewer_one")
    await leave(led, "reviewer_one")
    await jobs.void_untenable(led.database.unit_of_work)
    assert await reviews_of(led, case_id) == [("reviewer_one", ReviewState.SUBMITTED)]
    (left, successor) = await reviews_of(led, second)
    assert left == ("reviewer_one", ReviewState.VOIDED) and successor[1] == ReviewState.ASSIGNED


async def test_two_who_leave_at_once_are_followed_by_two_whom_the_wishes_set_apart(led: Led, case_id: UUID) -> None:
    await led.assign(case_id, "reviewer_one")
    await led.assign(case_id, "facilitator_one")
    await only(led, "facilitator_two", "method_owner", "reviewer_two")
    await leave(led, "reviewer_one", "facilitator_one")
    await jobs.void_untenable(led.database.unit_of_work)
    successors = {who for who, state in await reviews_of(led, case_id) if state == ReviewState.ASSIGNED}
    assert len(successors) == 2
    assert "reviewer_two" in successors, "both from the directorate is what the weights speak against"
    assert await told(led, "case_handler", "review_re") == ["review_reassigned"] * 2


async def test_nobody_is_given_more_than_they_have_room_for(led: Led, case_id: UUID) -> None:
    await led.assign(case_id, "reviewer_one")
    await only(led, "reviewer_one")
    await leave(led, "reviewer_one")
    await jobs.void_untenable(led.database.unit_of_work)
    assert await reviews_of(led, case_id) == [("reviewer_one", ReviewState.VOIDED)]
    assert await told(led, "case_handler", "review_re") == []
    assert await told(led, "case_handler", "review_without") == ["review_without_successor"]


async def test_of_two_places_that_open_at_once_the_last_room_is_given_once(
    own_database: Database, clock: MovingClock
) -> None:
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    cases = [await led.in_review(call_id, office) for office in (OFFICE, "klepp_time")]
    for case_id in cases:
        await led.assign(case_id, "reviewer_one")
    await only(led, "reviewer_one")
    await profile(led, "facilitator_two", most=1)
    await leave(led, "reviewer_one")

    async def void(case_id: UUID) -> None:
        async with led.database.unit_of_work() as uow:
            await succession.void_untenable(uow, case_id)

    await asyncio.gather(*map(void, cases))
    given = [who for case_id in cases for who, state in await reviews_of(led, case_id) if state == ReviewState.ASSIGNED]
    assert given == ["facilitator_two"]
    assert await told(led, "case_handler", "review_re") == ["review_reassigned"]
    assert await told(led, "case_handler", "review_without") == ["review_without_successor"]


async def test_succession_and_acceptances_lock_people_in_one_order(own_database: Database, clock: MovingClock) -> None:
    """Whoever is named first is given their last room meanwhile, and an acceptance holds whoever is named instead."""
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    case_id, other_id = [await led.in_review(call_id, office) for office in (OFFICE, "klepp_time")]
    await led.assign(case_id, "reviewer_one")
    low, high = sorted(("facilitator_two", "reviewer_three"), key=lambda who: led.world.people[who].id)
    await only(led, low, high)
    await profile(led, low, most=1)
    await profile(led, high, most=1, **KNOWS)
    await leave(led, "reviewer_one")
    first, second = (led.world.people[who].id for who in (low, high))

    async def succeed() -> None:
        async with led.database.unit_of_work() as uow:
            await succession.void_untenable(uow, case_id)

    async def accept_two() -> None:
        async with led.database.unit_of_work() as uow:
            await lock_people(uow, [first])
            await lock_people(uow, [second])

    async def waiting(count: int) -> None:
        waits = text(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        async with asyncio.timeout(60):
            while True:
                async with led.database.reading() as uow:
                    if await uow.session.scalar(waits) == count:
                        return

    async with led.database.unit_of_work() as uow:
        await lock_people(uow, [second])
        handler = await led.world.actor(uow, "case_handler")
        await reviews.assign(uow, handler, case_id=other_id, reviewer_id=second)
        tasks = [asyncio.create_task(succeed())]
        await waiting(1)
        tasks.append(asyncio.create_task(accept_two()))
        await waiting(2)
    assert await asyncio.gather(*tasks, return_exceptions=True) == [None, None]
    assert await reviews_of(led, case_id) == [("reviewer_one", ReviewState.VOIDED), (low, ReviewState.ASSIGNED)]
