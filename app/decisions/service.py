"""The verbs of deciding: prepare and sign a recommendation, decide within the frame, send the letter, accept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet, Stale, invalid
from app.core.ids import new_id
from app.core.personal_data import refuse_identity_numbers
from app.decisions import ledger
from app.decisions.drafting import may_draft, require_drafting, undisputed_people
from app.decisions.facts import DECISION
from app.decisions.models import Decision, Impartiality
from app.identity.actor import Actor
from app.identity.queries import people_with_role
from app.moves import Held, begin, hold, lock_case, make, note
from app.notices.service import tell
from workflows.application import MOVE_OF_OUTCOME, ApplicationState
from workflows.decision import BINDS_MONEY, DECIDED_AGAIN, DecisionState, Outcome
from workflows.engine import Reason
from workflows.funding import proposed
from workflows.roles import Permission, Role
from workflows.rules import Rules

OPEN = (DecisionState.PENDING, DecisionState.RECOMMENDED)
WRITTEN = ("outcome", "amount_ore", "hours", "reasons", "conditions", "funding_instrument")


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


async def prepare(uow: UnitOfWork, actor: Actor, *, case_id: UUID) -> Decision:
    """Begin a recommendation, with the sum that was asked for; the one that is open already where there is one."""
    held = await hold(uow, actor, APPLICATION, case_id, Permission.DECISION_RECOMMEND)
    application = held.row
    if not await may_draft(uow, actor, application):
        raise NotFound
    found = await uow.session.scalar(select(Decision).where(Decision.case_id == case_id, Decision.state.in_(OPEN)))
    if found is not None:
        return found
    if application.state not in {ApplicationState.CLARIFICATION_MEETING, *DECIDED_AGAIN}:
        reason = Reason(code="decision.application_not_clarified", place="application.steps", who=(Role.CASE_HANDLER,))
        raise NotYet([reason], subject="decision", step="prepare", case_id=case_id)
    decision = Decision(
        case_id=case_id, call_id=application.call_id, amount_ore=application.amount_ore, hours=application.hours,
        funding_instrument=proposed(msgspec.convert(application.rules, Rules).funding, application.amount_ore),
    )  # fmt: skip
    return await begin(uow, actor, DECISION, held.case, decision, verb="prepare")


def _take(row: Decision, values: dict[str, Any]) -> dict[str, Any]:
    """Put what was typed into the row; answers what changed. An outcome that gives nothing has no sum and no hours."""
    refuse_identity_numbers(**{key: value for key, value in values.items() if isinstance(value, str)})
    before = {name: getattr(row, name) for name in WRITTEN}
    for name, value in values.items():
        setattr(row, name, value)
    if row.outcome and Outcome(row.outcome) not in BINDS_MONEY:
        row.amount_ore = row.hours = None
    return {name: getattr(row, name) for name in WRITTEN if getattr(row, name) != before[name]}


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def _hold(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, permission: Permission, version: int | None = None
) -> Held[Decision]:
    """Hold a decision; NotFound for whoever is kept from the case while it is drafted (G15), Stale after that."""
    held = await hold(uow, actor, DECISION, decision_id, permission)
    application = await uow.session.get_one(Application, held.case.id, populate_existing=True)
    await require_drafting(uow, actor, application, held.row.state)
    if version is not None and version != held.row.version:
        raise Stale(typed_on=version, now_at=held.row.version)
    return held


async def write(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, *, version: int | None = None, **values: Any
) -> Decision:
    """Write a recommendation that is not signed yet; with nothing changed nothing is recorded."""
    held = await _hold(uow, actor, decision_id, Permission.DECISION_RECOMMEND, version)
    if held.row.state != DecisionState.PENDING:
        wrong = Reason(code="decision.wrong_state", parameters={"state": held.row.state, "move": "write"})
        raise NotYet([wrong], subject="decision", step="write", case_id=held.case.id)
    changes = _take(held.row, values)
    return await note(uow, actor, DECISION, held, "write", changes=changes) if changes else held.row


async def declare_impartial(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, *, impartial: bool, text: str = ""
) -> Decision:
    """Declare that one is impartial in the case, before one recommends or decides (G11)."""
    held = await _hold(uow, actor, decision_id, Permission.DECISION_SEE)
    if held.roles.isdisjoint((Role.CASE_HANDLER, Role.DECISION_MAKER)):
        raise NotAllowed
    if not impartial:
        raise invalid("impartial", "reviews.not_ticked")
    row = {"id": new_id(), "case_id": held.case.id, "person_id": _person(actor), "text": text, "declared_at": uow.now}
    made = await uow.session.execute(
        insert(Impartiality).values(row).on_conflict_do_nothing().returning(Impartiality.id)
    )
    if made.first() is None:
        return held.row
    return await note(uow, actor, DECISION, held, "declare_impartial", changes={"text": text})


async def _application_of(uow: UnitOfWork, held: Held[Decision]) -> Held[Application]:
    """The decision's application, in the same lock and with the same roles."""
    row = await uow.session.get_one(Application, held.case.id, populate_existing=True)
    return Held(row, held.case, held.roles)


