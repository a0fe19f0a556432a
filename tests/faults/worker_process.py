"""A worker as a process of its own, whose job says that it has begun, and then hangs, dies or goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from app.core.database import UnitOfWork
from app.settings import Settings
from app.worker import Work
from tests.outbox.surroundings import mark


async def main(database_url: str, redis_url: str, begun: str, what: str) -> None:
    """Work until told to stop."""

    async def job(uow: UnitOfWork, payload: Any) -> None:
        await mark(uow, payload)
        Path(begun).touch()
        if what == "hang":
            await asyncio.Event().wait()
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)

    work = Work(
        Settings(database_url=database_url, redis_url=redis_url), handlers={"mark": job}, timetable=[],
        again_after=timedelta(seconds=1),
    )  # fmt: skip
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.stop.set)
    await work.serve()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
