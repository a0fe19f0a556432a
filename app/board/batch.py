"""Recommending and deciding on several applications at once: each is a transaction of its own, done whole or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.audit.service import record
from app.board import queries
from app.board.models import Batch, BatchRow
from app.board.ranking import hold_board, person_of
from app.core.database import UnitOfWork
from app.core.errors import DomainError, Invalid, NotFound, NotYet, Stale, invalid
from app.decisions import service as decisions
from app.decisions.facts import DECISION
from app.decisions.models import Decision
from app.identity.actor import Actor
from app.identity.queries import actor_of_person
from app.moves import hold, lock_case
from app.notices.service import tell
from app.outbox.service import put_all
from workflows.decision import DecisionState
from workflows.engine import Reason
from workflows.roles import Permission

log = structlog.get_logger()

JOB = "take_batch_row"
PERMISSIONS = {"recommend": Permission.DECISION_RECOMMEND, "decide": Permission.DECISION_DECIDE}


async def recommend_chosen(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, decision_ids: Sequence[UUID] = (), impartial: bool = False
) -> Batch:
    """Begin to sign the recommendations chosen, in the order of the board."""
    return await _begin(uow, actor, call_id, "recommend", decision_ids, impartial=impartial)


async def decide_chosen(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, decision_ids: Sequence[UUID] = (), impartial: bool = False,
    checks: Sequence[str] = (),
) -> Batch:  # fmt: skip
    """Begin to decide on those chosen as they are recommended, in the order of the board: who stands first goes first."""
    return await _begin(uow, actor, call_id, "decide", decision_ids, impartial=impartial, checks=checks)


async def _begin(
    uow: UnitOfWork, actor: Actor, call_id: UUID, verb: str, decision_ids: Sequence[UUID], *, impartial: bool,
    checks: Sequence[str] = (),
) -> Batch:  # fmt: skip
    case, head, _ = await hold_board(uow, actor, call_id, PERMISSIONS[verb])
    chosen = set(decision_ids)
    if not chosen:
        raise invalid("decision_ids", "board.nothing_chosen")
    seen = {row.decision_id: row for row in await queries.board(uow, actor, head) if row.ranked}
    if not chosen <= seen.keys():
        raise NotFound
    batch = Batch(
        call_id=call_id, verb=verb, person_id=person_of(actor), begun_at=uow.now, impartial=impartial,
        checks=sorted(set(checks)),
    )  # fmt: skip
    uow.session.add(batch)
    await uow.session.flush()
    rows = [row for decision_id, row in seen.items() if decision_id in chosen]
    uow.session.add_all(
        BatchRow(
            batch_id=batch.id, decision_id=row.decision_id, place=place, version=row.decision_version, result="waiting",
            reasons=[],
        )
        for place, row in enumerate(rows, 1)
    )  # fmt: skip
    # as many jobs as rows, each taking whichever is next: the order holds, and none waits for another's retries
    await put_all(uow, JOB, [({"batch_id": str(batch.id)}, f"batch:{batch.id}:{place}") for place in range(len(rows))])
    changes = {"batch": batch.id, "count": len(rows)}
    await record(uow, actor, case, "board", call_id, f"{verb}_chosen", changes=changes)
    return batch


async def take_row(uow: UnitOfWork, batch_id: UUID) -> bool:
    """Do the next row of a batch, or note why it is refused; answers whether there was one.

    What is refused is undone to the last row before anything is noted, and stops none of the others.
    """
    batch = await uow.session.scalar(select(Batch).where(Batch.id == batch_id).with_for_update())
    if batch is None:
        return False
    row = await uow.session.scalar(
        select(BatchRow).where(BatchRow.batch_id == batch_id, BatchRow.result == "waiting").order_by(BatchRow.place)
    )
    if row is None:
        return False
    decision_id, version = row.decision_id, row.version
    reasons = await _tried(uow, lambda: _do(uow, batch, decision_id, version))
    await uow.session.execute(
        update(BatchRow)
        .where(BatchRow.batch_id == batch_id, BatchRow.decision_id == decision_id)
        .values(
            result="done" if reasons is None else "refused", reasons=msgspec.to_builtins(reasons or []), done_at=uow.now
        )
    )
    await _tell_when_done(uow, batch_id, batch.person_id)
    return True


async def _do(uow: UnitOfWork, batch: Batch, decision_id: UUID, version: int) -> None:
    actor = await actor_of_person(uow, batch.person_id)
    await lock_case(uow, batch.call_id)  # before the application, as whoever decides does
    held = await hold(uow, actor, DECISION, decision_id, PERMISSIONS[batch.verb])
    if _done_by(held.row, batch):
        return  # sent twice, done once
    if version != held.row.version:
        raise Stale(typed_on=version, now_at=held.row.version)
    if batch.impartial:
        await decisions.declare_impartial(uow, actor, decision_id, impartial=True)
    if batch.verb == "recommend":
        await decisions.recommend(uow, actor, decision_id)
    else:
        await decisions.decide(uow, actor, decision_id, checks=batch.checks)


def _done_by(row: Decision, batch: Batch) -> bool:
    if batch.verb == "recommend":
        return row.state == DecisionState.RECOMMENDED and row.recommended_by == batch.person_id
    return row.state in (DecisionState.DECIDED, DecisionState.RELEASED) and row.decided_by == batch.person_id


async def _tried(uow: UnitOfWork, work: Callable[[], Awaitable[None]]) -> Sequence[Reason] | None:
    """None where it was done; else why not, with everything undone that it had begun."""
    try:
        async with uow.session.begin_nested():
            await work()
    except NotYet as error:
        return error.reasons
    except Invalid as error:
        return list(error.fields.values())
    except Stale:
        return [Reason(code="board.changed_since")]
    except DomainError:
        return [Reason(code="board.not_allowed")]
    except DBAPIError as error:
        if not isinstance(error, IntegrityError):
            raise  # a server that goes away, or two that wait for each other: the job is done again
        log.exception("a row of a batch failed")
        return [Reason(code="board.failed")]
    except Exception:  # one row's fault must not stop the others
        log.exception("a row of a batch failed")
        return [Reason(code="board.failed")]
    return None


async def _tell_when_done(uow: UnitOfWork, batch_id: UUID, person_id: UUID) -> None:
    counts: dict[str, Any] = dict(
        (
            await uow.session.execute(
                select(BatchRow.result, func.count()).where(BatchRow.batch_id == batch_id).group_by(BatchRow.result)
            )
        )
        .tuples()
        .all()
    )
    if not counts.get("waiting"):
        told = {"done": counts.get("done", 0), "refused": counts.get("refused", 0)}
        await tell(uow, [person_id], "batch_done", parameters=told, link=f"/batches/{batch_id}", mail=False)
