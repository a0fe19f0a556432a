"""What is typed about milestones and about changes to an award."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.calls.forms import CostKind
from app.core.inputs import OptionalText, Text
from workflows.money import MOST_ORE

Link = Annotated[str, Meta(max_length=500, pattern=r"^(https?://\S+)?$", extra={"fault": "form.not_a_link"})]
Amount = Annotated[int, Meta(ge=1, le=MOST_ORE)]
AmountChange = Annotated[int, Meta(ge=-100_000_000_000, le=100_000_000_000)]


class SetDue(msgspec.Struct, frozen=True, kw_only=True):
    """The day by which a milestone is to be reached."""

    version: int | None = None
    due_on: date


class ReportMilestone(msgspec.Struct, frozen=True, kw_only=True):
    """What shows that a milestone is reached: told, or linked to."""

    version: int | None = None
    evidence: OptionalText = ""
    evidence_link: Link = ""


class ProposeChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be changed in an award, and why."""

    case_id: UUID
    kind: Literal["amount", "dates", "team", "scope", "annex", "budget"]
    text: Text
    amount_change_ore: AmountChange | None = None
    milestone_id: UUID | None = None
    new_due_on: date | None = None
    after_text: OptionalText = ""
    from_kind: CostKind | None = None
    to_kind: CostKind | None = None
    shift_ore: Amount | None = None


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """The version that is signed."""

    version: int | None = None
