"""The pages of gatherings: a fixed number of statements, nothing said to whom it does not concern, and forms that answer."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import html5lib
import pytest

from app.core.database import Database
from app.demo.cast import World
from app.gatherings import service
from app.gatherings.models import Gathering
from tests.conftest import Browser, MovingClock
from tests.gatherings.cohorts import COORDINATOR, FIRST, OFFICE, SECOND, begin, during, hire, join_team
from tests.projects_under_way import Acts, open_project
from workflows.gathering import Presence


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    """The people of the world."""
    return Acts(database, world)


@pytest.fixture
async def case_id(database: Database, world: World) -> UUID:
    """A project of Nav Lillestrøm."""
    return await open_project(database, world, OFFICE)


@pytest.fixture
async def row(acts: Acts, case_id: UUID, clock: MovingClock) -> Gathering:
    """Its first gathering."""
    return (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


async def test_every_page_is_whole_html_in_every_language(
    acts: Acts, case_id: UUID, row: Gathering, browser: Browser, clock: MovingClock
) -> None:
    await acts(COORDINATOR, service.register_team, case_id, gathering_id=row.id)
    await acts(
        FIRST, service.add_content, row.id, kind="exercise", title="Intervju", text="Øv", link="https://nav.no/x"
    )
    clock.at = during(row)
    parser = html5lib.HTMLParser(strict=True)
    base = f"/gatherings/{row.id}"
    for language in ("nb", "nn", "en"):
        browser.http.cookies.set("language", language)
        for who in (FIRST, COORDINATOR, "management"):
            await browser.as_person(who)
            for path in ("/gatherings", f"/cohorts/{row.cohort_id}", base):
                answer = await browser.get(path)
                assert answer.status_code == 200, (who, path)
                parser.parse(answer.text)
        await browser.as_person(FIRST)
        for path in (f"{base}/attendance", f"/cohorts/new?call={row.call_id}"):
            answer = await browser.get(path)
            assert answer.status_code == 200
            parser.parse(answer.text)


@pytest.mark.parametrize("people", [1, 6])
async def test_a_page_asks_as_often_whoever_takes_part(
    acts: Acts, case_id: UUID, row: Gathering, browser: Browser, clock: MovingClock, statements: list[str], people: int
) -> None:
    await acts(FIRST, service.edit, row.id, title=row.title)
    for number in range(people):
        person_id = await hire(acts, f"Nummer {number}", f"nummer{number}@nav.example")
        await acts(COORDINATOR, service.register, case_id, gathering_id=row.id, person_id=person_id)
    clock.at = during(row)
    await browser.as_person(FIRST)
    counted = {}
    for path in (
        "/gatherings",
        f"/gatherings/{row.id}",
        f"/gatherings/{row.id}/attendance",
        f"/cohorts/{row.cohort_id}",
    ):
        statements.clear()
        assert (await browser.get(path)).status_code == 200
        counted[path.rsplit("/", 1)[-1]] = len(statements)
    assert list(counted.values()) == [5, 9, 6, 5]


async def test_who_takes_part_is_said_to_those_whom_it_concerns(
    acts: Acts, case_id: UUID, row: Gathering, browser: Browser, clock: MovingClock
) -> None:
    await acts(COORDINATOR, service.register_team, case_id, gathering_id=row.id)
    page = f"/gatherings/{row.id}"
    for who, sees in ((FIRST, True), ("lillestrom.counsellor", False), ("klepp_time.coordinator", False)):
        await browser.as_person(who)
        assert ("Mona Mestring" in text_of((await browser.get(page)).text)) is sees, who
    for who in (COORDINATOR, "management"):
        await browser.as_person(who)
        assert (await browser.get(f"{page}/attendance")).status_code in (403, 404)
        assert (await browser.post(f"{page}/read_list", {"text": "Mona Mestring"})).status_code in (403, 404)


async def test_a_row_is_sent_by_itself_and_a_clash_is_said_beside_what_stands(
    acts: Acts, case_id: UUID, row: Gathering, browser: Browser, clock: MovingClock
) -> None:
    await acts(COORDINATOR, service.register_team, case_id, gathering_id=row.id)
    mona = acts.world.people[COORDINATOR].id
    clock.at = during(row)
    page = f"/gatherings/{row.id}/attendance"
    await browser.as_person(FIRST)
    sent = {"person_id": str(mona), "seen": "unknown", "presence": "came"}
    answer = await browser.post(f"/gatherings/{row.id}/note_presence", sent, page=page)
    assert answer.status_code == 303
    await browser.as_person(SECOND)
    refused = await browser.post(f"/gatherings/{row.id}/note_presence", {**sent, "presence": "absent"}, page=page)
    assert refused.status_code == 422
    assert "Frida Fasting førte opp «Møtte»" in text_of(refused.text)
    block = await browser.http.get(page, headers={"hx-request": "true", "hx-target": "marks"})
    assert block.text.lstrip().startswith('<div id="marks">')
    assert 'value="came" checked' in block.text


async def test_a_pasted_list_is_shown_row_by_row_and_what_was_pasted_is_kept(
    acts: Acts, case_id: UUID, row: Gathering, browser: Browser, clock: MovingClock
) -> None:
    await join_team(acts, case_id, "lillestrom.counsellor")
    await acts(COORDINATOR, service.register_team, case_id, gathering_id=row.id)
    clock.at = during(row)
    page = f"/gatherings/{row.id}/attendance"
    await browser.as_person(FIRST)
    pasted = "Navn;Møtte\nMona Mestring;ja\nIngen <b>Kjent</b>;ja"
    shown = await browser.post(f"/gatherings/{row.id}/read_list", {"text": pasted}, page=page)
    assert shown.status_code == 200
    said = text_of(shown.text)
    assert "2 rader: 1 føres opp, 1 har feil" in said
    assert "Ingen person heter Ingen" in said
    assert "Ingen &lt;b&gt;Kjent&lt;/b&gt;;ja" in shown.text, "the text stands in its field again"
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', shown.text)
    assert fingerprint
    stale = await browser.post(
        f"/gatherings/{row.id}/confirm_list", {"text": pasted, "fingerprint": "another"}, page=page
    )
    assert stale.status_code == 409
    assert "1 føres opp" in text_of(stale.text)
    done = await browser.post(
        f"/gatherings/{row.id}/confirm_list", {"text": pasted, "fingerprint": fingerprint[1]}, page=page
    )
    assert done.status_code == 303
    after = text_of((await browser.get(page)).text)
    assert "1 rader er ført opp, 1 er ikke tatt med" in after
    for text in ("", "   ", "\n".join(["x"] * 501)):
        answer = await browser.post(f"/gatherings/{row.id}/read_list", {"text": text}, page=page)
        assert answer.status_code == 422
    assert "501 rader" in text_of(answer.text)


async def test_the_project_s_page_leads_to_what_a_gathering_works_on(
    acts: Acts, case_id: UUID, row: Gathering, browser: Browser, clock: MovingClock
) -> None:
    await browser.as_person(COORDINATOR)
    page = f"/projects/{case_id}/activities"
    shown = await browser.get(page)
    assert f'href="/projects/{case_id}/activities#insight"' in shown.text
    assert "Ingen er påmeldt" in text_of(shown.text)
    sent = await browser.post(f"/projects/{case_id}/register_team", {"gathering_id": str(row.id)}, page=page)
    assert sent.status_code == 303
    clock.at = during(row)
    await acts(
        FIRST, service.note_presence, row.id, person_id=acts.world.people[COORDINATOR].id, presence=Presence.CAME
    )
    await browser.as_person(COORDINATOR)
    assert "Ikke fullført: det dere arbeidet med, er ikke laget" in text_of((await browser.get(page)).text)
