"""What only a person can judge of an application that was sent: asked at the screening, answered with yes or no (G8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from workflows.engine import Reason
from workflows.roles import Role

JUDGEMENTS = ("purpose", "employee_driven", "costs", "personal_data", "other_support")
"""The questions to a case handler, each put so that yes speaks for the application; a call may ask fewer of them.

Whether it is within what the call is for; whether the idea comes from those who work there; whether the money goes to
what the call pays for; whether it is free of what is known about people who use the services; whether nobody pays for the
same already (M8, G22).
"""

PLACE = "application.checks"
WHO = (Role.CASE_HANDLER,)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a case handler has answered to one of the questions; `still_counts` as `counts` says."""

    key: str
    holds: bool
    still_counts: bool = True


def counts(judged_at: datetime, sent_at: datetime | None, treated_anew_at: datetime | None) -> bool:
    """Whether an answer is about what is screened now: not sent again since, nor treated anew, which is for others (G30)."""
    return all(since is None or judged_at >= since for since in (sent_at, treated_anew_at))


def _reason(code: str, key: str) -> Reason:
    return Reason(code=code, parameters={"judgement_key": f"judgement.{key}"}, place=PLACE, who=WHO)


def not_judged(asked: Sequence[str], judged: Sequence[Judged]) -> Iterator[Reason]:
    """The questions without an answer, and those whose answer is about what was sent before."""
    known = {each.key: each for each in judged}
    for key in asked:
        if key not in known:
            yield _reason("application.not_judged", key)
        elif not known[key].still_counts:
            yield _reason("application.judged_before", key)


def judged_against(asked: Sequence[str], judged: Sequence[Judged]) -> Iterator[Reason]:
    """The questions whose answer speaks against the application."""
    for each in judged:
        if each.key in asked and not each.holds and each.still_counts:
            yield _reason("application.judged_against", each.key)
