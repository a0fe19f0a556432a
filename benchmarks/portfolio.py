"""The portfolio of many projects, today and two years back, its proof, and what confirming a measurement costs."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import duckdb
import httpx
import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.benefits import service
from app.core.clock import day_in_oslo, utc_now
from app.identity.queries import actor_of_person
from app.portfolio import keeping
from app.portfolio.cut import Cut
from app.portfolio.overview import laid_out
from app.portfolio.packed import NOTHING, Adding, Figures, pack, pack_counted, unpack
from benchmarks import seed
from benchmarks.load import Load, Page, all_measured, asked, counted, tell
from benchmarks.scheme import ROOT, Scheme, scheme

MORE_BENEFITS = """
create temporary table more on commit drop as
  select b.id as old_id, md5(b.id::text || k)::uuid as new_id, k
  from benefits b, generate_series(1, :more) k where b.case_id = :case_id;
insert into benefits select (jsonb_populate_record(b, jsonb_build_object('id', m.new_id, 'expected_key', null))).*
  from benefits b join more m on m.old_id = b.id;
insert into indicators select (jsonb_populate_record(i, jsonb_build_object(
    'id', md5(i.id::text || m.k), 'benefit_id', m.new_id, 'key', i.key || m.k))).*
  from indicators i join more m on m.old_id = i.benefit_id;
insert into baselines select (jsonb_populate_record(b, jsonb_build_object(
    'id', md5(b.id::text || m.k), 'indicator_id', md5(i.id::text || m.k)))).*
  from baselines b join indicators i on i.id = b.indicator_id join more m on m.old_id = i.benefit_id;
insert into targets select (jsonb_populate_record(t, jsonb_build_object(
    'id', md5(t.id::text || m.k), 'indicator_id', md5(i.id::text || m.k)))).*
  from targets t join indicators i on i.id = t.indicator_id join more m on m.old_id = i.benefit_id;
insert into benefit_nodes select (jsonb_populate_record(n, jsonb_build_object(
    'id', md5(n.id::text || m.k), 'benefit_id', m.new_id))).*
  from benefit_nodes n join more m on m.old_id = n.benefit_id;
insert into benefit_edges select (jsonb_populate_record(e, jsonb_build_object(
    'id', md5(e.id::text || m.k), 'from_id', md5(n.id::text || m.k)))).*
  from benefit_edges e join benefit_nodes n on n.id = e.from_id join more m on m.old_id = n.benefit_id;
drop table more;
"""
"""As many benefits again, each with indicator, baseline, target and its way to a goal."""

MEASURED = """
insert into measurements (id, version, state, case_id, benefit_id, indicator_id, kind, due_on, value, measured_on,
    observations, counterfactual_basis, confidence, evidence, evidence_link, deviation, reported_by, reported_at,
    confirmed_by, confirmed_at, returned_why, written_off_why, planned_at)
select md5(i.id::text || 'm' || k)::uuid, 3, 'confirmed', i.case_id, i.benefit_id, i.id, 'first', d::date,
    3 + (k % 7) / 10.0, d::date, 20 + k, '', (array['A', 'B', 'C', 'D'])[1 + k % 4], 'Benk', '', '', :person, d, :person,
    d + interval '1 hour', '', '', d
from indicators i, generate_series(1, :each) k,
  lateral (select cast(:today as timestamptz) - k * :days * interval '1 day' as d) s
