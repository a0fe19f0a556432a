"""From what was typed to a command's input, with a reason beside every field that cannot be taken."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from app.core.clock import OSLO
from app.core.errors import Invalid, Overlapping
from app.core.inputs import Measured, Rest, TypedFields, Typing
from workflows.engine import Reason
from workflows.forms.reading import ore_from
from workflows.typed import Unreadable, day_from, figure_from, number_from, share_from, whole_from

Input = TypeVar("Input", bound=msgspec.Struct)

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class FormState:
    """What a person typed into a form that could not be taken, and why: shown again beside each field."""

    def __init__(
        self,
        verb: str | None = None,
        values: Mapping[str, Sequence[str]] | None = None,
        errors: Mapping[str, str] | None = None,
        missing: Sequence[Any] = (),
        message: str = "",
        row_id: object = None,
        stale: bool = False,
        overlaps: Mapping[str, Overlapping] | None = None,
        confirms: bool = False,
    ):
        self.verb = verb
        self.row_id = row_id
        self.typed = dict(values or {})
        self.field_errors = dict(errors or {})
        self.labels: dict[str, str] = {}
        self.reasons = list(missing)
        self.message = message
        self.stale = stale
        self.confirms = confirms
        """Whether it is taken once the reason is given for what may say who somebody is."""
        self.overlaps = dict(overlaps or {})
        """By field: what somebody else has written in it meanwhile, beside what was typed."""
        self.overlap_labels: dict[str, str] = {}
        self.is_told = verb is None
        """Whether the page has shown the refusal: where its form stands no longer, the frame of the page does."""

    def tell(self) -> None:
        """Note that what is wrong stands on the page."""
        self.is_told = True

    @property
    def words(self) -> list[str]:
        """Whatever was typed in several words: it is shown to be copied where its form stands no longer."""
        return [each for values in self.typed.values() for each in values if len(each.split()) > 1]

    def value(self, name: str, default: Any = "") -> Any:
        """What was typed last, else the stored value."""
        return self.typed[name][-1] if self.typed.get(name) else default

    def values_of(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """All that was chosen in a group of boxes, else what is stored."""
        return list(self.typed[name]) if name in self.typed else list(default)

    def rows_of(self, key: str, stored: int, least: int, most: int) -> int:
        """How many rows of a table to show: as many as were typed, else those stored, between its least and most."""
        numbers = [name.split("-")[1] for name in self.typed if name.startswith(f"{key}-") and name.count("-") > 1]
        typed = max((int(number) + 1 for number in numbers if number.isdecimal()), default=0)
        return typed or max(least, min(stored, most), 1)

    def error(self, name: str, label: str = "") -> str | None:
        """The sentence to show beside the field, if any; its label is kept for the summary."""
        if name in self.field_errors:
            self.labels[name] = label
            self.tell()
        return self.field_errors.get(name)

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Every wrong field with its label and sentence, for the summary at the top, in the order of the page."""
        order = [*self.labels, *(name for name in self.field_errors if name not in self.labels)]
        return [(name, self.labels.get(name, ""), self.field_errors[name]) for name in order]

    def for_verb(self, verb: str, row_id: object = None) -> FormState:
        """This state where it belongs to that form, an empty one for the page's other forms.

        `row_id` tells apart forms that ask the same of several rows.
        """
        ours = self.verb == verb and (row_id is None or str(row_id) == str(self.row_id))
        return self if ours else EMPTY


EMPTY = FormState()


def _plain(hint: Any) -> tuple[Any, msgspec.Meta | None, bool]:
    """The bare type of an annotation, its limits, and whether None is allowed."""
    optional = False
    limits = None
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            limits = next((each for each in hint.__metadata__ if isinstance(each, msgspec.Meta)), limits)
            hint = hint.__origin__
        elif origin in (Union, types.UnionType):
            rest = [each for each in get_args(hint) if each is not type(None)]
            optional = len(rest) < len(get_args(hint))
            hint = rest[0]
        else:
            return hint, limits, optional


