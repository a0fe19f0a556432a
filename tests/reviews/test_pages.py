"""The pages of reviewing, deciding and letters, in three languages, strictly parsed."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.decisions import service as decisions
from app.reviews import service as reviews
from tests.applications_under_way import TEXT, Led
from tests.conftest import Browser


async def test_a_reviewer_declares_then_reads_scores_and_hands_in(led: Led, browser: Browser, call_id: UUID) -> None:
    case_id = await led.in_review(call_id)
    review_id = await led.assign(case_id, "reviewer_one")
    await browser.as_person("reviewer_one")
    assert "Mine vurderinger" in await browser.shown("/reviews")
    page = await browser.shown(f"/reviews/{review_id}")
    assert "Tolv samtaler" not in page and "unge &lt;utenfor&gt;" not in page
    for address in (f"/applications/{case_id}", f"/applications/{case_id}/print", f"/applications/{case_id}/meeting"):
        assert (await browser.get(address)).status_code == 403
    refused = await browser.post(f"/reviews/{review_id}/declare", {"declaration": "Nei"}, page=f"/reviews/{review_id}")
    assert refused.status_code == 422 and "Sett kryss" in refused.text
    done = await browser.post(
        f"/reviews/{review_id}/declare", {"impartial": "true", "_next": f"/reviews/{review_id}"}, page="/reviews"
    )
    assert done.status_code == 303
    page = await browser.shown(f"/reviews/{review_id}")
    assert "Tolv samtaler" in page
    assert (await browser.get(f"/applications/{case_id}")).status_code == 200
    criteria = await led.criteria(case_id)
    wrong = await browser.post(
        f"/reviews/{review_id}/score", {"criterion_id": criteria[0], "value": "9", "reason": "<b>for mye</b>"},
        page=f"/reviews/{review_id}",
    )  # fmt: skip
    assert wrong.status_code == 422
    assert "må være fra 0 til 5" in wrong.text and "&lt;b&gt;for mye&lt;/b&gt;" in wrong.text
    blocked = await browser.post(f"/reviews/{review_id}/submit", page=f"/reviews/{review_id}")
    assert blocked.status_code == 409
    for criterion_id in criteria:
        await led("reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=5, reason=TEXT)
    ended = await browser.post(f"/reviews/{review_id}/submit", {"_next": "/reviews"}, page=f"/reviews/{review_id}")
    assert ended.status_code == 303
    assert "Levert" in await browser.shown(f"/reviews/{review_id}")


async def test_the_case_handler_assigns_and_sees_why_some_cannot(led: Led, browser: Browser, call_id: UUID) -> None:
    case_id = await led.in_review(call_id, "grunerlokka")
    await browser.as_person("case_handler")
    page = await browser.shown(f"/applications/{case_id}/assessment")
    assert "Siri Skårland arbeider ved en overordnet enhet. Nav Oslo" in page
    tied = browser.world.people["reviewer_two"].id
    refused = await browser.post(
        "/reviews/assign", {"case_id": case_id, "reviewer_id": tied}, page=f"/applications/{case_id}/assessment"
    )
    assert refused.status_code == 409
    assert "Siri Skårland kan ikke delta i saken" in refused.text


async def test_the_board_and_a_decision_from_its_form(led: Led, browser: Browser, call_id: UUID) -> None:
    decision_id = await led.recommended(call_id)
    await browser.as_person("decision_maker")
    assert "Innovasjon 2027" in await browser.shown("/decisions")
    board = await browser.shown(f"/decisions?call={call_id}")
    assert "Nav Lillestrøm" in board and ">3,5 <" in board
    base = f"/decisions/{decision_id}"
    page = await browser.shown(base)
    assert "må først erklære seg habil" in page and "Bekreft at du har kontrollert" not in page
    await browser.post(f"{base}/declare_impartial", {"impartial": "true", "_next": base}, page=base)
    fields: dict[str, object] = {"outcome": "awarded", "amount_ore": "300 000", "hours": "60", "reasons": "Et reelt behov.",
              "funding_instrument": "grant", "checks": ["authority", "cover", "prudence"]}  # fmt: skip
    refused = await browser.post(f"{base}/decide", fields, page=base)
    assert refused.status_code == 409 and "avviker fra innstillingen" in refused.text and "300 000" in refused.text
    done = await browser.post(f"{base}/decide", {**fields, "why": "Litt mindre holder.", "_next": base}, page=base)
    assert done.status_code == 303
    page = await browser.shown(base)
    assert "Litt mindre holder." in page and "venter på å bli sendt" in page
    assert (await browser.post(f"{base}/release", {"_next": base}, page=base)).status_code == 303
    letter_id = page.split('href="/letters/')[1].split('"')[0]
    letter = await browser.shown(f"/letters/{letter_id}")
    assert "300\u00a0000\u00a0kroner" in letter
    assert 'id="accept"' not in letter, "only the leader is offered to accept"
    await browser.as_person("lillestrom.leader")
    letter = await browser.shown(f"/letters/{letter_id}")
    accept = letter.split('action="/applications/')[1].split('"')[0]
    done = await browser.post(f"/applications/{accept}", {"_next": "/office"}, page=f"/letters/{letter_id}")
    assert done.status_code == 303
    assert 'id="accept"' not in await browser.shown(f"/letters/{letter_id}")


async def test_the_meeting_is_confirmed_by_both_sides_on_its_page(led: Led, browser: Browser, call_id: UUID) -> None:
    case_id = await led.met(call_id)
    await browser.as_person("lillestrom.coordinator")
    page = await browser.shown(f"/applications/{case_id}/meeting")
    assert "Bekreftet av kontoret" in page and "Skriv tid og referat" not in page
    await browser.as_person("case_handler")
    page = await browser.shown(f"/applications/{case_id}/meeting")
    assert "Endrer du det, må begge sider bekrefte på nytt." in page
    assert "Begynn innstillingen" in await browser.shown(f"/applications/{case_id}/assessment")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/reviews", 6),
        ("/decisions?call={call}", 14),
        ("/decisions", 6),
    ],  # the board foresees the facilitators' hours too
)
async def test_lists_cost_the_same_for_one_row_and_for_three(
    led: Led, browser: Browser, statements: list[str], call_id: UUID, path: str, most: int
) -> None:
    address = path.format(call=call_id)
    who = "facilitator_two" if path == "/reviews" else "decision_maker"
    await led.recommended(call_id)
    await browser.as_person(who)
    await browser.get(address)
    statements.clear()
    first = await browser.get(address)
    for_one = len(statements)
    for office in ("klepp_time", "grunerlokka"):
        await led.recommended(call_id, office, amount_ore=1_000_000, hours=1)
    statements.clear()
    second = await browser.get(address)
    assert (first.status_code, second.status_code) == (200, 200)
    assert len(statements) == for_one <= most
    assert len(second.text) > len(first.text) or path == "/decisions"


async def test_an_unreleased_letter_does_not_exist_for_the_office(led: Led, browser: Browser, call_id: UUID) -> None:
    decision_id = await led.decided(call_id)
    await browser.as_person("case_handler")
    page = await browser.shown(f"/decisions/{decision_id}")
    letter_id = page.split('href="/letters/')[1].split('"')[0]
    assert (await browser.get(f"/letters/{letter_id}")).status_code == 200
    case_id = page.split('href="/applications/')[1].split('"')[0]
    await browser.as_person("lillestrom.leader")
    assert (await browser.get(f"/applications/{case_id}/letter")).status_code == 404
    assert "Ta imot tildelingen" not in await browser.shown(f"/applications/{case_id}")
    for address in (f"/letters/{letter_id}", f"/letters/{letter_id}.pdf"):
        assert (await browser.get(address)).status_code == 404
    assert (await browser.get(f"/decisions/{decision_id}")).status_code in (403, 404)
    await led("case_handler", decisions.release, decision_id)
    page = await browser.shown(f"/applications/{case_id}")
    assert f'href="/applications/{case_id}/letter"' in page and "Ta imot tildelingen" in page
    led_to = await browser.get(f"/applications/{case_id}/letter")
    assert led_to.headers["location"] == f"/letters/{letter_id}"
    found = await browser.get(f"/letters/{letter_id}.pdf")
    assert found.status_code == 200 and found.content.startswith(b"%PDF")
    await browser.as_person("klepp_time.leader")
    assert (await browser.get(f"/letters/{letter_id}")).status_code == 404


async def test_a_page_costs_the_same_whatever_its_reviews(
    led: Led, browser: Browser, statements: list[str], call_id: UUID
) -> None:
    case_id = await led.in_review(call_id)
    review_id = await led.reviewed(case_id, "reviewer_one")

    async def cost(who: str, path: str) -> int:
        await browser.as_person(who)
        await browser.get(path)
        statements.clear()
        assert (await browser.get(path)).status_code == 200
        return len(statements)

    pages = (("case_handler", f"/applications/{case_id}/assessment"), ("reviewer_one", f"/reviews/{review_id}"))
    before = [await cost(*page) for page in pages]
    await led.reviewed(case_id, "facilitator_two", 1)
    await led.reviewed(case_id, "reviewer_three", 5)
    after = [await cost(*page) for page in pages]
    assert before == after
    assert max(before) <= 14, before


async def test_a_review_that_is_over_says_so_and_shows_nothing_of_the_case(
    led: Led, browser: Browser, call_id: UUID
) -> None:
    case_id = await led.in_review(call_id)
    review_id = await led.assign(case_id, "reviewer_one")
    await browser.as_person("reviewer_one")
    base = f"/reviews/{review_id}"
    refused = await browser.post(f"{base}/recuse", {"why": " "}, page=base)
    assert refused.status_code == 422
    done = await browser.post(f"{base}/recuse", {"why": "Jeg kjenner lederen", "_next": "/reviews"}, page=base)
    assert done.status_code == 303
    page = await browser.shown(base)
    assert "Jeg kjenner lederen" in page and "Tolv samtaler" not in page
    await browser.as_person("klepp_time.leader")
    assert (await browser.get(base)).status_code == 404
    await browser.as_person("case_handler")
    other = await led.assign(case_id, "facilitator_two")
    address = f"/applications/{case_id}/assessment"
    done = await browser.post(f"/reviews/{other}/void", {"why": "Feil person", "_next": address}, page=address)
    assert done.status_code == 303
    assert "Feil person" in await browser.shown(address)
    await browser.as_person("facilitator_two")
    assert "Annullert" in await browser.shown(f"/reviews/{other}")
