"""A calendar feed with much in it, beside its yardsticks: the same entries written out from memory, and as many bytes."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.calendars import service
from app.projects.models import Project
from benchmarks.load import Load, Measured, Page, all_measured, asked, counted, tell
from benchmarks.scheme import Scheme, scheme

WHO = "lillestrom.coordinator"

WEEKLY = """
insert into weekly_meetings (id, case_id, title, first_on, last_on, begins, lasts_minutes, place, link, skipped, sequence,
  changed_at, made_by, called_off_why)
select gen_random_uuid(), :case_id, 'Teammøte ' || k, current_date + k % 30, current_date + 200, time '09:00', 30,
  'Møterom ' || k, '', array[]::date[], 0, now(), :person_id, ''
from generate_series(1, :count) k
"""
MEASUREMENTS = """
insert into measurements (id, state, version, case_id, benefit_id, indicator_id, kind, due_on, counterfactual_basis, evidence,
  evidence_link, deviation, returned_why, written_off_why, planned_at)
select gen_random_uuid(), 'planned', 1, m.case_id, m.benefit_id, m.indicator_id, 'first', current_date + k, '', '', '', '',
  '', '', now()
from generate_series(1, :count) k, (select * from measurements where case_id = :case_id limit 1) m
"""
"""What a project of many benefits has ahead: half of the entries come back every week, half stand on a day."""


async def fill(connection: AsyncConnection, case_id: UUID, person_id: UUID, entries: int) -> None:
    """So many more entries in the calendar of one project's coordinator."""
    await connection.execute(text(WEEKLY), {"case_id": case_id, "person_id": person_id, "count": entries // 2})
    await connection.execute(text(MEASUREMENTS), {"case_id": case_id, "count": entries - entries // 2})


async def feeds_of(demo: Scheme) -> tuple[UUID, list[Page]]:
    """A running project, and the two addresses that its coordinator subscribes to; neither needs a session."""
    async with demo.database.unit_of_work() as uow:
        case_id = await uow.session.scalar(select(Project.id).where(Project.state == "implement_open"))
        assert case_id is not None
        actor = await demo.world.actor(uow, WHO)
        own = await service.make_feed(uow, actor)
        of_project = await service.make_feed(uow, actor, case_id=case_id)
    named = (("own feed", own), ("project's feed", of_project))
    pages = [Page(name, f"/calendars/{secret}.ics", "") for name, secret in named]
    return case_id, pages


async def measure(load: Load, entries: int) -> list[Measured]:
    """Both feeds, first with what the demo has and then with many entries."""
    async with scheme() as demo:
        case_id, pages = await feeds_of(demo)
        with demo.serving() as (port, _):
            few = counted(port, pages)
        async with demo.filling() as connection:
            await fill(connection, case_id, demo.world.people[WHO].id, entries)
        with demo.serving() as (port, pid):
            return all_measured(pages, port, pid, load, few)


def main() -> int:
    """Measure and print; 1 where a feed's statements grow with its entries."""
    load, size = asked("calendar", __doc__, entries=300)
    found = asyncio.run(measure(load, size.entries))
    return tell(found, f"{size.entries} entries in one calendar", load)


if __name__ == "__main__":
    sys.exit(main())
