"""Discussion threads on an application: for whom each is, who may write in it, and that it is never opened wider."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum

import msgspec

from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.review_phases import OVERSEERS, Sight
from workflows.roles import Permission, Role

MOST_THREADS = 50
MOST_POSTS = 500
OFFICE = frozenset({Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM})
WRITERS_INSIDE = frozenset({Role.CASE_HANDLER, Role.DECISION_MAKER})


class Audience(StrEnum):
    """For whom a thread is; each sees what those before it in WIDENING see too."""

    HANDLERS = "handlers"
    REVIEWERS = "reviewers"
    APPLICANT = "applicant"


WIDENING = (Audience.HANDLERS, Audience.REVIEWERS, Audience.APPLICANT)


class ThreadState(StrEnum):
    """Whether anything can be said in a thread."""

    OPEN = "open"
    CLOSED = "closed"


def may_see(audience: Audience, roles: Collection[Role], sight: Sight) -> bool:
    """Whether somebody sees threads for that audience, by their roles in the case and what their own review lets them.

    A reviewer only while the phase lets them discuss, and so never before their own review is in; a case handler who
    reviews too not before that either; whoever stepped aside or is tied to the applicant sees none (G9, G12).
    """
    oversees = not OVERSEERS.isdisjoint(roles)
    if audience is Audience.APPLICANT and not OFFICE.isdisjoint(roles):
        return True
    if audience is Audience.APPLICANT:
        return (oversees and sight.reads) or sight.discusses
    inside = oversees and sight.others
    return inside if audience is Audience.HANDLERS else inside or sight.discusses


def seen(roles: Collection[Role], sight: Sight) -> frozenset[Audience]:
    """The audiences whose threads somebody sees."""
    return frozenset(audience for audience in Audience if may_see(audience, roles, sight))


def may_write(audience: Audience, roles: Collection[Role], sight: Sight) -> bool:
    """Whether somebody may say something in a thread that they see.

    Reviewers keep to threads that the applicant does not see: who reviews it, an office is not told (G12).
    """
    if not may_see(audience, roles, sight):
        return False
    if not WRITERS_INSIDE.isdisjoint(roles):
        return True
    side = OFFICE if audience is Audience.APPLICANT else frozenset({Role.REVIEWER})
    return not side.isdisjoint(roles)


def may_open(audience: Audience, roles: Collection[Role], sight: Sight) -> bool:
    """Whether somebody may begin a thread for that audience; an office answers, and does not begin."""
    if audience is Audience.APPLICANT and WRITERS_INSIDE.isdisjoint(roles):
        return False
    return may_write(audience, roles, sight)


def against_narrowing(before: Audience, after: Audience) -> Iterator[Reason]:
    """What keeps a thread from being given another audience: it may become narrower, for what was said was said to few."""
    if WIDENING.index(after) >= WIDENING.index(before):
        yield Reason(code="thread.only_narrower", parameters={"audience_key": f"thread.audience.{before}"})


class ThreadFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one thread."""

    state: str
    posts: int


@requirement()
def something_is_said(facts: ThreadFacts, act: Act) -> Iterator[Reason]:
    """Something has been said in the thread."""
    if not facts.posts:
        yield Reason(code="thread.empty", who=(Role.CASE_HANDLER,))


def against_posting(facts: ThreadFacts) -> Iterator[Reason]:
    """What keeps anything from being said: the thread is closed, or as long as one can read."""
    if facts.state != ThreadState.OPEN:
        yield Reason(code="thread.closed", who=(Role.CASE_HANDLER,))
    if facts.posts >= MOST_POSTS:
        yield Reason(code="thread.too_long", parameters={"most": MOST_POSTS}, who=(Role.CASE_HANDLER,))


def mentioned(text: str, names: Collection[str]) -> frozenset[str]:
    """The names that a text mentions as "@Kari Nordmann", whatever their case; the longest where one begins another."""
    found, low = set(), text.casefold()
    for name in sorted(names, key=len, reverse=True):
        mark = f"@{name.casefold()}"
        if mark in low:
            found.add(name)
            low = low.replace(mark, " ")
    return frozenset(found)


THREAD = Lifecycle(
    subject="thread",
    states=ThreadState,
    initial=ThreadState.OPEN,
    final=frozenset(),
    moves=(
        move("close", ThreadState.OPEN, ThreadState.CLOSED, Permission.DISCUSSION_LEAD, something_is_said),
        move("reopen", ThreadState.CLOSED, ThreadState.OPEN, Permission.DISCUSSION_LEAD),
    ),
)
