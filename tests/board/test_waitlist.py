"""The waiting list moves up by itself, and only as far as people decide."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.board import queries, ranking
from app.board.jobs import JOBS
from app.cases.models import Case
from app.core.errors import NotYet
from app.decisions import service as decisions
from app.decisions.models import Commitment, Decision, Letter
from app.effects import EFFECTS
from app.identity.actor import SYSTEM
from app.milestones import service as milestones
from app.notices.models import Notice
from app.outbox import service as outbox
from app.outbox.models import OutboxRow
from app.projects.models import Project
from tests.board.conftest import Board
from tests.conftest import Browser
from workflows.decision import BINDS_MONEY
from workflows.effects import Effect
from workflows.project import PROJECT

CHECKS = ("authority", "cover", "prudence")


async def decided(board: Board, office: str, outcome: str, amount_ore: int | None = 40_000_000) -> UUID:
    """A decision made and its letter sent."""
    gives = outcome in BINDS_MONEY
    row = await board("case_handler", decisions.prepare, case_id=board.cases[office])
    await board("case_handler", decisions.declare_impartial, row.id, impartial=True)
    fields = {"outcome": outcome, "amount_ore": amount_ore if gives else None, "hours": 60 if gives else None}
    await board("case_handler", decisions.recommend, row.id, reasons="Et reelt behov.", **fields)
    await board("decision_maker", decisions.declare_impartial, row.id, impartial=True)
    await board("decision_maker", decisions.decide, row.id, checks=CHECKS)
    await board("case_handler", decisions.release, row.id)
    return UUID(str(row.id))


async def work(board: Board) -> None:
    """Do what waits for the worker, and do it again."""
    async with board.database.reading() as uow:
        ids = list(await uow.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "move_waitlist_up")))
    for each in ids:
        await outbox.run(board.database, JOBS, each)
        async with board.database.unit_of_work() as uow:
            row = await uow.session.get_one(OutboxRow, each)
            assert row.done_at is not None
            await JOBS[row.kind](uow, row.payload)


async def pending(board: Board) -> list[Decision]:
    """The decisions that are being prepared."""
    async with board.database.reading() as uow:
        return list(await uow.session.scalars(select(Decision).where(Decision.state == "pending")))


async def test_the_next_who_fits_is_prepared_when_an_award_is_declined_and_decided_by_people(
    board: Board, browser: Browser
) -> None:
    await decided(board, "lillestrom", "awarded")
    await decided(board, "grunerlokka", "awarded")
    for place, office in enumerate(("klepp_time", "hareid_ulstein_sande"), 1):
        await decided(board, office, "waitlisted")
        await board("case_handler", ranking.move, board.call_id, case_id=board.cases[office], place=place)
    assert await pending(board) == []
    await board("lillestrom.leader", decisions.decline, board.cases["lillestrom"], why="Vi har mistet teamet")
    await work(board)
    (row,) = await pending(board)
    assert (row.case_id, row.outcome, row.amount_ore, row.hours) == (
        board.cases["klepp_time"], "awarded", 40_000_000, 60
    )  # fmt: skip
    assert row.prepared_after == board.cases["lillestrom"]
    async with board.database.reading() as uow:
        assert sum(await uow.session.scalars(select(Commitment.amount_ore))) == 40_000_000, (
            "no money without a decision"
        )
        told = await uow.session.scalars(select(Notice).where(Notice.code == "waitlist_moved_up"))
        assert {each.link for each in told} == {f"/decisions/{row.id}"}
        reference = (await uow.session.get_one(Case, board.cases["lillestrom"])).reference
    await browser.as_person("case_handler")
    page = (await browser.get(f"/decisions?call={board.call_id}")).text
    assert f"Plass ledig etter {reference}" in page.partition('id="ranked"')[2]
    fields = {"outcome": "awarded", "amount_ore": 40_000_000, "hours": 60, "reasons": "Det er plass nå."}
    await board("case_handler", decisions.recommend, row.id, **fields)
    await board("decision_maker", decisions.decide, row.id, checks=CHECKS)
    async with board.database.reading() as uow:
        assert sum(await uow.session.scalars(select(Commitment.amount_ore))) == 80_000_000


async def test_an_award_that_lapses_prepares_a_decision_too(board: Board) -> None:
    await decided(board, "lillestrom", "awarded")
    await decided(board, "grunerlokka", "awarded")
    await decided(board, "klepp_time", "waitlisted")
    with pytest.raises(NotYet):
        await board("decision_maker", decisions.lapse, board.cases["lillestrom"], why="Ikke svart")
    board.clock.moved += timedelta(days=60)
    await board("decision_maker", decisions.lapse, board.cases["lillestrom"], why="Ikke svart")
    assert await pending(board) == [], "after the commit, by the worker"
    await work(board)
    (row,) = await pending(board)
    assert (row.case_id, row.prepared_after) == (board.cases["klepp_time"], board.cases["lillestrom"])


async def test_an_award_that_is_reduced_prepares_a_decision_for_whoever_fits_in_what_is_freed(board: Board) -> None:
    await decided(board, "lillestrom", "awarded", 50_000_000)
    await decided(board, "grunerlokka", "awarded", 40_000_000)
    await decided(board, "klepp_time", "waitlisted")
    await board("lillestrom.leader", decisions.accept, board.cases["lillestrom"])
    for less, expected in ((35_000_000, []), (5_000_000, [board.cases["klepp_time"]])):
        request = await board(
            "lillestrom.leader", milestones.propose_change, case_id=board.cases["lillestrom"], kind="amount",
            text="Vi trenger mindre", amount_change_ore=-less,
        )  # fmt: skip
        await board("decision_maker", milestones.accept_change, request.id)
        await work(board)
        assert [row.case_id for row in await pending(board)] == expected
    async with board.database.reading() as uow:
        assert sum(await uow.session.scalars(select(Commitment.amount_ore))) == 50_000_000, "nothing more is bound"


async def test_a_provisional_award_is_bound_as_such_and_weighs_only_what_is_more_when_it_is_decided_anew(
    board: Board, browser: Browser
) -> None:
    """It becomes final when the benefit plan is approved (DOMAIN.md 3.4); until then it can be decided anew."""
    case_id = board.cases["lillestrom"]
    await decided(board, "lillestrom", "provisionally_awarded", 50_000_000)
    await decided(board, "grunerlokka", "awarded", 40_000_000)
    await decided(board, "klepp_time", "waitlisted")
    await browser.as_person("decision_maker")
    page = (await browser.get(f"/decisions?call={board.call_id}")).text.replace("\u00a0", " ")
    assert "500 000 kroner foreløpig og 400 000 kroner endelig" in page
    assert "0 kroner" in page.partition('class="figure-name">Igjen<')[2][:200]
    async with board.database.reading() as uow:
        kinds = await uow.session.scalars(select(Letter.kind).where(Letter.case_id == case_id))
        assert list(kinds) == ["provisional"]
    draft = await board("case_handler", decisions.prepare, case_id=case_id)
    fields = {"outcome": "awarded", "amount_ore": 50_000_000, "hours": 60, "reasons": "Planen er god."}
    await board("case_handler", decisions.write, draft.id, **fields)
    async with board.database.reading() as uow:
        actor = await board.world.actor(uow, "case_handler")
        rows = await queries.board(uow, actor, await queries.head_of(uow, board.call_id))
        row = next(each for each in rows if each.case_id == case_id)
        assert (row.ranked, row.bound_kind, row.weighed().use_ore) == (True, "provisional", 0)
    await board("case_handler", decisions.write, draft.id, **{**fields, "amount_ore": 10_000_000, "hours": 10})
    await board("case_handler", decisions.recommend, draft.id)
    await board("decision_maker", decisions.decide, draft.id, checks=CHECKS)
    await work(board)
    assert [each.case_id for each in await pending(board)] == [board.cases["klepp_time"]], "it has become smaller"
    async with board.database.reading() as uow:
        entries = await uow.session.execute(
            select(Commitment.kind, Commitment.amount_ore).where(Commitment.case_id == case_id).order_by(Commitment.id)
        )
        assert [tuple(each) for each in entries] == [
            ("provisional", 50_000_000), ("reversal", -50_000_000), ("final", 10_000_000)
        ]  # fmt: skip
        kinds = await uow.session.scalars(select(Letter.kind).where(Letter.case_id == case_id).order_by(Letter.id))
        assert list(kinds) == ["provisional", "award"]


async def test_a_provisional_award_becomes_final_with_the_gate_that_the_benefit_plan_opens(board: Board) -> None:
    case_id = board.cases["lillestrom"]
    await decided(board, "lillestrom", "provisionally_awarded", 50_000_000)
    await board("lillestrom.leader", decisions.accept, case_id)
    (gate,) = [each for each in PROJECT.moves if Effect.CONFIRM_COMMITMENT in each.effects]
    assert gate.name == "close_diamond_2" and "benefit_plan_approved" in {each.name for each in gate.requires}
    async with board.database.unit_of_work() as uow:
        await EFFECTS[Effect.CONFIRM_COMMITMENT](uow, SYSTEM, await uow.session.get_one(Project, case_id))
    async with board.database.reading() as uow:
        rows = await queries.board(
            uow, await board.world.actor(uow, "decision_maker"), await queries.head_of(uow, board.call_id)
        )
        row = next(each for each in rows if each.case_id == case_id)
        assert (row.bound_kind, row.bound_ore, row.bound_hours) == ("final", 50_000_000, 60)


async def test_whoever_does_not_fit_is_passed_by_and_the_list_moves_no_further_than_the_frame(board: Board) -> None:
    await decided(board, "lillestrom", "awarded", 60_000_000)
    await decided(board, "grunerlokka", "awarded", 30_000_000)
    for office in ("klepp_time", "hareid_ulstein_sande"):
        await decided(board, office, "waitlisted")
    await board("grunerlokka.leader", decisions.decline, board.cases["grunerlokka"], why="Nei takk")
    await work(board)
    assert await pending(board) == [], "30 000 kroner less than what either asks for"
    await board("lillestrom.leader", decisions.decline, board.cases["lillestrom"], why="Nei takk")
    await work(board)
    assert {row.case_id for row in await pending(board)} == {
        board.cases["klepp_time"], board.cases["hareid_ulstein_sande"]
    }  # fmt: skip
