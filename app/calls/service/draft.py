"""Beginning a call, and writing its texts, dates, frame and owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import or_, select

from app.calls.criteria import DEFAULTS, texts_of
from app.calls.facts import CALL
from app.calls.models import CALL_NUMBER, Call, CallText, Criterion
from app.calls.service.changing import (
    CHANGED_IN,
    held_for_change,
    keep_change,
    refuse_harm,
    require_why,
    terms_of,
)
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet, invalid
from app.core.ids import new_id
from app.identity.actor import Actor
from app.identity.models import UnitMembership
from app.moves import Held, begin, hold, lock_case, note
from workflows.call import TEXT_FIELDS, CallState
from workflows.engine import Reason
from workflows.roles import Permission
from workflows.rules import DEFAULT_RULES, LANGUAGES, Rules, renewed

EARLIEST_YEAR, LATEST_YEAR = 2015, 2099


async def _begin(uow: UnitOfWork, actor: Actor, title: str, rules: Rules, **changes: Any) -> Call:
    """A call with a title and rules, and nothing else yet."""
    if not actor.may(Permission.CALL_WRITE) or actor.person_id is None:
        raise NotAllowed
    if not actor.unit_ids:
        raise invalid("title", "call.author_without_unit")
    number = await uow.session.scalar(select(CALL_NUMBER.next_value()))
    case = Case(
        id=new_id(), kind="call", reference=f"U{day_in_oslo(uow.now).year}-{number:02d}", title=title,
        unit_id=actor.memberships[0].unit_id, language=actor.language, created_at=uow.now,
    )  # fmt: skip
    uow.session.add(case)
    await uow.session.flush()
    case = await lock_case(uow, case.id)
    call = Call(
        id=case.id, owner_unit_id=case.unit_id, owner_person_id=actor.person_id, questions=[],
        rules=msgspec.to_builtins(rules), rules_version=rules.version, created_at=uow.now,
    )  # fmt: skip
    return await begin(uow, actor, CALL, case, call, changes={"title": title, **changes})


async def create(uow: UnitOfWork, actor: Actor, *, title: str) -> Call:
    """Begin a call, with the scheme's own rules and criteria; its author and their unit answer for it (G1)."""
    call = await _begin(uow, actor, title, DEFAULT_RULES)
    uow.session.add_all(
        CallText(call_id=call.id, language=language, title=title if language == actor.language else "")
        for language in LANGUAGES
    )
    uow.session.add_all(
        Criterion(call_id=call.id, key=each.key, position=place, weight=each.weight, texts=texts_of(each))
        for place, each in enumerate(DEFAULTS, start=1)
    )
    await uow.session.flush()
    return call


async def copy(uow: UnitOfWork, actor: Actor, call_id: UUID, *, title: str) -> Call:
    """Begin a call like an earlier one: its texts, criteria, questions, frame and rules, these in the newest version.

    Dates, answers to questions about the earlier call and whatever was decided on it are not taken along.
    """
    earlier = await uow.session.get(Call, call_id)
    if earlier is None:
        raise NotFound
    rules = renewed(msgspec.convert(earlier.rules, Rules))
    call = await _begin(uow, actor, title, rules, copied_from=call_id)
    call.frame_ore, call.facilitation_hours = earlier.frame_ore, earlier.facilitation_hours
    call.cost_kinds, call.questions = list(earlier.cost_kinds), list(earlier.questions)
    for text in await uow.session.scalars(select(CallText).where(CallText.call_id == call_id)):
        words = {field: getattr(text, field) for field in TEXT_FIELDS}
        if text.language == actor.language:
            words["title"] = title
        uow.session.add(CallText(call_id=call.id, language=text.language, **words))
    for each in await uow.session.scalars(select(Criterion).where(Criterion.call_id == call_id)):
        row = Criterion(
            call_id=call.id, key=each.key, position=each.position, weight=each.weight, texts=dict(each.texts)
        )
        uow.session.add(row)
    await uow.session.flush()
    return call


