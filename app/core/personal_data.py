"""Keeping personal data of service users out of free text (G34)."""

from __future__ import annotations

import re

from app.core.errors import invalid

ELEVEN_DIGITS = re.compile(r"(?<!\d)(\d{6})[ .-]?(\d{5})(?!\d)")
FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


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
