"""Statements that are built once: their own values stand in their text, and only what is asked about is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, literal, null, select
from sqlalchemy.dialects.postgresql import JSONB

from app.cases.models import Case
from app.core.database import CASE, Database
from app.core.settled import DIALECT, settled
from workflows.benefit import PlanState

STATEMENT = select(
    literal("it's 100 % :so"), literal([{"a": None}], JSONB), literal(None, Case.id.type), literal("b").in_(("a", "b")),
    literal("b").in_(()), func.coalesce(null(), PlanState.DRAFT), func.jsonb_build_object("so", 3, "much", 2.5),
    select(Case.id).where(Case.id == CASE).limit(1).scalar_subquery(),
)  # fmt: skip


def sent(statement: Any) -> list[str]:
    """The names of what is sent with a run of the statement."""
    return sorted(statement.compile(dialect=DIALECT).params)


def test_only_what_is_asked_about_is_sent() -> None:
    few = select(Case.id).where(Case.id == CASE, Case.kind.in_(("application", "call"))).limit(1)
    assert len(sent(few)) > 1
    assert sent(settled(few)) == ["case_id"]


async def test_it_answers_the_same(database: Database) -> None:
    asked = {"case_id": None}
    async with database.reading() as uow:
        plain, written = [(await uow.session.execute(each, asked)).one() for each in (STATEMENT, settled(STATEMENT))]
    assert plain == written
    assert plain[:4] == ("it's 100 % :so", [{"a": None}], None, True)
