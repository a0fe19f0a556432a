"""A recommendation in words: every remark is kept once, and nobody is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.recommendation import Remark, sorted_out, without_names

REMARKS = st.lists(
    st.builds(Remark, st.integers(1, 9), st.integers(0, 5), st.sampled_from(["", " ", "Fordi.", "Tja."]))
)


@given(REMARKS.filter(bool))
def test_every_remark_with_a_reason_is_a_strength_or_a_weakness(remarks: list[Remark]) -> None:
    found = sorted_out("Behov", remarks, 0, 5)
    said = [each for each in remarks if each.reason.strip()]
    assert len(found.strengths) + len(found.weaknesses) == len(said)
    assert all(each.value >= 3 for each in found.strengths) and all(each.value <= 2 for each in found.weaknesses)
    assert found.lowest <= min(each.value for each in remarks) and found.highest >= max(each.value for each in remarks)


def test_a_criterion_that_nobody_has_scored_says_nothing() -> None:
    with pytest.raises(ValueError):
        sorted_out("Behov", [], 0, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Som Vegard Vurdal sier, er det klart.", "Som vurdering 1 sier, er det klart."),
        ("Vegards poeng og Tegns.", "vurdering 1 poeng og vurdering 2."),
        ("Tegnet på en vegard er tegn.", "Tegnet på en vegard er tegn."),
        ("", ""),
    ],
)
def test_names_are_replaced_and_words_that_only_look_like_them_are_not(text: str, expected: str) -> None:
    assert without_names(text, {"Vegard Vurdal": "vurdering 1", "Trond Tegn": "vurdering 2"}) == expected
    assert without_names(text, {}) == text
