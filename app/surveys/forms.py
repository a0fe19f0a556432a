"""What is typed when a survey is answered."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from app.core.inputs import Rest

PREFIX = "answer-"
"""What the names of a survey's fields begin with."""


class AnswerSurvey(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to each question, under "answer-" and its key: a level from 1 to 5, or words."""

    answers: Annotated[dict[str, Any], Rest(PREFIX)] = {}
