"""Who could assess which application: what forbids it (G12), what speaks for and against it, in a call's own weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from workflows.assignment_rules import AssignmentRules
from workflows.engine import Reason
from workflows.facilitation import METHODS
from workflows.matching import Band, GroupRule, Key, Pair, Part, Problem, Task, Worker
from workflows.review import ASSIGNERS, Conflict, conflict_reasons
from workflows.rules import GOALS

COMPETENCES = (*METHODS, *GOALS)
"""What a reviewer can say that they know: the methods of the scheme (S10) and the fields of its goals (S70)."""

LANGUAGE_FORMS = ("nb", "nn")
LEVELS = ("directorate", "county", "office")
MOST_KNOWN = 2
"""So many goals that somebody knows the field of count in their favour."""


class ReviewerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about somebody who could assess applications."""

    person_id: UUID
    name: str
    level: str
    county_id: UUID | None
    """Of the unit they work in; none for the directorate."""
    county: str = ""
    competences: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"nb"})
    under_way: int = 0
    recent: int = 0
    """Reviews that they were given in the last months, those that ended early left out."""
    handed_in: int = 0
    most: int | None = None
    """The most reviews at once that they have agreed to, where they have said so."""


class ApplicationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about an application that is to be assessed."""

    case_id: UUID
    reference: str
    language: str
    goals: frozenset[str] = frozenset()
    needed: int
    standing: frozenset[UUID] = frozenset()
    """Those who assess it, or have."""
    asked: frozenset[UUID] = frozenset()
    """Those who cannot be asked again: they assess it, have assessed it, or have stepped aside."""
    assessed_before: frozenset[UUID] = frozenset()
    """Those who handed in a review of an earlier application of the office."""


def room_of(reviewer: ReviewerFacts, rules: AssignmentRules) -> int:
    """How many more reviews somebody can be given now."""
    most = rules.most_at_once if reviewer.most is None else min(rules.most_at_once, reviewer.most)
    return max(0, most - reviewer.under_way)


def bars(
    reviewer: ReviewerFacts, application: ApplicationFacts, ties: Iterable[Conflict], rules: AssignmentRules
) -> tuple[Reason, ...]:
    """Everything that forbids that somebody is given an application to assess (G12); empty where nothing does."""
    found = list(conflict_reasons(reviewer.name, ties, "application.reviewers"))
    about: dict[str, str | int] = {"name": reviewer.name}
    if reviewer.person_id in application.asked:
        found.append(
            Reason(code="review.assigned_already", parameters=about, place="application.reviewers", who=ASSIGNERS)
        )
    if not room_of(reviewer, rules):
        found.append(Reason(code="assignment.no_room", parameters={**about, "count": reviewer.under_way}))
    return tuple(found)


def parts(reviewer: ReviewerFacts, application: ApplicationFacts, rules: AssignmentRules) -> tuple[Part, ...]:
    """What speaks for and against a pair, besides the load that it adds."""
    return tuple(part for part in _parts(reviewer, application, rules) if part.points)


def _parts(reviewer: ReviewerFacts, application: ApplicationFacts, rules: AssignmentRules) -> Iterator[Part]:
    yield Part(
        code="assignment.recent", points=rules.recent * reviewer.recent,
        parameters={"count": reviewer.recent, "months": rules.load_months},
    )  # fmt: skip
    for goal in sorted(application.goals & reviewer.competences)[:MOST_KNOWN]:
        yield Part(
            code="assignment.knows", points=-rules.competence, parameters={"field_key": f"assignment.competence.{goal}"}
        )
    if application.language not in reviewer.languages:
        about = {"language_key": f"assignment.form.{application.language}"}
        yield Part(code="assignment.language", points=rules.language, parameters=about)
    if reviewer.person_id in application.assessed_before:
        yield Part(code="assignment.continuity", points=-rules.continuity)


def bands(reviewer: ReviewerFacts, rules: AssignmentRules) -> tuple[Band, ...]:
    """What each further review costs somebody: the more they have under way already, the more."""
    first = reviewer.under_way
    return tuple(Band(1, rules.load * (first + number)) for number in range(room_of(reviewer, rules)))


def _wish(application: ApplicationFacts, code: str, points: int, group: frozenset[UUID], *, least: int = 0,
          most: int | None = None, **parameters: str | int) -> Iterator[GroupRule]:  # fmt: skip
    """The wish, those who assess the application already counted in, where it can fail at all."""
    so_far = len(group & application.standing)
    missing = application.needed - len(application.standing)
    can_fail = so_far < least or (most is not None and so_far + min(missing, len(group)) > most)
    if points and group and can_fail:
        yield GroupRule(
            code=code, task_id=application.case_id, workers=group, points=points, parameters=parameters,
            least=max(0, least - so_far), most=None if most is None else max(0, most - so_far),
        )  # fmt: skip


class Groups(msgspec.Struct, frozen=True, kw_only=True):
    """The reviewers by what they have in common."""

    of_county: dict[str, frozenset[UUID]]
    of_level: dict[str, frozenset[UUID]]
    experienced: frozenset[UUID]
    with_method: frozenset[UUID]


def groups_of(reviewers: Sequence[ReviewerFacts], rules: AssignmentRules) -> Groups:
    """The groups that wishes are about."""

    def those(holds: Callable[[ReviewerFacts], bool]) -> frozenset[UUID]:
        return frozenset(each.person_id for each in reviewers if holds(each))

    return Groups(
        of_county={
            county: those(lambda each, at=county_id: each.county_id == at)  # type: ignore[misc]
            for county, county_id in sorted({(each.county, each.county_id) for each in reviewers if each.county_id})
        },
        of_level={level: those(lambda each, at=level: each.level == at) for level in LEVELS},  # type: ignore[misc]
        experienced=those(lambda each: each.handed_in >= rules.experienced_after),
        with_method=those(lambda each: rules.method in each.competences),
    )


def wishes(application: ApplicationFacts, groups: Groups, rules: AssignmentRules) -> Iterator[GroupRule]:
    """What is wished of those who assess one application together."""
    if application.needed <= len(application.standing):
        return
    for county, group in groups.of_county.items():
        yield from _wish(application, "assignment.same_county", rules.county, group, most=1, county=county)
    if application.needed > 1:
        for level, group in groups.of_level.items():
            about: dict[str, Any] = {"level_key": f"assignment.level.{level}"}
            most = application.needed - 1
            yield from _wish(application, "assignment.same_level", rules.level, group, most=most, **about)
    yield from _wish(application, "assignment.all_new", rules.newcomer, groups.experienced, least=1)
    if rules.method:
        named: dict[str, Any] = {"method_key": f"assignment.competence.{rules.method}"}
        yield from _wish(
            application, "assignment.without_method", rules.without_method, groups.with_method, least=1, **named
        )


def problem_of(
    rules: AssignmentRules,
    reviewers: Sequence[ReviewerFacts],
    applications: Sequence[ApplicationFacts],
    ties: Mapping[Key, Sequence[Conflict]],
    *,
    locked: Iterable[Key] = (),
    standing: Iterable[Key] = (),
) -> Problem:
    """Who could assess what, written for the solver; `ties` are by (person, case), as `locked` and `standing` are.

    `standing` is the proposal before this one, which a new one changes as little as it pays.
    """
    groups = groups_of(reviewers, rules)
    return Problem(
        workers=tuple(
            Worker(id=each.person_id, name=each.name, most=room_of(each, rules), bands=bands(each, rules))
            for each in reviewers
        ),
        tasks=tuple(
            Task(id=each.case_id, name=each.reference, needs=max(0, each.needed - len(each.standing)))
            for each in applications
        ),
        pairs=tuple(
            Pair(
                worker_id=reviewer.person_id, task_id=application.case_id,
                bars=bars(reviewer, application, ties.get((reviewer.person_id, application.case_id), ()), rules),
                parts=parts(reviewer, application, rules),
            )
            for application in applications
            for reviewer in reviewers
        ),
        rules=tuple(rule for application in applications for rule in wishes(application, groups, rules)),
        locked=frozenset(locked),
        standing=frozenset(standing),
        change_points=rules.change,
    )  # fmt: skip
