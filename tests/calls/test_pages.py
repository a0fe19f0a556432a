"""The pages of calls: whole in three languages, drafts hidden, refusals beside their fields."""

from __future__ import annotations

from datetime import timedelta

import html5lib
import pytest
from sqlalchemy import select

from app.calls import jobs
from app.calls.models import Call, Criterion
from app.core.database import Database
from app.demo.cast import World
from app.facilitation import service as facilitation
from tests.calls_under_way import BEFORE, DEADLINE, DURING, Acting, publish_call, write_call
from tests.conftest import Browser, MovingClock


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = BEFORE
    return Acting(database, world)


def strict(text: str) -> None:
    """Raise for a page that is not whole."""
    html5lib.HTMLParser(strict=True).parse(text)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_every_page_is_whole(browser: Browser, act: Acting, language: str) -> None:
    draft, published = await write_call(act), await publish_call(act)
    async with browser.database.reading() as uow:
        criterion = await uow.session.scalar(select(Criterion.id).where(Criterion.call_id == draft).limit(1))
    await browser.as_person("case_handler")
    browser.http.cookies.set("language", language)
    for path in ("/calls", "/calls/new", f"/calls/{draft}", f"/calls/{draft}/criteria/{criterion}", f"/calls/{draft}/phases",
                 f"/calls/{published}",
                 f"/calls/{draft}/rules", f"/calls/{published}/rules", f"/calls/{published}/applications"):  # fmt: skip
        page = await browser.get(path)
        assert page.status_code == 200, path
        assert f'<html lang="{language}"' in page.text
        strict(page.text)


async def test_a_draft_does_not_exist_for_the_offices(browser: Browser, act: Acting) -> None:
    draft, published = await write_call(act), await publish_call(act)
    await browser.as_person("lillestrom.coordinator")
    assert (await browser.get(f"/calls/{draft}")).status_code == 404
    assert (await browser.get(f"/api/v1/calls/{draft}")).status_code == 404
    listed = (await browser.get("/calls")).text
    assert f"/calls/{published}" in listed
    assert f"/calls/{draft}" not in listed
    page = await browser.get(f"/calls/{published}")
    assert "write_text" not in page.text
    assert (await browser.get(f"/calls/{published}/applications")).status_code == 404


async def test_a_refused_publication_lists_what_is_missing_with_links(browser: Browser, act: Acting) -> None:
    await browser.as_person("case_handler")
    made = await browser.post("/calls/create", {"title": "Ny runde", "_next": "/calls/{id}"}, page="/calls/new")
    address = made.headers["location"]
    assert made.status_code == 303
    page = await browser.get(address)
    for missing in ("Oppgi når utlysningen åpner.", f'href="{address}#dates"', f'href="{address}#texts"'):
        assert missing in page.text
    assert 'action="' + address + '/publish"' not in page.text
    refused = await browser.post(f"{address}/publish", {"version": 1}, page=address)
    assert refused.status_code == 409
    assert "Oppgi søknadsfristen." in refused.text


async def test_what_was_typed_stays_beside_the_sentence(browser: Browser, act: Acting) -> None:
    call_id = await write_call(act)
    await browser.as_person("case_handler")
    page = f"/calls/{call_id}"
    answer = await browser.post(
        f"{page}/write_dates", {"opens_at": "2026-09-02T08:00", "deadline": "2026-09-01T08:00"}, page=page
    )
    assert answer.status_code == 422
    assert 'value="2026-09-02T08:00"' in answer.text
    assert "må være etter at utlysningen åpner" in answer.text
    strict(answer.text)
    answer = await browser.post(f"{page}/write_frame", {"frame_ore": "-5", "facilitation_hours": "mange"}, page=page)
    assert answer.status_code == 422
    assert 'value="mange"' in answer.text
    answer = await browser.post(
        f"{page}/write_dates", {"opens_at": "2027-03-28T02:30", "deadline": "2027-04-01T08:00"}, page=page
    )
    assert answer.status_code == 422, "the clocks skip that half hour"


