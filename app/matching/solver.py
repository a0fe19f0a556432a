"""Solves a matching problem exactly, by HiGHS: as little lacking as can be, and among such proposals the cheapest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import NamedTuple
from uuid import UUID

import highspy

from workflows.matching import GroupRule, Key, Pair, Problem, Solution, check, cost, lacks, loads

SECONDS = 60.0
"""How long the solver looks for the best proposal unless it is told otherwise."""

INFINITY = highspy.kHighsInf
LESS_THAN_ONE = 0.99
"""All points are whole numbers: a bound closer than one point to a proposal proves that none is cheaper."""


class _Program:
    """A mixed integer program as it is written down: columns with their costs and limits, rows over them."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[float, float, list[int], list[float]]] = []

    def column(self, cost: float, upper: float, *, lower: float = 0, whole: bool = False) -> int:
        """A new unknown; answers its number."""
        self.costs.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.costs) - 1

    def row(self, lower: float, upper: float, terms: Iterable[tuple[int, float]]) -> None:
        """A new condition: what the terms add up to lies between the two."""
        columns, factors = zip(*terms, strict=True)
        self.rows.append((lower, upper, list(columns), list(factors)))

    def model(self) -> highspy.HighsLp:
        """The program as HiGHS takes it."""
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.costs), len(self.rows)
        model.col_cost_, model.col_lower_, model.col_upper_ = self.costs, self.lower, self.upper
        model.row_lower_ = [row[0] for row in self.rows]
        model.row_upper_ = [row[1] for row in self.rows]
        starts, columns, factors = [0], [], []
        for row in self.rows:
            columns += row[2]
            factors += row[3]
            starts.append(len(columns))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.num_col_, model.a_matrix_.num_row_ = model.num_col_, model.num_row_
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = starts, columns, factors
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        model.integrality_ = [kinds[whole] for whole in self.whole]
        return model


class _Written:
    """A matching problem written as a program, with what each column stands for."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.program = _Program()
        self.keys = [pair.key for pair in problem.free]
        changed = problem.change_points if problem.standing else 0
        for pair in problem.free:
            points = pair.points + (changed if pair.key not in problem.standing else 0)
            self.program.column(points, 1, lower=float(pair.key in problem.kept_locks), whole=True)
        self.of_task: dict[object, list[int]] = {}
        self.of_worker: dict[object, list[int]] = {}
        self.number = {key: place for place, key in enumerate(self.keys)}
        for place, (worker_id, task_id) in enumerate(self.keys):
            self.of_task.setdefault(task_id, []).append(place)
            self.of_worker.setdefault(worker_id, []).append(place)
        self.lacking: tuple[list[int], list[int], list[int]] = ([], [], [])
        """The columns that say what is lacking, as workflows.matching.shortage orders them."""
        self._tasks()
        self._workers()
        for rule in sorted(problem.rules, key=lambda each: (each.task_id, each.code, sorted(each.workers))):
            self._rule(rule)

    def _tasks(self) -> None:
        for task in sorted(self.problem.tasks, key=lambda each: each.id):
            slack = self.program.column(0, task.needs)
            self.lacking[0].append(slack)
            terms = [(place, 1.0) for place in self.of_task.get(task.id, ())]
            self.program.row(task.needs, task.needs, [*terms, (slack, 1.0)])

    def _workers(self) -> None:
        """The load of each worker, and the columns of its bands: a convex cost needs no whole numbers of its own."""
        for worker in sorted(self.problem.workers, key=lambda each: each.id):
            places = self.of_worker.get(worker.id, [])
            terms = [(place, float(self.problem.task[self.keys[place][1]].size)) for place in places]
            if worker.least:
                slack = self.program.column(0, worker.least)
                self.lacking[2].append(slack)
                self.program.row(worker.least, INFINITY, [*terms, (slack, 1.0)])
            if not terms:
                continue
            if sum(size for _, size in terms) > worker.most:
                self.program.row(-INFINITY, worker.most, terms)
            if worker.bands:
                last = len(worker.bands) - 1
                bands = [
                    (self.program.column(band.points, INFINITY if place == last else band.width), -1.0)
                    for place, band in enumerate(worker.bands)
                ]
                self.program.row(0, 0, [*terms, *bands])

    def _rule(self, rule: GroupRule) -> None:
        """A row for each end of the rule that could be passed at all."""
        if rule.points == 0:
            return
        needs = self.problem.task[rule.task_id].needs
        terms = [(place, 1.0) for place in self.of_task.get(rule.task_id, ()) if self.keys[place][0] in rule.workers]
        if rule.least:
            slack = self.program.column(rule.points or 0, rule.least)
            if rule.is_hard:
                self.lacking[1].append(slack)
            self.program.row(rule.least, INFINITY, [*terms, (slack, 1.0)])
        if rule.most is not None and min(needs, len(terms)) > rule.most:
            if not rule.is_hard:
                terms.append((self.program.column(rule.points or 0, INFINITY), -1.0))
            self.program.row(-INFINITY, rule.most, terms)


class _Answer(NamedTuple):
    """What HiGHS says of a program."""

    is_best: bool
    values: Sequence[float] | None
    """The columns of the best that was found, or None where nothing was."""
    bound: float


class _Silent(highspy.Highs):
    """HiGHS that writes nothing: its constructor asks for callbacks, and that alone prints its name and licence."""

    def enableCallbacks(self) -> None:
        """Keep quiet from before the first thing there is to say."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _ask(program: _Program, until: float, gap: float) -> _Answer:
    """Let HiGHS solve a program before a moment of the clock; the same program always gets the same answer."""
    solver = _Silent()  # type: ignore[no-untyped-call]
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_abs_gap", LESS_THAN_ONE)
    solver.setOptionValue("time_limit", max(0.1, until - monotonic()))
    solver.passModel(program.model())
    solver.run()
    info = solver.getInfo()
    has_found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return _Answer(
        is_best=solver.getModelStatus() == highspy.HighsModelStatus.kOptimal,
        values=solver.getSolution().col_value if has_found else None,
        bound=info.mip_dual_bound,
    )


