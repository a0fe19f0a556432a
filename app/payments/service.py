"""Planning payments from an award, releasing them with their milestones, and paying them by several hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.cases.queries import roles_in
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.queries import people_with_role
from app.milestones.models import ChangeRequest, Milestone
from app.milestones.service import change_dates, office_of, plan_for_project, set_award
from app.moves import Held, begin, hold, lock_case, make, note
from app.notices.service import tell
from app.payments import ledger
from app.payments.facts import PAYMENT
from app.payments.models import Payment
from app.projects.models import Project
from workflows.engine import Reason
from workflows.ledger import BookingKind, divided_anew
from workflows.money import split
from workflows.payment import PaymentState
from workflows.roles import Permission, Role
from workflows.rules import Rules

NOTICED = (PaymentState.WITHHELD, PaymentState.CLAIMED)
"""States in which the office has been given notice, and may answer."""


async def plan_milestones_and_payments(uow: UnitOfWork, actor: Actor, row: Any) -> None:
    """What follows when a project opens: its milestones, and the payments that its award is divided into.

    `row` is the project or the application it comes from: they share their id.
    """
    await plan_for_project(uow, actor, row.id)
    await plan_payments(uow, actor, row.id)


async def plan_payments(uow: UnitOfWork, actor: Actor, project_id: UUID) -> list[Payment]:
    """Book the award, and divide it over the milestones that carry a share, to the øre.

    Nothing where payments are planned already.
    """
    project = await uow.session.get_one(Project, project_id)
    case = await lock_case(uow, project_id)
    await ledger.promise(uow, actor, project_id, project.amount_ore)
    if await uow.session.scalar(select(func.count()).where(Payment.case_id == project_id)):
        return []
    carrying = await _carrying(uow, project_id)
    made = []
    amounts = split(project.amount_ore, [milestone.share_basis_points for milestone in carrying]) if carrying else ()
    for milestone, amount_ore in zip(carrying, amounts, strict=True):
        if amount_ore:
            payment = Payment(case_id=project_id, milestone_id=milestone.id, amount_ore=amount_ore)
            changes = {"milestone": milestone.key, "amount_ore": amount_ore}
            made.append(await begin(uow, actor, PAYMENT, case, payment, verb="plan", changes=changes))
            await ledger.plan(uow, actor, payment, amount_ore)
    return made


async def step(
    uow: UnitOfWork, actor: Actor, held: Held[Payment], name: str, *, why: str = "",
    changes: dict[str, Any] | None = None, amount_ore: int | None = None, kind: BookingKind | None = None,
) -> Payment:  # fmt: skip
    """Make a move of a payment and book it: no step of a payment is taken any other way."""
    before = held.row.state
    row = await make(uow, actor, PAYMENT, held, name, why=why, changes=changes)
    await ledger.follow(uow, actor, row, before, kind=kind, amount_ore=amount_ore, why=why)
    return row


async def _carrying(uow: UnitOfWork, project_id: UUID) -> list[Milestone]:
    return list(
        await uow.session.scalars(
            select(Milestone)
            .where(Milestone.case_id == project_id, Milestone.share_basis_points > 0)
            .order_by(Milestone.key)
        )
    )


async def release_for_milestone(uow: UnitOfWork, actor: Actor, milestone: Milestone) -> None:
    """What follows when a milestone is approved: the payment that hangs on it may be certified.

    One of which a change of the award has left nothing stays planned, and holds nothing up.
    """
    payment = await uow.session.scalar(select(Payment).where(Payment.milestone_id == milestone.id))
    if payment is None or not payment.amount_ore:
        return
    case = await lock_case(uow, milestone.case_id)
    roles = await roles_in(uow, actor, case) | {Role.SYSTEM}  # the scheme's own step, by whoever approved
    payment.released_at = uow.now
    await step(uow, actor, Held(payment, case, roles), "release")
    await tell_about(uow, Held(payment, case, roles), await people_with_role(uow, Role.CERTIFIER), "payment_released")


async def tell_about(uow: UnitOfWork, held: Held[Payment], people: list[UUID], code: str, **more: Any) -> None:
    parameters = {"amount_ore": held.row.amount_ore, "project": held.case.title, **more}
    await tell(uow, people, code, case_id=held.case.id, parameters=parameters, link=f"/payments/{held.row.id}")


async def certify(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, correction: str = "", why: str = ""
) -> Payment:
    """Certify that a released payment stands on what it says (G18).

    Where the accounting system has refused it, `correction` says what has been corrected since.
    """
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_CERTIFY, version=version)
    if correction.strip():
        refuse_identity_numbers(correction=correction)
        held.row.correction = correction
    changes = {"correction": correction} if correction.strip() else None
    row = await step(uow, actor, held, "certify", why=why, changes=changes)
    row.certified_by, row.certified_at = actor.person_id, uow.now
    deciders = [person for person in await people_with_role(uow, Role.DECISION_MAKER) if person != actor.person_id]
    await tell_about(uow, held, deciders, "payment_certified")
    return row


async def approve(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, checks: Sequence[str] = (),
    why: str = "",
) -> Payment:  # fmt: skip
    """Approve a certified payment, having checked authority, cover and prudence (G17).

    Another person than the one who certified it, whose authority covers the sum and the cost centre (G18).
    """
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_APPROVE, version=version)
    held.row.checks = sorted(set(checks))
    row = await step(uow, actor, held, "approve", why=why, changes={"checks": held.row.checks})
    row.approved_by, row.approved_at = actor.person_id, uow.now
    await tell_about(uow, held, await people_with_role(uow, Role.CERTIFIER), "payment_approved")
    return row


async def register_paid(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, reference: str
) -> Payment:
    """Register that the accounting system has paid, under its reference; the same message twice changes nothing (G25).

    Invalid where the reference stands on another payment, or another reference on this one.
    """
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_REGISTER)
    row = held.row
    if row.reference is not None:
        if row.reference == reference:
            return row
        raise invalid("reference", "payments.other_reference", reference=row.reference)
    await _alone_with(uow, reference)
    if await uow.session.scalar(select(Payment.id).where(Payment.reference == reference)):
        raise invalid("reference", "payments.reference_used")
    row.reference = reference
    row = await step(uow, actor, held, "register_paid", changes={"reference": reference})
    row.registered_by, row.paid_at = actor.person_id, uow.now
    await tell_about(uow, held, await office_of(uow, held.case), "payment_paid")
    return row


async def _alone_with(uow: UnitOfWork, reference: str) -> None:
    """Let nobody else register the same reference until the transaction ends, in whichever case."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(reference, 25))))


