"""A proposal to join forces: one office asks another that looks for partners, and one application comes of two (S76)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import msgspec

from workflows.application import ApplicationState
from workflows.calendar import has_passed
from workflows.effects import Effect
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role

SPEAK = (Role.COORDINATOR, Role.LEADER)
MOST_MEMBERS = 50
"""How many people one team may have."""
MOST_OPEN = 5
"""How many offices one draft may be proposed to at once."""
PLACE = "application.partners"


class JoinProposalState(StrEnum):
    """How far a proposal has come."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Keep(StrEnum):
    """Whose draft goes on to be written, as the one who proposes says it."""

    OURS = "ours"
    THEIRS = "theirs"


class JoinProposalFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about a proposal."""

    ours: str
    """The state of the draft that it came from."""
    theirs: str
    """The state of the draft that it went to."""
    call_state: str
    deadline: datetime
    """The last moment at which the draft that goes on can be sent."""
    grace_minutes: int = 0
    people: int = 0
    """How many the team of both would be."""


def _reason(code: str, **parameters: str | int) -> Reason:
    return Reason(code=f"join_proposal.{code}", parameters=parameters, place=PLACE, who=SPEAK)


def _is_over(facts: JoinProposalFacts, act: Act) -> bool:
    passed = has_passed(facts.deadline, act.now, grace_minutes=facts.grace_minutes)
    return passed or facts.call_state not in ("published", "open")


@requirement(source="S76")
def both_are_drafts(facts: JoinProposalFacts, act: Act) -> Iterator[Reason]:
    """Neither of the two has been sent, withdrawn or joined meanwhile."""
    if facts.ours != ApplicationState.DRAFT or facts.theirs != ApplicationState.DRAFT:
        yield _reason("no_draft")


@requirement(source="S76, G4")
def call_is_open(facts: JoinProposalFacts, act: Act) -> Iterator[Reason]:
    """The call can still be applied to."""
    if _is_over(facts, act):
        yield _reason("call_closed", deadline_at=facts.deadline.isoformat())


@requirement(source="S73, S76")
def team_is_not_too_large(facts: JoinProposalFacts, act: Act) -> Iterator[Reason]:
    """The two teams together are no more people than a team may have."""
    if facts.people > MOST_MEMBERS:
        yield _reason("team_too_large", count=facts.people, most=MOST_MEMBERS)


@requirement(source="S76")
def no_longer_possible(facts: JoinProposalFacts, act: Act) -> Iterator[Reason]:
    """The call is closed, or one of the two is no draft any more."""
    drafts = facts.ours == ApplicationState.DRAFT and facts.theirs == ApplicationState.DRAFT
    if drafts and not _is_over(facts, act):
        yield _reason("still_possible")


S = JoinProposalState

JOIN_PROPOSAL = Lifecycle(
    subject="join_proposal",
    states=JoinProposalState,
    initial=S.PROPOSED,
    final=frozenset({S.ACCEPTED, S.DECLINED, S.WITHDRAWN, S.LAPSED}),
    moves=(
        move("accept", S.PROPOSED, S.ACCEPTED, Permission.APPLICATION_SUBMIT,
             both_are_drafts, call_is_open, team_is_not_too_large, effects=(Effect.JOIN_APPLICATIONS,)),
        move("decline", S.PROPOSED, S.DECLINED, Permission.APPLICATION_SUBMIT),
        move("withdraw", S.PROPOSED, S.WITHDRAWN, Permission.APPLICATION_SUBMIT, aside=True),
        move("lapse", S.PROPOSED, S.LAPSED, Permission.CLOCK, no_longer_possible),
    ),
)  # fmt: skip


def against_proposing(
    *, own_state: str, is_found: bool, same_call: bool, same_unit: bool, open_between: str, open_from_here: int
) -> Iterator[Reason]:
    """What keeps a draft from being proposed to another.

    `open_between` is "ours" or "theirs" where a proposal between the two waits already. Another draft is known only while
    its office looks for partners; one that is not found is not told from one that does not exist.
    """
    if own_state != ApplicationState.DRAFT:
        yield _reason("no_draft")
    if not is_found or not same_call or same_unit:
        yield _reason("not_looking")
    elif open_between:
        yield _reason("proposed_already" if open_between == Keep.OURS else "proposed_by_them")
    if open_from_here >= MOST_OPEN:
        yield _reason("too_many_open", most=MOST_OPEN)