async def recommend(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, *, version: int | None = None, **values: Any
) -> Decision:
    """Sign a recommendation; NotYet with everything that is missing. From now on it waits for a decision (G16)."""
    held = await _hold(uow, actor, decision_id, Permission.DECISION_RECOMMEND, version)
    row = held.row
    changes = _take(row, _given(values))
    row.recommended_by, row.recommended_at = _person(actor), uow.now
    row.recommended_outcome, row.recommended_amount_ore, row.recommended_hours = row.outcome, row.amount_ore, row.hours
    await make(uow, actor, DECISION, held, "recommend", changes=changes)
    application = await _application_of(uow, held)
    if application.row.state == ApplicationState.CLARIFICATION_MEETING:
        await make(uow, actor, APPLICATION, application, "recommend")
    deciders = await undisputed_people(uow, application.row, await people_with_role(uow, Role.DECISION_MAKER))
    await tell(
        uow, deciders, "decision_waits", case_id=held.case.id,
        parameters={"reference": held.case.reference}, link=f"/decisions/{row.id}",
    )  # fmt: skip
    return row


async def send_back(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, *, why: str = "", version: int | None = None
) -> Decision:
    """Send a recommendation back to whoever wrote it, with the reason."""
    held = await _hold(uow, actor, decision_id, Permission.DECISION_DECIDE, version)
    row = await make(uow, actor, DECISION, held, "send_back", why=why)
    application = await _application_of(uow, held)
    if application.row.state == ApplicationState.RECOMMENDED:
        await make(uow, actor, APPLICATION, application, "send_back", why=why)
    if row.recommended_by:
        await tell(
            uow, [row.recommended_by], "decision_sent_back", case_id=held.case.id,
            parameters={"reference": held.case.reference, "why": why}, link=f"/decisions/{row.id}",
        )  # fmt: skip
    return row


async def decide(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, *, checks: Sequence[str] = (), why: str = "",
    version: int | None = None, **values: Any,
) -> Decision:  # fmt: skip
    """Decide, as recommended or otherwise with a reason; binds the frame and makes the letter in the same transaction.

    The call is locked before the application, so that of two decisions over the last of the frame one sees the other's.
    """
    call_id = await uow.session.scalar(select(Decision.call_id).where(Decision.id == decision_id))
    if call_id is None:
        raise NotFound
    await lock_case(uow, call_id)
    held = await _hold(uow, actor, decision_id, Permission.DECISION_DECIDE, version)
    row = held.row
    changes = _take(row, _given(values))
    row.checks = sorted(set(checks))
    row.decided_by, row.decided_at, row.deviation_why = _person(actor), uow.now, why
    await make(uow, actor, DECISION, held, "decide", why=why, changes={**changes, "checks": row.checks})
    application = await _application_of(uow, held)
    outcome = Outcome(row.outcome or "")
    application.row.awarded_ore, application.row.awarded_hours = row.amount_ore, row.hours
    await make(uow, actor, APPLICATION, application, MOVE_OF_OUTCOME[outcome], why=why)
    return row


async def release(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, *, version: int | None = None, why: str = ""
) -> Decision:
    """Send the letter: from now on the office can read it, and knows the outcome (G20)."""
    held = await hold(uow, actor, DECISION, decision_id, Permission.DECISION_RELEASE, version=version)
    return await make(uow, actor, DECISION, held, "release", why=why)


async def accept(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Accept an award with its conditions, as the leader of the office; the project begins (G23)."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.AWARD_ACCEPT, version=version)
    if held.row.state == ApplicationState.ACCEPTED:
        return held.row  # a double click accepts once
    return await make(uow, actor, APPLICATION, held, "accept", why=why)


async def decline(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Say no to an award as the leader, with the reason; the frame has it again, and a letter confirms it at once (G23)."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.AWARD_ACCEPT, version=version)
    held.row.declined_for = why.strip()
    row = await make(uow, actor, APPLICATION, held, "decline", why=why)
    await _free(uow, row)
    return row


async def _free(uow: UnitOfWork, application: Application) -> None:
    """Give back what an award that comes to nothing bound of the frame; those who handle the call see who waits for it."""
    application.awarded_ore = application.awarded_hours = None
    decision = await uow.session.scalar(
        select(Decision).where(Decision.case_id == application.id).order_by(Decision.id.desc()).limit(1)
    )
    if decision is None:
        return
    amount_ore, hours = await ledger.balance(uow, application.id)
    await ledger.reverse(uow, decision)
    if amount_ore or hours:
        await ledger.tell_of_room(uow, application.call_id, application.id)
    waiting = await uow.session.scalar(
        select(func.count()).where(
            Application.call_id == application.call_id, Application.state == ApplicationState.WAITLISTED
        )
    )
    await tell(
        uow, await people_with_role(uow, Role.CASE_HANDLER), "frame_freed", case_id=application.id,
        parameters={"reference": application.reference, "amount_ore": amount_ore, "hours": hours, "waiting": waiting or 0},
        link=f"/decisions?call={application.call_id}#waitlist",
    )  # fmt: skip


async def lapse(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Let an award lapse that was not accepted in time; what it bound of the frame is free again (G23)."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.DECISION_DECIDE, version=version)
    row = await make(uow, actor, APPLICATION, held, "lapse", why=why)
    await _free(uow, row)
    return row
