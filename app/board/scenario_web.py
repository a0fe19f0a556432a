"""The pages of scenarios: one to try out, and all of a call side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.board import queries, scenario_queries
from app.board.lists import dimensions, facilitation, listed, words_of_key, words_of_marks
from app.core.errors import NotFound
from app.decisions.queries import frame_of
from app.web.visit import Visit
from workflows.ranking import DIMENSIONS, Plan, above, breadth, compare, reach
from workflows.roles import Permission


@get("/scenarios/{scenario_id:uuid}", permission=Permission.DECISION_RANK, include_in_schema=False)
async def scenario_page(
    visit: Visit, scenario_id: UUID, opened: UUID | None = None, moved: UUID | None = None
) -> Response[Any]:
    """One scenario, to be ranked and weighed without a word in any case."""
    call_id = await scenario_queries.call_of(visit.uow, scenario_id)
    frame = await frame_of(visit.uow, call_id, visit.texts.language)
    board = await queries.board(visit.uow, visit.actor, await queries.head_of(visit.uow, call_id))
    found = await scenario_queries.scenarios(visit.uow, call_id, board, only=scenario_id)
    if not found:
        raise NotFound
    scenario = found[0]
    weighed = [row.weighed() for row in scenario.rows]
    reached = reach(weighed, frame.left_ore, frame.left_hours)
    given = above(weighed, reached)
    return visit.render(
        "board/scenario.html",
        **words_of_marks(visit),
        scenario=scenario,
        frame=frame,
        ranked=listed(scenario.rows, reached),
        reached=reached,
        left_ore=frame.left_ore - reached.used_ore,
        left_hours=frame.left_hours - reached.used_hours,
        facilitation=await facilitation(visit, weighed, given),
        dimensions=dimensions(visit, weighed, given),
        base=f"/scenarios/{scenario_id}?",
        move_action=f"/scenarios/{scenario_id}/move",
        list_version=scenario.version,
        opened=opened,
        moved=moved,
        changes=(),
        ranks=scenario.adopted_at is None,
        weighs=f"/scenarios/{scenario_id}/weigh",
        adopts=visit.actor.may(Permission.DECISION_RECOMMEND) and scenario.adopted_at is None,
    )


@get("/boards/{call_id:uuid}/scenarios", permission=Permission.DECISION_RANK, include_in_schema=False)
async def scenarios_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """The board as it is and the scenarios of a call side by side: who is in and out, sums, hours, breadth."""
    frame = await frame_of(visit.uow, call_id, visit.texts.language)
    board = await queries.board(visit.uow, visit.actor, await queries.head_of(visit.uow, call_id))
    found = await scenario_queries.scenarios(visit.uow, call_id, board)
    ranked = [row for row in board if row.ranked]
    plans = [
        Plan(name=visit.t("board.as_it_is"), rows=tuple(row.weighed() for row in ranked)),
        *(scenario.plan() for scenario in found),
    ]
    compared = compare(plans, frame.left_ore, frame.left_hours)
    uses = [{row.id: row.use_ore for row in plan.rows} for plan in plans]
    return visit.render(
        "board/scenarios.html",
        frame=frame,
        scenarios=found,
        compared=compared,
        rows=[
            (row, row.case_id in compared.differs, [
                (row.case_id in outlook.given, use.get(row.case_id))
                for outlook, use in zip(compared.outlooks, uses, strict=True)
            ])
            for row in ranked
        ],
        breadths=[(name, _side_by_side(visit, name, plans, compared.outlooks)) for name in DIMENSIONS],
    )  # fmt: skip


def _side_by_side(visit: Visit, dimension: str, plans: Any, outlooks: Any) -> list[tuple[str, list[int]]]:
    """For each key of a dimension how many are given something in each plan."""
    counts: dict[str, list[int]] = {}
    for index, (plan, outlook) in enumerate(zip(plans, outlooks, strict=True)):
        for share in breadth(plan.rows, outlook.given, dimension):
            counts.setdefault(share.key, [0] * len(plans))[index] = share.count_above
    return [(words_of_key(visit, dimension, key), each) for key, each in counts.items()]


ROUTES = [scenario_page, scenarios_page]
