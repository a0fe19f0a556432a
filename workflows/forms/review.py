"""What a reviewer is asked: a score with its reason for each criterion of the call, and a summary."""

from __future__ import annotations

from workflows.forms.fields import Form, Question
from workflows.roles import Role
from workflows.rules import ReviewRules

FORM_VERSION = 2

PLACE = "review.scores"
WHO = (Role.REVIEWER,)

SCORE, REASON = "score", "reason"
"""The two questions that are put for each criterion; their texts are question.review.score and …reason."""

REVIEW_FORM = Form(
    name="review",
    version=FORM_VERSION,
    questions=(
        Question(key="strengths", kind="long_text", section="summary", max_length=3000, place=PLACE, who=WHO),
        Question(key="weaknesses", kind="long_text", section="summary", max_length=3000, place=PLACE, who=WHO),
        Question(key="advice", kind="long_text", section="summary", max_length=3000, place=PLACE, who=WHO),
        # G15: a line each becomes an item of the clarification meeting's agenda
        Question(key="questions", kind="long_text", section="summary", max_length=3000, place=PLACE, who=WHO),
    ),
)
"""The summary over all criteria."""


def criterion_questions(rules: ReviewRules) -> tuple[Question, Question]:
    """The score and its reason, as they are asked for every criterion under these rules."""
    return (
        Question(
            key=SCORE, kind="number", section="criterion", required=True, minimum=rules.lowest, maximum=rules.highest,
            place=PLACE, who=WHO,
        ),
        Question(
            key=REASON, kind="long_text", section="criterion", required=True, max_length=3000, place=PLACE, who=WHO,
        ),
    )  # fmt: skip
