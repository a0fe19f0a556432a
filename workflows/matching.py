"""Who should be given which work: what forbids a pair, what speaks for and against it, and what a proposal lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import msgspec

from workflows.engine import Reason

Key = tuple[UUID, UUID]
"""A pair: the worker's id and the task's."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that speaks against a pair (points above zero) or for it (below), with what its sentence names."""

    code: str
    points: int
    parameters: Mapping[str, str | int] = {}


class Band(msgspec.Struct, frozen=True):
    """So many units of load at so many points each; the next band costs at least as much, the last has no end."""

    width: int
    points: int


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can be given work: the least and the most load to be given now, and what load costs as it grows."""

    id: UUID
    name: str = ""
    most: int
    least: int = 0
    bands: tuple[Band, ...] = ()


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done by `needs` people, each of whom is loaded with `size` units (reviews, hours)."""

    id: UUID
    name: str = ""
    needs: int = 1
    size: int = 1


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A worker for a task: every reason that forbids it, and what speaks for and against it."""

    worker_id: UUID
    task_id: UUID
    bars: tuple[Reason, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def key(self) -> Key:
        """The pair's key."""
        return self.worker_id, self.task_id

    @property
    def points(self) -> int:
        """What it costs; below zero where more speaks for it than against."""
        return sum(part.points for part in self.parts)


