"""A call that is changed takes its drafts along; what has been sent stays as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.applications.jobs import JOBS
from app.applications.models import Application
from app.audit.models import Event
from app.calls import service as calls
from app.core.database import Database
from app.demo.cast import World
from app.notices.models import Notice
from app.outbox.models import OutboxRow
from tests.applications.drafts import begin, send
from tests.calls_under_way import DURING, Acting, publish_call


async def carry_out(database: Database, kind: str) -> int:
    """Do the jobs of a kind that wait; answers how many there were."""
    async with database.unit_of_work(now=DURING) as uow:
        payloads: list[Mapping[str, Any]] = list(
            await uow.session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == kind))
        )
        for payload in payloads:
            await JOBS[kind](uow, payload)
    return len(payloads)


async def test_drafts_go_over_to_the_new_rules_and_are_told_once(database: Database, world: World) -> None:
    act = Acting(database, world)
    call_id = await publish_call(act)
    draft = await begin(act, call_id)
    sent = await send(act, call_id, "grunerlokka")
    await act(
        "case_handler", calls.write_rules, call_id, why="Flere rekker det", deadlines_completion_days=20, at=DURING
    )
    assert await carry_out(database, "follow_call") == 1
    assert await carry_out(database, "follow_call_in_draft") == 1, "the one that is sent stays as it was sent"
    await carry_out(database, "follow_call_in_draft")
    async with database.reading() as uow:
        days = {
            row.id: row.rules["deadlines"]["completion_days"] for row in await uow.session.scalars(select(Application))
        }
        events = list(
            await uow.session.execute(
                select(Event.case_id, Event.why, Event.changes).where(Event.verb == "follow_call")
            )
        )
        notices = list(await uow.session.scalars(select(Notice.parameters).where(Notice.code == "call_changed")))
    assert days == {draft: 20, sent: 14}
    assert [tuple(each) for each in events] == [(draft, "Flere rekker det", {"deadlines.completion_days": 20})]
    assert notices[0] == {"title": "Innovasjon nb", "why": "Flere rekker det"}
