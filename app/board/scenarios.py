"""The verbs of scenarios: save a way to divide the frame, try it out, and adopt it as what is being prepared."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select

from app.audit.service import record
from app.board import queries
from app.board.models import RankingChange, Scenario, ScenarioRow
from app.board.queries import BoardRow, Head
from app.board.ranking import Moved, hold_board, person_of
from app.cases.queries import load_case
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet, Stale, invalid
from app.decisions import service as decisions
from app.decisions.queries import frame_of
from app.identity.actor import Actor
from workflows.decision import BINDS_MONEY, Outcome
from workflows.engine import Reason
from workflows.ranking import changed_places, filled, moved, rearranged
from workflows.roles import Permission, Role

Begins = Literal["as_it_is", "line"]


async def save(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, name: str, why: str, begins: Begins = "as_it_is",
    copy_of: UUID | None = None,
) -> Scenario:  # fmt: skip
    """Save a scenario with its name and reason: the board as it is, as the line divides it, or a copy of another one.

    Raises Invalid where the call has a scenario of that name.
    """
    case, head, _ = await hold_board(uow, actor, call_id, Permission.DECISION_RANK)
    name, why = name.strip(), why.strip()
    if not name:
        raise invalid("name", "form.empty")
    if not why:
        raise invalid("why", "step.why_missing", move="save_scenario")
    taken = select(Scenario.id).where(Scenario.call_id == call_id, Scenario.name == name)
    if await uow.session.scalar(taken) is not None:
        raise invalid("name", "board.scenario_name_taken")
    scenario = Scenario(call_id=call_id, name=name, why=why, version=1, made_by=person_of(actor), made_at=uow.now)
    uow.session.add(scenario)
    await uow.session.flush()
    shown = [row for row in await queries.board(uow, actor, head) if row.ranked]
    kept = await _copied(uow, call_id, copy_of) if copy_of else await _begun(uow, shown, call_id, begins)
    present = {row.case_id for row in shown}
    uow.session.add_all(
        ScenarioRow(
            scenario_id=scenario.id, case_id=case_id, place=place, outcome=outcome, amount_ore=amount_ore, hours=hours
        )
        for place, (case_id, outcome, amount_ore, hours) in enumerate(
            (each for each in kept if each[0] in present), 1
        )
    )  # fmt: skip
    await record(uow, actor, case, "board", call_id, "save_scenario", why=why, changes={"name": name})
    await uow.session.flush()
    return scenario


Kept = tuple[UUID, str | None, int | None, int | None]


async def _begun(uow: UnitOfWork, shown: list[BoardRow], call_id: UUID, begins: Begins) -> list[Kept]:
    if begins == "as_it_is":
        return [(row.case_id, _outcome(row), row.amount_ore, row.hours) for row in shown]
    frame = await frame_of(uow, call_id, "nb")
    divided = filled([row.weighed() for row in shown], frame.left_ore, frame.left_hours)
    return [(row.id, str(row.outcome) if row.outcome else None, row.amount_ore, row.hours) for row in divided]


def _outcome(row: BoardRow) -> str | None:
    outcome = row.weighed().outcome
    return str(outcome) if outcome else None


async def _copied(uow: UnitOfWork, call_id: UUID, scenario_id: UUID) -> list[Kept]:
    rows = await uow.session.execute(
        select(ScenarioRow.case_id, ScenarioRow.outcome, ScenarioRow.amount_ore, ScenarioRow.hours)
        .join(Scenario, Scenario.id == ScenarioRow.scenario_id)
        .where(Scenario.id == scenario_id, Scenario.call_id == call_id)
        .order_by(ScenarioRow.place)
    )
    return [(case_id, outcome, amount_ore, hours) for case_id, outcome, amount_ore, hours in rows]


async def _hold(
    uow: UnitOfWork, actor: Actor, scenario_id: UUID, version: int | None
) -> tuple[Scenario, Head, list[UUID]]:
    """A scenario that may be changed, locked, with the applications in it that the actor sees, in its order."""
    scenario = await uow.session.scalar(
        select(Scenario).where(Scenario.id == scenario_id).with_for_update().execution_options(populate_existing=True)
    )
    if scenario is None:
        raise NotFound
    await load_case(uow, actor, scenario.call_id, Permission.DECISION_RANK, kind="call")
    if version is not None and version != scenario.version:
        raise Stale(typed_on=version, now_at=scenario.version)
    if scenario.adopted_at is not None:
        reason = Reason(code="board.scenario_adopted", who=(Role.CASE_HANDLER,))
        raise NotYet([reason], subject="scenario", step="weigh", case_id=scenario.call_id)
    head = await queries.head_of(uow, scenario.call_id)
    seen = {row.case_id for row in await queries.board(uow, actor, head) if row.ranked}
    order = await uow.session.scalars(
        select(ScenarioRow.case_id).where(ScenarioRow.scenario_id == scenario_id).order_by(ScenarioRow.place)
    )
    return scenario, head, [each for each in order if each in seen]


async def move(
    uow: UnitOfWork, actor: Actor, scenario_id: UUID, *, case_id: UUID | None = None, place: int | None = None,
    up: UUID | None = None, down: UUID | None = None, version: int | None = None,
) -> Moved:  # fmt: skip
    """Give an application another place in the scenario alone."""
    scenario, _, shown = await _hold(uow, actor, scenario_id, version)
    chosen = up or down or case_id
    if chosen is None or chosen not in shown:
        raise NotFound
    before = shown.index(chosen) + 1
    wanted = before - 1 if up else before + 1 if down else place or before
    rows = list(
        await uow.session.scalars(
            select(ScenarioRow).where(ScenarioRow.scenario_id == scenario_id).order_by(ScenarioRow.place)
        )
    )
    order = moved([row.case_id for row in rows], chosen, wanted, shown)
    for row in rows:
        row.place = order.index(row.case_id) + 1
    scenario.version += 1
    await uow.session.flush()
    return Moved(chosen, scenario.version)


async def weigh(
    uow: UnitOfWork, actor: Actor, scenario_id: UUID, *, case_id: UUID, outcome: str | None = None,
    amount_ore: int | None = None, hours: int | None = None, version: int | None = None,
) -> Scenario:  # fmt: skip
    """Say what an application would be given in the scenario alone."""
    scenario, _, shown = await _hold(uow, actor, scenario_id, version)
    if case_id not in shown:
        raise NotFound
    row = await uow.session.get_one(ScenarioRow, (scenario_id, case_id))
    gives = outcome is None or Outcome(outcome) in BINDS_MONEY
    row.outcome, row.amount_ore, row.hours = outcome, amount_ore if gives else None, hours if gives else None
    scenario.version += 1
    await uow.session.flush()
    return scenario


async def _call_of(uow: UnitOfWork, scenario_id: UUID) -> UUID:
    found = await uow.session.scalar(select(Scenario.call_id).where(Scenario.id == scenario_id))
    if found is None:
        raise NotFound
    return found


async def discard(uow: UnitOfWork, actor: Actor, scenario_id: UUID, *, version: int | None = None) -> None:
    """Throw a scenario away; one that has been adopted is kept."""
    call_id = await _call_of(uow, scenario_id)
    case, _, _ = await hold_board(uow, actor, call_id, Permission.DECISION_RANK)
    scenario, _, _ = await _hold(uow, actor, scenario_id, version)
    await record(uow, actor, case, "board", scenario.call_id, "discard_scenario", changes={"name": scenario.name})
    await uow.session.execute(delete(Scenario).where(Scenario.id == scenario_id))


async def adopt(uow: UnitOfWork, actor: Actor, scenario_id: UUID, *, version: int | None = None) -> Scenario:
    """Make a scenario what is being prepared: its order, and its outcomes in the pending decisions; all of it or nothing.

    Raises NotYet with every application whose recommendation is signed already and would become another.
    """
    call_id = await _call_of(uow, scenario_id)
    case, head, ranking = await hold_board(uow, actor, call_id, Permission.DECISION_RECOMMEND)
    scenario, _, shown = await _hold(uow, actor, scenario_id, version)
    board = {row.case_id: row for row in await queries.board(uow, actor, head)}
    wanted = {
        row.case_id: row
        for row in await uow.session.scalars(select(ScenarioRow).where(ScenarioRow.scenario_id == scenario_id))
    }
    changed = [each for each in shown if _differs(board[each], wanted[each])]
    signed = [
        Reason(code="board.signed_already", parameters={"reference": board[each].reference}, who=(Role.DECISION_MAKER,))
        for each in changed
        if board[each].decision_state == "recommended"
    ]
    if signed:
        raise NotYet(signed, subject="scenario", step="adopt", case_id=call_id)
    for each in changed:
        row = wanted[each]
        decision = await decisions.prepare(uow, actor, case_id=each)
        await decisions.write(uow, actor, decision.id, outcome=row.outcome, amount_ore=row.amount_ore, hours=row.hours)
    before = await queries.everybody_in_order(uow, head)
    after = rearranged(before, shown)
    if after != before:
        ranking.places, ranking.version = list(after), ranking.version + 1
        uow.session.add_all(
            RankingChange(
                call_id=call_id, version=ranking.version, case_id=each, person_id=person_of(actor),
                from_place=came_from or place, to_place=place, at=uow.now,
            )
            for each, (came_from, place) in changed_places(before, after).items()
        )  # fmt: skip
    scenario.adopted_by, scenario.adopted_at = person_of(actor), uow.now
    scenario.version += 1
    changes = {"name": scenario.name, "applications": len(changed)}
    await record(uow, actor, case, "board", call_id, "adopt_scenario", why=scenario.why, changes=changes)
    await uow.session.flush()
    return scenario


def _differs(row: BoardRow, wanted: ScenarioRow) -> bool:
    return (_outcome(row), row.amount_ore, row.hours) != (wanted.outcome, wanted.amount_ore, wanted.hours)