class GroupRule(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a group may, or should, be among those who share a task.

    With `points` it is a wish: each one too few or too many costs so much. Without, it is a hard rule: `most` is never
    broken, and where `least` cannot be met the proposal says so.
    """

    code: str
    task_id: UUID
    workers: frozenset[UUID]
    least: int = 0
    most: int | None = None
    points: int | None = None
    parameters: Mapping[str, str | int] = {}

    @property
    def is_hard(self) -> bool:
        """Whether it is no mere wish."""
        return self.points is None

    def off(self, count: int) -> int:
        """How many too few or too many there are when `count` of the group take part."""
        over = 0 if self.most is None else max(0, count - self.most)
        return max(0, self.least - count) + over


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Workers and tasks with every pair that can be thought of; one that is not listed cannot be chosen."""

    workers: tuple[Worker, ...]
    tasks: tuple[Task, ...]
    pairs: tuple[Pair, ...]
    rules: tuple[GroupRule, ...] = ()
    locked: frozenset[Key] = frozenset()
    """Pairs that a person has settled: they stay as long as no hard rule is against them."""
    standing: frozenset[Key] = frozenset()
    """The proposal before this one; each pair that is not of it costs `change_points`."""
    change_points: int = 0

    @cached_property
    def worker(self) -> dict[UUID, Worker]:
        """The workers by id."""
        return {each.id: each for each in self.workers}

    @cached_property
    def task(self) -> dict[UUID, Task]:
        """The tasks by id."""
        return {each.id: each for each in self.tasks}

    @cached_property
    def pair(self) -> dict[Key, Pair]:
        """The pairs by key."""
        return {each.key: each for each in self.pairs}

    @cached_property
    def free(self) -> tuple[Pair, ...]:
        """The pairs that nothing forbids, in a fixed order, whatever order they were given in."""
        return tuple(sorted((each for each in self.pairs if not each.bars), key=lambda each: each.key))

    @cached_property
    def kept_locks(self) -> frozenset[Key]:
        """The locked pairs that no hard rule is against; where they are too many together, the cheaper ones."""
        found = [self.pair[key] for key in self.locked if key in self.pair and not self.pair[key].bars]
        limits: dict[UUID, list[GroupRule]] = {}
        for rule in self.rules:
            if rule.is_hard and rule.most is not None:
                limits.setdefault(rule.task_id, []).append(rule)
        load: Counter[UUID] = Counter()
        members: dict[UUID, set[UUID]] = {}
        kept = []
        for pair in sorted(found, key=lambda each: (each.points, each.key)):
            worker, task = self.worker[pair.worker_id], self.task[pair.task_id]
            together = members.get(task.id, set()) | {worker.id}
            too_many = any(len(together & rule.workers) > (rule.most or 0) for rule in limits.get(task.id, ()))
            if load[worker.id] + task.size <= worker.most and len(together) <= task.needs and not too_many:
                load[worker.id] += task.size
                members[task.id] = together
                kept.append(pair.key)
        return frozenset(kept)


def check(problem: Problem) -> None:
    """Raise ValueError for a problem that is none: doubles, load that grows cheaper, numbers below zero."""
    for name, ids in (
        ("worker", [each.id for each in problem.workers]),
        ("task", [each.id for each in problem.tasks]),
        ("pair", [each.key for each in problem.pairs]),
    ):
        if len(set(ids)) != len(ids):
            raise ValueError(f"a {name} is there twice")
    for worker in problem.workers:
        points = [band.points for band in worker.bands]
        if points != sorted(points) or any(band.width < 1 for band in worker.bands):
            raise ValueError("load must cost more as it grows")
        if not 0 <= worker.least <= worker.most:
            raise ValueError("the least load lies between none and the most")
    if any(task.needs < 0 or task.size < 1 for task in problem.tasks):
        raise ValueError("a task needs nobody or more, each with some load")
    if problem.change_points < 0 or any((rule.points or 0) < 0 for rule in problem.rules):
        raise ValueError("a wish that is not met, or a change, does not pay")
    for pair in problem.pairs:
        if pair.worker_id not in problem.worker or pair.task_id not in problem.task:
            raise ValueError("a pair names somebody or something that is not there")


def loads(problem: Problem, chosen: Iterable[Key]) -> Counter[UUID]:
    """The load that each worker is given, in the tasks' own units."""
    found: Counter[UUID] = Counter()
    for worker_id, task_id in chosen:
        found[worker_id] += problem.task[task_id].size
    return found


def load_points(worker: Worker, load: int) -> int:
    """What it costs to give a worker so much."""
    points, left = 0, load
    for place, band in enumerate(worker.bands):
        width = left if place == len(worker.bands) - 1 else min(left, band.width)
        points += width * band.points
        left -= width
    return points


def _members(chosen: Iterable[Key]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for worker_id, task_id in chosen:
        found.setdefault(task_id, set()).add(worker_id)
    return found


def _off(rule: GroupRule, members: Mapping[UUID, set[UUID]]) -> int:
    return rule.off(len(members.get(rule.task_id, set()) & rule.workers))


def cost(problem: Problem, chosen: frozenset[Key]) -> int:
    """What a proposal costs in all: its pairs, the load it gives, the wishes it does not meet, what it changes."""
    members = _members(chosen)
    given = loads(problem, chosen)
    return (
        sum(problem.pair[key].points for key in chosen)
        + sum(load_points(worker, given[worker.id]) for worker in problem.workers)
        + sum((rule.points or 0) * _off(rule, members) for rule in problem.rules)
        + (problem.change_points * len(chosen - problem.standing) if problem.standing else 0)
    )


def _broken(problem: Problem, chosen: list[Key]) -> Iterator[Reason]:
    for key, times in Counter(chosen).items():
        name = problem.worker[key[0]].name if key[0] in problem.worker else ""
        pair = problem.pair.get(key)
        if times > 1:
            yield Reason(code="matching.twice", parameters={"name": name})
        if pair is None:
            yield Reason(code="matching.unknown_pair", parameters={"name": name})
        else:
            yield from pair.bars
    known = [key for key in chosen if key in problem.pair]
    for worker_id, load in sorted(loads(problem, known).items()):
        worker = problem.worker[worker_id]
        if load > worker.most:
            yield Reason(code="matching.too_much", parameters={"name": worker.name, "load": load, "most": worker.most})
    for task_id, count in sorted(Counter(task_id for _, task_id in known).items()):
        task = problem.task[task_id]
        if count > task.needs:
            yield Reason(
                code="matching.too_many", parameters={"name": task.name, "number": count, "needed": task.needs}
            )
    members = _members(known)
    for rule in problem.rules:
        if rule.is_hard and rule.most is not None and len(members.get(rule.task_id, set()) & rule.workers) > rule.most:
            yield Reason(code=rule.code, parameters=rule.parameters)


def faults(problem: Problem, chosen: Iterable[Key]) -> tuple[Reason, ...]:
    """Every hard rule that a proposal breaks; empty for all that the solver proposes.

    Hard are the bars of a pair, the most load, no more than a task needs, the hard group rules' `most`, and the locked
    pairs as far as those allow.
    """
    listed = list(chosen)
    lost = sorted(problem.kept_locks.difference(listed))
    return (
        *_broken(problem, listed),
        *(Reason(code="matching.lock_lost", parameters={"name": problem.worker[key[0]].name}) for key in lost),
    )


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a proposal cannot give, with why; a task's or, where `task_id` is None, a worker's."""

    task_id: UUID | None = None
    worker_id: UUID | None = None
    number: int
    reason: Reason


def shortage(problem: Problem, chosen: frozenset[Key]) -> tuple[int, int, int]:
    """What a proposal lacks, the gravest first: people for tasks, hard group rules' `least`, workers' least load."""
    taken = Counter(task_id for _, task_id in chosen)
    members = _members(chosen)
    given = loads(problem, chosen)
    return (
        sum(max(0, task.needs - taken[task.id]) for task in problem.tasks),
        sum(_off(rule, members) for rule in problem.rules if rule.is_hard),
        sum(max(0, worker.least - given[worker.id]) for worker in problem.workers),
    )


def lacks(problem: Problem, chosen: frozenset[Key]) -> tuple[Lack, ...]:
    """Everything that a proposal lacks, each with why."""
    members = _members(chosen)
    given = loads(problem, chosen)
    by_task: dict[UUID, list[Pair]] = {}
    for pair in problem.pairs:
        by_task.setdefault(pair.task_id, []).append(pair)
    found: list[Lack] = []
    for task in problem.tasks:
        missing = task.needs - len(members.get(task.id, set()))
        if missing > 0:
            open_pairs = [each for each in by_task.get(task.id, ()) if each.key not in chosen]
            barred = sum(bool(each.bars) for each in open_pairs)
            full = sum(
                not each.bars and given[each.worker_id] + task.size > problem.worker[each.worker_id].most
                for each in open_pairs
            )
            about: dict[str, str | int] = {"name": task.name, "count": missing, "barred": barred, "full": full}
            reason = Reason(code="matching.uncovered", parameters=about)
            found.append(Lack(task_id=task.id, number=missing, reason=reason))
    for rule in problem.rules:
        off = _off(rule, members)
        if rule.is_hard and off:
            found.append(
                Lack(task_id=rule.task_id, number=off, reason=Reason(code=rule.code, parameters=rule.parameters))
            )
    for worker in problem.workers:
        under = worker.least - given[worker.id]
        if under > 0:
            about = {"name": worker.name, "load": given[worker.id], "least": worker.least}
            reason = Reason(code="matching.too_little", parameters=about)
            found.append(Lack(worker_id=worker.id, number=under, reason=reason))
    return tuple(found)


def unmet_wishes(problem: Problem, chosen: frozenset[Key]) -> tuple[tuple[GroupRule, int], ...]:
    """The wishes about groups that a proposal does not meet, each with by how many."""
    members = _members(chosen)
    return tuple(
        (rule, off) for rule in problem.rules if not rule.is_hard and rule.points and (off := _off(rule, members))
    )


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal with how good it is known to be."""

    chosen: frozenset[Key]
    cost: int
    is_optimal: bool
    """No proposal lacks less, and among those none costs less; proved."""
    bound: int
    """No proposal that lacks as little can cost less than this."""
    lacks: tuple[Lack, ...]
    released: frozenset[Key]
    """Locked pairs that a hard rule is against."""
    seconds: float

    @property
    def gap(self) -> float:
        """By how large a share of its cost a better proposal could be cheaper; 0 where it is the best."""
        return 0.0 if self.cost <= self.bound else (self.cost - self.bound) / max(1, abs(self.cost))
