"""What the board does after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.board import batch, waitlist
from app.core.database import UnitOfWork


async def take_batch_row(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Do the next application of a batch; nothing is left to do where others were quicker."""
    await batch.take_row(uow, UUID(payload["batch_id"]))


async def move_waitlist_up(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Prepare a decision for whoever on the waiting list there is room for now."""
    await waitlist.move_up(uow, UUID(payload["call_id"]), after=UUID(payload["case_id"]))


JOBS = {batch.JOB: take_batch_row, "move_waitlist_up": move_waitlist_up}
