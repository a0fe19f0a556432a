"""How often a field of a draft saves itself, beside the driver's own update of the same row behind the same server."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
from itertools import islice
from typing import Any
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.database import Database
from app.identity import service as identity
from benchmarks import seed
from benchmarks.load import NODE, Load, asked, cpu_seconds
from benchmarks.scheme import ROOT, scheme
from workflows.writing import seen_text

SAVE = "/applications/{}/autosave/save_answers"
UPDATE = "/bench/written/{}"
FIELD = "need"
TEXT = "Unge som venter på hjelp, trenger noen som har tid til å lytte før tiltak velges. " * 8
COLLEAGUES = """
with office as (select id, row_number() over (order by number) as n from units where number like 'B%'),
  person as (insert into people (id, name, email, title, language, is_demo)
    select gen_random_uuid(), 'Skriver ' || n, 'skriver' || n || '@example.org', '', 'nb', true from office
    returning id, email)
insert into unit_memberships (id, person_id, unit_id, role, valid_from)
select gen_random_uuid(), person.id, office.id, 'coordinator', now() - interval '1 day'
from person join office on person.email = 'skriver' || n || '@example.org'
"""
DRAFTS = """
select distinct on (m.person_id) m.person_id, a.id,
  coalesce((a.field_marks -> cast(:field as text) ->> 0)::int, 0), a.answers ->> :field
from unit_memberships m join case_units c on c.unit_id = m.unit_id join applications a on a.id = c.case_id
join people p on p.id = m.person_id where p.email like 'skriver%' and a.state = 'draft'
order by m.person_id, a.id limit :count
"""


class Draft(msgspec.Struct, frozen=True):
    """A draft with who writes in it, and how they have seen the field."""

    application_id: UUID
    session: str
    seen: str


async def fill(connection: AsyncConnection, drafts: int) -> None:
    """So many drafts over as many offices, each office with somebody who writes."""
    await seed.offices(connection, drafts)
    begun = (await connection.execute(text("select id from applications where state = 'draft'"))).scalar_one()
    await seed.copies(connection, begun, drafts, "d")
    await connection.execute(text(COLLEAGUES))


async def drafts_of(database: Database, count: int) -> list[Draft]:
    """So many of the drafts, each with its own writer signed in."""
    found = []
    async with database.unit_of_work() as uow:
        rows = await uow.session.execute(text(DRAFTS), {"field": FIELD, "count": count})
        for person_id, application_id, version, said in rows.all():
            session = await identity.start_session(uow, person_id)
            found.append(Draft(application_id, session, seen_text(FIELD, version, said)))
    return found


def signs(port: int, session: str) -> dict[str, str]:
    """The headers of somebody signed in who sends a form."""
    token = httpx.get(f"http://127.0.0.1:{port}/sign-in").cookies["csrf"]
    return {"cookie": f"session={session}; csrf={token}", "x-csrftoken": token}


def write(port: int, drafts: list[Draft], seconds: int, path: str = SAVE) -> dict[str, Any]:
    """Let each go on writing in their draft for so long; what autocannon tells of it. Raises where one is refused."""
    writers = [
        {"path": path.format(each.application_id), "field": FIELD, "text": TEXT, "seen": each.seen,
         "headers": signs(port, each.session)}
        for each in drafts
    ]  # fmt: skip
    told = {"url": f"http://127.0.0.1:{port}", "seconds": seconds, "writers": writers}
    command = [str(NODE), str(ROOT / "benchmarks" / "writers.js")]
    done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    if found["non2xx"] or found["errors"]:
        raise SystemExit(f"{path}: {found['non2xx']} refused, {found['errors']} failed")
    return found


def statements_of(port: int, draft: Draft) -> int:
    """How many statements saving a field once more asks the database."""
    answer = httpx.post(
        f"http://127.0.0.1:{port}" + SAVE.format(draft.application_id),
        data={FIELD: TEXT + "og en gang til", "seen": draft.seen}, headers=signs(port, draft.session),
    )  # fmt: skip
    if answer.status_code != 200:
        raise SystemExit(f"saving a field: {answer.status_code}")
    return int(answer.headers["x-statements"])


async def measure(load: Load, drafts: int) -> None:
    """Saving and the yardstick in turn, each time in drafts that nobody has been at, and the table of both."""
    found: dict[str, list[dict[str, Any]]] = {SAVE: [], UPDATE: []}
    used = dict.fromkeys(found, 0.0)
    async with scheme() as demo:
        async with demo.filling() as connection:
            await fill(connection, drafts)
        untouched = iter(await drafts_of(demo.database, drafts))
        with demo.serving() as (port, pid):
            write(port, list(islice(untouched, load.connections)), 1)
            for _ in range(load.rounds):
                for path, rounds in found.items():
                    before = cpu_seconds(pid)
                    rounds.append(write(port, list(islice(untouched, load.connections)), load.seconds, path))
                    used[path] += cpu_seconds(pid) - before
            asks = statements_of(port, next(untouched))
    print(f"{drafts} drafts, each connection in one of its own; {load}; {asks} statements to save a field.\n")
    tell(found, used)


def tell(found: dict[str, list[dict[str, Any]]], used: dict[str, float]) -> None:
    """Print both as Markdown."""
    rate = {path: statistics.median(each["requests"]["average"] for each in rounds) for path, rounds in found.items()}
    print("| what | saves/s | of the update alone | median ms | 97.5 % within ms | most ms | CPU ms |")
    print("|---|---|---|---|---|---|---|")
    for path, name in ((SAVE, "saving a field"), (UPDATE, "the driver's update alone")):
        told = found[path]
        middle, late = (statistics.median(each["latency"][key] for each in told) for key in ("p50", "p97_5"))
        most = max(each["latency"]["max"] for each in told)
        cpu = used[path] / sum(each["requests"]["total"] for each in told) * 1000
        print(
            f"| {name} | {rate[path]:.0f} | {rate[path] / rate[UPDATE]:.2f} | {middle:.0f} | {late:.0f} | {most:.0f} | "
            f"{cpu:.1f} |"
        )


def main() -> int:
    """Measure and print."""
    load, size = asked("autosave", __doc__, drafts=150)
    asyncio.run(measure(load, size.drafts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
