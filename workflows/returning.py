"""What an office may change of an application that came back: the parts that were named, and nothing else (G8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from workflows.application import ApplicationState
from workflows.engine import Reason
from workflows.forms.application import SECTIONS
from workflows.forms.fields import is_empty
from workflows.forms.own import OWN

PARTS = (*SECTIONS, OWN, "budget", "team", "benefits", "attachments")
"""What can be sent back by itself, in the order of the page."""

WRITTEN_IN = frozenset({ApplicationState.DRAFT, ApplicationState.RETURNED})
"""States in which the office may change what it has written."""

PLACE = "application.steps"


def keeps_closed(state: str, named: Collection[str], *parts: str) -> Iterator[Reason]:
    """What keeps parts of an application from being changed now; nothing where all of them are open.

    What has been sent stands as it was sent; of one that came back only the parts that were named are open. One that came
    back before parts were named is open as a whole.
    """
    if state not in WRITTEN_IN:
        yield Reason(code="application.sent_already", place=PLACE)
    elif state == ApplicationState.RETURNED and named:
        for part in dict.fromkeys(parts):
            if part not in named:
                part_key = f"section.application.{part}"
                yield Reason(code="application.part_locked", parameters={"part_key": part_key}, place=PLACE)


def open_parts(state: str, named: Collection[str], parts: Iterable[str] = PARTS) -> frozenset[str]:
    """The parts that the office may change now."""
    return frozenset(part for part in parts if not list(keeps_closed(state, named, part)))


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that differs between what was sent and what was sent again.

    `what` is the key of an answer, or tells rows of the same part apart; `before` and `after` are None where there was
    nothing.
    """

    part: str
    what: str
    before: Any
    after: Any


ROWS = {
    "positive_deviances": ("what_works", ("text", "rank")),
    "budget_lines": ("budget", ("cost_kind", "description", "amount_ore", "bearer", "year")),
    "team": ("team", ("name", "role", "weekly_hours")),
    "expected_benefits": ("benefits", ("title", "description", "beneficiaries", "goal", "how_noticed")),
    "files": ("attachments", ("name", "sha256")),
}
"""What a receipt keeps beside the answers: the part it belongs to, and what counts of each row."""


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any], part_of: Mapping[str, str]
) -> tuple[Change, ...]:
    """What differs between the contents of two receipts, in the order of the form; `part_of` gives an answer's part."""
    found = []
    old, new = before.get("answers", {}), after.get("answers", {})
    for key in [*part_of, *sorted((old.keys() | new.keys()) - part_of.keys())]:
        first, second = old.get(key), new.get(key)
        if first != second and not (is_empty(first) and is_empty(second)):
            found.append(Change(part=part_of.get(key, ""), what=key, before=first, after=second))
    for rows in ROWS:
        found.extend(_changed_rows(rows, before.get(rows) or (), after.get(rows) or ()))
    return tuple(found)


def _changed_rows(
    rows: str, before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> Iterator[Change]:
    part, counting = ROWS[rows]
    old, new = ({str(row.get("id", place)): row for place, row in enumerate(each)} for each in (before, after))
    for key in dict.fromkeys((*old, *new)):
        first, second = (
            {name: row.get(name) for name in counting} if row is not None else None
            for row in (old.get(key), new.get(key))
        )
        if first != second:
            yield Change(part=part, what=rows, before=first, after=second)
