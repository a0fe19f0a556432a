"""The places where what is missing is mended; app/web/places.py gives each its address."""

from __future__ import annotations

UP_TO_DECISION = frozenset(
    {
        "application.ambition",
        "application.basis",
        "application.benefits",
        "application.cooperation",
        "application.decision",
        "application.discussion",
        "application.do_nothing",
        "application.endorsement",
        "application.extension",
        "application.letter",
        "application.meeting",
        "application.need",
        "application.plan",
        "application.problem",
        "application.reviewers",
        "application.steps",
        "application.team",
        "application.unit",
        "application.what_works",
        "call.applications",
        "call.criteria",
        "call.criterion",
        "call.dates",
        "call.frame",
        "call.owner",
        "call.rules",
        "call.steps",
        "call.texts",
        "decision.checks",
        "decision.impartiality",
        "decision.letter",
        "decision.outcome",
        "decision.reasons",
        "decision.steps",
        "facilitation.register",
        "people.roles",
        "project.facilitators",
        "project.report",
        "review.criterion",
        "review.declaration",
        "review.scores",
    }
)

FROM_AWARD: frozenset[str] = frozenset()

PLACES: frozenset[str] = UP_TO_DECISION | FROM_AWARD
