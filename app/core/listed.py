"""The rows of a query as one value of another, so that a page or a rule is answered by a single statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by


def word(said: str) -> ColumnElement[str]:
    """A word of ours that stands in the statement itself and is sent with none of its runs: whoever plans it once knows it.

    Raises ValueError for what is no name of ours.
    """
    if not said.isidentifier():
        raise ValueError(f"{said!r} is no name")
    return literal_column(f"'{said}'", Text())


def words(said: Iterable[str]) -> list[ColumnElement[str]]:
    """Several words, for `in_`."""
    return [word(each) for each in said]


def pairs_of(columns: Mapping[str, Any]) -> list[Any]:
    """What makes a JSON object of columns: each one's name and itself."""
    return [part for name, column in columns.items() for part in (word(name), column)]


def listed(source: Select[Any], columns: Mapping[str, Any], *order: Any) -> ColumnElement[Any]:
    """The rows of a query as a JSON list of objects, in the order asked for; an empty list where there are none."""
    pairs = func.jsonb_build_object(*pairs_of(columns))
    rows = func.jsonb_agg(aggregate_order_by(pairs, *order) if order else pairs)
    return func.coalesce(source.with_only_columns(rows).scalar_subquery(), cast([], JSONB))
