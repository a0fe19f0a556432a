"""Keeping personal data of service users out of free text (G34)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from app.core.errors import Invalid, Unconfirmed, invalid
from workflows.engine import Reason

ELEVEN_DIGITS = re.compile(r"(?<!\d)(\d{6})[ .-]?(\d{5})(?!\d)")
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
EMAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE_NUMBER = re.compile(
    r"""(?<![\d+.,/-])(?:
        (?:(?:\+|00)47\ ?)?(?:[2-9]\d{7}|[2-9]\d(?:\ \d\d){3}|[4589]\d\d\ \d\d\ \d\d\d)  # as Norwegians write them
        |\+\d\d[\d\ ]{6,12}\d
    )(?!\d|[.,-]\d|\ ?(?:kr|mill))""",
    re.VERBOSE,
)
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
"""Eight digits that are a day rather than a telephone number."""

IDENTIFIER = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
"""What a row is called in addresses and forms: now and then one has eight digits in a row, and says who nobody is."""

IDENTITY_NUMBER_SAID = "form.identity_number"
CONFIRMABLE = {"form.phone_number": "phone_number", "form.email_address": "email_address"}
"""What is warned of and may stand with a reason; an identity number never may."""

NOT_FREE = ("link", "email", "hash", "reference")
"""Ends of the names of fields that take an address or a mark rather than words."""


def holds_identity_number(text: str) -> bool:
    """Whether the text has eleven digits in it that check out as a national identity or D number."""
    for match in ELEVEN_DIGITS.finditer(text):
        digits = [int(digit) for digit in match.group(1) + match.group(2)]
        first = sum(weight * digit for weight, digit in zip(FIRST_WEIGHTS, digits, strict=False))
        second = sum(weight * digit for weight, digit in zip(SECOND_WEIGHTS, digits, strict=True))
        day = digits[0] * 10 + digits[1]
        month = digits[2] * 10 + digits[3]
        is_date = 1 <= (day - 40 if day > 40 else day) <= 31 and 1 <= month % 40 <= 12
        if is_date and first % 11 == 0 and second % 11 == 0:
            return True
    return False


def refuse_identity_numbers(**texts: str) -> None:
    """Raise Invalid for the first text that holds an identity number; such numbers never belong in this system."""
    for name, text in texts.items():
        if holds_identity_number(text):
            raise invalid(name, "form.identity_number")


def holds_phone_number(text: str) -> bool:
    """Whether the text has something in it that is written as a telephone number."""
    return any(not DAY.fullmatch(match.group()) for match in PHONE_NUMBER.finditer(text))


def holds_email_address(text: str) -> bool:
    """Whether the text has an e-mail address in it."""
    return EMAIL_ADDRESS.search(text) is not None


def found_in(text: str) -> str | None:
    """The code of what in a text may say who somebody is, the worst first; None where nothing does."""
    text = IDENTIFIER.sub("\n", text)
    if holds_identity_number(text):
        return IDENTITY_NUMBER_SAID
    if holds_phone_number(text):
        return "form.phone_number"
    return "form.email_address" if holds_email_address(text) else None


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(str(key), each)
    elif isinstance(value, list | tuple | frozenset | set):
        for each in value:
            yield from _texts(name, each)
    elif isinstance(value, msgspec.Struct):
        for key in value.__struct_fields__:
            yield from _texts(name, getattr(value, key))


def weigh_texts(fields: Mapping[str, Any], why: str) -> dict[str, Any]:
    """What of the typed may say who somebody is and stands with a reason, to be kept with the change; {} for nothing.

    Raises Invalid beside every field with an identity number, and Unconfirmed beside those with a telephone number or an
    e-mail address that no reason is given for (G34).
    """
    found: dict[str, str] = {}
    for name, value in fields.items():
        if name.endswith(NOT_FREE):
            continue
        for where, text in _texts(name, value):
            if (code := found_in(text)) is not None and found.get(where) != IDENTITY_NUMBER_SAID:
                found[where] = code
    refused = {name: Reason(code=code) for name, code in found.items() if code == IDENTITY_NUMBER_SAID}
    if refused:
        raise Invalid(refused)
    if not found:
        return {}
    if not why.strip():
        raise Unconfirmed({name: Reason(code=code) for name, code in found.items()})
    refuse_identity_numbers(personal_data_why=why)
    return {"why": why.strip(), "fields": {name: CONFIRMABLE[code] for name, code in found.items()}}
