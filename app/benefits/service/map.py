"""The benefit map: places and connections, kept acyclic and leading to the right; the practice map is one of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.benefits.map_drawing import order_of
from app.benefits.map_queries import benefit_map
from app.benefits.models import Benefit, BenefitEdge, BenefitNode
from app.benefits.service.plan import refuse_submitted
from app.core.database import UnitOfWork
from app.core.errors import NotFound, invalid
from app.identity.actor import Actor
from app.moves import hold, note
from app.projects.facts import PROJECT
from workflows.benefit import LAYERS, closes_circle
from workflows.benefit_map import moved
from workflows.roles import Permission
from workflows.rules import GOALS

BENEFIT_LAYERS = ("local_benefit", "wider_benefit")


async def _refuse_misplaced(
    uow: UnitOfWork, case_id: UUID, kind: str, label: str, benefit_id: UUID | None, goal: str | None, is_practice: bool
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
        if benefit is None or benefit.case_id != case_id or benefit.is_practice != is_practice:
            raise invalid("benefit_id", "benefits.not_in_case")
    elif not goal and not label.strip():
        raise invalid("label", "benefits.label_missing")
    if benefit_id or goal:
        same = BenefitNode.benefit_id == benefit_id if benefit_id else BenefitNode.goal == goal
        if await uow.session.scalar(
            select(BenefitNode.id).where(
                BenefitNode.case_id == case_id,
                BenefitNode.is_practice.is_(is_practice),
                BenefitNode.removed_at.is_(None),
                same,
            )
        ):
            raise invalid("benefit_id" if benefit_id else "goal", "benefits.already_placed")


async def add_node(
    uow: UnitOfWork, actor: Actor, *, case_id: UUID, kind: str, label: str = "", benefit_id: UUID | None = None,
    goal: str | None = None, is_practice: bool = False,
) -> BenefitNode:  # fmt: skip
    """Put a measure, a changed practice, a benefit or an overall goal into the map, or into the practice map (S31, S69)."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.BENEFIT_WRITE)
    await refuse_judged(uow, case_id, is_practice)
    goal = goal or None
    await _refuse_misplaced(uow, case_id, kind, label, benefit_id, goal, is_practice)
    node = BenefitNode(
        case_id=case_id,
        kind=kind,
        label="" if goal else label.strip(),
        benefit_id=benefit_id,
        goal=goal,
        is_practice=is_practice,
        added_at=uow.now,
    )
    uow.session.add(node)
    await uow.session.flush()
    changes = {"node_id": node.id, "kind": kind, "label": label, "benefit_id": benefit_id, "goal": goal,
               **practised(is_practice)}  # fmt: skip
    await note(uow, actor, PROJECT, held, "add_to_map", changes=changes)
    return node


async def remove_node(uow: UnitOfWork, actor: Actor, node_id: UUID) -> BenefitNode:
    """Take a place out of the map, with its connections; both stay in the history."""
    node: BenefitNode = await _standing(uow, BenefitNode, node_id)
    held = await hold(uow, actor, PROJECT, node.case_id, Permission.BENEFIT_WRITE)
    await refuse_judged(uow, node.case_id, node.is_practice)
    node.removed_at = uow.now
    edges = await edges_at(uow, node)
    for edge in edges:
        edge.removed_at = uow.now
    changes = {"node_id": node_id, "label": await words_of(uow, node), "edges": [edge.id for edge in edges],
               **practised(node.is_practice)}  # fmt: skip
    await note(uow, actor, PROJECT, held, "remove_from_map", changes=changes)
    return node


async def edges_at(uow: UnitOfWork, node: BenefitNode) -> list[BenefitEdge]:
    """The connections that lead from or to a place."""
    rows = await uow.session.scalars(
        select(BenefitEdge).where(
            BenefitEdge.case_id == node.case_id,
            BenefitEdge.removed_at.is_(None),
            (BenefitEdge.from_id == node.id) | (BenefitEdge.to_id == node.id),
        )
    )
    return list(rows)


