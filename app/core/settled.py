"""Statements that are built once, with all that never changes in them written out: only what is asked about is sent."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec
from sqlalchemy import JSON, BindParameter, ClauseElement, Dialect, Text, literal, literal_column
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NullType, TypeEngine

DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]
Statement = TypeVar("Statement", bound=ClauseElement)


def settled(statement: Statement) -> Statement:
    """The statement with its own values in its text; parameters with a name of ours stay.

    To send hundreds of states and words takes as long as all else that a statement costs us, and whoever plans it once knows
    them now. A statement is built before anybody asks, so nothing that somebody typed can stand in it.
    """
    found: Any = replacement_traverse(statement, {}, _written_out)
    return cast(Statement, found)


def _written_out(element: Any, **_: Any) -> Any:
    if not isinstance(element, BindParameter) or not element.unique or element.required:
        return None
    if isinstance(element.type, JSON.JSONElementType):
        return None  # the driver's own type for a key within JSON
    values: Any = element.value
    if not element.expanding:
        return literal_column(_one(values, element.type), element.type)
    if not values:
        return None
    return literal_column(f"({', '.join(_one(each, element.type) for each in values)})", element.type)


def _one(value: Any, kind: TypeEngine[Any]) -> str:
    if value is None:
        return f"NULL::{kind.compile(DIALECT)}"
    if isinstance(kind, NullType) and isinstance(value, str):
        return str(literal(str(value)).compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))
    if isinstance(kind, JSON):
        value, kind = msgspec.json.encode(value).decode(), Text()
        return f"{_one(value, kind)}::JSONB"
    said = literal(value, kind).compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
    return f"{said}::{kind.compile(DIALECT)}"
