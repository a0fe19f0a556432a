"""More time for one office: asked for with a reason, given by somebody who sees nothing of the draft."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.applications import service
from app.applications.late import late_drafts
from app.applications.models import Application
from app.calls import service as calls
from app.calls.models import Call
from app.core.clock import day_in_oslo
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from tests.applications_under_way import ANSWERS, Led
from tests.conftest import Browser, MovingClock
from workflows.roles import Role

OFFICE = "lillestrom"
LEADER, COORDINATOR = f"{OFFICE}.leader", f"{OFFICE}.coordinator"
SECRET = "Hvordan kan vi møte unge <utenfor> arbeid?"


async def draft(led: Led, call_id: UUID) -> UUID:
    """A draft that lacks nothing but its sending."""
    row = await led(COORDINATOR, service.create, call_id=call_id)
    await led(COORDINATOR, service.save_answers, row.id, **ANSWERS)
    for who, role in (("leader", Role.LEADER), ("coordinator", Role.COORDINATOR), ("counsellor", Role.CORE_TEAM)):
        await led(
            COORDINATOR, service.add_member, row.id, person_id=led.world.people[f"{OFFICE}.{who}"].id, role=role,
            weekly_hours=4,
        )  # fmt: skip
    await led(COORDINATOR, service.add_deviance, row.id, text="Korte møter hver uke")
    await led(
        COORDINATOR, service.add_benefit, row.id, title="Flere unge i jobb", beneficiaries=("citizen",),
        goal="more_in_work",
    )  # fmt: skip
    await led(f"{OFFICE}.counsellor", service.take_part, row.id, answer="yes")
    return UUID(str(row.id))


async def test_a_late_office_asks_is_given_a_day_and_sends(led: Led, call_id: UUID, clock: MovingClock) -> None:
    case_id = await draft(led, call_id)
    clock.moved = timedelta(days=31)
    await led("case_handler", calls.close, call_id)
    async with led.database.reading() as uow:
        (row,) = await late_drafts(uow, call_id)
        assert (row.missing, row.asked_at) == (1, None), "only the leader's word is missing"
    await led(LEADER, service.endorse, case_id)
    with pytest.raises(NotYet) as refused:
        await led(COORDINATOR, service.submit, case_id)
    assert [each.code for each in refused.value.reasons] == ["application.too_late"]
    assert refused.value.reasons[0].who == (Role.CASE_HANDLER,)
    await led(COORDINATOR, service.ask_extension, case_id, why="Strømmen gikk i hele kommunen")
    today = day_in_oslo(led.database.clock())
    with pytest.raises(NotFound):
        await led(LEADER, service.extend, UUID(int=7), application_id=case_id, until=today, why="Vi vil")
    with pytest.raises(NotAllowed):
        await led(LEADER, service.extend, call_id, application_id=case_id, until=today, why="Vi vil")
    for until in (today - timedelta(days=1), today + timedelta(days=61)):
        with pytest.raises(Invalid) as bad:
            await led("case_handler", service.extend, call_id, application_id=case_id, until=until, why="Strøm")
        assert list(bad.value.fields) == ["until"]
    await led("case_handler", service.extend, call_id, application_id=case_id, until=today, why="Strømbrudd")
    await led(COORDINATOR, service.submit, case_id)
    async with led.database.reading() as uow:
        sent = await uow.session.get_one(Application, case_id)
        assert (sent.state, sent.extended_why) == ("submitted", "Strømbrudd")
        assert await late_drafts(uow, call_id) == []
    with pytest.raises(NotYet):
        await led("case_handler", service.extend, call_id, application_id=case_id, until=today, why="En gang til")


async def test_the_given_day_runs_out_too(led: Led, call_id: UUID, clock: MovingClock) -> None:
    case_id = await draft(led, call_id)
    await led(LEADER, service.endorse, case_id)
    clock.moved = timedelta(days=31)
    today = day_in_oslo(led.database.clock())
    await led("case_handler", service.extend, call_id, application_id=case_id, until=today, why="Strømbrudd")
    clock.moved = timedelta(days=32, hours=1)
    with pytest.raises(NotYet) as refused:
        await led(COORDINATOR, service.submit, case_id)
    assert [each.code for each in refused.value.reasons] == ["application.too_late"]


async def test_another_call_s_draft_is_not_extended(led: Led, call_id: UUID) -> None:
    case_id = await draft(led, call_id)
    other = await led.call()
    today = day_in_oslo(led.database.clock())
    with pytest.raises(Invalid) as refused:
        await led("case_handler", service.extend, other, application_id=case_id, until=today, why="Feil utlysning")
    assert list(refused.value.fields) == ["application_id"]


async def test_the_pages_ask_and_give_and_tell_nothing_of_the_draft(
    browser: Browser, led: Led, call_id: UUID, clock: MovingClock
) -> None:
    case_id = await draft(led, call_id)
    page, late = f"/applications/{case_id}", f"/calls/{call_id}/late-drafts"
    await browser.as_person(COORDINATOR)
    assert f'action="{page}/ask_extension"' not in (await browser.get(page)).text, "nobody asks while there is time"
    assert (await browser.get(late)).status_code in (403, 404)
    clock.moved = timedelta(days=31)
    await browser.as_person(COORDINATOR)
    assert f'action="{page}/ask_extension"' in (await browser.get(page)).text
    asked = await browser.post(f"{page}/ask_extension", {"why": "Strømmen gikk"}, page=page)
    assert asked.status_code == 303
    await browser.as_person("case_handler")
    shown = await browser.get(late)
    assert shown.status_code == 200
    assert "Strømmen gikk" in shown.text
    assert SECRET[:20] not in shown.text
    assert (await browser.get(page)).status_code == 404, "the draft itself stays the office's own"
    until = day_in_oslo(led.database.clock()).isoformat()
    wrong = await browser.post(
        f"/calls/{call_id}/extend_application",
        {"application_id": case_id, "until": "2001-01-01", "why": "Strøm"},
        page=late,
    )
    assert wrong.status_code == 422
    given = await browser.post(
        f"/calls/{call_id}/extend_application",
        {"application_id": case_id, "until": until, "why": "Strømbrudd"},
        page=late,
    )
    assert given.status_code == 303
    await browser.as_person(COORDINATOR)
    own = (await browser.get(page)).text
    assert 'id="extended"' in own and "Strømbrudd" in own


async def test_the_list_of_late_drafts_is_one_statement_whatever_its_length(
    led: Led, call_id: UUID, clock: MovingClock, statements: list[str]
) -> None:
    await draft(led, call_id)
    await led("hareid_ulstein_sande.coordinator", service.create, call_id=call_id)
    clock.moved = timedelta(days=31)
    async with led.database.reading() as uow:
        assert (await uow.session.get_one(Call, call_id)).deadline is not None
        statements.clear()
        assert len(await late_drafts(uow, call_id)) == 2
        assert len(statements) == 1
