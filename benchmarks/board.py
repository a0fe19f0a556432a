"""The decision board of a call with many applications, beside its two yardsticks."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks import seed
from benchmarks.load import Load, Measured, Page, all_measured, asked, counted, tell
from benchmarks.scheme import Scheme, scheme
from workflows.forms.application import THEMES

FEW = 5
TO_THE_BOARD = """
with met as (
  update applications a set state = 'clarification_meeting', reference = :salt || a.reference, hours = 20 + row.n % 60,
    amount_ore = 10000000 + 1000000 * (row.n % 50),
    theme = (cast(:themes as text[]))[1 + row.n % cardinality(cast(:themes as text[]))]
  from (select id as case_id, row_number() over (order by id) as n from applications
        where call_id = :call_id and state = 'in_review' and id <> :case_id) row
  where a.id = row.case_id returning a.id, a.call_id, a.amount_ore, a.hours, row.n
), named as (update cases set reference = :salt || reference where id in (select id from met))
insert into decisions (id, state, version, case_id, call_id, outcome, amount_ore, hours, reasons, conditions,
  funding_instrument, checks, deviation_why)
select gen_random_uuid(), 'pending', 1, id, call_id, (array['awarded', 'provisionally_awarded', null])[1 + n % 3],
  amount_ore, hours, 'Et reelt behov.', '', 'budget_allocation', '{}', '' from met
"""
"""Each copy has its reviews, its own sum and theme, and a decision that is being prepared, two of three with an outcome."""
WIDENED = """
update calls set frame_ore = 17000000 * cast(:count as bigint), facilitation_hours = 30 * cast(:count as integer)
where id = :call_id
"""
"""Room for about half of them, so that the line comes in the middle."""


async def fill(connection: AsyncConnection, call_id: UUID, case_id: UUID, count: int, salt: str) -> None:
    """So many more applications on the board."""
    await seed.copies(connection, case_id, count, salt)
    named = {"call_id": call_id, "case_id": case_id, "salt": salt, "themes": list(THEMES)}
    await connection.execute(text(TO_THE_BOARD), named)
    await connection.execute(text(WIDENED), {"call_id": call_id, "count": count})


async def applied_in(demo: Scheme) -> tuple[UUID, UUID]:
    """The call of the demo's application that is under review, and its case."""
    async with demo.database.engine.connect() as connection:
        found = await connection.execute(text("select call_id, id from applications where state = 'in_review'"))
        call_id, case_id = found.one()
        return call_id, case_id


async def measure(load: Load, offices: int, applications: int) -> list[Measured]:
    """The board as who ranks sees it, first with few applications and then with many."""
    async with scheme() as demo:
        call_id, case_id = await applied_in(demo)
        sessions = {who: await demo.session_of(who) for who in ("case_handler", "decision_maker")}
        pages = [Page(f"board, {who}", f"/decisions?call={call_id}", session) for who, session in sessions.items()]
        async with demo.filling() as connection:
            await seed.offices(connection, offices)
            await fill(connection, call_id, case_id, FEW, "few")
        with demo.serving() as (port, _):
            few = counted(port, pages)
        async with demo.filling() as connection:
            await fill(connection, call_id, case_id, applications - FEW, "many")
        with demo.serving() as (port, pid):
            return all_measured(pages, port, pid, load, few)


def main() -> int:
    """Measure and print; 1 where the page's statements grow with the rows."""
    load, size = asked("board", __doc__, offices=300, applications=500)
    found = asyncio.run(measure(load, size.offices, size.applications))
    return tell(found, f"{size.applications} applications of one call on the board", load)


if __name__ == "__main__":
    sys.exit(main())
