"""Writing a call, publishing it, and leading it on by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

from app.calls.criteria import DEFAULTS, texts_of
from app.calls.facts import CALL, levels_of
from app.calls.models import CALL_NUMBER, Call, CallText, Criterion
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, invalid
from app.core.ids import new_id
from app.identity.actor import Actor
from app.identity.models import UnitMembership
from app.moves import Held, begin, hold, lock_case, make, note
from workflows.call import CallState
from workflows.engine import Reason
from workflows.roles import Permission
from workflows.rules import DEFAULT_RULES, LANGUAGES, LEAST, MOST, Rules

MOST_CRITERIA = 20
EARLIEST_YEAR, LATEST_YEAR = 2015, 2099


async def create(uow: UnitOfWork, actor: Actor, *, title: str) -> Call:
    """Begin a call, with the scheme's own rules and criteria; its author and their unit answer for it (G1)."""
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
        id=case.id, owner_unit_id=case.unit_id, owner_person_id=actor.person_id,
        rules=msgspec.to_builtins(DEFAULT_RULES), rules_version=DEFAULT_RULES.version, created_at=uow.now,
    )  # fmt: skip
    await begin(uow, actor, CALL, case, call, changes={"title": title})
    uow.session.add_all(
        CallText(
            call_id=case.id,
            language=language,
            title=title if language == actor.language else "",
        )
        for language in LANGUAGES
    )
    uow.session.add_all(
        Criterion(
            call_id=case.id,
            key=each.key,
            position=place,
            weight=each.weight,
            texts=texts_of(each),
        )
        for place, each in enumerate(DEFAULTS, start=1)
    )
    await uow.session.flush()
    return call


async def _draft(uow: UnitOfWork, actor: Actor, call_id: UUID, version: int | None, verb: str) -> Held[Call]:
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
    held = await _draft(uow, actor, call_id, version, "write_text")
    row = await uow.session.get_one(CallText, (call_id, language))
    changed = {name: text for name, text in texts.items() if getattr(row, name) != text}
    for name, text in changed.items():
        setattr(row, name, text)
    if language == held.case.language and row.title:
        held.case.title = row.title
    return await note(uow, actor, CALL, held, "write_text", changes={"language": language, **changed})


async def write_dates(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    opens_at: datetime,
    deadline: datetime,
    version: int | None = None,
) -> Call:
    """Set when a call opens and closes; once it is published the deadline may only be put off, while it still runs."""
    for name, moment in (("opens_at", opens_at), ("deadline", deadline)):
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise invalid(name, "form.not_a_moment")
    if deadline <= opens_at:
        raise invalid("deadline", "call.deadline_before_opening", opens_at=opens_at.isoformat(),
                      deadline_at=deadline.isoformat())  # fmt: skip
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE, version=version)
    call = held.row
    if call.state not in (CallState.DRAFT, CallState.PUBLISHED, CallState.OPEN):
        raise NotYet(
            [Reason(code="call.closed_already")],
            subject="call",
            step="write_dates",
            case_id=call_id,
        )
    if call.state != CallState.DRAFT and call.opens_at is not None and call.deadline is not None:
        if opens_at != call.opens_at:
            raise invalid("opens_at", "call.opening_fixed", opens_at=call.opens_at.isoformat())
        if deadline < call.deadline:
            raise invalid(
                "deadline",
                "call.deadline_brought_forward",
                deadline_at=call.deadline.isoformat(),
            )
    call.opens_at, call.deadline = opens_at, deadline
    return await note(
        uow,
        actor,
        CALL,
        held,
        "write_dates",
        changes={"opens_at": opens_at, "deadline": deadline},
    )


async def write_frame(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, frame_ore: int, facilitation_hours: int,
    cost_kinds: tuple[str, ...] = (), version: int | None = None,
) -> Call:  # fmt: skip
    """Set the money and the hours of facilitation that a call has to give, and what the money may be spent on."""
    held = await _draft(uow, actor, call_id, version, "write_frame")
    call = held.row
    call.frame_ore, call.facilitation_hours, call.cost_kinds = (
        frame_ore,
        facilitation_hours,
        sorted(set(cost_kinds)),
    )
    changes = {
        "frame_ore": frame_ore,
        "facilitation_hours": facilitation_hours,
        "cost_kinds": call.cost_kinds,
    }
    return await note(uow, actor, CALL, held, "write_frame", changes=changes)


async def write_owner(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    person_id: UUID,
    version: int | None = None,
) -> Call:
    """Let somebody answer for a call, with the unit they work in now."""
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
    held.row.owner_person_id, held.row.owner_unit_id, held.case.unit_id = (
        person_id,
        unit_id,
        unit_id,
    )
    return await note(
        uow,
        actor,
        CALL,
        held,
        "write_owner",
        changes={"person_id": person_id, "unit_id": unit_id},
    )


RULE_FIELDS = {
    "team_minimum": "team.minimum",
    "reviews_needed": "reviews.needed",
    "spread_limit": "reviews.spread_limit",
    "reason_minimum": "reviews.reason_minimum",
    "cooperation_months": "reviews.cooperation_months",
    "benefits_minimum": "benefits.minimum",
    "grace_minutes": "deadlines.grace_minutes",
    "completion_days": "deadlines.completion_days",
    "acceptance_days": "deadlines.acceptance_days",
    "appeal_days": "appeal.deadline_days",
}
"""Fields of the form, and where their numbers stand in workflows.rules.Rules."""

SHARES = {"first_share": 0, "second_share": 1, "last_share": 2}


