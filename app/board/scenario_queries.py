"""Scenarios of a call, each as the list of applications that it would be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.board.models import Scenario, ScenarioRow
from app.board.queries import BoardRow
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.identity.models import Person
from workflows.ranking import Plan

MOST_SCENARIOS = 8


class ScenarioView(msgspec.Struct, frozen=True):
    """A scenario with its rows as the board would be: those of the applications that the reader sees there."""

    id: UUID
    call_id: UUID
    name: str
    why: str
    version: int
    who: str
    made_at: datetime
    adopted_at: datetime | None
    rows: list[BoardRow]

    def plan(self) -> Plan:
        """What the rules of comparison read."""
        return Plan(name=self.name, rows=tuple(row.weighed() for row in self.rows))


async def call_of(uow: UnitOfWork, scenario_id: UUID) -> UUID:
    """The call of a scenario; NotFound where there is none."""
    found = await uow.session.scalar(select(Scenario.call_id).where(Scenario.id == scenario_id))
    if found is None:
        raise NotFound
    return found


async def scenarios(
    uow: UnitOfWork, call_id: UUID, board: Sequence[BoardRow], *, only: UUID | None = None
) -> list[ScenarioView]:
    """The latest scenarios of a call, the oldest first, over the rows of the board that the reader sees; two statements."""
    statement = (
        select(Scenario, Person.name)
        .join(Person, Person.id == Scenario.made_by)
        .where(Scenario.call_id == call_id)
        .order_by(Scenario.id.desc())
        .limit(MOST_SCENARIOS)
    )
    if only is not None:
        statement = statement.where(Scenario.id == only)
    found = list(reversed((await uow.session.execute(statement)).tuples().all()))
    rows = await uow.session.execute(
        select(
            ScenarioRow.scenario_id, ScenarioRow.case_id, ScenarioRow.outcome, ScenarioRow.amount_ore, ScenarioRow.hours
        )
        .where(ScenarioRow.scenario_id.in_([row.id for row, _ in found]))
        .order_by(ScenarioRow.place)
    )  # fmt: skip
    ranked = {row.case_id: row for row in board if row.ranked}
    gathered: dict[UUID, list[BoardRow]] = defaultdict(list)
    for scenario_id, case_id, outcome, amount_ore, hours in rows:
        if case_id in ranked:
            gathered[scenario_id].append(as_tried(ranked[case_id], outcome, amount_ore, hours))
    return [
        ScenarioView(
            row.id, call_id, row.name, row.why, row.version, who, row.made_at, row.adopted_at, gathered[row.id]
        )
        for row, who in found
    ]


def as_tried(row: BoardRow, outcome: str | None, amount_ore: int | None, hours: int | None) -> BoardRow:
    """A row of the board as it would be, were this its pending decision."""
    return msgspec.structs.replace(row, decision_state="pending", outcome=outcome, amount_ore=amount_ore, hours=hours)
