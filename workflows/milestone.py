"""A milestone: planned, due, reported with what shows it, and approved by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.effects import Effect
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role

OFFICE = (Role.COORDINATOR, Role.LEADER)


class MilestoneState(StrEnum):
    """How far a milestone has come."""

    PLANNED = "planned"
    DUE = "due"
    REPORTED = "reported"
    APPROVED = "approved"
    RETURNED = "returned"
    WAIVED = "waived"


WRITTEN_IN = frozenset({MilestoneState.PLANNED, MilestoneState.DUE, MilestoneState.RETURNED})
"""States in which what shows that it is reached is still gathered."""


class MilestoneFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one milestone."""

    milestone_id: UUID
    key: str
    approved_by_role: Role
    """The role that the call's rules name for approving it."""
    due_on: date | None
    today: date
    has_evidence: bool
    needs_evidence: bool = True
    reported_by: UUID | None = None
    project_stopped: bool = False


def _missing(facts: MilestoneFacts, code: str, *who: Role, **parameters: str) -> Reason:
    return Reason(
        code=f"milestone.{code}",
        parameters={"id": str(facts.milestone_id), "milestone_key": f"milestone.{facts.key}", **parameters},
        place="project.milestone",
        who=who,
    )


@requirement(source="DOMAIN 3.11")
def its_day_has_come(facts: MilestoneFacts, act: Act) -> Iterator[Reason]:
    """The milestone has a date, and the day has come."""
    if facts.due_on is None:
        yield _missing(facts, "no_date", *OFFICE)
    elif facts.due_on > facts.today:
        yield _missing(facts, "not_due_yet", due_on=facts.due_on.isoformat())


@requirement(source="DOMAIN 3.11")
def evidence_given(facts: MilestoneFacts, act: Act) -> Iterator[Reason]:
    """It is written or linked what shows that the milestone is reached."""
    if facts.needs_evidence and not facts.has_evidence:
        yield _missing(facts, "no_evidence", *OFFICE)


@requirement(source="DOMAIN 3.11, G16")
def approved_by_the_role_named(facts: MilestoneFacts, act: Act) -> Iterator[Reason]:
    """The one who approves holds the role that the rules name, and did not report it."""
    if facts.approved_by_role not in act.roles:
        yield _missing(
            facts, "another_role_approves", facts.approved_by_role, role_key=f"role.{facts.approved_by_role}"
        )
    if act.person_id is not None and act.person_id == facts.reported_by:
        yield _missing(facts, "reported_by_yourself", facts.approved_by_role)


@requirement(source="DOMAIN 3.11, G29")
def project_is_not_stopped(facts: MilestoneFacts, act: Act) -> Iterator[Reason]:
    """The project is not stopped: what it had planned to pay has fallen away with it."""
    if facts.project_stopped:
        yield _missing(facts, "project_stopped", Role.DECISION_MAKER)


S = MilestoneState

MILESTONE = Lifecycle(
    subject="milestone",
    states=MilestoneState,
    initial=S.PLANNED,
    final=frozenset({S.APPROVED, S.WAIVED}),
    moves=(
        move("fall_due", S.PLANNED, S.DUE, Permission.CLOCK, its_day_has_come),
        move("report", tuple(sorted(WRITTEN_IN)), S.REPORTED, Permission.MILESTONE_REPORT,
             evidence_given, project_is_not_stopped),
        move("approve", S.REPORTED, S.APPROVED, Permission.MILESTONE_APPROVE,
             evidence_given, approved_by_the_role_named, project_is_not_stopped, effects=(Effect.RELEASE_PAYMENT,)),
        move("return", S.REPORTED, S.RETURNED, Permission.MILESTONE_APPROVE, approved_by_the_role_named, needs_why=True),
        move("waive", (S.PLANNED, S.DUE, S.RETURNED), S.WAIVED, Permission.REQUIREMENT_WAIVE, needs_why=True, aside=True),
    ),
)  # fmt: skip
