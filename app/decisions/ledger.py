"""What a call's frame is bound by: entries are added and never changed, so the sum is always the balance (G19, G24)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.applications.models import Application
from app.core.database import UnitOfWork
from app.decisions.models import Commitment, Decision
from app.identity.actor import Actor
from app.outbox.service import put
from workflows.decision import BINDS_MONEY, Outcome


async def balance(uow: UnitOfWork, case_id: UUID) -> tuple[int, int]:
    """What is bound for one application: øre and hours."""
    row = (
        await uow.session.execute(
            select(
                func.coalesce(func.sum(Commitment.amount_ore), 0), func.coalesce(func.sum(Commitment.hours), 0)
            ).where(Commitment.case_id == case_id)
        )
    ).one()
    return int(row[0]), int(row[1])


def _entry(uow: UnitOfWork, decision: Decision, kind: str, amount_ore: int, hours: int) -> Commitment:
    return Commitment(
        call_id=decision.call_id, case_id=decision.case_id, decision_id=decision.id, kind=kind, amount_ore=amount_ore,
        hours=hours, at=uow.now,
    )  # fmt: skip


async def reverse(uow: UnitOfWork, decision: Decision) -> None:
    """Counter whatever is bound for the decision's application."""
    amount_ore, hours = await balance(uow, decision.case_id)
    if amount_ore or hours:
        uow.session.add(_entry(uow, decision, "reversal", -amount_ore, -hours))
        await uow.session.flush()


async def tell_of_room(uow: UnitOfWork, call_id: UUID, case_id: UUID) -> None:
    """Let the waiting list move up, after the commit: an award of the call has come to nothing, or has become smaller.

    A job, since whoever frees the frame holds one application and the waiting list is the call's.
    """
    await put(uow, "move_waitlist_up", {"call_id": str(call_id), "case_id": str(case_id)})


async def commit_frame(uow: UnitOfWork, actor: Actor, decision: Decision) -> None:
    """Bind what a decision gives, in the place of what an earlier one bound; the call's row is locked by `decide`."""
    if decision.call_id not in uow.locked:
        raise RuntimeError(f"call {decision.call_id} must be locked before its frame is bound")
    before_ore, before_hours = await balance(uow, decision.case_id)
    await reverse(uow, decision)
    outcome = Outcome(decision.outcome or "")
    given_ore, given_hours = (decision.amount_ore or 0, decision.hours or 0) if outcome in BINDS_MONEY else (0, 0)
    if given_ore < before_ore or given_hours < before_hours:
        await tell_of_room(uow, decision.call_id, decision.case_id)
    if outcome in BINDS_MONEY:
        kind = "final" if outcome == Outcome.AWARDED else "provisional"
        uow.session.add(_entry(uow, decision, kind, given_ore, given_hours))
    await uow.session.flush()


async def confirm_commitment(uow: UnitOfWork, actor: Actor, project: Any) -> None:
    """Make a provisional commitment final, by a counter-entry and a new one of the same sum; nothing where it is final."""
    last = await uow.session.scalar(
        select(Commitment).where(Commitment.case_id == project.id).order_by(Commitment.id.desc()).limit(1)
    )
    if last is None or last.kind != "provisional":
        return
    decision = await uow.session.get_one(Decision, last.decision_id)
    amount_ore, hours = await balance(uow, project.id)
    await reverse(uow, decision)
    uow.session.add(_entry(uow, decision, "final", amount_ore, hours))
    await uow.session.flush()


async def follow_award(uow: UnitOfWork, case_id: UUID, amount_ore: int) -> None:
    """Let the application and the ledger say what the award has become, in øre; the hours stand as they were.

    RuntimeError where it becomes larger and the call is not locked: its frame could then be bound twice.
    """
    application = await uow.session.get(Application, case_id)
    last = await uow.session.scalar(
        select(Commitment).where(Commitment.case_id == case_id).order_by(Commitment.id.desc()).limit(1)
    )
    if application is None or last is None:
        return
    application.awarded_ore = amount_ore
    before_ore, hours = await balance(uow, case_id)
    if amount_ore == before_ore:
        return
    if amount_ore > before_ore and last.call_id not in uow.locked:
        raise RuntimeError(f"call {last.call_id} must be locked before more of its frame is bound")
    decision = await uow.session.get_one(Decision, last.decision_id)
    kind = await uow.session.scalar(
        select(Commitment.kind)
        .where(Commitment.case_id == case_id, Commitment.kind != "reversal")
        .order_by(Commitment.id.desc())
        .limit(1)
    )
    await reverse(uow, decision)
    uow.session.add(_entry(uow, decision, kind or "final", amount_ore, hours))
    if amount_ore < before_ore:
        await tell_of_room(uow, last.call_id, case_id)
    await uow.session.flush()