def rules_from(rules: Rules, fields: dict[str, Any]) -> Rules:
    """Rules with the numbers of the form in place; Invalid names each that is out of range."""
    faults: dict[str, Reason] = {}
    for name, path in RULE_FIELDS.items():
        if fields[name] < LEAST.get(path, 0):
            faults[name] = Reason(code="form.too_small", parameters={"least": LEAST[path]})
        elif path in MOST and fields[name] > MOST[path]:
            faults[name] = Reason(code="form.too_large", parameters={"most": MOST[path]})
    months = [int(part) for part in fields["follow_up_months"].split(",")]
    if months != sorted(set(months)) or months[0] < 1:
        faults["follow_up_months"] = Reason(code="rules.follow_up_months_wrong")
    if sum(fields[name] for name in SHARES) != 100:
        total = str(sum(fields[name] for name in SHARES))
        faults["last_share"] = Reason(code="rules.shares_not_whole", parameters={"percent": total})
    if faults:
        raise Invalid(faults)
    found = msgspec.to_builtins(rules)
    for name, path in RULE_FIELDS.items():
        part, field = path.split(".")
        found[part][field] = fields[name]
    found["team"]["leader_endorses"] = fields["leader_endorses"]
    found["appeal"]["regime"] = fields["appeal_regime"]
    found["benefits"]["follow_up_months"] = months
    paid = [each for each in found["milestones"] if each["share_basis_points"]] or found["milestones"][:3]
    for name, place in SHARES.items():
        paid[place]["share_basis_points"] = fields[name] * 100
    return msgspec.convert(found, Rules)


async def write_rules(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    **fields: Any,
) -> Call:
    """Set the numbers of a call's rules; those that the form does not ask for stay as they are."""
    held = await _draft(uow, actor, call_id, version, "write_rules")
    rules = rules_from(msgspec.convert(held.row.rules, Rules), fields)
    held.row.rules, held.row.rules_version = msgspec.to_builtins(rules), rules.version
    return await note(uow, actor, CALL, held, "write_rules", changes=fields)


async def _criterion(uow: UnitOfWork, call_id: UUID, criterion_id: UUID) -> Criterion:
    row = await uow.session.get(Criterion, criterion_id)
    if row is None or row.call_id != call_id:
        raise NotFound
    return row


async def write_criterion(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, criterion_id: UUID, language: str, title: str, description: str,
    version: int | None = None, **levels: str,
) -> Call:  # fmt: skip
    """Write a criterion in one language: `level_<score>` holds the sentence for each score (G9)."""
    held = await _draft(uow, actor, call_id, version, "write_criterion")
    row = await _criterion(uow, call_id, criterion_id)
    scale = levels_of(msgspec.convert(held.row.rules, Rules))
    written = {str(score): levels.get(f"level_{score}", "") for score in scale}
    row.texts = {
        **row.texts,
        language: {"title": title, "description": description, "levels": written},
    }
    changes = {"criterion": row.key, "language": language, **row.texts[language]}
    return await note(uow, actor, CALL, held, "write_criterion", changes=changes)


async def weigh_criterion(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    criterion_id: UUID,
    weight: int,
    version: int | None = None,
) -> Call:
    """Set how much a criterion counts."""
    held = await _draft(uow, actor, call_id, version, "weigh_criterion")
    row = await _criterion(uow, call_id, criterion_id)
    row.weight = weight
    return await note(
        uow,
        actor,
        CALL,
        held,
        "weigh_criterion",
        changes={"criterion": row.key, "weight": weight},
    )


async def add_criterion(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    title: str,
    weight: int,
    version: int | None = None,
) -> Call:
    """Add a criterion, to be written in the other languages and with its levels afterwards."""
    held = await _draft(uow, actor, call_id, version, "add_criterion")
    keys = set(await uow.session.scalars(select(Criterion.key).where(Criterion.call_id == call_id)))
    if len(keys) >= MOST_CRITERIA:
        raise invalid("title", "call.criteria_too_many", most=MOST_CRITERIA)
    key = next(f"C{number}" for number in range(1, MOST_CRITERIA + 2) if f"C{number}" not in keys)
    last = await uow.session.scalar(select(func.max(Criterion.position)).where(Criterion.call_id == call_id))
    texts = {actor.language: {"title": title, "description": "", "levels": {}}}
    uow.session.add(
        Criterion(
            call_id=call_id,
            key=key,
            position=(last or 0) + 1,
            weight=weight,
            texts=texts,
        )
    )
    return await note(
        uow,
        actor,
        CALL,
        held,
        "add_criterion",
        changes={"criterion": key, "title": title},
    )


async def remove_criterion(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    criterion_id: UUID,
    version: int | None = None,
) -> Call:
    """Take a criterion away; its wording stays in the event."""
    held = await _draft(uow, actor, call_id, version, "remove_criterion")
    row = await _criterion(uow, call_id, criterion_id)
    await uow.session.delete(row)
    return await note(
        uow,
        actor,
        CALL,
        held,
        "remove_criterion",
        changes={"criterion": row.key, "texts": row.texts},
    )


async def publish(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Publish a call: from now on it stands as written, and every office that may apply is told (G2)."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_PUBLISH, version=version)
    held.row.published_at = uow.now
    return await make(uow, actor, CALL, held, "publish", why=why)


async def open_call(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Open a call whose moment has come."""
    held = await hold(uow, actor, CALL, call_id, version=version)
    return await make(uow, actor, CALL, held, "open", why=why)


async def close(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Close a call whose deadline has passed."""
    held = await hold(uow, actor, CALL, call_id, version=version)
    return await make(uow, actor, CALL, held, "close", why=why)


async def mark_decided(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Say that every application of a call has its outcome."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_CLOSE, version=version)
    return await make(uow, actor, CALL, held, "mark_decided", why=why)


async def archive(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    why: str = "",
) -> Call:
    """Put a call away, once every applicant has been told."""
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_ARCHIVE, version=version)
    return await make(uow, actor, CALL, held, "archive", why=why)
