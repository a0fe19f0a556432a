"""Every reason up to the decision has a sentence that its parameters fill, and a place that is known."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest
from msgspec.structs import replace

import workflows
from app.texts.i18n import LANGUAGES, LOCALES, Texts, read_catalogue
from tests.workflows.samples import APPLICATION_FACTS, CALL_FACTS, DECISION_FACTS, NOW, REVIEW_FACTS, act
from workflows.application import APPLICATION, ApplicationState
from workflows.call import CALL, TEXT_FIELDS
from workflows.decision import CHECKS, DECISION
from workflows.engine import Reason, decide
from workflows.places import PLACES
from workflows.review import REVIEW, Conflict, ConflictKind
from workflows.roles import Role
from workflows.rules import LEAST, MOST
from workflows.telling import applicant_state

FOLDER = Path(workflows.__file__).parent
FILES = [FOLDER / f"{name}.py" for name in ("application", "call", "decision", "review", "rules", "forms/fields")]
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
CATALOGUES = {language: read_catalogue(LOCALES / language) for language in LANGUAGES}


def declared() -> Iterator[str]:
    """Every code that a rule's file gives to a reason."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[:1] if node.func.id in ("_missing_from", "_fault") else []
                for value in (*first, *(each.value for each in node.keywords if each.arg == "code")):
                    if isinstance(value, ast.Constant) and CODE.fullmatch(str(value.value)):
                        yield str(value.value)


def families() -> Iterator[str]:
    """Every key that a parameter may name, and the names of roles and of states as the office is told them."""
    yield from (f"conflict.{kind}" for kind in ConflictKind)
    yield from (f"decision.check.{check}" for check in CHECKS)
    yield from (f"call.field.{field}" for field in TEXT_FIELDS)
    yield from (f"rules.field.{path}" for path in {*LEAST, *MOST})
    yield from (f"rules.text.{name}" for name in type(CALL_FACTS.rules.legal).__struct_fields__)
    yield from (f"language.{language}" for language in LANGUAGES)
    for role in Role:
        yield from (f"role.{role}", f"role.{role}.description")
    for state in ApplicationState:
        yield from (f"state.applicant.{applicant_state(state, letter_released=told)}" for told in (False, True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_named_has_a_text(language: str) -> None:
    codes = set(declared())
    assert len(codes) > 80, "the search itself has broken"
    assert sorted((codes | set(families())) - set(CATALOGUES[language])) == []


def broken() -> Iterator[Reason]:
    """The reasons of facts in which as much as possible is wrong."""
    rules = CALL_FACTS.rules
    bad = replace(
        rules, reviews=replace(rules.reviews, needed=99, lowest=9, highest=3), team=replace(rules.team, roles=()),
        benefits=replace(rules.benefits, goals=("x",)), milestones=rules.milestones[:1] * 2,
        legal=replace(rules.legal, breach=replace(rules.legal.breach, nb="")),
    )  # fmt: skip
    first = CALL_FACTS.criteria[0]
    call = replace(
        CALL_FACTS, rules=bad, texts=(), criteria=(replace(first, weight=0, incomplete_in=("nn",)),),
        opens_at=NOW, deadline=NOW - timedelta(days=1), undecided=("A",), unreleased=("B",),
    )  # fmt: skip
    member, benefit = APPLICATION_FACTS.team[0], APPLICATION_FACTS.benefits[0]
    bare = replace(
        APPLICATION_FACTS, answers={"hours": -1, "x": 1}, deadline=NOW - timedelta(days=9), completion_until=NOW,
        team=(replace(member, name="", role=None, weekly_hours=None),), letter_released_at=NOW,
        benefits=(replace(benefit, beneficiary="", goal=""),), deviances=APPLICATION_FACTS.deviances * 2,
    )  # fmt: skip
    score = REVIEW_FACTS.scores[0]
    tie = Conflict(kind=ConflictKind.FACILITATOR, detail="x")
    review = replace(REVIEW_FACTS, scores=(replace(score, value=9, reason=""),), conflicts=(tie,))
    decision = replace(
        DECISION_FACTS, undiscussed=("x",), checks=frozenset(), committed_ore=10**9, committed_hours=10**4,
        amount_ore=10**9, recommended_hours=1, reviews_submitted=0,
    )  # fmt: skip
    kari = act(now=NOW + timedelta(minutes=2))
    for lifecycle, facts in ((CALL, call), (APPLICATION, bare), (REVIEW, review), (DECISION, decision)):
        for each in lifecycle.moves:
            verdict = decide(lifecycle, each.name, next(iter(each.sources)), facts, kari)
            yield from (reason for reason in verdict.unmet if reason.code != "step.why_missing")


@pytest.mark.parametrize("language", LANGUAGES)
def test_parameters_fill_the_sentences(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {reason.code: reason for reason in broken()}
    assert len(found) > 40
    texts = Texts(language, CATALOGUES[language])
    monkeypatch.setattr("app.texts.i18n._strict", True)
    for reason in found.values():
        sentence = texts.t(reason.code, **reason.parameters)
        assert "{" not in sentence and "_" not in sentence, sentence
        names = {name for _, name, _, _ in Formatter().parse(CATALOGUES[language][reason.code][-1]) if name}
        assert names <= set(reason.parameters)
        assert reason.place in PLACES and reason.who


def test_every_place_in_the_rules_is_listed() -> None:
    named = {
        match[1]
        for path in FOLDER.rglob("*.py")
        for match in re.finditer(r'place=(?:"|\()?"?([a-z_]+\.[a-z_]+)"', path.read_text())
        if path.name in {file.name for file in FILES}
    }
    assert len(named) > 12 and named <= PLACES
