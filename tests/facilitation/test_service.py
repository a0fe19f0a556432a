"""Facilitators are asked within what they have to give, never where they have a tie, and answer for themselves."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.demo.cast import World
from app.facilitation import queries, service
from tests.projects_under_way import Acts, open_project


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    """The people of the world, with one facilitator in the register."""
    found = Acts(database, world)
    await found(
        "method_owner", service.register, person_id=world.people["facilitator_two"].id, capacity_hours=100,
        methods=("service_design", "evaluation"),
    )  # fmt: skip
    return found


@pytest.fixture
async def case_id(database: Database, world: World) -> UUID:
    """A project of Nav Lillestrøm."""
    return await open_project(database, world, "lillestrom")


async def ask(acts: Acts, case_id: UUID, hours: int = 40, who: str = "facilitator_two") -> UUID:
    person_id = acts.world.people[who].id
    row = await acts("case_handler", service.assign, case_id=case_id, person_id=person_id, hours=hours)
    found: UUID = row.id
    return found


async def test_a_facilitator_who_is_asked_can_see_the_project_and_answer(acts: Acts, case_id: UUID) -> None:
    assignment_id = await ask(acts, case_id)
    row = await acts("facilitator_two", service.accept, assignment_id)
    assert row.state == "accepted"
    async with acts.database.reading() as uow:
        (entry,) = await queries.register(uow)
        assert (sum(each.planned for each in entry.halves.values()), entry.projects) == (40, 1)
        assert entry.left_hours == 100 - entry.now.planned
        handler = await acts.world.actor(uow, "case_handler")
        assert case_id not in [row.id for row in await queries.projects_without(uow, handler)]


async def test_nobody_answers_for_somebody_else(acts: Acts, case_id: UUID) -> None:
    assignment_id = await ask(acts, case_id)
    with pytest.raises(NotAllowed):
        await acts("case_handler", service.accept, assignment_id)
    with pytest.raises((NotAllowed, NotYet)):
        await acts("facilitator_one", service.accept, assignment_id)


async def test_more_hours_than_are_left_are_refused_with_the_figures(acts: Acts, case_id: UUID) -> None:
    await ask(acts, case_id, hours=80)
    other = await open_project(acts.database, acts.world, "klepp_time")
    with pytest.raises(NotYet) as refused:
        await ask(acts, other, hours=300)
    reason = refused.value.reasons[0]
    async with acts.database.reading() as uow:
        (entry,) = await queries.register(uow)
    assert reason.code == "facilitation.over_capacity"
    assert reason.parameters["left"] in [each.left for each in entry.halves.values()]
    assert reason.parameters["hours"] > reason.parameters["left"]
    await ask(acts, other, hours=30)


async def test_somebody_of_the_office_is_never_asked(acts: Acts, case_id: UUID) -> None:
    await acts(
        "method_owner", service.register, person_id=acts.world.people["lillestrom.counsellor"].id, capacity_hours=100,
        methods=(),
    )  # fmt: skip
    with pytest.raises(NotYet) as refused:
        await ask(acts, case_id, who="lillestrom.counsellor")
    assert "facilitation.conflict_own_unit" in [reason.code for reason in refused.value.reasons]


async def test_somebody_outside_the_register_has_nothing_to_give(acts: Acts, case_id: UUID) -> None:
    with pytest.raises(NotYet) as refused:
        await ask(acts, case_id, who="facilitator_three")
    assert refused.value.reasons[0].code == "facilitation.over_capacity"


async def test_one_who_declines_no_longer_sees_the_project_and_can_be_asked_again(acts: Acts, case_id: UUID) -> None:
    assignment_id = await ask(acts, case_id)
    with pytest.raises(NotYet):
        await acts("facilitator_two", service.decline, assignment_id, why=" ")
    await acts("facilitator_two", service.decline, assignment_id, why="Permisjon")
    assert (await ask(acts, case_id)) != assignment_id


async def test_one_is_asked_once(acts: Acts, case_id: UUID) -> None:
    await ask(acts, case_id)
    with pytest.raises(Invalid) as refused:
        await ask(acts, case_id)
    assert refused.value.fields["person_id"].code == "facilitation.already_assigned"


async def test_an_office_neither_registers_nor_assigns(acts: Acts, case_id: UUID) -> None:
    person_id = acts.world.people["facilitator_two"].id
    with pytest.raises(NotAllowed):
        await acts("lillestrom.leader", service.register, person_id=person_id, capacity_hours=1, methods=())
    with pytest.raises(NotAllowed):
        await acts("lillestrom.leader", service.assign, case_id=case_id, person_id=person_id, hours=1)
    with pytest.raises(NotFound):
        await acts("klepp_time.leader", service.assign, case_id=case_id, person_id=person_id, hours=1)


async def test_a_method_that_does_not_exist_is_refused(acts: Acts) -> None:
    with pytest.raises(Invalid):
        await acts(
            "method_owner", service.register, person_id=acts.world.people["facilitator_one"].id, capacity_hours=1,
            methods=("magic",),
        )  # fmt: skip
