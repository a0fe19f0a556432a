"""Those in an office's team: what they say yes to, and what their leader stands behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from workflows.budget import BudgetLine
from workflows.budget import content as content_of_budget
from workflows.roles import Role

ENDORSED_ANSWERS = ("problem_statement", "amount_ore", "hours", "starts_on")
"""The answers that the leader stands behind, beside the team and its hours; changing one asks for a new endorsement."""


class TeamMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in the office's team, with the role and the hours a week that they are given."""

    id: UUID
    name: str
    role: Role | None
    weekly_hours: int | None
    person_id: UUID | None = None
    answer: str = ""
    """"yes" or "no" where they have said whether they take part."""
    answered_for: str = ""
    """What `content_to_confirm` was when they said so."""


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """An office that joined an application, and what its leader has endorsed (S76)."""

    unit_id: UUID
    name: str
    endorsed_content: str | None = None


def content_to_confirm(role: str | None, weekly_hours: int | None) -> str:
    """What a member says yes to: the role and the hours a week; other than these, the yes no longer counts (S73)."""
    return f"{role or ''}:{weekly_hours or 0}"


def takes_part(member: TeamMember) -> bool:
    """Whether a member has said yes to the role and the hours that they have now."""
    return member.answer == "yes" and member.answered_for == content_to_confirm(member.role, member.weekly_hours)


def content_to_endorse(
    answers: Mapping[str, Any], team: Sequence[TeamMember], partners: Sequence[Partner] = (),
    budget: Sequence[BudgetLine] = (),
) -> str:  # fmt: skip
    """A fingerprint of what a leader stands behind: statement, money, hours, start, team and its hours, budget (G7).

    With whom one applies is part of it, so that an office that joins voids what was endorsed before (S76).
    """
    content: tuple[Any, ...] = (
        [answers.get(key) for key in ENDORSED_ANSWERS],
        sorted((member.name, member.role or "", member.weekly_hours or 0) for member in team),
    )
    if partners:
        content = (*content, sorted(str(partner.unit_id) for partner in partners))
    if budget:
        content = (*content, {"budget": content_of_budget(budget)})
    return sha256(msgspec.json.encode(content)).hexdigest()


def who_confirms(member: TeamMember) -> tuple[Role, ...]:
    """Whoever can say it: the member, or for one without an account those who speak for the office."""
    return (member.role,) if member.person_id and member.role else (Role.COORDINATOR, Role.LEADER)
