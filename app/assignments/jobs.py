"""What is done with proposals in the background: making one, giving what is accepted, filling places that open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.assignments import service, succession
from app.core.database import UnitOfWork
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.reviews.jobs import each_apart


async def propose_assignments(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Make a proposal that has been asked for."""
    await service.propose(uow, UUID(payload["proposal_id"]))


async def give_proposed(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Give the accepted pairs of one application."""
    await service.give_proposed(uow, UUID(payload["proposal_id"]), UUID(payload["case_id"]))


async def void_untenable(unit_of_work: UnitOfWorkFactory) -> None:
    """Void reviews that can stand no longer; until then a tie that is found keeps its reviewer from reading anyway."""
    async with unit_of_work() as uow:
        found = await succession.cases_under_review(uow)
    await each_apart(unit_of_work, found, succession.void_untenable)


JOBS = {"propose_assignments": propose_assignments, "give_proposed": give_proposed}
TIMED = [Timed("void_untenable_reviews", {"minute": 20}, void_untenable)]