async def send_back(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, why: str = ""
) -> Payment:
    """Send a certified payment back to be certified anew, with the reason; its booking is countered."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_APPROVE, version=version)
    row = await make(uow, actor, PAYMENT, held, "send_back", why=why)
    await ledger.counter(uow, actor, row, BookingKind.CERTIFIED, why=why)
    before, row.certified_by, row.certified_at = row.certified_by, None, None
    await tell_about(uow, held, [before] if before else [], "payment_sent_back", why=why)
    return row


async def _give_notice(uow: UnitOfWork, actor: Actor, held: Held[Payment], amount_ore: int, why: str) -> None:
    """Tell the office what is to come of its money and why, and by when it may answer (G29)."""
    row = held.row
    rules = msgspec.convert(await uow.session.scalar(select(Project.rules).where(Project.id == row.case_id)), Rules)
    row.noticed_by, row.noticed_at, row.noticed_ore, row.notice_why = actor.person_id, uow.now, amount_ore, why
    row.reply_by = day_in_oslo(uow.now) + timedelta(days=rules.deadlines.reply_days)
    row.reply, row.replied_by, row.replied_at = "", None, None


async def withhold(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, why: str = ""
) -> Payment:
    """Withhold a payment that is on its way, with the reason; the office is told and may answer (G29)."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_GIVE_NOTICE, version=version)
    row = await step(uow, actor, held, "withhold", why=why)
    await _give_notice(uow, actor, held, row.amount_ore, why)
    await tell_about(
        uow, held, await office_of(uow, held.case), "payment_withheld", why=why, reply_by=str(row.reply_by)
    )
    return row


async def let_go(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, why: str = ""
) -> Payment:
    """Let a withheld payment go on, with the reason; it passes the same hands as before."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_GIVE_NOTICE, version=version)
    row = await step(uow, actor, held, "let_go", why=why)
    row.certified_by = row.certified_at = row.approved_by = row.approved_at = None
    row.checks, row.released_at = [], uow.now
    await tell_about(uow, held, await people_with_role(uow, Role.CERTIFIER), "payment_released")
    await tell_about(uow, held, await office_of(uow, held.case), "payment_let_go", why=why)
    return row


async def reduce(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, why: str = ""
) -> Payment:
    """Take a withheld payment out of the award, once the office has answered or its time is over (G29)."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_CANCEL, version=version)
    row = await _cancelled(uow, actor, held, why, "reduce")
    await tell_about(uow, held, await office_of(uow, held.case), "payment_cancelled", why=why)
    return row


