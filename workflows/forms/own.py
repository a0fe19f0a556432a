"""The questions that a call asks beside the scheme's own: how they are kept, and one form of both."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from workflows.forms.application import APPLICATION_FORM, WHO
from workflows.forms.fields import Form, Question

OWN = "own"
"""The section of an application in which a call's own questions stand, after those of the scheme."""
PREFIX = "own_"
"""The keys of a call's own questions are own_1, own_2 and so on; none is given twice within a call."""
PLACE = f"application.{OWN}"


def is_own(key: str) -> bool:
    """Whether a key is that of a question of a call's own."""
    return key.startswith(PREFIX)


def stored(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Questions as they are kept."""
    found: list[dict[str, Any]] = msgspec.to_builtins(list(questions))
    return found


def read(kept: Any) -> tuple[Question, ...]:
    """Questions as they were kept, each in its place in an application."""
    questions = msgspec.convert(kept or [], tuple[Question, ...])
    return tuple(
        msgspec.structs.replace(question, section=OWN, place=PLACE, who=WHO, columns=tuple(question.columns))
        for question in questions
    )


def form_with(questions: Sequence[Question]) -> Form:
    """The scheme's questions and then the call's own, as one form."""
    if not questions:
        return APPLICATION_FORM
    return Form(
        name=APPLICATION_FORM.name,
        version=APPLICATION_FORM.version,
        questions=(*APPLICATION_FORM.questions, *questions),
    )


@lru_cache(maxsize=64)
def _form_of(kept: bytes) -> Form:
    return form_with(read(msgspec.json.decode(kept)))


def form_of(kept: Any) -> Form:
    """The one form of an application, with the questions of its call as they were kept."""
    return _form_of(msgspec.json.encode(kept)) if kept else APPLICATION_FORM
