"""What keeps challenges to be found by the clock."""

from __future__ import annotations

from app.network import service
from app.outbox.jobs import Timed, UnitOfWorkFactory


async def refresh_challenges(unit_of_work: UnitOfWorkFactory) -> None:
    """Index what is left out, a part at a time, and count the words anew."""
    while True:
        async with unit_of_work() as uow:
            if not await service.index_left_out(uow):
                break
    async with unit_of_work() as uow:
        await service.count_words(uow)


TIMED = [Timed("refresh_challenges", {"minute": 25}, refresh_challenges)]
