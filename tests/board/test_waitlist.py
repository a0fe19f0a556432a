"""The waiting list moves up by itself, and only as far as people decide."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.board import ranking
from app.board.jobs import JOBS
from app.cases.models import Case
from app.decisions import service as decisions
from app.decisions.models import Commitment, Decision
from app.notices.models import Notice
from app.outbox import service as outbox
from app.outbox.models import OutboxRow
from tests.board.conftest import Board
from tests.conftest import Browser

CHECKS = ("authority", "cover", "prudence")


async def decided(board: Board, office: str, outcome: str, amount_ore: int | None = 40_000_000) -> UUID:
    """A decision made and its letter sent."""
    gives = outcome == "awarded"
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
