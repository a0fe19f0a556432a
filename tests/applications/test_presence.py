"""Who else has a draft open: seen by those who may write in it, for less than a minute, by nobody without Valkey."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from sqlalchemy import select

from app.applications import service
from app.core.database import Database
from app.demo.cast import World
from app.identity.models import Session
from app.settings import Settings
from app.web.presence import LASTS, Presence
from tests.applications.drafts import write
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock

KNUT, LISE = "grunerlokka.coordinator", "grunerlokka.leader"


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


@pytest.fixture
async def draft(act: Acting) -> UUID:
    return await write(act, await publish_call(act), "grunerlokka")


async def here(browser: Browser, who: str, draft: UUID, **said: str) -> list[dict[str, str]]:
    await browser.as_person(who)
    answer = await browser.post(f"/applications/{draft}/here", dict(said))
    assert answer.status_code == 200
    found: list[dict[str, str]] = answer.json()
    return found


async def test_two_see_each_other_and_where_they_write(
    browser: Browser, draft: UUID, world: World, clock: MovingClock
) -> None:
    knut = world.people[KNUT].name
    assert await here(browser, KNUT, draft, field="need") == []
    assert await here(browser, LISE, draft) == [{"name": knut, "key": "need"}]
    assert await here(browser, KNUT, draft, field="<script>") == [{"name": world.people[LISE].name, "key": ""}]
    assert await here(browser, LISE, draft) == [{"name": knut, "key": ""}], "what is no field is none"
    await here(browser, KNUT, draft, left="1")
    assert await here(browser, LISE, draft) == []
    await here(browser, KNUT, draft)
    clock.moved = timedelta(seconds=LASTS - 1)
    assert await here(browser, LISE, draft) == [{"name": knut, "key": ""}]
    clock.moved = timedelta(seconds=LASTS + 1)
    assert await here(browser, LISE, draft) == [], "whoever says nothing is away"


async def test_only_those_who_may_write_are_told_and_only_while_they_can(
    browser: Browser, act: Acting, draft: UUID
) -> None:
    await here(browser, KNUT, draft, field="need")
    for who in ("lillestrom.leader",
                "case_handler", "county.oslo"):  # fmt: skip
        await browser.as_person(who)
        answer = await browser.post(f"/applications/{draft}/here", {})
        assert answer.status_code == 404
        assert act.world.people[KNUT].name not in answer.text
    await act(KNUT, service.submit, draft)
    for who, status in ((LISE, 204), ("county.oslo", 403), ("case_handler", 403)):
        await browser.as_person(who)
        answer = await browser.post(f"/applications/{draft}/here", {})
        assert answer.status_code == status, who
        assert act.world.people[KNUT].name not in answer.text
        page = await browser.get(f"/applications/{draft}")
        assert "presence.js" not in page.text, "nobody writes there any more"


async def test_asking_who_is_here_keeps_no_session_going(
    browser: Browser, draft: UUID, database: Database, clock: MovingClock
) -> None:
    await here(browser, KNUT, draft)
    async with database.reading() as uow:
        before = (await uow.session.scalars(select(Session.expires_at))).all()
    clock.moved = timedelta(hours=9, minutes=59)
    assert (await browser.post(f"/applications/{draft}/here", {})).status_code == 200
    async with database.reading() as uow:
        assert (await uow.session.scalars(select(Session.expires_at))).all() == before
    clock.moved = timedelta(hours=10, minutes=1)
    assert (await browser.post(f"/applications/{draft}/here", {})).status_code == 401


async def test_all_web_processes_know_and_without_valkey_nobody_is_seen(
    browser: Browser, draft: UUID, application: Litestar, settings: Settings, clock: MovingClock
) -> None:
    one, other = (Presence(settings.redis_url or "") for _ in range(2))
    case_id, knut, lise = uuid4(), uuid4(), uuid4()
    await one.here(case_id, knut, "Knut", "need", clock())
    assert [each.name for each in await other.here(case_id, lise, "Lise", "", clock())] == ["Knut"]
    assert [each.name for each in await one.here(uuid4(), lise, "Lise", "", clock())] == []
    await other.leave(case_id, knut)
    assert await one.here(case_id, lise, "Lise", "", clock()) == []
    kept, application.state.presence = application.state.presence, Presence("redis://127.0.0.1:1")
    try:
        assert await here(browser, LISE, draft, field="need") == []
        await here(browser, LISE, draft, left="1")
    finally:
        await application.state.presence.close()
        application.state.presence = kept
        for each in (one, other):
            await each.close()
