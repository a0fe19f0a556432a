"""How much each thing weighs when applications are shared out among reviewers: part of a call's rules."""

from __future__ import annotations

import msgspec


class AssignmentRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weights of a proposal of who assesses what, in points; 0 takes a thing out (S72, joss#436)."""

    most_at_once: int = 12
    """Reviews that somebody has under way at the same time, unless they have said fewer."""
    load_months: int = 6
    """How far back the reviews that somebody was given count as load."""
    experienced_after: int = 3
    """Somebody who has handed in so many reviews is experienced."""
    load: int = 4
    """For each review under way that somebody has already, when they are given one more."""
    recent: int = 1
    """For each review that somebody was given in the last months."""
    competence: int = 6
    """In favour, for each goal of the application that somebody knows the field of, two at most."""
    language: int = 6
    """Where somebody does not read the application's language form."""
    continuity: int = 3
    """In favour, for somebody who assessed an earlier application of the office."""
    county: int = 8
    """For each reviewer of one application beyond the first who comes from the same county."""
    level: int = 5
    """Where all reviewers of one application come from the same level: directorate, county or office."""
    newcomer: int = 10
    """Where nobody who assesses an application is experienced."""
    method: str = "benefits_realisation"
    """A method that one of the reviewers of every application should know; none where it is empty."""
    without_method: int = 7
    """Where none of them does."""
    change: int = 2
    """For each pair of a new proposal that was not in the one before it."""


LIMITS: dict[str, tuple[int, int]] = {
    "most_at_once": (1, 100),
    "load_months": (1, 60),
    "experienced_after": (0, 100),
    **dict.fromkeys(
        ("load", "recent", "competence", "language", "continuity", "county", "level", "newcomer", "without_method",
         "change"), (0, 100),
    ),
}  # fmt: skip
"""The least and the most that each number may be."""
