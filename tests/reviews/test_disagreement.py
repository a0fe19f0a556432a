"""Where reviewers lie apart it is seen by those who may, talked over, and said whether one agrees."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid, NotFound
from app.reviews import service as reviews
from app.reviews.spread_plot import LEFT, RIGHT, plot_of
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock


@pytest.fixture
async def case_id(led: Led, clock: MovingClock) -> UUID:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    return await led.in_review(call_id)


@given(st.lists(st.integers(0, 5) | st.decimals(0, 5, places=2), max_size=12))
def test_every_score_is_a_dot_on_its_scale_and_none_hides_another(values: list[int | Decimal]) -> None:
    plot = plot_of(values, 0, 5)
    places = {(dot.x, dot.y) for dot in plot.dots}
    assert len(plot.dots) == len(values)
    assert (
        len({dot.y for dot in plot.dots}) <= len(values)
        and len(places) >= len(set(map(Decimal, map(str, values)))) // 2
    )
    for dot in plot.dots:
        assert LEFT <= dot.x <= RIGHT and 0 < dot.y < plot.axis < plot.height
    assert [level for _, level in plot.ticks] == list(range(6))
    same = plot_of([3, 3, 3], 0, 5)
    assert len({(dot.x, dot.y) for dot in same.dots}) == 3


async def test_the_spread_is_shown_to_those_whose_own_review_is_in(led: Led, browser: Browser, case_id: UUID) -> None:
    mine = await led.reviewed(case_id, "reviewer_one", 4, first=5)
    other = await led.assign(case_id, "facilitator_two")
    await led("facilitator_two", reviews.declare, other, impartial=True)
    await browser.as_person("facilitator_two")
    assert 'class="dots"' not in (await browser.get(f"/reviews/{other}")).text
    for place, criterion_id in enumerate(await led.criteria(case_id)):
        value = 1 if place == 0 else 3
        await led(
            "facilitator_two", reviews.score, other, criterion_id=criterion_id, value=value,
            reason="Behovet er ikke vist med noe annet enn egne ord.",
        )  # fmt: skip
    await led("facilitator_two", reviews.submit, other)
    page = (await browser.get(f"/reviews/{other}")).text
    html5lib.HTMLParser(strict=True).parse(page)
    assert f"/reviews/{mine}" in page and page.count('class="dots"') == len(await led.criteria(case_id)) + 1
    name = led.world.people["reviewer_one"].name
    assert re.search(rf"{name}: 5\.", page) and page.count("Stor avstand") == 1
    assert f"{name}: 4,2" in page, "the mean by weight: 20 % at five, the rest at four"
    await browser.as_person("case_handler")
    page = (await browser.get(f"/applications/{case_id}/assessment")).text
    html5lib.HTMLParser(strict=True).parse(page)
    first = (await led.criteria(case_id))[0]
    assert f"/applications/{case_id}/threads?criterion={first}#open" in page and 'class="dots"' in page


async def test_one_agrees_or_not_once_both_are_in(led: Led, browser: Browser, case_id: UUID) -> None:
    theirs = await led.reviewed(case_id, "reviewer_one", 5)
    ours = await led.assign(case_id, "facilitator_two")
    await led("facilitator_two", reviews.declare, ours, impartial=True)
    said = {"opinion": "disagree", "why": "Teamet har ikke satt av tid."}
    with pytest.raises(NotFound):
        await led("facilitator_two", reviews.give_opinion, theirs, **said)
    await led("facilitator_two", reviews.recuse, ours, why="Fikk ikke tid")
    with pytest.raises(NotFound):
        await led("facilitator_two", reviews.give_opinion, theirs, **said)
    own = await led.reviewed(case_id, "reviewer_two", 1)
    for who, review_id in (("reviewer_two", own), ("case_handler", theirs), ("lillestrom.leader", theirs)):
        with pytest.raises(NotFound):
            await led(who, reviews.give_opinion, review_id, **said)
    with pytest.raises(Invalid):
        await led("reviewer_two", reviews.give_opinion, theirs, opinion="agree", why="Bruker 01010150074")
    await browser.as_person("reviewer_two")
    base = f"/reviews/{theirs}"
    refused = await browser.post(f"{base}/give_opinion", {"opinion": "disagree", "why": ""}, page=base)
    assert refused.status_code == 422
    done = await browser.post(f"{base}/give_opinion", {**said, "_next": base}, page=base)
    assert done.status_code == 303
    await led(
        "reviewer_two", reviews.give_opinion, theirs, opinion="agree", why="Etter diskusjonen ser jeg det annerledes."
    )
    await browser.as_person("reviewer_one")
    page = (await browser.get(base)).text
    assert "Etter diskusjonen ser jeg det annerledes." in page and "Teamet har ikke satt av tid." not in page
    assert "give_opinion" not in page, "on one's own nobody has an opinion"
    html5lib.HTMLParser(strict=True).parse(page)
