"""As in production: two webs behind a proxy, a worker, PostgreSQL and Valkey, each a process of its own."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.applications.models import Application, Receipt
from app.decisions.models import Commitment, Decision
from app.notices.models import Mail
from app.texts.i18n import texts_for
from tests.applications_under_way import Led
from tests.conftest import for_sqlalchemy
from tests.faults.processes import Installation, Running, an_installation, post
from tests.faults.test_crashes import open_call, ready_to_decide, ready_to_submit
from tests.notices.jobs import mail_server
from tests.operation.proxy import Proxy
from tests.outbox.surroundings import until

pytestmark = pytest.mark.xdist_group("topology")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installed() -> AsyncIterator[Installation]:
    """Servers of this module's own."""
    async with an_installation() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def webs(installed: Installation) -> list[Running]:
    """Two webs."""
    found = [installed.start("web", DRIVKRAFT_DEMO="1") for _ in range(2)]
    for web in found:
        await web.until_ready()
    return found


async def at_once(
    installed: Installation, case_id: UUID, *sending: Any, meanwhile: Callable[[], Awaitable[None]] | None = None
) -> list[httpx.Response]:
    """Let all of them come as far as the case's row, and then go on together; `meanwhile` happens while they wait."""
    engine = create_async_engine(for_sqlalchemy(installed.url), poolclass=NullPool)
    waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with engine.connect() as first:
        await first.execute(text("SELECT 1 FROM cases WHERE id = :id FOR UPDATE"), {"id": case_id})
        tasks = [asyncio.create_task(each) for each in sending]

        async def all_wait() -> bool:
            async with engine.connect() as looking:
                return await looking.scalar(waits) == len(tasks)

        await until(all_wait)
        if meanwhile is not None:
            await meanwhile()
        await first.rollback()
    await engine.dispose()
    return await asyncio.gather(*tasks)


async def test_signed_in_at_one_act_at_the_other_and_the_worker_sends_mail(
    installed: Installation, webs: list[Running]
) -> None:
    led = Led(installed.database, installed.world)
    application_id = await ready_to_submit(led, await open_call(installed))
    person = installed.world.people["lillestrom.coordinator"]
    link = f"/applications/{application_id}/receipt"
    one, other = (httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.port}", timeout=30) for web in webs)
    async with one, other, mail_server() as server:
        worker = installed.start("worker", SMTP_URL=server.url)
        await one.get("/demo")
        assert (await post(one, f"/demo/{person.id}", {})).status_code == 303
        other.cookies.update(one.cookies)
        page = await other.get(f"/applications/{application_id}")
        assert person.name in page.text
        assert (await post(other, f"/applications/{application_id}/submit", {})).status_code == 303

        async def confirmed() -> bool:
            assert worker.process.poll() is None, worker.said()
            return any(message["To"] == person.email and link in message.get_content() for message in server.taken)

        await until(confirmed, seconds=60)
        assert (await one.get(link)).status_code == 200
        assert await worker.stop() == 0
    async with installed.database.reading() as uow:
        mine = select(Mail).where(Mail.to_address == person.email, Mail.body.contains(link))
        assert (await uow.session.scalars(mine)).one().sent_at is not None


async def test_a_double_click_that_reaches_both_webs_sends_once(installed: Installation, webs: list[Running]) -> None:
    led = Led(installed.database, installed.world)
    application_id = await ready_to_submit(led, await open_call(installed))
    async with installed.database.reading() as uow:
        version = (await uow.session.get_one(Application, application_id)).version
    path, who = f"/applications/{application_id}/submit", "lillestrom.coordinator"
    async with installed.client(webs[0], who) as one, installed.client(webs[1], who) as other:
        sending = [post(client, path, {"version": version}) for client in (one, other)]
        answers = await at_once(installed, application_id, *sending)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["location"] for answer in answers}) == 1
    async with installed.database.reading() as uow:
        found = await uow.session.scalars(select(Receipt).where(Receipt.case_id == application_id))
        assert [receipt.number for receipt in found] == [1]


async def test_of_two_decisions_at_once_over_the_last_of_the_frame_one_is_refused(
    installed: Installation, webs: list[Running]
) -> None:
    led = Led(installed.database, installed.world)
    call_id = await open_call(installed, frame_ore=60_000_000)
    decisions = [await ready_to_decide(led, call_id, office) for office in ("lillestrom", "klepp_time")]
    async with installed.client(webs[0], "decision_maker") as one, installed.client(webs[1], "decision_maker") as other:
        sending = [
            post(client, f"/decisions/{decision_id}/decide", {"checks": ["authority", "cover", "prudence"]})
            for client, decision_id in zip((one, other), decisions, strict=True)
        ]
        answers = await at_once(installed, call_id, *sending)
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    sentence = texts_for("nb").t("decision.over_frame", amount_ore=40_000_000, left_ore=20_000_000)
    assert sentence in html.unescape(refused.text)
    async with installed.database.reading() as uow:
        entries = await uow.session.scalars(select(Commitment).where(Commitment.call_id == call_id))
        assert [entry.amount_ore for entry in entries] == [40_000_000]
        states = await uow.session.scalars(select(Decision.state).where(Decision.call_id == call_id))
        assert sorted(states) == ["decided", "recommended"]


async def test_a_web_that_is_told_to_stop_answers_what_it_has_begun(installed: Installation) -> None:
    led = Led(installed.database, installed.world)
    application_id = await ready_to_submit(led, await open_call(installed))
    web = await installed.web()

    async def told_to_stop() -> None:
        web.process.terminate()

        async def takes_no_more() -> bool:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", web.port)
            except OSError:
                return True
            writer.close()
            return False

        await until(takes_no_more)

    async with installed.client(web, "lillestrom.coordinator") as client:
        sending = post(client, f"/applications/{application_id}/submit", {}, headers={"connection": "close"})
        (answer,) = await at_once(installed, application_id, sending, meanwhile=told_to_stop)
    assert answer.status_code == 303
    assert await web.stop() == 0, web.said()


async def test_a_web_is_replaced_while_requests_flow_and_none_fails(
    installed: Installation, webs: list[Running]
) -> None:
    answers: list[int] = []
    stop = asyncio.Event()

    async def visit(client: httpx.AsyncClient) -> None:
        while not stop.is_set():
            answers.append((await client.get("/notices", headers={"connection": "close"})).status_code)
            answer = await post(client, "/notices/mark_all_read", {}, headers={"connection": "close"})
            answers.append(answer.status_code)

    async def answered(more: int) -> None:
        wanted = len(answers) + more

        async def enough() -> bool:
            return len(answers) >= wanted or any(each.done() for each in visiting)

        await until(enough)

    async with Proxy(*(web.port for web in webs)) as proxy, installed.client(proxy.port, "lillestrom.leader") as client:
        visiting = [asyncio.create_task(visit(client)) for _ in range(4)]
        for turn, old in enumerate(webs):
            await answered(20)
            await proxy.take_out(old.port)
            assert await old.stop() == 0, old.said()
            await answered(20)
            webs[turn] = await installed.web(PORT=str(old.port), DRIVKRAFT_DEMO="1")
            proxy.backends.append(old.port)
        await answered(20)
        stop.set()
        await asyncio.gather(*visiting)
    assert set(answers) == {200, 303}
