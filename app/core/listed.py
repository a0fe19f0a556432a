"""The rows of a query as one value of another, so that a page or a rule is answered by a single statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by


def listed(source: Select[Any], columns: Mapping[str, Any], *order: Any) -> ColumnElement[Any]:
    """The rows of a query as a JSON list of objects, in the order asked for; an empty list where there are none."""
    pairs = func.jsonb_build_object(*(part for name, column in columns.items() for part in (name, column)))
    rows = func.jsonb_agg(aggregate_order_by(pairs, *order) if order else pairs)
    return func.coalesce(source.with_only_columns(rows).scalar_subquery(), cast([], JSONB))
