"""Gatherings and modules: for whom they are, what they work on, who may sign up, and how it is noted who came."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from workflows import project_gates as gates
from workflows.calendar import day_in_oslo
from workflows.engine import Act, Reason, Requirement
from workflows.project_facts import ProjectFacts
from workflows.roles import Role

ARRANGERS = (Role.CASE_HANDLER, Role.METHOD_OWNER, Role.RESOURCE_GROUP, Role.FACILITATOR)

AUDIENCE = (
    Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.COUNTY_REPRESENTATIVE, Role.FACILITATOR, Role.PARTNER,
    Role.CITIZENS_VOICE, Role.EMPLOYEE,
)  # fmt: skip
"""Whom a gathering can be for; EMPLOYEE stands for everybody in the agency (S27, S28, S55)."""

FARTHEST = timedelta(days=3 * 366)
"""How far ahead a gathering can lie; what lies farther off is a slip of the keyboard."""
LONGEST = timedelta(hours=16)
MOST_WEEKS = 104
"""How long a weekly meeting can go on before somebody has to think about it again."""


class GatheringKind(StrEnum):
    """What a gathering is."""

    GATHERING = "gathering"
    MODULE = "module"
    CONFERENCE = "conference"


class ContentKind(StrEnum):
    """What fills a gathering (S30)."""

    LECTURE = "lecture"
    GROUP_TASK = "group_task"
    EXERCISE = "exercise"


class Presence(StrEnum):
    """What is noted of somebody at a gathering."""

    CAME = "came"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Artefact(msgspec.Struct, frozen=True):
    """What a gathering works on in every project: where it is made, and the rules of the gates that say it is made."""

    place: str
    rules: tuple[Requirement, ...]


ARTEFACTS: dict[str, Artefact] = {
    "clarifications": Artefact("project.clarifications", (gates.every_clarification_agreed,)),
    "milestone_plan": Artefact("project.milestones", (gates.milestones_dated,)),
    "insight": Artefact("project.insight", (gates.insight_from_all_parties,)),
    "success_statements": Artefact("project.statements", (gates.success_named_and_ranked,)),
    "findings": Artefact("project.findings", (gates.findings_validated,)),
    "challenge_picture": Artefact("project.texts", (gates.challenge_picture_written,)),
    "problem_statement": Artefact("project.statement", (gates.statement_reconfirmed,)),
    "concepts": Artefact("project.concepts", (gates.concepts_chosen,)),
    "deviance_checks": Artefact("project.concepts", (gates.concepts_chosen, gates.concepts_checked_against_deviances)),
    "system_map": Artefact("project.concepts", (gates.concepts_chosen, gates.concepts_placed_in_the_system)),
    "benefit_map": Artefact("project.benefit_map", (gates.benefit_map_reaches_a_goal,)),
    "benefit_plan": Artefact("project.benefit_plan", (gates.benefit_plan_approved,)),
    "anchoring_plan": Artefact("project.texts", (gates.anchoring_planned,)),
    "pilots": Artefact("project.pilots", (gates.pilots_tried,)),
    "experiences": Artefact("project.experiences", (gates.experiences_shared,)),
    "learning": Artefact("project.learning", (gates.learning_written,)),
}
"""What gatherings and modules can be bound to (S8); each is asked for by a gate of the triple diamond."""


def is_made(artefact: str, facts: ProjectFacts, now: datetime) -> bool:
    """Whether a project has made what a gathering works on; LookupError for what none is bound to."""
    act = Act(now=now, roles=frozenset())
    return not any(reason for rule in ARTEFACTS[artefact].rules for reason in rule.check(facts, act))


def is_invited(audience: Collection[Role], roles: Collection[Role], *, works_there: bool) -> bool:
    """Whether somebody with those roles in a project is meant: a gathering for no role in particular is for all of it.

    The coordinator is one of the core team (S28).
    """
    if Role.EMPLOYEE in audience:
        return True
    if not audience:
        return works_there or bool(roles)
    held = {*roles, Role.CORE_TEAM} if Role.COORDINATOR in roles else set(roles)
    return not held.isdisjoint(audience)


class Times(msgspec.Struct, frozen=True):
    """From when to when."""

    starts_at: datetime
    ends_at: datetime


def against_times(times: Times, opens_on: date | None, now: datetime) -> Iterator[tuple[str, Reason]]:
    """The faults of the times of a gathering, each with the field it stands in."""
    if times.ends_at <= times.starts_at:
        yield "ends_at", Reason(code="gathering.ends_before_start")
    elif times.ends_at - times.starts_at > LONGEST:
        yield "ends_at", Reason(code="gathering.too_long", parameters={"hours": int(LONGEST.total_seconds() // 3600)})
    if opens_on is not None and day_in_oslo(times.starts_at) < opens_on:
        yield "starts_at", Reason(code="gathering.held_before_call", parameters={"opens_on": opens_on.isoformat()})
    if times.starts_at - now > FARTHEST:
        yield "starts_at", Reason(code="gathering.too_far")


class SigningUp(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether somebody can sign up for a gathering, or be noted there."""

    audience: frozenset[Role]
    roles: frozenset[Role]
    """Those the person holds in the projects that gather."""
    works_there: bool
    """Whether they work in an office whose project gathers."""
    starts_at: datetime
    ends_at: datetime
    called_off: bool
    capacity: int | None
    taken: int
    is_signed_up: bool = False


