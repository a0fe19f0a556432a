"""Scenarios: tried out without a word in any case, compared side by side, adopted in one act."""

from __future__ import annotations

from uuid import UUID

import html5lib
import pytest
from sqlalchemy import func, select

from app.audit.models import Event
from app.board import queries, ranking, scenario_queries, scenarios
from app.board.scenario_queries import ScenarioView
from app.core.errors import Invalid, NotAllowed, NotYet, Stale
from app.decisions import service as decisions
from app.decisions.models import Decision
from tests.board.conftest import Board
from tests.conftest import Browser


async def found(board: Board, scenario_id: UUID, who: str = "case_handler") -> ScenarioView:
    """A scenario as somebody sees it."""
    async with board.database.reading() as uow:
        rows = await queries.board(uow, await board.world.actor(uow, who), await queries.head_of(uow, board.call_id))
        (view,) = await scenario_queries.scenarios(uow, board.call_id, rows, only=scenario_id)
    return view


async def events(board: Board, *cases: UUID) -> int:
    """How much has been written about cases."""
    async with board.database.reading() as uow:
        return int(await uow.session.scalar(select(func.count()).where(Event.case_id.in_(cases))) or 0)


async def test_a_scenario_is_tried_out_and_writes_no_case_before_it_is_adopted(board: Board) -> None:
    before = await events(board, *board.cases.values())
    line = await board(
        "case_handler", scenarios.save, board.call_id, name="Streken", why="Se hva den gir", begins="line"
    )
    assert [row.outcome for row in (await found(board, line.id)).rows] == ["awarded"] * 2 + ["waitlisted"] * 2
    last = (await found(board, line.id)).rows[-1].case_id
    moved = await board("decision_maker", scenarios.move, line.id, case_id=last, place=1, version=1)
    assert (moved.id, moved.version) == (last, 2)
    with pytest.raises(Stale):
        await board("case_handler", scenarios.weigh, line.id, case_id=last, outcome="rejected", version=1)
    await board(
        "case_handler", scenarios.weigh, line.id, case_id=last, outcome="awarded", amount_ore=10_000_000, hours=5
    )
    view = await found(board, line.id)
    assert (view.rows[0].case_id, view.rows[0].amount_ore, view.version) == (last, 10_000_000, 3)
    assert await events(board, *board.cases.values()) == before
    with pytest.raises(NotAllowed):
        await board("decision_maker", scenarios.adopt, line.id)
    await board("case_handler", scenarios.adopt, line.id)
    async with board.database.reading() as uow:
        rows = await queries.board(
            uow, await board.world.actor(uow, "case_handler"), await queries.head_of(uow, board.call_id)
        )
        kept = await uow.session.scalar(select(Event.why).where(Event.verb == "adopt_scenario"))
    assert [(row.case_id, row.outcome, row.amount_ore, row.decision_state) for row in rows] == [
        (row.case_id, row.outcome, row.amount_ore, "pending") for row in view.rows
    ]
    assert kept == "Se hva den gir"
    assert await events(board, *board.cases.values()) > before
    with pytest.raises(NotYet):
        await board("case_handler", scenarios.weigh, line.id, case_id=last, outcome="rejected")


async def test_a_scenario_that_meets_a_signed_recommendation_is_adopted_whole_or_not_at_all(board: Board) -> None:
    made = await board("case_handler", scenarios.save, board.call_id, name="Streken", why="Prøve", begins="line")
    first = (await found(board, made.id)).rows[0].case_id
    row = await board("case_handler", ranking.weigh, first, outcome="rejected")
    await board("case_handler", decisions.declare_impartial, row.id, impartial=True)
    await board("case_handler", decisions.recommend, row.id, reasons="Nei.")
    with pytest.raises(NotYet) as refused:
        await board("case_handler", scenarios.adopt, made.id)
    assert [each.code for each in refused.value.reasons] == ["board.signed_already"]
    async with board.database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Decision)) == 1


async def test_scenarios_are_compared_on_a_page_and_adopted_from_one(board: Board, browser: Browser) -> None:
    await browser.as_person("case_handler")
    address = f"/boards/{board.call_id}/scenarios"
    empty = await browser.post(f"/boards/{board.call_id}/save_scenario", {"name": "", "why": "x"}, page=address)
    assert empty.status_code == 422
    for name, begins in (("Som nå", "as_it_is"), ("Streken", "line")):
        fields = {"name": name, "why": "For å se", "begins": begins, "_next": "/scenarios/{id}"}
        made = await browser.post(f"/boards/{board.call_id}/save_scenario", fields, page=address)
        assert made.status_code == 303
    again = await browser.post(f"/boards/{board.call_id}/save_scenario", fields, page=address)
    assert again.status_code == 422 and "et annet navn" in again.text
    with pytest.raises(Invalid):
        await board("case_handler", scenarios.save, board.call_id, name="Streken", why="x")
    page = made.headers["location"]
    scenario_id = page.rpartition("/")[2]
    last = (await found(board, UUID(scenario_id))).rows[-1]
    tried = {"case_id": last.case_id, "place": "1", "version": "1", "_next": page}
    assert (await browser.post(f"{page}/move", tried, page=page)).status_code == 303
    tried = {"case_id": last.case_id, "outcome": "awarded", "amount_ore": "100 000", "hours": "5", "_next": page}
    assert (await browser.post(f"{page}/weigh", tried, page=page)).status_code == 303
    for each in (page, f"{page}?opened={last.case_id}", address):
        for language in ("en", "nn", "nb"):
            browser.http.cookies.set("language", language)
            shown = await browser.get(each)
            assert shown.status_code == 200
            html5lib.HTMLParser(strict=True).parse(shown.text)
    text = shown.text.replace("\u00a0", " ")
    assert "Slik det er nå" in text and "Streken" in text and "Ulikt" in text
    assert '>800 000</td><td class="number">800 000</td><td class="number">900 000<' in text, "sums side by side"
    assert (await browser.post(f"{page}/adopt", {"_next": address}, page=page)).status_code == 303
    assert "tatt i bruk" in (await browser.get(page)).text
    await browser.as_person("lillestrom.leader")
    assert (await browser.get(page)).status_code == 404 and (await browser.get(address)).status_code == 404
