"""What may follow from a step: names here, what they do in app/effects.py."""

from __future__ import annotations

from enum import StrEnum


class Effect(StrEnum):
    """A consequence of a move, carried out in the same transaction."""

    # calls
    ANNOUNCE_CALL = "announce_call"
    # applications
    GIVE_RECEIPT = "give_receipt"
    FREEZE_STATEMENT = "freeze_statement"
    TELL_APPLICANT = "tell_applicant"
    TELL_CASE_HANDLERS = "tell_case_handlers"
    TELL_OF_WITHDRAWAL = "tell_of_withdrawal"
    INDEX_CHALLENGE = "index_challenge"
    JOIN_APPLICATIONS = "join_applications"
    # decisions
    COMMIT_FRAME = "commit_frame"
    MAKE_LETTER = "make_letter"
    RELEASE_LETTER = "release_letter"
    DECIDE_ANEW = "decide_anew"
    OPEN_PROJECT = "open_project"
    TAKE_OVER_BENEFITS = "take_over_benefits"
    # projects
    PLAN_MILESTONES = "plan_milestones"
    TELL_TEAM = "tell_team"
    OPEN_CLARIFICATIONS = "open_clarifications"
    KEEP_BENEFIT_MAP = "keep_benefit_map"
    CONFIRM_COMMITMENT = "confirm_commitment"
    SCHEDULE_FOLLOW_UP = "schedule_follow_up"
    RELEASE_FACILITATORS = "release_facilitators"
    WIND_DOWN = "wind_down"
    # milestones and money
    RELEASE_PAYMENT = "release_payment"
    APPLY_CHANGE = "apply_change"