async def held_draft(uow: UnitOfWork, actor: Actor, call_id: UUID, version: int | None, verb: str) -> Held[Call]:
    """The call, held for writing; NotYet once it is published, for applicants rely on what they have read (G3)."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE, version=version)
    if held.row.state != CallState.DRAFT:
        raise NotYet(
            [Reason(code="call.published_already")],
            subject="call",
            step=verb,
            case_id=call_id,
        )
    return held


async def write_text(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    language: str,
    version: int | None = None,
    **texts: str,
) -> Call:
    """Write the texts of a call in one language; the title in the case's language is the case's too."""
    held = await held_draft(uow, actor, call_id, version, "write_text")
    row = await uow.session.get_one(CallText, (call_id, language))
    changed = {name: text for name, text in texts.items() if getattr(row, name) != text}
    for name, text in changed.items():
        setattr(row, name, text)
    if language == held.case.language and row.title:
        held.case.title = row.title
    return await note(uow, actor, CALL, held, "write_text", changes={"language": language, **changed})


async def write_dates(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, opens_at: datetime, deadline: datetime, why: str = "",
    version: int | None = None,
) -> Call:  # fmt: skip
    """Set when a call opens and closes; once it is published the deadline may only be put off, with a reason (G3, G5)."""
    for name, moment in (("opens_at", opens_at), ("deadline", deadline)):
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise invalid(name, "form.not_a_moment")
    if deadline <= opens_at:
        raise invalid("deadline", "call.deadline_before_opening", opens_at=opens_at.isoformat(),
                      deadline_at=deadline.isoformat())  # fmt: skip
    held = await held_for_change(uow, actor, call_id, version, "write_dates")
    call, before = held.row, terms_of(held.row)
    if (opens_at, deadline) == (call.opens_at, call.deadline):
        return call
    refuse_harm(call, before, msgspec.structs.replace(before, opens_at=opens_at, deadline=deadline))
    call.opens_at, call.deadline = opens_at, deadline
    await keep_change(uow, call, why)
    changes = {"opens_at": opens_at, "deadline": deadline}
    return await note(uow, actor, CALL, held, "write_dates", why=why, changes=changes)


async def write_frame(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, frame_ore: int, facilitation_hours: int,
    cost_kinds: tuple[str, ...] = (), why: str = "", version: int | None = None,
) -> Call:  # fmt: skip
    """Set the money and the hours of facilitation that a call has to give, and what the money may be spent on.

    Once it is published they may only grow, with a reason (G3).
    """
    held = await held_for_change(uow, actor, call_id, version, "write_frame")
    call, before = held.row, terms_of(held.row)
    after = msgspec.structs.replace(
        before, frame_ore=frame_ore, facilitation_hours=facilitation_hours, cost_kinds=frozenset(cost_kinds)
    )
    if after == before:
        return call
    refuse_harm(call, before, after)
    call.frame_ore, call.facilitation_hours, call.cost_kinds = frame_ore, facilitation_hours, sorted(set(cost_kinds))
    await keep_change(uow, call, why)
    changes = {"frame_ore": frame_ore, "facilitation_hours": facilitation_hours, "cost_kinds": call.cost_kinds}
    return await note(uow, actor, CALL, held, "write_frame", why=why, changes=changes)


async def write_owner(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    person_id: UUID,
    why: str = "",
    version: int | None = None,
) -> Call:
    """Let somebody answer for a call, with the unit they work in now.

    Once it is published with a reason, and those who are still writing are told whom they may ask from now on (G3).
    """
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE, version=version)
    unit_id = await uow.session.scalar(
        select(UnitMembership.unit_id)
        .where(
            UnitMembership.person_id == person_id,
            UnitMembership.valid_from <= uow.now,
            or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
        )
        .order_by(UnitMembership.valid_from)
        .limit(1)
    )
    if unit_id is None:
        raise invalid("person_id", "form.unknown")
    call = held.row
    if (person_id, unit_id) == (call.owner_person_id, call.owner_unit_id):
        return call
    call.owner_person_id, call.owner_unit_id, held.case.unit_id = person_id, unit_id, unit_id
    if call.state in CHANGED_IN:
        await keep_change(uow, call, why)
    else:
        require_why(call, why)
    return await note(
        uow,
        actor,
        CALL,
        held,
        "write_owner",
        why=why,
        changes={"person_id": person_id, "unit_id": unit_id},
    )
