"""A project signs up for the gatherings of its call, and the resource group notes who came."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.calls.models import Call
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed
from app.demo.cast import World
from app.gatherings import queries
from app.gatherings import service as gatherings
from tests.projects_under_way import Acts, open_project

COORDINATOR = "lillestrom.coordinator"


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    """The people of the world."""
    return Acts(database, world)


@pytest.fixture
async def case_id(database: Database, world: World) -> UUID:
    """A project of Nav Lillestrøm."""
    return await open_project(database, world, "lillestrom")


async def test_a_project_signs_up_and_the_resource_group_notes_who_came(acts: Acts, case_id: UUID) -> None:
    async with acts.database.reading() as uow:
        call_id = (await uow.session.get_one(Case, case_id)).call_id
        opened = (await uow.session.get_one(Call, call_id)).opens_at
    fields = {"call_id": call_id, "key": "gathering_1", "kind": "gathering", "title": "Samling 1", "place": "Oslo",
              "audience": ("core_team",)}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await acts("case_handler", gatherings.arrange, **fields, held_on=day_in_oslo(opened) - timedelta(days=1))
    assert refused.value.fields["held_on"].code == "activities.held_before_call"
    gathering = await acts("case_handler", gatherings.arrange, **fields, held_on=day_in_oslo(opened))
    person = acts.world.people["lillestrom.counsellor"].id
    for _ in range(2):
        await acts(COORDINATOR, gatherings.register, case_id, gathering_id=gathering.id, person_id=person)
    with pytest.raises(NotAllowed):
        await acts(COORDINATOR, gatherings.attended, gathering.id, case_id=case_id, person_ids=(person,))
    await acts("case_handler", gatherings.attended, gathering.id, case_id=case_id, person_ids=(person,))
    async with acts.database.reading() as uow:
        (row,) = await queries.attendance_of(uow, call_id, case_id)  # type: ignore[arg-type]
    assert row.attended == row.registered == ["Yasmin Ytre"]
