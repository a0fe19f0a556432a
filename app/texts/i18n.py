"""Texts in nb, nn and en: read once from the catalogues, looked up by key, filled with parameters."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import structlog
from babel.messages.pofile import read_po

from app.texts import filters
from workflows.wording import Wording

log = structlog.get_logger()

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = ("nb", "nn", "en")
DEFAULT_LANGUAGE = "nb"
NATIVE_NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
ACCEPTED = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en", "da": "nb", "sv": "nb"}
"""Languages that a browser may ask for, and the one of ours that serves its reader best."""

Catalogue = Mapping[str, tuple[str, ...]]

_strict = False


def be_strict(on: bool) -> None:
    """Let a missing text or parameter raise LookupError (tests, development) instead of falling back and logging."""
    global _strict
    _strict = on


def read_catalogue(folder: Path, *, refuse_doubles: bool = False) -> dict[str, tuple[str, ...]]:
    """Every text of one language's folder: one form, or singular and plural.

    Of a key in two files the first stands; `refuse_doubles` raises ValueError instead.
    """
    texts: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            entries = read_po(file, ignore_obsolete=True)
        for entry in entries:
            if not entry.id:
                continue
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
            if key in texts and refuse_doubles:
                raise ValueError(f"{path}: the key {key!r} stands in another file too")
            if forms and all(forms):
                texts.setdefault(key, forms)
    return texts


@lru_cache
def catalogue(language: str) -> Catalogue:
    """One language's texts, read from the files the first time."""
    return read_catalogue(LOCALES / language)


SAID_BY_NAME = ("_on", "_at", "_key", "_keys")
"""How names of parameters end whose text is not yet what is shown."""


class _Parameters(dict[str, Any]):
    """A text's parameters, each written as the language writes it."""

    def __init__(self, key: str, language: str, values: Mapping[str, Any]):
        super().__init__(values)
        self.key = key
        self.language = language

    def __getitem__(self, name: str) -> str:
        if name in self:
            return written(name, super().__getitem__(name), self.language)
        if _strict:
            raise LookupError(f"the text {self.key!r} needs the parameter {name!r}")
        log.warning("text without its parameter", key=self.key, parameter=name)
        return "…"


def written(name: str, value: Any, language: str) -> str:
    """A parameter as text: `*_ore` as money, `*_on` as a day, `*_at` as a moment, `*_key` as the text of that key,
    `*_keys` as the texts of several keys with spaces between them, words of the scheme's own in the
    language, decimals with the language's comma."""
    if value.__class__ is str and not name.endswith(SAID_BY_NAME):
        return value
    if name.endswith("_ore") and isinstance(value, int):
        return filters.money(value, language)
    if name.endswith("_on") and value:
        return filters.day(value, language)
    if name.endswith("_at") and value:
        return filters.moment(value, language)
    if isinstance(value, Decimal):
        return filters.number(value, language)
    if isinstance(value, Wording):
        return value.of(language)
    if name.endswith("_key") and value:
        return Texts(language).t(str(value))
    if name.endswith("_keys") and value:
        return ", ".join(Texts(language).t(key) for key in str(value).split())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


class Texts:
    """The texts of one language."""

    __slots__ = ("_texts", "language")

    def __init__(self, language: str, texts: Catalogue | None = None):
        self.language = language
        self._texts = catalogue(language) if texts is None else texts

    def has(self, key: str) -> bool:
        """Whether the language has the text itself."""
        return key in self._texts

    def t(self, key: str | Wording, /, **parameters: Any) -> str:
        """The text, its placeholders filled; `count` chooses between singular and plural.

        Words that the scheme has written itself are given as they stand. Raises LookupError for a missing text or
        parameter when strict; else bokmål or the key itself stands in.
        """
        if isinstance(key, Wording):
            return key.of(self.language)
        forms = self._texts.get(key) or self._instead(key)
        text = forms[-1] if len(forms) == 1 or parameters.get("count") != 1 else forms[0]
        if "{" not in text:
            return text
        return text.format_map(_Parameters(key, self.language, parameters))

    def _instead(self, key: str) -> tuple[str, ...]:
        if _strict:
            _lack(key, self.language)
        log.warning("missing text", key=key, language=self.language)
        return catalogue(DEFAULT_LANGUAGE).get(key) or (key.replace("{", "{{").replace("}", "}}"),)

    __call__ = t


def _lack(key: str, language: str) -> NoReturn:
    raise LookupError(f"no text for {key!r} in {language}")


@lru_cache
def texts_for(language: str) -> Texts:
    """The texts of a language; of bokmål for one we do not have."""
    return Texts(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def _accepted(header: str) -> str | None:
    """The first of our languages by the weights of an Accept-Language header."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        name, _, weight = part.strip().partition(";")
        language = ACCEPTED.get(name.strip().lower().split("-")[0])
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if language and quality > 0:
            ranked.append((-quality, place, language))
    return min(ranked)[2] if ranked else None


def pick_language(cookie: str | None, own: str | None, accept_header: str = "") -> str:
    """The language of a visit: the one chosen in this browser, else the person's own, else the browser's, else nb."""
    for language in (cookie, own):
        if language in LANGUAGES:
            return str(language)
    return _accepted(accept_header) or DEFAULT_LANGUAGE
