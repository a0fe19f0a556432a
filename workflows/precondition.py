"""What must be in place for a benefit to come, and whether it keeps the benefit from coming (DOMAIN 3.7, 3.10)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How a precondition stands."""

    NOT_ASSESSED = "not_assessed"
    NOT_MET = "not_met"
    AT_RISK = "at_risk"
    MET = "met"


def is_late(standing: str, due_on: date | None, today: date) -> bool:
    """Whether it was to be met by a day that has gone."""
    return standing != Standing.MET and due_on is not None and due_on < today


def is_in_danger(standing: str, due_on: date | None, today: date) -> bool:
    """Whether the benefit is in danger because of it: it is said to be at risk, or the day it was to be met by has gone."""
    return standing == Standing.AT_RISK or is_late(standing, due_on, today)
