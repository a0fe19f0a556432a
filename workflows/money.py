"""Norwegian kroner as whole øre: shares and splits that lose nothing."""

from __future__ import annotations

from collections.abc import Sequence

WHOLE = 10_000
"""All of a sum, in basis points."""

ORE_PER_KRONE = 100

MOST_ORE = 100_000_000_000
"""No sum that anybody types is larger: a milliard kroner."""


def share_of(total_ore: int, basis_points: int) -> int:
    """So many basis points of a sum, in øre, half an øre rounded up; ValueError for negative numbers."""
    if total_ore < 0 or basis_points < 0:
        raise ValueError("sums and shares are not negative")
    return (total_ore * basis_points + WHOLE // 2) // WHOLE


def divided(total_ore: int, weights: Sequence[int]) -> tuple[int, ...]:
    """A sum divided by weights, to the øre: the parts add up to the sum, and what weighs nothing gets nothing.

    What is left over goes, one øre each, to the parts that lost most in rounding, the first of equals first. Raises
    ValueError for a negative sum or weight, and where nothing weighs anything.
    """
    whole = sum(weights)
    if total_ore < 0 or any(weight < 0 for weight in weights):
        raise ValueError("sums and shares are not negative")
    if not whole:
        raise ValueError("nothing weighs anything")
    parts = [total_ore * weight // whole for weight in weights]
    lost = [total_ore * weight % whole for weight in weights]
    left_over = total_ore - sum(parts)
    for position in sorted(range(len(weights)), key=lambda index: -lost[index])[:left_over]:
        parts[position] += 1
    return tuple(parts)


def split(total_ore: int, shares: Sequence[int]) -> tuple[int, ...]:
    """A sum divided by shares in basis points, to the øre: the parts add up to the sum.

    What is left over goes, one øre each, to the parts that lost most in rounding, the first of equals first. Raises
    ValueError for a negative sum or share, and for shares that do not add up to the whole.
    """
    if total_ore < 0 or any(share < 0 for share in shares):
        raise ValueError("sums and shares are not negative")
    if sum(shares) != WHOLE:
        raise ValueError(f"the shares add up to {sum(shares)} basis points, not {WHOLE}")
    return divided(total_ore, shares)


def basis_points_of(part_ore: int, total_ore: int) -> int:
    """How many basis points of a sum a part is, rounded to the nearest; 0 of nothing."""
    if total_ore == 0:
        return 0
    return (part_ore * WHOLE + total_ore // 2) // total_ore


def within(limit_ore: int, *amounts_ore: int) -> bool:
    """Whether sums together stay within a limit."""
    return sum(amounts_ore) <= limit_ore
