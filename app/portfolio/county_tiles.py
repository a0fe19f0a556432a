"""Norway's counties as tiles: where each stands, declared in this one place, roughly as on a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

PLACES: Mapping[str, tuple[int, int]] = {
    "Troms og Finnmark": (4, 1),
    "Nordland": (3, 2),
    "Møre og Romsdal": (2, 3), "Trøndelag": (3, 3),
    "Vestland": (1, 4), "Innlandet": (3, 4),
    "Rogaland": (1, 5), "Vest-Viken": (2, 5), "Oslo": (3, 5), "Øst-Viken": (4, 5),
    "Agder": (2, 6), "Vestfold og Telemark": (3, 6),
}  # fmt: skip
"""Column and row of each of Nav's counties, by its name without Nav; none stands where another does."""
STEPS = (Decimal(0), Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))
"""A tile is filled the more, the more of what was planned has been realised."""


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """A county: where it stands, what it leads to, and how much of what was planned by now has been realised."""

    name: str
    link: str
    column: int
    row: int
    share: Decimal | None
    """None where nothing was planned by now, or what was measured is kept back."""
    keeps_back: bool
    missing: int

    @property
    def filled(self) -> int:
        """How far it is filled, 0 to 4."""
        return 0 if self.share is None else sum(self.share > each for each in STEPS)


def tiles_of(parts: Sequence[Any]) -> tuple[list[Tile], list[Any]]:
    """The counties that have a place, row by row, and the parts that have none and stand in the table alone."""
    tiles, others = [], []
    for part in parts:
        name = part.named.name.removeprefix("Nav ")
        place = PLACES.get(name)
        if place is None:
            others.append(part)
            continue
        planned = part.total.planned
        share = part.total.realised / planned if planned > 0 and not part.keeps_back else None
        tiles.append(
            Tile(
                name=name, link=part.link, column=place[0], row=place[1], share=share, keeps_back=part.keeps_back,
                missing=part.missing,
            )
        )  # fmt: skip
    return sorted(tiles, key=lambda each: (each.row, each.column)), others
