"""Every lifecycle with facts to try it on, and somebody who holds every role there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from tests.workflows.carrying_out import BROKEN, WHOLE
from tests.workflows.samples import (
    APPLICATION_FACTS,
    CALL_FACTS,
    DECISION_FACTS,
    JOIN_PROPOSAL_FACTS,
    NOW,
    REQUEST_FACTS,
    REVIEW_FACTS,
    STORY_FACTS,
    act,
)
from workflows.application import APPLICATION
from workflows.call import CALL
from workflows.decision import DECISION
from workflows.discussion import THREAD, ThreadFacts
from workflows.engine import Act, Lifecycle
from workflows.file import FILE, FileFacts
from workflows.joining import JOIN_PROPOSAL
from workflows.lifecycles import ALL
from workflows.reconsideration import RECONSIDERATION
from workflows.review import REVIEW
from workflows.roles import Role
from workflows.story import STORY

EVERYBODY = frozenset(Role)
SUBJECTS = [lifecycle.subject for lifecycle in ALL]
BY_SUBJECT = {lifecycle.subject: lifecycle for lifecycle in ALL}
CARRIED_OUT = [BY_SUBJECT[subject] for subject in WHOLE]
FACTS: dict[str, tuple[Any, ...]] = {
    CALL.subject: (CALL_FACTS,),
    APPLICATION.subject: (APPLICATION_FACTS,),
    REVIEW.subject: (REVIEW_FACTS,),
    THREAD.subject: (ThreadFacts(state="open", posts=0), ThreadFacts(state="open", posts=1)),
    JOIN_PROPOSAL.subject: (JOIN_PROPOSAL_FACTS, replace(JOIN_PROPOSAL_FACTS, call_state="closed")),
    DECISION.subject: (DECISION_FACTS,),
    RECONSIDERATION.subject: (
        REQUEST_FACTS,
        replace(REQUEST_FACTS, asked_at=NOW + timedelta(days=60), still_stands=False, answer=""),
    ),
    STORY.subject: (
        STORY_FACTS,
        replace(STORY_FACTS, is_linked=False, consent="", themes=()),
    ),
    FILE.subject: (FileFacts(is_written=True), FileFacts(is_written=False, last_sent_at=NOW)),
    **{subject: (facts, *BROKEN[subject]) for subject, facts in WHOLE.items()},
}
"""Facts to try every lifecycle on, whole and broken."""
EVERY_RULE = frozenset(rule.name for lifecycle in ALL for each in lifecycle.moves for rule in each.requires)


def of(lifecycle: Lifecycle) -> str:
    """How a lifecycle is named among the cases of a test."""
    return lifecycle.subject


def acting(who: str, why: str = "Fordi") -> Act:
    """Somebody who holds every role there is."""
    return act(*Role, who=who, why=why)
