"""Every text exists in bokmål, nynorsk and English, with the same parameters, and nynorsk is nynorsk."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import workflows
from app.texts.i18n import LANGUAGES, LOCALES, read_catalogue
from app.web.templates import FOLDER as TEMPLATES
from workflows.engine import Lifecycle
from workflows.roles import Role

ROOT = LOCALES.parent.parent

LITERAL = re.compile(
    r"""(?<![\w.])(?:visit\.|self\.|texts\.|_visit\.)*t\(\s*(["'])([a-z_]+(?:\.[a-z0-9_]+)+)\1\s*[,)]"""
)
"""t("key") and t("key", ...), also as a method of a visit or of texts."""

STARTED = re.compile(
    r"""(?<![\w.])(?:visit\.|self\.|texts\.|_visit\.)*t\(\s*(?:(["'])([a-z_.]+\.)\1\s*~|f"([a-z_.]+\.)\{)"""
)
"""t("start." ~ something) and t(f"start.{something}"): some key must begin so."""

REASON = re.compile(r"""(?:code=|invalid\(\s*["']\w+["'],\s*)(["'])([a-z_]+\.[a-z_.]+)\1""")

SAME_IN_BOTH: frozenset[str] = frozenset()
"""Whole sentences that are right in both written forms, word for word."""

LONG_ENOUGH = 6
"""A sentence of so many words is hardly ever the same in bokmål and nynorsk."""

CATALOGUES = {language: read_catalogue(LOCALES / language) for language in LANGUAGES}


def placeholders(text: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def words(text: str) -> list[str]:
    """The words of a text, without its parameters."""
    return re.findall(r"[a-zæøåéèêóòôàü]+", re.sub(r"\{\w*\}", " ", text).lower())


BOKMAL_ONLY = frozenset(
    words(
        "jeg ikke hva hvem hvor hvordan hvorfor hvilken hvilket hvilke noe noen være vært ble fra igjen mye hun henne deres "
        "hverandre bare gjøre gjør sier annen annet mangler gjelder kommer skrevet begrunnelse hovedmeny ennå uke måned "
        "månedene fortsatt forsiden leder ledere lederen lederne deltaker deltakere deltakerne medarbeider medarbeidere "
        "medarbeiderne veileder veiledere beslutning tilskudd tilsagn følgende flere muligheter mulighet forutsetning "
        "forutsetninger forventninger ferdigstilt eier eiere eieren samarbeidspartnere brukere brukerne brukeren søkere "
        "gevinster milepæler utbetalinger endringer målinger vurderinger avklaringer opplysninger oppgaver tjenester "
        "tjenesten utlysning utlysningen stimuleringsordningen kontorene"
    )
)
"""Words that only bokmål writes, and some that both may but our nynorsk does not."""

NYNORSK_ONLY = frozenset(
    words(
        "eg ikkje kva kven korleis kvifor kvar noko nokon nokre vere vore blei frå mykje berre gjere gjer sjå manglar kjem "
        "gjeld leiar leiarar leiaren brukarar medarbeidar medarbeidarar tilskot grunngiving dykk fleire einskild moglegheit "
        "føresetnad søkjar søkjarar saman utlysing utlysinga"
    )
)


def sources() -> Iterator[Path]:
    """Everything that may name a text."""
    yield from TEMPLATES.rglob("*.html")
    yield from (ROOT / "app").rglob("*.py")
    yield from (ROOT / "workflows").rglob("*.py")


def lifecycles() -> list[Lifecycle]:
    """Every lifecycle that the rules declare."""
    found: dict[str, Lifecycle] = {}
    for info in pkgutil.walk_packages(workflows.__path__, "workflows."):
        for value in vars(importlib.import_module(info.name)).values():
            if isinstance(value, Lifecycle):
                found[value.subject] = value
    return list(found.values())


def named_in_code() -> dict[str, str]:
    """Every key that stands whole in a template or in code, and where."""
    keys: dict[str, str] = {}
    for path in sources():
        text = (
            re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL) if path.suffix == ".html" else path.read_text()
        )
        patterns = (LITERAL, REASON) if path.suffix == ".py" else (LITERAL,)
        for pattern in patterns:
            keys |= {match[2]: str(path.relative_to(ROOT)) for match in pattern.finditer(text)}
    return keys


def named_by_rules() -> set[str]:
    """Every key that follows from a declaration: roles, states, moves, requirements."""
    keys = {f"role.{role}" for role in Role if role not in (Role.SYSTEM, Role.EMPLOYEE)}
    for cycle in lifecycles():
        keys |= {"step.why_missing", f"{cycle.subject}.wrong_state"}
        keys |= {f"state.{cycle.subject}.{state}" for state in cycle.states}
        keys |= {f"{kind}.{cycle.subject}.{each.name}" for kind in ("move", "event") for each in cycle.moves}
        keys |= {f"requirement.{cycle.subject}.{rule.name}" for each in cycle.moves for rule in each.requires}
    return keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_a_page_or_a_rule_names_exists(language: str) -> None:
    named = named_in_code()
    assert len(named) > 50, "the search itself has broken"
    lacking = {key: where for key, where in named.items() if key not in CATALOGUES[language]}
    lacking |= {key: "the rules" for key in named_by_rules() if key not in CATALOGUES[language]}
    assert not lacking, "\n".join(f"{key} ({where})" for key, where in sorted(lacking.items()))


def test_every_beginning_of_a_key_has_texts() -> None:
    for path in sources():
        for match in STARTED.finditer(path.read_text()):
            start = match[2] or match[3]
            assert any(key.startswith(start) for key in CATALOGUES["nb"]), f"{path.name}: nothing begins with {start}"


@pytest.mark.parametrize("language", ["nn", "en"])
def test_every_language_has_the_same_texts(language: str) -> None:
    here, there = set(CATALOGUES[language]), set(CATALOGUES["nb"])
    assert not there - here, f"not in {language}: {sorted(there - here)}"
    assert not here - there, f"only in {language}: {sorted(here - there)}"


def test_every_language_fills_in_the_same_parameters() -> None:
    faults = []
    for key, forms in CATALOGUES["nb"].items():
        expected = placeholders(forms[-1])
        for language in LANGUAGES:
            its = CATALOGUES[language].get(key)
            if its is None:
                continue
            if placeholders(its[-1]) != expected:
                faults.append(f"{key} in {language}: {sorted(placeholders(its[-1]))}, in nb {sorted(expected)}")
            if not placeholders(its[0]) <= expected:
                faults.append(f"{key} in {language}: the singular names {sorted(placeholders(its[0]) - expected)}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("language", "foreign"), [("nn", BOKMAL_ONLY), ("nb", NYNORSK_ONLY)])
def test_each_written_form_keeps_to_its_own_words(language: str, foreign: frozenset[str]) -> None:
    faults = {
        key: sorted(found)
        for key, forms in CATALOGUES[language].items()
        if (found := foreign.intersection(word for form in forms for word in words(form)))
    }
    assert not faults, "\n".join(f"{key}: {found}" for key, found in sorted(faults.items()))


def test_nynorsk_is_not_a_copy_of_bokmal() -> None:
    copied = [
        key
        for key, forms in CATALOGUES["nn"].items()
        if forms == CATALOGUES["nb"].get(key) and len(words(forms[-1])) >= LONG_ENOUGH and key not in SAME_IN_BOTH
    ]
    assert not copied, f"the same in nb and nn: {copied}"


def test_the_agency_is_written_nav() -> None:
    for language, texts in CATALOGUES.items():
        for key, forms in texts.items():
            assert not any(re.search(r"\bNAV\b(?! Utsiden inn)", form, re.ASCII) for form in forms), (
                f"{key} in {language}"
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_in_two_files(language: str) -> None:
    assert read_catalogue(LOCALES / language, refuse_doubles=True)


def test_the_shell_has_no_text_that_nothing_names() -> None:
    starts = {match[2] or match[3] for path in sources() for match in STARTED.finditer(path.read_text())}
    named = set(named_in_code()) | named_by_rules()
    own = [key for key in CATALOGUES["nb"] if key.startswith(("layout.", "components.", "forms.", "error."))]
    unused = [key for key in own if key not in named and not key.startswith(tuple(starts))]
    assert not unused
