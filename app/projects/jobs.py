"""What the clock does with running projects: rows of what the resource group sees, where no event of a project told of it."""

from __future__ import annotations

from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.projects import oversight


async def keep_oversight(unit_of_work: UnitOfWorkFactory) -> None:
    """Write the rows anew that are of an earlier day, or older than a change of who holds which role; a few at a time.

    A new day changes what counts by half-years and by time since; capacity that others have bound is no event of a project.
    """
    while True:
        async with unit_of_work() as uow:
            found = await oversight.stale(uow)
            await oversight.keep(uow, found)
        if len(found) < oversight.AT_ONCE:
            return


TIMED = [Timed("keep_oversight", {"minute": set(range(2, 60, 5))}, keep_oversight)]
