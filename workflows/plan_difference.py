"""What two versions of a benefit plan say differently: benefits, indicators, baselines, targets and what is kept in rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

OF_BENEFIT = (
    "title", "description", "sign", "category", "ks_type", "beneficiaries", "is_end_benefit", "change_id", "owner_id",
    "measurer_id", "release_mode", "redeployed_to", "unit_value_ore", "price_year", "valuation_basis", "periods_per_year",
    "profile", "starts_on", "ends_on", "tolerance_percent", "mitigation", "spread_potential", "without_baseline_why",
)  # fmt: skip
OF_INDICATOR = (
    "name", "unit", "direction", "method", "source", "interval_months", "frequency", "measuring_cost_ore",
    "measuring_worth", "key",
)  # fmt: skip
OF_BASELINE = ("value", "measured_on", "observations", "source", "confidence")
REGISTERS = {
    "precondition": ("text", "standing", "owner_id", "due_on"),
    "risk": ("text", "likelihood", "impact", "action"),
    "stakeholder": ("text", "effect", "how"),
}
"""What is kept of a benefit in rows, each with what it says."""
NUMBERS = ("value",)
"""Figures, which are the same however they are written."""


class Became(StrEnum):
    """What became of something between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that two versions say differently; None where one of them says nothing of it."""

    of: str
    """benefit, indicator, baseline, target, precondition, risk or stakeholder."""
    name: str
    about: str = ""
    """The name of the indicator, or the words of the row."""
    on: str | None = None
    """The day of a target."""
    before: Any = None
    after: Any = None


class BenefitDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one benefit."""

    benefit_id: str
    title: str
    became: Became
    differences: tuple[Difference, ...] = ()


def plan_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[BenefitDifference]:
    """What the later of two versions adds, takes out and changes, benefit by benefit; what is the same is left out.

    Both are snapshots of a plan. What an older version did not know of yet is no difference.
    """
    found = []
    for benefit_id in sorted({*before["benefits"], *after["benefits"]}):
        was, now = before["benefits"].get(benefit_id), after["benefits"].get(benefit_id)
        shown = now or was
        became = Became.ADDED if was is None else Became.REMOVED if now is None else Became.CHANGED
        differences = tuple(_of(benefit_id, before, after)) if became != Became.REMOVED else ()
        if became != Became.CHANGED or differences:
            found.append(
                BenefitDifference(benefit_id=benefit_id, title=shown["title"], became=became, differences=differences)
            )
    return found


def _of(benefit_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    was, now = before["benefits"].get(benefit_id), after["benefits"].get(benefit_id)
    if was is not None:
        yield from _fields("benefit", "", OF_BENEFIT, was, now)
    old, new = _indicators(benefit_id, before), _indicators(benefit_id, after)
    for key in sorted({*old, *new}):
        yield from _indicator(key, old.get(key), new.get(key), before, after)
    for register, names in REGISTERS.items():
        yield from _rows(register, names, benefit_id, before, after)


def _indicators(benefit_id: str, plan: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["id"]: each for each in plan["indicators"] if each["benefit_id"] == benefit_id}


def _indicator(
    key: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None, before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Iterator[Difference]:  # fmt: skip
    about = (now or was or {})["name"]
    if was is None or now is None:
        yield Difference(
            of="indicator", name="name", before=was["name"] if was else None, after=now["name"] if now else None
        )
    else:
        yield from _fields("indicator", about, OF_INDICATOR, was, now)
    if now is None:
        return
    baselines = before["baselines"].get(key), after["baselines"].get(key)
    yield from _fields("baseline", about, OF_BASELINE, *(each or dict.fromkeys(OF_BASELINE) for each in baselines))
    targets = [{each["due_on"]: each["value"] for each in plan["targets"] if each["indicator_id"] == key}
               for plan in (before, after)]  # fmt: skip
    for day in sorted({*targets[0], *targets[1]}):
        if not _same("value", targets[0].get(day), targets[1].get(day)):
            yield Difference(
                of="target", name="value", about=about, on=day, before=targets[0].get(day), after=targets[1].get(day)
            )


def _fields(
    of: str, about: str, names: tuple[str, ...], was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[Difference]:
    for name in names:
        if name in was and name in now and not _same(name, was[name], now[name]):
            yield Difference(of=of, name=name, about=about, before=was[name], after=now[name])


def _rows(
    register: str, names: tuple[str, ...], benefit_id: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    if not all(_knows(register, benefit_id, plan) for plan in (before, after)):
        return
    old, new = (_lines(register, benefit_id, plan) for plan in (before, after))
    for key in sorted({*old, *new}):
        was, now = old.get(key), new.get(key)
        if was is not None and now is not None:
            yield from _fields(register, now["text"], names, was, now)
        else:
            yield Difference(
                of=register, name="text", before=was["text"] if was else None, after=now["text"] if now else None
            )


def _knows(register: str, benefit_id: str, plan: Mapping[str, Any]) -> bool:
    """Whether there was such a register when a version was approved, or one text instead of it."""
    in_words = register == "precondition" and "preconditions" in plan["benefits"].get(benefit_id, {})
    return f"{register}s" in plan or in_words


def _lines(register: str, benefit_id: str, plan: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The lines of one register; what an older version said of preconditions in one text is a line named as the benefit."""
    found = {each["id"]: each for each in plan.get(f"{register}s", ()) if each["benefit_id"] == benefit_id}
    said = plan["benefits"].get(benefit_id, {}).get("preconditions") if register == "precondition" else None
    return {**found, benefit_id: {"text": said}} if said else found


def _same(name: str, was: Any, now: Any) -> bool:
    read: Callable[[Any], Any] = Decimal if name in NUMBERS and None not in (was, now) else lambda each: each
    return bool(read(was) == read(now) or (was in (None, "") and now in (None, "")))
