"""A scheme at size: the demo's own cases, copied whole with ids of their own, spread over many offices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

import app.tables
from app.core.database import Base

LEFT_OUT = frozenset({"attendances", "case_roles", "events", "notices", "mails", "outbox"})
"""Tables whose rows say what happened once, with whom; a copy did not happen."""

KNOWN = """
(select '[' || coalesce(string_agg(replace(replace(each::text, each->>0, own), coalesce(each->>4, ''), measured), ','
    order by own), '') || ']'
  from json_array_elements(t.known::json) each,
    lateral (select left(each->>0, 13) || right(md5((each->>0) || :salt || k)::uuid::text, 23) as own,
      coalesce(left(each->>4, 13) || right(md5((each->>4) || :salt || k)::uuid::text, 23), '') as measured) ids)
"""
"""What is known of a benefit's indicators, of those of the copy."""


def _belonging() -> list[tuple[Table, str]]:
    """The tables whose rows belong to a case, each after those it refers to, with the condition that says to which."""
    assert app.tables
    found: dict[str, tuple[Table, str]] = {}
    for table in Base.metadata.sorted_tables:
        condition = "" if table.name in LEFT_OUT else _path_to_case(table, set(found))
        if condition:
            found[table.name] = (table, condition)
    return list(found.values())


def _path_to_case(table: Table, belonging: set[str]) -> str:
    """The condition that a row of the table belongs to the case :case_id; "" where no row belongs to one."""
    if table.name == "cases":
        return "t.id = :case_id"
    if "case_id" in table.c:
        return "t.case_id = :case_id"
    for key in table.foreign_keys:
        other = key.column.table
        if other.name == "cases" and key.parent.name in ("id", "application_id", "project_id"):
            return f"t.{key.parent.name} = :case_id"
        if other.name in belonging and "case_id" in other.c and other.name != table.name:
            return f"t.{key.parent.name} in (select id from {other.name} where case_id = :case_id)"
    return ""


def _value(table: Table, column: Any, copied: set[str]) -> str:
    """What a column of the copy holds: ids made anew by one rule, so that everything still fits together."""
    name = f't."{column.name}"'
    to = {key.column.table.name for key in column.foreign_keys}
    is_uuid = column.type.python_type is UUID
    if table.name in ("cases", "case_units", "portfolio_rows") and column.name == "unit_id":
        return "o.unit_id"
    if is_uuid and column.name != "call_id" and ((column.primary_key and not to) or to & copied):
        # it begins as the copied one does: of two measurements made on a day the one recorded last stays the last
        return f"(left({name}::text, 13) || right(md5({name}::text || :salt || k)::uuid::text, 23))::uuid"
    if (table.name, column.name) == ("portfolio_rows", "known"):
        return KNOWN
    unique = any(column.name in constraint.columns and len(constraint.columns) == 1
                 for constraint in table.constraints if constraint.__class__.__name__ == "UniqueConstraint")  # fmt: skip
    if (unique or column.unique) and not is_uuid:
        return f"{name} || '-' || :salt || k"
    return name


async def offices(connection: AsyncConnection, count: int) -> None:
    """Offices enough, in the counties that there are."""
    await connection.execute(
        text(
            "insert into units (id, number, name, kind, county_id, language, mailbox, municipalities, valid_from, invented) "
            "select gen_random_uuid(), 'B' || k, 'Nav Benk ' || k, 'office', "
            "(array(select id from units where kind = 'county' order by number))[1 + k % 5], 'nb', '', '{}', now(), true "
            "from generate_series(1, :count) k"
        ),
        {"count": count},
    )


@asynccontextmanager
async def without_indexes(connection: AsyncConnection, *tables: str) -> AsyncIterator[None]:
    """Tables without the indexes that no constraint needs while much is written to them; made anew afterwards."""
    rows = await connection.execute(
        text(
            "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index "
            "where indrelid = any(cast(:tables as text[])::regclass[]) "
            "and not exists (select 1 from pg_constraint where conindid = indexrelid)"
        ),
        {"tables": list(tables)},
    )
    held = rows.tuples().all()
    for name, _ in held:
        await connection.execute(text(f"drop index {name}"))
    yield
    await connection.execute(text("set local maintenance_work_mem = '512MB'"))
    for _, made in held:
        await connection.exec_driver_sql(made)


async def copies(connection: AsyncConnection, case_id: UUID, count: int, salt: str) -> None:
    """Copy a case with all that belongs to it so many times, office by office."""
    belonging = _belonging()
    names = {table.name for table, _ in belonging}
    for table, condition in belonging:
        columns = [column for column in table.c if column.computed is None]
        held = ", ".join(f'"{column.name}"' for column in columns)
        values = ", ".join(_value(table, column, names) for column in columns)
        await connection.execute(
            text(
                f'insert into "{table.name}" ({held}) select {values} from generate_series(1, :count) k '
                "join (select id as unit_id, row_number() over (order by number) as n from units where number like 'B%') o "
                "on o.n = 1 + (k % (select count(*) from units where number like 'B%')) "
                f'cross join "{table.name}" t where {condition}'
            ),
            {"count": count, "case_id": case_id, **({"salt": salt} if ":salt" in values else {})},
        )  # fmt: skip
