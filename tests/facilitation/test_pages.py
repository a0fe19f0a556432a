"""The pages of the resource group: to those who assign, to each their own, strictly parsed in three languages."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.core.database import Database
from app.demo.cast import World
from app.facilitation import service
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    return Acts(database, world)


@pytest.fixture
async def entry_id(acts: Acts) -> UUID:
    """The entry of a facilitator."""
    row = await acts(
        "case_handler", service.register, person_id=acts.world.people["facilitator_two"].id, capacity_hours=100,
        methods=("service_design",),
    )  # fmt: skip
    found: UUID = row.id
    return found


async def test_the_case_handler_sees_everybody_and_the_gaps(browser: Browser, entry_id: UUID) -> None:
    await browser.as_person("case_handler")
    page = await browser.shown("/facilitation")
    assert "Trond Tegn" in page and "Ingen er ansvarlig for metoden Tjenestedesign." in page
    assert "Ingen leder eller lærer bort metoden Systemisk design." in page
    assert "Ingen leder eller lærer bort metoden Tjenestedesign." not in page
    assert "Trond Tegn" in await browser.shown("/facilitation/methods")
    assert "Behov og kapasitet" in await browser.shown("/facilitation/forecast")
    assert "Ressursgruppa mangler" in await browser.shown("/resource-group")


async def test_each_keeps_their_own_entry_and_nobody_else_learns_of_it(browser: Browser, entry_id: UUID) -> None:
    page = f"/facilitation/people/{entry_id}"
    await browser.as_person("facilitator_two")
    assert "Foreslå timer" in await browser.shown(page)
    assert "Sett timer for et halvår" not in await browser.shown(page)
    answer = await browser.get("/facilitation/me")
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    for who in ("facilitator_one", "lillestrom.leader", "management"):
        await browser.as_person(who)
        assert (await browser.get(page)).status_code == 404, who
        assert (await browser.get("/facilitation/me")).status_code == 404, who
        sent = await browser.post(
            f"/facilitators/{entry_id}/add_leave", {"first_on": "2027-03-01", "last_on": "2027-03-02"}
        )
        assert sent.status_code in (403, 404), who


async def test_leave_and_methods_are_entered_and_what_is_wrong_stands_beside_the_field(
    browser: Browser, entry_id: UUID
) -> None:
    page, base = f"/facilitation/people/{entry_id}", f"/facilitators/{entry_id}"
    await browser.as_person("facilitator_two")
    wrong = await browser.post(f"{base}/add_leave", {"first_on": "2027-03-10", "last_on": "2027-03-01"}, page=page)
    assert wrong.status_code == 422 and 'value="2027-03-10"' in wrong.text
    for _ in range(2):
        sent = await browser.post(f"{base}/add_leave", {"first_on": "2027-03-01", "last_on": "2027-03-31"}, page=page)
    assert sent.status_code == 422 and "ført opp fra før" in sent.text
    sent = await browser.post(f"{base}/add_leave", {"first_on": "2027-05-01", "last_on": "2027-05-02"}, page=page)
    assert (sent.status_code, sent.headers["location"]) == (303, page), (
        "back to the page, wherever the form was shown again"
    )
    sent = await browser.post(
        f"{base}/set_method", {"method": "evaluation", "level": "teaches", "last_used_on": "2026-01-02"}, page=page
    )
    assert sent.status_code == 303
    found = await browser.shown(page)
    assert "1. mars 2027 – 31. mars 2027" in found and "Lærer den bort" in found


async def test_a_proposed_capacity_counts_when_it_is_agreed_to(browser: Browser, entry_id: UUID) -> None:
    page, base = f"/facilitation/people/{entry_id}", f"/facilitators/{entry_id}"
    await browser.as_person("facilitator_two")
    half = "2027-01-01"
    assert (
        await browser.post(f"{base}/propose_capacity", {"half": half, "hours": "77", "why": "Undervisning"}, page=page)
    ).status_code == 303
    assert (await browser.post(f"{base}/agree_capacity", {"half": half}, page=page)).status_code in (403, 404)
    await browser.as_person("case_handler")
    assert "foreslår 77 timer" in await browser.shown("/facilitation")
    assert "Godta 77 timer" in await browser.shown(page)
    assert (await browser.post(f"{base}/agree_capacity", {"half": half}, page=page)).status_code == 303
    found = await browser.shown(page)
    assert "Godta 77 timer" not in found and '<td class="number">77</td>' in found


async def test_support_is_logged_on_the_page_of_the_project(
    browser: Browser, acts: Acts, entry_id: UUID, database: Database, world: World
) -> None:
    case_id = await open_project(database, world, "lillestrom")
    person_id = world.people["facilitator_two"].id
    row = await acts("case_handler", service.assign, case_id=case_id, person_id=person_id, hours=40)
    await acts("facilitator_two", service.accept, row.id)
    await browser.as_person("facilitator_two")
    page, base = f"/projects/{case_id}", f"/facilitator-assignments/{row.id}"
    wrong = await browser.post(
        f"{base}/log_support", {"held_on": "2026-01-05", "hours": "1,1", "about": "Møte"}, page=page
    )
    assert wrong.status_code == 422 and "hele kvarter" in wrong.text
    sent = await browser.post(
        f"{base}/log_support", {"held_on": "2026-01-05", "hours": "1,5", "about": "Møte"}, page=page
    )
    assert sent.status_code == 303, sent.text
    assert "1,5 av 40 timer brukt" in await browser.shown(page)
    await browser.as_person("case_handler")
    found = await browser.shown(page)
    assert "Støtte gitt én gang" in found and "Ingen av fasilitatorene leder metodene som trengs videre" in found


async def test_whom_one_can_ask_is_read_on_a_page_of_its_own(
    browser: Browser, entry_id: UUID, database: Database, world: World, statements: list[str]
) -> None:
    case_id = await open_project(database, world, "lillestrom")
    project, page = f"/projects/{case_id}", f"/projects/{case_id}/facilitators"
    await browser.as_person("case_handler")
    statements.clear()
    assert f'href="{page}"' in (await browser.get(project)).text
    assert not [each for each in statements if "facilitator_capacities" in each], "not for every look at the project"
    assert len(statements) == 2
    assert "Trond Tegn (100 timer igjen)" in await browser.shown(page)
    asked = {"case_id": str(case_id), "person_id": str(world.people["facilitator_two"].id), "_next": project}
    wrong = await browser.post("/facilitator-assignments/assign", {**asked, "hours": "mange"}, page=page)
    assert wrong.status_code == 422 and 'value="mange"' in wrong.text
    sent = await browser.post("/facilitator-assignments/assign", {**asked, "hours": "40"}, page=page)
    assert (sent.status_code, sent.headers["location"]) == (303, project)
    assert "Trond Tegn" in await browser.shown(project)
    await browser.as_person("lillestrom.coordinator")
    assert f'href="{page}"' not in await browser.shown(project)
    assert (await browser.get(page)).status_code == 404