async def give_notice(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, amount_ore: int, why: str
) -> Payment:
    """Give notice that a paid sum, or a part of it, is to be claimed back; the office is told and may answer (G29)."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_GIVE_NOTICE, version=version)
    _check_left(held.row, amount_ore)
    row = await make(uow, actor, PAYMENT, held, "give_notice", why=why, changes={"amount_ore": amount_ore})
    await _give_notice(uow, actor, held, amount_ore, why)
    people = await office_of(uow, held.case)
    await tell_about(uow, held, people, "payment_claimed", amount_ore=amount_ore, why=why, reply_by=str(row.reply_by))
    return row


def _check_left(row: Payment, amount_ore: int) -> None:
    left = row.amount_ore - row.recovered_ore - row.returned_ore
    if row.paid_at is not None and amount_ore > left:
        raise invalid("amount_ore", "payments.recover_too_much", most_ore=left)


async def reply(uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, reply: str) -> Payment:
    """Answer a notice for the office, once; NotYet where there is none to answer, or it is answered."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_REPLY, version=version)
    row = held.row
    if row.state not in NOTICED or row.replied_at is not None:
        code = "payment.is_answered" if row.state in NOTICED else "payment.no_notice"
        raise NotYet([Reason(code=code)], subject="payment", step="reply", case_id=row.case_id)
    refuse_identity_numbers(reply=reply)
    row.reply, row.replied_by, row.replied_at = reply, actor.person_id, uow.now
    await note(uow, actor, PAYMENT, held, "reply", changes={"reply": reply})
    deciders = await people_with_role(uow, Role.DECISION_MAKER)
    await tell_about(uow, held, [*deciders, *([row.noticed_by] if row.noticed_by else [])], "payment_replied")
    return row


async def recover(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, amount_ore: int, why: str
) -> Payment:
    """Claim back what there was notice of, or less, once the office has answered or its time is over (G29).

    A claim is decided once: a second time finds no notice.
    """
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_APPROVE, version=version)
    row = held.row
    if row.state == PaymentState.CLAIMED and amount_ore > (row.noticed_ore or 0):
        raise invalid("amount_ore", "payments.recover_beyond_notice", most_ore=row.noticed_ore or 0)
    whole = amount_ore == row.amount_ore - row.recovered_ore - row.returned_ore
    row = await step(
        uow, actor, held, "recover" if whole else "recover_part", why=why, changes={"amount_ore": amount_ore},
        amount_ore=amount_ore, kind=BookingKind.RECOVERED,
    )  # fmt: skip
    row.recovered_ore, row.recovered_at, row.recovered_why = row.recovered_ore + amount_ore, uow.now, why
    await tell_about(uow, held, await office_of(uow, held.case), "payment_recovered", amount_ore=amount_ore, why=why)
    return row


async def drop_claim(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, why: str = ""
) -> Payment:
    """Let a claim go, with the reason; what was paid stays paid."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_APPROVE, version=version)
    row = await make(uow, actor, PAYMENT, held, "drop_claim", why=why)
    await tell_about(uow, held, await office_of(uow, held.case), "payment_claim_dropped", why=why)
    return row


async def register_return(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, amount_ore: int, why: str
) -> Payment:
    """Register that the office has given back a sum that was paid and not spent; no more than is left of it.

    The version makes it once: a second click says that the payment has changed since.
    """
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_REGISTER, version=version)
    row = held.row
    if row.state != PaymentState.PAID:
        wrong = Reason(code="payment.wrong_state", parameters={"state": row.state, "move": "register_return"})
        raise NotYet([wrong], subject="payment", step="register_return", case_id=row.case_id)
    _check_left(row, amount_ore)
    row.returned_ore += amount_ore
    await note(uow, actor, PAYMENT, held, "register_return", why=why, changes={"amount_ore": amount_ore})
    await ledger.follow(uow, actor, row, row.state, kind=BookingKind.RETURNED, amount_ore=amount_ore, why=why)
    return row


async def release_waived(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, why: str = ""
) -> Payment:
    """Let a payment go on although its milestone is waived, with the reason; it then passes the same hands as others."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_APPROVE, version=version)
    held.row.kept_why, held.row.released_at = why, uow.now
    row = await step(uow, actor, held, "release_waived", why=why)
    await tell_about(uow, held, await people_with_role(uow, Role.CERTIFIER), "payment_released")
    return row


async def cancel(
    uow: UnitOfWork, actor: Actor, payment_id: UUID, *, version: int | None = None, why: str = ""
) -> Payment:
    """Give up a payment whose milestone is waived; the award is smaller by it, and the frame has it again."""
    held = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_CANCEL, version=version)
    row = await _cancelled(uow, actor, held, why)
    await tell_about(uow, held, await office_of(uow, held.case), "payment_cancelled", why=why)
    return row


