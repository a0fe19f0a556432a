"""The worker as it runs in production: a process of its own, with every room's jobs, told to stop by a signal."""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import func, select

from app.core.database import Database
from app.notices import service
from app.notices.models import Mail
from app.settings import Settings
from tests.conftest import world_in
from tests.outbox.surroundings import undone, until

RUN = """
import sys
from pathlib import Path
from app.settings import Settings
from app.worker import run
run(Settings(database_url=sys.argv[1], redis_url=sys.argv[2], var=Path(sys.argv[3]), smtp_url=None))
"""


async def test_a_worker_process_sends_mail_until_it_is_told_to_stop(database: Database, settings: Settings) -> None:
    world = await world_in(database)
    arguments = [settings.database_url or "", settings.redis_url or "", str(settings.var)]
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN, *arguments)
    people = [person.id for person in world.people.values()]
    async with database.unit_of_work() as uow:
        await service.tell(uow, people, "facilitator_asked", parameters={"title": "A", "hours": 1}, link="/projects/1")

    async def all_done() -> bool:
        assert worker.returncode is None, "the worker ended by itself"
        return await undone(database) == 0

    await until(all_done, seconds=60)
    worker.terminate()
    assert await asyncio.wait_for(worker.wait(), 30) == 0
    async with database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).where(Mail.sent_at.is_not(None))) == len(people)
    assert len(list((settings.var / "mail").glob("*.eml"))) == len(people)
