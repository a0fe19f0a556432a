"""Changing a call that is published: only what harms nobody, with a reason, told to those who have begun to apply (G3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from app.calls.facts import CALL
from app.calls.models import Call, CallExplanation
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotYet
from app.core.ids import new_id
from app.identity.actor import Actor
from app.moves import Held, hold, note
from app.outbox.service import put
from workflows.call import CallState
from workflows.call_changes import CallTerms, harms, why_missing
from workflows.engine import Reason
from workflows.roles import Permission
from workflows.rules import Rules

CHANGED_IN = (CallState.DRAFT, CallState.PUBLISHED, CallState.OPEN)
"""States in which something of a call that applicants meet may change."""

OWN_WORK_CHANGED_IN = (*CHANGED_IN, CallState.CLOSED)
"""States in which the rules for the scheme's own work may change: what has come in is shared out after the deadline."""


async def held_for_change(uow: UnitOfWork, actor: Actor, call_id: UUID, version: int | None, verb: str) -> Held[Call]:
    """The call, held for a change; NotYet once it is closed."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE, version=version)
    refuse_after(held.row, CHANGED_IN, verb)
    return held


def refuse_after(call: Call, states: Collection[CallState], verb: str) -> None:
    """Raise NotYet where the call has come further than the states in which the change may be made."""
    if call.state not in states:
        raise NotYet([Reason(code="call.closed_already")], subject="call", step=verb, case_id=call.id)


def terms_of(call: Call) -> CallTerms:
    """What applicants rely on, as the call says it now."""
    return CallTerms(
        opens_at=call.opens_at, deadline=call.deadline, frame_ore=call.frame_ore,
        facilitation_hours=call.facilitation_hours, cost_kinds=frozenset(call.cost_kinds),
        rules=msgspec.convert(call.rules, Rules),
    )  # fmt: skip


def refuse_harm(call: Call, before: CallTerms, after: CallTerms) -> None:
    """Raise Invalid beside each field whose change could harm somebody, once the call is published (G3)."""
    if call.state != CallState.DRAFT and (found := harms(before, after)):
        raise Invalid({str(reason.parameters["field"]): reason for reason in found})


def require_why(call: Call, why: str, *, meets_applicants: bool = True) -> None:
    """Raise Invalid beside `why` where a change of the call must have a reason and has none (G3)."""
    is_published = call.state != CallState.DRAFT
    for reason in why_missing(why, is_published=is_published, meets_applicants=meets_applicants):
        raise Invalid({"why": reason})


async def keep_change(uow: UnitOfWork, call: Call, why: str) -> None:
    """Let the drafts follow a change of a published call, and tell their people; Invalid without a reason.

    Called when the call has been changed, before its event is written.
    """
    if call.state == CallState.DRAFT:
        return
    require_why(call, why)
    payload = {"call_id": str(call.id), "version": call.version + 1, "why": why}
    await put(uow, "follow_call", payload, key=f"follow_call:{call.id}:{call.version + 1}")


async def explain(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, version: int | None = None, **texts: str
) -> CallExplanation:
    """Make something of a published call clearer, in its three languages, for everybody alike; drafts are told (G3)."""
    held = await held_for_change(uow, actor, call_id, version, "explain")
    call = held.row
    if call.state == CallState.DRAFT:
        raise NotYet([Reason(code="call.not_published_yet")], subject="call", step="explain", case_id=call_id)
    words: Mapping[str, Any] = {name.removeprefix("text_"): text for name, text in texts.items()}
    row = CallExplanation(id=new_id(), call_id=call_id, texts=dict(words), given_at=uow.now, given_by=actor.person_id)
    uow.session.add(row)
    await keep_change(uow, call, words["nb"])
    await note(uow, actor, CALL, held, "explain", changes={"text": words["nb"]})
    return row
