"""A recommendation in words: what of the reviews are strengths and weaknesses, and whose names stand in none of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec


class Remark(msgspec.Struct, frozen=True):
    """What one review says of a criterion; the number stands for the review, since its writer is not named."""

    number: int
    value: int
    reason: str


class Weighed(msgspec.Struct, frozen=True):
    """What the reviews together say of a criterion."""

    title: str
    values: tuple[int, ...]
    strengths: tuple[Remark, ...]
    weaknesses: tuple[Remark, ...]
    discussion: str = ""

    @property
    def mean(self) -> Decimal:
        """The mean of the scores, to a tenth."""
        return (Decimal(sum(self.values)) / len(self.values)).quantize(Decimal("0.1"))

    @property
    def lowest(self) -> int:
        """The lowest score given."""
        return min(self.values)

    @property
    def highest(self) -> int:
        """The highest score given."""
        return max(self.values)


def sorted_out(title: str, remarks: Sequence[Remark], lowest: int, highest: int, discussion: str = "") -> Weighed:
    """A criterion's remarks as strengths and weaknesses: those above the middle of the scale and those not (G21).

    Every remark with a reason is in exactly one of the two, in the order of the reviews. ValueError without remarks.
    """
    if not remarks:
        raise ValueError(f"nobody has scored {title}")
    said = [each for each in remarks if each.reason.strip()]
    middle_twice = lowest + highest
    return Weighed(
        title=title,
        values=tuple(each.value for each in remarks),
        strengths=tuple(each for each in said if 2 * each.value > middle_twice),
        weaknesses=tuple(each for each in said if 2 * each.value <= middle_twice),
        discussion=discussion.strip(),
    )


def without_names(text: str, names: Mapping[str, str]) -> str:
    """The text with each name, and each part of one, replaced by what stands for its bearer; whole words alone (G21)."""
    stands_for: dict[str, str] = {}
    for name, instead in names.items():
        for part in (name, *name.split()):
            if len(part) > 1:
                stands_for.setdefault(part, instead)
    if not stands_for:
        return text
    longest_first = sorted(stands_for, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, longest_first)) + r")(s?)(?!\w)")
    return pattern.sub(lambda match: stands_for[match[1]], text)