def _typing(hint: Any) -> Typing | None:
    """How else than as a bare figure a number may be typed."""
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            return next((each for each in hint.__metadata__ if isinstance(each, Typing)), None)
        if origin not in (Union, types.UnionType):
            return None
        hint = get_args(hint)[0]


def _from_text(name: str, text: str, kind: Any, typing: Typing | None) -> Any:
    """A typed text as what msgspec takes for the kind; raises ValueError, Unreadable where it says more."""
    if kind is int:
        return ore_from(text) if name.endswith("_ore") else whole_from(text)
    if kind is Decimal:
        return _number(text, typing)
    if kind is datetime:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else local_moment(moment)
    if kind is date:
        return day_from(text)
    if kind is bool:
        return text not in ("", "false", "0", "off")
    return text


def _number(text: str, typing: Typing | None) -> Decimal:
    if typing is Typing.OF_WHOLE:
        return share_from(text)
    if typing is None:
        return number_from(text)
    figure = figure_from(text)
    return Measured(figure.value, figure.unit) if figure.unit else figure.value


def local_moment(moment: datetime) -> datetime:
    """A moment typed as a clock in Norway shows it; ValueError for one that the change to summer time skips."""
    placed = moment.replace(tzinfo=OSLO)
    if datetime.fromtimestamp(placed.timestamp(), OSLO).replace(tzinfo=None) != moment:
        raise ValueError("no such moment")
    return placed


WRONG_KIND = {
    int: "form.not_a_number", Decimal: "form.not_a_number", date: "form.not_a_date", datetime: "form.not_a_moment",
    UUID: "form.unknown", bool: "form.not_a_choice",
}  # fmt: skip


def _fault(name: str, value: Any, kind: Any, limits: msgspec.Meta | None) -> Reason:
    """Why a value cannot be taken, as exactly as the field's limits allow."""
    if limits is not None and isinstance(value, str) and kind is str:
        if limits.min_length and len(value) < limits.min_length:
            return Reason(code="form.empty" if not value else "form.too_short", parameters={"least": limits.min_length})
        if limits.max_length is not None and len(value) > limits.max_length:
            return Reason(code="form.too_long", parameters={"most": limits.max_length, "typed": len(value)})
        if limits.pattern:
            return Reason(code=(limits.extra or {}).get("fault", "form.wrong_form"))
    if limits is not None and isinstance(value, int | Decimal) and not isinstance(value, bool):
        suffix = "_ore" if name.endswith("_ore") else ""
        if limits.ge is not None and value < limits.ge:
            code = "form.negative" if limits.ge == 0 else f"form.too_small{suffix}"
            return Reason(code=code, parameters={f"least{suffix}": int(limits.ge)})
        if limits.le is not None and value > limits.le:
            return Reason(code=f"form.too_large{suffix}", parameters={f"most{suffix}": int(limits.le)})
    if get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return Reason(code="form.not_a_choice")
    return Reason(code=WRONG_KIND.get(kind, "form.wrong_form"))


def _is_finite(value: Any) -> bool:
    """Whether every number in a value is one that can be compared: programs can send NaN and Infinity as decimals."""
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, msgspec.Struct):
        return all(_is_finite(getattr(value, each)) for each in value.__struct_fields__)
    return not isinstance(value, list | tuple | set | frozenset) or all(map(_is_finite, value))


def _read(name: str, raw: Any, hint: Any, *, typed: bool) -> Any:
    """One field's value; raises Invalid for it."""
    kind, limits, optional = _plain(hint)
    try:
        if typed and isinstance(raw, str):
            raw = raw.replace("\r\n", "\n").strip()
            if raw == "" and optional:
                return None
            if raw == "" and kind is not str:
                raise Invalid({name: Reason(code="form.empty")})
            raw = _from_text(name, raw, kind, _typing(hint))
        # msgspec holds no Decimal to limits
        wanted = kind if kind is Decimal else hint
        value = raw
        if not isinstance(raw, Decimal):
            value = msgspec.convert(raw, wanted, strict=not typed and kind is not datetime, str_keys=True)
    except Unreadable as error:
        raise Invalid({name: error.reason}) from None
    except (msgspec.ValidationError, ValueError, InvalidOperation, TypeError):
        raise Invalid({name: _fault(name, raw, kind, limits)}) from None
    if not _is_finite(value):
        raise Invalid({name: Reason(code="form.not_a_number")})
    if (
        kind is Decimal
        and limits
        and not (limits.ge if limits.ge is not None else value)
        <= value
        <= (limits.le if limits.le is not None else value)
    ):
        raise Invalid({name: _fault(name, value, kind, limits)})
    for text in value if isinstance(value, list | tuple) else (value,):
        if isinstance(text, str) and CONTROL.search(text):
            raise Invalid({name: Reason(code="form.control_characters")})
    return value


