"""The screening: what the machine checked is shown, a person judges the rest, and only then is a case passed on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import html5lib
import pytest
from sqlalchemy import select

from app.applications import service
from app.applications.models import Application, Judgement
from app.audit.models import Event
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import World
from app.milestones import service as milestones
from app.milestones.models import Milestone
from tests.applications.drafts import send, write
from tests.applications_under_way import ALL_HOLD, Led
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock, world_in

BY = "lillestrom.coordinator"
HANDLER, SECOND = "case_handler", "second_case_handler"


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def screened(act: Acting, **answers: Any) -> UUID:
    """An application that a case handler is screening."""
    application_id = await send(act, await publish_call(act), **answers)
    await act(HANDLER, service.begin_screening, application_id)
    return application_id


async def judgements(act: Acting, application_id: UUID) -> list[tuple[str, int, bool, str]]:
    async with act.database.reading() as uow:
        rows = await uow.session.scalars(
            select(Judgement).where(Judgement.case_id == application_id).order_by(Judgement.key, Judgement.number)
        )
        return [(row.key, row.number, row.holds, row.remark) for row in rows]


async def codes_of(act: Acting, application_id: UUID, who: str = HANDLER) -> list[str]:
    with pytest.raises(NotYet) as refused:
        await act(who, service.find_complete, application_id)
    return [reason.code for reason in refused.value.reasons]


async def test_nothing_is_passed_on_before_it_is_judged(act: Acting) -> None:
    application_id = await screened(act)
    assert set(await codes_of(act, application_id)) == {"application.not_judged"}
    await act(HANDLER, service.judge, application_id, **ALL_HOLD)
    row = await act(HANDLER, service.find_complete, application_id)
    assert row.state == "in_review"
    async with act.database.reading() as uow:
        event = await uow.session.scalar(
            select(Event).where(Event.case_id == application_id, Event.verb == "find_complete")
        )
        assert event is not None
        assert event.changes["checks"]["sent_in_time"] == "holds"
        assert event.changes["checks"]["costs_allowed"] == "judge"


async def test_a_no_says_why_and_stands_against_it_until_it_is_answered_anew(act: Acting) -> None:
    application_id = await screened(act)
    with pytest.raises(Invalid) as refused:
        await act(HANDLER, service.judge, application_id, **{**ALL_HOLD, "holds_purpose": "no"})
    assert list(refused.value.fields) == ["remark_purpose"]
    assert await judgements(act, application_id) == [], "nothing of it is kept"
    no = {"holds_purpose": "no", "remark_purpose": "Gjelder et annet tiltak."}
    await act(HANDLER, service.judge, application_id, **{**ALL_HOLD, **no})
    assert await codes_of(act, application_id) == ["application.judged_against"]
    await act(SECOND, service.judge, application_id, holds_purpose="yes", remark_purpose="Kontoret har forklart.")
    assert [each for each in await judgements(act, application_id) if each[0] == "purpose"] == [
        ("purpose", 1, False, "Gjelder et annet tiltak."),
        ("purpose", 2, True, "Kontoret har forklart."),
    ]
    before = await judgements(act, application_id)
    same = await act(
        SECOND, service.judge, application_id, holds_purpose="yes", remark_purpose="Kontoret har forklart."
    )
    assert await judgements(act, application_id) == before
    assert (await act(HANDLER, service.find_complete, application_id)).version == same.version + 1


async def test_a_decision_maker_may_let_a_no_pass_with_a_reason(act: Acting) -> None:
    application_id = await screened(act)
    no = {"holds_costs": "no", "remark_costs": "Utstyr er ikke dekket."}
    await act(HANDLER, service.judge, application_id, **{**ALL_HOLD, **no})
    with pytest.raises(NotAllowed):
        await act(
            HANDLER, service.waive_requirement, application_id, requirement="judged_to_hold", why="Vi ser bort fra det"
        )
    await act("decision_maker", service.waive_requirement, application_id, requirement="judged_to_hold",
              why="Kontoret betaler utstyret selv")  # fmt: skip
    assert (await act(HANDLER, service.find_complete, application_id)).state == "in_review"


async def test_what_is_sent_again_is_looked_over_again(act: Acting, clock: MovingClock) -> None:
    application_id = await screened(act)
    await act(HANDLER, service.judge, application_id, **ALL_HOLD)
    await act(HANDLER, service.return_for_completion, application_id, part_need="Skriv mer.")
    await act(BY, service.save_answers, application_id, need="Mer om behovet.")
    clock.at = DURING + timedelta(hours=1)
    await act(BY, service.submit, application_id)
    await act(HANDLER, service.begin_screening, application_id)
    assert set(await codes_of(act, application_id)) == {"application.judged_before"}
    await act(HANDLER, service.judge, application_id, **ALL_HOLD)
    assert {number for _, number, _, _ in await judgements(act, application_id)} == {1, 2}
    await act(HANDLER, service.find_complete, application_id)


async def test_only_case_handlers_judge_and_only_while_screening(act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    with pytest.raises(NotYet):
        await act(HANDLER, service.judge, application_id, **ALL_HOLD)
    await act(HANDLER, service.begin_screening, application_id)
    for who, error in ((BY, NotAllowed), ("decision_maker", NotAllowed), ("grunerlokka.leader", NotFound)):
        with pytest.raises(error):
            await act(who, service.judge, application_id, **ALL_HOLD)
    with pytest.raises(Invalid):
        await act(HANDLER, service.judge, application_id, holds_purpose="no", remark_purpose="Bruker 13097248022")


async def test_the_page_shows_what_was_checked_and_asks_for_the_rest(browser: Browser, act: Acting) -> None:
    application_id = await screened(act)
    page = f"/applications/{application_id}"
    await browser.as_person(HANDLER)
    for language in ("nb", "nn", "en"):
        browser.http.cookies.set("language", language)
        shown = (await browser.get(page)).text
        html5lib.HTMLParser(strict=True).parse(shown)
    assert shown.count('id="check-') == 11
    assert 'href="/applications/' + str(application_id) + '#plan"' in shown, "what was found leads there"
    assert "The call pays for:" in shown
    version = shown.split('name="version" value="')[1].split('"')[0]
    typed = {**ALL_HOLD, "holds_costs": "no", "remark_employee_driven": "Vist med tolv samtaler.", "version": version}
    refused = await browser.post(f"{page}/judge", dict(typed), page=page)
    assert refused.status_code == 422
    assert "Vist med tolv samtaler." in refused.text, "what was typed is kept"
    assert "Write why the answer is no" in refused.text
    saved = await browser.post(f"{page}/judge", {**typed, "remark_costs": "Utstyr."}, page=page)
    assert saved.status_code == 303
    shown = (await browser.get(page)).text
    assert "Answered by Kari Saksvik" in shown and "Utstyr." in shown


async def test_nobody_else_is_told_what_was_checked_or_judged(browser: Browser, act: Acting) -> None:
    application_id = await screened(act)
    await act(
        HANDLER, service.judge, application_id, **{**ALL_HOLD, "holds_purpose": "no", "remark_purpose": "Hemmelig"}
    )
    page, api = f"/applications/{application_id}", f"/api/v1/applications/{application_id}/checks"
    for who in (BY, "lillestrom.leader", "county.ost_viken"):
        await browser.as_person(who)
        shown = await browser.get(page)
        assert shown.status_code == 200
        assert "Hemmelig" not in shown.text and 'id="checks"' not in shown.text and "check-" not in shown.text
        assert (await browser.get(api)).status_code in (403, 404)
    await browser.as_person("decision_maker")
    assert "Hemmelig" in (await browser.get(page)).text
    answer = (await browser.get(api)).json()
    assert [each["outcome"] for each in answer if each["name"] == "costs_allowed"] == ["judge"]
    assert answer[0]["name"] == "sent_in_time"


async def test_the_page_asks_the_same_whatever_there_is_to_find(
    browser: Browser, act: Acting, statements: list[str]
) -> None:
    call_id = await publish_call(act)
    application_id = await send(act, call_id)
    await browser.as_person(HANDLER)
    page = f"/applications/{application_id}"
    await browser.get(page)

    async def cost() -> int:
        statements.clear()
        assert (await browser.get(page)).status_code == 200
        return len(statements)

    before = await cost()
    for office in ("klepp_time", "grunerlokka"):
        await send(act, call_id, office)
    await send(act, call_id)
    text = (await browser.get(page)).text
    assert "Nav Klepp-Time" in text, "they say much the same"
    assert "har også sendt" in text
    assert await cost() <= before + 1


async def test_reports_that_an_earlier_project_owes_are_told_and_hold_nothing_up(
    browser: Browser, database: Database, world: World, clock: MovingClock
) -> None:
    led = Led(database, world)
    clock.at = DURING
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    project_id = await led.accepted(call_id)
    async with database.reading() as uow:
        rows = await uow.session.scalars(
            select(Milestone.id).where(Milestone.case_id == project_id, Milestone.key == "M8")
        )
        milestone_id = rows.one()
    await led("lillestrom.coordinator", milestones.set_due, milestone_id, due_on=DURING.date() + timedelta(days=700))
    clock.at = DURING + timedelta(days=800)
    other = await led.call()
    clock.moved = timedelta(minutes=2)
    case_id = await led.sent(other)
    await browser.as_person(HANDLER)
    shown = (await browser.get(f"/applications/{case_id}")).text
    assert f'href="/projects/{project_id}/milestones"' in shown
    assert "milepæl M8 skulle vært rapportert" in shown
    await led(HANDLER, service.begin_screening, case_id)
    await led(HANDLER, service.judge, case_id, **ALL_HOLD)
    assert (await led(HANDLER, service.find_complete, case_id)).state == "in_review"


async def test_two_case_handlers_at_once_one_is_told_and_nothing_is_lost(browser: Browser, act: Acting) -> None:
    application_id = await screened(act)
    page = f"/applications/{application_id}"
    await browser.as_person(SECOND)
    version = (await browser.get(page)).text.split('name="version" value="')[1].split('"')[0]
    await act(HANDLER, service.judge, application_id, **ALL_HOLD)
    typed = {"holds_purpose": "no", "remark_purpose": "Jeg leser det annerledes.", "version": version}
    late = await browser.post(f"{page}/judge", dict(typed), page=page)
    assert late.status_code == 409
    assert "Jeg leser det annerledes." in late.text
    assert "Kari Saksvik har tatt saken" in late.text
    assert [each[1:3] for each in await judgements(act, application_id)] == [(1, True)] * 5
    typed = {"part_need": "Skriv mer om hvem det gjelder.", "why": "", "version": version}
    late = await browser.post(f"{page}/return_for_completion", dict(typed), page=page)
    assert late.status_code == 409
    assert "Skriv mer om hvem det gjelder." in late.text
    await act(HANDLER, service.find_complete, application_id)
    late = await browser.post(f"{page}/return_for_completion", dict(typed), page=page)
    assert late.status_code == 409


async def test_of_two_who_decide_at_the_same_moment_one_does(own_database: Database, clock: MovingClock) -> None:
    clock.at = DURING
    act = Acting(own_database, await world_in(own_database))
    application_id = await screened(act)
    version = (await act(HANDLER, service.judge, application_id, **ALL_HOLD)).version
    answers = await asyncio.gather(
        act(HANDLER, service.find_complete, application_id, version=version),
        act(SECOND, service.return_for_completion, application_id, version=version, part_need="Skriv mer."),
        act(SECOND, service.dismiss, application_id, version=version, why="Utenfor formålet."),
        return_exceptions=True,
    )
    done = [each for each in answers if isinstance(each, Application)]
    assert len(done) == 1
    assert all(isinstance(each, Stale) for each in answers if each not in done)
    async with own_database.reading() as uow:
        row = await uow.session.get_one(Application, application_id)
        moves = select(Event).where(Event.case_id == application_id, Event.from_state == "screening")
        assert len(list(await uow.session.scalars(moves))) == 1
    assert (row.state, row.version) == (done[0].state, version + 1)
    assert (row.returned_parts != {}) == (row.state == "returned")


async def test_no_draft_is_checked(browser: Browser, act: Acting) -> None:
    draft = await write(act, await publish_call(act))
    await browser.as_person(HANDLER)
    assert (await browser.get(f"/api/v1/applications/{draft}/checks")).status_code == 404
