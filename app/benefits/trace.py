"""What the trace of a project is made of, read in one statement."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, case, cast, func, literal, not_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, array

from app.activities.models import Change, Concept, Finding, Insight
from app.benefits.models import Benefit
from app.core.database import CASE, UnitOfWork
from app.core.questions import told_each
from workflows.trace import Entry, Layer, Trace, traced

IDS = ARRAY(Uuid)


def _entries(table: Any, layer: Layer, text: Any, kind: Any, rests_on: Any, is_dropped: Any) -> Select[Any]:
    named = {"text": text, "kind": cast(kind, Text), "rests_on": rests_on, "is_dropped": is_dropped}
    columns = (column.label(name) for name, column in named.items())
    return select(table.id.label("id"), literal(layer.value, Text).label("layer"), *columns).where(
        table.case_id == CASE
    )


def _one(column: Any) -> Any:
    """A single id that may be missing, as a list."""
    return func.array_remove(cast(array([column]), IDS), None, type_=IDS)


@cache
def _statement() -> Select[Any]:
    nothing: Any = cast([], IDS)
    never: Any = literal(False)
    rows = union_all(
        _entries(Insight, Layer.INSIGHT, Insight.text, Insight.kind, nothing, never),
        _entries(Finding, Layer.FINDING, Finding.text, Finding.status, Finding.insight_ids, never),
        _entries(
            Concept, Layer.CONCEPT, Concept.title, case((Concept.chosen, "chosen"), else_="not_chosen"),
            Concept.finding_ids, not_(Concept.chosen),
        ),
        _entries(
            Change, Layer.CHANGE, Change.title, case((Change.live_on.is_(None), "planned"), else_="live"),
            _one(Change.concept_id), never,
        ),
        _entries(
            Benefit, Layer.BENEFIT, Benefit.title, Benefit.state, _one(Benefit.change_id), Benefit.dropped_at.is_not(None)
        ).where(Benefit.is_practice.is_(False)),
    ).subquery()  # fmt: skip
    return select(told_each(Entry, select(rows).order_by(rows.c.id)))


async def trace_of(uow: UnitOfWork, case_id: UUID, state: str) -> Trace:
    """The trace of a project that stands in a state; the caller has checked that the actor may see it."""
    entries: list[Entry] = (await uow.session.execute(_statement(), {"case_id": case_id})).scalar_one()
    return traced(entries, state)
