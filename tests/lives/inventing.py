"""What somebody might type: for every field of every command something sensible, and now and then something senseless."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

import app.tables  # noqa: F401
from app.commands import Command
from app.core.database import Base
from app.web.forms import _plain, rest_of

TABLES: dict[str, Any] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", mapper.class_.__name__).lower(): mapper.class_ for mapper in Base.registry.mappers
}
"""Every table by the name that commands call its rows."""

KEPT_AS = {
    "case": "project", "node": "benefit_node", "from": "benefit_node", "to": "benefit_node", "member": "team_member",
    "deviance": "positive_deviance", "activity": "insight_activity", "statement": "success_statement",
    "experience": "shared_experience", "measurer": "person", "responsible": "person", "reviewer": "person",
    "to_case": "application", "county": "unit", "board": "call", "item": "agenda_item", "contact": "support_contact",
    "holding": "case_role", "letters": "letter", "shown": "letter", "copy_of": "call", "up": "application",
    "down": "application", "time": "meeting_time", "leave": "facilitator_leave", "content": "gathering_content",
}  # fmt: skip
"""Whose rows an id means where its name is not a table's."""

SENTENCES = ("Vi prøver det sammen med brukerne.", "Fordi planen ble en annen.", "Ja", "Målt i egne tall, to uker på rad.",
             "Partneren trakk seg.", "https://example.test/notat", "<b>&amp; \"'", "æøå Ǆ 😀")  # fmt: skip
SENSELESS_TEXTS = ("", " ", "\x00", "x" * 4001, "\u202e", "﷽" * 300)
SENSELESS_NUMBERS = (-1, 0, 2**31, 2**63, 10**30)
SENSELESS: tuple[Any, ...] = (
    None,
    "",
    "x",
    -1,
    True,
    [],
    {},
    ["x"],
    {"x": 1},
    10**30,
    "NaN",
    "9999-12-31",
    "0001-01-01",
)

Rows = Callable[[str], Awaitable[list[UUID]]]
"""The ids of the rows of a name, those of the case in hand first."""


def subject_of(name: str) -> str:
    """The table behind an id's name or a command's subject."""
    bare = name.removesuffix("_ids").removesuffix("_id")
    return KEPT_AS.get(bare, bare)


class Inventing:
    """Somebody at a form, by dice of their own; one who is `careful` types nothing senseless."""

    def __init__(self, dice: Random, rows: Rows, now: datetime, *, careful: bool):
        self.dice = dice
        self.rows = rows
        self.now = now
        self.careful = careful

    def slips(self, one_in: int) -> bool:
        """Whether they type something senseless here."""
        return not self.careful and self.dice.randrange(one_in) == 0

    async def fields(self, kind: type[msgspec.Struct], version: int | None) -> dict[str, Any]:
        """The body of a call to a command, as a program sends it."""
        hints = get_type_hints(kind, include_extras=True)
        body: dict[str, Any] = {}
        for field in msgspec.structs.fields(kind):
            if rest_of(hints[field.name]) is not None:
                continue
            if not field.required and self.dice.randrange(5) == 0:
                continue
            name = field.encode_name
            if name == "version" and version is not None:
                body[name] = version - 1 if self.slips(12) else version
            elif self.slips(25):
                body[name] = self.dice.choice(SENSELESS)
            else:
                body[name] = await self.value(name, hints[field.name])
        if self.slips(60):
            body["no_such_field"] = 1
        return body

    async def value(self, name: str, hint: Any) -> Any:
        """Something for one field."""
        kind, limits, optional = _plain(hint)
        if optional and self.dice.randrange(6) == 0:
            return None
        if kind is UUID:
            return await self._id(name)
        if get_origin(kind) is Literal:
            return self.dice.choice(get_args(kind))
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.dice.choice(list(kind)).value
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return await self.fields(kind, None)
        if get_origin(kind) in (tuple, list, frozenset, set):
            inner = get_args(kind)[0]
            return [await self.value(name, inner) for _ in range(self.dice.choice((0, 1, 1, 2, 3)))]
        if kind is dict or get_origin(kind) is dict:
            return {}
        return self._plain_value(name, kind, limits)

    async def _id(self, name: str) -> str:
        if self.slips(15):
            return str(UUID(int=self.dice.getrandbits(128)))
        found = await self.rows(subject_of(name))
        return str(self.dice.choice(found)) if found else str(UUID(int=0))

    def _plain_value(self, name: str, kind: Any, limits: msgspec.Meta | None) -> Any:
        dice = self.dice
        if kind is bool:
            return dice.random() < 0.6
        if kind is int:
            return self._number(name, limits)
        if kind is Decimal:
            value = dice.choice(
                (Decimal(0), Decimal("0.5"), Decimal("0.4"), Decimal(1), Decimal(dice.randrange(1000)) / 10)
            )
            return str(-value if self.slips(8) else value)
        if kind.__name__ == "datetime":
            return (self.now + timedelta(hours=dice.randrange(-500, 5000))).isoformat()
        if kind.__name__ == "date":
            days = 0 if dice.randrange(3) == 0 else dice.randrange(-120, 400)
            return (self.now + timedelta(days=days)).date().isoformat()
        if self.slips(15):
            return dice.choice(SENSELESS_TEXTS)
        if limits is not None and limits.pattern and "@" not in limits.pattern:
            return f"{name[:8].strip('_')}{dice.randrange(10**6)}"
        return "somebody@nav.example" if limits is not None and limits.pattern else dice.choice(SENTENCES)

    def _number(self, name: str, limits: msgspec.Meta | None) -> int:
        if self.slips(10):
            return self.dice.choice(SENSELESS_NUMBERS)
        least = int(limits.ge) if limits is not None and limits.ge is not None else 0
        most = int(limits.le) if limits is not None and limits.le is not None else 1000
        if name.endswith("_ore"):
            return self.dice.choice((least, 100, 1_000_000, 20_000_000, 58_000_000, self.dice.randrange(100_000_000)))
        if "year" in name:
            return self.now.year
        return self.dice.randint(least, min(most, least + 20))


def sayable(command: Command, who: str, row_id: UUID | None, body: Mapping[str, Any]) -> str:
    """One line of the record, from which what happened can be done again by hand."""
    said = {
        key: (value[:40] + "…" if isinstance(value, str) and len(value) > 40 else value) for key, value in body.items()
    }
    return f"{who}: {command.subject}.{command.verb} {row_id or ''} {said}"
