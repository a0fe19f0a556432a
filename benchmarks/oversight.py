"""The resource group's view of many running projects, narrowed in every way, each beside its two yardsticks."""

from __future__ import annotations

import asyncio
import sys
import time

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.oversight.queries import all_overseen
from app.projects import oversight
from benchmarks import seed
from benchmarks.load import Load, Measured, Page, all_measured, asked, counted, tell
from benchmarks.scheme import Scheme, scheme

SPREAD_OUT = """
with row as (select case_id, row_number() over (order by case_id) as n from overseen_projects)
update overseen_projects o set
  signs = jsonb_strip_nulls(jsonb_build_object(
    'no_facilitator', case when n % 17 = 0 then shows end, 'milestone_late', case when n % 3 = 0 then shows end,
    'step_late', case when n % 5 = 0 then shows end, 'no_contact', shows, 'no_plan', case when n % 7 = 0 then shows end,
    'clarification_missing', case when n % 4 = 0 then shows end, 'gate_near', case when n % 6 = 0 then shows end))
from row, lateral (select jsonb_build_object('from_on', current_date + (n * 7 % 90 - 60)::int, 'count', 1 + n % 3) as shows) s
where o.case_id = row.case_id
"""
"""Signs of all kinds, two thirds of which show by now."""


async def fill(connection: AsyncConnection, count: int) -> None:
    """So many running projects, copied from the demo's three."""
    await seed.offices(connection, 300)
    running = (await connection.execute(text("select case_id from overseen_projects order by case_id"))).scalars().all()
    for place, case_id in enumerate(running):
        await seed.copies(connection, case_id, count // len(running), f"o{place}")
    await connection.execute(text(SPREAD_OUT))


def pages_of(county: str, person: str, after: str, session: str) -> list[Page]:
    """The view as it is asked for."""
    queries = {
        "all projects": "", "from half-way on": f"after={after}", "a step": "step=implement_open",
        "a sign": "sign=milestone_late",
        "a county": f"county={county}", "a facilitator": f"facilitator={person}",
        "all at once": f"step=platform_close&sign=no_contact&county={county}&facilitator={person}",
    }  # fmt: skip
    return [Page(name, f"/oversight?{query}" if query else "/oversight", session) for name, query in queries.items()]


async def taken_anew(demo: Scheme) -> None:
    """Tell how long it takes to take rows anew, each with the statement that it rests on."""
    async with demo.database.unit_of_work() as uow:
        ids = (
            await uow.session.execute(text("select case_id from overseen_projects order by case_id limit 220"))
        ).scalars()
        first, rest = (found := list(ids))[:20], found[20:]
        for case_id in first:  # the statement is planned meanwhile
            await oversight.row_of(uow, case_id)
        used, passed = time.process_time(), time.monotonic()
        for case_id in rest:
            await oversight.row_of(uow, case_id)
        used, passed = time.process_time() - used, time.monotonic() - passed
    each = len(rest)
    print(
        f"A row taken anew: {passed / each * 1000:.1f} ms, {used / each * 1000:.1f} ms of them our own processor time.\n"
    )


async def measure(load: Load, count: int) -> list[Measured]:
    """The view with the demo's own projects, and with many more."""
    async with scheme() as demo:
        session = await demo.session_of("case_handler")
        person = str(demo.world.people["facilitator_one"].id)
        county = str(demo.world.units["lillestrom"].county_id)
        with demo.serving() as (port, _):
            few = counted(port, pages_of(county, person, "1_2026-01-01_" + "0" * 32, session))
        async with demo.filling() as connection:
            await fill(connection, count)
        async with demo.database.reading() as uow:
            actor = await demo.world.actor(uow, "case_handler")
            halfway = (await all_overseen(uow, actor))[count // 2].place
        await taken_anew(demo)
        with demo.serving() as (port, pid):
            return all_measured(pages_of(county, person, str(halfway), session), port, pid, load, few)


def main() -> int:
    """Measure and print; 1 where the page's statements grow with the rows."""
    load, size = asked("oversight", __doc__, projects=2_000)
    return tell(asyncio.run(measure(load, size.projects)), f"{size.projects} running projects", load)


if __name__ == "__main__":
    sys.exit(main())
