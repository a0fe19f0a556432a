"""The pages of applications: whole in three languages, what is missing with its links, what was typed kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import html5lib
import pytest
from sqlalchemy import select

from app.applications import service
from app.applications.models import Application
from app.core.database import Database
from app.demo.cast import World
from app.reviews import service as reviews
from tests.applications.drafts import ANSWERS, begin, send, write
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock

BY = "lillestrom.coordinator"
AUTUMN = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


def strict(text: str) -> None:
    """Raise for a page that is not whole, or has an id twice."""
    html5lib.HTMLParser(strict=True).parse(text)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids)), {each for each in ids if ids.count(each) > 1}


async def row_of(database: Database, application_id: UUID) -> Application:
    async with database.reading() as uow:
        return await uow.session.get_one(Application, application_id)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_every_page_is_whole(browser: Browser, act: Acting, language: str) -> None:
    call_id = await publish_call(act)
    empty, full, sent = await begin(act, call_id), await write(act, call_id), await send(act, call_id)
    await act("case_handler", service.begin_screening, sent)
    browser.http.cookies.set("language", language)
    await browser.as_person("lillestrom.leader")
    office = ["/applications", f"/applications/new?call={call_id}", f"/applications/{sent}/receipt"]
    office += [f"/applications/{each}{more}" for each in (empty, full, sent) for more in ("", "/print")]
    for path in office:
        page = await browser.get(path)
        assert page.status_code == 200, path
        assert f'<html lang="{language}"' in page.text
        strict(page.text)
    await browser.as_person("case_handler")
    for path in (
        "/applications",
        f"/applications/{sent}",
        f"/calls/{call_id}/applications?state=screening&county=&q=unge",
    ):
        page = await browser.get(path)
        assert page.status_code == 200, path
        assert f"/applications/{sent}" in page.text
        assert f"/applications/{full}" not in page.text, "a draft is the office's own"
        strict(page.text)


async def test_what_an_office_types_is_text(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await publish_call(act))
    await browser.as_person(BY)
    page = await browser.get(f"/applications/{application_id}")
    assert "&lt;utenfor&gt;" in page.text
    assert "<utenfor>" not in page.text


async def test_the_blocked_step_lists_all_with_links_on_the_page_and_for_programs(
    browser: Browser, act: Acting
) -> None:
    application_id = await begin(act, await publish_call(act))
    await browser.as_person(BY)
    page = await browser.get(f"/applications/{application_id}")
    steps = (await browser.get(f"/api/v1/applications/{application_id}/steps")).json()
    submit = next(step for step in steps if step["step"] == "submit")
    assert (submit["permitted"], submit["allowed"]) == (True, False)
    assert len(submit["missing"]) > 20
    for each in submit["missing"]:
        assert each["sentence"].replace("«", "").split("{")[0][:20] in page.text.replace("«", "")
        assert f'href="{each["link"]}"' in page.text, each
        assert f'id="{each["link"].partition("#")[2]}"' in page.text, each
    refused = await browser.call(f"/api/v1/applications/{application_id}/submit", {"version": 1})
    assert refused.status_code == 409
    assert len(refused.json()["reasons"]) == len(submit["missing"])
    by_form = await browser.post(
        f"/applications/{application_id}/submit", {"version": 1}, page=f"/applications/{application_id}"
    )
    assert by_form.status_code == 409
    assert by_form.text.count('class="who"') >= len(submit["missing"])


async def test_a_draft_saves_itself_and_is_sent(browser: Browser, act: Acting) -> None:
    call_id = await publish_call(act)
    await browser.as_person(BY)
    made = await browser.post(
        "/applications/create", {"call_id": call_id, "_next": "/applications/{id}"}, page="/applications/new"
    )
    page = made.headers["location"]
    application_id = UUID(page.rpartition("/")[2])
    version = (await row_of(browser.database, application_id)).version
    sections: dict[str, dict[str, object]] = {
        "problem": {"problem_statement": "Hvordan?", "background": "Fordi"},
        "need": {"whose_need": ["user", "partner"], "user_group": "Unge", "need": "Tid"},
        "plan": {
            "plan": "Vår",
            "starts_on": "2027-03-01",
            "amount_ore": "250 000,50",
            "hours": "60",
            "anchoring": "Leder",
        },
    }
    for section, answers in sections.items():
        saved = await browser.post(
            f"{page}/save_answers",
            {"version": version, "section": section, "_next": f"{page}#{section}", **answers},
            page=page,
        )
        assert (saved.status_code, saved.headers["location"]) == (303, f"{page}#{section}")
        version += 1
        assert f'name="version" value="{version}"' in (await browser.get(page)).text
    row = await row_of(browser.database, application_id)
    assert (row.answers["whose_need"], row.amount_ore, row.hours) == (["user", "partner"], 25_000_050, 60)
    stale = await browser.post(f"{page}/save_answers", {"version": 1, "section": "need", "need": "Annet"}, page=page)
    assert stale.status_code == 409
    assert "Annet" in stale.text
    assert (await row_of(browser.database, application_id)).answers["need"] == "Tid"


async def test_bad_input_keeps_what_was_typed_in_its_own_section(browser: Browser, act: Acting) -> None:
    application_id = await begin(act, await publish_call(act))
    await browser.as_person(BY)
    page = f"/applications/{application_id}"
    for typed, shown in (
        ({"amount_ore": "-1"}, 'value="-1"'), ({"amount_ore": "99999999999999"}, 'value="99999999999999"'),
        ({"starts_on": "2027-02-30"}, 'value="2027-02-30"'), ({"hours": "mange"}, 'value="mange"'),
        ({"plan": "x" * 4001}, "x" * 4001), ({"plan": "kontroll\x07tegn"}, "kontroll"),
    ):  # fmt: skip
        answer = await browser.post(f"{page}/save_answers", {"version": 1, "section": "plan", **typed}, page=page)
        assert answer.status_code == 422, typed
        assert shown in answer.text
        assert answer.text.count("aksel-error-summary__list") == 1, "beside its own form alone"
    assert (await row_of(browser.database, application_id)).answers == {}


async def test_the_page_refuses_a_second_too_late(browser: Browser, act: Acting, clock: MovingClock) -> None:
    call_id = await publish_call(act, deadline=AUTUMN)
    first, second = await write(act, call_id), await write(act, call_id, "grunerlokka")
    clock.at = AUTUMN + timedelta(seconds=59)
    await browser.as_person(BY)
    version = (await row_of(browser.database, first)).version
    sent = await browser.post(f"/applications/{first}/submit", {"version": version}, page=f"/applications/{first}")
    assert sent.status_code == 303
    clock.at = AUTUMN + timedelta(seconds=60)
    await browser.as_person("grunerlokka.leader")
    version = (await row_of(browser.database, second)).version
    late = await browser.post(f"/applications/{second}/submit", {"version": version}, page=f"/applications/{second}")
    assert late.status_code == 409
    assert "Fristen var 25. oktober 2026 kl.\xa023.59" in late.text.replace("&nbsp;", "\xa0")
    assert (await row_of(browser.database, second)).state == "draft"


async def test_a_double_post_leads_to_the_same_receipt(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await publish_call(act))
    await browser.as_person(BY)
    page = f"/applications/{application_id}"
    assert (await browser.get(f"{page}/receipt")).status_code == 404
    version = (await row_of(browser.database, application_id)).version
    for _ in range(2):
        answer = await browser.post(f"{page}/submit", {"version": version, "_next": f"{page}/receipt"}, page=page)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{page}/receipt")
    receipt = (await browser.get(f"{page}/receipt")).text
    row = await row_of(browser.database, application_id)
    assert row.content_hash is not None
    assert receipt.count(row.content_hash) == 1
    assert row.reference in receipt
    assert "save_answers" not in (await browser.get(page)).text, "what has been sent is read, not written"


async def test_the_case_handler_sends_back_with_a_day(browser: Browser, act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    await browser.as_person("case_handler")
    page = f"/applications/{application_id}"
    await browser.post(f"{page}/begin_screening", page=page)
    empty = await browser.post(f"{page}/return_for_completion", {"why": "Mer", "until": "2026-09-20"}, page=page)
    assert empty.status_code == 409
    assert "minst én del" in empty.text
    assert 'value="2026-09-20"' in empty.text
    strict(empty.text)
    done = await browser.post(
        f"{page}/return_for_completion", {"part_need": "Skriv mer", "until": "2026-09-20"}, page=page
    )
    assert done.status_code == 303
    await browser.as_person(BY)
    office = (await browser.get(page)).text
    assert "Skriv mer" in office
    assert "20. september 2026" in office
    assert "save_answers" in office


async def test_anothers_application_does_not_exist(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await publish_call(act))
    page = f"/applications/{application_id}"
    for who in ("grunerlokka.leader", "case_handler", "administrator"):
        await browser.as_person(who)
        for path in (page, f"{page}/print", f"{page}/receipt", f"/api/v1{page}", f"/api/v1{page}/steps"):
            assert (await browser.get(path)).status_code == 404, (who, path)
        assert (await browser.post(f"{page}/save_answers", {"section": "need", "need": "Mitt"})).status_code == 404
    assert (await row_of(browser.database, application_id)).answers["need"] == ANSWERS["need"]


async def test_the_page_costs_the_same_for_little_and_for_much(
    browser: Browser, act: Acting, statements: list[str]
) -> None:
    application_id = await begin(act, await publish_call(act))
    await browser.as_person(BY)
    counts = []
    for more in range(2):
        for number in range(more * 5):
            await act(BY, service.add_deviance, application_id, text=f"Noe {number}")
            await act(BY, service.add_benefit, application_id, title=f"Gevinst {number}")
            await act(BY, service.add_member, application_id, name=f"Person {number}", role="partner", weekly_hours=1)
        statements.clear()
        page = await browser.get(f"/applications/{application_id}")
        strict(page.text)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5, counts


async def test_every_form_of_the_page_does_what_it_says(browser: Browser, act: Acting, world: World) -> None:
    application_id = await begin(act, await publish_call(act))
    await browser.as_person("lillestrom.leader")
    page = f"/applications/{application_id}"
    refused = await browser.post(f"{page}/add_benefit", {"title": "", "beneficiaries": ["citizen"]}, page=page)
    assert refused.status_code == 422
    assert 'id="new-benefit-beneficiaries-1" name="beneficiaries" value="citizen" checked' in refused.text
    refused = await browser.post(
        f"{page}/add_member", {"name": "", "role": "core_team", "weekly_hours": "5"}, page=page
    )
    assert refused.status_code == 422
    assert "Skriv navnet på alle i teamet." in refused.text
    sent: tuple[tuple[str, dict[str, object]], ...] = (
        ("add_member", {"person_id": world.people["lillestrom.leader"].id, "role": "leader", "weekly_hours": "2"}),
        ("add_member", {"name": "Per Partner", "email": "per@partner.example", "role": "partner", "weekly_hours": "1"}),
        ("add_deviance", {"text": "Vi ringer først"}),
        ("add_benefit", {"title": "Raskere", "beneficiaries": ["citizen", "society"], "goal": "better_meetings"}),
        ("endorse", {}),
    )
    for verb, fields in sent:
        assert (await browser.post(f"{page}/{verb}", fields, page=page)).status_code == 303, verb
    text = (await browser.get(page)).text
    for shown in ("Lars Lillesand", "Per Partner", "Vi ringer først", "Raskere", "Lederen står bak"):
        assert shown in text
    member = re.search(r'name="member_id" value="([^"]+)"', text)
    assert member is not None
    wrong = await browser.post(
        f"{page}/write_member", {"member_id": member[1], "role": "leader", "weekly_hours": "400"}, page=page
    )
    assert wrong.status_code == 422
    assert wrong.text.count('value="400"') == 1
    strict(wrong.text)
    assert (await browser.post(f"{page}/remove_member", {"member_id": member[1]}, page=page)).status_code == 303
    async with browser.database.reading() as uow:
        assert await uow.session.scalar(select(Application.version).where(Application.id == application_id)) == 7


async def test_a_reviewer_declares_before_reading(browser: Browser, act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    await act("case_handler", service.begin_screening, application_id)
    reviewer = act.world.people["reviewer_one"].id
    review = await act("case_handler", reviews.assign, case_id=application_id, reviewer_id=reviewer)
    await browser.as_person("reviewer_one")
    paths = [f"/applications/{application_id}{more}" for more in ("", "/print", "/receipt")]
    paths += [f"/api/v1/applications/{application_id}{more}" for more in ("", "/steps")]
    for path in paths:
        assert (await browser.get(path)).status_code == 403, path
    await act("reviewer_one", reviews.declare, review.id, impartial=True)
    for path in paths:
        assert (await browser.get(path)).status_code == 200, path


async def test_a_dismissal_is_told_by_its_letter_alone(browser: Browser, act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    page = f"/applications/{application_id}"
    await act("case_handler", service.dismiss, application_id, why="Kontoret har trukket seg fra ordningen")
    await browser.as_person(BY)
    for path in (page, f"/api/v1{page}", f"/api/v1{page}/steps", "/applications", "/api/v1/applications"):
        text = (await browser.get(path)).text
        assert "trukket seg" not in text, path
        assert "dismiss" not in text, path
        assert "Avvist" not in text, path
    await browser.as_person("case_handler")
    text = (await browser.get(page)).text
    assert "Avvist" in text
    assert "trukket seg" in text


async def test_a_late_completion_is_waived_with_a_reason(browser: Browser, act: Acting, clock: MovingClock) -> None:
    application_id = await send(act, await publish_call(act))
    page = f"/applications/{application_id}"
    await act("case_handler", service.begin_screening, application_id)
    await act("case_handler", service.return_for_completion, application_id, part_need="Skriv mer", until=DURING.date())
    clock.at = DURING + timedelta(days=3)
    await browser.as_person(BY)
    late = await browser.post(f"{page}/resubmit", page=page)
    assert late.status_code == 409
    assert "Fristen for å rette opp manglene var" in late.text
    assert f'action="{page}/waive"' not in late.text
    await browser.as_person("decision_maker")
    shown = await browser.get(page)
    assert f'action="{page}/waive"' in shown.text
    strict(shown.text)
    no_reason = await browser.post(f"{page}/waive", {"requirement": "completed_in_time", "why": " "}, page=page)
    assert no_reason.status_code == 422
    waived = await browser.post(f"{page}/waive", {"requirement": "completed_in_time", "why": "Strømbrudd"}, page=page)
    assert waived.status_code == 303
    await browser.as_person(BY)
    assert (await browser.post(f"{page}/resubmit", page=page)).status_code == 303


async def test_the_front_page_tells_no_more_than_the_application(browser: Browser, act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    await act("case_handler", service.dismiss, application_id, why="Kontoret har trukket seg fra ordningen")
    await browser.as_person(BY)
    page = await browser.get("/office")
    assert page.status_code == 200
    assert f"/applications/{application_id}" in page.text, "a case that vanishes would tell as much"
    assert "Til behandling" in page.text
    assert "Avvist" not in page.text
