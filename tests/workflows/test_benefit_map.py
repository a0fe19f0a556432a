"""The benefit map by itself: what has changed between two versions, what can be taken back, and how a layer is ordered."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from workflows.benefit_map import (
    Change,
    Connection,
    MapAct,
    MapSaid,
    Place,
    difference,
    last_to_take_back,
    moved,
)
from workflows.effects import Effect
from workflows.project import PROJECT, STEPS, ProjectState

KARI, OLA = UUID(int=1001), UUID(int=1002)


def place(number: int, **more: object) -> Place:
    return Place(**{"id": UUID(int=number), "kind": "measure", "label": f"sted {number}", **more})  # type: ignore[arg-type]


def leads(number: int, start: int, end: int, **more: object) -> Connection:
    fields = {"id": UUID(int=number), "from_id": UUID(int=start), "to_id": UUID(int=end), "kind": "contributes", **more}
    return Connection(**fields)  # type: ignore[arg-type]


SAID = MapSaid(nodes=(place(1), place(2), place(3)), edges=(leads(10, 1, 2), leads(11, 2, 3)))


def test_a_map_is_the_same_as_itself_in_whatever_order_it_is_told() -> None:
    turned = MapSaid(nodes=SAID.nodes[::-1], edges=SAID.edges[::-1])
    assert difference(SAID, turned).count == 0


def test_what_is_new_gone_and_changed_is_told_apart() -> None:
    now = MapSaid(
        nodes=(place(1, label="nytt navn"), place(2), place(4)),
        edges=(leads(20, 1, 2, kind="requires"), leads(21, 2, 4)),
    )
    found = difference(SAID, now)
    assert {(each.after or each.before).id.int: each.change for each in found.places} == {  # type: ignore[union-attr]
        1: Change.CHANGED, 2: Change.SAME, 3: Change.REMOVED, 4: Change.ADDED,
    }  # fmt: skip
    assert sorted(each.change for each in found.connections) == [Change.ADDED, Change.CHANGED, Change.REMOVED]
    assert found.count == 6


def test_a_connection_that_is_told_of_leads_from_its_start_to_its_end() -> None:
    (gone, kept) = difference(SAID, MapSaid(nodes=SAID.nodes, edges=SAID.edges[1:])).connections
    assert [(each.change, each.from_key, each.to_key) for each in (gone, kept)] == [
        (Change.REMOVED, SAID.nodes[0].key, SAID.nodes[1].key), (Change.SAME, SAID.nodes[1].key, SAID.nodes[2].key)
    ]  # fmt: skip


def test_a_connection_whose_place_is_gone_is_no_connection() -> None:
    for gone in (1, 2):
        left = MapSaid(nodes=tuple(each for each in SAID.nodes if each.id.int != gone), edges=SAID.edges)
        removed = [each for each in difference(SAID, left).connections if each.change is Change.REMOVED]
        assert len(removed) == (1 if gone == 1 else 2)


def test_a_goal_and_a_benefit_are_the_same_wherever_they_stand() -> None:
    benefit = UUID(int=500)
    before = MapSaid(nodes=(place(1, goal="more_in_work"), place(2, benefit_id=benefit)), edges=(leads(10, 2, 1),))
    after = MapSaid(nodes=(place(7, goal="more_in_work"), place(8, benefit_id=benefit)), edges=(leads(30, 8, 7),))
    renamed = tuple(replace(each, label=old.label) for each, old in zip(after.nodes, before.nodes, strict=True))
    assert difference(before, replace(after, nodes=renamed)).count == 0


NUMBERS = st.sets(st.integers(1, 6))


@st.composite
def maps(draw: st.DrawFn) -> MapSaid:
    there = sorted(draw(NUMBERS))
    ends = [(a, b) for a in there for b in there if a < b]
    chosen = draw(st.sets(st.sampled_from(ends))) if ends else set()
    kinds = st.sampled_from(["contributes", "requires"])
    return MapSaid(
        nodes=tuple(place(number, label=draw(st.sampled_from("ab"))) for number in there),
        edges=tuple(leads(100 + 10 * a + b, a, b, kind=draw(kinds)) for a, b in sorted(chosen)),
    )


TURNED = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}


@given(maps(), maps())
def test_the_way_back_is_the_way_there_turned_around(one: MapSaid, other: MapSaid) -> None:
    there, back = difference(one, other), difference(other, one)
    assert [TURNED.get(each.change, each.change) for each in there.places] == [each.change for each in back.places]
    assert there.count == back.count
    assert (there.count == 0) == (set(one.nodes) == set(other.nodes) and set(one.edges) == set(other.edges))


def act(number: int, verb: str = "add_to_map", by: UUID = KARI, **changes: object) -> MapAct:
    return MapAct(event_id=number, verb=verb, by=by, changes=changes)


def test_ones_newest_act_is_taken_back_and_never_that_of_another() -> None:
    assert last_to_take_back([act(2), act(3), act(1)], KARI, is_practice=False) == act(3), "in whatever order they come"
    acts = [act(1), act(2, by=OLA), act(3, is_practice=True)]
    assert last_to_take_back(acts, KARI, is_practice=False) == acts[0]
    assert last_to_take_back(acts, KARI, is_practice=True) == acts[2]
    assert last_to_take_back(acts, OLA, is_practice=True) is None


def test_what_is_taken_back_already_is_passed_over() -> None:
    acts = [act(1), act(2), act(3, verb="undo_in_map", taken_back=2)]
    assert last_to_take_back(acts, KARI, is_practice=False) == acts[0]
    assert last_to_take_back([*acts, act(4, verb="undo_in_map", taken_back=1)], KARI, is_practice=False) is None


@given(st.lists(st.integers(0, 99), min_size=1, unique=True), st.integers(-3, 120), st.data())
def test_one_is_moved_and_the_others_keep_their_order(numbers: list[int], to: int, data: st.DataObject) -> None:
    order = [UUID(int=number) for number in numbers]
    which = data.draw(st.sampled_from(order))
    after = moved(order, which, to)
    assert sorted(after) == sorted(order)
    assert after.index(which) == min(max(to, 1), len(order)) - 1
    assert moved(order, which, 0) == moved(order, which, 1), "there is no place before the first"
    assert [each for each in after if each != which] == [each for each in order if each != which]


def test_every_gate_of_a_project_keeps_the_map() -> None:
    steps = [*STEPS, ProjectState.CLOSING, ProjectState.CLOSED]
    gates = [each for each in PROJECT.moves if each.target in steps and not each.name.startswith(("resume", "back"))]
    assert len(gates) == len(steps)
    assert all(Effect.KEEP_BENEFIT_MAP in each.effects for each in gates)
