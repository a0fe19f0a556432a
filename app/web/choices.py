"""Lists to choose from, for the fields that offer them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def labelled(values: Iterable[str], t: Callable[..., str], prefix: str) -> list[tuple[str, str]]:
    """Codes with their texts: every value with what stands under "prefix.value"."""
    return [(value, t(f"{prefix}.{value}")) for value in values]


def pairs(rows: Iterable[Any], words: str, key: str = "id") -> list[tuple[str, str]]:
    """Rows as choices: their key, and one of their texts, cut at a hundred characters."""
    found = []
    for row in rows:
        text = str(getattr(row, words))
        found.append((str(getattr(row, key)), text if len(text) <= 100 else text[:99] + "…"))
    return found
