"""How much each thing weighs when facilitators are proposed for projects: part of a call's rules."""

from __future__ import annotations

import msgspec


class StaffingRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weights of a proposal of who facilitates what, in points; 0 takes a thing out (S72, FEATURES 4.8)."""

    carries: int = 4
    """In favour, for each method of the coming steps that somebody leads or teaches."""
    used: int = 1
    """In favour, for each that they have used with support."""
    continuity: int = 6
    """In favour, for somebody who has facilitated for the office before."""
    county: int = 3
    """In favour, for somebody who works in the office's county."""
    language: int = 6
    """Where somebody does not write the office's language form."""
    busy: int = 10
    """At most, for somebody whose hours of the coming half-years are taken; half of it when half of them are."""
    method_missing: int = 5
    """For each method of the coming steps that none of a project's facilitators leads."""
    all_new: int = 80
    """Where nobody experienced takes part: more than all else together that speaks for a newcomer instead."""
    nobody_learns: int = 75
    """Where several take part and none of them is a newcomer: more than all else together that one more of the
    experienced brings, for an experienced one and one who learns follow a project (FEATURES 4.8)."""
    change: int = 2
    """For each pair of a new proposal that was not in the one before it; the most of the projects shared out together."""


STAFFING_LIMITS: dict[str, tuple[int, int]] = dict.fromkeys(StaffingRules.__struct_fields__, (0, 100))
"""The least and the most that each number may be."""
