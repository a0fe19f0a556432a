"""Budget authority: who may bind and pay the scheme's money, up to what sum, for which cost centre and how long (G17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from workflows.engine import Act, Reason
from workflows.roles import Role

CHECKS = ("authority", "cover", "prudence")
"""What somebody with budget authority checks before money is bound or paid, and says so (G17)."""


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """That a person may bind the scheme's money: up to a limit (None: without one), from when to when (G17)."""

    person_id: UUID
    limit_ore: int | None
    valid_from: datetime
    valid_to: datetime | None = None
    cost_centre: str = ""
    """The number of the unit whose budget it is about; "" for all of them."""

    def holds_at(self, now: datetime) -> bool:
        """Whether it is in force at that moment."""
        return self.valid_from <= now and (self.valid_to is None or now < self.valid_to)


def lacking(
    authorities: Iterable[Authority],
    act: Act,
    amount_ore: int,
    cost_centre: str,
    subject: str,
    place: str,
    **about: str,
) -> Iterator[Reason]:
    """What the one who acts lacks of authority over a sum of a cost centre: all of it, the cost centre, or the sum."""
    held = [each for each in authorities if each.person_id == act.person_id and each.holds_at(act.now)]
    if not held:
        yield Reason(code=f"{subject}.authority_missing", place="people.roles", who=(Role.ADMINISTRATOR,))
        return
    own = [each for each in held if each.cost_centre in ("", cost_centre)]
    if not own:
        yield Reason(
            code=f"{subject}.other_cost_centre", parameters={"cost_centre": cost_centre}, place="people.roles",
            who=(Role.ADMINISTRATOR, Role.DECISION_MAKER),
        )  # fmt: skip
        return
    limits = [each.limit_ore for each in own if each.limit_ore is not None]
    if len(limits) == len(own) and amount_ore > max(limits):
        yield Reason(
            code=f"{subject}.over_limit", parameters={"amount_ore": amount_ore, "limit_ore": max(limits), **about},
            place=place, who=(Role.DECISION_MAKER,),
        )  # fmt: skip


def unchecked(checks: frozenset[str], subject: str, place: str, **about: str) -> Iterator[Reason]:
    """Which of the three checks nobody has said to have made."""
    for check in CHECKS:
        if check not in checks:
            yield Reason(
                code=f"{subject}.check_missing", parameters={"check_key": f"decision.check.{check}", **about},
                place=place, who=(Role.DECISION_MAKER,),
            )  # fmt: skip
