"""The rules of a call, written field by field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import select

from app.calls.facts import CALL
from app.calls.models import Call
from app.calls.service.changing import (
    CHANGED_IN,
    OWN_WORK_CHANGED_IN,
    keep_change,
    refuse_after,
    refuse_harm,
    require_why,
    terms_of,
)
from app.core.database import UnitOfWork
from app.core.errors import Invalid
from app.facilitation.models import Method
from app.identity.actor import Actor
from app.moves import hold, note
from workflows.call_changes import TOUCHES_NO_APPLICANT
from workflows.engine import Reason
from workflows.facilitation import METHODS
from workflows.roles import Permission
from workflows.rule_fields import FIELDS, RuleField, altered, replaced, value_of
from workflows.rules import Rules, check


def stored(field: RuleField, typed: Any) -> Any:
    """A value as it is typed or sent, as the rules keep it; Invalid for a share that is no whole hundredth of a per cent."""
    match field.kind:
        case "percent":
            if typed * 100 != int(typed * 100):
                raise Invalid({field.name: Reason(code="form.not_a_number")})
            return int(typed * 100)
        case "numbers":
            return [int(part) for part in typed.split(",") if part.strip()]
        case "choices":
            return [choice for choice in field.choices if choice in typed]
        case "methods":
            return list(dict.fromkeys(typed))
        case "text":
            return typed.strip()
    return typed


def rules_from(rules: Rules, typed: Mapping[str, Any], *, asked: Collection[str] = ()) -> Rules:
    """Rules with what was typed in place; Invalid names every field of it that cannot be so.

    Only fields in `asked` are taken where it names any.
    """
    given = _given(typed, asked)
    found = replaced(rules, {field.path: stored(field, value) for field, value in given.items()})
    names = {field.path: field.name for field in given}
    faults = {names[path]: fault for fault in check(found) if (path := str(fault.parameters.get("field"))) in names}
    if faults:
        raise Invalid(faults)
    return found


def _given(typed: Mapping[str, Any], asked: Collection[str]) -> dict[RuleField, Any]:
    return {
        field: typed[field.name]
        for field in FIELDS
        if typed.get(field.name, UNSET) is not UNSET and (not asked or field.name in asked)
    }


async def refuse_unknown_methods(uow: UnitOfWork, before: Rules, after: Rules) -> None:
    """Raise Invalid beside each rule that names a method which the resource group's catalogue does not have (S10)."""
    named = [field for field in altered(after, before) if field.kind in ("method", "methods")]
    if not named:
        return
    known = {"", *METHODS, *await uow.session.scalars(select(Method.key))}
    faults = {
        field.name: Reason(code="form.not_a_choice")
        for field in named
        if not known.issuperset(_keys(value_of(after, field)))
    }
    if faults:
        raise Invalid(faults)


def _keys(value: str | Collection[str]) -> Collection[str]:
    return (value,) if isinstance(value, str) else value


def as_event(rules: Rules, fields: Collection[RuleField]) -> dict[str, Any]:
    """What the event says of changed rules: each by its path."""
    return {field.path: msgspec.to_builtins(value_of(rules, field)) for field in fields}


async def write_rules(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, version: int | None = None, why: str = "",
    section: str | None = None, asked: tuple[str, ...] = (), **typed: Any,
) -> Call:  # fmt: skip
    """Set rules of a call; those that are not given stay. Of a published one only what harms nobody, with a reason (G3).

    Drafts that have begun on it go over to the new rules, each logged in its own case, and are told; but where the
    change is about the scheme's own work alone, which can change after the deadline too, there is nothing to tell.
    Raises Invalid beside each field that cannot be so, NotYet once the call has come too far.
    """
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE, version=version)
    call, before = held.row, terms_of(held.row)
    refuse_after(call, OWN_WORK_CHANGED_IN, "write_rules")
    rules = rules_from(before.rules, typed, asked=asked)
    changed = altered(rules, before.rules)
    if not changed:
        return call
    meets_applicants = any(field.path not in TOUCHES_NO_APPLICANT for field in changed)
    if meets_applicants:
        refuse_after(call, CHANGED_IN, "write_rules")
    await refuse_unknown_methods(uow, before.rules, rules)
    refuse_harm(call, before, msgspec.structs.replace(before, rules=rules))
    call.rules, call.rules_version = msgspec.to_builtins(rules), rules.version
    if meets_applicants:
        await keep_change(uow, call, why)
    else:
        require_why(call, why)
    return await note(uow, actor, CALL, held, "write_rules", why=why, changes=as_event(rules, changed))
