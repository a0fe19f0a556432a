"""Recommending and deciding on several at once: one transaction each, none half, the frame never exceeded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import html5lib
import pytest
from sqlalchemy import event, select

from app.applications.models import Application
from app.board import batch, batch_queries, queries, ranking
from app.board.jobs import JOBS
from app.board.models import Batch
from app.core.errors import Invalid, NotAllowed, NotFound
from app.decisions import service as decisions
from app.decisions.models import Commitment, Decision, Letter
from app.identity import service as identity
from app.notices.models import Notice
from app.outbox import service as outbox
from app.outbox.models import OutboxRow
from tests.board.conftest import Board
from tests.conftest import Browser
from workflows.roles import Role

CHECKS = ("authority", "cover", "prudence")


async def prepared(board: Board, *offices: str, reasons: str = "Et reelt behov.") -> list[UUID]:
    """Pending decisions with outcome and reasons, in the order of the offices on the board."""
    found = []
    for place, office in enumerate(offices, 1):
        case_id = board.cases[office]
        await board("case_handler", ranking.move, board.call_id, case_id=case_id, place=place)
        row = await board("case_handler", decisions.prepare, case_id=case_id)
        fields = {"outcome": "awarded", "amount_ore": 40_000_000, "hours": 60, "reasons": reasons}
        await board("case_handler", decisions.write, row.id, **fields)
        found.append(row.id)
    return found


async def work(board: Board) -> None:
    """Do every job of batches that waits, as many at once as a worker does."""
    async with board.database.reading() as uow:
        waiting = select(OutboxRow.id).where(OutboxRow.kind == batch.JOB, OutboxRow.done_at.is_(None))
        ids = list(await uow.session.scalars(waiting))
    await asyncio.gather(*(outbox.run(board.database, JOBS, each) for each in ids))


async def results(board: Board, who: str, batch_id: UUID) -> list[tuple[str, list[str]]]:
    """What became of each row, with the codes of its reasons."""
    async with board.database.reading() as uow:
        view = await batch_queries.batch_view(uow, await board.world.actor(uow, who), batch_id)
    return [(row.result, [reason.code for reason in row.reasons]) for row in view.rows]


async def recommended(board: Board, *offices: str) -> list[UUID]:
    """Signed recommendations, all signed at once."""
    ids = await prepared(board, *offices)
    made = await board("case_handler", batch.recommend_chosen, board.call_id, decision_ids=ids, impartial=True)
    await work(board)
    assert await results(board, "case_handler", made.id) == [("done", [])] * len(ids)
    return ids


async def begun(board: Board, ids: Sequence[UUID], who: str = "decision_maker", **fields: object) -> Batch:
    """A batch of decisions, begun."""
    given = {"impartial": True, "checks": CHECKS, **fields}
    made: Batch = await board(who, batch.decide_chosen, board.call_id, decision_ids=ids, **given)
    return made


async def lists(board: Board, ids: Sequence[UUID]) -> list[str]:
    """The fingerprints of the lists that the letters of decisions come of, each once."""
    async with board.database.reading() as uow:
        rows = await uow.session.scalars(select(Letter.list_hash).where(Letter.decision_id.in_(ids)).distinct())
        return list(rows)


async def bound(board: Board) -> int:
    """What is bound of the frame, in øre."""
    async with board.database.reading() as uow:
        return sum(await uow.session.scalars(select(Commitment.amount_ore)))


async def test_letters_of_one_act_come_of_one_list_and_a_decision_alone_is_a_list_of_its_own(board: Board) -> None:
    ids = await recommended(board, "lillestrom", "klepp_time")
    await begun(board, ids)
    await work(board)
    (together,) = await lists(board, ids)
    (other,) = await recommended(board, "grunerlokka")
    await board("decision_maker", decisions.declare_impartial, other, impartial=True)
    fields = {"outcome": "rejected", "amount_ore": None, "hours": None, "why": "Rammen er brukt opp.", "checks": CHECKS}
    await board("decision_maker", decisions.decide, other, **fields)
    (alone,) = await lists(board, [other])
    assert len(together) == len(alone) == 64 and together != alone


async def test_recommended_in_batch_and_decided_by_another_until_the_frame_is_used(board: Board) -> None:
    ids = await recommended(board, "lillestrom", "klepp_time", "grunerlokka")
    made = await begun(board, ids)
    await work(board)
    assert await results(board, "decision_maker", made.id) == [
        ("done", []), ("done", []), ("refused", ["decision.over_frame"])
    ]  # fmt: skip
    assert await bound(board) == 80_000_000
    async with board.database.reading() as uow:
        states = [(await uow.session.get_one(Decision, each)).state for each in ids]
        refused = await uow.session.get_one(Decision, ids[2])
        assert (await uow.session.get_one(Application, refused.case_id)).state == "recommended"
        letters = set(await uow.session.scalars(select(Letter.decision_id)))
        notice = await uow.session.scalar(
            select(Notice).where(Notice.code == "batch_done", Notice.link == f"/batches/{made.id}")
        )
    assert states == ["decided", "decided", "recommended"]
    assert ids[2] not in letters and set(ids[:2]) <= letters
    assert (refused.decided_by, refused.checks, refused.decided_at) == (None, [], None), "no row is half"
    assert notice is not None and notice.parameters == {"done": 2, "refused": 1}


async def test_what_is_missing_is_said_for_each_and_stops_no_other(board: Board) -> None:
    good, bare = await prepared(board, "lillestrom", "klepp_time")
    await board("case_handler", decisions.write, bare, outcome=None, reasons="")
    async with board.database.reading() as uow:
        actor = await board.world.actor(uow, "case_handler")
        taken = await batch_queries.to_take(uow, actor, await queries.head_of(uow, board.call_id), "recommend")
    assert [(each.row.decision_id, [reason.code for reason in each.missing]) for each in taken] == [
        (good, []), (bare, ["decision.outcome_missing", "decision.reasons_missing"])
    ]  # fmt: skip
    made = await board("case_handler", batch.recommend_chosen, board.call_id, decision_ids=[good, bare], impartial=True)
    await work(board)
    assert await results(board, "case_handler", made.id) == [
        ("done", []), ("refused", ["decision.outcome_missing", "decision.reasons_missing"])
    ]  # fmt: skip


async def test_sent_twice_it_is_done_once_and_what_has_changed_since_is_refused(board: Board) -> None:
    first, second = await recommended(board, "lillestrom", "klepp_time")
    made = [await begun(board, [first, second]), await begun(board, [first, second])]
    await board("decision_maker", decisions.send_back, second, why="Skriv mer.")
    await work(board)
    for each in made:
        assert [result for result, _ in await results(board, "decision_maker", each.id)] == ["done", "refused"]
        assert (await results(board, "decision_maker", each.id))[1][1] == ["board.changed_since"]
    await work(board)
    assert await bound(board) == 40_000_000


async def test_two_batches_at_once_never_exceed_the_frame(board: Board) -> None:
    ids = await recommended(board, "lillestrom", "klepp_time", "grunerlokka", "hareid_ulstein_sande")
    async with board.database.unit_of_work() as uow:
        other = board.world.people["method_owner"].id
        await identity.give_scheme_role(uow, other, Role.DECISION_MAKER, why="Prøve", valid_from=uow.now)
    made = [await begun(board, ids[:2]), await begun(board, ids[2:], "method_owner")]
    await work(board)
    outcomes = [
        *await results(board, "decision_maker", made[0].id), *await results(board, "method_owner", made[1].id)
    ]  # fmt: skip
    assert sorted(result for result, _ in outcomes) == ["done", "done", "refused", "refused"]
    assert {code for _, codes in outcomes for code in codes} == {"decision.over_frame", "decision.over_hours"} & {
        code for _, codes in outcomes for code in codes
    }
    assert await bound(board) == 80_000_000


async def test_whoever_signed_does_not_decide_and_nobody_else_sees_the_batch(board: Board, browser: Browser) -> None:
    (decision_id,) = await recommended(board, "lillestrom")
    async with board.database.unit_of_work() as uow:
        handler = board.world.people["case_handler"].id
        await identity.give_scheme_role(uow, handler, Role.DECISION_MAKER, why="Prøve", valid_from=uow.now)
    made = await begun(board, [decision_id], "case_handler", checks=())
    await work(board)
    assert await results(board, "case_handler", made.id) == [
        ("refused", ["decision.same_person"] + ["decision.check_missing"] * 3)
    ]
    with pytest.raises(NotAllowed):
        await begun(board, [decision_id], "second_case_handler")
    with pytest.raises(NotFound):
        await begun(board, [board.call_id])
    with pytest.raises(Invalid):
        await begun(board, [])
    await browser.as_person("decision_maker")
    assert (await browser.get(f"/batches/{made.id}")).status_code == 404
    await browser.as_person("case_handler")
    page = await browser.get(f"/batches/{made.id}")
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "0 er gjort, 1 ble avvist" in page.text and "har innstilt" in page.text


async def test_the_page_to_choose_from_is_a_fixed_number_of_statements(board: Board, browser: Browser) -> None:
    await recommended(board, "lillestrom")
    sent: list[str] = []
    event.listen(board.database.engine.sync_engine, "before_cursor_execute", lambda *each: sent.append(each[2]))
    await browser.as_person("decision_maker")
    address = f"/boards/{board.call_id}/batches/decide"
    counts = []
    for more in ("klepp_time", "grunerlokka", ""):
        sent.clear()
        page = await browser.get(address)
        html5lib.HTMLParser(strict=True).parse(page.text)
        counts.append(len(sent))
        if more:
            await recommended(board, more)
    assert len(set(counts)) == 1, counts
    assert page.text.count('name="decision_ids"') == 3 and page.text.count("checked") == 2
    assert "ledig" in page.text or "igjen av rammen" in page.text
    refused = await browser.post(f"/boards/{board.call_id}/decide_chosen", {}, page=address)
    assert refused.status_code == 422 and "Velg minst én søknad" in refused.text
    assert (await browser.get(f"/boards/{board.call_id}/batches/recommend")).status_code == 404
