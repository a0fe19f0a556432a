"""A case that something else holds: a clear answer in the time set, with what was typed kept, instead of a wait for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest_asyncio
from sqlalchemy import select, text

from app.applications import service
from app.applications.models import PositiveDeviance
from app.cases.models import Case
from app.core.database import Database
from app.main import create_app
from app.settings import Settings
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock, for_sqlalchemy, world_in

WHO = "lillestrom.coordinator"
TYPED = "Vi møtes hver fredag."


@pytest_asyncio.fixture(loop_scope="session")
async def draft(own_database: Database, clock: MovingClock) -> UUID:
    """An application that has been begun."""
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call()
    clock.moved += timedelta(minutes=1)
    return UUID(str((await led(WHO, service.create, call_id=call_id)).id))


@pytest_asyncio.fixture(loop_scope="session")
async def impatient(
    own_database: Database, settings: Settings, clock: MovingClock, draft: UUID
) -> AsyncIterator[Browser]:
    """A browser on an application of its own that waits a second for a row."""
    url = own_database.engine.url.render_as_string(hide_password=False).replace("+asyncpg", "")
    application = create_app(msgspec.structs.replace(settings, database_url=url, database_lock_seconds=1), clock=clock)
    browser = await Browser(application, own_database, await world_in(own_database)).as_person(WHO)
    yield browser
    await browser.http.aclose()
    await application.state.database.close()


async def test_a_form_is_answered_with_what_was_typed_and_can_be_sent_again(
    own_database: Database, impatient: Browser, draft: UUID
) -> None:
    page = f"/applications/{draft}"
    typed = {"text": TYPED, "_once": "once"}
    async with own_database.unit_of_work() as other:
        await other.session.scalar(select(Case).where(Case.id == draft).with_for_update())
        answer = await impatient.post(f"{page}/add_deviance", typed, page=page)
        saved = await impatient.post(f"{page}/autosave/save_answers", {"plan": "Skrevet imens"}, page=page)
        told = await impatient.call(f"/api/v1{page}/add_deviance", {"text": TYPED})
    assert answer.status_code == 503
    assert TYPED in answer.text
    assert "Prøv igjen om litt." in answer.text
    assert saved.status_code == 503
    assert "Prøv igjen om litt." in saved.json()["message"]
    assert told.status_code == 503
    assert told.headers["retry-after"] == "5"
    assert (await impatient.post(f"{page}/add_deviance", typed, page=page)).status_code == 303
    async with own_database.reading() as uow:
        assert list(await uow.session.scalars(select(PositiveDeviance.text))) == [TYPED]


async def test_a_transaction_that_does_nothing_is_ended_and_lets_go(own_database: Database, draft: UUID) -> None:
    url = own_database.engine.url.render_as_string(hide_password=False)
    asleep = Database(for_sqlalchemy(url), effects={}, pool_size=1, idle_seconds=1)
    async with asleep.engine.connect() as hanging, own_database.unit_of_work() as uow:
        await hanging.execute(select(Case.id).where(Case.id == draft).with_for_update())
        await uow.session.execute(text("SET LOCAL lock_timeout = '20s'"))
        found = await uow.session.scalar(select(Case.id).where(Case.id == draft).with_for_update())
        assert found == draft
        await hanging.invalidate()
    await asleep.close()
