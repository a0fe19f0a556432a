"""What the pages of a benefit map show: the map as it stands, who did what on it last, and its versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import false, func, select

from app.audit.models import Event
from app.benefits.map_drawing import MapEdge, MapNode
from app.benefits.models import Benefit, BenefitEdge, BenefitMapVersion, BenefitNode
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.identity.models import Person
from workflows.benefit_map import UNDOABLE, Connection, MapSaid, Place


async def benefit_map(
    uow: UnitOfWork, case_id: UUID, *, is_practice: bool = False
) -> tuple[list[MapNode], list[MapEdge]]:
    """The places and connections of a project's map as it stands, or of its practice map; two statements."""
    nodes = await uow.session.execute(
        select(
            BenefitNode.id, BenefitNode.kind, func.coalesce(func.nullif(BenefitNode.label, ""), Benefit.title, ""),
            func.coalesce(Benefit.sign, 1), BenefitNode.benefit_id, BenefitNode.goal, BenefitNode.place,
            func.coalesce(Benefit.state, ""),
        )
        .outerjoin(Benefit, Benefit.id == BenefitNode.benefit_id)
        .where(
            BenefitNode.case_id == case_id, BenefitNode.is_practice.is_(is_practice), BenefitNode.removed_at.is_(None)
        )
        .order_by(BenefitNode.id)
    )  # fmt: skip
    found = [
        MapNode(
            id=id_, kind=kind, label=label, sign=sign, link=f"/benefits/{benefit}" if benefit else "", goal=goal or "",
            place=place, benefit_id=benefit, state=state,
        )
        for id_, kind, label, sign, benefit, goal, place, state in nodes
    ]  # fmt: skip
    edges = await uow.session.execute(
        select(
            BenefitEdge.id, BenefitEdge.from_id, BenefitEdge.to_id, BenefitEdge.kind, BenefitEdge.assumption,
            BenefitEdge.confidence,
        )
        .where(
            BenefitEdge.case_id == case_id, BenefitEdge.is_practice.is_(is_practice), BenefitEdge.removed_at.is_(None)
        )
        .order_by(BenefitEdge.id)
    )  # fmt: skip
    return found, [
        MapEdge(id=id_, from_id=start, to_id=end, kind=kind, assumption=assumption, confidence=confidence)
        for id_, start, end, kind, assumption, confidence in edges
    ]


class MapMark(msgspec.Struct, frozen=True):
    """The newest act on a map: a page that shows an older one is not up to date."""

    number: int = 0
    by: UUID | None = None
    name: str = ""
    verb: str = ""
    label: str = ""


async def newest_act(uow: UnitOfWork, case_id: UUID, *, is_practice: bool = False) -> MapMark:
    """What was done last on the map, and by whom; one statement."""
    practised = func.coalesce(Event.changes["is_practice"].as_boolean(), false())
    row = (
        await uow.session.execute(
            select(Event.sequence, Event.actor_id, Event.actor_name, Event.verb, Event.changes)
            .where(
                Event.case_id == case_id, Event.verb.in_((*UNDOABLE, "undo_in_map")), practised.is_(is_practice)
            )
            .order_by(Event.sequence.desc())
            .limit(1)
        )
    ).first()  # fmt: skip
    if row is None:
        return MapMark()
    sequence, by, name, verb, changes = row
    label = changes.get("label", "")
    return MapMark(sequence, by, name, verb, label if isinstance(label, str) else "")


class KeptVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a map, without what it says."""

    number: int
    name: str
    gate: str
    kept_at: datetime
    kept_by: str | None
    said_hash: str


async def versions(uow: UnitOfWork, case_id: UUID, *, is_practice: bool = False) -> list[KeptVersion]:
    """Every version of the map, the newest first; one statement."""
    rows = await uow.session.execute(
        select(
            BenefitMapVersion.number, BenefitMapVersion.name, BenefitMapVersion.gate, BenefitMapVersion.kept_at,
            Person.name.label("kept_by"), BenefitMapVersion.said_hash,
        )
        .outerjoin(Person, Person.id == BenefitMapVersion.kept_by)
        .where(BenefitMapVersion.case_id == case_id, BenefitMapVersion.is_practice.is_(is_practice))
        .order_by(BenefitMapVersion.number.desc())
    )  # fmt: skip
    return [
        KeptVersion(number=number, name=name, gate=gate, kept_at=at, kept_by=by, said_hash=fingerprint)
        for number, name, gate, at, by, fingerprint in rows
    ]


def said_of(nodes: list[MapNode], edges: list[MapEdge]) -> MapSaid:
    """All that a map says as it stands."""
    return MapSaid(
        nodes=tuple(
            Place(
                id=node.id, kind=node.kind, label=node.label, goal=node.goal, sign=node.sign, state=node.state,
                place=node.place, benefit_id=node.benefit_id,
            )
            for node in nodes
        ),
        edges=tuple(
            Connection(
                id=edge.id, from_id=edge.from_id, to_id=edge.to_id, kind=edge.kind, assumption=edge.assumption,
                confidence=edge.confidence,
            )
            for edge in edges
        ),
    )  # fmt: skip


async def version_said(uow: UnitOfWork, case_id: UUID, number: int, *, is_practice: bool = False) -> MapSaid:
    """What a version says; NotFound for a number that there is none of."""
    said: Any = await uow.session.scalar(
        select(BenefitMapVersion.said).where(
            BenefitMapVersion.case_id == case_id, BenefitMapVersion.is_practice.is_(is_practice),
            BenefitMapVersion.number == number,
        )
    )  # fmt: skip
    if said is None:
        raise NotFound
    return msgspec.convert(said, MapSaid)
