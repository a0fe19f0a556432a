"""A recommendation in words: from those reviews that count, naming its sources and nobody."""

from __future__ import annotations

from datetime import timedelta

import html5lib
import pytest
from sqlalchemy import select

from app.audit.models import Event
from app.board import recommendation
from app.core.errors import Invalid, NotAllowed, NotYet, Stale
from app.decisions import service as decisions
from app.identity import service as identity
from app.reviews import service as reviews
from tests.board.conftest import Board
from tests.conftest import Browser


async def test_it_is_put_together_from_the_reviews_that_count_and_edited_by_people(
    board: Board, browser: Browser
) -> None:
    case_id = board.cases["lillestrom"]
    row = await board("case_handler", decisions.prepare, case_id=case_id)
    first = (await board.criteria(case_id))[0]
    words = "Vegard Vurdal og Trond Tegn ble enige om 4."
    await board("case_handler", reviews.write_discussion, case_id, criterion_id=first, text=words)
    made = await board("case_handler", recommendation.draft_text, row.id)
    assert "Styrker:" in made.text and "(vurdering 1)" in made.text and "(vurdering 2)" in made.text
    assert "Vi snakket om tid og team." in made.text
    for name in ("Vegard", "Vurdal", "Trond", "Tegn"):
        assert name not in made.text
    assert made.sources[:2] == ["vurdering 1", "vurdering 2"] and len(made.sources) == 4
    with pytest.raises(NotAllowed):
        await board("decision_maker", recommendation.edit_text, row.id, text="Nei")
    await board("second_case_handler", recommendation.edit_text, row.id, text="Kort sagt: ja.", version=1)
    with pytest.raises(Stale):
        await board("case_handler", recommendation.edit_text, row.id, text="Eller nei.", version=1)
    with pytest.raises(Stale):
        await board("case_handler", recommendation.draft_text, row.id, version=1)
    with pytest.raises(Invalid):
        await board("case_handler", recommendation.edit_text, row.id, text="Bruker 13097248022")
    async with board.database.reading() as uow:
        kept = await uow.session.execute(
            select(Event.verb, Event.actor_name).where(Event.verb.in_(("draft_text", "edit_text"))).order_by(Event.id)
        )
        assert kept.all() == [("draft_text", "Kari Saksvik"), ("edit_text", "Olav Mo")]
    await browser.as_person("case_handler")
    for language in ("en", "nn", "nb"):
        browser.http.cookies.set("language", language)
        page = await browser.get(f"/decisions/{row.id}/recommendation")
        html5lib.HTMLParser(strict=True).parse(page.text)
    assert "Kort sagt: ja." in page.text and "Olav Mo" in page.text and "vurdering 1" in page.text
    await browser.as_person("lillestrom.leader")
    assert (await browser.get(f"/decisions/{row.id}/recommendation")).status_code in (403, 404)


async def test_a_reviewer_who_is_tied_is_not_in_it_nor_named(board: Board) -> None:
    case_id = board.cases["lillestrom"]
    row = await board("case_handler", decisions.prepare, case_id=case_id)
    async with board.database.unit_of_work() as uow:
        since = uow.now - timedelta(days=1)
        unit = board.world.units["lillestrom"].id
        await identity.add_membership(uow, board.world.people["facilitator_two"].id, unit, "employee", valid_from=since)
    made = await board("case_handler", recommendation.draft_text, row.id)
    assert "vurdering 1" in made.text and "vurdering 2" not in made.text
    assert made.sources[0] == "vurdering 1" and "vurdering 2" not in made.sources
    await board("case_handler", decisions.declare_impartial, row.id, impartial=True)
    await board("case_handler", decisions.write, row.id, outcome="rejected", reasons="Nei.")


async def test_a_signed_recommendation_keeps_its_words(board: Board) -> None:
    row = await board("case_handler", decisions.prepare, case_id=board.cases["lillestrom"])
    await board("case_handler", recommendation.draft_text, row.id)
    await board("case_handler", decisions.declare_impartial, row.id, impartial=True)
    await board("case_handler", decisions.recommend, row.id, outcome="rejected", reasons="Nei.")
    with pytest.raises(NotYet):
        await board("case_handler", recommendation.edit_text, row.id, text="Nye ord")