def _reason(code: str, **parameters: str | int) -> Reason:
    return Reason(code=f"gathering.{code}", parameters=parameters, who=ARRANGERS)


def against_attending(facts: SigningUp) -> Iterator[Reason]:
    """What keeps somebody from being at a gathering at all."""
    if facts.called_off:
        yield _reason("called_off")
    if not is_invited(facts.audience, facts.roles, works_there=facts.works_there):
        names = " ".join(f"role.{role}" for role in AUDIENCE if role in facts.audience) or "gatherings.the_projects"
        yield _reason("not_in_audience", audience_keys=names)


def against_signing_up(facts: SigningUp, now: datetime) -> Iterator[Reason]:
    """What keeps somebody from signing up; for one who has done so already nothing does."""
    if facts.is_signed_up:
        return
    yield from against_attending(facts)
    if now >= facts.ends_at:
        yield _reason("over")
    elif facts.capacity is not None and facts.taken >= facts.capacity:
        yield _reason("full", capacity=facts.capacity)


def against_signing_off(presence: Presence, ends_at: datetime, now: datetime) -> Iterator[Reason]:
    """What keeps a sign-up from being taken back: it has been, or they have come."""
    if presence is Presence.CAME:
        yield _reason("came_already")
    elif now >= ends_at:
        yield _reason("over")


def against_noting(starts_at: datetime, called_off: bool, now: datetime) -> Iterator[Reason]:
    """What keeps it from being noted who came."""
    if called_off:
        yield _reason("called_off")
    elif now < starts_at:
        yield _reason("not_begun", starts_at=starts_at.isoformat())


class Outcome(StrEnum):
    """What becomes of a note about somebody."""

    KEEP = "keep"
    WRITE = "write"
    CLASH = "clash"


def outcome_of(seen: Presence, stands: Presence, said: Presence, *, own: bool = False) -> Outcome:
    """What becomes of `said`, when its writer saw `seen` and `stands` is noted by now, by themselves where it is `own`.

    Nothing that somebody else has noted meanwhile is undone unseen: where that says otherwise, the two clash.
    """
    if said is stands or (said is seen and not own):
        return Outcome.KEEP
    return Outcome.WRITE if own or stands is seen else Outcome.CLASH


class PartTaken(StrEnum):
    """How far a project has come with a gathering (S8)."""

    CALLED_OFF = "called_off"
    TO_SIGN_UP = "to_sign_up"
    SIGNED_UP = "signed_up"
    MISSED = "missed"
    ARTEFACT_MISSING = "artefact_missing"
    DONE = "done"


def part_taken(
    *, signed_up: int, came: int, ends_at: datetime, called_off: bool, made: bool, now: datetime
) -> PartTaken:
    """How far a project has come: having been there without what was worked on is not done."""
    if called_off:
        return PartTaken.CALLED_OFF
    if came:
        return PartTaken.DONE if made else PartTaken.ARTEFACT_MISSING
    if now >= ends_at:
        return PartTaken.MISSED
    return PartTaken.SIGNED_UP if signed_up else PartTaken.TO_SIGN_UP
