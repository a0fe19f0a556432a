"""The drawing of the triple diamond says where a project stands."""

from __future__ import annotations

import pytest

from app.web.triple_diamond import HALF, MARGIN, STEPS, triple_diamond


def statuses(state: str, before_halt: str = "") -> str:
    """One letter per step: p, c(urrent) as C, coming as ."""
    marks = {"passed": "p", "current": "C", "coming": "."}
    return "".join(marks[half.status] for half in triple_diamond(state, before_halt).halves)


@pytest.mark.parametrize(("index", "state"), list(enumerate(STEPS)))
def test_each_step_has_those_before_it_passed(index: int, state: str) -> None:
    assert statuses(state) == "p" * index + "C" + "." * (5 - index)
    assert triple_diamond(state).current == index + 1


def test_before_and_after() -> None:
    assert statuses("set_up") == "......"
    assert {statuses(state) for state in ("closing", "closed", "ended")} == {"pppppp"}


def test_a_halted_project_shows_where_it_was_halted() -> None:
    drawing = triple_diamond("stopped", "platform_close")
    assert (drawing.halted, statuses("stopped", "platform_close")) == ("stopped", "pppC..")
    assert statuses("paused") == "......"


def test_a_state_of_something_else_is_refused() -> None:
    with pytest.raises(LookupError, match="submitted"):
        triple_diamond("submitted")


def test_the_halves_open_and_close_and_stay_on_the_sheet() -> None:
    drawing = triple_diamond("set_up")
    for half in drawing.halves:
        corners = [tuple(map(float, corner.split(","))) for corner in half.points.split(" ")]
        point, upper, lower = corners
        assert (point[0] < upper[0]) == (half.number % 2 == 1), "odd steps open to the right"
        assert upper[0] == lower[0] and upper[1] < point[1] < lower[1]
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in corners)
        assert abs(point[0] - upper[0]) == HALF - 2
    assert float(drawing.halves[0].points.split(",")[0]) == MARGIN
