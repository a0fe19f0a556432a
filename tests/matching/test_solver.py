"""The solver against all there is, on cases small enough to try everything."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations, product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.solver import solve
from workflows.engine import Reason
from workflows.matching import (
    Band,
    GroupRule,
    Key,
    Pair,
    Part,
    Problem,
    Task,
    Worker,
    check,
    cost,
    faults,
    lacks,
    load_points,
    shortage,
    unmet_wishes,
)

BAR = Reason(code="review.conflict", parameters={"name": "A", "conflict_key": "conflict.same_unit", "detail": ""})


def _id(number: int) -> UUID:
    return UUID(int=number)


def worker(number: int, most: int = 9, least: int = 0, bands: tuple[Band, ...] = ()) -> Worker:
    return Worker(id=_id(number), name=f"W{number}", most=most, least=least, bands=bands)


def task(number: int, needs: int = 1, size: int = 1) -> Task:
    return Task(id=_id(100 + number), name=f"T{number}", needs=needs, size=size)


def pair(of: int, at: int, points: int = 0, *bars: Reason) -> Pair:
    parts = (Part(code="matching.liked", points=points),) if points else ()
    return Pair(worker_id=_id(of), task_id=_id(100 + at), bars=bars, parts=parts)


def key(of: int, at: int) -> Key:
    return _id(of), _id(100 + at)


def every_proposal(problem: Problem) -> list[frozenset[Key]]:
    """Every choice of pairs that breaks no hard rule."""
    by_task: list[list[tuple[Key, ...]]] = []
    for each in problem.tasks:
        keys = [found.key for found in problem.pairs if found.task_id == each.id and not found.bars]
        by_task.append([some for size in range(each.needs + 1) for some in combinations(keys, size)])
    proposals = (frozenset(key for some in choice for key in some) for choice in product(*by_task))
    return [each for each in proposals if not faults(problem, each)]


def best_of(problem: Problem) -> tuple[tuple[int, int, int], int]:
    """How little must be lacking, and the least that it then costs, by trying everything."""
    return min((shortage(problem, each), cost(problem, each)) for each in every_proposal(problem))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Small problems of every shape that the declaration allows, the impossible ones too."""
    workers, tasks = [], []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        most = draw(st.sampled_from([3, 2, 4, 1, 0]))
        rising = sorted(draw(st.lists(st.integers(0, 6), max_size=3)))
        bands = tuple(Band(draw(st.integers(1, 2)), points) for points in rising)
        workers.append(worker(number, most, draw(st.integers(0, min(1, most))), bands))
    for number in range(1, draw(st.sampled_from([2, 3, 1])) + 1):
        tasks.append(task(number, draw(st.sampled_from([1, 2, 2, 0])), draw(st.sampled_from([1, 1, 2]))))
    pairs, keys = [], []
    for of, at in product(range(1, len(workers) + 1), range(1, len(tasks) + 1)):
        kind = draw(st.sampled_from(["free"] * 5 + ["barred", "unlisted"]))
        if kind != "unlisted":
            pairs.append(pair(of, at, draw(st.integers(-3, 9)), *((BAR,) if kind == "barred" else ())))
            keys.append(key(of, at))
    some = st.sets(st.sampled_from([each.id for each in workers]), min_size=1).map(frozenset)
    rules = []
    for at in range(1, len(tasks) + 1):
        for _ in range(draw(st.integers(0, 2))):
            rules.append(
                GroupRule(
                    code="matching.group", task_id=_id(100 + at), workers=draw(some),
                    least=draw(st.integers(0, 1)), most=draw(st.sampled_from([None, 1, 1, 2])),
                    points=draw(st.sampled_from([None, 0, 2, 7])),
                )
            )  # fmt: skip
    subset = st.sets(st.sampled_from(keys), max_size=4).map(frozenset) if keys else st.just(frozenset())
    return Problem(
        workers=tuple(workers), tasks=tuple(tasks), pairs=tuple(pairs), rules=tuple(rules),
        locked=draw(st.just(frozenset()) | subset), standing=draw(subset), change_points=draw(st.sampled_from([6, 3, 1, 0])),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(problems())
def test_nothing_lacks_less_or_costs_less_than_what_is_proposed(problem: Problem) -> None:
    solution = solve(problem)
    assert solution.is_optimal
    assert not faults(problem, solution.chosen)
    assert (shortage(problem, solution.chosen), solution.cost) == best_of(problem)
    assert solution.cost == solution.bound == cost(problem, solution.chosen)
    assert sum(each.number for each in solution.lacks) == sum(shortage(problem, solution.chosen))
    assert problem.locked - solution.released <= solution.chosen, "what is locked stays"


@settings(max_examples=40, deadline=None)
@given(problems())
def test_without_time_no_hard_rule_is_broken_either(problem: Problem) -> None:
    solution = solve(problem, seconds=0)
    assert not faults(problem, solution.chosen)
    assert solution.bound <= solution.cost


@settings(max_examples=40, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_same_comes_out_in_whatever_order_it_is_asked(problem: Problem, chance: object) -> None:
    def mixed(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(chance.sample(values, len(values)))  # type: ignore[attr-defined]

    other = Problem(
        workers=mixed(problem.workers), tasks=mixed(problem.tasks), pairs=mixed(problem.pairs),
        rules=mixed(problem.rules), locked=problem.locked, standing=problem.standing,
        change_points=problem.change_points,
    )  # type: ignore[arg-type]  # fmt: skip
    assert solve(problem).chosen == solve(other).chosen


@settings(max_examples=40, deadline=None)
@given(problems(), st.data())
def test_a_proposal_made_anew_changes_only_what_it_must(problem: Problem, data: st.DataObject) -> None:
    first = solve(problem).chosen
    again = Problem(
        workers=problem.workers, tasks=problem.tasks, pairs=problem.pairs, rules=problem.rules,
        locked=problem.locked, standing=first, change_points=1,
    )  # fmt: skip
    if problem.change_points == 0 or not problem.standing:
        assert solve(again).chosen == first or not first, "nothing has been locked, so nothing changes"
    locked = data.draw(st.sets(st.sampled_from(sorted(problem.pair)), max_size=2)) if problem.pair else set()
    redone = Problem(
        workers=problem.workers, tasks=problem.tasks, pairs=problem.pairs, rules=problem.rules,
        locked=problem.locked | locked, standing=first, change_points=1_000,
    )  # fmt: skip
    solution = solve(redone)
    least = min(
        (shortage(redone, each), len(each - first) if first else 0) for each in every_proposal(redone)
    )  # fmt: skip
    changed = len(solution.chosen - first) if first else 0
    assert (shortage(redone, solution.chosen), changed) == least


def test_what_stood_before_stays_for_as_long_as_it_costs_little() -> None:
    def anew(standing: int, change_points: int) -> frozenset[Key]:
        return solve(
            Problem(
                workers=(worker(1), worker(2)), tasks=(task(1),), pairs=(pair(1, 1, 5), pair(2, 1, 8)),
                standing=frozenset({key(standing, 1)}), change_points=change_points,
            )
        ).chosen  # fmt: skip

    assert anew(2, 4) == {key(2, 1)}
    assert anew(2, 2) == {key(1, 1)}
    assert anew(1, 0) == {key(1, 1)}


def test_load_is_spread_before_it_is_heaped() -> None:
    bands = (Band(1, 1), Band(1, 3), Band(1, 5))
    problem = Problem(
        workers=(worker(1, bands=bands), worker(2, bands=bands[1:])),
        tasks=tuple(task(number) for number in range(1, 4)),
        pairs=tuple(pair(of, at) for of in (1, 2) for at in (1, 2, 3)),
    )
    solution = solve(problem)
    given_to = [of for of, _ in solution.chosen]
    assert (given_to.count(_id(1)), given_to.count(_id(2))) == (2, 1), "the second carried one already"
    assert load_points(worker(1, bands=bands), 5) == 1 + 3 + 5 * 3, "the last band has no end"


def test_what_cannot_be_covered_is_said_with_why() -> None:
    problem = Problem(
        workers=(worker(1, most=1), worker(2)),
        tasks=(task(1), task(2, needs=2)),
        pairs=(pair(1, 1), pair(1, 2), pair(2, 2, 0, BAR)),
    )
    solution = solve(problem)
    assert len(solution.chosen) == 1
    assert solution.is_optimal
    found = {each.task_id: each.reason for each in solution.lacks}
    assert {each.code for each in found.values()} == {"matching.uncovered"}
    assert sum(each.number for each in solution.lacks) == 2
    assert found[_id(102)].parameters["barred"] == 1
    everything = frozenset({key(1, 1)})
    assert lacks(problem, everything)[-1].reason.parameters == {"name": "T2", "count": 2, "barred": 1, "full": 1}


def test_somebody_with_a_competence_is_among_them_or_it_is_said() -> None:
    def with_rule(able: int) -> Problem:
        rule = GroupRule(code="matching.group", task_id=_id(101), workers=frozenset({_id(able)}), least=1)
        return Problem(
            workers=(worker(1), worker(2), worker(3), worker(4)), tasks=(task(1, needs=2),), rules=(rule,),
            pairs=(pair(1, 1, 1), pair(2, 1, 1), pair(3, 1, 50)),
        )  # fmt: skip

    assert key(3, 1) in solve(with_rule(3)).chosen, "however dear"
    lacking = solve(with_rule(4))
    assert [each.reason.code for each in lacking.lacks] == ["matching.group"]
    assert len(lacking.chosen) == 2, "a task is not left undone for it"


def test_a_wish_costs_and_does_not_forbid() -> None:
    rule = GroupRule(code="matching.group", task_id=_id(101), workers=frozenset({_id(1), _id(2)}), most=1, points=5)
    problem = Problem(
        workers=(worker(1), worker(2), worker(3)), tasks=(task(1, needs=2),), rules=(rule,),
        pairs=(pair(1, 1), pair(2, 1), pair(3, 1, 6)),
    )  # fmt: skip
    solution = solve(problem)
    assert solution.chosen == {key(1, 1), key(2, 1)}
    assert unmet_wishes(problem, solution.chosen) == ((rule, 1),)
    cheaper = Problem(workers=problem.workers, tasks=problem.tasks, rules=problem.rules,
                      pairs=(pair(1, 1), pair(2, 1), pair(3, 1, 4)))  # fmt: skip
    assert key(3, 1) in solve(cheaper).chosen


def test_a_lock_gives_way_to_a_hard_rule_alone() -> None:
    problem = Problem(
        workers=(worker(1, most=1), worker(2)), tasks=(task(1), task(2)),
        pairs=(pair(1, 1, 9), pair(1, 2, 5), pair(2, 1), pair(2, 2, 0, BAR)),
        locked=frozenset({key(1, 1), key(1, 2), key(2, 2)}),
    )  # fmt: skip
    solution = solve(problem)
    assert key(1, 2) in solution.chosen
    assert solution.released == {key(1, 1), key(2, 2)}, "too much for the first, and forbidden to the second"
    lost = faults(problem, {key(2, 1)})
    assert [each.code for each in lost] == ["matching.lock_lost"]


def test_every_hard_rule_that_is_broken_is_listed() -> None:
    rule = GroupRule(code="matching.group", task_id=_id(101), workers=frozenset({_id(1), _id(2)}), most=1)
    problem = Problem(
        workers=(worker(1, most=1), worker(2)), tasks=(task(1), task(2)), rules=(rule,),
        pairs=(pair(1, 1), pair(2, 1, 0, BAR), pair(1, 2)),
    )  # fmt: skip
    found = [each.code for each in faults(problem, [key(1, 1), key(1, 1), key(2, 1), key(1, 2), key(2, 2)])]
    assert sorted(found) == sorted(
        ["matching.twice", "review.conflict", "matching.unknown_pair", "matching.too_much", "matching.too_many",
         "matching.group"]
    )  # fmt: skip


@pytest.mark.parametrize(
    "problem",
    [
        Problem(workers=(worker(1), worker(1)), tasks=(), pairs=()),
        Problem(workers=(), tasks=(task(1), task(1)), pairs=()),
        Problem(workers=(worker(1),), tasks=(task(1),), pairs=(pair(1, 1), pair(1, 1))),
        Problem(workers=(worker(1),), tasks=(), pairs=(pair(1, 1),)),
        Problem(workers=(worker(1, bands=(Band(1, 3), Band(1, 2))),), tasks=(), pairs=()),
        Problem(workers=(worker(1, most=1, least=2),), tasks=(), pairs=()),
        Problem(workers=(), tasks=(task(1, size=0),), pairs=()),
        Problem(workers=(), tasks=(), pairs=(), change_points=-1),
    ],
)
def test_a_problem_that_is_none_is_refused(problem: Problem) -> None:
    with pytest.raises(ValueError):
        check(problem)


def test_nothing_to_do_is_done_at_once() -> None:
    empty = solve(Problem(workers=(), tasks=(), pairs=()))
    assert empty.is_optimal
    assert (empty.chosen, empty.lacks) == (frozenset(), ())
    alone = solve(Problem(workers=(), tasks=(task(1, needs=2),), pairs=()))
    assert [each.number for each in alone.lacks] == [2]


SOLVES = """
from tests.matching.test_solver import Problem, pair, solve, task, worker
print(len(solve(Problem(workers=(worker(1), worker(2)), tasks=(task(1),), pairs=(pair(1, 1), pair(2, 1)))).chosen))
"""


def test_nothing_but_the_answer_is_said() -> None:
    said = subprocess.run([sys.executable, "-c", SOLVES], capture_output=True, text=True, check=True, timeout=120)
    assert (said.stdout, said.stderr) == ("1\n", "")
