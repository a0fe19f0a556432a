"""Who could facilitate which project: what forbids it (G12, S72), and what speaks for and against it (FEATURES 4.8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from workflows.capacity import HalfNeed
from workflows.engine import Reason
from workflows.facilitation import ASSIGNERS, CARRIES, Competence, is_experienced, over_capacity
from workflows.matching import GroupRule, Key, Pair, Part, Problem, Task, Worker
from workflows.staffing_rules import StaffingRules

PLACE = "project.facilitators"


class FacilitatorFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about somebody who could facilitate."""

    person_id: UUID
    name: str
    county_id: UUID | None = None
    languages: frozenset[str] = frozenset({"nb"})
    levels: Mapping[str, str] = {}
    """How far they have come with each method."""
    left: Mapping[date, int] = {}
    """Hours left in each half-year; 0 where nothing is stated."""
    available: Mapping[date, int] = {}
    """Hours there were before anything was planned."""

    @property
    def is_experienced(self) -> bool:
        """Whether they lead or teach a method."""
        return is_experienced(self.levels.values())

    def carries(self, method: str) -> bool:
        """Whether they lead or teach the method."""
        return self.levels.get(method) in CARRIES


class ProjectNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """What a project needs of facilitation that it has not got."""

    case_id: UUID
    reference: str
    county_id: UUID | None = None
    language: str = "nb"
    people: int
    """How many more are needed."""
    hours: int
    """For each of them."""
    halves: Mapping[date, int] = {}
    """The same hours by half-year."""
    methods: tuple[str, ...] = ()
    """Those of the steps to come."""
    standing: frozenset[UUID] = frozenset()
    """Who is asked or at work already."""
    known: frozenset[UUID] = frozenset()
    """Who has facilitated for the office before."""
    weights: StaffingRules = StaffingRules()
    """How much each thing weighs by the project's own rules."""


def capacity_bars(facilitator: FacilitatorFacts, project: ProjectNeeds) -> Iterator[Reason]:
    """Every half-year in which somebody has too few hours left for the project (S72)."""
    for half, hours in sorted(project.halves.items()):
        left = facilitator.left.get(half, 0)
        if hours > left:
            yield over_capacity(facilitator.name, HalfNeed(half=half, hours=hours, left=left))


def bars(facilitator: FacilitatorFacts, project: ProjectNeeds, conflicts: Collection[str]) -> tuple[Reason, ...]:
    """Everything that forbids that somebody facilitates a project; empty where nothing does.

    Conflicts of interest and capacity are the rules that assigning by hand follows too.
    """
    found = [
        Reason(code=f"facilitation.conflict_{kind}", parameters={"name": facilitator.name}, place=PLACE, who=ASSIGNERS)
        for kind in conflicts
    ]
    if facilitator.person_id in project.standing:
        found.append(Reason(code="facilitation.already_assigned", place=PLACE, who=ASSIGNERS))
    return (*found, *capacity_bars(facilitator, project))


def parts(facilitator: FacilitatorFacts, project: ProjectNeeds) -> tuple[Part, ...]:
    """What speaks for and against a pair by the project's rules, each with its points: below zero speaks for it."""
    return tuple(part for part in _parts(facilitator, project) if part.points)


def _parts(facilitator: FacilitatorFacts, project: ProjectNeeds) -> Iterator[Part]:
    weights = project.weights
    for method in project.methods:
        if facilitator.carries(method):
            yield Part(code="staffing.carries", points=-weights.carries, parameters={"method": method})
        elif facilitator.levels.get(method) == Competence.SUPPORTED:
            yield Part(code="staffing.has_used", points=-weights.used, parameters={"method": method})
    if facilitator.person_id in project.known:
        yield Part(code="staffing.continuity", points=-weights.continuity)
    if project.county_id is not None and facilitator.county_id == project.county_id:
        yield Part(code="staffing.same_county", points=-weights.county)
    if project.language not in facilitator.languages:
        about = {"language_key": f"language.{project.language}"}
        yield Part(code="staffing.language", points=weights.language, parameters=about)
    available = sum(facilitator.available.get(half, 0) for half in project.halves)
    left = sum(max(facilitator.left.get(half, 0), 0) for half in project.halves)
    if available:
        taken = 100 - 100 * min(left, available) // available
        yield Part(code="staffing.busy", points=weights.busy * taken // 100, parameters={"percent": taken})


def _most(facilitator: FacilitatorFacts, projects: Sequence[ProjectNeeds]) -> int:
    """So many hours in all that no half-year is overrun, whichever projects they are of.

    Each half-year bears what is left of it over the largest share that a project has in it, so that this may stop
    short of what would just fit, and never beyond it.
    """
    limits = []
    for half in {half for project in projects for half in project.halves}:
        left = max(facilitator.left.get(half, 0), 0)
        bounds = [
            left * project.hours // project.halves[half] for project in projects if project.halves.get(half, 0) > 0
        ]
        limits += [min(bounds)] if bounds else []
    return min(limits, default=0)


def _wishes(project: ProjectNeeds, facilitators: Sequence[FacilitatorFacts]) -> Iterator[GroupRule]:
    """What is wished of those who facilitate a project together, those who do so already counted in."""
    weights = project.weights

    def wish(code: str, points: int, group: Iterable[UUID], **about: str | int) -> Iterator[GroupRule]:
        members = frozenset(group)
        if points and members and not members & project.standing:
            yield GroupRule(
                code=code, task_id=project.case_id, workers=members, least=1, points=points, parameters=about
            )  # fmt: skip

    for method in project.methods:
        carrying = [each.person_id for each in facilitators if each.carries(method)]
        yield from wish("staffing.method_missing", weights.method_missing, carrying, method=method)
    yield from wish(
        "staffing.all_new", weights.all_new, [each.person_id for each in facilitators if each.is_experienced]
    )
    if project.people + len(project.standing) > 1:
        newcomers = [each.person_id for each in facilitators if not each.is_experienced]
        yield from wish("staffing.nobody_learns", weights.nobody_learns, newcomers)


def problem_of(
    facilitators: Sequence[FacilitatorFacts],
    projects: Sequence[ProjectNeeds],
    conflicts: Mapping[Key, Collection[str]],
    *,
    locked: Iterable[Key] = (),
    standing: Iterable[Key] = (),
) -> Problem:
    """Who could facilitate what, written for the solver; conflicts, locks and the proposal before are by (person, case)."""
    return Problem(
        workers=tuple(
            Worker(id=each.person_id, name=each.name, most=_most(each, projects)) for each in facilitators
        ),
        tasks=tuple(
            Task(id=each.case_id, name=each.reference, needs=each.people, size=max(each.hours, 1)) for each in projects
        ),
        pairs=tuple(
            Pair(
                worker_id=facilitator.person_id, task_id=project.case_id,
                bars=bars(facilitator, project, conflicts.get((facilitator.person_id, project.case_id), ())),
                parts=parts(facilitator, project),
            )
            for project in projects
            for facilitator in facilitators
        ),
        rules=tuple(rule for project in projects for rule in _wishes(project, facilitators)),
        locked=frozenset(locked),
        standing=frozenset(standing),
        change_points=max((each.weights.change for each in projects), default=0),
    )  # fmt: skip
