"""What the gates of a project must know."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from workflows.clarification import Holder, Needed
from workflows.rules import Rules


class Facilitating(msgspec.Struct, frozen=True, kw_only=True):
    """A facilitator who has been asked: how they answered, and whether anything is in the way."""

    name: str
    accepted: bool
    within_capacity: bool
    conflict: bool
    methods: tuple[str, ...] = ()


class DueMilestone(msgspec.Struct, frozen=True, kw_only=True):
    """One milestone as the gates see it."""

    key: str
    due_on: date | None
    settled: bool
    """Approved or waived."""


class ChosenConcept(msgspec.Struct, frozen=True, kw_only=True):
    """A concept that is carried on, with what has been answered about it."""

    title: str
    unchecked_deviances: int
    placed: bool
    benefits_placed: bool
    consequences_answered: bool


class ChangeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One change of practice as the gates see it."""

    title: str
    planned_live_on: date | None
    is_live: bool


class DueMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement as the gates see it."""

    measurement_id: UUID
    benefit: str
    due_on: date
    reported: bool
    """Reported, confirmed or written off."""
    settled: bool
    """Confirmed, or written off with a reason."""


class BenefitSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One benefit as the gates see it."""

    benefit_id: UUID
    title: str
    reaches_goal: bool
    handed_over: bool
    follow_ups: int
    """Dated follow-up measurements after the close."""


class ProjectFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the gates must know about one project."""

    rules: Rules
    paused_from: str | None = None
    today: date
    has_leader: bool
    has_coordinator: bool
    facilitators: tuple[Facilitating, ...] = ()
    methods_covered: frozenset[str] = frozenset()
    clarifications: tuple[Needed, ...] = ()
    """Those of the start."""
    renewed: tuple[Needed, ...] = ()
    """Those that were renewed as a diamond closed, each with its gate."""
    holders: tuple[Holder, ...] = ()
    """Who holds the roles that clarify now."""
    modules: frozenset[int] = frozenset()
    """Competence modules that the leader is registered for."""
    milestones: tuple[DueMilestone, ...] = ()
    insight_parties: frozenset[str] = frozenset()
    insight_reasons: frozenset[str] = frozenset()
    """Parties without insight for which the reason is written."""
    success_statements: int = 0
    findings: int = 0
    unvalidated_findings: int = 0
    texts: frozenset[str] = frozenset()
    statement_confirmed: bool = False
    """A version of the problem statement was written in the project, resting on its insight."""
    signed: frozenset[str] = frozenset()
    """Sides that have signed off the step the project is in."""
    gatherings_attended: frozenset[int] = frozenset()
    ideas: int = 0
    concepts: int = 0
    chosen: tuple[ChosenConcept, ...] = ()
    benefits: tuple[BenefitSeen, ...] = ()
    plan_approved: bool = False
    pilots: int = 0
    changes: tuple[ChangeSeen, ...] = ()
    measurements: tuple[DueMeasurement, ...] = ()
    shared_experiences: int = 0
    """Published stories, and presentations that stand in the programme of a conference."""
    unplaced_presentations: int = 0
    """Presentations that wait for their place in a programme."""
    learning_points: int = 0
    report_approved: bool = False
    accounts_approved: bool = False
    unanswered_payments: tuple[str, ...] = ()
    """Keys of waived milestones whose payment is still planned."""
    unreturned_ore: int = 0
    """What the ledger holds as paid, less what came back, beyond what the accounts say was spent."""
