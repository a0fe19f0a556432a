"""A benefit whose owner in the line has moved passes to whoever holds the position now, and both are told."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.audit.models import Event
from app.benefits import jobs, service
from app.benefits.models import Benefit
from app.cases.models import CaseRole
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet
from app.demo.cast import World
from app.identity.models import UnitMembership
from tests.benefits.test_service import LEADER, OFFICE, OWNER, with_profile
from tests.conftest import MovingClock
from tests.projects_under_way import Acts, open_project, told


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def handed_over(act: Acts, *, taken: bool = True) -> Benefit:
    """A benefit that somebody in the line was asked to take over, and has where `taken`."""
    benefit = await with_profile(act, await open_project(act.database, act.world))
    world = act.world
    await act(LEADER, service.hand_over, benefit.id, person_id=world.people[OWNER].id, unit_id=world.units[OFFICE].id)
    if taken:
        await act(OWNER, service.accept_hand_over, benefit.id)
    return benefit


async def stored(act: Acts, benefit_id: UUID) -> Benefit:
    async with act.database.reading() as uow:
        return await uow.session.get_one(Benefit, benefit_id)


async def leave(act: Acts, who: str) -> None:
    """Let somebody leave the unit."""
    async with act.database.unit_of_work() as uow:
        await uow.session.execute(
            text("update unit_memberships set valid_to = :now where person_id = :id and valid_to is null"),
            {"now": uow.now, "id": act.world.people[who].id},
        )


async def run(act: Acts, clock: MovingClock) -> None:
    clock.moved += timedelta(minutes=1)
    await jobs.pass_on(act.database.unit_of_work)


@pytest.mark.parametrize("taken", [True, False])
async def test_it_passes_to_the_leader_where_nobody_holds_the_position_and_only_once(
    act: Acts, clock: MovingClock, taken: bool
) -> None:
    benefit = await handed_over(act, taken=taken)
    await run(act, clock)
    owner, leader = act.world.people[OWNER], act.world.people[LEADER]
    assert (await stored(act, benefit.id)).handed_over_to == owner.id, "nobody has moved"
    await leave(act, OWNER)
    for _ in range(2):
        await run(act, clock)
    row = await stored(act, benefit.id)
    assert (row.handed_over_to, row.handed_over_at is not None) == (leader.id, taken)
    code = "benefit_passed_on" if taken else "benefit_hand_over_passed_on"
    assert await told(act.database, row.case_id, code) == {leader.name}
    assert await told(act.database, row.case_id, "benefit_passed_from") == {owner.name}
    async with act.database.reading() as uow:
        events = (await uow.session.scalars(select(Event).where(Event.verb == "pass_on"))).all()
        roles = await uow.session.execute(
            select(CaseRole.person_id, CaseRole.valid_to.is_(None)).where(CaseRole.role == "benefit_owner")
        )
        held = {person_id for person_id, holds in roles if holds}
    assert [event.changes["person_id"] for event in events] == [[str(owner.id), str(leader.id)]]
    assert leader.id in held


async def test_it_passes_to_whoever_holds_the_position_now(act: Acts, clock: MovingClock) -> None:
    benefit = await handed_over(act)
    async with act.database.unit_of_work() as uow:
        unit = act.world.units[OFFICE].id
        membership = UnitMembership(
            person_id=act.world.people[OWNER].id, unit_id=unit, role="leader", valid_from=uow.now
        )
        uow.session.add(membership)
    await leave(act, OWNER)
    await leave(act, LEADER)
    new = act.world.people["facilitator_two"]
    async with act.database.unit_of_work() as uow:
        uow.session.add(UnitMembership(person_id=new.id, unit_id=unit, role="leader", valid_from=uow.now))
    await run(act, clock)
    assert (await stored(act, benefit.id)).handed_over_to == new.id


async def test_where_nobody_leads_the_unit_it_waits_until_somebody_does(act: Acts, clock: MovingClock) -> None:
    benefit = await handed_over(act)
    await leave(act, OWNER)
    await leave(act, LEADER)
    await run(act, clock)
    assert (await stored(act, benefit.id)).handed_over_to == act.world.people[OWNER].id
    async with act.database.unit_of_work() as uow:
        uow.session.add(
            UnitMembership(
                person_id=act.world.people[LEADER].id,
                unit_id=act.world.units[OFFICE].id,
                role="leader",
                valid_from=uow.now,
            )
        )
    await run(act, clock)
    assert (await stored(act, benefit.id)).handed_over_to == act.world.people[LEADER].id


async def test_whoever_is_asked_says_no_with_a_reason(act: Acts) -> None:
    benefit = await handed_over(act, taken=False)
    with pytest.raises(NotAllowed):
        await act("facilitator_one", service.refuse_hand_over, benefit.id, why="Ikke min")
    with pytest.raises(Invalid):
        await act(OWNER, service.refuse_hand_over, benefit.id, why=" ")
    row = await act(OWNER, service.refuse_hand_over, benefit.id, why="Linja vår er lagt ned")
    assert (row.handed_over_to, row.handed_over_unit_id, row.hand_over_asked_at) == (None, None, None)
    assert act.world.people[LEADER].name in await told(act.database, row.case_id, "benefit_hand_over_refused")
    taken = await handed_over(act)
    with pytest.raises(NotYet) as late:
        await act(OWNER, service.refuse_hand_over, taken.id, why="Likevel ikke")
    assert late.value.reasons[0].code == "benefits.taken_over_already"
