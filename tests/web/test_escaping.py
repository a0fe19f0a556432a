"""Whatever is shown is escaped, and markup of ours is not escaped twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from app.web.escaping import shown
from app.web.templates import environment_for


class Drawn:
    """Something that knows its own markup."""

    def __html__(self) -> str:
        return "<b>x</b>"


class Loud(str):
    """A text of another class."""


@given(some.text() | some.integers() | some.none() | some.decimals() | some.lists(some.text()))
def test_the_same_as_the_library(value: object) -> None:
    assert shown(value) == str(escape(value))


@pytest.mark.parametrize(
    "value", [Loud("<i>"), Markup("<i>"), Drawn(), Decimal("1.50")], ids=lambda each: type(each).__name__
)
def test_other_kinds_too(value: object) -> None:
    assert shown(value) == str(escape(value))


def test_templates_escape_what_they_show() -> None:
    template = environment_for("nb").from_string(
        "{{ typed }}|{{ typed ~ 'x' }}|<a title=\"{{ typed }}\">|{{ icon('check') }}|{{ typed | upper }}|"
        "{% macro say(words) %}{{ words }}{% endmacro %}{{ say(typed) }}|{% set kept %}{{ typed }}{% endset %}{{ kept }}"
    )
    parts = template.render(typed="<'\"&").split("|")
    safe = "&lt;&#39;&#34;&amp;"
    assert parts[0] == safe and parts[1] == safe + "x" and parts[2] == f'<a title="{safe}">'
    assert parts[3].startswith("<svg ")
    assert parts[4:] == [safe, safe, safe]


def test_what_is_not_there_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError):
        environment_for("nb").from_string("{{ nothing }}").render()
