"""What the rules must know about an application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from workflows.budget import BudgetLine
from workflows.forms.application import APPLICATION_FORM
from workflows.forms.fields import Form
from workflows.judging import Judged
from workflows.rules import Rules
from workflows.team import Partner, TeamMember


class PositiveDeviance(msgspec.Struct, frozen=True, kw_only=True):
    """Something that already works, with its rank among the office's own (S33)."""

    rank: int
    text: str


class ExpectedBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit that the office hopes for; whose, and towards which overall goal."""

    id: UUID
    title: str
    beneficiary: str = ""
    goal: str = ""


class ApplicationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about an application."""

    rules: Rules
    call_state: str
    opens_at: datetime
    deadline: datetime
    unit_eligible: bool
    """Whether the unit is an office that is in existence and may apply."""
    answers: Mapping[str, Any]
    deviances: tuple[PositiveDeviance, ...]
    team: tuple[TeamMember, ...]
    benefits: tuple[ExpectedBenefit, ...]
    budget: tuple[BudgetLine, ...] = ()
    cost_kinds: tuple[str, ...] = ()
    """The kinds of costs that the call names as paid for; all of them where it names none."""
    form: Form = APPLICATION_FORM
    """The scheme's questions, and those of the call in the version that the application is bound to."""
    endorsed_content: str | None = None
    """What `content_to_endorse` was when the leader endorsed."""
    extended_until: datetime | None = None
    """The longer deadline that this office was given, if it was."""
    completion_until: datetime | None = None
    """By when an application that was returned must be completed."""
    is_returned: bool = False
    """Whether the office is completing it now."""
    returned_parts: tuple[str, ...] = ()
    """The parts that were named when it was returned."""
    partners: tuple[Partner, ...] = ()
    """The offices that joined it."""
    is_joined: bool = False
    """Whether its office and another have agreed to go on with the other's application."""
    judged: tuple[Judged, ...] = ()
    """What a case handler has judged of it at the screening."""
    reviews_submitted: int = 0
    recommended: bool = False
    decided_outcome: str | None = None
    """The outcome of the decision once it is made."""
    letter_released_at: datetime | None = None
    request_open: bool = False
    """Whether a request to try the outcome again is under way."""
    request_granted: bool = False
    """Whether the latest outcome has been tried again, and is to be changed."""
    request_answered_at: datetime | None = None
    """When the office was sent the answer to its latest request."""
    first_round: frozenset[UUID] = frozenset()
    """Those who took part before an outcome was tried again with success."""
