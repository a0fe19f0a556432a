"""Who must agree, what an agreement is to, what makes it void, and that nothing else is touched by it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.audit.models import Event
from app.cases.models import CaseRole
from app.clarifications import agreeing, queries, renewing, service
from app.clarifications.models import Clarification
from app.clarifications.standing import leads
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet
from app.demo.cast import World
from app.identity import service as identity
from app.identity.models import UnitMembership
from app.projects import service as projects
from app.projects.facts import PROJECT
from app.projects.models import Project
from tests.clarifications.test_service import TEXT
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project, told
from workflows.clarification import Side, asked_of
from workflows.engine import Act
from workflows.project_gates import clarifications_still_stand, every_clarification_agreed
from workflows.roles import Role

HOURS = {"released_hours": 4, "release_how": "Vakten tas av Kari"}
PEOPLE = {"leader": "lillestrom.leader", "coordinator": "lillestrom.coordinator", "facilitator": "facilitator_one"}


class Scene(Acts):
    """A project with the clarifications of its leader, its coordinator and its facilitator, all agreed."""

    case_id: UUID
    ids: dict[str, UUID]

    async def begin(self) -> Scene:
        self.case_id = await open_project(self.database, self.world, "lillestrom")
        self.ids = {}
        for role, who in PEOPLE.items():
            row = await self("lillestrom.coordinator", service.add, case_id=self.case_id, gate="start", role=role,
                             person_id=self.world.people[who].id, outside_name="")  # fmt: skip
            self.ids[role] = row.id
            await self.agree(role)
        return self

    async def agree(self, role: str, **changes: Any) -> None:
        """Write it, put it forward, and let everybody agree."""
        hours = HOURS if role == "coordinator" else {}
        await self("lillestrom.coordinator", service.write, self.ids[role], **{**TEXT, **hours, **changes})
        await self.sign(role)

    async def sign(self, role: str) -> None:
        """Put it forward as it stands, and let everybody agree."""
        row = await self("lillestrom.coordinator", service.propose, self.ids[role])
        said = row.text_hash
        await self(PEOPLE[role], service.agree_office, row.id, text_hash=said)
        if role == "coordinator":
            await self("lillestrom.leader", service.agree_leader, row.id, text_hash=said)
        await self("case_handler", service.agree_scheme, row.id, text_hash=said)

    async def row(self, role: str, gate: str = "start") -> queries.ClarificationRow:
        async with self.database.reading() as uow:
            rows = await queries.clarifications(uow, self.case_id)
        return next(row for row in rows if row.role == role and row.gate == gate)

    async def gate(self, rule: Any) -> set[tuple[str, str]]:
        """What a gate misses: the code and the role."""
        async with self.database.reading() as uow:
            facts = await PROJECT.facts(uow, await uow.session.get_one(Project, self.case_id))
        found = rule.check(facts, Act(now=uow.now, roles=frozenset()))
        return {(each.code, str(each.parameters["role_key"])) for each in found}


@pytest.fixture
async def scene(database: Database, world: World) -> Scene:
    return await Scene(database, world).begin()


RELEASE = ("project.clarification_leader_has_not_agreed", "role.coordinator")


@pytest.mark.parametrize(
    ("role", "account", "leads", "asked"),
    [("coordinator", True, False, True), ("coordinator", True, True, False), ("core_team", False, False, False),
     ("core_team", True, False, True), ("leader", True, True, False), ("facilitator", True, False, False)],
)  # fmt: skip
def test_the_leader_agrees_to_hours_that_are_anothers(role: str, account: bool, leads: bool, asked: bool) -> None:
    sides = asked_of(role, ("coordinator", "core_team"), has_account=account, is_leader=leads)
    assert (Side.LEADER in sides) is asked
    assert {Side.OFFICE, Side.SCHEME} <= sides


async def test_who_leads_another_office_is_no_leader_of_this_one(scene: Scene) -> None:
    """The hours of a coordinator are the leader's to release, though the coordinator leads an office with a project too."""
    other = await open_project(scene.database, scene.world, "grunerlokka")
    coordinator = scene.world.people["lillestrom.coordinator"].id
    await scene("grunerlokka.coordinator", service.add, case_id=other, gate="start", role="leader",
                person_id=scene.world.people["grunerlokka.leader"].id, outside_name="")  # fmt: skip
    async with scene.database.unit_of_work() as uow:
        unit_id = scene.world.units["grunerlokka"].id
        await identity.add_membership(uow, unit_id=unit_id, person_id=coordinator, role="leader", valid_from=uow.now)
    async with scene.database.reading() as uow:
        row = Clarification
        found = await uow.session.execute(
            select(row.role, leads(row.case_id, uow.now)).where(row.case_id == scene.case_id)
        )
        assert dict(found.tuples().all()) == {"leader": True, "coordinator": False, "facilitator": False}


