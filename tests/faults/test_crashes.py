"""Web or database killed in the middle of a submission, a decision or a release: before or after, never half, never twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from app.applications import service as applications
from app.applications.models import Application, Receipt
from app.audit.models import Event
from app.audit.verify import faults
from app.core.database import Database
from app.decisions.models import Commitment, Decision, Letter
from app.decisions.service import release
from app.effects import EFFECTS
from app.notices.models import Mail, Notice
from app.outbox.models import OutboxRow
from tests.applications_under_way import ANSWERS, Led
from tests.conftest import for_sqlalchemy
from tests.faults.processes import Installation, Running, an_installation, post
from tests.notices.jobs import mail_server
from tests.outbox.surroundings import until
from workflows.roles import Role

pytestmark = pytest.mark.xdist_group("crashes")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def installed() -> AsyncIterator[Installation]:
    """Servers of this module's own."""
    async with an_installation() as found:
        yield found


class Webs:
    """The web that answers now, and after it was killed the next."""

    def __init__(self, installed: Installation):
        self.installed = installed
        self.now: Running | None = None

    async def __call__(self) -> Running:
        """One that takes requests."""
        if self.now is None or self.now.process.poll() is not None:
            self.now = self.installed.start("web")
        await self.now.until_ready()
        return self.now


@pytest.fixture(scope="module")
def webs(installed: Installation) -> Webs:
    """The webs of this module."""
    return Webs(installed)


async def open_call(installed: Installation, **fields: Any) -> UUID:
    """A call that takes applications since an hour."""
    past = Database(
        for_sqlalchemy(installed.url), effects=EFFECTS, poolclass=NullPool,
        clock=lambda: datetime.now(UTC) - timedelta(hours=1),
    )  # fmt: skip
    call_id = await Led(past, installed.world).call(**fields)
    await past.close()
    return call_id


@dataclass(frozen=True)
class Act:
    """Something that somebody sends, and what it writes last."""

    name: str
    who: str
    last_table: str
    prepare: Callable[[Led, UUID], Awaitable[UUID]]
    path: str
    fields: dict[str, Any]
    repeated: int
    """What the same post answers when it has been done already."""


async def ready_to_submit(led: Led, call_id: UUID) -> UUID:
    """An application that lacks nothing but to be sent."""
    by = "lillestrom.coordinator"
    row = await led(by, applications.create, call_id=call_id)
    await led(by, applications.save_answers, row.id, **ANSWERS)
    for who, role in (("leader", Role.LEADER), ("coordinator", Role.COORDINATOR), ("counsellor", Role.CORE_TEAM)):
        person = led.world.people[f"lillestrom.{who}"]
        await led(by, applications.add_member, row.id, person_id=person.id, role=role, weekly_hours=4)
    await led(by, applications.add_deviance, row.id, text="Korte møter hver uke")
    await led(
        by, applications.add_benefit, row.id, title="Flere i jobb", beneficiaries=("citizen",), goal="more_in_work"
    )
    await led("lillestrom.counsellor", applications.take_part, row.id, answer="yes")
    await led("lillestrom.leader", applications.endorse, row.id)
    return UUID(str(row.id))


async def ready_to_decide(led: Led, call_id: UUID, office: str = "lillestrom") -> UUID:
    """A recommendation that waits for its decision."""
    from app.decisions import service

    decision_id = await led.recommended(call_id, office)
    await led("decision_maker", service.declare_impartial, decision_id, impartial=True)
    return decision_id


async def ready_to_release(led: Led, call_id: UUID) -> UUID:
    """A decision whose letter waits."""
    return await led.decided(call_id)


ACTS = [
    Act("submit", "lillestrom.coordinator", "outbox", ready_to_submit, "/applications/{id}/submit", {}, 303),
    Act(
        "decide", "decision_maker", "letters", ready_to_decide, "/decisions/{id}/decide",
        {"checks": ["authority", "cover", "prudence"]}, 409,
    ),
    Act("release", "case_handler", "outbox", ready_to_release, "/decisions/{id}/release", {}, 409),
]  # fmt: skip


