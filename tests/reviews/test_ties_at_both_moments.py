"""Each tie to an applicant that is derived stops somebody from being given the application, and from reading it later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.applications.models import ProblemStatement, TeamMember
from app.assignments import succession
from app.audit.models import Event
from app.cases.models import CaseRole, CaseUnit
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotYet
from app.demo.cast import World
from app.identity import service as identity
from app.reviews import queries
from app.reviews import service as reviews
from app.reviews.models import Review
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock
from workflows.review import ConflictKind

OFFICE = "lillestrom"
Tie = Callable[[UnitOfWork, World, UUID, UUID, UUID], Any]


def works_in(unit: str, role: str = "employee") -> Tie:
    """Begins to work somewhere."""

    async def tie(uow: UnitOfWork, world: World, person_id: UUID, case_id: UUID, other_case_id: UUID) -> None:
        began = uow.now - timedelta(days=1)
        await identity.add_membership(uow, person_id, world.units[unit].id, role, valid_from=began)

    return tie


async def join(uow: UnitOfWork, case_id: UUID, unit_id: UUID) -> None:
    """A unit becomes a party to a case, if it is not one already."""
    if await uow.session.get(CaseUnit, (case_id, unit_id)) is None:
        uow.session.add(CaseUnit(case_id=case_id, unit_id=unit_id, part="joined"))
        await uow.session.flush()


async def below(uow: UnitOfWork, world: World, person_id: UUID, case_id: UUID, other_case_id: UUID) -> None:
    """A county becomes a party, and somebody works in one of its offices."""
    await join(uow, case_id, world.units["oslo"].id)
    await works_in("grunerlokka")(uow, world, person_id, case_id, other_case_id)


async def in_the_team(uow: UnitOfWork, world: World, person_id: UUID, case_id: UUID, other_case_id: UUID) -> None:
    uow.session.add(TeamMember(case_id=case_id, person_id=person_id, name="Med i teamet", role="core_team"))


async def writing(uow: UnitOfWork, world: World, person_id: UUID, case_id: UUID, other_case_id: UUID) -> None:
    number = 50 + len(list(await uow.session.scalars(select(ProblemStatement.id))))
    uow.session.add(
        ProblemStatement(case_id=case_id, number=number, text="Hvordan?", author_id=person_id, written_at=uow.now)
    )


async def cooperating(uow: UnitOfWork, world: World, person_id: UUID, case_id: UUID, other_case_id: UUID) -> None:
    for each in (person_id, world.people[f"{OFFICE}.counsellor"].id):
        since = uow.now - timedelta(days=40)
        uow.session.add(CaseRole(case_id=other_case_id, person_id=each, role="core_team", valid_from=since))


async def facilitating(uow: UnitOfWork, world: World, person_id: UUID, case_id: UUID, other_case_id: UUID) -> None:
    ended = uow.now - timedelta(days=900)
    await join(uow, other_case_id, world.units[OFFICE].id)
    uow.session.add(
        CaseRole(
            case_id=other_case_id, person_id=person_id, role="facilitator", valid_from=ended - timedelta(days=90),
            valid_to=ended,
        )
    )  # fmt: skip


TIES: dict[ConflictKind, Tie] = {
    ConflictKind.SAME_UNIT: works_in(OFFICE),
    ConflictKind.LEADER_OF_UNIT: works_in(OFFICE, "leader"),
    ConflictKind.PARENT_UNIT: works_in("ost_viken"),
    ConflictKind.LINE_LEADER: works_in("ost_viken", "leader"),
    ConflictKind.COUNTY_REPRESENTATIVE: works_in("ost_viken", "county_representative"),
    ConflictKind.CHILD_UNIT: below,
    ConflictKind.TEAM_MEMBER: in_the_team,
    ConflictKind.AUTHOR: writing,
    ConflictKind.COOPERATION: cooperating,
    ConflictKind.FACILITATOR: facilitating,
}


def test_every_kind_is_tried() -> None:
    assert set(TIES) == set(ConflictKind)


async def may_read(led: Led, review_id: UUID, who: str) -> bool:
    async with led.database.reading() as uow:
        actor = await led.world.actor(uow, who)
        found = await queries.reviewing(uow, actor, review_id)
        try:
            await queries.require_reading(uow, actor, found.case, found.roles)
        except NotAllowed:
            return False
        return found.reads


@pytest.mark.parametrize("kind", list(ConflictKind))
async def test_it_is_asked_for_when_assigning_and_when_reading_and_voids_the_review(
    led: Led, browser: Browser, clock: MovingClock, kind: ConflictKind
) -> None:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    case_id, other = await led.in_review(call_id, OFFICE), await led.in_review(call_id, "klepp_time")
    review_id = await led.assign(case_id, "reviewer_one")
    await led("reviewer_one", reviews.declare, review_id, impartial=True)
    await led.assign(case_id, "facilitator_one")
    await browser.as_person("reviewer_one")
    assert await may_read(led, review_id, "reviewer_one")
    assert (await browser.get(f"/applications/{case_id}")).status_code == 200
    async with led.database.unit_of_work() as uow:
        for who in ("reviewer_one", "facilitator_two"):
            await TIES[kind](uow, led.world, led.world.people[who].id, case_id, other)

    with pytest.raises(NotYet) as refused:
        await led.assign(case_id, "facilitator_two")
    assert {each.parameters.get("conflict_key") for each in refused.value.reasons} == {f"conflict.{kind}"}

    assert not await may_read(led, review_id, "reviewer_one")
    assert (await browser.get(f"/applications/{case_id}")).status_code in (403, 404)
    assert "Tolv samtaler" not in (await browser.get(f"/reviews/{review_id}")).text

    async with led.database.unit_of_work() as uow:
        assert await succession.void_untenable(uow, case_id) == [review_id]
    async with led.database.reading() as uow:
        found = select(Review.reviewer_id, Review.state).where(Review.case_id == case_id)
        rows = dict((await uow.session.execute(found)).tuples().all())
        logged = await uow.session.scalar(
            select(Event.why).where(Event.subject == "review", Event.subject_id == review_id, Event.verb == "void")
        )
    assert rows.pop(led.world.people["reviewer_one"].id) == "voided"
    assert led.world.people["facilitator_two"].id not in rows, "not to somebody who is tied alike"
    assert sorted(rows.values()) == ["assigned", "assigned"], "somebody else has been given it"
    assert logged, "the reason stands in the record"