async def test_hours_are_released_in_full_and_by_the_leader_alone(scene: Scene) -> None:
    row = await scene.row("coordinator")
    assert (row.state, sorted(row.agreed)) == ("agreed", ["leader", "office", "scheme"])
    await scene("lillestrom.coordinator", service.write, row.id, **{**TEXT, "released_hours": 3})
    with pytest.raises(NotYet) as few:
        await scene("lillestrom.coordinator", service.propose, row.id)
    assert [reason.code for reason in few.value.reasons] == ["clarification.too_few_released"]
    await scene("lillestrom.coordinator", service.write, row.id, **{**TEXT, **HOURS})
    said = (await scene("lillestrom.coordinator", service.propose, row.id)).text_hash
    with pytest.raises(NotAllowed):
        await scene("lillestrom.coordinator", service.agree_leader, row.id, text_hash=said)
    assert "Elin Eng" not in said and await told(scene.database, scene.case_id, "clarification_release_asked")


async def test_every_version_is_kept_with_who_agreed_to_it_and_why_that_is_void(scene: Scene) -> None:
    await scene.agree("coordinator", commits="Noe annet")
    row = await scene.row("coordinator")
    assert [each.number for each in row.versions] == [2, 1]
    assert [each.texts["commits"] for each in row.versions] == ["Noe annet", "Å lede arbeidet"]
    assert {(each.side, each.number, each.void) for each in row.agreements} == {
        (side, number, void) for side in ("office", "leader", "scheme") for number, void in ((1, "text"), (2, ""))
    }
    assert {each.number for each in row.standing} == {2}


async def test_only_what_a_change_touches_is_void_and_those_who_agreed_are_told(scene: Scene) -> None:
    before = await scene.row("leader")
    await scene(
        "lillestrom.coordinator", service.write, scene.ids["coordinator"], **{**TEXT, **HOURS, "learning": "Mer"}
    )
    assert await scene.row("leader") == before
    assert (await scene.row("facilitator")).state == "agreed"
    assert (await scene.row("coordinator")).standing == []
    names = {scene.world.people[who].name for who in ("lillestrom.leader", "case_handler")}
    assert await told(scene.database, scene.case_id, "clarification_voided") == names


async def test_an_earlier_text_written_again_is_agreed_to_again(scene: Scene) -> None:
    await scene("lillestrom.coordinator", service.write, scene.ids["leader"], **{**TEXT, "learning": "Mer"})
    await scene("lillestrom.coordinator", service.write, scene.ids["leader"], **TEXT)
    assert (await scene.row("leader")).agreed == []


