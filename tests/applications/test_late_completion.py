"""What comes late is kept, told, and settled by a person: more time with a reason, or dismissed with one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import html5lib
import pytest
from sqlalchemy import select

from app.applications import service
from app.applications.facts import gathered_columns
from app.applications.jobs import JOBS, look_for_lateness
from app.applications.models import Application
from app.calls import service as calls
from app.calls.models import Call
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet
from app.core.settled import DIALECT
from app.demo.cast import World
from app.identity.models import Person, Unit
from app.notices.models import Notice
from app.outbox.models import OutboxRow
from tests.applications.drafts import send, write
from tests.calls_under_way import BEFORE, DEADLINE, DURING, Acting, publish_call, write_call
from tests.conftest import Browser, MovingClock

BY, HANDLER, SECOND = "lillestrom.coordinator", "case_handler", "second_case_handler"
DAY = timedelta(days=1)
LATE = DURING + timedelta(days=15)


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def back(act: Acting, part: str = "need") -> UUID:
    """An application that came back for one part, handled by the first case handler."""
    application_id = await send(act, await publish_call(act))
    await act(HANDLER, service.begin_screening, application_id)
    await act(HANDLER, service.return_for_completion, application_id, **{f"part_{part}": "Skriv mer."})
    return application_id


async def told(act: Acting, code: str) -> list[tuple[str, str]]:
    """Who has been told something, and where it leads."""
    async with act.database.reading() as uow:
        rows = await uow.session.execute(
            select(Person.name, Notice.link).join(Person, Person.id == Notice.person_id).where(Notice.code == code)
        )
        return sorted((row.name, row.link) for row in rows)


async def test_what_is_late_is_kept_and_sent_once_a_person_gives_more_time(
    browser: Browser, act: Acting, clock: MovingClock
) -> None:
    application_id = await back(act)
    page = f"/applications/{application_id}"
    clock.at = LATE
    await browser.as_person(BY)
    shown = (await browser.get(page)).text
    html5lib.HTMLParser(strict=True).parse(shown)
    assert "Alt dere skriver, blir tatt vare på" in shown
    saved = await browser.post(
        f"{page}/save_answers",
        {"section": "need", "need": "Skrevet for sent.", "user_group": "Unge", "whose_need": "user"},
        page=page,
    )
    assert saved.status_code == 303, "what is late is kept all the same"
    refused = await browser.post(f"{page}/resubmit", page=page)
    assert refused.status_code == 409
    assert "Fristen for å rette opp manglene var" in refused.text
    assert f'href="{page}#extension"' in refused.text and 'id="extension"' in refused.text
    asked = await browser.post(f"{page}/ask_extension", {"why": "To av oss var syke."}, page=page)
    assert asked.status_code == 303
    assert await told(act, "extension_asked") == [("Kari Saksvik", f"{page}#extension")]
    await browser.as_person(HANDLER)
    for language in ("nn", "en", "nb"):
        browser.http.cookies.set("language", language)
        shown = (await browser.get(page)).text
        html5lib.HTMLParser(strict=True).parse(shown)
    assert "To av oss var syke." in shown and "kontoret har ikke sendt" in shown
    until = (LATE + 3 * DAY).date()
    for wrong, field in (({"until": until.isoformat()}, "why"), ({"until": "2020-01-01", "why": "x"}, "until")):
        answer = await browser.post(f"{page}/extend_completion", dict(wrong), page=page)
        assert answer.status_code == 422 and f'id="extension-{field}-error"' in answer.text
    given = await browser.post(f"{page}/extend_completion", {"until": until.isoformat(), "why": "Sykdom."}, page=page)
    assert given.status_code == 303
    assert len(await told(act, "extension_given")) == 2, "coordinator and leader"
    clock.at = LATE + DAY
    await act(BY, service.submit, application_id)
    async with act.database.reading() as uow:
        row = await uow.session.get_one(Application, application_id)
    assert (row.state, row.answers["need"]) == ("submitted", "Skrevet for sent.")


async def test_what_is_late_is_dismissed_with_a_reason_and_not_before(act: Acting, clock: MovingClock) -> None:
    application_id = await back(act)
    with pytest.raises(NotYet) as refused:
        await act(HANDLER, service.dismiss, application_id, why="Kommer nok ikke")
    assert [each.code for each in refused.value.reasons] == ["application.completion_awaited"]
    clock.at = LATE
    with pytest.raises(NotYet) as refused:
        await act(HANDLER, service.dismiss, application_id)
    assert [each.code for each in refused.value.reasons] == ["step.why_missing"]
    row = await act(HANDLER, service.dismiss, application_id, why="Det vi ba om, kom ikke i tide.")
    assert (row.state, row.dismissed_for) == ("dismissed", "Det vi ba om, kom ikke i tide.")


async def test_more_time_is_given_to_what_is_being_completed_alone(act: Acting, clock: MovingClock) -> None:
    application_id = await back(act)
    later, why = (LATE + DAY).date(), "Ferie"
    for who in (BY, "decision_maker"):
        with pytest.raises(NotAllowed):
            await act(who, service.extend_completion, application_id, until=later, why=why)
    with pytest.raises(Invalid):
        await act(HANDLER, service.extend_completion, application_id, until=(DURING + DAY).date(), why=why)
    await act(SECOND, service.extend_completion, application_id, until=later, why=why)
    await act(BY, service.save_answers, application_id, need="Mer.")
    await act(BY, service.submit, application_id)
    with pytest.raises(NotYet) as refused:
        await act(HANDLER, service.extend_completion, application_id, until=(LATE + 2 * DAY).date(), why=why)
    assert [each.code for each in refused.value.reasons] == ["application.not_returned"]


async def look(act: Acting) -> None:
    """What the worker does at the hour, and the jobs that come of it."""
    await look_for_lateness(act.database.unit_of_work)
    async with act.database.unit_of_work() as uow:
        rows = await uow.session.scalars(
            select(OutboxRow).where(OutboxRow.kind == "tell_of_lateness", OutboxRow.done_at.is_(None))
        )
        for row in list(rows):
            await JOBS[row.kind](uow, row.payload)
            row.done_at = uow.now


async def test_the_handler_and_the_office_are_told_once_that_time_has_run_out(act: Acting, clock: MovingClock) -> None:
    application_id = await back(act)
    await look(act)
    assert await told(act, "completion_late") == []
    clock.at = LATE
    await look(act)
    await look(act)
    link = f"/applications/{application_id}#extension"
    assert await told(act, "completion_late") == [("Kari Saksvik", link)]
    assert len(await told(act, "own_completion_late")) == 2, "coordinator and leader"
    await act(HANDLER, service.extend_completion, application_id, until=(LATE + DAY).date(), why="Ferie")
    await look(act)
    assert len(await told(act, "completion_late")) == 1
    clock.at = LATE + 4 * DAY
    await look(act)
    assert len(await told(act, "completion_late")) == 2, "another day, another time"


async def test_nobody_is_told_at_night_or_of_what_has_come(act: Acting, clock: MovingClock) -> None:
    application_id = await back(act)
    clock.at = LATE.replace(hour=20)
    await look(act)
    assert await told(act, "completion_late") == []
    await act(HANDLER, service.extend_completion, application_id, until=(LATE + DAY).date(), why="Ferie")
    await act(BY, service.save_answers, application_id, need="Mer.")
    await act(BY, service.submit, application_id)
    clock.at = LATE + 4 * DAY
    await look(act)
    assert await told(act, "completion_late") == []


async def graced_call(act: Acting, minutes: int) -> UUID:
    """A call with minutes of grace."""
    call_id = await write_call(act)
    await act(HANDLER, calls.write_rules, call_id, section="deadlines", deadlines_grace_minutes=minutes, at=BEFORE)
    await act(HANDLER, calls.publish, call_id, at=BEFORE)
    return call_id


async def test_a_deadline_that_passes_while_the_form_is_open_takes_nothing_away(
    browser: Browser, act: Acting, clock: MovingClock
) -> None:
    call_id = await publish_call(act)
    application_id = await write(act, call_id)
    page = f"/applications/{application_id}"
    clock.at = DEADLINE
    await browser.as_person(BY)
    version = (await browser.get(page)).text.split('name="version" value="')[1].split('"')[0]
    clock.at = DEADLINE + timedelta(minutes=1)
    typed = {
        "section": "plan",
        "plan": "Skrevet da fristen gikk ut.",
        "starts_on": "2027-03-01",
        "amount_ore": "400000",
        "hours": "60",
        "anchoring": "Leder er med.",
    }
    saved = await browser.post(f"{page}/save_answers", {**typed, "version": version}, page=page)
    assert saved.status_code == 303
    refused = await browser.post(f"{page}/submit", page=page)
    assert refused.status_code == 409
    assert "Skrevet da fristen gikk ut." in refused.text, "what was typed stands"
    assert f'href="{page}#extension"' in refused.text and 'id="extension"' in refused.text, "and it is said what to do"
    async with act.database.reading() as uow:
        row = await uow.session.get_one(Application, application_id)
    assert (row.state, row.answers["plan"]) == ("draft", "Skrevet da fristen gikk ut.")


@pytest.mark.parametrize(("late", "status"), [(timedelta(minutes=5, seconds=59), 303), (timedelta(minutes=6), 409)])
async def test_the_minutes_of_grace_are_given_and_no_more(
    browser: Browser, act: Acting, clock: MovingClock, late: timedelta, status: int
) -> None:
    application_id = await write(act, await graced_call(act, 5))
    clock.at = DEADLINE + late
    await browser.as_person(BY)
    page = f"/applications/{application_id}"
    assert (await browser.post(f"{page}/submit", page=page)).status_code == status


async def test_a_call_that_closes_keeps_its_drafts_and_tells_the_offices(
    browser: Browser, act: Acting, clock: MovingClock
) -> None:
    call_id = await publish_call(act)
    application_id = await write(act, call_id)
    clock.at = DEADLINE + timedelta(hours=2)
    for step in (calls.open_call, calls.close):
        await act(HANDLER, step, call_id)
    page = f"/applications/{application_id}"
    await browser.as_person(BY)
    shown = (await browser.get(page)).text
    assert "Tid og tillit." in shown and 'id="extension"' in shown
    await browser.as_person(HANDLER)
    assert (await browser.get(page)).status_code == 404
    listed = (await browser.get(f"/calls/{call_id}/late-drafts")).text
    assert "Nav Lillestrøm" in listed and "Tid og tillit." not in listed
    await act(
        HANDLER, service.extend, call_id, application_id=application_id, until=(clock.at + DAY).date(), why="Strømbrudd"
    )
    await act(BY, service.submit, application_id)


def test_what_is_gathered_of_many_drafts_is_tied_to_each() -> None:
    columns = gathered_columns(Application.id, Application.call_id, Application.call_form_version, date(2026, 5, 4))
    gathered = (
        select(*columns)
        .select_from(Application)
        .join(Call, Call.id == Application.call_id)
        .join(Unit, Unit.id == Application.unit_id)
    )
    assert not re.findall(r"FROM [^()]*, applications\b", str(gathered.compile(dialect=DIALECT)))
