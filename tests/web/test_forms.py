"""What people type becomes input, or a reason beside the field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.benefits.forms import Link, Period
from app.core.errors import Invalid
from app.core.inputs import Email, Line, Measure, OptionalText, Ore
from app.gatherings.forms import Clock
from app.web.forms import FormState, read_input


class Typed(msgspec.Struct, kw_only=True):
    title: Line
    amount_ore: Ore = 0
    value: Measure | None = None
    on: date | None = None
    at: datetime | None = None
    ok: bool = False
    choice: Literal["a", "b"] = "a"
    ids: tuple[UUID, ...] = ()
    text: OptionalText = ""


def typed(**fields: str | list[str]) -> Typed:
    raw = {name: value if isinstance(value, list) else [value] for name, value in {"title": "x", **fields}.items()}
    return read_input(Typed, raw, typed=True)


def faults(**fields: str | list[str]) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        typed(**fields)
    return {name: reason.code for name, reason in refused.value.fields.items()}


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("500 000", 50_000_000),
        ("500\u00a0000", 50_000_000),
        ("12500,50", 1_250_050),
        ("kr 40", 4_000),
        ("40 kroner", 4_000),
        ("0", 0),
    ],
)
def test_sums_are_typed_in_kroner_as_people_write_them(text: str, ore: int) -> None:
    assert typed(amount_ore=text).amount_ore == ore


@pytest.mark.parametrize(
    ("text", "code"),
    [("-1", "form.negative"), ("1e99", "form.too_large_ore"), ("1,234", "form.two_ways"), ("1,2345", "form.not_a_number"),
     ("ti", "form.not_a_number"), ("NaN", "form.not_a_number"), ("Infinity", "form.not_a_number"), ("", "form.empty")],
)  # fmt: skip
def test_absurd_sums_are_refused_beside_the_field(text: str, code: str) -> None:
    assert faults(amount_ore=text) == {"amount_ore": code}


def test_every_fault_is_said_at_once() -> None:
    found = faults(title="", amount_ore="x", value="y", on="31.13.2020", choice="c", ids=["z"])
    assert found == {
        "title": "form.empty", "amount_ore": "form.not_a_number", "value": "form.not_a_number", "on": "form.not_a_date",
        "choice": "form.not_a_choice", "ids": "form.wrong_form",
    }  # fmt: skip


class Written(msgspec.Struct):
    """What must be written in a way of its own."""

    period: Period = "2027"
    link: Link = ""
    email: Email = "a@nav.no"
    clock: Clock = "09:30"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [("period", "i fjor", "form.not_a_year"), ("period", "20266", "form.not_a_year"), ("link", "nav no", "form.not_a_link"),
     ("link", "ftp://nav.no", "form.not_a_link"), ("email", "kari på nav", "form.not_an_email"),
     ("clock", "25:00", "form.not_a_clock")],
)  # fmt: skip
def test_what_is_written_in_a_way_of_its_own_says_how(name: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_input(Written, {name: [text]}, typed=True)
    assert refused.value.fields[name].code == code


def test_a_text_that_is_too_long_says_how_long_it_may_be() -> None:
    with pytest.raises(Invalid) as refused:
        typed(title="x" * 201)
    reason = refused.value.fields["title"]
    assert (reason.code, reason.parameters) == ("form.too_long", {"most": 200, "typed": 201})


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f"])
def test_control_characters_are_refused(character: str) -> None:
    assert faults(text=f"a{character}b") == {"text": "form.control_characters"}


def test_lines_and_html_are_kept_as_typed() -> None:
    assert typed(text="<b>a</b>\r\n\tb").text == "<b>a</b>\n\tb"


def test_empty_optional_fields_are_nothing() -> None:
    found = typed(value="", on="", at="")
    assert (found.value, found.on, found.at, found.ok) == (None, None, None, False)


def test_a_box_that_is_ticked_is_true() -> None:
    assert typed(ok="on").ok is True


def test_decimals_are_read_with_comma_and_never_as_floats() -> None:
    assert typed(value="3,20").value == Decimal("3.20")


def test_a_moment_is_read_as_a_clock_in_norway_shows_it() -> None:
    assert typed(at="2026-01-15T12:00").at == datetime(2026, 1, 15, 11, tzinfo=UTC)
    assert typed(at="2026-07-15T12:00").at == datetime(2026, 7, 15, 10, tzinfo=UTC)


def test_a_moment_that_summer_time_skips_is_refused() -> None:
    assert faults(at="2026-03-29T02:30") == {"at": "form.not_a_moment"}


def test_several_choices_come_as_many() -> None:
    ids = [uuid4(), uuid4()]
    assert typed(ids=[str(each) for each in ids]).ids == tuple(ids)


def test_programs_send_sums_in_ore_and_are_held_to_the_same_limits() -> None:
    assert read_input(Typed, {"title": "x", "amount_ore": 100}, typed=False).amount_ore == 100
    with pytest.raises(Invalid):
        read_input(Typed, {"title": "x", "amount_ore": "100"}, typed=False)


@given(st.dictionaries(st.sampled_from(["title", "amount_ore", "value", "on", "at", "ok", "choice", "ids", "text"]),
                       st.lists(st.text(max_size=30), min_size=1, max_size=3)))  # fmt: skip
def test_whatever_is_typed_is_taken_or_refused_in_words(raw: dict[str, list[str]]) -> None:
    try:
        read_input(Typed, raw, typed=True)
    except Invalid as refused:
        assert refused.fields


def test_what_was_typed_is_shown_again_in_its_own_form_only() -> None:
    state = FormState("add", {"title": ["kept"]}, {"title": "wrong"}, row_id=1)
    assert state.for_verb("add", 1).value("title") == "kept"
    assert state.for_verb("add", 2).value("title") == ""
    assert state.for_verb("other").error("title") is None


class Row(msgspec.Struct, kw_only=True):
    value: Decimal


class Rows(msgspec.Struct, kw_only=True):
    rows: tuple[Row, ...] = ()


@pytest.mark.parametrize("sent", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_programs_send_no_number_that_cannot_be_compared(sent: str) -> None:
    for kind, raw, field in (
        (Typed, {"title": "x", "value": sent}, "value"),
        (Rows, {"rows": [{"value": sent}]}, "rows"),
    ):
        with pytest.raises(Invalid) as refused:
            read_input(kind, raw, typed=False)
        assert refused.value.fields[field].code == "form.not_a_number"
    assert read_input(Typed, {"title": "x", "value": "1.5"}, typed=False).value == Decimal("1.5")
