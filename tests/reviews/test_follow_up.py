"""Reviews that cannot stand are voided and given to others; those not handed in are reminded of, ever higher."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.cases.models import Case
from app.core.database import Database
from app.demo.cast import World
from app.identity import service as identity
from app.identity.actor import SYSTEM
from app.identity.models import SchemeRole
from app.notices.models import Notice
from app.reviews import jobs, missing
from app.reviews.models import Review, ReviewReminder
from app.reviews.queries import candidates
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock
from tests.reviews.test_pages import shown
from workflows.review import ReviewState

OFFICE = "lillestrom"
MONDAY = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)


@pytest.fixture
def led(database: Database, world: World) -> Led:
    return Led(database, world)


@pytest.fixture
async def call_id(led: Led, clock: MovingClock) -> UUID:
    clock.at = MONDAY
    found = await led.call()
    clock.moved = timedelta(minutes=1)
    return found


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


async def leave(led: Led, who: str) -> None:
    """Somebody leaves the resource group."""
    async with led.database.unit_of_work() as uow:
        for row in await uow.session.scalars(
            select(SchemeRole).where(SchemeRole.person_id == led.world.people[who].id)
        ):
            row.valid_to = uow.now - timedelta(seconds=1)


async def next_free(led: Led, case_id: UUID) -> str:
    """The key of whoever is to be asked next."""
    names = {person.id: key for key, person in led.world.people.items()}
    async with led.database.reading() as uow:
        return next(names[each.id] for each in await candidates(uow, SYSTEM, case_id, 12) if not each.ties)


async def test_a_tie_found_late_voids_the_review_and_gives_it_to_another(led: Led, case_id: UUID) -> None:
    await led.reviewed(case_id, "reviewer_one")
    await led.assign(case_id, "facilitator_two")
    person_id = led.world.people["reviewer_one"].id
    await jobs.void_untenable(led.database.unit_of_work)
    assert [state for _, state in await reviews_of(led, case_id)] == [ReviewState.SUBMITTED, ReviewState.ASSIGNED]
    async with led.database.unit_of_work() as uow:
        unit_id = (await uow.session.get_one(Case, case_id)).unit_id
        await identity.add_membership(uow, person_id, unit_id, "employee", valid_from=uow.now)
    expected = await next_free(led, case_id)
    await jobs.void_untenable(led.database.unit_of_work)
    found = await reviews_of(led, case_id)
    assert found == [
        ("reviewer_one", ReviewState.VOIDED), ("facilitator_two", ReviewState.ASSIGNED), (expected, ReviewState.ASSIGNED),
    ]  # fmt: skip
    assert await told(led, "reviewer_one", "review_voided") == ["review_voided"]
    assert await told(led, "case_handler", "review_re") == ["review_reassigned"]
    assert await told(led, expected, "review_assigned") == ["review_assigned"]
    await jobs.void_untenable(led.database.unit_of_work)
    assert await reviews_of(led, case_id) == found


async def test_a_reviewer_who_leaves_hands_over_what_is_not_handed_in(led: Led, call_id: UUID) -> None:
    first, second = await led.in_review(call_id, OFFICE), await led.in_review(call_id, "klepp_time")
    await led.reviewed(first, "reviewer_one")
    await led.assign(second, "reviewer_one")
    await leave(led, "reviewer_one")
    await jobs.void_untenable(led.database.unit_of_work)
    assert await reviews_of(led, first) == [("reviewer_one", ReviewState.SUBMITTED)]
    (left, successor) = await reviews_of(led, second)
    assert left == ("reviewer_one", ReviewState.VOIDED) and successor[1] == ReviewState.ASSIGNED


async def test_where_nobody_is_free_the_case_handler_is_told(led: Led, case_id: UUID) -> None:
    await led.assign(case_id, "reviewer_one")
    for key in [key for key in led.world.people if not key.startswith("case_handler")]:
        await leave(led, key)
    async with led.database.reading() as uow:
        free = [each for each in await candidates(uow, SYSTEM, case_id, 12) if not each.ties]
    for each in free:
        names = {person.id: key for key, person in led.world.people.items()}
        await led.assign(case_id, names[each.id])
    await jobs.void_untenable(led.database.unit_of_work)
    (gone, *others) = await reviews_of(led, case_id)
    assert gone == ("reviewer_one", ReviewState.VOIDED) and len(others) == len(free)
    expected = [] if len(free) >= 2 else ["review_without_successor"]
    assert await told(led, "case_handler", "review_without") == expected


async def test_reminders_climb_in_office_hours_and_never_twice(led: Led, case_id: UUID, clock: MovingClock) -> None:
    review_id = await led.assign(case_id, "reviewer_one")  # Monday 8 March: due Monday 22 March

    async def at(day: int, hour: int) -> None:
        clock.at, clock.moved = datetime(2027, 3, day, hour, 0, tzinfo=UTC), timedelta()
        await jobs.remind(led.database.unit_of_work)

    await at(17, 12)
    assert await told(led, "reviewer_one", "review_reminder") == []
    await at(18, 19)
    assert await told(led, "reviewer_one", "review_reminder") == [], "not in the evening"
    await at(18, 12)
    await at(18, 13)
    assert await told(led, "reviewer_one", "review_reminder") == ["review_reminder_soon"]
    await at(23, 12)
    await at(29, 12)  # Easter Monday
    assert await told(led, "reviewer_one", "review_reminder") == ["review_reminder_soon", "review_reminder_late"]
    await at(30, 12)
    assert await told(led, "case_handler", "review_reminder") == ["review_reminder_case_handler"]
    clock.at = datetime(2027, 4, 5, 12, 0, tzinfo=UTC)
    await jobs.remind(led.database.unit_of_work)
    assert await told(led, "method_owner", "review_reminder") == ["review_reminder_method_owner"]
    async with led.database.reading() as uow:
        rows = await uow.session.scalars(select(ReviewReminder.rung).where(ReviewReminder.review_id == review_id))
        assert set(rows) == {"soon", "late", "case_handler", "method_owner"}


async def test_what_is_handed_in_is_not_reminded_of(led: Led, case_id: UUID, clock: MovingClock) -> None:
    await led.reviewed(case_id, "reviewer_one")
    clock.at = datetime(2027, 4, 5, 12, 0, tzinfo=UTC)
    await jobs.remind(led.database.unit_of_work)
    assert await told(led, "reviewer_one", "review_reminder") == []


async def test_the_page_of_a_call_says_what_is_missing_and_from_whom(
    led: Led, browser: Browser, call_id: UUID, case_id: UUID, clock: MovingClock
) -> None:
    await led.assign(case_id, "reviewer_one")
    clock.at, clock.moved = datetime(2027, 3, 24, 10, 0, tzinfo=UTC), timedelta()
    async with led.database.reading() as uow:
        progress = await missing.progress_of(uow, call_id)
    (row,) = progress.reviewers
    assert (row.undeclared, row.late, row.submitted, str(row.next_due_on)) == (1, 1, 0, "2027-03-22")
    assert [(each.standing, each.needed) for each in progress.short] == [(1, 2)]
    await browser.as_person("case_handler")
    page = await shown(browser, f"/calls/{call_id}/reviews")
    assert led.world.people["reviewer_one"].name in page and "Over fristen" in page
    for who in ("reviewer_one", f"{OFFICE}.leader"):
        await browser.as_person(who)
        assert (await browser.get(f"/calls/{call_id}/reviews")).status_code in (403, 404)


async def test_normalised_means_stand_beside_the_true_ones(led: Led, browser: Browser, call_id: UUID) -> None:
    cases = [await led.in_review(call_id, office) for office in ("lillestrom", "klepp_time", "grunerlokka")]
    for case_id, value in zip(cases, (5, 4, 3), strict=True):
        await led.reviewed(case_id, "reviewer_three", value)
        await led.reviewed(case_id, "method_owner", value - 2)
    async with led.database.reading() as uow:
        found = await missing.compared_scores(uow, await led.world.actor(uow, "case_handler"), call_id)
    assert [(each.case_id, str(each.mean), each.rank) for each in found] == [
        (cases[0], "4.00", 1), (cases[1], "3.00", 2), (cases[2], "2.00", 3),
    ]  # fmt: skip
    assert [each.normalised for each in found] == [each.mean for each in found], "both have assessed all three"
    await browser.as_person("case_handler")
    assert "Utjevnet snitt" in await shown(browser, f"/calls/{call_id}/reviews")
