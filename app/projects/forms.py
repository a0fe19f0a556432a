"""What is typed about a project."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from app.core.inputs import Line, OptionalText, Text

SIDES = ("team", "leader", "affected_party")
TEXT_KINDS = (
    "challenge_picture", "anchoring_plan", "no_insight_employee", "no_insight_user", "no_insight_partner",
)  # fmt: skip


class SignOffDiamond(msgspec.Struct, frozen=True, kw_only=True):
    """A side's word that a diamond can be closed."""

    side: Literal["team", "leader", "affected_party"]
    text: Line


class WriteText(msgspec.Struct, frozen=True, kw_only=True):
    """One of the texts that the gates ask for."""

    kind: Literal["challenge_picture", "anchoring_plan", "no_insight_employee", "no_insight_user", "no_insight_partner"]
    text: Text


class PlanStep(msgspec.Struct, frozen=True, kw_only=True):
    """The days a step is planned to take; the reason where it was planned before, and whether the later steps move along."""

    step: Literal[
        "diagnose_open", "diagnose_close", "platform_open", "platform_close", "implement_open", "implement_close"
    ]
    planned_from: date
    planned_to: date
    why: OptionalText = ""
    shift_later: bool = False


class RewriteStatement(msgspec.Struct, frozen=True, kw_only=True):
    """The problem statement as the insight has made it, or as it stands, and the insight it rests on."""

    text: Text
    basis_text: Text
    why: Text
    insight_ids: tuple[UUID, ...] = ()


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Why a project ends before its time, and what was learnt by it."""

    version: int | None = None
    why: Text
    learning: Text


class Waive(msgspec.Struct, frozen=True, kw_only=True):
    """The requirement that need not hold for this project, and why."""

    requirement: Line
    why: Text
