"""What the resource group sees of running projects: how the gate of each stands, and the signs that it needs help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.clarification_matrix import Cell, Standing
from workflows.engine import Act, Move, Reason, decide
from workflows.oversight_rules import OversightRules
from workflows.project import PROJECT, RUNNING, STEPS, ProjectState
from workflows.project_facts import ProjectFacts

OVERSEEN = (*RUNNING, ProjectState.PAUSED)
"""The states of a project that is followed; a closed one is followed by its measurements."""


class Sign(StrEnum):
    """A sign that a project needs help, the gravest first."""

    NO_LEADERS = "no_leaders"
    NO_FACILITATOR = "no_facilitator"
    CLARIFICATION_MISSING = "clarification_missing"
    MILESTONE_LATE = "milestone_late"
    STEP_LATE = "step_late"
    MEASUREMENT_LATE = "measurement_late"
    GATE_NEAR = "gate_near"
    NO_CONTACT = "no_contact"
    FEEDBACK_UNANSWERED = "feedback_unanswered"
    CLARIFICATION_OLD = "clarification_old"
    NO_PLAN = "no_plan"
    PAUSED_LONG = "paused_long"


WEIGHTS: Mapping[Sign, int] = {
    Sign.NO_LEADERS: 5,
    Sign.NO_FACILITATOR: 5,
    Sign.CLARIFICATION_MISSING: 3,
    Sign.MILESTONE_LATE: 3,
    Sign.STEP_LATE: 3,
    Sign.MEASUREMENT_LATE: 2,
    Sign.GATE_NEAR: 2,
    Sign.NO_CONTACT: 2,
    Sign.FEEDBACK_UNANSWERED: 2,
    Sign.CLARIFICATION_OLD: 1,
    Sign.NO_PLAN: 1,
    Sign.PAUSED_LONG: 1,
}
"""How much each sign weighs where projects are put in the order of who needs help first (`order_of`)."""

PLACES: Mapping[Sign, str] = {
    Sign.NO_LEADERS: "project.team",
    Sign.NO_FACILITATOR: "project.facilitators",
    Sign.CLARIFICATION_MISSING: "project.clarifications",
    Sign.MILESTONE_LATE: "project.milestones",
    Sign.STEP_LATE: "project",
    Sign.MEASUREMENT_LATE: "project.benefits",
    Sign.GATE_NEAR: "project",
    Sign.NO_CONTACT: "project.facilitators",
    Sign.FEEDBACK_UNANSWERED: "",
    Sign.CLARIFICATION_OLD: "project.clarifications",
    Sign.NO_PLAN: "project",
    Sign.PAUSED_LONG: "project",
}
"""Where each sign is seen to in its project; "" for what is answered for many at once."""


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """What a gate lacks, counted: the first reason of those with the same code that count from the same day on."""

    reason: Reason
    count: int
    from_on: date | None = None
    """The day from which it is missing; None where it is, whatever the day."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a project beside the facts of its gates."""

    state: str
    accepted_on: date
    entered_on: date
    """The day on which it came to the step it is in."""
    planned_to: date | None
    last_contact_on: date | None
    unreported_milestones: tuple[date, ...] = ()
    """The days of milestones that are neither reported nor settled."""
    unreported_measurements: tuple[date, ...] = ()
    unanswered_feedback: tuple[date, ...] = ()
    """The last days to answer what came of its surveys and its learning, of what is not answered (S58)."""
    clarifications: tuple[Standing, ...] = ()
    """How each role stands."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A sign with the day from which it shows, and how many things it stands for."""

    from_on: date
    count: int = 1


def gate_ahead(state: str) -> Move | None:
    """The step that a project is to take next; None where it rests or is over."""
    found = (each for each in PROJECT.moves if state in each.sources and not each.aside)
    return next(found, None) if state in RUNNING else None


NOBODY = Act(now=datetime.min.replace(tzinfo=UTC), roles=frozenset(), why="…")


def _unmet(facts: ProjectFacts, state: str, move: str, today: date, waived: frozenset[str]) -> tuple[Reason, ...]:
    asked = msgspec.structs.replace(facts, today=today)
    return decide(PROJECT, move, state, asked, NOBODY, waived).unmet