def _least_lacking(written: _Written, until: float) -> bool:
    """Fix what is lacking at the least there can be, the gravest kind first; answers whether that is proved."""
    program, is_proved = written.program, True
    costs = program.costs
    for columns in written.lacking:
        if not columns:
            continue
        program.costs = [0.0] * len(costs)
        for column in columns:
            program.costs[column] = 1.0
        answer = _ask(program, until, 0)
        is_proved = is_proved and answer.is_best
        if answer.values is not None:
            program.row(-INFINITY, round(sum(answer.values[column] for column in columns)), [(c, 1.0) for c in columns])
    program.costs = costs
    return is_proved


def _solve(written: _Written, until: float, gap: float) -> _Answer:
    """The best there is: first as if nothing needed to be lacking, which is the common case and the quicker one."""
    program = written.program
    slack = [column for columns in written.lacking for column in columns]
    upper = list(program.upper)
    for column in slack:
        program.upper[column] = 0
    answer = _ask(program, until, gap)
    if answer.values is not None:
        return answer
    program.upper = upper
    is_proved = _least_lacking(written, until)
    answer = _ask(program, until, gap)
    return answer._replace(is_best=answer.is_best and is_proved)


def _by_hand(problem: Problem) -> frozenset[Key]:
    """A proposal that breaks no hard rule, found at once: the tasks with fewest to choose among take the cheapest first."""
    chosen = set(problem.kept_locks)
    load = loads(problem, chosen)
    limits: dict[UUID, list[GroupRule]] = {}
    for rule in problem.rules:
        if rule.is_hard and rule.most is not None:
            limits.setdefault(rule.task_id, []).append(rule)
    for task_id, pairs in sorted(_free_by_task(problem).items(), key=lambda each: (len(each[1]), each[0])):
        task = problem.task[task_id]
        together = {worker_id for worker_id, of in chosen if of == task_id}
        for pair in sorted(pairs, key=lambda each: (each.points, load[each.worker_id], each.key)):
            worker = problem.worker[pair.worker_id]
            wider = together | {worker.id}
            too_many = any(len(wider & rule.workers) > (rule.most or 0) for rule in limits.get(task_id, ()))
            if len(wider) > max(len(together), task.needs) or load[worker.id] + task.size > worker.most or too_many:
                continue
            if worker.id not in together:
                chosen.add(pair.key)
                load[worker.id] += task.size
                together = wider
    return frozenset(chosen)


def _free_by_task(problem: Problem) -> dict[UUID, list[Pair]]:
    found: dict[UUID, list[Pair]] = {}
    for pair in problem.free:
        found.setdefault(pair.task_id, []).append(pair)
    return found


def solve(problem: Problem, *, seconds: float = SECONDS, gap: float = 0) -> Solution:
    """The best proposal, and whether it is proved to be the best; raises ValueError for a problem that is none.

    No hard rule is broken, whatever the time; `gap` is the share of its cost by which a proposal may be dearer than
    the best and still be taken for it. Where time runs out the best that was found is answered, with a bound.
    """
    check(problem)
    started = monotonic()
    answer = _Answer(is_best=True, values=(), bound=0)
    written = _Written(problem)
    if written.keys:
        answer = _solve(written, started + seconds, gap)
    if answer.values is None:
        chosen = _by_hand(problem)
    else:
        chosen = frozenset(key for key, value in zip(written.keys, answer.values, strict=False) if value > 0.5)
    total = cost(problem, chosen)
    bound = total if answer.is_best and not gap else min(total, _whole(answer.bound, total))
    return Solution(
        chosen=chosen,
        cost=total,
        is_optimal=answer.is_best and bound == total,
        bound=bound,
        lacks=lacks(problem, chosen),
        released=problem.locked - problem.kept_locks,
        seconds=monotonic() - started,
    )


def _whole(bound: float, total: int) -> int:
    """The least whole number of points that is not below the bound; where there is no bound, far below everything."""
    return math.ceil(bound - 1e-6) if math.isfinite(bound) else total - max(1, abs(total))
