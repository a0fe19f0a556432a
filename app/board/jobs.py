"""What the board does after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.board import batch
from app.core.database import UnitOfWork


async def take_batch_row(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Do the next application of a batch; nothing is left to do where others were quicker."""
    await batch.take_row(uow, UUID(payload["batch_id"]))


JOBS = {batch.JOB: take_batch_row}
