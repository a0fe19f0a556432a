"""The default rules are sound, and every kind of bad rule is found before it is published."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from tests.workflows.walk import codes
from workflows.facilitation_rules import STEP_PLANS
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES, LEAST, MOST, Rules, Wording, check, renewed


def test_the_defaults_are_sound_and_survive_storage() -> None:
    assert check(DEFAULT_RULES) == ()
    assert msgspec.convert(msgspec.to_builtins(DEFAULT_RULES), Rules) == DEFAULT_RULES
    assert DEFAULT_RULES.payments == (("M0", 4_000), ("M4", 4_000), ("M7", 2_000))


def test_rules_with_an_unknown_field_are_not_read() -> None:
    with pytest.raises(msgspec.ValidationError, match="tema"):
        msgspec.convert({"tema": {}}, Rules)


def changed(path: str, value: object) -> Rules:
    """The defaults with one value changed."""
    part, _, name = path.rpartition(".")
    if not part:
        return replace(DEFAULT_RULES, **{name: value})
    return replace(DEFAULT_RULES, **{part: replace(getattr(DEFAULT_RULES, part), **{name: value})})


@pytest.mark.parametrize("path", sorted(LEAST))
def test_a_number_below_its_least_is_found(path: str) -> None:
    assert "rules.number_too_small" in codes(check(changed(path, LEAST[path] - 1)))


@pytest.mark.parametrize("path", sorted(MOST))
def test_a_number_above_its_most_is_found(path: str) -> None:
    code = "rules.sum_too_large" if path.endswith("_ore") else "rules.number_too_large"
    assert code in codes(check(changed(path, MOST[path] + 1)))


def milestones(**changes: object) -> Rules:
    """The defaults with the first milestone changed."""
    first, *rest = DEFAULT_RULES.milestones
    return replace(DEFAULT_RULES, milestones=(replace(first, **changes), *rest))


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (milestones(share_basis_points=4_001), "rules.shares_not_whole"),
        (milestones(share_basis_points=-1), "rules.share_negative"),
        (milestones(approved_by=Role.AUDITOR), "rules.nobody_approves"),
        (milestones(key="M9"), "rules.milestone_unknown"),
        (milestones(key="M1"), "rules.milestone_twice"),
        (milestones(blocks="nowhere"), "rules.gate_unknown"),
        (changed("reviews.highest", 0), "rules.scale_empty"),
        (changed("facilitation.steps", STEP_PLANS[1:]), "rules.steps_changed"),
        (changed("facilitation.steps", (replace(STEP_PLANS[0], weeks=0), *STEP_PLANS[1:])), "rules.step_weeks_wrong"),
        (
            changed("facilitation.steps", (replace(STEP_PLANS[0], share_basis_points=1), *STEP_PLANS[1:])),
            "rules.step_shares_not_whole",
        ),
        (changed("benefits.barely_basis_points", 9_000), "rules.thresholds_crossed"),
        (changed("benefits.goals", ("profit",)), "rules.goal_unknown"),
        (changed("benefits.goals", ()), "rules.goals_missing"),
        (changed("benefits.follow_up_months", (12, 6)), "rules.follow_up_months_wrong"),
        (changed("benefits.follow_up_months", ()), "rules.follow_up_months_wrong"),
        (changed("gates.insight_parties", ("press",)), "rules.party_unknown"),
        (changed("team.roles", (Role.COORDINATOR,)), "rules.team_role_missing"),
        (changed("clarifications.at_start", (Role.LEADER,)), "rules.clarification_role_missing"),
        (changed("legal.control", Wording(nb="x", nn=" ", en="x")), "rules.legal_text_missing"),
        (changed("version", 99), "rules.version_unknown"),
    ],
)
def test_a_bad_rule_is_found(rules: Rules, code: str) -> None:
    assert code in codes(check(rules))


def test_all_faults_are_found_at_once() -> None:
    rules = replace(milestones(key="M9", share_basis_points=0), team=replace(DEFAULT_RULES.team, minimum=0))
    assert {"rules.milestone_unknown", "rules.shares_not_whole", "rules.number_too_small"} <= set(codes(check(rules)))


def test_a_milestone_is_found_by_its_key() -> None:
    assert DEFAULT_RULES.milestone("M4").approved_by == Role.DECISION_MAKER
    with pytest.raises(LookupError):
        DEFAULT_RULES.milestone("M99")


@pytest.mark.parametrize("regime", ["none", "reconsideration", "act"])
def test_each_regime_has_its_own_words(regime: str) -> None:
    words = changed("appeal.regime", regime).appeal_text
    assert words == getattr(DEFAULT_RULES.legal, f"appeal_{regime}")
    assert words.of("xx") == words.nb


def test_rules_of_the_first_version_keep_their_calendar_days_until_they_are_renewed() -> None:
    first = msgspec.to_builtins(DEFAULT_RULES) | {"version": 1, "appeal": {"regime": "act", "deadline_days": 21}}
    first["legal"]["appeal_act"] = {
        "nb": "Klag innen {days} dager.", "nn": "Klag innan {days} dagar.", "en": "Appeal within {days} days.",
    }  # fmt: skip
    pinned = msgspec.convert(first, Rules)
    assert (pinned.version, pinned.appeal.days) == (1, 21)
    assert "rules.version_unknown" in codes(check(pinned)), "nothing new is published with them"
    rules = renewed(pinned)
    assert (rules.appeal.regime, rules.appeal.deadline_days, rules.appeal.days) == ("act", None, 15)
    assert rules.legal.appeal_act == Wording(
        nb="Klag innen {days} arbeidsdager.",
        nn="Klag innan {days} arbeidsdagar.",
        en="Appeal within {days} working days.",
    )
    assert not check(rules)
    assert renewed(rules) == rules