async def test_a_holder_says_what_should_be_changed_instead_of_agreeing(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        await scene("lillestrom.coordinator", service.ask_change, scene.ids["facilitator"], why="Nei")
    await scene("facilitator_one", service.ask_change, scene.ids["facilitator"], why="To timer holder ikke")
    row = await scene.row("facilitator")
    assert (row.state, row.change_asked, row.agreed) == ("draft", "To timer holder ikke", [])
    assert scene.world.people["lillestrom.coordinator"].name in await told(
        scene.database, scene.case_id, "clarification_change_asked"
    )
    await scene("lillestrom.coordinator", service.write, row.id, **{**TEXT, "hours_per_week": 6})
    assert (await scene.row("facilitator")).change_asked == ""


async def test_a_leader_who_withdraws_hours_shuts_the_gate_and_nothing_else_is_void(scene: Scene) -> None:
    assert RELEASE not in await scene.gate(every_clarification_agreed)
    await scene("lillestrom.leader", agreeing.withdraw_release, scene.ids["coordinator"], why="Sykdom på vakten")
    row = await scene.row("coordinator")
    assert (row.state, sorted(row.agreed)) == ("proposed", ["office", "scheme"])
    assert RELEASE in await scene.gate(every_clarification_agreed)
    assert await scene.gate(clarifications_still_stand) == {RELEASE}
    assert len(await told(scene.database, scene.case_id, "clarification_release_withdrawn")) >= 2
    with pytest.raises(Invalid):
        await scene("lillestrom.leader", agreeing.withdraw_release, scene.ids["coordinator"], why="Igjen")
    await scene("lillestrom.leader", service.agree_leader, scene.ids["coordinator"], text_hash=row.text_hash)
    assert (await scene.row("coordinator")).state == "agreed"
    assert await scene.gate(clarifications_still_stand) == set()


async def test_a_leader_who_withdraws_the_endorsement_voids_all_that_they_agreed_to_and_no_more(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        await scene("lillestrom.coordinator", agreeing.withdraw_endorsement, scene.case_id, why="Nei")
    await scene("lillestrom.leader", agreeing.withdraw_endorsement, scene.case_id, why="Vi må prioritere annerledes")
    assert await scene.gate(clarifications_still_stand) == {
        RELEASE, ("project.clarification_office_has_not_agreed", "role.leader"),
    }  # fmt: skip
    assert (await scene.row("facilitator")).state == "agreed"
    names = await told(scene.database, scene.case_id, "endorsement_withdrawn")
    assert {
        scene.world.people[who].name for who in ("lillestrom.coordinator", "facilitator_one", "case_handler")
    } <= names
    async with scene.database.reading() as uow:
        said = await uow.session.scalar(select(Event.why).where(Event.verb == "withdraw_endorsement"))
    assert said == "Vi må prioritere annerledes"


async def leave(scene: Scene) -> None:
    """The coordinator leaves, and a colleague takes over."""
    left = scene.world.people["lillestrom.coordinator"].id
    new = scene.world.people["lillestrom.counsellor"].id
    async with scene.database.unit_of_work() as uow:
        for table in (CaseRole, UnitMembership):
            await uow.session.execute(
                update(table).where(table.person_id == left, table.role == "coordinator").values(valid_to=uow.now)
            )
        uow.session.add(CaseRole(case_id=scene.case_id, person_id=new, role="coordinator", valid_from=uow.now))


async def test_a_coordinator_who_leaves_shuts_the_gate_until_the_new_one_agrees(scene: Scene) -> None:
    await leave(scene)
    left = ("project.clarification_holder_left", "role.coordinator")
    assert await scene.gate(clarifications_still_stand) == {left}
    assert left in await scene.gate(every_clarification_agreed)
    row_id, new = scene.ids["coordinator"], scene.world.people["lillestrom.counsellor"].id
    await scene(
        "lillestrom.leader", service.replace_holder, row_id, person_id=new, outside_name="", why="Ny koordinator"
    )
    assert {each.void for each in (await scene.row("coordinator")).agreements} == {"holder"}
    codes = {code for code, role in await scene.gate(clarifications_still_stand) if role == "role.coordinator"}
    assert codes == {f"project.clarification_{side}_has_not_agreed" for side in Side}
    said = (await scene("lillestrom.leader", service.propose, row_id)).text_hash
    await scene("lillestrom.counsellor", service.agree_office, row_id, text_hash=said)
    await scene("lillestrom.leader", service.agree_leader, row_id, text_hash=said)
    await scene("case_handler", service.agree_scheme, row_id, text_hash=said)
    assert await scene.gate(clarifications_still_stand) == set()
    assert (await scene.row("leader")).state == "agreed"


async def test_somebody_new_in_a_role_is_asked_for_theirs(scene: Scene) -> None:
    async with scene.database.unit_of_work() as uow:
        new = scene.world.people["facilitator_two"].id
        uow.session.add(CaseRole(case_id=scene.case_id, person_id=new, role="facilitator", valid_from=uow.now))
    assert ("project.clarification_missing_for", "role.facilitator") in await scene.gate(every_clarification_agreed)


# --- renewal ---------------------------------------------------------------------------------------------------------


async def test_a_renewal_begins_from_what_was_agreed_and_nobody_has_agreed_to_it(scene: Scene) -> None:
    await scene("lillestrom.coordinator", renewing.renew, scene.case_id, gate="close_diamond_2")
    row = await scene.row("coordinator", "close_diamond_2")
    assert (row.texts["commits"], row.hours_per_week, row.released_hours) == ("Å lede arbeidet", 4, 4)
    assert (row.state, row.agreed, row.renews_id, row.renews_number) == ("draft", [], scene.ids["coordinator"], 1)
    with pytest.raises(NotYet) as refused:
        await scene("lillestrom.coordinator", service.propose, row.id)
    assert [reason.parameters["text_key"] for reason in refused.value.reasons] == ["clarification.renewal_note"]
    changed = {**TEXT, **HOURS, "renewal_note": "Mer tid til piloten", "commits": "Å lede piloten"}
    await scene("lillestrom.coordinator", service.write, row.id, **changed)
    row = await scene.row("coordinator", "close_diamond_2")
    ((name, marked),) = row.changed_from(
        row.versions[0].texts if row.versions else (await scene.row("coordinator")).texts
    )
    assert name == "commits" and ("theirs" in {kind for kind, _ in marked})
    assert (await scene.row("coordinator")).state == "agreed", "what was agreed at the start stands as it was"


async def test_renewals_are_begun_once_and_only_where_the_rules_ask_for_them(scene: Scene) -> None:
    for gate in ("close_diamond_1", "close_diamond_3", "start"):
        with pytest.raises(Invalid):
            await scene("lillestrom.coordinator", renewing.renew, scene.case_id, gate=gate)
    await scene("lillestrom.coordinator", renewing.renew, scene.case_id, gate="close_diamond_2")
    with pytest.raises(Invalid):
        await scene("lillestrom.coordinator", renewing.renew, scene.case_id, gate="close_diamond_2")
    async with scene.database.reading() as uow:
        found = await uow.session.scalars(select(Clarification.role).where(Clarification.gate == "close_diamond_2"))
        assert sorted(found) == ["coordinator", "facilitator", "leader"]


# --- a waiver without the right --------------------------------------------------------------------------------------


async def test_a_waiver_without_the_right_is_answered_clearly_and_noted(scene: Scene, browser: Browser) -> None:
    for who in ("lillestrom.coordinator", "case_handler"):
        with pytest.raises(NotAllowed) as refused:
            await scene(who, projects.waive_requirement, scene.case_id, requirement="gatherings_attended", why="Haster")
        assert refused.value.reason is not None and refused.value.reason.who == (Role.DECISION_MAKER,)
    async with scene.database.reading() as uow:
        rows = await uow.session.execute(
            select(Event.actor_name, Event.why, Event.changes)
            .where(Event.verb == "waive_refused")
            .order_by(Event.sequence)
        )
        found = list(rows)
    assert [(name, why) for name, why, _ in found] == [
        (scene.world.people[who].name, "Haster") for who in ("lillestrom.coordinator", "case_handler")
    ]
    await browser.as_person("lillestrom.coordinator")
    answer = await browser.call(f"/api/v1/projects/{scene.case_id}/waive",
                                {"requirement": "gatherings_attended", "why": "Haster"})  # fmt: skip
    assert answer.status_code == 403
    assert "Forsøket er notert i saken" in answer.json()["detail"]


async def test_the_page_says_what_a_change_makes_void_before_it_is_saved(scene: Scene, browser: Browser) -> None:
    await browser.as_person("lillestrom.leader")
    page = (await browser.get(f"/projects/{scene.case_id}/clarifications")).text
    assert "Endrer du teksten, faller disse enighetene bort:" in page
    assert "Bare enigheten din om timene til" in page and "Trekk støtten til prosjektet" in page
    assert "Forny avklaringene" in page and "Lederen, for timene" in page
    await leave(scene)
    page = (await browser.get(f"/projects/{scene.case_id}/clarifications")).text
    assert "har ikke rollen Koordinator lenger" in page or "har ikke rollen koordinator lenger" in page