async def picture(installed: Installation, row_id: UUID) -> dict[str, Any]:
    """All that one of the acts leaves behind it in its case."""
    async with installed.database.reading() as uow:
        session = uow.session
        decision = await session.get(Decision, row_id)
        case_id = decision.case_id if decision else row_id
        found: dict[str, Any] = {
            "application": (await session.get_one(Application, case_id)).state,
            "decision": decision and decision.state,
        }
        for name, table, columns in (
            ("receipts", Receipt, (Receipt.number,)),
            ("events", Event, (Event.sequence, Event.subject, Event.verb)),
            ("notices", Notice, (Notice.code,)),
            ("letters", Letter, (Letter.kind, Letter.released_at.is_not(None))),
            ("commitments", Commitment, (Commitment.kind, Commitment.amount_ore, Commitment.hours)),
        ):
            rows = await session.execute(select(*columns).where(table.case_id == case_id))  # type: ignore[attr-defined]
            found[name] = sorted(tuple(row) for row in rows)
        return found


async def follows(installed: Installation) -> tuple[int, int]:
    """How many jobs and mails there are."""
    async with installed.database.reading() as uow:
        jobs = await uow.session.scalar(select(func.count()).select_from(OutboxRow))
        mails = await uow.session.scalar(select(func.count()).select_from(Mail))
        return jobs or 0, mails or 0


async def receipts(installed: Installation) -> list[tuple[Any, ...]]:
    """Every receipt, whole."""
    async with installed.database.reading() as uow:
        rows = await uow.session.execute(
            select(Receipt.id, Receipt.number, Receipt.received_at, Receipt.content_hash).order_by(Receipt.id)
        )
        return [tuple(row) for row in rows]


@dataclass
class Round:
    """The three acts, ready to be sent, with what there was before them."""

    sent: list[tuple[Act, UUID, dict[str, Any]]]
    pictures: list[dict[str, Any]]
    followed: tuple[int, int]


async def ready(installed: Installation) -> Round:
    """Three cases, each where one of the acts comes next, and what their pages' forms would send."""
    led = Led(installed.database, installed.world)
    sent = []
    for act in ACTS:
        row_id = await act.prepare(led, await open_call(installed))
        async with installed.database.reading() as uow:
            row = await uow.session.get(Decision, row_id) or await uow.session.get_one(Application, row_id)
            sent.append((act, row_id, {**act.fields, "version": row.version}))
    return Round(sent, [await picture(installed, row_id) for _, row_id, _ in sent], await follows(installed))


async def added(installed: Installation, before: Round) -> dict[str, Any]:
    """What has come since the round was made ready: the new states and the new rows."""
    found: dict[str, Any] = {}
    for (act, row_id, _), old in zip(before.sent, before.pictures, strict=True):
        new = await picture(installed, row_id)
        found[act.name] = {
            name: [each for each in value if each not in old[name]] if isinstance(value, list) else value
            for name, value in new.items()
        }
    jobs, mails = await follows(installed)
    return {**found, "jobs": jobs - before.followed[0], "mails": mails - before.followed[1]}


async def send(installed: Installation, web: Running, act: Act, row_id: UUID, fields: dict[str, Any]) -> int:
    """Send what the page's form sends; answers the status, 0 where the line broke."""
    async with installed.client(web, act.who) as client:
        try:
            return (await post(client, act.path.format(id=row_id), fields)).status_code
        except httpx.TransportError:
            return 0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def expected(installed: Installation, webs: Webs) -> dict[str, Any]:
    """What the acts leave when nothing is killed."""
    before = await ready(installed)
    for each in before.sent:
        assert await send(installed, await webs(), *each) == 303
    found = await added(installed, before)
    assert found["submit"]["receipts"] == [(1,)]
    assert ("application_receipt",) in found["submit"]["notices"]
    assert found["decide"]["commitments"] == [("final", 40_000_000, 60)]
    assert len(found["decide"]["letters"]) == 1
    assert found["release"]["notices"] == [("letter_released",), ("letter_released",)]
    assert found["jobs"] >= 3
    return found


