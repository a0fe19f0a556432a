"""Addresses of calendars: shown once, kept as a fingerprint, taken back, and never showing more than one may see now."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from icalendar import Calendar
from sqlalchemy import func, select, update

from app.calendars import service
from app.calendars.models import CalendarFeed
from app.cases.models import CaseRole
from app.core.clock import day_in_oslo
from app.core.database import Database
from app.core.errors import NotFound
from app.demo.cast import World
from app.gatherings import service as gatherings
from app.identity.models import Person
from app.milestones import service as milestones
from app.milestones.models import Milestone
from app.projects import service as projects
from tests.conftest import Browser, MovingClock
from tests.gatherings.cohorts import COORDINATOR, FIRST, OFFICE, begin, join_team
from tests.projects_under_way import Acts, open_project

MEMBER = "lillestrom.counsellor"


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    """The people of the world."""
    return Acts(database, world)


@pytest.fixture
async def case_id(acts: Acts, clock: MovingClock) -> UUID:
    """A project of Nav Lillestrøm with a core team, a gathering that it is signed up for, and dates."""
    case_id = await open_project(acts.database, acts.world, OFFICE)
    await join_team(acts, case_id, MEMBER)
    rows = await begin(acts, case_id, clock, keys=("gathering_1",))
    await acts(COORDINATOR, gatherings.register_team, case_id, gathering_id=rows[0].id)
    today = day_in_oslo(clock())
    async with acts.database.reading() as uow:
        first = await uow.session.scalar(
            select(Milestone.id).where(Milestone.case_id == case_id, Milestone.key == "M0")
        )
    await acts(COORDINATOR, milestones.set_due, first, due_on=today + timedelta(days=20))
    await acts(
        COORDINATOR,
        projects.plan_step,
        case_id,
        step="diagnose_open",
        planned_from=today,
        planned_to=today + timedelta(days=40),
    )  # fmt: skip
    await acts(
        COORDINATOR, gatherings.plan_team_meeting, case_id, title="Teammøte", first_on=today,
        last_on=today + timedelta(weeks=8), begins="09:00", lasts_minutes=30,
    )  # fmt: skip
    return case_id


async def subscribed(browser: Browser, secret: str) -> Calendar:
    """The calendar behind an address, asked without any session."""
    browser.http.cookies.clear()
    answer = await browser.get(f"/calendars/{secret}.ics")
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.content)
    assert not calendar.errors and not any(event.errors for event in calendar.walk("VEVENT"))
    return calendar


def summaries(calendar: Calendar) -> list[str]:
    return sorted(str(event["SUMMARY"]) for event in calendar.walk("VEVENT"))


ALL = [
    "Milepæl: M0 Forventninger avklart",
    "Samling 1: Intro til tjenestedesign, Innsikt og analyse",
    "Skal være ferdig: Diagnose: utforske",
    "Teammøte",
]


async def test_a_person_s_calendar_has_what_is_theirs_and_loses_it_with_the_role(
    acts: Acts, case_id: UUID, browser: Browser, clock: MovingClock
) -> None:
    secret = await acts(MEMBER, service.make_feed)
    found = summaries(await subscribed(browser, secret))
    assert len(found) == 4 and "Teammøte" in found and ALL[1] in found
    stranger = await acts("klepp_time.coordinator", service.make_feed)
    assert summaries(await subscribed(browser, stranger)) == []
    async with acts.database.unit_of_work() as uow:
        person = acts.world.people[MEMBER].id
        await uow.session.execute(update(CaseRole).where(CaseRole.person_id == person).values(valid_to=uow.now))
    clock.moved += timedelta(minutes=1)
    assert summaries(await subscribed(browser, secret)) == []


async def test_a_project_s_calendar_shows_nothing_to_one_who_may_not_see_it_any_more(
    acts: Acts, case_id: UUID, browser: Browser, clock: MovingClock
) -> None:
    with pytest.raises(NotFound):
        await acts("klepp_time.coordinator", service.make_feed, case_id=case_id)
    secret = await acts(MEMBER, service.make_feed, case_id=case_id)
    calendar = await subscribed(browser, secret)
    assert len(summaries(calendar)) == 4
    async with acts.database.unit_of_work() as uow:
        person = acts.world.people[MEMBER].id
        await uow.session.execute(update(CaseRole).where(CaseRole.person_id == person).values(valid_to=uow.now))
    clock.moved += timedelta(minutes=1)
    calendar = await subscribed(browser, secret)
    assert summaries(calendar) == []
    assert "Lillestrøm" not in calendar.to_ical().decode()


async def test_the_secret_is_kept_nowhere_and_a_new_address_takes_the_old_one_back(
    acts: Acts, case_id: UUID, browser: Browser
) -> None:
    await browser.as_person(MEMBER)
    made = await browser.post("/calendar-feeds/make")
    assert made.status_code == 200 and made.headers["cache-control"] == "no-store"
    (secret,) = set(re.findall(r"/calendars/([\w-]+)\.ics", made.text))
    page = (await browser.get("/calendar")).text
    assert secret not in page and "Trekk adressen tilbake" in unescape(page)
    async with acts.database.reading() as uow:
        row = (await uow.session.scalars(select(CalendarFeed))).one()
        assert secret not in row.token_hash and len(row.token_hash) == 64
    again = await acts(MEMBER, service.make_feed)
    assert (await browser.get(f"/calendars/{secret}.ics")).status_code == 404
    await subscribed(browser, again)
    await browser.as_person(MEMBER)
    async with acts.database.reading() as uow:
        feed_id = await uow.session.scalar(select(CalendarFeed.id).where(CalendarFeed.revoked_at.is_(None)))
    await browser.as_person(COORDINATOR)
    assert (await browser.post(f"/calendar-feeds/{feed_id}/revoke")).status_code == 404, "it is another's"
    await browser.as_person(MEMBER)
    assert (await browser.post(f"/calendar-feeds/{feed_id}/revoke", page="/calendar")).status_code == 303
    for known in (secret, again, "nothing", "x" * 500):
        assert (await browser.get(f"/calendars/{known}.ics")).status_code == 404
    async with acts.database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).where(CalendarFeed.revoked_at.is_(None))) == 0


async def test_whoever_has_left_has_no_calendar(
    acts: Acts, case_id: UUID, browser: Browser, clock: MovingClock
) -> None:
    secret = await acts(MEMBER, service.make_feed)
    async with acts.database.unit_of_work() as uow:
        (await uow.session.get_one(Person, acts.world.people[MEMBER].id)).valid_to = uow.now
    clock.moved += timedelta(minutes=1)
    browser.http.cookies.clear()
    assert (await browser.get(f"/calendars/{secret}.ics")).status_code == 404


async def test_what_has_not_changed_is_not_sent_again_and_what_has_says_so(
    acts: Acts, case_id: UUID, browser: Browser, clock: MovingClock
) -> None:
    secret = await acts(MEMBER, service.make_feed)
    browser.http.cookies.clear()
    first = await browser.get(f"/calendars/{secret}.ics")
    tag = first.headers["etag"]
    assert (first.headers["content-type"], first.headers["cache-control"]) == (
        "text/calendar; charset=utf-8", "private, no-cache",
    )  # fmt: skip
    clock.moved += timedelta(minutes=5)
    for header in (tag, f'"other", W/{tag}', "*"):
        same = await browser.get(f"/calendars/{secret}.ics", **{"if-none-match": header})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    before = {str(event["UID"]): event for event in Calendar.from_ical(first.content).walk("VEVENT")}
    async with acts.database.reading() as uow:
        from app.gatherings.models import Gathering

        row = (await uow.session.scalars(select(Gathering))).one()
    await acts(FIRST, gatherings.reschedule, row.id, starts_at=row.starts_at + timedelta(days=1),
               ends_at=row.ends_at + timedelta(days=1), why="Streik")  # fmt: skip
    moved = await browser.get(f"/calendars/{secret}.ics", **{"if-none-match": tag})
    assert moved.status_code == 200 and moved.headers["etag"] != tag
    after = {str(event["UID"]): event for event in Calendar.from_ical(moved.content).walk("VEVENT")}
    uid = f"gathering-{row.id}@drivkraft"
    assert set(after) == set(before)
    assert (before[uid]["SEQUENCE"], after[uid]["SEQUENCE"]) == (0, 1)
    assert after[uid]["DTSTAMP"].dt > before[uid]["DTSTAMP"].dt
    await acts(FIRST, gatherings.call_off, row.id, why="For få")
    (called_off,) = (event for event in (await subscribed(browser, secret)).walk("VEVENT") if str(event["UID"]) == uid)
    assert (called_off["STATUS"], called_off["SEQUENCE"], "For få" in called_off["DESCRIPTION"]) == (
        "CANCELLED",
        2,
        True,
    )


async def test_a_weekly_meeting_is_skipped_on_one_day_and_ended(
    acts: Acts, case_id: UUID, browser: Browser, clock: MovingClock
) -> None:
    from app.core.errors import Invalid, NotAllowed, NotYet
    from app.gatherings.models import WeeklyMeeting

    async with acts.database.reading() as uow:
        row = (await uow.session.scalars(select(WeeklyMeeting))).one()
    with pytest.raises(Invalid):
        await acts(COORDINATOR, gatherings.skip_week, row.id, day=row.first_on + timedelta(days=1), why="x")
    with pytest.raises(NotFound):
        await acts("klepp_time.coordinator", gatherings.skip_week, row.id, day=row.first_on, why="x")
    with pytest.raises(NotAllowed):
        await acts("management", gatherings.skip_week, row.id, day=row.first_on, why="x")
    day = row.first_on + timedelta(weeks=2)
    await acts(COORDINATOR, gatherings.skip_week, row.id, day=day, why="Ferie")
    secret = await acts(COORDINATOR, service.make_feed, case_id=case_id)

    def weekly(calendar: Calendar) -> object:
        (event,) = (each for each in calendar.walk("VEVENT") if str(each["SUMMARY"]) == "Teammøte")
        return event

    event = weekly(await subscribed(browser, secret))
    assert [each.dt.date() for each in event["EXDATE"].dts] == [day]  # type: ignore[index]
    assert event["SEQUENCE"] == 1  # type: ignore[index]
    await acts(COORDINATOR, gatherings.end_weekly, row.id, why="Ferdig")
    assert weekly(await subscribed(browser, secret))["STATUS"] == "CANCELLED"  # type: ignore[index]
    with pytest.raises(NotYet):
        await acts(COORDINATOR, gatherings.end_weekly, row.id, why="Igjen")


@pytest.mark.parametrize("count", [1, 7])
async def test_a_feed_asks_as_often_however_much_stands_in_it(
    acts: Acts, case_id: UUID, browser: Browser, clock: MovingClock, statements: list[str], count: int
) -> None:
    today = day_in_oslo(clock())
    for number in range(count):
        await acts(
            COORDINATOR, gatherings.plan_team_meeting, case_id, title=f"Møte {number}", first_on=today,
            last_on=today + timedelta(weeks=8), begins="09:00", lasts_minutes=30,
        )  # fmt: skip
    for case in (None, case_id):
        secret = await acts(COORDINATOR, service.make_feed, case_id=case)
        statements.clear()
        calendar = await subscribed(browser, secret)
        assert len(summaries(calendar)) == 4 + count
        assert len(statements) == (8 if case is None else 9)


async def test_the_pages_are_there_and_say_when_an_address_was_made(
    acts: Acts, case_id: UUID, browser: Browser
) -> None:
    await browser.as_person(COORDINATOR)
    for path in ("/calendar", f"/projects/{case_id}", f"/projects/{case_id}/activities"):
        assert (await browser.get(path)).status_code == 200
    made = await browser.post("/calendar-feeds/make", {"case_id": str(case_id)})
    assert made.status_code == 200
    assert "calendar-feeds" in (await browser.get(f"/projects/{case_id}")).text
    for wrong in ("x", str(UUID(int=7))):
        assert (await browser.post("/calendar-feeds/make", {"case_id": wrong})).status_code == 404