where i.case_id = :case_id
"""


async def enriched(demo: Scheme, connection: AsyncConnection, case_id: UUID, more: int, each: int) -> None:
    """One of the demo's projects with so many times its benefits, and so many measurements of every indicator."""
    for statement in filter(str.strip, MORE_BENEFITS.split(";\n")):
        await connection.execute(text(statement), {"case_id": case_id, "more": more} if ":" in statement else {})
    person, today = demo.world.people["method_owner"].id, utc_now()
    asked_for = {"case_id": case_id, "each": each, "person": person, "today": today, "days": 1_100 // each}
    await connection.execute(text(MEASURED), asked_for)


async def rows_of(demo: Scheme, case_id: UUID, each: int) -> None:
    """The rows of a project as it stood on the day of each of its measurements, and as it stands."""
    async with demo.database.unit_of_work() as uow:
        await uow.session.execute(text("delete from portfolio_rows where case_id = :case_id"), {"case_id": case_id})
        today = day_in_oslo(uow.now)
        for number in range(each, 0, -1):
            day = today - timedelta(days=number * (1_100 // each) - 1)
            await keeping.keep(uow, [case_id], day)
        await keeping.keep(uow, [case_id])


async def folded(demo: Scheme) -> None:
    """Every row taken into the totals."""
    while True:
        async with demo.database.unit_of_work() as uow:
            if not await keeping.fold(uow):
                return


async def enrich(demo: Scheme, more: int, each: int) -> list[UUID]:
    """The demo's projects with benefits that can be measured, each with so many benefits more; which they are."""
    async with demo.database.reading() as uow:
        found = await uow.session.execute(
            text(
                "select b.case_id, count(*) from benefits b join indicators i on i.benefit_id = b.id "
                "where b.is_end_benefit and not b.is_practice group by b.case_id order by b.case_id limit 3"
            )
        )
        sources = [(case_id, count) for case_id, count in found]
    async with demo.filling() as connection:
        await seed.offices(connection, 300)
        for case_id, count in sources:
            await enriched(demo, connection, case_id, max(0, -(-more // count) - 1), each)
    for case_id, _ in sources:
        await rows_of(demo, case_id, each)
    async with demo.database.unit_of_work() as uow:
        await uow.session.execute(text("delete from portfolio_totals"))
        await uow.session.execute(text("update portfolio_rows set begun = false, ended = false"))
    return [case_id for case_id, _ in sources]


async def fill(demo: Scheme, sources: list[UUID], projects: int, salt: str) -> tuple[int, int]:
    """So many projects more, copied from those; how many benefits and measurements there are then."""
    await folded(demo)
    async with demo.filling() as connection:
        copies = projects // len(sources)
        async with seed.without_indexes(connection, "portfolio_rows", "measurements"):
            for place, case_id in enumerate(sources):
                await seed.copies(connection, case_id, copies, f"{salt}{place}")
        await many_times(connection, copies, sources)
        answer = await connection.execute(
            text("select (select count(*) from benefits), (select count(*) from measurements)")
        )
        benefits, measurements = answer.one()
        return benefits, measurements


async def many_times(connection: AsyncConnection, copies: int, sources: list[UUID]) -> None:
    """The totals of so many copies: what the copied projects came to, so many times over, added to what there was."""
    rows = (
        await connection.execute(
            text("select * from portfolio_rows where case_id = any(:ids) order by from_on"), {"ids": sources}
        )
    ).all()
    changes: dict[tuple[str, str, date], Adding] = {}
    for row in rows:
        for on, times in ((row.from_on, copies), (row.to_on, -copies)):
            for (dimension, key), own in keeping.shares(row, unpack(row.figures, row.counted)) if on else ():
                changes.setdefault((dimension, key, on), Adding()).add(own, times)
    kept = await connection.execute(text('select * from portfolio_totals order by "on"'))
    for total in kept:  # what the sources themselves come to, as a change of each day
        changes.setdefault((total.dimension, total.key, total.on), Adding())
    before = {
        (row.dimension, row.key, row.on): unpack(row.figures, row.counted)
        for row in (await connection.execute(text("select * from portfolio_totals")))
    }
    running: dict[tuple[str, str], Adding] = {}
    standing: dict[tuple[str, str], Figures] = {}
    for (dimension, key, on), change in sorted(changes.items(), key=lambda item: item[0][2]):
        place = (dimension, key)
        running.setdefault(place, Adding()).add(change.done())
        standing[place] = before.get((dimension, key, on), standing.get(place, NOTHING))
        whole = running[place].done() + standing[place]
        await connection.execute(
            text(
                'insert into portfolio_totals (dimension, key, "on", figures, counted) '
                "values (:dimension, :key, :on, :figures, :counted) "
                'on conflict (dimension, key, "on") do update set figures = excluded.figures, counted = excluded.counted'
            ),
            {
                "dimension": dimension,
                "key": key,
                "on": on,
                "figures": pack(whole),
                "counted": pack_counted(whole.on_from(on)),
            },
        )


async def confirming(demo: Scheme, times: int = 30) -> float:
    """What a quarter of the times it takes at most to confirm a reported measurement, in milliseconds of the clock."""
    async with demo.database.reading() as uow:
        indicator, coordinator = (
            await uow.session.execute(
                text(
                    "select i.id, r.person_id from indicators i join benefits b on b.id = i.benefit_id "
                    "join projects p on p.id = b.case_id and p.state = 'closed' "
                    "join case_roles r on r.case_id = p.id and r.role = 'coordinator' "
                    "where not b.is_practice order by i.id limit 1"
                )
            )
        ).one()
    took = []
    for number in range(times):
        async with demo.database.unit_of_work() as uow:
            by = await actor_of_person(uow, coordinator)
            row = await service.plan_measurement(uow, by, indicator_id=indicator, due_on=day_in_oslo(uow.now))
            await service.report(
                uow, by, row.id, value=Decimal(3) + Decimal(number) / 10, measured_on=day_in_oslo(uow.now), confidence="B",
                evidence="Benk", observations=40, deviation="Benk",
            )  # fmt: skip
        async with demo.database.unit_of_work() as uow:
            by = await demo.world.actor(uow, "case_handler")
            began = time.monotonic()
            await service.confirm(uow, by, row.id)
        took.append((time.monotonic() - began) * 1000)
    return statistics.quantiles(took[5:], n=4)[0]


class Proof(msgspec.Struct, frozen=True):
    """How the command that proves the tables ended."""

    code: int
    said: str
    seconds: float
    megabytes: int


MEASURED_ALONE = """
import os, subprocess, sys
_, status, used = os.wait4(subprocess.Popen(sys.argv[1:]).pid, 0)
print(used.ru_maxrss // 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Runs a command and tells, last, its memory at its peak; a process is born with the peak of the one that starts it."""


def proof(demo: Scheme) -> Proof:
    """Run `drivkraft portfolio verify` beside; its memory is what it had at its peak."""
    environment = {
        **os.environ, "DATABASE_URL": demo.postgres_url, "REDIS_URL": demo.redis_url, "LOG_LEVEL": "WARNING",
        "DRIVKRAFT_VAR": str(demo.folder / "var"), "DRIVKRAFT_DEMO": "1", "DRIVKRAFT_SECRET": "0123456789abcdef" * 2,
    }  # fmt: skip
    began = time.monotonic()
    command = [sys.executable, "-m", "app.cli", "portfolio", "verify"]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED_ALONE, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    *lines, megabytes = done.stdout.splitlines()
    return Proof(done.returncode, lines[-1] if lines else "", time.monotonic() - began, int(megabytes))


async def tampered(demo: Scheme) -> Proof:
    """The proof while one row says what its sources do not; it is put right afterwards."""
    row = "(select id from portfolio_rows where to_on is null and benefit_id is null order by id limit 1)"
    async with demo.database.unit_of_work() as uow:
        was = await uow.session.scalar(text(f"select step from portfolio_rows where id = {row}"))
        await uow.session.execute(text(f"update portfolio_rows set step = 'nowhere' where id = {row}"))
    found = proof(demo)
    async with demo.database.unit_of_work() as uow:
        await uow.session.execute(text(f"update portfolio_rows set step = :was where id = {row}"), {"was": was})
    return found


EXPORTED = {
    "lines": """
select i.id as indicator_id, coalesce((f.b->>'sign')::int, b.sign) as sign, i.direction,
  coalesce((f.b->>'periods_per_year')::int, b.periods_per_year) as periods,
  case when f.b is null then b.unit_value_ore else (f.b->>'unit_value_ore')::bigint end as unit_value_ore,
  case when f.b is null then b.price_year else (f.b->>'price_year')::int end as price_year,
  (select (value * 1000000)::bigint from baselines
    where indicator_id = i.id order by recorded_at desc, id desc limit 1) as baseline,
  (select (value * 1000000)::bigint from targets
    where indicator_id = i.id and plan_id = p.id order by due_on desc limit 1) as target,
  coalesce((select (share * 1000000)::bigint from attribution_shares s join outcome_pools o on o.id = s.pool_id
    where s.benefit_id = b.id and o.indicator_key = i.key and s.ended_at is null
    order by o.period desc limit 1), 1000000) as share
from indicators i join benefits b on b.id = i.benefit_id
left join lateral (select id, snapshot from benefit_plans where case_id = b.case_id and approved_at is not null
  order by number desc limit 1) p on true
cross join lateral (select p.snapshot->'benefits'->(b.id::text) as b) f
where i.removed_at is null and not b.is_practice and coalesce((f.b->>'is_end_benefit')::boolean, b.is_end_benefit)
""",
    "measurements": """
select id, indicator_id, corrects_id, measured_on, (value * 1000000)::bigint as value,
  (counterfactual * 1000000)::bigint as counterfactual, confidence
from measurements where confirmed_at is not null
""",
}
"""What kroner a year are made of, exported as it stands: whole numbers in millionths."""

COLD = """
with last as (
  select indicator_id, arg_max(value, (measured_on, id)) as value, arg_max(confidence, (measured_on, id)) as grade,
    arg_max(coalesce(counterfactual::bigint, (-9000000000000000000)::bigint), (measured_on, id)) as counterfactual
  from read_parquet('{folder}/measurements.parquet') m
  where id not in (select corrects_id from read_parquet('{folder}/measurements.parquet') where corrects_id is not null)
  group by indicator_id
), line as (
  select l.price_year, l.sign * l.unit_value_ore * l.periods * l.share::hugeint
      * (case l.direction when 'up' then 1 else -1 end) as each, l.baseline, l.target, last.value, last.grade,
    case when last.counterfactual = (-9000000000000000000)::bigint then l.baseline else last.counterfactual end as otherwise
  from read_parquet('{folder}/lines.parquet') l left join last using (indicator_id) where l.unit_value_ore is not null
)
select price_year, sum(coalesce(each * (target - baseline), 0))::varchar,
  sum(case when grade <> 'D' then coalesce(each * (value - otherwise), 0) else 0 end)::varchar,
  sum(case when grade = 'D' then coalesce(each * (value - otherwise), 0) else 0 end)::varchar
from line group by price_year order by price_year desc
"""


async def cold(demo: Scheme) -> None:
    """Tell how long DuckDB takes to add all of it up from Parquet, whether it comes to the same, and what is read here."""
    async with demo.database.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        for name, query in EXPORTED.items():
            await driver.copy_from_query(query, output=str(demo.folder / f"{name}.csv"), format="csv", header=True)
    duck = duckdb.connect(config={"threads": 2})
    for name in EXPORTED:
        duck.execute(
            f"copy (from read_csv('{demo.folder}/{name}.csv')) to '{demo.folder}/{name}.parquet' (format parquet)"
        )
    statement = COLD.format(folder=demo.folder)
    took = []
    for _ in range(5):
        began = time.monotonic()
        rows = duck.execute(statement).fetchall()
        took.append(time.monotonic() - began)
    async with demo.database.reading() as uow:
        actor = await demo.world.actor(uow, "management")
        read = []
        for _ in range(5):
            began = time.monotonic()
            found = await laid_out(uow, actor, Cut())
            read.append(time.monotonic() - began)
    same = [(each.price_year, *(str(int(amount.scaleb(12))) for amount in (each.planned, each.realised, each.estimated)))
            for each in found.whole.net] == rows  # fmt: skip
    theirs, ours = statistics.median(took), statistics.median(read)
    print(
        f"All of it added up from Parquet by DuckDB: {theirs * 1000:.0f} ms; read from what is kept: {ours * 1000:.1f} ms, "
        f"{theirs / ours:.0f} times as fast; {'the same to the last decimal' if same else f'NOT THE SAME: {rows}'}.\n"
    )


async def pages_of(demo: Scheme, session: str) -> list[Page]:
    """The front page as it is asked for, and what it opens down to."""
    back = day_in_oslo(utc_now()) - timedelta(days=730)
    async with demo.database.reading() as uow:
        one = (
            await uow.session.execute(
                text("select m.id, m.benefit_id, m.case_id, c.unit_id, c.county_id, p.call_id from measurements m "
                     "join cases c on c.id = m.case_id join projects p on p.id = c.id "
                     "where m.confirmed_at is not null order by m.measured_on, m.id limit 1")
            )
        ).one()  # fmt: skip
    queries = {
        "everything": "", "a goal": "goal=better_meetings", "a county": f"county={one.county_id}",
        "a call": f"call={one.call_id}", "a type": "category=quality", "a step": "step=closed",
        "an office": f"office={one.unit_id}", "a goal in a county": f"goal=better_meetings&county={one.county_id}",
        "two years back": f"as_of={back}", "a county, two years back": f"as_of={back}&county={one.county_id}",
    }  # fmt: skip
    below = {
        "a project's benefits": f"/projects/{one.case_id}/benefits", "a benefit": f"/benefits/{one.benefit_id}",
        "a measurement": f"/measurements/{one.id}",
    }  # fmt: skip
    found = [Page(name, f"/portfolio?{query}" if query else "/portfolio", session) for name, query in queries.items()]
    found += [Page(each, f"/portfolio/{each}", session) for each in ("trust", "cost", "harm", "stop")]
    return [*found, *(Page(name, path, session) for name, path in below.items())]


def reported(port: int, session: str) -> float:
    """How long the report to management takes, in seconds."""
    took = []
    for _ in range(3):
        began = time.monotonic()
        answer = httpx.get(f"http://127.0.0.1:{port}/portfolio/report.pdf", cookies={"session": session}, timeout=120)
        answer.raise_for_status()
        took.append(time.monotonic() - began)
    return min(took)


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Tell how long a part of it takes."""
    began = time.monotonic()
    yield
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


async def measure(load: Load, projects: int, benefits: int, measurements: int) -> int:
    """The pages with the demo's own projects and with many, the proof, and confirming before and after."""
    async with scheme() as demo:
        session = await demo.session_of("management")
        pages = await pages_of(demo, session)
        with demo.serving() as (port, _):
            few = counted(port, pages)
        with phase("the demo's own proof, twice"):
            found = proof(demo)
            print(f"The demo's own proof: {found.said} {found.seconds:.1f} s, {found.megabytes} MB.")
            changed = await tampered(demo)
            print(f"With one row changed by hand: {changed.said} It ended with {changed.code}.\n", flush=True)
        if found.code or not changed.code:
            return 1
        with phase("what is copied"):
            sources = await enrich(demo, benefits // projects, measurements // benefits)
        with phase("a hundredth of it"):
            _, fewer = await fill(demo, sources, projects // 100, "a")
            before = await confirming(demo)
        with phase("all of it"):
            count, measured_count = await fill(demo, sources, projects, "b")
        with phase("confirming and adding up"):
            after = await confirming(demo)
            print(f"Confirming a measurement: {before:.1f} ms with {fewer} of them, {after:.1f} ms with {measured_count}: "
                  f"{after / before:.2f}.\n")  # fmt: skip
            await cold(demo)
        with phase("the report and the pages"), demo.serving() as (port, pid):
            print(f"The report: {reported(port, session):.1f} s.\n", flush=True)
            loaded = all_measured(pages, port, pid, load, few)
        of = {each.page: each.requests for each in loaded}
        print(f"Today's page against that of two years back: {of['everything'] / of['two years back']:.1f}.\n")
        worse = tell(loaded, f"{projects} projects, {count} benefits, {measured_count} measurements", load)
        with phase("the whole proof"):
            whole = proof(demo)
        print(f"\nThe whole proof: {whole.said} {whole.seconds:.0f} s, {whole.megabytes} MB at its peak.")
        return worse or whole.code


def main() -> int:
    """Measure and print; 1 where the page's statements grow with the rows, or where the proof finds a difference."""
    load, size = asked("portfolio", __doc__, projects=5_000, benefits=50_000, measurements=1_000_000)
    return asyncio.run(measure(load, size.projects, size.benefits, size.measurements))


if __name__ == "__main__":
    sys.exit(main())
