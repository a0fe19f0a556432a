"""The case handlers' list of a call with many applications, narrowed in every way, each beside its two yardsticks."""

from __future__ import annotations

import asyncio
import random
import sys
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks import seed
from benchmarks.load import Load, Measured, Page, all_measured, asked, counted, tell
from benchmarks.scheme import Scheme, scheme
from benchmarks.texts import Writer
from workflows.forms.application import THEMES

HANDLER = "second_case_handler"
SPREAD_OUT = """
with row as (select id, row_number() over (order by id) as n from applications where id <> :applied and call_id = :call_id
  and state = 'in_review')
update applications a set
  state = case when n % 200 = 0 then 'clarification_meeting' when n % 5 = 0 then 'submitted' when n % 7 = 0 then 'rejected'
    else 'in_review' end,
  handler_id = case when n % 100 = 0 then cast(:handler as uuid) when n % 2 = 0 then cast(:other as uuid) end,
  theme = (cast(:themes as text[]))[1 + n % cardinality(cast(:themes as text[]))]
from row where a.id = row.id
"""
"""What the copies are narrowed by: one in two hundred is in a meeting, one in a hundred with the handler asked for."""
PLACED = "update cases c set county_id = u.county_id from units u where u.id = c.unit_id and u.number like 'B%'"
NAMED = """
update cases set title = given.title from unnest(cast(:ids as uuid[]), cast(:titles as text[])) as given (id, title)
where cases.id = given.id
"""


async def fill(
    connection: AsyncConnection, applied: UUID, call_id: UUID, handlers: list[UUID], count: int
) -> list[str]:
    """So many applications of one call, each with a title of its own; answers the titles."""
    await seed.offices(connection, 300)
    await seed.copies(connection, applied, count, "l")
    await connection.execute(text(PLACED))
    named = {
        "applied": applied,
        "call_id": call_id,
        "handler": handlers[0],
        "other": handlers[1],
        "themes": list(THEMES),
    }
    await connection.execute(text(SPREAD_OUT), named)
    copies = "select id from applications where call_id = :call_id and id <> :applied order by id"
    ids = (await connection.execute(text(copies), {"applied": applied, "call_id": call_id})).scalars().all()
    writer = Writer(random.Random(5))
    titles = [" ".join(writer.text(14)).capitalize() for _ in ids]
    await connection.execute(text(NAMED), {"ids": list(ids), "titles": titles})
    return titles


def pages_of(call_id: UUID, county: UUID, handler: UUID, halfway: UUID, title: str, session: str) -> list[Page]:
    """The list as it is asked for: narrowed by one thing, by words that many, few and none have, and by all at once."""
    common, rare = "samarbeid", title.split()[-1]
    queries = {
        "all of the call": "", "from half-way on": f"after={halfway}", "state": "state=clarification_meeting",
        "county": f"county={county}", "theme": "theme=other", "handler": f"handler={handler}",
        "words that many have": f"q={quote(common)}", "words that few have": f"q={quote(title[:40])}",
        "an office's name": "q=Benk+123", "words that none has": "q=finnes+ikke",
        "all at once": f"state=in_review&county={county}&theme=other&handler=nobody&q={quote(rare)}",
    }  # fmt: skip
    path = f"/calls/{call_id}/applications"
    return [Page(name, f"{path}?{query}" if query else path, session) for name, query in queries.items()]


async def measure(load: Load, count: int) -> list[Measured]:
    """The list with the demo's own applications, and with many more."""
    async with scheme() as demo:
        session = await demo.session_of("case_handler")
        handlers = [demo.world.people[who].id for who in (HANDLER, "case_handler")]
        applied, call_id = await _applied(demo)
        with demo.serving() as (port, _):
            few = counted(port, pages_of(call_id, call_id, handlers[0], applied, "få ord", session))
        async with demo.filling() as connection:
            titles = await fill(connection, applied, call_id, handlers, count)
            ids = "select id from applications where call_id = :call_id order by id offset :half limit 1"
            halfway = (await connection.execute(text(ids), {"call_id": call_id, "half": count // 2})).scalar_one()
            there = "select county_id from cases where id = :id"
            county = (await connection.execute(text(there), {"id": halfway})).scalar_one()
        pages = pages_of(call_id, county, handlers[0], halfway, titles[count // 3], session)
        with demo.serving() as (port, pid):
            return all_measured(pages, port, pid, load, few)


async def _applied(demo: Scheme) -> tuple[UUID, UUID]:
    """The demo's application that is under review, with its call."""
    async with demo.database.engine.connect() as connection:
        found = await connection.execute(text("select id, call_id from applications where state = 'in_review'"))
        case_id, call_id = found.one()
        return case_id, call_id


def main() -> int:
    """Measure and print; 1 where the page's statements grow with the rows."""
    load, size = asked("listing", __doc__, applications=20_000, seconds=2)
    return tell(asyncio.run(measure(load, size.applications)), f"{size.applications} applications of one call", load)


if __name__ == "__main__":
    sys.exit(main())
