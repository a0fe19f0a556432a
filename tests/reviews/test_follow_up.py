"""Reviews that are not handed in are reminded of, ever higher; what is missing, and from whom, stands on a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.notices.models import Notice
from app.reviews import jobs, missing
from app.reviews.models import ReviewReminder
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock

OFFICE = "lillestrom"
MONDAY = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)


@pytest.fixture
async def call_id(led: Led, clock: MovingClock) -> UUID:
    clock.at = MONDAY
    found = await led.call()
    clock.moved = timedelta(minutes=1)
    return found


@pytest.fixture
async def case_id(led: Led, call_id: UUID) -> UUID:
    return await led.in_review(call_id, OFFICE)


async def told(led: Led, who: str, prefix: str) -> list[str]:
    async with led.database.reading() as uow:
        found = select(Notice.code).where(Notice.person_id == led.world.people[who].id).order_by(Notice.id)
        return [code for code in await uow.session.scalars(found) if code.startswith(prefix)]


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


@pytest.mark.parametrize(
    ("day", "who"), [((3, 18), "reviewer_one"), ((3, 30), "case_handler"), ((4, 5), "method_owner")]
)
async def test_a_reminder_leads_whoever_gets_it_to_where_the_review_stands(
    led: Led, browser: Browser, case_id: UUID, clock: MovingClock, day: tuple[int, int], who: str
) -> None:
    await led.assign(case_id, "reviewer_one")
    clock.at, clock.moved = datetime(2027, *day, 12, 0, tzinfo=UTC), timedelta()
    await jobs.remind(led.database.unit_of_work)
    async with led.database.reading() as uow:
        sent = select(Notice).where(Notice.person_id == led.world.people[who].id, Notice.code.like("review_reminder%"))
        (notice,) = await uow.session.scalars(sent)
    await browser.as_person(who)
    page = await browser.shown(notice.link.split("#")[0])
    assert "Vegard Vurdal" in page


async def test_whoever_leads_the_group_follows_how_far_reviews_have_come_and_not_what_they_found(
    led: Led, browser: Browser, call_id: UUID, case_id: UUID, clock: MovingClock
) -> None:
    await led.reviewed(case_id, "facilitator_two")
    await led.assign(case_id, "reviewer_one")
    clock.at, clock.moved = datetime(2027, 3, 30, 12, 0, tzinfo=UTC), timedelta()
    await jobs.remind(led.database.unit_of_work)
    page = f"/calls/{call_id}/reviews"
    await browser.as_person("case_handler")
    handler = await browser.shown(page)
    assert "Tatt opp med saksbehandleren" in handler and "Utjevnet snitt" in handler and "/assessment" in handler
    await browser.as_person("method_owner")
    assert page in await browser.shown(f"/calls/{call_id}")
    owner = await browser.shown(page)
    assert "Tatt opp med saksbehandleren" in owner and "Utjevnet snitt" not in owner
    assert "/assessment" not in owner and "/assignment" not in owner, "nothing that does not open"


async def test_ones_own_list_says_when_each_is_due_and_which_are_late(
    led: Led, browser: Browser, case_id: UUID, clock: MovingClock
) -> None:
    review_id = await led.assign(case_id, "reviewer_one")
    await browser.as_person("reviewer_one")
    on_time = (await browser.shown("/reviews")).replace("\xa0", " ")
    assert "22. mars 2027" in on_time and "Over fristen" not in on_time
    assert "22. mars 2027" in (await browser.shown(f"/reviews/{review_id}")).replace("\xa0", " ")
    clock.at, clock.moved = datetime(2027, 3, 23, 12, 0, tzinfo=UTC), timedelta()
    await browser.as_person("reviewer_one")
    assert "Over fristen" in await browser.shown("/reviews")


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
    page = await browser.shown(f"/calls/{call_id}/reviews")
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
    assert "Utjevnet snitt" in await browser.shown(f"/calls/{call_id}/reviews")
