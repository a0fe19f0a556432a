"""Lists that are turned page by page along a key, at the same price on the first page and the thousandth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar
from uuid import UUID

import msgspec

Row = TypeVar("Row")

PAGE_SIZE = 50


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """One page of rows; `after` is the key to ask for the next with, or None on the last."""

    rows: Sequence[Row]
    after: UUID | None


def page_of(rows: Sequence[Row], size: int = PAGE_SIZE) -> Page[Row]:
    """Cut a page from rows read with a limit of size + 1; rows carry an `id`."""
    if len(rows) <= size:
        return Page(rows, None)
    return Page(rows[:size], rows[size - 1].id)  # type: ignore[attr-defined]
