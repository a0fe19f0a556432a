"""Files that show that a milestone is reached: gathered by the office, read by whoever approves, kept as reported."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import html5lib
import pytest
import pytest_asyncio

from app.core.clock import day_in_oslo, utc_now
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.demo.cast import World
from app.files import service as files
from app.files.models import File
from app.files.queries import evidence_of
from app.files.service import Limits, Upload
from app.files.store import Store
from app.milestones import queries, service
from app.settings import Settings
from tests.conftest import Browser, MovingClock
from tests.files.conftest import do_jobs
from tests.files.samples import PDF, PNG
from tests.projects_under_way import Acts, open_project

OFFICE = "grunerlokka"
COORDINATOR, LEADER = f"{OFFICE}.coordinator", f"{OFFICE}.leader"
LIMITS = Limits(most_bytes=1_000_000, most_files=2)


@pytest_asyncio.fixture(loop_scope="session")
async def acts(database: Database, world: World) -> Acts:
    return Acts(database, world)


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(acts: Acts) -> UUID:
    return await open_project(acts.database, acts.world, OFFICE)


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store.of(settings)


async def milestone(acts: Acts, case_id: UUID, key: str = "M0") -> queries.MilestoneRow:
    async with acts.database.reading() as uow:
        return next(row for row in await queries.milestones_of(uow, case_id) if row.key == key)


async def show(
    acts: Acts, store: Store, milestone_id: UUID, name: str = "avtale.pdf", content: bytes = PDF, by: str = COORDINATOR
) -> File:
    upload = Upload(file=io.BytesIO(content), name=name)
    found: File = await acts(by, files.add_to_milestone, milestone_id, upload=upload, store=store, limits=LIMITS)
    return found


async def test_a_file_alone_shows_that_a_milestone_is_reached_and_stands_once_it_is_reported(
    acts: Acts, case_id: UUID, store: Store
) -> None:
    row = await milestone(acts, case_id)
    with pytest.raises(Invalid):
        await acts(COORDINATOR, service.report, row.id)
    file = await show(acts, store, row.id)
    await acts(COORDINATOR, service.report, row.id)
    assert (await milestone(acts, case_id)).files == 1
    for late in (show(acts, store, row.id, "mer.pdf", PDF + b"%"), acts(COORDINATOR, files.remove, file.id)):
        with pytest.raises(NotYet) as refused:
            await late
        assert [reason.code for reason in refused.value.reasons] == ["file.evidence_stands"]
    async with acts.database.reading() as uow:
        listed = await evidence_of(uow, await acts.world.actor(uow, "case_handler"), case_id, row.id)
    assert [each.id for each in listed] == [file.id]
    await acts("case_handler", service.send_back, row.id, why="Leder har ikke signert")
    await acts(COORDINATOR, files.remove, file.id)
    with pytest.raises(Invalid):
        await acts(COORDINATOR, service.report, row.id)


async def test_each_milestone_has_files_of_its_own(acts: Acts, case_id: UUID, store: Store) -> None:
    first, second = await milestone(acts, case_id, "M0"), await milestone(acts, case_id, "M1")
    await show(acts, store, first.id)
    await show(acts, store, first.id, "bilde.png", PNG)
    with pytest.raises(NotYet):
        await show(acts, store, first.id, "nok.pdf", PDF + b"%")
    with pytest.raises(Invalid):
        await acts(COORDINATOR, service.report, second.id)
    assert (await show(acts, store, second.id)).name == "avtale.pdf"
    assert (await milestone(acts, case_id, "M1")).files == 1


async def test_others_than_the_office_add_nothing(acts: Acts, case_id: UUID, store: Store) -> None:
    row = await milestone(acts, case_id)
    with pytest.raises(NotAllowed):
        await show(acts, store, row.id, by="case_handler")
    with pytest.raises(NotFound):
        await show(acts, store, row.id, by="lillestrom.coordinator")
    with pytest.raises(NotFound):
        await show(acts, store, case_id)


async def test_the_page_takes_a_file_and_shows_what_is_late_as_loudly_as_what_is_reached(
    browser: Browser, acts: Acts, case_id: UUID, clock: MovingClock, settings: Settings
) -> None:
    today = day_in_oslo(utc_now())
    for key, days in (("M0", 5), ("M1", 5), ("M2", 90)):
        row = await milestone(acts, case_id, key)
        await acts(COORDINATOR, service.set_due, row.id, due_on=today + timedelta(days=days))
    row = await milestone(acts, case_id)
    page = f"/milestones/{row.id}"
    await browser.as_person(COORDINATOR)
    assert 'action="' + page + '/add_file"' in await browser.shown(page)
    fields = {"_csrf_token": browser.http.cookies.get("csrf") or "", "_page": page}
    sent = await browser.http.post(
        f"{page}/add_file", data=fields, files={"file": ("avtale.pdf", PDF)},
        headers={"referer": f"http://testserver{page}"},
    )  # fmt: skip
    assert (sent.status_code, sent.headers["location"]) == (303, f"{page}#attachments")
    (listed,) = (await browser.get(f"/api/v1/milestones/{row.id}/files")).json()
    assert (await browser.post(f"{page}/report", {"version": row.version}, page=page)).status_code == 303
    clock.moved = timedelta(days=10)
    await browser.as_person("case_handler")
    waiting = await browser.get(f"/files/{listed['id']}")
    assert waiting.status_code == 409 and page in waiting.text
    assert not await do_jobs(acts.database, settings)
    assert (await browser.get(f"/files/{listed['id']}")).content == PDF
    shown = html5lib.parse(await browser.shown(f"/projects/{case_id}/milestones"), namespaceHTMLElements=False)
    counted = "".join(shown.find(".//p[@id='milestones-counted']").itertext())
    assert "1 over fristen" in counted and "1 meldt i tide" in counted and "6 uten frist" in counted
    stands = [each.get("data-standing") for each in shown.iter() if each.get("data-standing")]
    assert stands[:4] == ["reached", "late", "ahead", "undated"]
    rows = {row.findtext("th/a")[:2]: "".join(row.itertext()) for row in shown.iter("tr") if row.findtext("th/a")}
    assert "5 dager over fristen" in rows["M1"] and "1 fil" in rows["M0"] and "Meldt i tide" in rows["M0"]
    await browser.as_person("lillestrom.coordinator")
    assert (await browser.get(f"/files/{listed['id']}")).status_code == 404