def rest_of(hint: Any) -> str | None:
    """The prefix of the names that a field marked with Rest takes; None for a field of its own name."""
    marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
    return next((each.prefix for each in marks if isinstance(each, Rest)), None)


class _Field(NamedTuple):
    """A field of an input: the name it is sent under, its annotation, and what that comes to."""

    attribute: str
    name: str
    hint: Any
    required: bool
    prefix: str | None
    bare: Any
    optional: bool
    many: bool


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[_Field, ...]:
    """The fields of an input; reading its annotations takes longer than reading a form."""
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        bare, _, optional = _plain(hint)
        many = get_origin(bare) in (tuple, list, frozenset, set)
        found.append(_Field(field.name, field.encode_name, hint, field.required, rest_of(hint), bare, optional, many))
    return tuple(found)


def names_of(kind: type[msgspec.Struct]) -> tuple[set[str], tuple[str, ...]]:
    """The names that an input takes, and the prefixes of those that it takes any of."""
    prefixes = {field.name: field.prefix for field in _fields(kind)}
    return {name for name, prefix in prefixes.items() if prefix is None}, tuple(filter(None, prefixes.values()))


def _row_of(bare: Any) -> type[msgspec.Struct] | None:
    """The struct that a field holds several of, where it does."""
    kind = next(iter(get_args(bare)), None)
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None


def _rows(name: str, raw: Mapping[str, Any], kind: type[msgspec.Struct]) -> tuple[msgspec.Struct, ...]:
    """The rows of a form, each with its fields under `name-number-field`; one that the form asks to remove is left out."""
    found: dict[int, dict[str, Any]] = {}
    for each, texts in raw.items():
        parts = each.split("-", 2)
        if len(parts) == 3 and parts[0] == name and parts[1].isdecimal() and len(parts[1]) < 4:
            found.setdefault(int(parts[1]), {})[parts[2]] = texts
    removed = set(raw.get(f"{name}-remove", ()))
    rows: list[msgspec.Struct] = []
    faults: dict[str, Reason] = {}
    for number in sorted(found):
        if str(number) in removed:
            continue
        try:
            rows.append(read_input(kind, found[number], typed=True))
        except Invalid as error:
            faults |= {f"{name}-{number}-{field}": reason for field, reason in error.fields.items()}
    if faults:
        raise Invalid(faults)
    return tuple(rows)


def read_input(kind: type[Input], raw: Mapping[str, Any], *, typed: bool) -> Input:
    """A command's input from a form (`typed`: every value a list of texts) or from JSON; Invalid names every fault."""
    values: dict[str, Any] = {}
    faults: dict[str, Reason] = {}
    for attribute, name, hint, required, prefix, bare, optional, many in _fields(kind):
        if prefix is not None:
            found = {each: raw[each] for each in raw if each.startswith(prefix)}
            values[attribute] = TypedFields(found) if typed else found
            continue
        try:
            if typed and many and (row := _row_of(bare)) is not None:
                values[attribute] = _rows(name, raw, row)
            elif typed and many:
                values[attribute] = _read(name, [each for each in raw.get(name, ()) if each != ""], hint, typed=False)
            elif name in raw:
                values[attribute] = _read(name, raw[name][-1] if typed else raw[name], hint, typed=typed)
            elif typed and bare is bool:
                values[attribute] = False
            elif required:
                if not optional:
                    raise Invalid({name: Reason(code="form.empty")})
                values[attribute] = None
        except Invalid as error:
            faults |= error.fields
    if faults:
        raise Invalid(faults)
    return kind(**values)
