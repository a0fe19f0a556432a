"""How an application's state is told to its office: an outcome shows with its letter."""

from __future__ import annotations

from workflows.application import AWARDS, ApplicationState

S = ApplicationState

BEING_TREATED = frozenset({S.SCREENING, S.IN_REVIEW, S.CLARIFICATION_MEETING, S.RECOMMENDED})


def applicant_state(state: str, *, letter_released: bool) -> str:
    """The state as the office is told it; its text stands under state.applicant.

    While an application is treated the office is told that, and of the meeting; an outcome shows with its letter.
    """
    if state == S.CLARIFICATION_MEETING:
        return "clarification_meeting"
    if state in BEING_TREATED:
        return "in_review"
    outcomes = {*AWARDS, S.WAITLISTED, S.REJECTED, S.DISMISSED, S.RECONSIDERED}
    return str(state) if state not in outcomes or letter_released else "in_review"
