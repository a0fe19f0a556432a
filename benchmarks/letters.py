"""Sends 200 letters in one act: how long the page waits for it, how long the job takes, and what others meet meanwhile."""

from __future__ import annotations

import asyncio
import statistics
import time

from sqlalchemy import func, select, text

from app.applications.models import Application
from app.core.database import Database
from app.decisions.models import Letter
from app.letters import together
from app.letters.jobs import JOBS
from app.letters.making import write_anew
from app.outbox.models import OutboxRow
from benchmarks import seed
from benchmarks.scheme import scheme

COUNT = 200
SENDER = "decision_maker"


async def _pings(database: Database, stop: asyncio.Event) -> list[float]:
    """How long a small statement takes beside it, in milliseconds, over and over."""
    found = []
    while not stop.is_set():
        began = time.perf_counter()
        async with database.reading() as uow:
            await uow.session.scalar(text("select 1"))
        found.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.01)
    return found


async def main() -> None:
    """Fill a call with decided applications whose letters wait, send all of them, and print the times."""
    async with scheme() as filled:
        database, world = filled.database, filled.world
        async with database.reading() as uow:
            waits = select(Letter.case_id).join(Application, Application.id == Letter.case_id)
            decided = Letter.released_at.is_(None), Letter.decision_id.is_not(None)
            case_id = (await uow.session.scalars(waits.where(*decided))).one()
        async with filled.filling() as connection:
            await seed.offices(connection, COUNT)
            await seed.copies(connection, case_id, COUNT - 1, "letters")
        async with database.unit_of_work() as uow:
            for letter in list(await uow.session.scalars(select(Letter).where(Letter.released_at.is_(None)))):
                await write_anew(uow, letter)  # each copy names its own office
        async with database.unit_of_work() as uow:
            ids = list(await uow.session.scalars(select(Letter.id).where(Letter.released_at.is_(None)).limit(COUNT)))
            actor = await world.actor(uow, SENDER)
            began = time.perf_counter()
            act = await together.release_chosen(uow, actor, letters=ids, together=True)
        page = time.perf_counter() - began
        stop = asyncio.Event()
        pinging = asyncio.create_task(_pings(database, stop))
        began, used = time.perf_counter(), time.process_time()
        async with database.unit_of_work() as uow:
            await JOBS[together.JOB](uow, {"release_id": str(act.id)})
        job, used = time.perf_counter() - began, time.process_time() - used
        stop.set()
        pings = await pinging
        async with database.reading() as uow:
            sent = await uow.session.scalar(select(func.count()).where(Letter.release_id == act.id))
            files = await uow.session.scalar(
                select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == "make_letter_pdf")
            )
        print(f"{sent} of {len(ids)} letters sent; {files} files wait to be made.")
        print(f"The page waits {page * 1000:.0f} ms, the job takes {job:.1f} s ({used:.1f} s of a core).")
        print(f"Beside it a statement takes {statistics.median(pings):.1f} ms, at most {max(pings):.0f} ms.")


if __name__ == "__main__":
    asyncio.run(main())
