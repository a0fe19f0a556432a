"""Asking everybody that a proposal names, at once: all of them or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotYet, invalid
from app.facilitation.facts import ASSIGNMENT
from app.facilitation.service.assignments import assign
from app.facilitation.service.keeping import lock_person, require_assigner
from app.facilitation.staffing import question
from app.identity.actor import Actor
from app.moves import lock_case
from workflows.engine import Reason


class Chosen(msgspec.Struct, frozen=True, order=True):
    """Somebody for a project, for so many hours."""

    case_id: UUID
    person_id: UUID
    hours: int


def _read(text: str) -> Chosen:
    try:
        case_id, person_id, hours = text.split(":")
        return Chosen(UUID(case_id), UUID(person_id), int(hours))
    except ValueError:
        raise invalid("pairs", "form.wrong_form") from None


async def accept_proposal(uow: UnitOfWork, actor: Actor, *, pairs: Sequence[str]) -> None:
    """Ask everybody of a proposal that a person has decided on; each pair is "case:person:hours".

    Conflicts and capacity are looked at again, one after another in the same transaction: NotYet with everything that
    has come in the way since, and then nobody is asked. What spoke for each is kept with the event.
    """
    require_assigner(actor)
    chosen = sorted({_read(text) for text in pairs})
    if not chosen:
        raise invalid("pairs", "facilitation.nobody_chosen")
    for case_id in sorted({each.case_id for each in chosen}):
        await lock_case(uow, case_id)
    for person_id in sorted({each.person_id for each in chosen}):
        await lock_person(uow, person_id)
    known = (await question(uow, actor)).problem.pair
    against: list[Reason] = []
    for each in chosen:
        pair = known.get((each.person_id, each.case_id))
        parts = [[part.code, part.points] for part in pair.parts] if pair else []
        try:
            await assign(uow, actor, case_id=each.case_id, person_id=each.person_id, hours=each.hours,
                         basis={"proposed": True, "points": pair.points if pair else None, "parts": parts})  # fmt: skip
        except NotYet as refused:
            against += refused.reasons
        except Invalid as refused:
            against += refused.fields.values()
    if against:
        raise NotYet(against, subject=ASSIGNMENT.name, step="assign", case_id=chosen[0].case_id)
