"""An application that comes back: the named parts are open, the rest is locked, and what was changed is shown."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import html5lib
import pytest
from sqlalchemy import select

from app.applications import service
from app.applications.models import Application, ExpectedBenefit, PositiveDeviance, TeamMember
from app.audit.models import Event
from app.core.database import Database
from app.core.errors import NotAllowed, NotYet, Stale
from app.demo.cast import World
from tests.applications.drafts import send, write
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock
from workflows.roles import Role

BY = "lillestrom.coordinator"


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def back(act: Acting, *parts: str) -> UUID:
    """An application that came back for these parts."""
    application_id = await send(act, await publish_call(act))
    await act("case_handler", service.begin_screening, application_id)
    named = {f"part_{part}": f"Skriv mer om {part}." for part in parts}
    await act("case_handler", service.return_for_completion, application_id, **named)
    return application_id


async def one(database: Database, table: Any, application_id: UUID) -> UUID:
    async with database.reading() as uow:
        found = await uow.session.scalar(select(table.id).where(table.case_id == application_id).limit(1))
        assert found is not None
        return UUID(str(found))


async def test_every_writer_keeps_to_the_named_parts(act: Acting, database: Database, world: World) -> None:
    application_id = await back(act, "need")
    deviance = await one(database, PositiveDeviance, application_id)
    benefit = await one(database, ExpectedBenefit, application_id)
    member = await one(database, TeamMember, application_id)
    job_specialist = world.people["lillestrom.job_specialist"].id
    blocked: list[tuple[Any, dict[str, Any], str]] = [
        (service.save_answers, {"plan": "En annen plan", "need": "Mer"}, "plan"),
        (service.add_deviance, {"text": "Nytt"}, "what_works"),
        (service.write_deviance, {"deviance_id": deviance, "text": "Nytt"}, "what_works"),
        (service.move_deviance, {"deviance_id": deviance, "direction": "up"}, "what_works"),
        (service.remove_deviance, {"deviance_id": deviance}, "what_works"),
        (service.add_benefit, {"title": "Ny"}, "benefits"),
        (service.write_benefit, {"benefit_id": benefit, "title": "Ny"}, "benefits"),
        (service.remove_benefit, {"benefit_id": benefit}, "benefits"),
        (service.add_member, {"person_id": job_specialist, "role": Role.CORE_TEAM, "weekly_hours": 4}, "team"),
        (service.write_member, {"member_id": member, "role": Role.CORE_TEAM, "weekly_hours": 1}, "team"),
        (service.remove_member, {"member_id": member}, "team"),
    ]
    for verb, fields, part in blocked:
        with pytest.raises(NotYet) as refused:
            await act(BY, verb, application_id, **fields)
        assert [(each.code, each.parameters) for each in refused.value.reasons] == [
            ("application.part_locked", {"part_key": f"section.application.{part}"})
        ], verb.__name__
    await act(BY, service.save_answers, application_id, need="Mer om behovet.")
    await act(BY, service.submit, application_id)
    async with database.reading() as uow:
        row = await uow.session.get_one(Application, application_id)
    assert (row.answers["need"], row.answers["plan"]) == ("Mer om behovet.", "Tre måneder.")


async def test_what_was_changed_is_shown_old_beside_new(browser: Browser, act: Acting) -> None:
    application_id = await back(act, "need", "what_works")
    page = f"/applications/{application_id}"
    await browser.as_person(BY)
    shown = (await browser.get(page)).text
    html5lib.HTMLParser(strict=True).parse(shown)
    assert shown.count(f'action="{page}/save_answers"') == 2, "only what was named can be written"
    assert "Skriv mer om need." in shown
    assert shown.count("Låst") == 9
    await act(BY, service.save_answers, application_id, need="Flere <b>trenger</b> tid.")
    await act(BY, service.add_deviance, application_id, text="Åpen dør")
    so_far = (await browser.get(f"{page}/changes")).text
    assert "Tid og tillit." in so_far
    await act(BY, service.submit, application_id)
    await browser.as_person("case_handler")
    assert f'href="{page}/changes"' in (await browser.get(page)).text
    for language in ("nb", "nn", "en"):
        browser.http.cookies.set("language", language)
        answer = await browser.get(f"{page}/changes")
        html5lib.HTMLParser(strict=True).parse(answer.text)
    deleted, added = (re.findall(f"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL) for tag in ("del", "ins"))
    assert "Tid og tillit." in deleted[0]
    assert "Flere &lt;b&gt;trenger&lt;/b&gt; tid." in added[0]
    assert len(added) == 2
    assert "Åpen dør" in added[1]
    for stranger in ("grunerlokka.leader", "lillestrom.job_specialist"):
        await browser.as_person(stranger)
        assert (await browser.get(f"{page}/changes")).status_code == 404


async def test_what_never_came_back_has_no_changes(browser: Browser, act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    await browser.as_person(BY)
    assert (await browser.get(f"/applications/{application_id}/changes")).status_code == 404


async def test_two_case_handlers_see_who_is_on_a_case_and_overwrite_nothing(browser: Browser, act: Acting) -> None:
    call_id = await publish_call(act)
    application_id = await send(act, call_id)
    page = f"/applications/{application_id}"
    row = await act("case_handler", service.claim, application_id)
    await browser.as_person("second_case_handler")
    shown = (await browser.get(page)).text
    assert "Kari Saksvik har tatt saken" in shown
    assert "Kari Saksvik" in (await browser.get(f"/calls/{call_id}/applications")).text
    with pytest.raises(Stale):
        await act("second_case_handler", service.begin_screening, application_id, version=row.version - 1)
    refused = await browser.post(f"{page}/begin_screening", {"version": row.version - 1}, page=page)
    assert refused.status_code == 409
    taken = await act("second_case_handler", service.claim, application_id)
    assert taken.handler_id == act.world.people["second_case_handler"].id
    assert (await act("second_case_handler", service.claim, application_id)).version == taken.version
    assert (await act("case_handler", service.let_go, application_id)).handler_id == taken.handler_id
    assert (await act("second_case_handler", service.let_go, application_id)).handler_id is None
    assert (await act("second_case_handler", service.begin_screening, application_id)).handler_id is not None
    async with act.database.reading() as uow:
        verbs = list(await uow.session.scalars(select(Event.verb).where(Event.case_id == application_id)))
    assert (verbs.count("claim"), verbs.count("let_go")) == (2, 1)


async def test_the_office_is_not_told_who_is_on_its_case(browser: Browser, act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    await act("case_handler", service.claim, application_id)
    await browser.as_person(BY)
    for path in ("/applications", f"/applications/{application_id}", "/api/v1/applications"):
        assert "Kari Saksvik" not in (await browser.get(path)).text, path
    with pytest.raises(NotAllowed):
        await act(BY, service.claim, application_id)
    own = await write(act, await publish_call(act))
    await browser.as_person("case_handler")
    assert (await browser.post(f"/applications/{own}/claim")).status_code == 404
