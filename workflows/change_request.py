"""A request to change an award: proposed by the office, answered by whoever decides; the only way an award changes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.effects import Effect
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role


class ChangeKind(StrEnum):
    """What is to change."""

    AMOUNT = "amount"
    DATES = "dates"
    TEAM = "team"
    SCOPE = "scope"
    BUDGET = "budget"
    """A sum that goes from one kind of cost to another, beyond what is only reported."""
    ANNEX = "annex"
    """What the first diamond made of the problem statement, annexed to the award."""


class ChangeRequestState(StrEnum):
    """How far a request has come."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ChangeRequestFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one request."""

    change_request_id: UUID
    kind: ChangeKind
    amount_change_ore: int
    frame_left_ore: int
    """What the frame of the call has left, before this change."""
    unreleased_ore: int
    """What of the award is not released yet, and so can still be taken away."""
    proposed_by: UUID | None
    signed_by: UUID | None = None
    """The leader who signed it for the office."""
    is_stale: bool = False
    """What it is to change is no longer as it was when it was proposed."""
    milestone_settled: bool = False
    """The milestone whose date it moves is approved or waived, or its payment is on its way or paid."""
    project_over: bool = False
    """The project is stopped, or its money is accounted for."""


def _missing(facts: ChangeRequestFacts, code: str, *who: Role, **parameters: str | int) -> Reason:
    return Reason(
        code=f"change_request.{code}", parameters={"id": str(facts.change_request_id), **parameters},
        place="project.change_request", who=who,
    )  # fmt: skip


@requirement(source="G16")
def decided_by_another_than_proposed(facts: ChangeRequestFacts, act: Act) -> Iterator[Reason]:
    """The one who decides did not propose it."""
    if act.person_id is not None and act.person_id == facts.proposed_by:
        yield _missing(facts, "proposed_by_yourself", Role.DECISION_MAKER)


@requirement(source="G19, DOMAIN 3.8 I9")
def more_fits_in_the_frame(facts: ChangeRequestFacts, act: Act) -> Iterator[Reason]:
    """A larger award fits within what the frame of the call has left."""
    if facts.amount_change_ore > max(facts.frame_left_ore, 0):
        yield _missing(facts, "beyond_frame", Role.DECISION_MAKER, left_ore=max(facts.frame_left_ore, 0))


@requirement(source="DOMAIN 3.8 I9")
def less_is_still_unpaid(facts: ChangeRequestFacts, act: Act) -> Iterator[Reason]:
    """A smaller award takes away only what is not released yet."""
    if -facts.amount_change_ore > facts.unreleased_ore:
        yield _missing(facts, "already_released", Role.DECISION_MAKER, left_ore=facts.unreleased_ore)


@requirement(source="G29")
def project_goes_on(facts: ChangeRequestFacts, act: Act) -> Iterator[Reason]:
    """The project is neither stopped nor closed."""
    if facts.project_over:
        yield _missing(facts, "project_over", Role.DECISION_MAKER)


@requirement(source="G28")
def signed_for_the_office(facts: ChangeRequestFacts, act: Act) -> Iterator[Reason]:
    """The leader of the office has signed the request; the one who accepts it signs for the scheme."""
    if facts.signed_by is None:
        yield _missing(facts, "not_signed", Role.LEADER)


@requirement(source="G28")
def stands_as_when_proposed(facts: ChangeRequestFacts, act: Act) -> Iterator[Reason]:
    """What is to be changed is still as it was when the change was proposed."""
    if facts.is_stale:
        yield _missing(facts, "stale", Role.COORDINATOR, Role.LEADER)


@requirement(source="G25, G28")
def touches_nothing_settled(facts: ChangeRequestFacts, act: Act) -> Iterator[Reason]:
    """The milestone is neither approved nor waived, and nothing of its payment is on its way or paid."""
    if facts.milestone_settled:
        yield _missing(facts, "milestone_settled", Role.COORDINATOR, Role.LEADER)


S = ChangeRequestState

CHANGE_REQUEST = Lifecycle(
    subject="change_request",
    states=ChangeRequestState,
    initial=S.PROPOSED,
    final=frozenset({S.ACCEPTED, S.REFUSED}),
    moves=(
        move("accept", S.PROPOSED, S.ACCEPTED, Permission.CHANGE_REQUEST_DECIDE,
             project_goes_on, signed_for_the_office, decided_by_another_than_proposed, stands_as_when_proposed,
             touches_nothing_settled, more_fits_in_the_frame, less_is_still_unpaid,
             effects=(Effect.APPLY_CHANGE,)),
        move("refuse", S.PROPOSED, S.REFUSED, Permission.CHANGE_REQUEST_DECIDE,
             decided_by_another_than_proposed, needs_why=True),
    ),
)  # fmt: skip
