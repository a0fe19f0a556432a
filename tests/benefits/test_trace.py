"""The trace of a project on its page and for programs: tied, walked both ways, its gaps said and mended."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import html5lib
import pytest
import pytest_asyncio
from sqlalchemy import event

from app.activities import service
from app.benefits import service as benefits
from app.benefits.trace import trace_of
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed
from app.demo.cast import World
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project

OFFICE = "lillestrom"
COORDINATOR = f"{OFFICE}.coordinator"


class Written:
    """A project with a thread from an insight to a concept, a loose finding and a loose change."""

    def __init__(self, acts: Acts, case_id: UUID):
        self.acts = acts
        self.case_id = case_id
        self.page = f"/projects/{case_id}/trace"

    async def add(self, verb: str, **fields: object) -> UUID:
        row = await self.acts(COORDINATOR, getattr(service, verb), self.case_id, **fields)
        found: UUID = row.id
        return found

    async def write(self) -> None:
        self.activity = await self.add(
            "add_insight_activity",
            method="workshop",
            party="user",
            held_on=date(2021, 1, 5),
            participants=6,
            about="Møte",
        )
        self.insight = await self.add("add_insight", activity_id=self.activity, kind="need", text="Å bli sett")
        self.finding = await self.add("add_finding", text="Første møte avgjør", insight_ids=(self.insight,))
        self.loose = await self.add("add_finding", text="Ingen vet hvem som ringer", insight_ids=(self.insight,))
        self.concept = await self.add(
            "add_concept", title="Velkomstvert", description="En vert", kinds=("service",), finding_ids=(self.finding,)
        )
        await self.acts(
            COORDINATOR, service.choose_concept, self.case_id, concept_id=self.concept, why_chosen="Svarer på funnet"
        )
        self.change = await self.add(
            "add_change", title="Vert hver dag", concept_id=None, planned_live_on=None, live_on=None
        )

    async def codes(self) -> set[tuple[UUID, str]]:
        async with self.acts.database.reading() as uow:
            trace = await trace_of(uow, self.case_id, "closing")
        return {(gap.entry_id, gap.reason.code) for gap in trace.gaps}


@pytest_asyncio.fixture(loop_scope="session")
async def written(database: Database, world: World) -> Written:
    found = Written(Acts(database, world), await open_project(database, world, OFFICE))
    await found.write()
    return found


async def test_gaps_are_said_and_mended_one_by_one(written: Written) -> None:
    assert await written.codes() == {
        (written.loose, "trace.finding_leads_nowhere"), (written.concept, "trace.concept_rests_on_unproved"),
        (written.concept, "trace.concept_leads_nowhere"), (written.change, "trace.change_rests_on_nothing"),
        (written.change, "trace.change_leads_nowhere"),
    }  # fmt: skip
    acts, case_id = written.acts, written.case_id
    await acts(COORDINATOR, service.tie_change, case_id, change_id=written.change, concept_id=written.concept)
    await acts(
        COORDINATOR, service.tie_concept, case_id, concept_id=written.concept,
        finding_ids=(written.finding, written.loose, written.loose),
    )  # fmt: skip
    await acts(
        COORDINATOR, service.validate_finding, case_id, finding_id=written.loose, activity_id=written.activity,
        status="validated",
    )  # fmt: skip
    assert await written.codes() == {(written.change, "trace.change_leads_nowhere")}
    benefit = await acts(COORDINATOR, benefits.add, case_id=case_id, title="Færre henvendelser")
    assert await written.codes() == {
        (written.change, "trace.change_leads_nowhere"), (benefit.id, "trace.benefit_rests_on_nothing")
    }  # fmt: skip


async def test_nothing_is_tied_to_another_projects_rows(written: Written, database: Database, world: World) -> None:
    other = Written(written.acts, await open_project(database, world, OFFICE))
    await other.write()
    acts, case_id = written.acts, written.case_id
    for verb, field, fields in (
        (service.tie_finding, "insight_ids", {"finding_id": written.finding, "insight_ids": (other.insight,)}),
        (service.tie_finding, "finding_id", {"finding_id": other.finding, "insight_ids": (written.insight,)}),
        (service.tie_concept, "finding_ids", {"concept_id": written.concept, "finding_ids": (uuid4(),)}),
        (service.tie_change, "concept_id", {"change_id": written.change, "concept_id": other.concept}),
    ):
        with pytest.raises(Invalid) as refused:
            await acts(COORDINATOR, verb, case_id, **fields)
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotAllowed):
        await acts("case_handler", service.tie_change, case_id, change_id=written.change, concept_id=written.concept)


async def test_the_page_walks_both_ways_and_is_one_statement_more_than_its_head(
    browser: Browser, written: Written
) -> None:
    await browser.as_person(COORDINATOR)
    whole = await browser.get(written.page)
    html5lib.HTMLParser(strict=False).parse(whole.text)
    for one in (written.insight, written.finding, written.loose, written.concept, written.change):
        assert f"{written.page}?of={one}" in whole.text
    seen = (await browser.get(f"{written.page}?of={written.concept}")).text
    assert f"?of={written.insight}" in seen
    assert f"?of={written.loose}" not in seen
    assert (await browser.get(f"{written.page}?of={uuid4()}")).status_code == 404


async def test_a_finding_is_tied_on_the_page_and_an_empty_answer_keeps_the_page(
    browser: Browser, written: Written
) -> None:
    await browser.as_person(COORDINATOR)
    page = f"{written.page}?of={written.finding}"
    refused = await browser.post(
        f"/projects/{written.case_id}/tie_finding", {"finding_id": str(written.finding)}, page=page
    )
    assert refused.status_code == 422
    assert 'id="tie" open' in refused.text
    done = await browser.post(
        f"/projects/{written.case_id}/tie_finding",
        {"finding_id": str(written.finding), "insight_ids": str(written.insight)},
        page=page,
    )
    assert done.headers["location"] == page


async def test_programs_read_the_same_trace(browser: Browser, written: Written) -> None:
    await browser.as_person("management")
    said = (await browser.get(f"/api/v1/projects/{written.case_id}/trace")).json()
    rests_on = {entry["id"]: entry["rests_on"] for entry in said["entries"]}
    assert rests_on[str(written.concept)] == [str(written.finding)]
    assert {"entry_id": str(written.change), "code": "trace.change_rests_on_nothing", "is_due": True} in said["gaps"]


async def test_the_whole_trace_is_read_in_one_statement_whatever_its_length(
    written: Written, database: Database
) -> None:
    for number in range(30):
        await written.add("add_insight", activity_id=written.activity, kind="dilemma", text=f"Innsikt {number}")
    asked: list[str] = []
    async with database.reading() as uow:
        connection = (await uow.session.connection()).sync_connection
        assert connection is not None
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
        trace = await trace_of(uow, written.case_id, "diagnose_open")
    assert len([each for each in asked if each.startswith(("SELECT", "WITH"))]) == 1
    assert len(trace.entries) == 35
