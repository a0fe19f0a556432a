"""What a reader of the portfolio asked to see, read from an address."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from app.core.clock import day_in_oslo
from app.web.forms import FormState
from app.web.visit import Visit
from workflows.rules import GOALS


class Cut(msgspec.Struct, frozen=True):
    """What the reader asked to see: a day, a goal, a county; None where everything."""

    as_of: date | None = None
    goal: str | None = None
    county_id: UUID | None = None

    @property
    def query(self) -> str:
        """The same question as an address asks it."""
        asked = {"as_of": self.as_of, "goal": self.goal, "county": self.county_id}
        return "&".join(f"{name}={value}" for name, value in asked.items() if value)


def read_cut(visit: Visit, as_of: str, goal: str, county: str) -> tuple[Cut, FormState]:
    """The question, and beside each field why it cannot be answered; what cannot be read is left out of the question."""
    errors: dict[str, str] = {}
    day = county_id = None
    try:
        day = date.fromisoformat(as_of) if as_of.strip() else None
    except ValueError:
        errors["as_of"] = visit.t("portfolio.no_date")
    if day is not None and day > day_in_oslo(visit.uow.now):
        errors["as_of"], day = visit.t("portfolio.not_yet"), None
    try:
        county_id = UUID(county) if county.strip() else None
    except ValueError:
        errors["county"] = visit.t("portfolio.no_county")
    if goal and goal not in GOALS:
        errors["goal"] = visit.t("portfolio.no_goal")
    typed = {"as_of": [as_of], "goal": [goal], "county": [county]}
    return Cut(day, goal if goal in GOALS else None, county_id), FormState("portfolio", typed, errors)