@asynccontextmanager
async def holding(installed: Installation, *tables: str) -> AsyncIterator[AsyncEngine]:
    """While inside, whoever writes to the tables waits; answers other connections to look on with."""
    engine = create_async_engine(for_sqlalchemy(installed.url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE"))
            yield engine
            with suppress(DBAPIError, OSError):  # the database may have been killed meanwhile
                await connection.rollback()
    finally:
        await engine.dispose()


async def waiting(engine: AsyncEngine) -> int:
    """How many wait to write to a table."""
    async with engine.connect() as connection:
        statement = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'"
        return await connection.scalar(text(statement)) or 0


async def nobody_is_left(installed: Installation) -> None:
    """Wait until the database has noticed that those who were killed are gone."""

    async def none() -> bool:
        async with installed.database.reading() as uow:
            found = await uow.session.scalar(
                text("SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid()"
                     " AND backend_type = 'client backend'")
            )  # fmt: skip
            return not found

    await until(none)


async def kill(installed: Installation, web: Running, victim: str) -> None:
    """Kill one of the two."""
    if victim == "web":
        web.kill()
    else:
        await installed.kill_postgres()


async def start_again(installed: Installation, webs: Webs, victim: str) -> Running:
    """Start anew what was killed; where it was the database, the web goes on as it is."""
    if victim == "postgres":
        await installed.start_postgres()
    return await webs()


SEEN = {"web": 0, "postgres": 503}
"""What the senders see: a broken line, or a page that asks them to try again."""


@pytest.mark.parametrize("victim", ["web", "postgres"])
async def test_killed_before_the_commit(
    installed: Installation, webs: Webs, expected: dict[str, Any], victim: str
) -> None:
    before = await ready(installed)
    web = await webs()
    async with holding(installed, *{act.last_table for act in ACTS}) as engine:
        posting = [asyncio.create_task(send(installed, web, *each)) for each in before.sent]

        async def all_wait() -> bool:
            return await waiting(engine) == len(ACTS)

        await until(all_wait)
        await kill(installed, web, victim)
        assert await asyncio.gather(*posting) == [SEEN[victim]] * len(ACTS)
    web = await start_again(installed, webs, victim)
    await nobody_is_left(installed)
    assert [await picture(installed, row_id) for _, row_id, _ in before.sent] == before.pictures, (
        "nothing, not half of it"
    )
    assert await follows(installed) == before.followed
    assert [await send(installed, web, *each) for each in before.sent] == [303] * len(ACTS)
    assert await added(installed, before) == expected


@pytest.mark.parametrize("victim", ["web", "postgres"])
async def test_killed_between_the_commit_and_the_answer(
    installed: Installation, webs: Webs, expected: dict[str, Any], victim: str
) -> None:
    before = await ready(installed)
    web = await webs()
    installed.wire.hold_commits()
    posting = [asyncio.create_task(send(installed, web, *each)) for each in before.sent]

    async def all_committed() -> bool:
        return installed.wire.committed == len(ACTS)

    await until(all_committed)
    assert not any(each.done() for each in posting)
    await kill(installed, web, victim)
    assert await asyncio.gather(*posting) == [SEEN[victim]] * len(ACTS)
    installed.wire.let_go()
    web = await start_again(installed, webs, victim)
    assert await added(installed, before) == expected, "all of it"
    kept = await receipts(installed)
    assert [await send(installed, web, *each) for each in before.sent] == [act.repeated for act in ACTS]
    assert await added(installed, before) == expected, "and not twice"
    assert await receipts(installed) == kept


async def test_every_chain_of_events_holds_after_all_that(installed: Installation) -> None:
    async with installed.database.reading() as uow:
        count, found = await faults(uow)
    assert count > 100
    assert found == []


async def undone(installed: Installation) -> int:
    """How many jobs are neither done nor dead."""
    async with installed.database.reading() as uow:
        return await uow.session.scalar(select(func.count()).where(OutboxRow.done_at.is_(None))) or 0


async def test_everything_killed_at_once_while_letters_are_told_of_by_mail(installed: Installation) -> None:
    led = Led(installed.database, installed.world)
    decision_id = await led.decided(await open_call(installed))
    async with mail_server() as server:
        server.open.clear()
        worker = installed.start("worker", SMTP_URL=server.url)
        await led("case_handler", release, decision_id)

        async def in_the_middle() -> bool:
            assert worker.process.poll() is None, worker.said()
            return server.begun > 0

        await until(in_the_middle, seconds=60)
        worker.kill()
        installed.broker.terminate()
        await installed.kill_postgres()
        server.open.set()
        worker = installed.start("worker", SMTP_URL=server.url)
        await installed.start_postgres()
        installed.broker.start()

        async def all_done() -> bool:
            assert worker.process.poll() is None, worker.said()
            return await undone(installed) == 0

        await until(all_done, seconds=90)
        assert await worker.stop() == 0
    async with installed.database.reading() as uow:
        mails = {mail.message_id: mail for mail in await uow.session.scalars(select(Mail))}
        dead = await uow.session.scalar(select(func.count()).where(OutboxRow.dead_at.is_not(None)))
    assert dead == 0
    assert all(mail.sent_at for mail in mails.values())
    assert {str(message["Message-ID"]) for message in server.taken} == set(mails), "each, though some may come twice"
    found = await picture(installed, decision_id)
    assert found["notices"].count(("letter_released",)) == 2
    assert found["letters"] == [("award", True)]
