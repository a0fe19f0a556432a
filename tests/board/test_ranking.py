"""Ranking on the board: order, two people at once, what is hidden from whom, and what the page shows."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

import html5lib
import pytest
from sqlalchemy import event, select

from app.board import queries, ranking
from app.calls import service as calls
from app.calls.models import Criterion
from app.core.errors import NotAllowed, NotFound, NotYet, Stale
from app.decisions import service as decisions
from app.decisions.queries import frames
from app.facilitation import service as facilitation
from app.identity import service as identity
from app.notices.models import Notice
from app.reviews import service as reviews
from tests.board.conftest import Board
from tests.conftest import Browser, MovingClock
from workflows.facilitation import METHODS


async def order(board: Board, who: str = "case_handler") -> list[UUID]:
    """The applications as somebody sees them ranked."""
    async with board.database.reading() as uow:
        actor = await board.world.actor(uow, who)
        rows = await queries.board(uow, actor, await queries.head_of(uow, board.call_id))
    return [row.case_id for row in rows if row.ranked]


async def test_applications_are_moved_up_down_and_to_a_place(board: Board) -> None:
    call_id = board.call_id
    first, second, third, fourth = await order(board)
    assert {first, second, third, fourth} == set(board.cases.values())
    assert (await board("case_handler", ranking.move, call_id, up=second)).version == 1
    assert await order(board) == [second, first, third, fourth]
    await board("decision_maker", ranking.move, call_id, down=second)
    await board("decision_maker", ranking.move, call_id, case_id=third, place=1)
    assert await order(board) == [third, first, second, fourth]
    assert (await board("case_handler", ranking.move, call_id, up=third)).version == 3, "the first goes no further up"
    for who in ("second_case_handler", "auditor"):
        assert await order(board, who) == [third, first, second, fourth]
    with pytest.raises(NotAllowed):
        await board("auditor", ranking.move, call_id, up=first)
    with pytest.raises(NotFound):
        await board("case_handler", ranking.move, call_id, up=uuid4())


async def test_what_has_no_place_stands_by_its_weighted_score_for_whoever_moves_another(board: Board) -> None:
    draft = (await board("case_handler", calls.create, title="Det første teller mest")).id
    async with board.database.reading() as uow:
        by_place = select(Criterion.id).where(Criterion.call_id == draft).order_by(Criterion.position)
        first, *others = await uow.session.scalars(by_place)
    weights = {first: 100 - 5 * len(others), **dict.fromkeys(others, 5)}
    for criterion_id, weight in weights.items():
        await board("case_handler", calls.weigh_criterion, draft, criterion_id=criterion_id, weight=weight)
    call_id = await board.call(draft)
    assert isinstance(board.database.clock, MovingClock)
    board.database.clock.moved += timedelta(minutes=1)
    moved_later = await board.in_review(call_id, "lillestrom")
    strong = await board.in_review(call_id, "klepp_time")
    weak = await board.in_review(call_id, "grunerlokka")
    for case_id, value, of_first in ((moved_later, 2, 1), (strong, 2, 5), (weak, 5, 2)):
        for who in ("reviewer_one", "facilitator_two"):
            await board.reviewed(case_id, who, value, first=of_first)
        await board("case_handler", reviews.hold_meeting, case_id)
    board.call_id = call_id
    assert await order(board) == [strong, weak, moved_later], "the first criterion outweighs the others"
    await board("case_handler", ranking.move, call_id, case_id=moved_later, place=1)
    assert await order(board) == [moved_later, strong, weak], "the others keep their order"


async def test_whoever_ranks_later_is_shown_what_has_changed_and_nothing_is_lost(board: Board) -> None:
    first, second, third, fourth = await order(board)
    await board("case_handler", ranking.move, board.call_id, case_id=third, place=1, version=0)
    with pytest.raises(Stale):
        await board("second_case_handler", ranking.move, board.call_id, up=second, version=0)
    assert await order(board) == [third, first, second, fourth]
    async with board.database.reading() as uow:
        actor = await board.world.actor(uow, "second_case_handler")
        (change,) = await queries.changes_since(uow, actor, await queries.head_of(uow, board.call_id), 0)
    assert (change.case_id, change.who, change.from_place, change.to_place) == (third, "Kari Saksvik", 3, 1)


async def test_of_two_who_rank_at_the_same_moment_one_is_told(board: Board) -> None:
    first, second, third, fourth = await order(board)
    answers = await asyncio.gather(
        board("case_handler", ranking.move, board.call_id, case_id=third, place=1, version=0),
        board("second_case_handler", ranking.move, board.call_id, case_id=second, place=1, version=0),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Stale) for each in answers) == 1
    assert await order(board) in ([third, first, second, fourth], [second, first, third, fourth])


async def test_what_somebody_is_tied_to_is_hidden_from_them_while_it_is_drafted(board: Board, browser: Browser) -> None:
    async with board.database.unit_of_work() as uow:
        left = uow.now - timedelta(days=100)
        unit, person = board.world.units["klepp_time"].id, board.world.people["second_case_handler"].id
        await identity.add_membership(
            uow, person, unit, "employee", valid_from=left - timedelta(days=400), valid_to=left
        )
    call_id, hidden = board.call_id, board.cases["klepp_time"]
    await board("case_handler", ranking.move, call_id, case_id=hidden, place=2)
    everybody = await order(board)
    assert everybody[1] == hidden
    shown = await order(board, "second_case_handler")
    assert shown == [each for each in everybody if each != hidden]
    for field in ({"up": hidden}, {"case_id": hidden, "place": 1}):
        with pytest.raises(NotFound):
            await board("second_case_handler", ranking.move, call_id, **field)
    with pytest.raises(NotFound):
        await board("second_case_handler", ranking.weigh, hidden, outcome="rejected")
    await browser.as_person("second_case_handler")
    page = await browser.get(f"/decisions?call={call_id}")
    assert "Nav Lillestrøm" in page.text and "Klepp" not in page.text and "Rogaland" not in page.text
    assert (await browser.call(f"/api/v1/boards/{call_id}/move", {"up": str(hidden)})).status_code == 404
    draft = await board("case_handler", decisions.prepare, case_id=hidden)
    for path in (f"/decisions/{draft.id}", f"/decisions/{hidden}", f"/decisions/{draft.id}/recommendation",
                 f"/api/v1/decisions/{draft.id}"):  # fmt: skip
        assert (await browser.get(path)).status_code == 404, path
    for verb in ("write", "declare_impartial", "recommend"):
        sent = await browser.call(f"/api/v1/decisions/{draft.id}/{verb}", {"version": 0, "impartial": True})
        assert sent.status_code in (400, 404, 422), (verb, sent.text)
    with pytest.raises(NotFound):
        await board("second_case_handler", decisions.prepare, case_id=hidden)
    with pytest.raises(NotFound):
        await board("second_case_handler", decisions.write, draft.id, version=99, outcome="rejected")
    assert "/decisions/" not in (await browser.get(f"/applications/{hidden}/assessment")).text.partition("<main")[2]
    await board("second_case_handler", ranking.move, call_id, up=shown[1])
    assert [each for each in await order(board) if each != hidden] == [shown[1], shown[0], shown[2]]


async def test_a_decider_who_is_tied_neither_sees_nor_hears_of_a_draft_and_sees_what_is_decided(
    board: Board, browser: Browser
) -> None:
    """The decision maker has worked at one of the offices; another one decides there (G12, G15)."""
    async with board.database.unit_of_work() as uow:
        unit, tied = board.world.units["klepp_time"].id, board.world.people["decision_maker"].id
        left = uow.now - timedelta(days=100)
        await identity.add_membership(uow, tied, unit, "employee", valid_from=left - timedelta(days=400), valid_to=left)
        other = board.world.people["second_decision_maker"].id
    ids = {}
    for office in ("klepp_time", "lillestrom"):
        row = await board("case_handler", decisions.prepare, case_id=board.cases[office])
        await board("case_handler", decisions.declare_impartial, row.id, impartial=True)
        fields = {"outcome": "rejected", "amount_ore": None, "hours": None, "reasons": "Fordi."}
        await board("case_handler", decisions.recommend, row.id, **fields)
        ids[office] = row.id
    async with board.database.reading() as uow:
        told = await uow.session.execute(
            select(Notice.person_id, Notice.case_id).where(Notice.code == "decision_waits")
        )
        assert {tuple(each) for each in told} == {
            (other, board.cases["klepp_time"]), (other, board.cases["lillestrom"]), (tied, board.cases["lillestrom"])
        }  # fmt: skip
    await browser.as_person("decision_maker")
    home = (await browser.get("/resource-group")).text + (await browser.get("/")).text
    assert "Klepp" not in home
    page = f"/decisions/{ids['klepp_time']}"
    assert (await browser.get(page)).status_code == 404
    assert (await browser.get(f"/decisions/{ids['lillestrom']}")).status_code == 200
    for verb in (decisions.decide, decisions.send_back):
        with pytest.raises(NotFound):
            await board("decision_maker", verb, ids["klepp_time"], why="Fordi")
    await board("second_decision_maker", decisions.declare_impartial, ids["klepp_time"], impartial=True)
    await board("second_decision_maker", decisions.decide, ids["klepp_time"])
    assert (await browser.get(page)).status_code == 200, "it is drafted no more"


async def test_what_somebody_is_tied_to_is_not_counted_among_what_waits_for_them(board: Board) -> None:
    async with board.database.unit_of_work() as uow:
        unit, person = board.world.units["klepp_time"].id, board.world.people["second_case_handler"].id
        await identity.add_membership(uow, person, unit, "employee", valid_from=uow.now - timedelta(days=400))
    row = await board("case_handler", ranking.weigh, board.cases["klepp_time"], outcome="rejected")
    await board("case_handler", decisions.write, row.id, outcome="rejected", reasons="Fordi.")
    await board("case_handler", decisions.declare_impartial, row.id, impartial=True)
    await board("case_handler", decisions.recommend, row.id)
    waiting = {}
    async with board.database.reading() as uow:
        for who in ("decision_maker", "second_case_handler"):
            found = await frames(uow, "nb", actor=await board.world.actor(uow, who))
            waiting[who] = next(each.waiting for each in found if each.id == board.call_id)
    assert waiting == {"decision_maker": 1, "second_case_handler": 0}


async def test_what_is_given_is_weighed_on_the_board_and_reasons_are_kept(board: Board) -> None:
    case_id = board.cases["lillestrom"]
    row = await board("case_handler", ranking.weigh, case_id, outcome="awarded", amount_ore=30_000_000, hours=20)
    written = {"outcome": "awarded", "amount_ore": 30_000_000, "hours": 20, "reasons": "Fordi."}
    await board("case_handler", decisions.write, row.id, **written)
    row = await board("case_handler", ranking.weigh, case_id, outcome="awarded", amount_ore=25_000_000, hours=20)
    assert (row.amount_ore, row.hours, row.reasons, row.state) == (25_000_000, 20, "Fordi.", "pending")
    with pytest.raises(Stale):
        await board("case_handler", ranking.weigh, case_id, outcome="rejected", version=row.version - 1)
    with pytest.raises(NotAllowed):
        await board("decision_maker", ranking.weigh, case_id, outcome="rejected")
    await board("case_handler", decisions.declare_impartial, row.id, impartial=True)
    await board("case_handler", decisions.recommend, row.id)
    with pytest.raises(NotYet):
        await board("case_handler", ranking.weigh, case_id, outcome="rejected")


async def test_the_page_shows_the_line_and_the_breadth_as_one_ranks(board: Board, browser: Browser) -> None:
    await browser.as_person("case_handler")
    base = f"/decisions?call={board.call_id}"
    for language in ("en", "nn", "nb"):
        browser.http.cookies.set("language", language)
        page = await browser.get(base)
        html5lib.HTMLParser(strict=True).parse(page.text)
    before = page.text.replace("\u00a0", " ")
    assert "Her er rammen brukt opp: over streken går det med 800 000 kroner og 120 timer" in before
    assert ">2 av 4<" in before and "Opp til 15 ansatte" in before and "Unge utenfor arbeid og skole" in before
    first, second, third, _ = await order(board)
    assert before.index(f'id="row-{second}"') < before.index("frame-line") < before.index(f'id="row-{third}"')
    opened = await browser.get(f"{base}&opened={third}")
    html5lib.HTMLParser(strict=True).parse(opened.text)
    assert 'name="place"' in opened.text and f'action="/applications/{third}/weigh"' in opened.text
    fields = {"case_id": third, "place": "1", "version": "0", "_next": f"{base}&moved={{id}}"}
    done = await browser.post(f"/boards/{board.call_id}/move", fields, page=base)
    assert done.status_code == 303
    after = (await browser.get(done.headers["location"])).text
    assert "er nå på plass 1 av 4" in after
    assert after.index(f'id="row-{first}"') < after.index("frame-line") < after.index(f'id="row-{second}"')
    for case_id in (third, first):
        weighed = {"outcome": "rejected", "_next": base}
        assert (await browser.post(f"/applications/{case_id}/weigh", weighed, page=base)).status_code == 303
    assert "Rammen rekker til alle på listen" in (await browser.get(base)).text
    wrong = {"case_id": third, "place": "x"}
    refused = await browser.post(f"/boards/{board.call_id}/move", wrong, page=f"{base}&opened={third}")
    assert refused.status_code == 422 and 'value="x"' in refused.text
    stale = await browser.post(f"/boards/{board.call_id}/move", {"up": second, "version": "0"}, page=base)
    assert stale.status_code == 409
    assert "Flyttingen din er ikke gjort" in stale.text and "Kari Saksvik flyttet" in stale.text


async def test_what_facilitation_lacks_follows_the_line_and_is_for_those_who_see_forecasts(
    board: Board, browser: Browser
) -> None:

    async def has(hours: int) -> None:
        await board("case_handler", facilitation.register, person_id=board.world.people["facilitator_one"].id,
                    capacity_hours=hours, methods=METHODS)  # fmt: skip

    await has(300)
    base = f"/decisions?call={board.call_id}"
    await browser.as_person("decision_maker")
    page = await browser.get(base)
    html5lib.HTMLParser(strict=True).parse(page.text)
    path = f"/boards/{board.call_id}/facilitation"
    assert f'hx-get="{path}"' in page.text and f'href="{path}"' in page.text, "asked for once the list is shown"
    within = {"hx-request": "true", "hx-target": "facilitation"}
    page = await browser.get(path)
    html5lib.HTMLParser(strict=True).parse(page.text)
    above = page.text.partition('id="facilitation"')[2].partition("</section>")[0]
    assert above in (await browser.get(path, **within)).text
    assert "andre halvår 2026" in above and 'class="number">300</td>' in above
    assert hours_asked(above) == 120, "those two above the line"
    assert "har nok timer til dem over streken" in above
    await has(60)
    for case_id in (await order(board))[:2]:
        await board("case_handler", ranking.weigh, case_id, outcome="awarded", amount_ore=40_000_000, hours=95)
    page = await browser.get(path, **within)
    above = page.text.partition('id="facilitation"')[2].partition("</section>")[0]
    assert hours_asked(above) == 190
    assert "Det blir for lite fasilitering" in above and "timer i alt" in above
    assert 'id="facilitation-short" hx-swap-oob="true"' in page.text, "the first lack is said above the list too"
    await browser.as_person("auditor")
    assert 'id="facilitation"' not in (await browser.get(base)).text
    assert (await browser.get(path)).status_code == 404


def hours_asked(section: str) -> int:
    """What those above the line take, all half-years together."""
    rows = re.findall(r"<tr><th[^>]*>[^<]*</th>(.*?)</tr>", section)
    return sum(int(re.findall(r"<td[^>]*>(\d+)</td>", row)[2]) for row in rows)


async def test_htmx_gets_the_board_alone_in_a_fixed_number_of_statements(board: Board, browser: Browser) -> None:
    sent: list[str] = []
    engine = board.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *each: sent.append(each[2]))
    await browser.as_person("case_handler")
    base = f"/decisions?call={board.call_id}"
    counts = []
    for leaves in ("hareid_ulstein_sande", "grunerlokka"):
        sent.clear()
        page = await browser.get(base, **{"hx-request": "true", "hx-target": "board"})
        counts.append(len(sent))
        assert page.text.lstrip().startswith('<div id="board">')
        await board("case_handler", decisions.prepare, case_id=board.cases[leaves])
    assert counts[0] == counts[1] < 15, counts
