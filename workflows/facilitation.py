"""A facilitator's assignment to a project: proposed, answered, ended."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role

METHODS = ("service_design", "systemic_design", "benefits_realisation", "positive_deviance", "evaluation")
"""The five ingredients (S10)."""

ASSIGNERS = (Role.CASE_HANDLER, Role.METHOD_OWNER)


class AssignmentState(StrEnum):
    """How far an assignment has come."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class AssignmentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one assignment."""

    assignment_id: UUID
    person_id: UUID
    name: str
    hours: int
    capacity_hours: int
    """Hours the person has to give, 0 for somebody who is not in the register."""
    hours_elsewhere: int
    """Hours bound by the person's other assignments that are proposed or accepted."""
    conflicts: tuple[str, ...] = ()
    """Kinds of conflict of interest with the project's units and team."""


@requirement(source="S72")
def within_capacity(facts: AssignmentFacts, act: Act) -> Iterator[Reason]:
    """The hours fit within what the facilitator has left to give."""
    left = facts.capacity_hours - facts.hours_elsewhere
    if facts.hours > left:
        yield Reason(
            code="facilitation.over_capacity",
            parameters={"name": facts.name, "hours": facts.hours, "left": max(left, 0)},
            place="facilitation.register",
            who=ASSIGNERS,
        )


@requirement(source="G12")
def without_conflict(facts: AssignmentFacts, act: Act) -> Iterator[Reason]:
    """The facilitator is not tied to the office or its team."""
    for kind in facts.conflicts:
        yield Reason(
            code=f"facilitation.conflict_{kind}",
            parameters={"name": facts.name},
            place="project.facilitators",
            who=ASSIGNERS,
        )


@requirement()
def answered_by_the_one_asked(facts: AssignmentFacts, act: Act) -> Iterator[Reason]:
    """A facilitator answers for themselves."""
    if act.person_id != facts.person_id:
        yield Reason(
            code="facilitation.only_self", parameters={"name": facts.name}, place="project.facilitators",
            who=(Role.FACILITATOR,),
        )  # fmt: skip


S = AssignmentState

FACILITATION = Lifecycle(
    subject="facilitator_assignment",
    states=AssignmentState,
    initial=S.PROPOSED,
    final=frozenset({S.DECLINED, S.ENDED}),
    moves=(
        move("accept", S.PROPOSED, S.ACCEPTED, Permission.FACILITATOR_ANSWER,
             answered_by_the_one_asked, within_capacity, without_conflict),
        move("decline", S.PROPOSED, S.DECLINED, Permission.FACILITATOR_ANSWER,
             answered_by_the_one_asked, needs_why=True),
        move("withdraw", S.PROPOSED, S.ENDED, Permission.FACILITATOR_ASSIGN, needs_why=True),
        move("end", S.ACCEPTED, S.ENDED, Permission.FACILITATOR_ASSIGN, needs_why=True),
        move("release", (S.PROPOSED, S.ACCEPTED), S.ENDED, Permission.CLOCK),
    ),
)  # fmt: skip
