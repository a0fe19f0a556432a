"""Competence goals: one sees one's own way, nobody sees another's, and figures come of five who are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.audit.models import Event
from app.cases.models import Case, CaseRole
from app.competence import jobs, queries
from app.competence import service as competence
from app.competence.models import CompetenceGoal
from app.core.database import Database
from app.core.errors import Invalid, NotFound, NotYet
from app.demo.cast import World
from app.projects.models import Project
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project, told

COORDINATOR, LEADER = "lillestrom.coordinator", "lillestrom.leader"
TEAM = (COORDINATOR, LEADER, "lillestrom.counsellor", "lillestrom.job_specialist", "lillestrom.line_leader")


@pytest.fixture
def acts(database: Database, world: World, clock: MovingClock) -> Acts:
    """The people of the world."""
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    return Acts(database, world)


async def project_with_goals(acts: Acts, *texts: str) -> tuple[UUID, list[UUID]]:
    """A project of five people with goals."""
    case_id = await open_project(acts.database, acts.world, "lillestrom")
    async with acts.database.unit_of_work() as uow:
        uow.session.add_all(
            CaseRole(case_id=case_id, person_id=acts.world.people[key].id, role="core_team", valid_from=uow.now)
            for key in TEAM[2:]
        )
    for words in texts:
        await acts(COORDINATOR, competence.add_goal, case_id, text=words)
    async with acts.database.reading() as uow:
        return case_id, [goal.id for goal in await queries.goals_of(uow, case_id)]


async def assess(acts: Acts, case_id: UUID, who: str, goals: list[UUID], level: int) -> None:
    await acts(who, competence.assess, case_id, levels={f"level-{goal}": str(level) for goal in goals})


async def move_to(acts: Acts, case_id: UUID, state: str) -> None:
    """Let the project stand in a state, without the years between."""
    async with acts.database.unit_of_work() as uow:
        closed_at = uow.now if state == "closed" else None
        await uow.session.execute(update(Project).where(Project.id == case_id).values(state=state, closed_at=closed_at))


async def figures(acts: Acts, case_id: UUID) -> Any:
    async with acts.database.reading() as uow:
        call_id = (await uow.session.get_one(Case, case_id)).call_id
        assert call_id is not None
        return await queries.of_call(uow, call_id)


async def test_figures_come_when_the_project_is_over_and_five_said_all_of_it(acts: Acts, clock: MovingClock) -> None:
    case_id, goals = await project_with_goals(acts, "Lede et intervju", "Måle en effekt")
    for who in TEAM:
        await assess(acts, case_id, who, goals, 2)
    await move_to(acts, case_id, "implement_close")
    for who in TEAM[:4]:
        await assess(acts, case_id, who, goals, 4)
    await move_to(acts, case_id, "closed")
    assert (await figures(acts, case_id)).whole is None, "four have said all of it"
    await move_to(acts, case_id, "closing")
    await assess(acts, case_id, TEAM[4], goals, 5)
    assert (await figures(acts, case_id)).whole is None, "it is not over"
    await move_to(acts, case_id, "closed")
    found = await figures(acts, case_id)
    assert found.whole.people == 5
    assert (found.whole.counted.before, found.whole.counted.after) == ((0, 10, 0, 0, 0), (0, 0, 0, 8, 2))
    assert found.projects[case_id][goals[0]].counted.after == (0, 0, 0, 4, 1)


async def test_what_cannot_be_taken_is_said_for_every_goal(acts: Acts) -> None:
    case_id, goals = await project_with_goals(acts, "Lede et intervju", "Måle en effekt")
    with pytest.raises(Invalid) as refused:
        await acts(COORDINATOR, competence.assess, case_id, levels={f"level-{goals[0]}": "6", f"level-{case_id}": "1"})
    assert {name: reason.code for name, reason in refused.value.fields.items()} == {
        f"level-{goals[0]}": "form.not_a_choice", f"level-{goals[1]}": "survey.level_missing",
        f"level-{case_id}": "form.unknown_field",
    }  # fmt: skip
    with pytest.raises(NotFound):
        await acts("grunerlokka.coordinator", competence.assess, case_id, levels={})
    await acts(COORDINATOR, competence.remove_goal, goals[1])
    async with acts.database.reading() as uow:
        events = await uow.session.scalar(select(func.count()).select_from(Event))
    await assess(acts, case_id, COORDINATOR, goals[:1], 3)
    async with acts.database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Event)) == events, (
            "whether one has is one's own"
        )
    with pytest.raises(NotYet) as stands:
        await acts(COORDINATOR, competence.remove_goal, goals[0])
    assert stands.value.reasons[0].code == "competence.goals_stand"
    await move_to(acts, case_id, "platform_open")
    for verb, fields in ((competence.assess, {"levels": {}}), (competence.add_goal, {"text": "Mer"})):
        with pytest.raises(NotYet):
            await acts(COORDINATOR, verb, case_id, **fields)


async def test_the_people_are_asked_once_before_and_once_after(acts: Acts, clock: MovingClock) -> None:
    case_id, _ = await project_with_goals(acts)
    await jobs.ask(acts.database.unit_of_work)
    assert not await told(acts.database, case_id, "competence_before"), "there is nothing to ask about"
    await acts(COORDINATOR, competence.add_goal, case_id, text="Lede et intervju")
    names = {acts.world.people[key].name for key in TEAM}
    for state, code in (("set_up", "competence_before"), ("implement_open", "competence_after")):
        await move_to(acts, case_id, state)
        for _ in range(2):
            await jobs.ask(acts.database.unit_of_work)
        assert await told(acts.database, case_id, code) == names
    clock.moved = timedelta(hours=12)
    async with acts.database.reading() as uow:
        assert await queries.projects_to_ask(uow) == []


async def test_one_sees_ones_own_way_and_nobody_elses(browser: Browser, acts: Acts) -> None:
    case_id, _ = await project_with_goals(acts)
    address = f"/projects/{case_id}/competence"
    await browser.as_person(COORDINATOR)
    assert "ikke satt mål" in await browser.shown(address)
    added = await browser.post(f"/projects/{case_id}/add_competence_goal", {"text": "Lede et intervju"}, page=address)
    assert added.status_code == 303
    async with acts.database.reading() as uow:
        (goal,) = await uow.session.scalars(select(CompetenceGoal.id))
    refused = await browser.post(f"/projects/{case_id}/assess_competence", {}, page=address)
    assert refused.status_code == 422
    assert "Velg et svar." in refused.text
    taken = await browser.post(f"/projects/{case_id}/assess_competence", {f"level-{goal}": "2"}, page=address)
    assert taken.status_code == 303
    mine = "2: Jeg kan gjøre det med hjelp</td>"
    assert mine in await browser.shown(address)
    for who in (LEADER, "case_handler"):
        await browser.as_person(who)
        page = await browser.shown(address)
        assert "Lede et intervju" in page
        assert mine not in page
        assert "checked" not in page
