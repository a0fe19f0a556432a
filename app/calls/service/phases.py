"""The phases of a call's reviewing: written in its draft, and later with a reason where it harms nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec

from app.calls.facts import CALL
from app.calls.models import Call
from app.calls.service.changing import require_why
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet
from app.identity.actor import Actor
from app.moves import Held, hold, note
from workflows.call import CallState
from workflows.review_phases import ReviewPhase, against_changing, phase_faults
from workflows.roles import Permission
from workflows.rules import Rules
from workflows.wording import Wording


async def _held(uow: UnitOfWork, actor: Actor, call_id: UUID, version: int | None) -> tuple[Held[Call], Rules]:
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE, version=version)
    return held, msgspec.convert(held.row.rules, Rules)


async def _write(
    uow: UnitOfWork, actor: Actor, held: Held[Call], rules: Rules, phases: Sequence[ReviewPhase], verb: str,
    changes: dict[str, Any], why: str,
) -> Call:  # fmt: skip
    """Put the phases into the call's rules; NotYet with all that is wrong with them, or would harm somebody.

    Invalid where those of a published call are changed without a reason, which everybody who reads the call reads (G3).
    """
    reasons = list(phase_faults(phases))
    if held.row.state != CallState.DRAFT:
        reasons += against_changing(rules.reviews.phases, phases, day_in_oslo(uow.now))
    if reasons:
        raise NotYet(reasons, subject="call", step=verb, case_id=held.case.id)
    if tuple(phases) == rules.reviews.phases:
        return held.row
    require_why(held.row, why)
    reviews = msgspec.structs.replace(rules.reviews, phases=tuple(phases))
    held.row.rules = msgspec.to_builtins(msgspec.structs.replace(rules, reviews=reviews))
    return await note(uow, actor, CALL, held, verb, why=why, changes=changes)


def _place_of(phases: Sequence[ReviewPhase], key: str) -> int:
    for place, phase in enumerate(phases):
        if phase.key == key:
            return place
    raise NotFound


async def add_phase(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, name: str, begins_on: date | None = None,
    why: str = "", version: int | None = None,
) -> Call:  # fmt: skip
    """Add a phase behind the others, as the one before it is but for its days, to be changed."""
    held, rules = await _held(uow, actor, call_id, version)
    before = rules.reviews.phases
    taken = {each.key for each in before}
    key = next(f"phase_{number}" for number in range(1, 100) if f"phase_{number}" not in taken)
    named = Wording(nb=name, nn=name, en=name)
    added = msgspec.structs.replace(before[-1], key=key, name=named, begins_on=begins_on, ends_on=None)
    return await _write(uow, actor, held, rules, (*before, added), "add_phase", {"name": name}, why)


async def write_phase(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, key: str, name_nb: str, name_nn: str, name_en: str,
    begins_on: date | None = None, ends_on: date | None = None, why: str = "",
    version: int | None = None, **switches: Any,
) -> Call:  # fmt: skip
    """Name a phase, give it its days, and say what may be seen and done in it."""
    held, rules = await _held(uow, actor, call_id, version)
    phases = list(rules.reviews.phases)
    place = _place_of(phases, key)
    phases[place] = ReviewPhase(
        key=key, name=Wording(nb=name_nb, nn=name_nn, en=name_en), begins_on=begins_on, ends_on=ends_on, **switches
    )
    changes = msgspec.to_builtins(phases[place])
    return await _write(uow, actor, held, rules, phases, "write_phase", {**changes, "name": name_nb}, why)


async def move_phase(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, key: str, direction: Literal["up", "down"], why: str = "",
    version: int | None = None,
) -> Call:  # fmt: skip
    """Move a phase one place earlier or later; at the end of the row nothing happens."""
    held, rules = await _held(uow, actor, call_id, version)
    phases = list(rules.reviews.phases)
    place = _place_of(phases, key)
    to = place + (-1 if direction == "up" else 1)
    if not 0 <= to < len(phases):
        return held.row
    phases[place], phases[to] = phases[to], phases[place]
    changes = {"name": phases[to].name.nb, "to": to + 1}
    return await _write(uow, actor, held, rules, phases, "move_phase", changes, why)


async def remove_phase(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, key: str, why: str = "", version: int | None = None
) -> Call:
    """Take a phase away."""
    held, rules = await _held(uow, actor, call_id, version)
    phases = list(rules.reviews.phases)
    removed = phases.pop(_place_of(phases, key))
    return await _write(uow, actor, held, rules, phases, "remove_phase", {"name": removed.name.nb}, why)
