"""What is done with proposals in the background: making one, and giving what has been accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.assignments import service
from app.core.database import UnitOfWork


async def propose_assignments(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Make a proposal that has been asked for."""
    await service.propose(uow, UUID(payload["proposal_id"]))


async def give_proposed(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Give the accepted pairs of one application."""
    await service.give_proposed(uow, UUID(payload["proposal_id"]), UUID(payload["case_id"]))


JOBS = {"propose_assignments": propose_assignments, "give_proposed": give_proposed}