async def words_of(uow: UnitOfWork, node: BenefitNode) -> str:
    """What a place is called: its own label, else its benefit's title, else the key of its goal."""
    if node.label or node.goal:
        return node.label or str(node.goal)
    benefit = await uow.session.get(Benefit, node.benefit_id) if node.benefit_id else None
    return benefit.title if benefit else ""


def practised(is_practice: bool) -> dict[str, bool]:
    """What an event says of the map it is about."""
    return {"is_practice": True} if is_practice else {}


async def refuse_judged(uow: UnitOfWork, case_id: UUID, is_practice: bool) -> None:
    """Raise NotYet while the plan waits for approval; the practice map is no part of it."""
    if not is_practice:
        await refuse_submitted(uow, case_id)


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
    await uow.session.refresh(start)  # another may have taken it out while the case was waited for
    if start.removed_at is not None:
        raise invalid("from_id", "form.unknown")
    await refuse_judged(uow, start.case_id, start.is_practice)
    end = await uow.session.get(BenefitNode, to_id)
    if (
        end is None
        or end.removed_at is not None
        or end.case_id != start.case_id
        or end.is_practice != start.is_practice
    ):
        raise invalid("to_id", "benefits.not_in_case")
    edges = [
        (edge.from_id, edge.to_id)
        for edge in await uow.session.scalars(
            select(BenefitEdge).where(
                BenefitEdge.case_id == start.case_id,
                BenefitEdge.removed_at.is_(None),
                BenefitEdge.is_practice.is_(start.is_practice),
            )
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
        is_practice=start.is_practice, added_at=uow.now,
    )  # fmt: skip
    uow.session.add(edge)
    await uow.session.flush()
    changes = {"edge_id": edge.id, "from": from_id, "to": to_id, "kind": kind, "assumption": assumption,
               "label": f"{await words_of(uow, start)} – {await words_of(uow, end)}",
               **practised(start.is_practice)}  # fmt: skip
    await note(uow, actor, PROJECT, held, "connect_in_map", changes=changes)
    return edge


async def disconnect(uow: UnitOfWork, actor: Actor, edge_id: UUID) -> BenefitEdge:
    """Take a connection out of the map; it stays in the history."""
    edge: BenefitEdge = await _standing(uow, BenefitEdge, edge_id)
    held = await hold(uow, actor, PROJECT, edge.case_id, Permission.BENEFIT_WRITE)
    await refuse_judged(uow, edge.case_id, edge.is_practice)
    edge.removed_at = uow.now
    changes = {"edge_id": edge_id, "label": await _between(uow, edge), **practised(edge.is_practice)}
    await note(uow, actor, PROJECT, held, "disconnect_in_map", changes=changes)
    return edge


async def _between(uow: UnitOfWork, edge: BenefitEdge) -> str:
    start, end = [await uow.session.get_one(BenefitNode, each) for each in (edge.from_id, edge.to_id)]
    return f"{await words_of(uow, start)} – {await words_of(uow, end)}"


async def reconnect(
    uow: UnitOfWork, actor: Actor, edge_id: UUID, *, kind: str, assumption: str = "", confidence: str = "medium"
) -> BenefitEdge:
    """Say anew what a connection is and what it rests on; the old one stays in the history, for figures as of then."""
    old: BenefitEdge = await _standing(uow, BenefitEdge, edge_id)
    held = await hold(uow, actor, PROJECT, old.case_id, Permission.BENEFIT_WRITE)
    await uow.session.refresh(old)  # another may have taken it out while the case was waited for
    old = await _standing(uow, BenefitEdge, edge_id)
    await refuse_judged(uow, old.case_id, old.is_practice)
    if (old.kind, old.assumption, old.confidence) == (kind, assumption, confidence):
        return old
    old.removed_at = uow.now
    edge = BenefitEdge(
        case_id=old.case_id, from_id=old.from_id, to_id=old.to_id, kind=kind, assumption=assumption,
        confidence=confidence, is_practice=old.is_practice, added_at=uow.now,
    )  # fmt: skip
    uow.session.add(edge)
    await uow.session.flush()
    changes = {"edge_id": edge.id, "replaces": edge_id, "kind": [old.kind, kind], "label": await _between(uow, edge),
               **practised(edge.is_practice)}  # fmt: skip
    await note(uow, actor, PROJECT, held, "reconnect_in_map", changes=changes)
    return edge


async def rename(uow: UnitOfWork, actor: Actor, node_id: UUID, *, label: str = "") -> BenefitNode:
    """Call a place something else; one that stands for a benefit is called as the benefit again where nothing is typed."""
    node: BenefitNode = await _standing(uow, BenefitNode, node_id)
    held = await hold(uow, actor, PROJECT, node.case_id, Permission.BENEFIT_WRITE)
    await uow.session.refresh(node)
    node = await _standing(uow, BenefitNode, node_id)
    await refuse_judged(uow, node.case_id, node.is_practice)
    if node.goal:
        raise invalid("label", "benefits.goal_has_its_name")
    if not label.strip() and node.benefit_id is None:
        raise invalid("label", "benefits.label_missing")
    before, node.label = node.label, label.strip()
    changes = {"node_id": node_id, "label": node.label or await words_of(uow, node), "was": before, "is": node.label,
               **practised(node.is_practice)}  # fmt: skip
    await note(uow, actor, PROJECT, held, "rename_in_map", changes=changes)
    return node


async def move(uow: UnitOfWork, actor: Actor, node_id: UUID, *, place: int) -> BenefitNode:
    """Take a place up or down in its layer, to a number counted from the top; the whole layer keeps the order it then has."""
    node: BenefitNode = await _standing(uow, BenefitNode, node_id)
    held = await hold(uow, actor, PROJECT, node.case_id, Permission.BENEFIT_WRITE)
    await uow.session.refresh(node)
    node = await _standing(uow, BenefitNode, node_id)
    await refuse_judged(uow, node.case_id, node.is_practice)
    nodes, edges = await benefit_map(uow, node.case_id, is_practice=node.is_practice)
    shown = [each.id for each in order_of(nodes, edges)[node.kind]]
    order = moved(shown, node_id, place)
    rows = await _layer(uow, node)
    before = {str(row.id): row.place for row in rows}
    for row in rows:
        row.place = order.index(row.id) + 1
    changes = {"node_id": node_id, "label": await words_of(uow, node), "before": before,
               "to": order.index(node_id) + 1, **practised(node.is_practice)}  # fmt: skip
    await note(uow, actor, PROJECT, held, "order_map", changes=changes)
    return node


async def _layer(uow: UnitOfWork, node: BenefitNode) -> list[BenefitNode]:
    rows = await uow.session.scalars(
        select(BenefitNode).where(
            BenefitNode.case_id == node.case_id, BenefitNode.is_practice.is_(node.is_practice),
            BenefitNode.kind == node.kind, BenefitNode.removed_at.is_(None),
        )
    )  # fmt: skip
    return list(rows)


async def arrange(uow: UnitOfWork, actor: Actor, *, case_id: UUID, is_practice: bool = False) -> None:
    """Let every layer be ordered with the fewest crossings again, whatever order somebody gave it."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.BENEFIT_WRITE)
    await refuse_judged(uow, case_id, is_practice)
    rows = await uow.session.scalars(
        select(BenefitNode).where(
            BenefitNode.case_id == case_id, BenefitNode.is_practice.is_(is_practice),
            BenefitNode.removed_at.is_(None), BenefitNode.place.is_not(None),
        )
    )  # fmt: skip
    before = {}
    for row in rows:
        before[str(row.id)], row.place = row.place, None
    await note(uow, actor, PROJECT, held, "order_map", changes={"before": before, **practised(is_practice)})