async def _cancelled(uow: UnitOfWork, actor: Actor, held: Held[Payment], why: str, move: str = "cancel") -> Payment:
    row = await step(uow, actor, held, move, why=why)
    row.cancelled_at, row.cancelled_why = uow.now, why
    if row.amount_ore:
        project = await uow.session.get_one(Project, held.case.id)
        await set_award(
            uow, actor, project.id, project.amount_ore - row.amount_ore, why=why, changes={"payment": row.id}
        )  # fmt: skip
        await ledger.change_award(uow, actor, project.id, -row.amount_ore, why=why)
    return row


async def cancel_planned(uow: UnitOfWork, actor: Actor, project_id: UUID, why: str) -> int:
    """Cancel everything that a stopped project has planned and not been released; answers the sum, in øre."""
    case = await lock_case(uow, project_id)
    alone = await roles_in(uow, actor, case) | {Role.SYSTEM}  # the scheme's own step, by whoever stopped it
    planned = await uow.session.scalars(
        select(Payment).where(Payment.case_id == project_id, Payment.state == PaymentState.PLANNED).order_by(Payment.id)
    )
    rows = [await _cancelled(uow, actor, Held(row, case, alone), why) for row in planned.all()]
    return sum(row.amount_ore for row in rows)


async def tell_what_was_paid(uow: UnitOfWork, project_id: UUID) -> None:
    """Ask those who decide on money what of it a stopped project is to give back; nobody where nothing was paid."""
    paid_ore = await uow.session.scalar(
        select(func.coalesce(func.sum(Payment.amount_ore - Payment.recovered_ore - Payment.returned_ore), 0)).where(
            Payment.case_id == project_id, Payment.paid_at.is_not(None)
        )
    )
    if paid_ore:
        case = await lock_case(uow, project_id)
        await tell(
            uow, await people_with_role(uow, Role.DECISION_MAKER), "project_stopped_paid", case_id=project_id,
            parameters={"project": case.title, "paid_ore": int(paid_ore)}, link=f"/projects/{project_id}#stopped",
        )  # fmt: skip


async def apply_change(uow: UnitOfWork, actor: Actor, request: ChangeRequest) -> None:
    """What follows when a change to an award is granted: a new date, or a new sum divided over what is not yet released."""
    if request.kind == "dates":
        await change_dates(uow, actor, request)
    if request.kind != "amount":
        return
    planned = list(
        await uow.session.execute(
            select(Payment, Milestone.share_basis_points)
            .join(Milestone, Milestone.id == Payment.milestone_id)
            .where(Payment.case_id == request.case_id, Payment.state == PaymentState.PLANNED)
            .order_by(Milestone.key)
        )
    )
    left = sum(payment.amount_ore for payment, _ in planned) + request.amount_change_ore
    if left < 0 or not planned:
        raise invalid("amount_change_ore", "milestones.amount_too_low", bound_ore=await bound_ore(uow, request.case_id))
    if request.amount_change_ore > 0:
        await _change_award(uow, actor, request)
    case = await lock_case(uow, request.case_id)
    roles = await roles_in(uow, actor, case)
    payments = [payment for payment, _ in planned]
    divided = _divided(left, [share for _, share in planned])
    for place, change_ore in divided_anew([payment.amount_ore for payment in payments], divided):
        payment = payments[place]
        before, payment.amount_ore = payment.amount_ore, divided[place]
        changes = {"amount_ore": [before, payment.amount_ore], "change_request": request.id}
        await note(uow, actor, PAYMENT, Held(payment, case, roles), "change_amount", changes=changes)
        await ledger.plan(uow, actor, payment, change_ore)
    if request.amount_change_ore < 0:
        await _change_award(uow, actor, request)


async def _change_award(uow: UnitOfWork, actor: Actor, request: ChangeRequest) -> None:
    """Let the award be what a granted request makes it; before its payments grow, and after they have shrunk."""
    project = await uow.session.get_one(Project, request.case_id)
    await set_award(
        uow, actor, request.case_id, project.amount_ore + request.amount_change_ore,
        changes={"change_request": request.id},
    )  # fmt: skip
    await ledger.change_award(uow, actor, request.case_id, request.amount_change_ore)


def _divided(total_ore: int, shares: list[int]) -> list[int]:
    """A sum divided in the proportion of the shares, to the øre, the last taking what is left."""
    whole = sum(shares)
    parts = [total_ore * share // whole for share in shares]
    parts[-1] += total_ore - sum(parts)
    return parts


async def bound_ore(uow: UnitOfWork, project_id: UUID) -> int:
    """What of an award is paid or on its way, in øre."""
    found = await uow.session.scalar(
        select(func.coalesce(func.sum(Payment.amount_ore - Payment.recovered_ore - Payment.returned_ore), 0)).where(
            Payment.case_id == project_id, Payment.state.not_in((PaymentState.PLANNED, PaymentState.CANCELLED))
        )
    )
    return int(found or 0)
