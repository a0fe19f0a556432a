"""Lists to choose from, for the fields that offer them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def labelled(values: Iterable[str], t: Callable[..., str], prefix: str) -> list[tuple[str, str]]:
    """Codes with their texts: every value with what stands under "prefix.value"."""
    return [(value, t(f"{prefix}.{value}")) for value in values]


def pairs(rows: Iterable[Any], words: str, key: str = "id") -> list[tuple[str, str]]:
    """Rows, or objects out of a list of the database's, as choices: their key, and a text of theirs, cut at 100 letters."""
    found = []
    for row in rows:
        chosen, told = (row[name] if isinstance(row, dict) else getattr(row, name) for name in (key, words))
        text = str(told)
        found.append((str(chosen), text if len(text) <= 100 else text[:99] + "…"))
    return found
