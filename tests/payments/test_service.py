"""Milestones and the payments that hang on them: by several hands, to the øre, each only once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.clock import day_in_oslo, utc_now
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import World
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.milestones.jobs import mark_due
from app.payments import queries, service
from app.projects.models import Project
from tests.conftest import MovingClock, world_in
from tests.projects_under_way import Acts, open_project, take_in, told
from workflows.authority import CHECKS

OFFICE = "grunerlokka"
COORDINATOR, LEADER = f"{OFFICE}.coordinator", f"{OFFICE}.leader"
TODAY = day_in_oslo(utc_now())


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def milestone(act: Acts, case_id: UUID, key: str = "M0") -> milestone_queries.MilestoneRow:
    async with act.database.reading() as uow:
        return next(row for row in await milestone_queries.milestones_of(uow, case_id) if row.key == key)


async def payment(act: Acts, case_id: UUID, key: str = "M0") -> queries.PaymentRow:
    async with act.database.reading() as uow:
        return next(row for row in await queries.payments_of(uow, case_id) if row.milestone_key == key)


async def released(act: Acts, case_id: UUID) -> queries.PaymentRow:
    """The first payment, its milestone reported by the coordinator and approved by the case handler."""
    row = await milestone(act, case_id)
    await act(COORDINATOR, milestones.report, row.id, evidence="Alle har signert")
    await act("case_handler", milestones.approve, row.id)
    return await payment(act, case_id)


async def paid(act: Acts, case_id: UUID, reference: str) -> queries.PaymentRow:
    row = await released(act, case_id)
    await act("certifier", service.certify, row.id)
    await act("decision_maker", service.approve, row.id, checks=CHECKS)
    await act("certifier", service.register_paid, row.id, reference=reference)
    return await payment(act, case_id)


async def test_a_project_opens_with_its_milestones_and_payments(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world, amount_ore=99_999_999)
    async with database.reading() as uow:
        rows = await milestone_queries.milestones_of(uow, case_id)
        payments = await queries.payments_of(uow, case_id)
    assert [row.key for row in rows] == [f"M{number}" for number in range(9)]
    assert all(row.state == "planned" for row in rows)
    assert all(row.due_on is None for row in rows)
    assert [row.milestone_key for row in payments] == ["M0", "M4", "M7"]
    assert sum(row.amount_ore for row in payments) == 99_999_999


async def test_a_milestone_needs_evidence_and_another_approver(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await milestone(act, case_id)
    with pytest.raises(Invalid) as refused:
        await act(COORDINATOR, milestones.report, row.id, evidence="  ")
    assert list(refused.value.fields) == ["evidence"]
    await act(COORDINATOR, milestones.report, row.id, evidence="Alle har signert")
    with pytest.raises(NotAllowed):
        await act(COORDINATOR, milestones.approve, row.id)
    with pytest.raises(NotYet) as wrong_role:
        await act("method_owner", milestones.approve, row.id)
    assert [reason.code for reason in wrong_role.value.reasons] == ["milestone.another_role_approves"]
    assert (await milestone(act, case_id)).state == "reported"


async def test_a_returned_milestone_is_reported_again(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await milestone(act, case_id)
    await act(COORDINATOR, milestones.report, row.id, evidence="Nesten")
    with pytest.raises(NotYet):
        await act("case_handler", milestones.send_back, row.id)
    await act("case_handler", milestones.send_back, row.id, why="Lederen mangler")
    assert (await milestone(act, case_id)).returned_why == "Lederen mangler"
    await act(COORDINATOR, milestones.report, row.id, evidence="Alle har signert")
    await act("case_handler", milestones.approve, row.id)
    assert (await milestone(act, case_id)).state == "approved"


async def test_both_offices_are_told_of_a_milestone_where_two_have_joined(
    database: Database, world: World, act: Acts
) -> None:
    case_id = await open_project(database, world)
    await take_in(database, world, case_id, "klepp_time")
    row = await milestone(act, case_id)
    await act(COORDINATOR, milestones.report, row.id, evidence="Nesten")
    await act("case_handler", milestones.send_back, row.id, why="Lederen mangler")
    names = await told(database, case_id, "milestone_returned")
    assert names >= {world.people[f"{each}.leader"].name for each in (OFFICE, "klepp_time")}
    assert world.people["klepp_time.counsellor"].name not in names


async def test_a_decision_maker_approves_what_the_rules_give_them(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await milestone(act, case_id, "M4")
    await act(LEADER, milestones.report, row.id, evidence="Planen er godkjent")
    await act("decision_maker", milestones.approve, row.id)
    assert (await payment(act, case_id, "M4")).state == "released"


async def test_no_payment_before_its_milestone(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await payment(act, case_id)
    with pytest.raises(NotYet) as refused:
        await act("certifier", service.certify, row.id)
    assert {"payment.wrong_state", "payment.milestone_not_approved"} == {each.code for each in refused.value.reasons}
    assert (await released(act, case_id)).state == "released"


async def test_the_same_person_never_does_both_halves(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await released(act, case_id)
    with pytest.raises(NotAllowed):
        await act("decision_maker", service.certify, row.id)
    await act("certifier", service.certify, row.id)
    with pytest.raises(NotAllowed):
        await act("certifier", service.approve, row.id)
    with pytest.raises(NotYet):
        await act("certifier", service.register_paid, row.id, reference="F-0001")


async def test_the_same_message_twice_pays_once(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await paid(act, case_id, "F-1001")
    again = await act("certifier", service.register_paid, row.id, reference="F-1001")
    assert (again.version, again.paid_at) == (row.version, row.paid_at)
    with pytest.raises(Invalid) as other:
        await act("certifier", service.register_paid, row.id, reference="F-1002")
    assert other.value.fields["reference"].code == "payments.other_reference"


async def test_one_reference_pays_one_payment_also_at_once(own_database: Database) -> None:
    world = await world_in(own_database)
    act = Acts(own_database, world)
    rows = []
    for office in ("grunerlokka", "lillestrom"):
        case_id = await open_project(own_database, world, office)
        row = await milestone(act, case_id)
        await act(f"{office}.coordinator", milestones.report, row.id, evidence="Alle har signert")
        await act("case_handler", milestones.approve, row.id)
        found = await payment(act, case_id)
        await act("certifier", service.certify, found.id)
        await act("decision_maker", service.approve, found.id, checks=CHECKS)
        rows.append(found)

    async def register(number: int) -> bool:
        try:
            await act("certifier", service.register_paid, rows[number].id, reference="F-7")
        except Invalid:
            return False
        return True

    assert sorted(await asyncio.gather(register(0), register(1))) == [False, True]


async def test_no_more_is_claimed_back_than_was_paid(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await paid(act, case_id, "F-2001")
    with pytest.raises(Invalid):
        await act("case_handler", service.give_notice, row.id, amount_ore=row.amount_ore + 1, why="Ubrukt")
    await act("case_handler", service.give_notice, row.id, amount_ore=1_000, why="Ubrukt")
    await act(LEADER, service.reply, row.id, reply="Det stemmer")
    with pytest.raises(Invalid):
        await act("decision_maker", service.recover, row.id, amount_ore=1_001, why="Ubrukt")
    await act("decision_maker", service.recover, row.id, amount_ore=1_000, why="Ubrukt")
    found = await payment(act, case_id)
    assert (found.state, found.recovered_ore) == ("paid", 1_000)


async def test_a_larger_award_is_divided_over_what_is_left(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world, amount_ore=50_000_000)
    await released(act, case_id)
    request = await act(
        LEADER, milestones.propose_change, case_id=case_id, kind="amount", text="Vi trenger mindre",
        amount_change_ore=-10_000_001,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        await act(LEADER, milestones.accept_change, request.id)
    await act("decision_maker", milestones.accept_change, request.id)
    async with database.reading() as uow:
        assert (await uow.session.get_one(Project, case_id)).amount_ore == 39_999_999
        rows = await queries.payments_of(uow, case_id)
    assert sum(row.amount_ore for row in rows) == 39_999_999
    assert rows[0].amount_ore == 20_000_000


async def test_an_award_never_falls_below_what_is_released(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world, amount_ore=50_000_000)
    await released(act, case_id)
    request = await act(
        LEADER, milestones.propose_change, case_id=case_id, kind="amount", text="Nesten alt tilbake",
        amount_change_ore=-40_000_000,
    )  # fmt: skip
    with pytest.raises(NotYet) as refused:
        await act("decision_maker", milestones.accept_change, request.id)
    assert [reason.code for reason in refused.value.reasons] == ["change_request.already_released"]


async def test_a_date_that_stands_is_moved_by_a_granted_change(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await milestone(act, case_id, "M1")
    day = TODAY + timedelta(days=30)
    await act(COORDINATOR, milestones.set_due, row.id, due_on=day)
    request = await act(
        COORDINATOR, milestones.propose_change, case_id=case_id, kind="dates", text="Vi trenger en måned til",
        milestone_id=row.id, new_due_on=day + timedelta(days=30),
    )  # fmt: skip
    with pytest.raises(NotYet) as unsigned:
        await act("decision_maker", milestones.accept_change, request.id)
    assert [reason.code for reason in unsigned.value.reasons] == ["change_request.not_signed"]
    await act(LEADER, milestones.sign_change, request.id)
    await act("decision_maker", milestones.accept_change, request.id)
    assert (await milestone(act, case_id, "M1")).due_on == day + timedelta(days=30)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "amount"}, "amount_change_ore"),
        ({"kind": "team", "amount_change_ore": 5}, "amount_change_ore"),
        ({"kind": "dates"}, "milestone_id"),
        ({"kind": "scope"}, "after_text"),
        ({"kind": "annex"}, "kind"),
    ],
)
async def test_a_request_without_what_it_needs_is_refused(
    database: Database, world: World, act: Acts, said: dict[str, Any], field: str
) -> None:
    case_id = await open_project(database, world)
    with pytest.raises(Invalid) as refused:
        await act(LEADER, milestones.propose_change, case_id=case_id, text="Fordi", **said)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("days", [-1, 20_000])
async def test_an_absurd_date_is_refused(database: Database, world: World, act: Acts, days: int) -> None:
    case_id = await open_project(database, world)
    row = await milestone(act, case_id)
    with pytest.raises(Invalid):
        await act(COORDINATOR, milestones.set_due, row.id, due_on=TODAY + timedelta(days=days))


async def test_a_stale_version_changes_nothing(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await milestone(act, case_id)
    await act(COORDINATOR, milestones.set_due, row.id, due_on=TODAY, version=row.version)
    with pytest.raises(Stale):
        await act(COORDINATOR, milestones.set_due, row.id, due_on=TODAY + timedelta(days=5), version=row.version)
    assert (await milestone(act, case_id)).due_on == TODAY


async def test_the_clock_marks_milestones_due_once(
    database: Database, world: World, act: Acts, clock: MovingClock
) -> None:
    case_id = await open_project(database, world)
    row = await milestone(act, case_id)
    await act(COORDINATOR, milestones.set_due, row.id, due_on=TODAY + timedelta(days=3))
    await mark_due(database.unit_of_work)
    assert (await milestone(act, case_id)).state == "planned"
    clock.moved = timedelta(days=4)
    await mark_due(database.unit_of_work)
    found = await milestone(act, case_id)
    assert (found.state, found.is_late) == ("due", True)
    await mark_due(database.unit_of_work)
    assert (await milestone(act, case_id)).version == found.version


async def test_another_office_knows_of_nothing(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    row = await milestone(act, case_id)
    for verb, fields in ((milestones.report, {"evidence": "nei"}), (milestones.set_due, {"due_on": TODAY})):
        with pytest.raises(NotFound):
            await act("lillestrom.coordinator", verb, row.id, **fields)
    async with database.reading() as uow:
        page = await queries.payments(uow, await world.actor(uow, "lillestrom.leader"), "planned")
    assert case_id not in {each.case_id for each in page.rows}