async def test_a_list_costs_the_same_for_one_and_for_three(
    browser: Browser, act: Acting, statements: list[str]
) -> None:
    await browser.as_person("case_handler")
    counts = []
    for more in (1, 2):
        for _ in range(more):
            await publish_call(act)
        statements.clear()
        assert (await browser.get("/calls")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4


async def test_programs_read_the_same(browser: Browser, act: Acting, clock: MovingClock) -> None:
    call_id = await publish_call(act)
    clock.at = DURING
    await browser.as_person("lillestrom.leader")
    call = (await browser.get(f"/api/v1/calls/{call_id}")).json()
    assert call["texts"]["nn"]["title"] == "Innovasjon nn"
    assert sum(each["weight"] for each in call["criteria"]) == 100
    assert call["rules"]["team"]["minimum"] == 3
    rows = (await browser.get("/api/v1/calls")).json()["rows"]
    assert [row["id"] for row in rows] == [str(call_id)]
    async with browser.database.reading() as uow:
        assert (await uow.session.get_one(Call, call_id)).version == call["version"]


async def test_the_rules_are_written_with_the_schemes_own_beside_them(browser: Browser, act: Acting) -> None:
    call_id = await write_call(act)
    await browser.as_person("case_handler")
    page = f"/calls/{call_id}/rules"
    fields = {"section": "team", "asked": ["team_minimum", "team_roles", "team_leader_endorses"]}
    answer = await browser.post(
        f"/calls/{call_id}/write_rules", {**fields, "team_minimum": "0", "team_roles": ["leader"]}, page=page
    )
    assert answer.status_code == 422
    strict(answer.text)
    assert "må være 1 eller mer" in answer.text
    assert "koordinator" in answer.text
    assert 'id="team-team_minimum" name="team_minimum" type="text" value="0"' in answer.text
    answer = await browser.post(
        f"/calls/{call_id}/write_rules",
        {**fields, "team_minimum": "4", "team_roles": ["leader", "coordinator", "partner"]}, page=page,
    )  # fmt: skip
    assert answer.status_code == 303
    shown = (await browser.get(page)).text
    strict(shown)
    assert "Ellers i ordningen: 3" in shown
    assert "Egen regel" in shown
    async with browser.database.reading() as uow:
        rules = (await uow.session.get_one(Call, call_id)).rules
    assert rules["team"] == {
        "minimum": 4, "roles": ["leader", "coordinator", "partner"], "leader_endorses": False, "members_confirm": True,
    }  # fmt: skip


async def test_after_the_deadline_the_page_lets_one_write_what_touches_no_applicant(
    browser: Browser, act: Acting
) -> None:
    call_id = await publish_call(act)
    for _ in range(2):
        await jobs.follow_the_clock(lambda: act.database.unit_of_work(now=DEADLINE + timedelta(days=1)))
    await browser.as_person("case_handler")
    shown = (await browser.get(f"/calls/{call_id}/rules")).text
    strict(shown)
    assert "Fristen er ute. Nå kan du bare endre det som gjelder ordningens eget arbeid" in shown
    assert 'name="assignment_county"' in shown and 'name="team_minimum"' not in shown


async def test_rules_that_name_methods_are_written_from_the_catalogue(
    browser: Browser, act: Acting, clock: MovingClock
) -> None:
    call_id = await write_call(act)
    added = await act("case_handler", facilitation.add_method, nb="Forumteater", nn="Forumteater", en="Forum theatre")
    await browser.as_person("case_handler")
    page = f"/calls/{call_id}/rules"
    text = (await browser.get(page)).text
    assert text.count(">Forumteater<") >= 2 and f'href="/calls/{call_id}/phases"' in text
    assert 'href="/facilitation/methods"' in text
    step = "facilitation_steps_diagnose_open_methods"
    fields = {"section": "facilitation", "asked": [step], step: [added.key, "evaluation"]}
    wrong = await browser.post(f"/calls/{call_id}/write_rules", fields | {step: ["magic"]}, page=page)
    assert wrong.status_code == 422 and f'id="facilitation-{step}-error"' in wrong.text
    assert (await browser.post(f"/calls/{call_id}/write_rules", fields, page=page)).status_code == 303
    none = {"section": "assignment", "asked": ["assignment_method"], "assignment_method": ""}
    assert (await browser.post(f"/calls/{call_id}/write_rules", none, page=page)).status_code == 303
    async with act.database.reading() as uow:
        rules = (await uow.session.get_one(Call, call_id)).rules
    assert rules["facilitation"]["steps"][0]["methods"] == [added.key, "evaluation"]
    assert rules["assignment"]["method"] == ""


async def test_after_publishing_everybody_reads_what_was_changed_and_why(
    browser: Browser, act: Acting, clock: MovingClock
) -> None:
    call_id = await publish_call(act)
    clock.at = DURING
    await browser.as_person("case_handler")
    rules = (await browser.get(f"/calls/{call_id}/rules")).text
    assert 'name="deadlines_completion_days"' in rules
    assert 'name="reviews_needed"' not in rules
    fields = {"section": "deadlines", "asked": "deadlines_completion_days", "deadlines_completion_days": "20"}
    page = f"/calls/{call_id}/rules"
    refused = await browser.post(f"/calls/{call_id}/write_rules", fields, page=page)
    assert refused.status_code == 422
    assert "Skriv hvorfor" in refused.text
    taken = await browser.post(f"/calls/{call_id}/write_rules", {**fields, "why": "Flere rekker det"}, page=page)
    assert taken.status_code == 303
    words = {"text_nb": "Ja, sammen.", "text_nn": "Ja, saman.", "text_en": "Yes, together."}
    assert (await browser.post(f"/calls/{call_id}/explain", words, page=f"/calls/{call_id}")).status_code == 303
    await browser.as_person("lillestrom.coordinator")
    read = (await browser.get(f"/calls/{call_id}")).text
    strict(read)
    assert "Flere rekker det" in read
    assert "Ja, sammen." in read
    own = (await browser.get(page)).text
    strict(own)
    assert "20" in own
    assert "<form" not in own.split("<main", 1)[1]
