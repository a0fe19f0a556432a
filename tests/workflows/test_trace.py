"""The trace from insight to benefit: walked both ways, and what is missing said when it should have been there."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.project import STEPS
from workflows.trace import LAYERS, Entry, Layer, traced

CLOSING = "closing"


def entry(number: int, layer: Layer, *rests_on: int, kind: str = "", is_dropped: bool = False) -> Entry:
    return Entry(id=UUID(int=number), layer=layer, text=f"Nummer {number}", kind=kind, is_dropped=is_dropped,
                 rests_on=tuple(UUID(int=each) for each in rests_on))  # fmt: skip


WHOLE = (
    entry(1, Layer.INSIGHT), entry(2, Layer.INSIGHT), entry(3, Layer.FINDING, 1, 2, kind="validated"),
    entry(4, Layer.CONCEPT, 3), entry(5, Layer.CHANGE, 4), entry(6, Layer.BENEFIT, 5), entry(7, Layer.INSIGHT),
    entry(8, Layer.FINDING, 7, kind="generalised"), entry(9, Layer.CONCEPT, 8), entry(10, Layer.CHANGE, 9),
    entry(11, Layer.BENEFIT, 10),
)  # fmt: skip


def codes(entries: Sequence[Entry], state: str, *, due: bool = True) -> list[tuple[int, str]]:
    return [(gap.entry_id.int, gap.reason.code) for gap in traced(entries, state).gaps if gap.is_due == due]


def test_a_trace_is_walked_from_either_end() -> None:
    trace = traced(WHOLE, CLOSING)
    for number in (1, 6):
        assert {each.int for each in trace.around(UUID(int=number))} >= {1, 3, 4, 5, 6}
    assert {each.int for each in trace.around(UUID(int=3))} == {1, 2, 3, 4, 5, 6}
    assert {each.id.int for each in trace.narrowed(UUID(int=9)).entries} == {7, 8, 9, 10, 11}


def test_of_what_is_unknown_nothing_is_walked() -> None:
    with pytest.raises(LookupError):
        traced(WHOLE, CLOSING).around(UUID(int=99))


def test_a_whole_trace_has_no_gap() -> None:
    assert traced(WHOLE, CLOSING).gaps == ()


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([entry(1, Layer.INSIGHT)], [(1, "trace.insight_leads_nowhere")]),
        ([entry(1, Layer.FINDING)], [(1, "trace.finding_rests_on_nothing"), (1, "trace.finding_leads_nowhere")]),
        ([entry(1, Layer.CONCEPT)], [(1, "trace.concept_rests_on_nothing"), (1, "trace.concept_leads_nowhere")]),
        ([entry(1, Layer.CHANGE)], [(1, "trace.change_rests_on_nothing"), (1, "trace.change_leads_nowhere")]),
        ([entry(1, Layer.BENEFIT)], [(1, "trace.benefit_rests_on_nothing")]),
        ([entry(1, Layer.BENEFIT, is_dropped=True)], []),
        (
            [entry(1, Layer.CONCEPT, is_dropped=True), entry(2, Layer.BENEFIT)],
            [(2, "trace.benefit_rests_on_nothing")],
        ),
    ],
)
def test_what_rests_on_nothing_or_leads_nowhere_is_a_gap(entries: list[Entry], expected: list[tuple[int, str]]) -> None:
    assert codes(entries, CLOSING) == expected


def test_each_gap_leads_to_where_it_is_mended() -> None:
    broken = [
        entry(1, Layer.INSIGHT), entry(2, Layer.FINDING, kind="proposed"), entry(3, Layer.CONCEPT, 2), entry(4, Layer.CHANGE),
        entry(5, Layer.BENEFIT), entry(6, Layer.FINDING),
    ]  # fmt: skip
    places = {
        (gap.entry_id.int, gap.reason.code.partition("_")[2]): gap.reason.place for gap in traced(broken, CLOSING).gaps
    }
    assert places == {
        (1, "leads_nowhere"): "project.findings", (2, "rests_on_nothing"): "project.trace_entry",
        (3, "rests_on_unproved"): "project.findings", (3, "leads_nowhere"): "project.changes",
        (4, "rests_on_nothing"): "project.trace_entry", (4, "leads_nowhere"): "project.benefits",
        (5, "rests_on_nothing"): "benefit", (6, "rests_on_nothing"): "project.trace_entry",
        (6, "leads_nowhere"): "project.concepts",
    }  # fmt: skip


def test_the_part_that_one_entry_stands_in_tells_nothing_of_the_others() -> None:
    there = [*WHOLE, entry(12, Layer.FINDING), entry(13, Layer.FINDING, 1)]
    narrowed = traced(there, CLOSING).narrowed(UUID(int=1))
    assert {each.id.int: [before.int for before in each.rests_on] for each in narrowed.entries} == {
        1: [], 3: [1], 4: [3], 5: [4], 6: [5], 13: [1],
    }  # fmt: skip
    assert {each.int: [after.int for after in found] for each, found in narrowed.follows.items() if found} == {
        1: [3, 13], 3: [4], 4: [5], 5: [6],
    }  # fmt: skip
    assert [gap.entry_id.int for gap in narrowed.gaps] == [13], "what breaks elsewhere is not told"


def test_a_concept_left_behind_carries_no_finding_on() -> None:
    left = [entry(1, Layer.INSIGHT), entry(2, Layer.FINDING, 1), entry(3, Layer.CONCEPT, 2, is_dropped=True)]
    assert codes(left, CLOSING) == [(2, "trace.finding_leads_nowhere")]


def test_a_concept_on_findings_that_nothing_has_shown_is_a_gap() -> None:
    unproved = [entry(1, Layer.INSIGHT), entry(2, Layer.FINDING, 1, kind="proposed"), entry(3, Layer.CONCEPT, 2)]
    assert (3, "trace.concept_rests_on_unproved") in codes(unproved, "platform_open")
    proved = [*unproved, entry(4, Layer.FINDING, 1, kind="validated")]
    proved[2] = entry(3, Layer.CONCEPT, 2, 4)
    assert codes(proved, CLOSING) == [(3, "trace.concept_leads_nowhere")], "one that has been shown is enough"
    of_an_insight = [entry(1, Layer.INSIGHT, kind="proposed"), entry(2, Layer.FINDING, 1)]
    assert codes(of_an_insight, CLOSING) == [(2, "trace.finding_leads_nowhere")], "an insight is not shown to hold"


def test_what_follows_is_missed_only_when_the_step_that_makes_it_is_left() -> None:
    finding = [entry(1, Layer.INSIGHT), entry(2, Layer.FINDING, 1)]
    for state in STEPS[:3]:
        assert codes(finding, state) == []
        assert codes(finding, state, due=False) == [(2, "trace.finding_leads_nowhere")]
    for state in (*STEPS[3:], "closing", "closed", "ended"):
        assert codes(finding, state) == [(2, "trace.finding_leads_nowhere")]
    assert codes(finding, "stopped") == []


@given(
    st.lists(st.tuples(st.sampled_from(LAYERS), st.lists(st.integers(0, 14), max_size=4), st.booleans()), max_size=15)
)
def test_whatever_is_written_both_ways_agree_and_lead_through_the_layers(
    written: list[tuple[Layer, list[int], bool]],
) -> None:
    trace = traced(
        [entry(number, layer, *rests_on, is_dropped=left) for number, (layer, rests_on, left) in enumerate(written)],
        CLOSING,
    )
    layer_of = {each.id: LAYERS.index(each.layer) for each in trace.entries}
    downward = {(before, each.id) for each in trace.entries for before in each.rests_on}
    assert downward == {(before, after) for before, found in trace.follows.items() for after in found}
    assert all(layer_of[after] == layer_of[before] + 1 for before, after in downward)
    for one in trace.entries:
        for other in trace.around(one.id):
            assert one.id in trace.around(other)
