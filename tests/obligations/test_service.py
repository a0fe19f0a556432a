"""Reminders of what is due: each once, to those it lies with, a step higher by days late, and never at night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.benefits.models import Benefit, Indicator, Measurement
from app.core.database import Database
from app.demo.cast import World
from app.identity.models import Person, UnitMembership
from app.milestones.models import Milestone
from app.notices.models import Notice
from app.obligations import jobs, queries, service
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project
from workflows.obligation import Kind, Tier

DUE = date(2026, 11, 18)  # a Wednesday
NINE = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)


@pytest.fixture
def acts(database: Database, world: World, clock: MovingClock) -> Acts:
    """The people of the world, long before the day."""
    clock.at = NINE - timedelta(days=90)
    return Acts(database, world)


async def dated(acts: Acts, office: str = "lillestrom", key: str = "M1") -> tuple[UUID, UUID]:
    """A project with one milestone that has its day; answers both."""
    case_id = await open_project(acts.database, acts.world, office)
    async with acts.database.unit_of_work() as uow:
        row = (
            await uow.session.scalars(select(Milestone).where(Milestone.case_id == case_id, Milestone.key == key))
        ).one()
        row.due_on = DUE
        return case_id, row.id


async def at(acts: Acts, clock: MovingClock, days: int, hours: int = 0) -> None:
    """Let the clock stand so many days after the day, and the job run."""
    clock.at = NINE + timedelta(days=days, hours=hours)
    await jobs.remind(acts.database.unit_of_work)


async def said(acts: Acts) -> list[tuple[str, str]]:
    """What was said of what is due, and to whom, in order."""
    async with acts.database.reading() as uow:
        rows = await uow.session.execute(
            select(Notice.code, Person.name)
            .join(Person, Person.id == Notice.person_id)
            .where(Notice.code.like("obligation_%"))
            .order_by(Notice.created_at, Person.name)
        )
        return [(code.removeprefix("obligation_"), name) for code, name in rows]


def names(acts: Acts, *keys: str) -> list[str]:
    """Their names, in order."""
    return sorted(acts.world.people[key].name for key in keys)


async def test_it_goes_from_the_coordinator_to_the_leader_to_the_resource_group_each_once(
    acts: Acts, clock: MovingClock
) -> None:
    await dated(acts)
    for day in (*range(-31, -28), *range(-8, -5), *range(-1, 2), *range(6, 9), *range(13, 16), *range(29, 34), 60):
        await at(acts, clock, day)
        await at(acts, clock, day, hours=1)
    (coordinator,), (leader,) = names(acts, "lillestrom.coordinator"), names(acts, "lillestrom.leader")
    (handler,) = names(acts, "case_handler")
    assert await said(acts) == [
        ("month_before", coordinator), ("week_before", coordinator), ("today", coordinator), ("week_late", coordinator),
        *sorted([("fortnight_late", coordinator), ("fortnight_late", leader)], key=lambda each: each[1]),
        *sorted([("month_late", leader), ("month_late", handler)], key=lambda each: each[1]),
    ]  # fmt: skip


async def test_nobody_is_told_at_night_or_on_a_day_off(acts: Acts, clock: MovingClock) -> None:
    await dated(acts)
    for days, hours in ((0, 10), (0, -2), (3, 0), (4, 0)):
        await at(acts, clock, days, hours)
    assert await said(acts) == []
    await at(acts, clock, 5)
    assert [code for code, _ in await said(acts)] == ["today"]


async def test_another_day_begins_from_below_and_what_is_done_is_let_be(acts: Acts, clock: MovingClock) -> None:
    _, milestone_id = await dated(acts)
    await at(acts, clock, 8)
    async with acts.database.unit_of_work() as uow:
        (await uow.session.get_one(Milestone, milestone_id)).due_on = DUE + timedelta(days=60)
    await at(acts, clock, 9)
    await at(acts, clock, 33)
    async with acts.database.unit_of_work() as uow:
        await uow.session.execute(text("update milestones set state = 'reported' where id = :id"), {"id": milestone_id})
    await at(acts, clock, 61)
    assert [code for code, _ in await said(acts)] == ["week_late", "month_before"]


async def test_while_a_project_is_paused_or_stopped_nothing_of_it_is_due(acts: Acts, clock: MovingClock) -> None:
    case_id, _ = await dated(acts)
    for state in ("paused", "stopped"):
        async with acts.database.unit_of_work() as uow:
            await uow.session.execute(
                text("update projects set state = :state where id = :id"), {"state": state, "id": case_id}
            )
        await at(acts, clock, 1)
        async with acts.database.reading() as uow:
            assert await queries.owed_in(uow, case_id) == []
    assert await said(acts) == []


async def test_two_who_remind_at_once_say_it_once(acts: Acts, clock: MovingClock) -> None:
    case_id, milestone_id = await dated(acts)
    clock.at = NINE
    async with acts.database.unit_of_work() as uow:
        first = await service.remind(uow, case_id, Kind.MILESTONE, milestone_id)
    async with acts.database.unit_of_work() as uow:
        second = await service.remind(uow, case_id, Kind.MILESTONE, milestone_id)
    assert first is not None and first.key == "today" and second is None


async def test_a_coordinator_who_leaves_passes_all_to_the_leader_until_there_is_a_successor(
    acts: Acts, clock: MovingClock
) -> None:
    case_id, _ = await dated(acts)
    clock.at = NINE - timedelta(days=20)
    leaver = acts.world.people["lillestrom.coordinator"].id
    async with acts.database.unit_of_work() as uow:
        for table in ("unit_memberships", "case_roles"):
            await uow.session.execute(
                text(f"update {table} set valid_to = :now where person_id = :id and role = 'coordinator'"),
                {"now": uow.now, "id": leaver},
            )
    clock.at = NINE
    async with acts.database.reading() as uow:
        (row,) = [each for each in await queries.owed_in(uow, case_id) if each.kind is Kind.MILESTONE]
        leader = await acts.world.actor(uow, "lillestrom.leader")
        assert row in await queries.mine(uow, leader)
    assert (row.tier, row.names) == (Tier.LEADER, names(acts, "lillestrom.leader"))
    await at(acts, clock, 0)
    assert await said(acts) == [("today", name) for name in names(acts, "lillestrom.leader")]
    successor = acts.world.people["lillestrom.counsellor"].id
    async with acts.database.unit_of_work() as uow:
        unit = acts.world.units["lillestrom"].id
        uow.session.add(UnitMembership(person_id=successor, unit_id=unit, role="coordinator", valid_from=uow.now))
    await at(acts, clock, 7)
    assert (await said(acts))[-1] == ("week_late", acts.world.people["lillestrom.counsellor"].name)


async def test_a_measurement_is_its_measurers_and_then_the_line_owners(acts: Acts, clock: MovingClock) -> None:
    case_id = await open_project(acts.database, acts.world, "lillestrom")
    people = acts.world.people
    async with acts.database.unit_of_work() as uow:
        benefit = Benefit(
            case_id=case_id, title="Flere i arbeid", state="planned", owner_id=people["lillestrom.leader"].id,
            measurer_id=people["lillestrom.counsellor"].id, created_at=uow.now,
        )  # fmt: skip
        uow.session.add(benefit)
        await uow.session.flush()
        indicator = Indicator(
            case_id=case_id, benefit_id=benefit.id, key="k", name="n", unit="personer", direction="up", added_at=uow.now
        )
        uow.session.add(indicator)
        await uow.session.flush()
        uow.session.add(
            Measurement(case_id=case_id, benefit_id=benefit.id, indicator_id=indicator.id, kind="first", due_on=DUE,
                        state="planned", planned_at=uow.now)
        )  # fmt: skip
    clock.at = NINE
    async with acts.database.reading() as uow:
        (row,) = await queries.owed_in(uow, case_id)
    assert (row.kind, row.names, row.about) == (
        Kind.MEASUREMENT,
        names(acts, "lillestrom.counsellor"),
        "Flere i arbeid",
    )
    async with acts.database.unit_of_work() as uow:
        kept = await uow.session.get_one(Benefit, benefit.id)
        kept.handed_over_to, kept.handed_over_unit_id = (
            people["lillestrom.line_leader"].id,
            acts.world.units["lillestrom"].id,
        )
        kept.hand_over_asked_at = uow.now
    async with acts.database.reading() as uow:
        rows = {each.kind: each for each in await queries.owed_in(uow, case_id)}
    assert rows[Kind.MEASUREMENT].names == names(acts, "lillestrom.counsellor"), "asked is not yet taken over"
    assert rows[Kind.HAND_OVER].names == names(acts, "lillestrom.line_leader")
    assert rows[Kind.HAND_OVER].due_on == DUE + timedelta(days=14)
    async with acts.database.unit_of_work() as uow:
        (await uow.session.get_one(Benefit, benefit.id)).handed_over_at = uow.now
    async with acts.database.reading() as uow:
        (row,) = await queries.owed_in(uow, case_id)
    assert row.names == names(acts, "lillestrom.line_leader")


async def test_the_pages_show_it_to_whom_it_is_and_to_the_project(
    acts: Acts, clock: MovingClock, browser: Browser, statements: list[str]
) -> None:
    case_id, milestone_id = await dated(acts)
    await at(acts, clock, 8)
    link = f'href="/milestones/{milestone_id}"'
    await browser.as_person("lillestrom.coordinator")
    for path in ("/obligations", "/office", f"/projects/{case_id}", f"/projects/{case_id}/obligations"):
        page = await browser.shown(path)
        assert link in page and "8 dager for sent" in page, path
    statements.clear()
    await browser.get("/obligations")
    assert len(statements) == 2, "the session and the list"
    for who in ("lillestrom.leader", "klepp_time.coordinator"):
        await browser.as_person(who)
        assert link not in await browser.shown("/obligations"), "it is the coordinator's still"
    await browser.as_person("case_handler")
    assert link in await browser.shown("/obligations") and link in await browser.shown("/resource-group")
    await browser.as_person("klepp_time.coordinator")
    assert (await browser.get(f"/projects/{case_id}/obligations")).status_code == 404
