"""Every requirement is a rule in one sentence, says who can mend it, and has words in each language."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

import pytest

from app.texts.i18n import LANGUAGES, LOCALES, Texts, read_catalogue
from tests.workflows.carrying_out import BROKEN, WHOLE
from tests.workflows.every_lifecycle import CARRIED_OUT, acting, of
from tests.workflows.samples import (
    act,
)
from workflows.engine import Lifecycle, Reason, Requirement
from workflows.lifecycles import ALL

CATALOGUES = {language: read_catalogue(LOCALES / language) for language in LANGUAGES}
NOBODY_CAN_HASTEN = ("milestone.not_due_yet", "report.not_due_yet")


def rules_of(lifecycle: Lifecycle) -> dict[str, Requirement]:
    """Every requirement of a lifecycle by its name; those of one name say the same of different gates."""
    return {rule.name: rule for each in lifecycle.moves for rule in each.requires}


@pytest.mark.parametrize("lifecycle", ALL, ids=of)
def test_every_requirement_is_a_rule_in_one_sentence(lifecycle: Lifecycle) -> None:
    for name, rule in rules_of(lifecycle).items():
        assert rule.rule.endswith(".") and "\n" not in rule.rule, name
        assert rule.rule[0].isupper() and len(rule.rule.split()) > 3, name


def missed(lifecycle: Lifecycle) -> Iterator[tuple[str, Reason]]:
    """What every requirement of a lifecycle finds missing in its broken facts, for Kari without a role."""
    for each in lifecycle.moves:
        for rule in each.requires:
            for facts in BROKEN[lifecycle.subject]:
                yield from ((rule.name, reason) for reason in rule.check(facts, act()))


@pytest.mark.parametrize("lifecycle", CARRIED_OUT, ids=of)
def test_every_requirement_can_be_shut_and_says_where_it_is_mended_and_by_whom(lifecycle: Lifecycle) -> None:
    found = list(missed(lifecycle))
    assert {name for name, _ in found} == set(rules_of(lifecycle))
    for name, reason in found:
        assert reason.place, name
        assert reason.who or reason.code in NOBODY_CAN_HASTEN, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lifecycle", CARRIED_OUT, ids=of)
def test_every_reason_has_a_sentence_that_its_parameters_fill(
    lifecycle: Lifecycle, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.texts.i18n._strict", True)
    texts = Texts(language, CATALOGUES[language])
    for _, reason in missed(lifecycle):
        sentence = texts.t(reason.code, **reason.parameters)
        assert "{" not in sentence and "_" not in sentence and "…" not in sentence, sentence
        named = {name for _, name, _, _ in Formatter().parse(CATALOGUES[language][reason.code][-1]) if name}
        assert named <= set(reason.parameters), reason.code
        for role in reason.who:
            assert texts.has(f"role.{role}"), role


@pytest.mark.parametrize("lifecycle", CARRIED_OUT, ids=of)
def test_nothing_is_in_the_way_of_whole_facts_but_rules_that_exclude_each_other(lifecycle: Lifecycle) -> None:
    facts = WHOLE[lifecycle.subject]
    for name, rule in rules_of(lifecycle).items():
        assert rule.hides or not tuple(rule.check(facts, acting("Kari"))), name
