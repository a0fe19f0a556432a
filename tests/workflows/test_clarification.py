"""Two sides agree to one exact text for one holder, and a gate asks for every agreement that is missing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import CLARIFICATION_FACTS
from tests.workflows.samples import act, person
from tests.workflows.walk import codes
from workflows.clarification import (
    CLARIFICATION,
    IN_SOME,
    REQUIRED_TEXTS,
    SCHEME_SIDE,
    TEXTS,
    ClarificationState,
    Needed,
    Side,
    missing_agreements,
    text_hash,
)
from workflows.engine import Verdict, decide
from workflows.roles import OFFICE, Permission, Role

S = ClarificationState
BOTH = frozenset({Side.OFFICE, Side.SCHEME})
NEITHER: frozenset[Side] = frozenset()
COORDINATOR = act(Role.COORDINATOR)
KARI, OLA = person("Kari"), person("Ola")


def verdict(name: str, state: str, **changes: Any) -> Verdict:
    """What the coordinator is told about a move, with some facts changed."""
    return decide(CLARIFICATION, name, state, replace(CLARIFICATION_FACTS, **changes), COORDINATOR)


def unmet(name: str, state: str, **changes: Any) -> list[str]:
    """What is missing for a move, with some facts changed."""
    return codes(verdict(name, state, **changes).unmet)


def without(*names: str) -> tuple[tuple[str, str], ...]:
    """Every text written but these, which are blank."""
    return tuple((name, " \n" if name in names else "Skrevet") for name in TEXTS)


# --- proposing -------------------------------------------------------------------------------------------------------


def test_a_whole_text_is_proposed_and_agreed_by_both() -> None:
    assert verdict("propose", S.DRAFT, agreed=NEITHER).allowed
    assert verdict("agree_all", S.PROPOSED).allowed


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_proposed_only_with_all_that_must_be_written(name: str) -> None:
    expected = ["clarification.text_missing"] if name in REQUIRED_TEXTS else []
    assert unmet("propose", S.DRAFT, texts=without(name)) == expected
    told = verdict("propose", S.DRAFT, texts=without(name)).unmet
    assert [reason.parameters["text_key"] for reason in told] == [f"clarification.{name}"] * len(expected)


def test_only_decision_rights_and_new_ways_may_stay_empty() -> None:
    assert set(TEXTS) - set(REQUIRED_TEXTS) - IN_SOME == {"decision_rights", "new_ways"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hours_per_week": 1}, []),
        ({"hours_per_week": 0}, ["clarification.hours_missing"]),
        ({"hours_per_week": -1}, ["clarification.hours_missing"]),
        ({"holder": "", "holder_id": None}, ["clarification.nobody_holds_the_role"]),
        ({"texts": ()}, ["clarification.text_missing"] * len(REQUIRED_TEXTS)),
        ({"texts": without("expects", "learning"), "hours_per_week": 0, "holder": ""},
         ["clarification.nobody_holds_the_role", "clarification.text_missing", "clarification.text_missing",
          "clarification.hours_missing"]),
    ],
)  # fmt: skip
def test_what_is_missing_for_proposing_is_named_at_once(changes: dict[str, Any], expected: list[str]) -> None:
    assert unmet("propose", S.DRAFT, **changes) == expected
    for reason in verdict("propose", S.DRAFT, **changes).unmet:
        assert set(reason.who) == OFFICE


# --- agreeing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        (BOTH, []),
        ({Side.OFFICE}, ["clarification.scheme_has_not_agreed"]),
        ({Side.SCHEME}, ["clarification.office_has_not_agreed"]),
        (NEITHER, ["clarification.office_has_not_agreed", "clarification.scheme_has_not_agreed"]),
    ],
)
@pytest.mark.parametrize("role", [Role.LEADER, Role.PARTNER])
def test_it_is_agreed_when_both_sides_are_and_each_side_is_asked_of_its_own(
    role: Role, agreed: frozenset[Side], expected: list[str]
) -> None:
    told = verdict("agree_all", S.PROPOSED, role=role, agreed=frozenset(agreed)).unmet
    assert codes(told) == expected
    of_side = {"clarification.office_has_not_agreed": (role,), "clarification.scheme_has_not_agreed": SCHEME_SIDE}
    assert all(reason.who == of_side[reason.code] for reason in told)


def test_somebody_without_an_account_is_agreed_with_like_anybody_else() -> None:
    outsider: dict[str, Any] = {"role": Role.PARTNER, "holder_id": None, "holder": "Brukerrådet"}
    assert verdict("propose", S.DRAFT, **outsider).allowed
    assert verdict("agree_all", S.PROPOSED, **outsider).allowed
    (told,) = verdict("agree_all", S.PROPOSED, **outsider, agreed=frozenset({Side.SCHEME})).unmet
    assert (told.code, told.parameters["holder"]) == ("clarification.office_has_not_agreed", "Brukerrådet")


def test_nothing_is_agreed_before_it_is_proposed_and_anything_may_be_written_anew() -> None:
    assert unmet("agree_all", S.DRAFT) == ["clarification.wrong_state"]
    assert [state for state in S if verdict("reopen", state).allowed] == [S.PROPOSED, S.AGREED]


def test_the_two_sides_are_never_one_and_the_same_role() -> None:
    for role in Role:
        may = act(role).may
        assert not (may(Permission.CLARIFICATION_AGREE_OFFICE) and may(Permission.CLARIFICATION_AGREE_SCHEME)), role


# --- one exact text --------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=20)
WRITTEN = st.fixed_dictionaries(dict.fromkeys(TEXTS, WORDS))


def fingerprint(texts: dict[str, str], hours: int = 2, holder: object = KARI) -> str:
    """The fingerprint of texts by their names."""
    return text_hash(texts.items(), hours, holder)


@given(WRITTEN, st.sampled_from(TEXTS), WORDS)
def test_another_word_is_another_text_and_space_around_it_is_not(texts: dict[str, str], name: str, word: str) -> None:
    changed = {**texts, name: word}
    assert (fingerprint(changed) == fingerprint(texts)) == (word.strip() == texts[name].strip())
    spaced = {**texts, name: f"  {texts[name]}\n"}
    assert fingerprint(spaced) == fingerprint(texts)


@given(WRITTEN, st.permutations(TEXTS))
def test_the_order_in_which_texts_are_read_makes_no_difference(texts: dict[str, str], order: list[str]) -> None:
    assert fingerprint({name: texts[name] for name in order}) == fingerprint(texts)


def test_no_two_texts_are_told_apart_by_their_marks_alone() -> None:
    one, other = [("a", "x\x1fb\x1ey"), ("b", "z")], [("a", "x"), ("b", "y\x1fb\x1ez")]
    assert text_hash(one, 4, "Ola") != text_hash(other, 4, "Ola")


def test_the_same_word_under_another_heading_is_another_text() -> None:
    empty = dict.fromkeys(TEXTS, "")
    found = {fingerprint({**empty, name: "Møte hver uke"}) for name in TEXTS}
    assert len(found) == len(TEXTS)


@pytest.mark.parametrize(("hours", "holder"), [(3, KARI), (2, OLA), (2, "Kari"), (2, ""), (2, None)])
def test_another_hour_or_another_holder_is_another_text(hours: int, holder: object) -> None:
    texts = dict.fromkeys(TEXTS, "Skrevet")
    assert fingerprint(texts, hours, holder) != fingerprint(texts)


Version = tuple[str, int, object]
VERSIONS = st.tuples(st.sampled_from(["Møtes", "Skriver"]), st.sampled_from([2, 3]), st.sampled_from([KARI, OLA]))
STEPS = st.lists(VERSIONS | st.sampled_from(sorted(BOTH)), max_size=12)
FIRST = ("Møtes", 2, KARI)
OTHER = ("Skriver", 2, KARI)


@given(STEPS)
@example([Side.OFFICE, Side.SCHEME])
@example([Side.OFFICE, OTHER, Side.SCHEME])
@example([Side.OFFICE, Side.SCHEME, ("Møtes", 2, OLA)])
@example([Side.OFFICE, Side.SCHEME, OTHER, FIRST])
def test_both_sides_must_have_agreed_to_the_text_that_stands_and_a_new_one_voids_nothing_of_another(
    steps: list[Version | Side],
) -> None:
    standing: Version = FIRST
    said: set[tuple[Side, Version]] = set()
    recorded: set[tuple[Side, str]] = set()

    def now() -> str:
        word, hours, holder = standing
        return fingerprint(dict.fromkeys(TEXTS, word), hours, holder)

    for step in steps:
        if isinstance(step, Side):
            said.add((step, standing))
            recorded.add((step, now()))
        else:
            standing = step
    agreed = frozenset(side for side, text in recorded if text == now())
    expected = {side for side, text in said if text == standing}
    assert verdict("agree_all", S.PROPOSED, agreed=agreed).allowed == (expected == BOTH)


# --- what a gate asks for --------------------------------------------------------------------------------------------


def needed(role: Role, agreed: frozenset[Side] = BOTH, holder: str = "Kari") -> Needed:
    return Needed(clarification_id=person(holder), role=role, holder=holder, agreed=agreed)


OFFICE_ONLY, SCHEME_ONLY = frozenset({Side.OFFICE}), frozenset({Side.SCHEME})
MISSING = "project.clarification_missing"
NO_OFFICE, NO_SCHEME = (f"project.clarification_{side}_has_not_agreed" for side in (Side.OFFICE, Side.SCHEME))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((needed(Role.LEADER), needed(Role.FACILITATOR)), []),
        ((needed(Role.LEADER),), [MISSING]),
        ((), [MISSING, MISSING]),
        ((needed(Role.LEADER, OFFICE_ONLY), needed(Role.FACILITATOR)), [NO_SCHEME]),
        ((needed(Role.LEADER, SCHEME_ONLY), needed(Role.FACILITATOR)), [NO_OFFICE]),
        ((needed(Role.LEADER, NEITHER),), [MISSING, NO_OFFICE, NO_SCHEME]),
        ((needed(Role.LEADER), needed(Role.FACILITATOR), needed(Role.PARTNER, NEITHER)), []),
        ((needed(Role.LEADER), needed(Role.FACILITATOR), needed(Role.FACILITATOR, OFFICE_ONLY, "Ola")), [NO_SCHEME]),
    ],
)
def test_a_gate_asks_for_every_role_and_every_holder_of_it(found: tuple[Needed, ...], expected: list[str]) -> None:
    assert codes(missing_agreements((Role.LEADER, Role.FACILITATOR), found)) == expected


def test_a_missing_agreement_names_its_holder_and_who_can_give_it() -> None:
    waiting = needed(Role.FACILITATOR, NEITHER, "Ola")
    office, scheme = missing_agreements((Role.FACILITATOR,), (waiting,))
    assert (office.who, scheme.who) == ((Role.FACILITATOR,), SCHEME_SIDE)
    for reason in (office, scheme):
        assert reason.parameters == {"role_key": "role.facilitator", "holder": "Ola", "id": str(person("Ola"))}
    (absent,) = missing_agreements((Role.LEADER,), ())
    assert absent.parameters == {"role_key": "role.leader"}
    assert absent.who == (Role.COORDINATOR, Role.CASE_HANDLER)
