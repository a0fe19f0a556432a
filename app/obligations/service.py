"""Telling people of what they owe, a step at a time: the clock's own verb."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.models import Person
from app.identity.queries import people_with_role
from app.moves import lock_case
from app.notices.service import tell
from app.obligations.models import ObligationReminder
from app.obligations.queries import Owed, owed_in
from workflows.obligation import Kind, Rung, told_by
from workflows.roles import Role


async def remind(uow: UnitOfWork, case_id: UUID, kind: Kind, row_id: UUID) -> Rung | None:
    """Remind of one thing, or take it a step higher; None where there is nothing to say any longer (G26).

    The case is locked first and the thing read again, so that two who remind at once, or one who comes back after a
    crash, never say the same twice.
    """
    await lock_case(uow, case_id)
    today = day_in_oslo(uow.now)
    row = next((each for each in await owed_in(uow, case_id) if (each.kind, each.row_id) == (kind, row_id)), None)
    rung = row.next_rung(today) if row else None
    if row is None or rung is None:
        return None
    uow.session.add(
        ObligationReminder(
            case_id=case_id, kind=str(kind), row_id=row_id, due_on=row.due_on, rung=rung.key, sent_at=uow.now
        )
    )
    await tell(
        uow, await _those_told(uow, row, rung), f"obligation_{rung.key}", case_id=case_id, link=address_of(row),
        parameters=parameters_of(row),
    )  # fmt: skip
    return rung


async def _those_told(uow: UnitOfWork, row: Owed, rung: Rung) -> list[UUID]:
    there = row.people
    found: list[UUID] = []
    for tier in told_by(rung, row.owed_by, there):
        found.extend(there[tier] if tier in there else await handlers(uow, row.owner_id))
    return await _present(uow, dict.fromkeys(found))


async def handlers(uow: UnitOfWork, owner_id: UUID) -> list[UUID]:
    """Who in the resource group answers for a project: whoever handles it, or every case handler where they have left."""
    there = await people_with_role(uow, Role.CASE_HANDLER)
    return [owner_id] if owner_id in there else there


async def _present(uow: UnitOfWork, people: Iterable[UUID]) -> list[UUID]:
    found = list(people)
    gone = set(await uow.session.scalars(select(Person.id).where(Person.id.in_(found), Person.valid_to <= uow.now)))
    return [person for person in found if person not in gone]


ADDRESSES = {
    Kind.CLARIFICATION: "/projects/{case}/clarifications#clarification-{row}",
    Kind.STEP: "/projects/{case}",
    Kind.MILESTONE: "/milestones/{row}",
    Kind.REPORT: "/reports/{row}",
    Kind.MEASUREMENT: "/measurements/{row}",
    Kind.HAND_OVER: "/benefits/{row}#take-over",
}


def address_of(row: Owed) -> str:
    """Where it is done."""
    return ADDRESSES[row.kind].format(case=row.case_id, row=row.row_id)


def parameters_of(row: Owed) -> dict[str, Any]:
    """What a sentence about it names."""
    named = {Kind.STEP: f"state.project.{row.about}", Kind.REPORT: f"report.kind.{row.about}"}.get(row.kind)
    return {
        "what_key": named or f"obligations.kind.{row.kind}",
        "about": "" if named else row.about, "title": row.title, "due_on": row.due_on,
        "name": " / ".join(row.names),
    }  # fmt: skip
