"""What of a published call may still be changed: only what harms nobody who has read it or begun to apply (G3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from workflows.budget import COST_KINDS
from workflows.engine import Reason
from workflows.roles import Role
from workflows.rule_fields import FIELDS, altered, value_of
from workflows.rules import Rules

WHO = (Role.CASE_HANDLER,)

MORE_HARMS_NOBODY = frozenset(
    {
        "deadlines.grace_minutes", "deadlines.completion_days", "deadlines.acceptance_days",
        "deadlines.reply_days", "appeal.deadline_working_days",
    }
)  # fmt: skip
"""Rules that give applicants time: they may be raised."""

LESS_HARMS_NOBODY = frozenset(
    {"team.minimum", "benefits.minimum", "budget.own_share_basis_points", "appeal.handling_working_days"}
)
"""Rules that ask something of applicants, or let them wait: they may be lowered."""

OWN_WORK = frozenset({"assignment", "staffing"})
"""Parts of the rules that say how the scheme shares out its own work among reviewers and facilitators."""

TOUCHES_NO_APPLICANT = frozenset(
    {"reviews.working_days", *(field.path for field in FIELDS if field.section in OWN_WORK)}
)
"""Rules for the scheme's own work: they may be changed either way."""


class CallTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What applicants rely on once a call is published, beside its texts and criteria, which stand."""

    opens_at: datetime | None
    deadline: datetime | None
    frame_ore: int | None
    facilitation_hours: int | None
    cost_kinds: frozenset[str]
    rules: Rules


def _harm(code: str, place: str, field: str, **parameters: str | int) -> Reason:
    return Reason(code=code, parameters={"field": field, **parameters}, place=place, who=WHO)


def _date_harms(before: CallTerms, after: CallTerms) -> Iterator[Reason]:
    if before.opens_at is not None and after.opens_at != before.opens_at:
        yield _harm("call.opening_fixed", "call.dates", "opens_at", opens_at=before.opens_at.isoformat())
    if before.deadline is not None and (after.deadline is None or after.deadline < before.deadline):
        deadline_at = before.deadline.isoformat()
        yield _harm("call.deadline_brought_forward", "call.dates", "deadline", deadline_at=deadline_at)


def _kinds_lost(before: frozenset[str], after: frozenset[str]) -> frozenset[str]:
    """Kinds of costs that are no longer paid for: one that is no longer named, or all but those where none was named."""
    return before - after if before else frozenset(COST_KINDS) - after if after else frozenset()


def _frame_harms(before: CallTerms, after: CallTerms) -> Iterator[Reason]:
    if (after.frame_ore or 0) < (before.frame_ore or 0):
        yield _harm("call.frame_lowered", "call.frame", "frame_ore", frame_ore=before.frame_ore or 0)
    if (after.facilitation_hours or 0) < (before.facilitation_hours or 0):
        hours = before.facilitation_hours or 0
        yield _harm("call.hours_lowered", "call.frame", "facilitation_hours", hours=hours)
    for kind in sorted(_kinds_lost(before.cost_kinds, after.cost_kinds)):
        yield _harm("call.cost_kind_removed", "call.frame", "cost_kinds", kind_key=f"calls.cost.{kind}")


def _harms_nobody(path: str, before: Any, after: Any) -> bool:
    if path in TOUCHES_NO_APPLICANT:
        return True
    return (path in MORE_HARMS_NOBODY and after > before) or (path in LESS_HARMS_NOBODY and after < before)


def _rule_harms(before: CallTerms, after: CallTerms) -> Iterator[Reason]:
    for field in altered(after.rules, before.rules):
        old, new = value_of(before.rules, field), value_of(after.rules, field)
        if _harms_nobody(field.path, old, new):
            continue
        direction = (
            "more" if field.path in MORE_HARMS_NOBODY else "less" if field.path in LESS_HARMS_NOBODY else "fixed"
        )
        yield _harm(f"call.rule_{direction}", "call.rules", field.name, field_key=field.text_key)


def harms(before: CallTerms, after: CallTerms) -> tuple[Reason, ...]:
    """Everything in a change of a published call that could harm somebody; empty where it harms nobody (G3)."""
    return (*_date_harms(before, after), *_frame_harms(before, after), *_rule_harms(before, after))


def why_missing(why: str, *, is_published: bool, meets_applicants: bool = True) -> Iterator[Reason]:
    """A change of a published call that applicants meet has a written reason, which they read (G3).

    Another order of the questions, and what is said again as it stood, is no such change.
    """
    if is_published and meets_applicants and not why.strip():
        yield Reason(code="call.change_without_reason", parameters={"field": "why"}, who=WHO)
