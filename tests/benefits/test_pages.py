"""The pages of benefits, milestones and payments: whole in three languages, with everything that is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import html5lib
import pytest
import pytest_asyncio

from app.benefits import forms, service
from app.benefits.card import card_of
from app.core.database import Database
from app.demo.cast import World
from app.identity.models import Person
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.payments import queries as payment_queries
from tests.benefits.test_service import COORDINATOR, LEADER, OWNER, TODAY, approve_plan, measured, with_profile
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project


class Scheme:
    """A project with everything that the pages show."""

    def __init__(self, act: Acts, case_id: UUID, benefit_id: UUID, measurement_id: UUID, plan_id: UUID):
        self.act = act
        self.case_id = case_id
        self.benefit_id = benefit_id
        self.measurement_id = measurement_id
        self.plan_id = plan_id
        self.milestone_id = case_id
        self.payment_id = case_id
        self.change_id = case_id

    def pages(self) -> list[str]:
        return [
            f"/projects/{self.case_id}/benefits", f"/projects/{self.case_id}/benefit-map", f"/benefits/{self.benefit_id}",
            f"/measurements/{self.measurement_id}", f"/projects/{self.case_id}/milestones",
            f"/milestones/{self.milestone_id}", f"/payments/{self.payment_id}", f"/change-requests/{self.change_id}",
        ]  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def scheme(database: Database, world: World) -> AsyncIterator[Scheme]:
    act = Acts(database, world)
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    plan = await approve_plan(act, case_id)
    measurement = await measured(act, benefit)
    await act("case_handler", service.confirm, measurement.id)
    async with database.reading() as uow:
        indicator = (await card_of(uow, benefit.id)).indicators[0].id
    await act(
        COORDINATOR, service.forecast, benefit.id, indicator_id=indicator, due_on=TODAY + timedelta(days=90),
        low=Decimal(300), likely=Decimal("330.5"), high=Decimal(360), why="Går som vi trodde",
    )  # fmt: skip
    await act(COORDINATOR, service.add, case_id=case_id, title="Mer <b>opplæring</b>", sign="-1")
    due = (forms.PreconditionRow(text="Alle er lært opp", standing="at_risk", due_on=TODAY - timedelta(days=1)),)
    await act(COORDINATOR, service.write_preconditions, benefit.id, rows=due)
    await act(
        COORDINATOR, service.write_risks, benefit.id, rows=(forms.RiskRow(text="Ingen rekker det", impact="high"),)
    )
    loses = (forms.StakeholderRow(text="Resepsjonen", effect="loses", how="Flere spør der"),)
    await act(COORDINATOR, service.write_stakeholders, benefit.id, rows=loses)
    await act(OWNER, service.learn, benefit.id, learning="Dagsordenen må være brukerens egen")
    await act(
        COORDINATOR, service.describe, benefit.id, profile="ramp", ks_type="saved_time", valuation_basis="Timelønn"
    )
    request = await act(
        LEADER,
        milestones.propose_change,
        case_id=case_id,
        kind="amount",
        text="Vi trenger mindre",
        amount_change_ore=-100,
    )
    found = Scheme(act, case_id, benefit.id, measurement.id, plan.id)
    async with database.reading() as uow:
        found.milestone_id = (await milestone_queries.milestones_of(uow, case_id))[0].id
        found.payment_id = (await payment_queries.payments_of(uow, case_id))[0].id
    found.change_id = request.id
    yield found


def parsed(html: str) -> Any:
    """The page read by the rules of HTML; a fault in its markup raises."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("who", [COORDINATOR, "case_handler", "decision_maker", "auditor"])
async def test_every_page_is_whole(
    browser: Browser, database: Database, world: World, scheme: Scheme, language: str, who: str
) -> None:
    async with database.unit_of_work() as uow:
        (await uow.session.get_one(Person, world.people[who].id)).language = language
    await browser.as_person(who)
    for path in scheme.pages():
        answer = await browser.get(path)
        assert answer.status_code == 200, (path, answer.text[:2000])
        page = parsed(answer.text)
        assert page.get("lang") == language
        assert len(page.findall(".//h1")) == 1
        ids = [element.get("id") for element in page.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), (path, sorted(each for each in ids if ids.count(each) > 1))
        assert "<b>opplæring</b>" not in answer.text


async def test_another_office_finds_none_of_the_pages(browser: Browser, scheme: Scheme) -> None:
    await browser.as_person("lillestrom.coordinator")
    for path in scheme.pages():
        assert (await browser.get(path)).status_code == 404, path


@pytest.mark.parametrize(("who", "asked"), [("management", 2), (COORDINATOR, 3)])
async def test_plan_benefit_and_measurement_are_read_in_one_statement(
    browser: Browser, scheme: Scheme, statements: list[str], who: str, asked: int
) -> None:
    await browser.as_person(who)
    plan, benefit, measurement, *_ = (path for path in scheme.pages() if not path.endswith("/benefit-map"))
    for path, count in ((plan, 2), (benefit, asked), (measurement, 2)):
        statements.clear()
        assert (await browser.get(path)).status_code == 200
        assert len(statements) == count, "who it is, the page, and what whoever writes chooses among"


