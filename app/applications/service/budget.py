"""The lines of an application's budget; the amount that is applied for follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select

from app.applications.facts import APPLICATION
from app.applications.models import Application, BudgetLine
from app.applications.service.draft import held_for_writing
from app.applications.service.writing import unmark, write_fields
from app.calls.models import Call
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import Held, note
from workflows import budget
from workflows.application import AMOUNT
from workflows.engine import Reason
from workflows.money import MOST_ORE
from workflows.rules import Rules

PART = "budget"


@cache
def _cost_kinds() -> tuple[ColumnElement[Any]]:
    """What the call pays for, read with the application."""
    return (select(Call.cost_kinds).where(Call.id == Application.call_id).scalar_subquery(),)


async def _held(
    uow: UnitOfWork, actor: Actor, application_id: UUID, version: int | None, verb: str, *, gathers: bool = False
) -> Held[Application]:
    """The application, held for a change of its budget; NotYet where its call asks for none."""
    held = await held_for_writing(
        uow, actor, application_id, version, verb, part=PART, gathers=gathers, beside=_cost_kinds()
    )
    if not msgspec.convert(held.row.rules, Rules).budget.asked:
        reason = Reason(code="application.no_budget_asked", place="application.plan")
        raise NotYet([reason], subject="application", step=verb, case_id=application_id)
    return held


async def _lines(uow: UnitOfWork, application_id: UUID) -> list[BudgetLine]:
    rows = await uow.session.scalars(
        select(BudgetLine).where(BudgetLine.case_id == application_id).order_by(BudgetLine.id)
    )
    return list(rows)


def _chosen(lines: Sequence[BudgetLine], line_id: UUID) -> BudgetLine:
    for line in lines:
        if line.id == line_id:
            return line
    raise invalid("description", "application.row_gone")


def _refuse(
    held: Held[Application], others: Sequence[BudgetLine], cost_kind: str, amount_ore: int, bearer: str
) -> None:
    """Raise Invalid for a cost that the call does not pay for, and where the sum of all would be absurd."""
    for reason in budget.against_paying(cost_kind, bearer, held.beside[0]):
        raise Invalid({"cost_kind": reason})
    left_ore = MOST_ORE - sum(line.amount_ore for line in others)
    if amount_ore > left_ore:
        raise invalid("amount_ore", "form.too_large_ore", most_ore=max(left_ore, 0))


def fact_of(line: BudgetLine) -> budget.BudgetLine:
    """A line as the rules know it."""
    return budget.BudgetLine(
        id=line.id, cost_kind=line.cost_kind, description=line.description, amount_ore=line.amount_ore,
        bearer=line.bearer, year=line.year,
    )  # fmt: skip


def apply_for(row: Application, lines: Sequence[BudgetLine]) -> None:
    """Let the amount that is applied for be what the lines say."""
    applied = budget.applied_ore([fact_of(line) for line in lines])
    answers = {key: value for key, value in row.answers.items() if key != AMOUNT}
    row.answers = answers if applied is None else {**answers, AMOUNT: applied}
    row.amount_ore = applied


async def add_budget_line(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, cost_kind: str, description: str, amount_ore: int,
    bearer: str, year: int | None = None, version: int | None = None,
) -> Application:  # fmt: skip
    """Add a cost to the budget; the amount applied for is summed anew (R4, R5).

    Raises Invalid for a cost that the scheme is to bear and the call does not pay for, NotYet where no budget is asked for.
    """
    held = await _held(uow, actor, application_id, version, "add_budget_line")
    refuse_identity_numbers(description=description)
    lines = await _lines(uow, application_id)
    if len(lines) >= budget.MOST_LINES:
        raise invalid("description", "application.rows_too_many", most=budget.MOST_LINES)
    _refuse(held, lines, cost_kind, amount_ore, bearer)
    row = BudgetLine(
        case_id=application_id, cost_kind=cost_kind, description=description, amount_ore=amount_ore, bearer=bearer,
        year=year,
    )  # fmt: skip
    uow.session.add(row)
    apply_for(held.row, [*lines, row])
    changes = {"description": description, "cost_kind": cost_kind, "amount_ore": amount_ore, "bearer": bearer}
    return await note(uow, actor, APPLICATION, held, "add_budget_line", changes={**changes, "year": year})


async def write_budget_line(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, budget_line_id: UUID, cost_kind: str, description: str,
    amount_ore: int, bearer: str, year: int | None = None, version: int | None = None, seen: Sequence[str] = (),
    standing: Sequence[str] = (), by_itself: bool = False,
) -> Application:  # fmt: skip
    """Change a cost in the budget, field by field where others write too; the amount applied for is summed anew."""
    held = await _held(uow, actor, application_id, version, "write_budget_line", gathers=True)
    refuse_identity_numbers(description=description)
    lines = await _lines(uow, application_id)
    row = _chosen(lines, budget_line_id)
    _refuse(held, [line for line in lines if line is not row], cost_kind, amount_ore, bearer)
    typed = {
        "cost_kind": cost_kind, "description": description, "amount_ore": amount_ore, "bearer": bearer, "year": year,
    }  # fmt: skip
    found = await write_fields(
        uow, actor, held, row, "write_budget_line", typed, seen=seen, standing=standing, by_itself=by_itself,
        prefix=f"budget_line.{row.id}.", about={"description": row.description},
    )  # fmt: skip
    apply_for(held.row, lines)
    return found


async def remove_budget_line(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, budget_line_id: UUID, version: int | None = None
) -> Application:
    """Take a cost out of the budget; the amount applied for is summed anew."""
    held = await _held(uow, actor, application_id, version, "remove_budget_line")
    lines = await _lines(uow, application_id)
    row = _chosen(lines, budget_line_id)
    await uow.session.delete(row)
    unmark(held.row, f"budget_line.{row.id}.")
    apply_for(held.row, [line for line in lines if line is not row])
    changes = {"description": row.description, "cost_kind": row.cost_kind, "amount_ore": row.amount_ore}
    return await note(uow, actor, APPLICATION, held, "remove_budget_line", changes=changes)
