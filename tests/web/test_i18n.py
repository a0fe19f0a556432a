"""Texts are found, filled and chosen; what is missing is loud in tests and mild towards readers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.texts import i18n
from app.texts.i18n import Texts, pick_language, read_catalogue, texts_for

TEXTS = {
    "plain": ("Ja",),
    "sum": ("{name} får {granted_ore} innen {due_on}",),
    "many": ("{count} dag", "{count} dager"),
    "when": ("{opens_at}, {share} %",),
}


@pytest.fixture(params=[True, False], ids=["strict", "mild"])
def strictness(request: pytest.FixtureRequest) -> object:
    """Both ways of meeting a missing text."""
    i18n.be_strict(request.param)
    yield request.param
    i18n.be_strict(False)


def test_parameters_are_written_as_the_language_writes_them() -> None:
    nb, en = Texts("nb", TEXTS), Texts("en", TEXTS)
    given = {"name": "Nav Hareid", "granted_ore": 50_000_000, "due_on": "2023-09-01"}
    assert nb.t("sum", **given) == "Nav Hareid får 500\u00a0000\u00a0kroner innen 1. september 2023"
    assert en.t("sum", **given) == "Nav Hareid får NOK\u00a0500,000 innen 1 September 2023"
    summer = datetime(2023, 9, 1, 12, 0, tzinfo=UTC)
    assert nb.t("when", opens_at=summer, share=Decimal("12.50")) == "1. september 2023 kl.\u00a014.00, 12,5 %"


def test_count_chooses_singular_or_plural() -> None:
    texts = Texts("nb", TEXTS)
    assert [texts.t("many", count=count) for count in (0, 1, 2)] == ["0 dager", "1 dag", "2 dager"]


def test_braces_in_a_parameter_stay_what_they_are() -> None:
    assert Texts("nb", {"a": ("{name}!",)}).t("a", name="{name.__class__}") == "{name.__class__}!"


def test_a_missing_text_or_parameter_is_loud_only_when_strict(strictness: bool) -> None:
    texts = Texts("nn", TEXTS)
    if strictness:
        for call in (lambda: texts.t("no.such.key"), lambda: texts.t("many")):
            with pytest.raises(LookupError, match=r"no\.such\.key|count"):
                call()
    else:
        assert texts.t("no.such.{key}") == "no.such.{key}"
        assert texts.t("layout.name") == "Drivkraft", "bokmål stands in"
        assert texts.t("many") == "… dager"


def test_of_a_key_in_two_files_the_first_stands_until_it_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.po").write_text(f'msgid ""\nmsgstr ""\n\nmsgid "a.b"\nmsgstr "{name}"\n')
    assert read_catalogue(tmp_path) == {"a.b": ("one",)}
    with pytest.raises(ValueError, match=r"a\.b"):
        read_catalogue(tmp_path, refuse_doubles=True)


@pytest.mark.parametrize(
    ("cookie", "own", "header", "picked"),
    [
        ("en", "nn", "nb", "en"),
        ("tlh", "nn", "en", "nn"),
        (None, None, "en-GB;q=0.4, nn-NO;q=0.9", "nn"),
        (None, None, "no", "nb"),
        (None, None, "en;q=0, fr", "nb"),
        (None, None, "en;q=rubbish,,;", "nb"),
        (None, None, "", "nb"),
    ],
)
def test_the_language_of_a_visit(cookie: str | None, own: str | None, header: str, picked: str) -> None:
    assert pick_language(cookie, own, header) == picked


def test_texts_are_read_once() -> None:
    assert texts_for("nn") is texts_for("nn")
    assert texts_for("fr").language == "nb"
    assert texts_for("nb").has("layout.skip")
    assert not texts_for("nb").has("layout.no_such")


def test_a_day_of_the_calendar_is_not_moved_by_a_time_zone() -> None:
    assert Texts("nb", {"d": ("{on}{due_on}",)}).t("d", on="", due_on=date(2024, 2, 29)) == "29. februar 2024"
