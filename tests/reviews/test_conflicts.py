"""What ties somebody to an applicant, and what a tie keeps them from."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.applications.models import Application
from app.cases.models import CaseRole
from app.core.errors import NotAllowed, NotYet
from app.identity import service as identity
from app.reviews import queries
from app.reviews import service as reviews
from app.reviews.conflicts import conflicts, conflicts_in
from tests.applications_under_way import Led
from tests.conftest import MovingClock


@pytest.fixture
async def case_id(led: Led, clock: MovingClock) -> UUID:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    return await led.in_review(call_id, "grunerlokka")


async def kinds(led: Led, case_id: UUID, who: str, months: int = 12) -> set[str]:
    async with led.database.reading() as uow:
        found = await conflicts(uow, case_id, [led.world.people[who].id], months)
    return {str(each.conflict.kind) for each in found}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("reviewer_one", set()),
        ("reviewer_two", {"parent_unit"}),
        ("county.oslo", {"county_representative"}),
        ("county.rogaland", set()),
        ("grunerlokka.leader", {"leader_of_unit", "team_member"}),
        ("grunerlokka.coordinator", {"same_unit", "team_member", "author"}),
        ("grunerlokka.job_specialist", {"same_unit"}),
        ("klepp_time.leader", set()),
    ],
)
async def test_ties_follow_from_what_is_registered(led: Led, case_id: UUID, who: str, expected: set[str]) -> None:
    assert await kinds(led, case_id, who) == expected


async def test_a_unit_left_counts_for_the_months_of_the_rules(led: Led, case_id: UUID) -> None:
    person, unit = led.world.people["reviewer_one"].id, led.world.units["grunerlokka"].id
    async with led.database.unit_of_work() as uow:
        left = uow.now - timedelta(days=200)
        await identity.add_membership(
            uow, person, unit, "employee", valid_from=left - timedelta(days=400), valid_to=left
        )
    assert await kinds(led, case_id, "reviewer_one", 12) == {"same_unit"}
    assert await kinds(led, case_id, "reviewer_one", 6) == set()
    with pytest.raises(NotYet) as refused:
        await led.assign(case_id, "reviewer_one")
    assert [each.code for each in refused.value.reasons] == ["review.conflict"]


async def other_case(led: Led, who: str, role: str, theirs: str, days_since: int) -> None:
    """Another case in which the person and somebody of the team have had these parts, until some days ago."""
    call_id = await led.call()
    led.database.clock.moved += timedelta(minutes=1)  # type: ignore[attr-defined]
    case_id = await led.in_review(call_id, "klepp_time")
    async with led.database.unit_of_work() as uow:
        until = uow.now - timedelta(days=days_since)
        for key, part in ((who, role), ("grunerlokka.counsellor", theirs)):
            uow.session.add(
                CaseRole(
                    case_id=case_id, person_id=led.world.people[key].id, role=part,
                    valid_from=until - timedelta(days=30), valid_to=until,
                )
            )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "theirs", "days_since", "expected"),
    [
        ("facilitator", "core_team", 100, {"cooperation"}),
        ("facilitator", "core_team", 500, set()),
        ("reviewer", "reviewer", 100, {"cooperation"}),
        ("reviewer", "core_team", 100, set()),
    ],
)
async def test_cooperation_is_work_on_the_same_side_not_long_ago(
    led: Led, case_id: UUID, role: str, theirs: str, days_since: int, expected: set[str]
) -> None:
    await other_case(led, "reviewer_one", role, theirs, days_since)
    assert await kinds(led, case_id, "reviewer_one") == expected


async def test_a_tie_found_late_closes_the_application_and_the_review_is_voided(led: Led, case_id: UUID) -> None:
    review_id = await led.reviewed(case_id, "reviewer_one")
    unit = led.world.units["grunerlokka"].id
    async with led.database.unit_of_work() as uow:
        await identity.add_membership(
            uow, led.world.people["reviewer_one"].id, unit, "employee", valid_from=uow.now - timedelta(days=1)
        )
    async with led.database.reading() as uow:
        actor = await led.world.actor(uow, "reviewer_one")
        found = await queries.reviewing(uow, actor, review_id)
        assert not found.reads
        with pytest.raises(NotAllowed):
            await queries.require_reading(uow, actor, found.case, found.roles)
    await led("case_handler", reviews.void, review_id, why="Begynte på kontoret")
    with pytest.raises(NotYet):
        await led("case_handler", reviews.hold_meeting, case_id)
    await led.reviewed(case_id, "facilitator_two")
    await led.reviewed(case_id, "reviewer_three")
    await led("case_handler", reviews.hold_meeting, case_id)


async def test_the_ties_to_many_cases_are_those_to_each(led: Led, case_id: UUID) -> None:
    async with led.database.reading() as uow:
        call_id = (await uow.session.get_one(Application, case_id)).call_id
    others = [await led.in_review(call_id, office) for office in ("klepp_time", "lillestrom")]
    await other_case(led, "reviewer_one", "facilitator", "core_team", 40)
    everybody = [person.id for person in led.world.people.values()]
    async with led.database.reading() as uow:
        together = await conflicts_in(uow, [case_id, *others], everybody, 12)
        one_by_one = [tie for each in (case_id, *others) for tie in await conflicts(uow, each, everybody, 12)]
    assert len(together) == len(one_by_one) > 20
    assert {repr(each) for each in together} == {repr(each) for each in one_by_one}
