"""The pages of a project with a full life behind it, each beside its two yardsticks."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.projects.jobs import keep_oversight
from app.projects.models import Project
from benchmarks.load import Load, Measured, Page, all_measured, asked, counted, tell
from benchmarks.scheme import Scheme, scheme

WHO = "lillestrom.coordinator"

ACTIVITIES = """
insert into insight_activities (id, case_id, written_by, written_at, method, party, held_on, participants, units, about)
select gen_random_uuid(), :case_id, :person_id, now(), 'workshop', (array['employee', 'user', 'partner'])[1 + k % 3],
  current_date - k, 3 + k % 9, 'Nav-kontor ' || k, 'Samtale nummer ' || k || ' om det første møtet'
from generate_series(1, 300) k
"""
INSIGHTS = """
insert into insights (id, case_id, written_by, written_at, activity_id, kind, text)
select gen_random_uuid(), :case_id, :person_id, now(), a.id,
  (array['need', 'challenge', 'expectation', 'dilemma'])[1 + a.n % 4],
  'Det som ble sagt i samtale nummer ' || a.n
from (select id, row_number() over (order by id)::int n from insight_activities where case_id = :case_id) a where a.n <= 100
"""
FINDINGS = """
insert into findings (id, case_id, written_by, written_at, text, insight_ids, status)
select gen_random_uuid(), :case_id, :person_id, now(), 'Hovedfunn nummer ' || k, array(
  select id from (select id, row_number() over (order by id) n from insights where case_id = :case_id) i
  where i.n % 20 = k % 20
), 'validated' from generate_series(1, 20) k
"""
CONCEPTS = """
insert into concepts (id, case_id, written_by, written_at, title, description, kinds, finding_ids, idea_ids, chosen,
  why_chosen, no_consequence_why)
select gen_random_uuid(), :case_id, :person_id, now(), 'Konsept nummer ' || k, 'Slik gjør vi det', array['service'], array(
  select id from (select id, row_number() over (order by id) n from findings where case_id = :case_id) f where f.n % 8 = k % 8
), array[]::uuid[], true, 'Svarer på funnene', '' from generate_series(1, 8) k
"""
CHANGES = """
insert into changes (id, case_id, written_by, written_at, concept_id, title)
select gen_random_uuid(), :case_id, :person_id, now(), c.id, 'Endring av ' || c.title from concepts c
where c.case_id = :case_id
"""
BENEFITS = """
insert into benefits
select (jsonb_populate_record(there.b, jsonb_build_object('id', gen_random_uuid(), 'title', 'Gevinst nummer ' || k,
  'expected_key', null,
  'change_id', (select id from changes where case_id = :case_id order by id offset k % 8 limit 1)))).*
from generate_series(1, 40) k, (select benefits b from benefits where case_id = :case_id limit 1) there
"""
EVENTS = """
insert into events (case_id, sequence, at, actor_id, actor_name, subject, subject_id, verb, why, changes, previous_hash, hash)
select :case_id, c.event_count + k, now(), :person_id, 'Mona', 'project', :case_id,
  case when k % 20 = 0 then 'plan_step' else 'add_insight' end, 'Ny kunnskap', case when k % 20 = 0 then
  '{"step": "platform_open", "from": "2026-05-01", "to": "2026-06-20"}'::jsonb else '{"text": "Det som ble sagt"}'::jsonb end,
  c.event_hash, c.event_hash from generate_series(1, 2000) k, cases c where c.id = :case_id
"""
"""A chain that is no chain: nobody verifies it here."""


async def fill(connection: AsyncConnection, case_id: UUID, person_id: UUID, size: int) -> None:
    """A full life, so many times over, for one project."""
    for _ in range(size):
        for statement in (ACTIVITIES, INSIGHTS, FINDINGS, CONCEPTS, CHANGES, BENEFITS, EVENTS):
            await connection.execute(text(statement), {"case_id": case_id, "person_id": person_id})
            if statement is EVENTS:
                count = "update cases set event_count = event_count + 2000 where id = :case_id"
                await connection.execute(text(count), {"case_id": case_id})


async def project_of(demo: Scheme) -> UUID:
    """A project that runs."""
    async with demo.database.reading() as uow:
        found = await uow.session.scalar(select(Project.id).where(Project.state == "implement_open"))
    assert found is not None
    return found


def pages_of(case_id: UUID, session: str) -> list[Page]:
    """The project's own pages."""
    parts = {
        "project": "", "plan": "/plan", "statement": "/statement", "trace": "/trace", "activities": "/activities",
        "concepts": "/concepts", "benefits": "/benefits",
    }  # fmt: skip
    return [Page(name, f"/projects/{case_id}{part}", session) for name, part in parts.items()]


async def measure(load: Load, size: int) -> list[Measured]:
    """The pages with what the demo has, and with a full life."""
    async with scheme() as demo:
        case_id = await project_of(demo)
        pages = pages_of(case_id, await demo.session_of(WHO))
        with demo.serving() as (port, _):
            few = counted(port, pages)
        async with demo.filling() as connection:
            await fill(connection, case_id, demo.world.people[WHO].id, size)
        await keep_oversight(demo.database.unit_of_work)
        with demo.serving() as (port, pid):
            return all_measured(pages, port, pid, load, few)


def main() -> int:
    """Measure and print; 1 where a page's statements grow with its rows."""
    load, size = asked("diamonds", __doc__, lives=1)
    found = asyncio.run(measure(load, size.lives))
    return tell(found, f"300 activities, 100 insights, 40 benefits and 2,000 events, {size.lives} times", load)


if __name__ == "__main__":
    sys.exit(main())