async def test_the_owner_says_yes_on_the_page(browser: Browser, database: Database, scheme: Scheme) -> None:
    act = scheme.act
    benefit = await act(COORDINATOR, service.add, case_id=scheme.case_id, title="Tryggere samtaler")
    await act(COORDINATOR, service.propose_owner, benefit.id, person_id=act.world.people[OWNER].id)
    await browser.as_person(OWNER)
    path = f"/benefits/{benefit.id}"
    assert f'action="{path}/accept_ownership"' in (await browser.get(path)).text
    answer = await browser.post(f"{path}/accept_ownership", page=path)
    assert answer.status_code == 303
    assert f'action="{path}/accept_ownership"' not in (await browser.get(path)).text


async def test_a_refused_form_keeps_what_was_typed(browser: Browser, scheme: Scheme) -> None:
    await browser.as_person(COORDINATOR)
    path = f"/measurements/{scheme.measurement_id}"
    answer = await browser.post(
        f"{path}/correct",
        {
            "value": "mye",
            "measured_on": "2026-13-45",
            "confidence": "E",
            "evidence": "Fra Gosys",
            "why": "Talt dobbelt",
        },
        page=path,
    )
    assert answer.status_code == 422
    page = parsed(answer.text)
    assert page.find(".//input[@id='value']").get("value") == "mye"
    assert page.find(".//textarea[@id='evidence']").text.strip() == "Fra Gosys"
    assert page.find(".//div[@id='measured_on-error']/p") is not None


async def test_a_refused_series_keeps_its_rows(browser: Browser, scheme: Scheme) -> None:
    await scheme.act(LEADER, service.revise_plan, scheme.plan_id, why="Ny kunnskap")
    async with scheme.act.database.reading() as uow:
        indicator = (await card_of(uow, scheme.benefit_id)).indicators[0].id
    await browser.as_person(COORDINATOR)
    path = f"/benefits/{scheme.benefit_id}"
    typed = {"indicator_id": indicator, "rows-0-due_on": "2027-01-01", "rows-0-value": "mye",
             "rows-1-due_on": "2027-02-01", "rows-1-value": ""}  # fmt: skip
    answer = await browser.post(f"{path}/write_targets", typed, page=path)
    assert answer.status_code == 422, answer.text[:500]
    page = parsed(answer.text)
    assert page.find(".//input[@id='targets-1-rows-0-value']").get("value") == "mye"
    assert page.find(".//div[@id='targets-1-rows-0-value-error']/p") is not None
    fixed = await browser.post(f"{path}/write_targets", {**typed, "rows-0-value": "350"}, page=path)
    assert fixed.status_code == 422 and 'id="targets-1-rows-1-value-error"' in fixed.text
    whole = {**typed, "rows-0-value": "350 per måned", "rows-1-value": "340", "_once": "a mark of its own"}
    assert (await browser.post(f"{path}/write_targets", whole, page=path)).status_code == 303, "typed with its unit"


async def test_the_same_list_is_on_the_page_and_in_the_interface(browser: Browser, scheme: Scheme) -> None:
    act = scheme.act
    plan = await act(LEADER, service.revise_plan, scheme.plan_id, why="Ny kunnskap")
    await browser.as_person(LEADER)
    changed = parsed((await browser.get(f"/projects/{scheme.case_id}/benefits")).text).find(".//section[@id='changed']")
    cells = [" ".join("".join(row.itertext()).split()) for row in changed.findall(".//tbody/tr")]
    assert any("Hvert årØker gradvis" in cell for cell in cells), cells
    compared = await browser.get(f"/projects/{scheme.case_id}/benefits/compare")
    assert compared.status_code == 200 and "Mer &lt;b&gt;opplæring&lt;/b&gt;" in compared.text
    assert (await browser.get(f"/projects/{scheme.case_id}/benefits/compare?before=2&after=1")).status_code == 404
    answer = await browser.call(f"/api/v1/benefit-plans/{plan.id}/submit")
    assert answer.status_code == 409
    said = [reason["code"] for reason in answer.json()["reasons"]]
    assert "benefit.no_owner" in said
    page = parsed((await browser.get(f"/projects/{scheme.case_id}/benefits")).text)
    lines = page.findall(".//article[@id='step-submit']//ul[@class='missing-list']/li")
    assert len(lines) == len(said)
    assert all(line.find(".//a").get("href", "").startswith("/") for line in lines)


async def test_programs_read_the_figures_as_of_a_day(browser: Browser, scheme: Scheme) -> None:
    await browser.as_person("management")
    now = (await browser.get(f"/api/v1/projects/{scheme.case_id}/benefit-figures")).json()
    assert {row["measured"] for row in now} == {"340.000000", None}
    then = await browser.get(f"/api/v1/projects/{scheme.case_id}/benefit-figures?as_of={TODAY - timedelta(days=1)}")
    assert then.json() == []


async def test_the_payments_that_wait(browser: Browser, scheme: Scheme) -> None:
    act = scheme.act
    await act(COORDINATOR, milestones.report, scheme.milestone_id, evidence="Alle har signert")
    await act("case_handler", milestones.approve, scheme.milestone_id)
    await browser.as_person("certifier")
    listed = await browser.get("/payments")
    parsed(listed.text)
    assert f"/payments/{scheme.payment_id}" in listed.text
    answer = await browser.post(f"/payments/{scheme.payment_id}/certify", page=f"/payments/{scheme.payment_id}")
    assert answer.status_code == 303
    assert f"/payments/{scheme.payment_id}" not in (await browser.get("/payments")).text
