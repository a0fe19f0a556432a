"""The benefit map: places and connections, kept acyclic and leading to the right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.benefits.models import Benefit, BenefitEdge, BenefitNode
from app.benefits.service.plan import refuse_submitted
from app.core.database import UnitOfWork
from app.core.errors import NotFound, invalid
from app.identity.actor import Actor
from app.moves import hold, note
from app.projects.facts import PROJECT
from workflows.benefit import LAYERS, closes_circle
from workflows.roles import Permission
from workflows.rules import GOALS

BENEFIT_LAYERS = ("local_benefit", "wider_benefit")


async def _refuse_misplaced(
    uow: UnitOfWork, case_id: UUID, kind: str, label: str, benefit_id: UUID | None, goal: str | None
) -> None:
    """Raise Invalid for a place that its layer cannot hold, or that stands in the map already."""
    if kind == "overall_goal" and goal not in GOALS:
        raise invalid("goal", "benefits.goal_missing")
    if kind != "overall_goal" and goal:
        raise invalid("goal", "benefits.goal_misplaced")
    if benefit_id and kind not in BENEFIT_LAYERS:
        raise invalid("benefit_id", "benefits.benefit_misplaced")
    if benefit_id:
        benefit = await uow.session.get(Benefit, benefit_id)
        if benefit is None or benefit.case_id != case_id:
            raise invalid("benefit_id", "benefits.not_in_case")
    elif not goal and not label.strip():
        raise invalid("label", "benefits.label_missing")
    if benefit_id or goal:
        same = BenefitNode.benefit_id == benefit_id if benefit_id else BenefitNode.goal == goal
        if await uow.session.scalar(
            select(BenefitNode.id).where(BenefitNode.case_id == case_id, BenefitNode.removed_at.is_(None), same)
        ):
            raise invalid("benefit_id" if benefit_id else "goal", "benefits.already_placed")


async def add_node(
    uow: UnitOfWork, actor: Actor, *, case_id: UUID, kind: str, label: str = "", benefit_id: UUID | None = None,
    goal: str | None = None,
) -> BenefitNode:  # fmt: skip
    """Put a measure, a changed practice, a benefit or an overall goal into the map (S69)."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.BENEFIT_WRITE)
    await refuse_submitted(uow, case_id)
    goal = goal or None
    await _refuse_misplaced(uow, case_id, kind, label, benefit_id, goal)
    node = BenefitNode(
        case_id=case_id,
        kind=kind,
        label="" if goal else label.strip(),
        benefit_id=benefit_id,
        goal=goal,
        added_at=uow.now,
    )
    uow.session.add(node)
    await uow.session.flush()
    changes = {"node_id": node.id, "kind": kind, "label": label, "benefit_id": benefit_id, "goal": goal}
    await note(uow, actor, PROJECT, held, "add_to_map", changes=changes)
    return node


async def remove_node(uow: UnitOfWork, actor: Actor, node_id: UUID) -> BenefitNode:
    """Take a place out of the map, with its connections; both stay in the history."""
    node: BenefitNode = await _standing(uow, BenefitNode, node_id)
    held = await hold(uow, actor, PROJECT, node.case_id, Permission.BENEFIT_WRITE)
    await refuse_submitted(uow, node.case_id)
    node.removed_at = uow.now
    edges = await uow.session.scalars(
        select(BenefitEdge).where(
            BenefitEdge.case_id == node.case_id,
            BenefitEdge.removed_at.is_(None),
            (BenefitEdge.from_id == node_id) | (BenefitEdge.to_id == node_id),
        )
    )
    for edge in edges:
        edge.removed_at = uow.now
    await note(uow, actor, PROJECT, held, "remove_from_map", changes={"node_id": node_id, "label": node.label})
    return node


async def _standing(uow: UnitOfWork, table: Any, row_id: UUID) -> Any:
    row = await uow.session.get(table, row_id)
    if row is None or row.removed_at is not None:
        raise NotFound
    return row


async def connect(
    uow: UnitOfWork, actor: Actor, *, from_id: UUID, to_id: UUID, kind: str = "contributes", assumption: str = "",
    confidence: str = "medium",
) -> BenefitEdge:  # fmt: skip
    """Lead from one place to another further to the right; Invalid for one that leads back, closes a circle or is there."""
    start = await uow.session.get(BenefitNode, from_id)
    if start is None or start.removed_at is not None:
        raise invalid("from_id", "form.unknown")
    held = await hold(uow, actor, PROJECT, start.case_id, Permission.BENEFIT_WRITE)
    await refuse_submitted(uow, start.case_id)
    end = await uow.session.get(BenefitNode, to_id)
    if end is None or end.removed_at is not None or end.case_id != start.case_id:
        raise invalid("to_id", "benefits.not_in_case")
    edges = [
        (edge.from_id, edge.to_id)
        for edge in await uow.session.scalars(
            select(BenefitEdge).where(BenefitEdge.case_id == start.case_id, BenefitEdge.removed_at.is_(None))
        )
    ]
    if (from_id, to_id) in edges:
        raise invalid("to_id", "benefits.already_connected")
    if closes_circle(edges, from_id, to_id):
        raise invalid("to_id", "benefits.circle")
    if LAYERS.index(start.kind) >= LAYERS.index(end.kind):
        raise invalid("to_id", "benefits.wrong_direction")
    edge = BenefitEdge(
        case_id=start.case_id, from_id=from_id, to_id=to_id, kind=kind, assumption=assumption, confidence=confidence,
        added_at=uow.now,
    )  # fmt: skip
    uow.session.add(edge)
    await uow.session.flush()
    changes = {"edge_id": edge.id, "from": from_id, "to": to_id, "kind": kind, "assumption": assumption}
    await note(uow, actor, PROJECT, held, "connect_in_map", changes=changes)
    return edge


async def disconnect(uow: UnitOfWork, actor: Actor, edge_id: UUID) -> BenefitEdge:
    """Take a connection out of the map; it stays in the history."""
    edge: BenefitEdge = await _standing(uow, BenefitEdge, edge_id)
    held = await hold(uow, actor, PROJECT, edge.case_id, Permission.BENEFIT_WRITE)
    await refuse_submitted(uow, edge.case_id)
    edge.removed_at = uow.now
    await note(uow, actor, PROJECT, held, "disconnect_in_map", changes={"edge_id": edge_id})
    return edge
