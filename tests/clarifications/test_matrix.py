"""The matrix: red where something is missing or older than the phase, for those who may see it, in two statements."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from app.clarifications import matrix, service
from app.core.database import Database
from app.demo.cast import World
from app.projects.models import Project
from tests.clarifications.test_service import TEXT
from tests.clarifications.test_standing import Scene
from tests.conftest import Browser
from tests.pdfs import assert_in_order, words_of
from tests.projects_under_way import open_project
from workflows.clarification import BOTH, Needed
from workflows.clarification_matrix import RED, Seen, Standing, cell_of
from workflows.roles import Role
from workflows.rules import ClarificationRules

BEGAN, BEFORE, AFTER = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 5, 7))
RULES = ClarificationRules()


def seen(role: Role, agreed_at: datetime | None, gate: str = "start", *, in_role: bool = True, key: str = "a") -> Seen:
    agreed = BOTH if agreed_at else frozenset()
    return Seen(
        needed=Needed(clarification_id=uuid4(), role=role, holder="Kari", agreed=agreed, gate=gate, in_role=in_role,
                      holder_key=key),
        agreed_at=agreed_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("step", "role", "found", "expected"),
    [
        ("set_up", Role.LEADER, (), Standing.MISSING),
        ("set_up", Role.PARTNER, (), Standing.NOT_ASKED),
        ("set_up", Role.LEADER, (seen(Role.LEADER, None),), Standing.WAITING),
        ("set_up", Role.LEADER, (seen(Role.LEADER, BEFORE),), Standing.AGREED),
        ("platform_open", Role.LEADER, (seen(Role.LEADER, BEFORE),), Standing.OLD),
        ("platform_open", Role.LEADER, (seen(Role.LEADER, AFTER),), Standing.AGREED),
        ("platform_open", Role.COUNTY_REPRESENTATIVE, (seen(Role.COUNTY_REPRESENTATIVE, BEFORE),), Standing.AGREED),
        ("diagnose_open", Role.LEADER, (seen(Role.LEADER, BEFORE),), Standing.AGREED),
        ("platform_open", Role.LEADER,
         (seen(Role.LEADER, BEFORE), seen(Role.LEADER, AFTER, "close_diamond_2")), Standing.AGREED),
        ("platform_open", Role.LEADER,
         (seen(Role.LEADER, BEFORE), seen(Role.LEADER, None, "close_diamond_2")), Standing.WAITING),
        ("set_up", Role.LEADER, (seen(Role.LEADER, BEFORE, in_role=False),), Standing.LEFT),
        ("set_up", Role.CORE_TEAM,
         (seen(Role.CORE_TEAM, BEFORE), seen(Role.CORE_TEAM, None, key="b")), Standing.WAITING),
        ("set_up", Role.CORE_TEAM,
         (seen(Role.CORE_TEAM, BEFORE), seen(Role.CORE_TEAM, BEFORE, in_role=False, key="b")), Standing.AGREED),
    ],
)  # fmt: skip
def test_a_role_is_red_where_it_is_missing_or_older_than_its_phase(
    step: str, role: Role, found: tuple[Seen, ...], expected: Standing
) -> None:
    assert cell_of(role, found, RULES, step, BEGAN).standing == expected


def test_red_is_what_somebody_must_see_to() -> None:
    assert {Standing.MISSING, Standing.LEFT, Standing.OLD} == RED


@pytest.fixture
async def scene(database: Database, world: World) -> Scene:
    return await Scene(database, world).begin()


async def call_of(scene: Scene) -> UUID:
    async with scene.database.reading() as uow:
        return (await uow.session.get_one(Project, scene.case_id)).call_id


async def test_the_matrix_holds_what_one_may_see_in_as_many_statements_for_many_as_for_one(
    scene: Scene, browser: Browser, statements: list[str]
) -> None:
    await browser.as_person("case_handler")
    await browser.get("/clarifications")
    statements.clear()
    assert (await browser.get("/clarifications")).status_code == 200
    one = len(statements)
    for office in ("grunerlokka", "klepp_time"):
        await open_project(scene.database, scene.world, office)
    statements.clear()
    page = await browser.get("/clarifications")
    assert len(statements) == one
    assert page.text.count("Mangler") >= 2 and f"#clarification-{scene.ids['leader']}" in page.text
    chosen = (await browser.get(f"/clarifications?call={await call_of(scene)}")).text
    assert chosen.count('scope="row"') == 1
    await browser.as_person("lillestrom.leader")
    assert (await browser.get("/clarifications")).status_code == 403


async def test_the_matrix_turns_its_pages_along_a_key(scene: Scene) -> None:
    other = await open_project(scene.database, scene.world, "grunerlokka")
    async with scene.database.reading() as uow:
        actor = await scene.world.actor(uow, "method_owner")
        page = await matrix.matrix(uow, actor)
        rest = await matrix.matrix(uow, actor, after=other)
    assert [row.id for row in page.rows] == [other, scene.case_id]
    assert [row.id for row in rest.rows] == [scene.case_id]
    assert page.rows[0].cells["leader"].standing == Standing.MISSING  # what the leader of another project agreed to
    cells = rest.rows[0].cells
    assert {role: str(cells[role].standing) for role in ("leader", "core_team", "partner")} == {
        "leader": "agreed", "core_team": "missing", "partner": "not_asked",
    }  # fmt: skip


async def test_the_agreed_set_on_paper_says_all_of_it_in_order(scene: Scene, browser: Browser) -> None:
    row = await scene.row("facilitator")
    await scene("lillestrom.coordinator", service.write, scene.ids["leader"], **{**TEXT, "learning": "Annet"})
    await browser.as_person("lillestrom.coordinator")
    base = f"/projects/{scene.case_id}/clarifications"
    assert f'href="{base}.pdf"' in (await browser.get(base)).text
    answer = await browser.get(f"{base}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    words = words_of(answer.content, "nb")
    coordinator, handler = (scene.world.people[who].name for who in ("lillestrom.coordinator", "case_handler"))
    assert_in_order(words, ["Avtalte forventningsavklaringer", "Hvordan møter vi unge?", "Koordinator: " + coordinator,
                            "Å lede arbeidet", "Lederen, for timene", handler])  # fmt: skip
    assert row.text_hash in words.replace(" ", "")
    leader = scene.world.people["lillestrom.leader"].name
    assert f"Leder: {leader}" not in words, "what is not agreed is not among them"
