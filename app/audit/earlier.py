"""What was said of something at an earlier moment: what the first change of it since then says that it was before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause

from app.audit.models import Event


def said_before(subject: str, subject_id: Any, verb: str, moment: Any) -> LateralFromClause:
    """What has been said anew of it since a moment, as `was`: of each field what it was before; null where nothing has.

    For changes that name what they change as `{field: [before, after]}`. `subject_id` is a column of the statement around.
    """
    field = func.jsonb_each(Event.changes).table_valued("key", "value", name="field")
    # of two values under a key the last one stays: that of the first change
    each = aggregate_order_by(field.c.value.op("->")(0), Event.sequence.desc())
    return (
        select(func.jsonb_object_agg(field.c.key, each, type_=JSONB()).label("was"))
        .select_from(Event)
        .join(field, func.jsonb_typeof(field.c.value) == "array")
        .where(
            Event.subject == subject, Event.subject_id == subject_id, Event.verb == verb, Event.at >= moment,
        )
        .lateral("earlier")
    )  # fmt: skip
