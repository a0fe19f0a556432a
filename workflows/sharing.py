"""What others may know of a challenge, and when: what its office has agreed to show, and never more (S41, S76)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from workflows.application import ApplicationState

S = ApplicationState

GONE = frozenset({S.WITHDRAWN, S.JOINED})
"""States in which a challenge is no longer anybody's to find."""

FULL_TEXT = (
    "problem_statement", "background", "user_group", "need", "basis_insight", "basis_experience", "what_makes_it_work",
    "do_nothing", "plan", "similar_work",
)  # fmt: skip
"""The answers that a challenge is recognised by, for those who handle it."""


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge as others may find it; `title` and `summary` are empty where nothing is shown."""

    kind: Literal["draft", "application", "project"]
    is_shown: bool
    title: str = ""
    summary: str = ""
    full: str = ""


def shared(
    state: str, answers: Mapping[str, Any], *, title: str, is_project: bool, seeks_partners: bool, partner_summary: str
) -> Shared | None:
    """What may be found of a case; None where nothing may, not by those who handle it either.

    A project's challenge is known to every employee. A sent application shows its statement and the summary that its office
    wrote for others, where the office has agreed, whatever comes of it: that it vanishes would tell the outcome. A draft
    shows nothing but the words with which its office looks for partners, while it does.
    """
    if state in GONE:
        return None
    if state == S.DRAFT:
        if not seeks_partners:
            return None
        return Shared(kind="draft", is_shown=True, summary=partner_summary)
    agreed = answers.get("shown_to_others") is True
    summary = str(answers.get("public_summary") or "") if agreed else ""
    full = "\n".join(str(answers[key]) for key in FULL_TEXT if answers.get(key))
    return Shared(
        kind="project" if is_project else "application",
        is_shown=is_project or agreed,
        title=title if is_project or agreed else "",
        summary=summary,
        full=full,
    )
