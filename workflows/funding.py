"""How an award is given: as the office's own budget, as authority to charge another's, as a grant, or as hours alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

Instrument = Literal["budget_allocation", "charge_authority", "grant", "hours_only"]
INSTRUMENTS: tuple[Instrument, ...] = ("budget_allocation", "charge_authority", "grant", "hours_only")


class FundingRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a call gives what it gives (DOMAIN 4.1)."""

    office: Instrument = "budget_allocation"
    """How an office is given money, unless the decision says otherwise."""
    allowed: tuple[Instrument, ...] = INSTRUMENTS
    """The ways that a decision may choose among."""


def proposed(rules: FundingRules, amount_ore: int | None) -> Instrument:
    """The way that a decision begins with."""
    return "hours_only" if amount_ore == 0 and "hours_only" in rules.allowed else rules.office


def against(rules: FundingRules, instrument: str, amount_ore: int | None) -> Iterator[str]:
    """The codes of what keeps an award of that sum from being given that way."""
    if instrument not in rules.allowed:
        yield "instrument_not_allowed"
    if instrument == "hours_only" and amount_ore:
        yield "money_with_hours_only"


def against_funding(rules: FundingRules) -> Iterator[tuple[str, str]]:
    """The code and the rule of each fault: what is proposed must be allowed."""
    if rules.office not in rules.allowed:
        yield "rules.instrument_not_allowed", "office"
