"""The gathering that a verb is about, alone with everything that belongs to it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.gatherings.models import Cohort, Gathering
from app.identity.actor import Actor
from app.moves import lock_case


class HeldGathering(NamedTuple):
    """A gathering whose call is locked by this unit of work: its events stand on the call's chain."""

    row: Gathering
    case: Case


async def hold_gathering(uow: UnitOfWork, gathering_id: UUID) -> HeldGathering:
    """Lock the call of a gathering and read the row afresh; NotFound where there is none."""
    known = await uow.session.get(Gathering, gathering_id)
    if known is None:
        raise NotFound
    case = await lock_case(uow, known.call_id)
    await uow.session.refresh(known)
    return HeldGathering(known, case)


async def hold_cohort(uow: UnitOfWork, cohort_id: UUID) -> tuple[Cohort, Case]:
    """Lock the call of a cohort; NotFound where there is none."""
    cohort = await uow.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound
    return cohort, await lock_case(uow, cohort.call_id)


def person_of(actor: Actor) -> UUID:
    """Who acts; NotAllowed for what is done by a person alone."""
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id
