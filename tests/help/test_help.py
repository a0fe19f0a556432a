"""The pages that tell how the scheme works say what the rules say."""

from __future__ import annotations

import pytest

from app.help.drawing import sheet_of
from tests.conftest import Browser
from workflows.engine import Lifecycle
from workflows.lifecycles import ALL


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda each: each.subject)
def test_the_drawing_holds_every_state_and_every_step(lifecycle: Lifecycle) -> None:
    sheet = sheet_of(lifecycle.subject)
    assert [box.state for box in sheet.boxes] == [str(state) for state in lifecycle.states]
    drawn = {number for arrow in sheet.arrows for number in arrow.numbers.split(", ")}
    assert drawn == {str(number) for number, _ in enumerate(lifecycle.moves, 1)}
    order = [str(state) for state in lifecycle.states]
    pairs = {(source, move.target) for move in lifecycle.moves for source in move.sources}
    assert len(sheet.arrows) == len(pairs)
    assert sum(arrow.is_back for arrow in sheet.arrows) == sum(order.index(a) > order.index(b) for a, b in pairs)
    assert all(0 <= arrow.x <= sheet.width for arrow in sheet.arrows)


@pytest.mark.parametrize("person", ["grunerlokka.counsellor", "auditor"])
async def test_everybody_may_read_every_lifecycle(browser: Browser, person: str) -> None:
    await browser.as_person(person)
    front = await browser.get("/help")
    assert front.status_code == 200
    for lifecycle in ALL:
        assert f'href="/help/{lifecycle.subject}"' in front.text
        page = await browser.get(f"/help/{lifecycle.subject}")
        assert page.status_code == 200
        assert page.text.count("<rect") == len(lifecycle.states)


async def test_an_unknown_lifecycle_does_not_exist(browser: Browser) -> None:
    await browser.as_person("auditor")
    assert (await browser.get("/help/nothing")).status_code == 404
