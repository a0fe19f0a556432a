"""Both sides agree to one exact text, and another word or another person undoes only what it touches."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.clarifications import queries, service
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import World
from tests.projects_under_way import open_project

TEXT = {
    "expects": "Tid til å delta på samlingene", "commits": "Å lede arbeidet", "hours_per_week": 4,
    "scheme_expects": "At tiden blir frigjort", "scheme_commits": "En fasilitator", "equality": "Alle teller likt",
    "responsibility": "Framdriften", "decision_rights": "Bruk av midlene", "learning": "Nye metoder",
    "new_ways": "Korte økter", "benefits_short": "Bedre møter", "benefits_long": "Flere i arbeid", "version": None,
}  # fmt: skip


class Scene:
    """A project with one clarification in it."""

    def __init__(self, database: Database, world: World, case_id: UUID, clarification_id: UUID):
        self.database, self.world, self.case_id, self.id = database, world, case_id, clarification_id

    async def do(self, who: str, verb: str, **fields: object) -> object:
        async with self.database.unit_of_work() as uow:
            actor = await self.world.actor(uow, who)
            return await getattr(service, verb)(uow, actor, self.id, **fields)

    async def row(self) -> queries.ClarificationRow:
        async with self.database.reading() as uow:
            return next(row for row in await queries.clarifications(uow, self.case_id) if row.id == self.id)

    async def hash(self) -> str:
        return (await self.row()).text_hash


@pytest.fixture
async def scene(database: Database, world: World) -> Scene:
    case_id = await open_project(database, world, "lillestrom")
    async with database.unit_of_work() as uow:
        coordinator = await world.actor(uow, "lillestrom.coordinator")
        row = await service.add(
            uow, coordinator, case_id=case_id, gate="start", role="leader",
            person_id=world.people["lillestrom.leader"].id, outside_name="",
        )  # fmt: skip
    return Scene(database, world, case_id, row.id)


async def written(scene: Scene) -> str:
    await scene.do("lillestrom.coordinator", "write", **TEXT)
    await scene.do("lillestrom.coordinator", "propose")
    return await scene.hash()


async def test_a_text_is_put_forward_only_when_it_is_whole(scene: Scene) -> None:
    with pytest.raises(NotYet) as refused:
        await scene.do("lillestrom.coordinator", "propose")
    codes = [reason.code for reason in refused.value.reasons]
    # the template has given all but what only the holder can say
    assert codes.count("clarification.text_missing") == 2
    assert "clarification.hours_missing" in codes


async def test_both_sides_agree_and_then_it_is_agreed(scene: Scene) -> None:
    text_hash = await written(scene)
    await scene.do("lillestrom.leader", "agree_office", text_hash=text_hash)
    assert (await scene.row()).state == "proposed"
    await scene.do("case_handler", "agree_scheme", text_hash=text_hash)
    row = await scene.row()
    assert (row.state, sorted(row.agreed)) == ("agreed", ["office", "scheme"])


async def test_nobody_agrees_for_somebody_else(scene: Scene) -> None:
    text_hash = await written(scene)
    for who in ("lillestrom.coordinator", "case_handler"):
        with pytest.raises((NotAllowed, NotFound)):
            await scene.do(who, "agree_office", text_hash=text_hash)
    with pytest.raises(NotAllowed):
        await scene.do("lillestrom.leader", "agree_scheme", text_hash=text_hash)
    with pytest.raises(NotFound):
        await scene.do("klepp_time.leader", "agree_office", text_hash=text_hash)


async def test_one_agrees_to_the_text_one_has_read_and_no_other(scene: Scene) -> None:
    text_hash = await written(scene)
    await scene.do("lillestrom.coordinator", "write", **{**TEXT, "commits": "Noe annet"})
    with pytest.raises(Stale):
        await scene.do("lillestrom.leader", "agree_office", text_hash=text_hash)


async def test_another_text_voids_the_agreements_and_the_same_text_does_not(scene: Scene) -> None:
    text_hash = await written(scene)
    await scene.do("lillestrom.leader", "agree_office", text_hash=text_hash)
    await scene.do("case_handler", "agree_scheme", text_hash=text_hash)
    await scene.do("lillestrom.coordinator", "write", **TEXT)
    assert (await scene.row()).state == "agreed"
    await scene.do("lillestrom.coordinator", "write", **{**TEXT, "hours_per_week": 5})
    row = await scene.row()
    assert (row.state, row.agreed) == ("draft", [])


async def test_another_person_in_the_role_agrees_anew(scene: Scene) -> None:
    text_hash = await written(scene)
    await scene.do("lillestrom.leader", "agree_office", text_hash=text_hash)
    other = scene.world.people["lillestrom.line_leader"].id
    await scene.do("lillestrom.coordinator", "replace_holder", person_id=other, outside_name="", why="Ny leder")
    row = await scene.row()
    assert (row.person_id, row.state, row.agreed) == (other, "draft", [])


async def test_a_coordinator_records_how_an_outsider_agreed(scene: Scene) -> None:
    async with scene.database.unit_of_work() as uow:
        coordinator = await scene.world.actor(uow, "lillestrom.coordinator")
        row = await service.add(
            uow, coordinator, case_id=scene.case_id, gate="start", role="partner", person_id=None,
            outside_name="Bedriften AS",
        )  # fmt: skip
    outsider = Scene(scene.database, scene.world, scene.case_id, row.id)
    text_hash = await written(outsider)
    with pytest.raises(NotAllowed):
        await scene.do("lillestrom.coordinator", "record_agreement", text_hash=text_hash, how="I møte")
    await outsider.do("lillestrom.coordinator", "record_agreement", text_hash=text_hash, how="I møte 3. mars")
    await outsider.do("case_handler", "agree_scheme", text_hash=text_hash)
    found = await outsider.row()
    assert (found.state, found.how) == ("agreed", "I møte 3. mars")


async def test_a_role_is_held_by_a_person_or_a_name_and_not_by_both(scene: Scene) -> None:
    async with scene.database.unit_of_work() as uow:
        coordinator = await scene.world.actor(uow, "lillestrom.coordinator")
        for person_id, name in ((None, ""), (scene.world.people["lillestrom.leader"].id, "Kari")):
            with pytest.raises(Invalid):
                await service.add(
                    uow, coordinator, case_id=scene.case_id, gate="start", role="partner", person_id=person_id,
                    outside_name=name,
                )  # fmt: skip
