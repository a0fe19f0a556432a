"""Taking one's last act on a benefit map back, as long as nothing that others did rests on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit.models import Event
from app.benefits.models import BenefitEdge, BenefitNode
from app.benefits.service.map import edges_at, practised, refuse_judged
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotYet
from app.identity.actor import Actor
from app.moves import hold, note
from app.projects.facts import PROJECT
from workflows.benefit_map import UNDOABLE, MapAct, last_to_take_back
from workflows.engine import Reason
from workflows.roles import Permission

FARTHEST_BACK = 200
"""How many acts of a day are looked through."""


async def last_act(uow: UnitOfWork, case_id: UUID, person_id: UUID, *, is_practice: bool) -> MapAct | None:
    """The act that the person would take back: their newest of today on that map; one statement.

    An older one is not taken back: figures as of the days since rest on it (DOMAIN 3.8 I15).
    """
    rows = await uow.session.execute(
        select(Event.id, Event.verb, Event.actor_id, Event.changes, Event.at)
        .where(Event.case_id == case_id, Event.verb.in_((*UNDOABLE, "undo_in_map")))
        .order_by(Event.sequence.desc())
        .limit(FARTHEST_BACK)
    )
    today = day_in_oslo(uow.now)
    acts = [
        MapAct(event_id=id_, verb=verb, by=by, changes=changes)
        for id_, verb, by, changes, at in rows
        if day_in_oslo(at) == today
    ]
    return last_to_take_back(acts, person_id, is_practice=is_practice)


async def undo(uow: UnitOfWork, actor: Actor, *, case_id: UUID, is_practice: bool = False) -> None:
    """Take one's newest act on the map back; NotYet where there is none, or where others have built on it since."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.BENEFIT_WRITE)
    await refuse_judged(uow, case_id, is_practice)
    act = await last_act(uow, case_id, actor.person_id, is_practice=is_practice) if actor.person_id else None
    if act is None:
        raise _refusal(case_id, "nothing_to_undo")
    if not await _TAKE_BACK[act.verb](uow, case_id, act.changes):
        raise _refusal(case_id, "changed_since")
    changes = {"taken_back": act.event_id, "verb": act.verb, "label": act.changes.get("label", ""),
               **practised(is_practice)}  # fmt: skip
    await note(uow, actor, PROJECT, held, "undo_in_map", changes=changes)


def _refusal(case_id: UUID, code: str) -> NotYet:
    reason = Reason(code=f"benefits.{code}", place="benefit.map")
    return NotYet([reason], subject="benefit_map", step="undo", case_id=case_id)


async def _stands(uow: UnitOfWork, table: Any, row_id: str) -> Any:
    row = await uow.session.get(table, UUID(row_id), populate_existing=True)
    return row if row is not None and row.removed_at is None else None


async def _unadd(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, Any]) -> bool:
    node = await _stands(uow, BenefitNode, changes["node_id"])
    if node is None or await edges_at(uow, node):
        return False
    node.removed_at = uow.now
    return True


async def _unremove(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, Any]) -> bool:
    node = await uow.session.get_one(BenefitNode, UUID(changes["node_id"]))
    if node.goal or node.benefit_id:
        same = BenefitNode.goal == node.goal if node.goal else BenefitNode.benefit_id == node.benefit_id
        if await uow.session.scalar(
            select(BenefitNode.id).where(
                BenefitNode.case_id == case_id, BenefitNode.is_practice.is_(node.is_practice),
                BenefitNode.removed_at.is_(None), same,
            )
        ):  # fmt: skip
            return False
    node.removed_at = None
    await uow.session.flush()
    for edge_id in changes.get("edges", ()):
        await _revive(uow, edge_id)  # one whose other end is gone stays out
    return True


async def _revive(uow: UnitOfWork, edge_id: str) -> bool:
    """Let a connection stand again where both its ends do and no other has come in its place."""
    edge = await uow.session.get_one(BenefitEdge, UUID(edge_id))
    ends = [await uow.session.get_one(BenefitNode, each) for each in (edge.from_id, edge.to_id)]
    other = await uow.session.scalar(
        select(BenefitEdge.id).where(
            BenefitEdge.from_id == edge.from_id, BenefitEdge.to_id == edge.to_id, BenefitEdge.removed_at.is_(None)
        )
    )
    if other is not None or any(each.removed_at is not None for each in ends):
        return False
    edge.removed_at = None
    await uow.session.flush()
    return True


async def _unconnect(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, Any]) -> bool:
    edge = await _stands(uow, BenefitEdge, changes["edge_id"])
    if edge is None:
        return False
    edge.removed_at = uow.now
    return True


async def _undisconnect(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, Any]) -> bool:
    return await _revive(uow, changes["edge_id"])


async def _unreconnect(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, Any]) -> bool:
    if not await _unconnect(uow, case_id, changes):
        return False
    await uow.session.flush()
    return await _revive(uow, changes["replaces"])


async def _unrename(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, Any]) -> bool:
    node = await _stands(uow, BenefitNode, changes["node_id"])
    if node is None or node.label != changes["is"]:
        return False
    node.label = changes["was"]
    return True


async def _unorder(uow: UnitOfWork, case_id: UUID, changes: Mapping[str, Any]) -> bool:
    for node_id, place in changes["before"].items():
        node = await uow.session.get_one(BenefitNode, UUID(node_id))
        node.place = place
    return True


_TAKE_BACK = {
    "add_to_map": _unadd,
    "remove_from_map": _unremove,
    "connect_in_map": _unconnect,
    "disconnect_in_map": _undisconnect,
    "reconnect_in_map": _unreconnect,
    "rename_in_map": _unrename,
    "order_map": _unorder,
}
