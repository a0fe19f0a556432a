"""What is typed about decisions."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from app.core.inputs import OptionalText, Ore
from workflows.funding import Instrument

Outcome = Literal["awarded", "provisionally_awarded", "waitlisted", "rejected"]
Check = Literal["authority", "cover", "prudence"]
GivenHours = Annotated[int, Meta(ge=0, le=10_000)]


class Prepare(msgspec.Struct, frozen=True, kw_only=True):
    """The application that a recommendation is begun for."""

    case_id: UUID


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """What is recommended: outcome, sum, hours, and the reasons in the applicant's language."""

    version: int | None = None
    outcome: Outcome | None = None
    amount_ore: Ore | None = None
    hours: GivenHours | None = None
    reasons: OptionalText = ""
    conditions: OptionalText = ""
    funding_instrument: Instrument = "budget_allocation"


class Recommend(msgspec.Struct, frozen=True, kw_only=True):
    """The signature under a recommendation; what is given here takes the place of what was written before."""

    version: int | None = None
    outcome: Outcome | None = None
    amount_ore: Ore | None = None
    hours: GivenHours | None = None
    reasons: OptionalText | None = None
    conditions: OptionalText | None = None
    funding_instrument: Instrument | None = None


class Decide(Recommend, frozen=True, kw_only=True):
    """The decision with the checks behind it, and the reason where it deviates from the recommendation."""

    checks: tuple[Check, ...] = ()
    why: OptionalText = ""


class DeclareImpartial(msgspec.Struct, frozen=True, kw_only=True):
    """That one is impartial in the case."""

    impartial: bool = False
    text: OptionalText = ""
