"""The words that a new call's criteria begin with: distinct for each criterion and score, in three languages."""

from __future__ import annotations

from itertools import chain

import pytest

from app.calls.criteria import DEFAULTS, texts_of
from workflows.rules import DEFAULT_RULES, LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_scores_of_any_criteria_say_the_same(language: str) -> None:
    sentences = [text for default in DEFAULTS for text in texts_of(default)[language]["levels"].values()]
    assert len(sentences) == len(DEFAULTS) * (DEFAULT_RULES.reviews.highest + 1)
    assert len(set(sentences)) == len(sentences)
    assert all(text.endswith(".") and text[0].isupper() and len(text) <= 200 for text in sentences)


def test_nynorsk_is_not_bokmaal_with_another_name() -> None:
    pairs = chain.from_iterable(
        zip(texts_of(each)["nb"]["levels"].values(), texts_of(each)["nn"]["levels"].values(), strict=True)
        for each in DEFAULTS
    )
    assert [nb for nb, nn in pairs if nb == nn] == []
