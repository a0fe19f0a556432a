"""What a batch could take, with everything that is missing for each, and what has become of one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.applications.models import Application
from app.board.models import Batch, BatchRow
from app.board.queries import BoardRow, Head, board, head_of, undisputed
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.decisions.facts import facts_of
from app.decisions.models import Decision
from app.identity.actor import Actor
from workflows.decision import CHECKS, DECISION, DecisionFacts
from workflows.engine import Act, Reason, decide
from workflows.roles import Role

TAKES = {"recommend": "pending", "decide": "recommended"}
"""The state of a decision that each verb takes."""


class ToTake(msgspec.Struct, frozen=True):
    """One application that a batch could take, with everything that is missing for it."""

    row: BoardRow
    missing: tuple[Reason, ...]


def _asked_here(facts: DecisionFacts, person_id: UUID | None, used_ore: int, used_hours: int) -> DecisionFacts:
    """The facts as they will be: what the page of the batch asks for is given, and those before have been decided."""
    declared = facts.declared_impartial | ({person_id} if person_id else set())
    return msgspec.structs.replace(
        facts, declared_impartial=frozenset(declared), checks=frozenset(CHECKS),
        committed_ore=facts.committed_ore + used_ore, committed_hours=facts.committed_hours + used_hours,
    )  # fmt: skip


async def to_take(uow: UnitOfWork, actor: Actor, head: Head, verb: str) -> list[ToTake]:
    """Every application that a batch could take, in the order of the board; a fixed number of statements.

    What is missing is said as it will be when those before have been decided: the frame is used from the top.
    """
    rows = [row for row in await board(uow, actor, head) if row.decision_state == TAKES[verb]]
    ids = [row.decision_id for row in rows]
    found = {each.id: each for each in await uow.session.scalars(select(Decision).where(Decision.id.in_(ids)))}
    facts = await facts_of(uow, list(found.values())) if found else {}
    act = Act(
        now=uow.now, roles=actor.scheme_roles | {Role.EMPLOYEE}, person_id=actor.person_id
    )  # whoever is a party does not see the row at all
    used_ore = used_hours = 0
    taken = []
    for row in rows:
        if row.decision_id not in facts:
            continue
        known = _asked_here(facts[row.decision_id], actor.person_id, used_ore, used_hours)
        verdict = decide(DECISION, verb, found[row.decision_id].state, known, act)
        taken.append(ToTake(row, verdict.unmet))
        if verb == "decide" and not verdict.unmet and known.binds_money:
            used_ore, used_hours = used_ore + (known.amount_ore or 0), used_hours + (known.hours or 0)
    return taken


class Result(msgspec.Struct, frozen=True):
    """What has become of one application of a batch."""

    decision_id: UUID
    case_id: UUID
    reference: str
    title: str
    language: str
    result: str
    reasons: tuple[Reason, ...]
    done_at: datetime | None


class BatchView(msgspec.Struct, frozen=True):
    """A batch with what has become of its rows."""

    id: UUID
    call_id: UUID
    verb: str
    begun_at: datetime
    rows: list[Result]

    def count(self, result: str) -> int:
        """How many rows have come to a result."""
        return sum(row.result == result for row in self.rows)


async def batch_view(uow: UnitOfWork, actor: Actor, batch_id: UUID) -> BatchView:
    """A batch of one's own; NotFound for anybody else's."""
    batch = await uow.session.get(Batch, batch_id)
    if batch is None or batch.person_id != actor.person_id:
        raise NotFound
    head = await head_of(uow, batch.call_id)
    rows = await uow.session.execute(
        select(
            BatchRow.decision_id, Case.id, Case.reference, Case.title, Case.language, BatchRow.result, BatchRow.reasons,
            BatchRow.done_at,
        )
        .join(Decision, Decision.id == BatchRow.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .join(Application, Application.id == Case.id)
        .where(BatchRow.batch_id == batch_id, visible_to(actor, uow.now), undisputed(actor, uow.now, head))
        .order_by(BatchRow.place)
    )  # fmt: skip
    found = [
        Result(
            decision, case, reference, title, language, result, msgspec.convert(reasons, tuple[Reason, ...]), done_at
        )
        for decision, case, reference, title, language, result, reasons, done_at in rows
    ]
    return BatchView(batch.id, batch.call_id, batch.verb, batch.begun_at, found)