def lacking(facts: ProjectFacts, state: str, waived: frozenset[str] = frozenset()) -> tuple[Lack, ...]:
    """Everything that the gate ahead lacks, on whatever day it is asked: what counts from a day on carries that day.

    The same verdict as the step itself gives, taken on each day on which something falls due, so that what was found on
    one day is right on every later one, until something of the project is changed.
    """
    move = gate_ahead(state)
    if move is None:
        return ()
    last = _unmet(facts, state, move.name, date.max, waived)
    always = _unmet(facts, state, move.name, date.min, waived)
    began: dict[int, date] = {}
    if last != always:
        days = {each.due_on for each in facts.milestones if each.due_on} | {each.due_on for each in facts.measurements}
        for day in sorted(days, reverse=True):
            began |= {last.index(each): day for each in _unmet(facts, state, move.name, day, waived) if each in last}
    dated = [(each, None if each in always else began.get(place)) for place, each in enumerate(last)]
    counted = Counter((each.code, from_on) for each, from_on in dated)
    first: dict[tuple[str, date | None], Reason] = {}
    for each, from_on in dated:
        first.setdefault((each.code, from_on), each)
    return tuple(Lack(reason=first[key], count=count, from_on=key[1]) for key, count in counted.items())


MISSED = (Standing.MISSING, Standing.LEFT)


def signs_of(watched: Watched, facts: ProjectFacts, lacks: Sequence[Lack], rules: OversightRules) -> dict[Sign, Shown]:
    """Every sign that shows or will, each with the day from which it does unless something is done (S29).

    No day of today's is asked for: what is found stays right until something of the project is changed.
    """
    if watched.state == ProjectState.PAUSED:
        return {Sign.PAUSED_LONG: Shown(from_on=watched.entered_on + timedelta(days=rules.paused_days))}
    if watched.state not in RUNNING:
        return {}
    settled = watched.accepted_on + timedelta(days=rules.settling_days)
    missed_from = settled if watched.state == ProjectState.SET_UP else watched.entered_on
    found: dict[Sign, Shown] = {}
    lacking_people = (not facts.has_leader) + (not facts.has_coordinator)
    if lacking_people:
        found[Sign.NO_LEADERS] = Shown(from_on=watched.entered_on, count=lacking_people)
    if not any(each.accepted for each in facts.facilitators):
        found[Sign.NO_FACILITATOR] = Shown(from_on=settled)
    for sign, standings in ((Sign.CLARIFICATION_MISSING, MISSED), (Sign.CLARIFICATION_OLD, (Standing.OLD,))):
        if count := sum(each in standings for each in watched.clarifications):
            found[sign] = Shown(from_on=missed_from, count=count)
    for sign, days in ((Sign.MILESTONE_LATE, watched.unreported_milestones),
                       (Sign.MEASUREMENT_LATE, watched.unreported_measurements),
                       (Sign.FEEDBACK_UNANSWERED, watched.unanswered_feedback)):  # fmt: skip
        if days:
            found[sign] = Shown(from_on=min(days) + timedelta(days=1))
    if watched.planned_to is not None:
        found[Sign.STEP_LATE] = Shown(from_on=watched.planned_to + timedelta(days=1))
        shut = [each.from_on for each in lacks]
        if shut:
            nearing = watched.planned_to - timedelta(days=rules.nearing_days)
            found[Sign.GATE_NEAR] = Shown(from_on=max(nearing, min(day or date.min for day in shut)), count=len(shut))
    elif watched.state in STEPS:
        found[Sign.NO_PLAN] = Shown(from_on=watched.entered_on)
    since = max(watched.last_contact_on or watched.accepted_on, watched.accepted_on)
    found[Sign.NO_CONTACT] = Shown(from_on=since + timedelta(days=rules.contact_days))
    return found


def showing(signs: Mapping[Sign, Shown], today: date) -> tuple[Sign, ...]:
    """The signs that show on a day, the gravest first."""
    return tuple(sign for sign in Sign if sign in signs and signs[sign].from_on <= today)


def order_of(signs: Mapping[Sign, Shown], today: date, project_id: UUID) -> tuple[int, date, UUID]:
    """By what projects are put in the order of who needs help first.

    The one whose signs weigh most; of several, the one that has shown one of them for longest; then the oldest.
    """
    shown = showing(signs, today)
    since = min((signs[sign].from_on for sign in shown), default=date.max)
    return -weight_of(shown), since, project_id


def weight_of(signs: Iterable[Sign]) -> int:
    """How much signs weigh together."""
    return sum(WEIGHTS[sign] for sign in signs)


def standings_of(cells: Mapping[str, Cell]) -> tuple[Standing, ...]:
    """How the roles of a project stand, of those that are asked."""
    return tuple(cell.standing for cell in cells.values() if cell.standing is not Standing.NOT_ASKED)
