"""The templates that expectation clarifications begin from: one per role and gate, in versions that never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.engine import Reason
from workflows.roles import Role
from workflows.wording import LANGUAGES

TEMPLATE_ROLES = (
    Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.FACILITATOR, Role.COUNTY_REPRESENTATIVE, Role.PARTNER,
    Role.CITIZENS_VOICE,
)  # fmt: skip

TEMPLATE_GATES = ("start", "close_diamond_1", "close_diamond_2", "close_diamond_3")
"""The start, and the ends of the diamonds, where a clarification may be renewed."""

GIVEN = (
    "scheme_expects", "scheme_commits", "responsibility", "decision_rights", "equality", "learning", "new_ways",
    "benefits_short", "benefits_long",
)  # fmt: skip
"""The texts that a clarification begins with: what the scheme says itself, and what is the same for everybody in a role."""

ASKED = ("expects", "commits")
"""The texts that only the holder can write: here the template asks, and answers nothing for them."""

TEMPLATE_TEXTS = (*ASKED, *GIVEN)

MAY_BE_EMPTY = frozenset({"decision_rights", "new_ways"})

Words = Mapping[str, Mapping[str, str]]
"""By language, by the name of the text: what a template says."""


def whole(words: Words) -> Iterator[tuple[str, Reason]]:
    """Every text that a template lacks in one of the languages, with the name of its field (S73, S74)."""
    for language in LANGUAGES:
        said = words.get(language, {})
        for name in TEMPLATE_TEXTS:
            if name not in MAY_BE_EMPTY and not said.get(name, "").strip():
                yield f"{name}_{language}", Reason(code="form.empty")


def taken_over(text: Mapping[str, str], begun_from: Mapping[str, str], newest: Mapping[str, str]) -> dict[str, str]:
    """What a newer template changes in a text: only what is empty or stands as the earlier version had it.

    What somebody has written themselves is theirs, and stays.
    """
    return {
        name: newest[name]
        for name in GIVEN
        if name in newest
        and newest[name] != text.get(name, "")
        and (not text.get(name, "").strip() or text.get(name, "").strip() == begun_from.get(name, "").strip())
    }
