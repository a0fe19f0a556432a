"""How PostgreSQL would find what a query asks for, in a database that is filled to size for the test."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from sqlalchemy import event, text

from app.core.database import UnitOfWork

MANY = 20_000
OFFICES = 300
UNITS = f"""
insert into units (id, number, name, kind, language, mailbox, municipalities, valid_from, invented)
select md5('u' || k)::uuid, 'u' || k, 'Nav Kontor ' || k, 'office', 'nb', '', '{{}}', now(), true
from generate_series(1, {OFFICES}) k
"""
CASES = f"""
insert into cases (id, kind, reference, title, unit_id, language, created_at, submitted_at, event_count, event_hash)
select md5(k::text)::uuid, 'application', 'M' || k, 'ord' || k % 4001 || ' ord' || k % 3989,
  md5('u' || 1 + k % {OFFICES})::uuid, 'nb', now(), now(), 0, ''
from generate_series(1, :many) k
"""
"""Each word of a title stands in few others."""
APPLICATIONS = """
insert into applications (id, state, version, call_id, unit_id, reference, language, answers, field_marks, unrecorded,
  form_version, call_form_version, rules, rules_version, created_at, created_by, extension_asked_why, extended_why,
  partner_summary, returned_for, returned_parts, dismissed_for, declined_for, first_round)
select id, 'in_review', 1, id, unit_id, reference, 'nb', '{}', '{}', '{}', 1, 0, '{}', 1, now(), id, '', '',
  '', '', '{}', '', '', '{}' from cases where reference like 'M%' limit :many
"""


async def fill(uow: UnitOfWork, *statements: str) -> None:
    """Many cases over many offices, and what the statements make of them; the planner has counted them."""
    await uow.session.execute(text("set local session_replication_role = replica"))
    for statement in (UNITS, CASES, *statements):
        await uow.session.execute(text(statement), {"many": MANY} if ":many" in statement else {})
    await uow.session.execute(text("set local session_replication_role = origin"))
    await uow.session.execute(text("analyze"))


async def plan_of(uow: UnitOfWork, asked: Awaitable[Any]) -> str:
    """The plan of the first statement that a query asks."""
    connection = await uow.session.connection()
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        sent.append((statement, parameters))

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    try:
        await asked
    finally:
        event.remove(connection.sync_connection, "before_cursor_execute", note)
    statement, parameters = sent[0]
    driver: Any = (await connection.get_raw_connection()).driver_connection
    return "\n".join(row[0] for row in await driver.fetch(f"explain {statement}", *parameters))
