"""Making the lists of payments that the accounting system is given, and reading them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from app.calls.models import Call
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet
from app.core.paging import PAGE_SIZE, Page, page_of
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.milestones.models import Milestone
from app.moves import Held, hold, note
from app.payments.facts import PAYMENT
from app.payments.models import Payment, PaymentList, PaymentListLine
from app.projects.models import Project
from workflows.engine import Act, Reason
from workflows.payment import PaymentState
from workflows.payment_list import ListLine, as_csv, fingerprint, keeps_from_list, key_of
from workflows.roles import Permission

MOST_LINES = 500
"""No list is longer: what is left over stands in the next."""


def _waiting(actor: Actor, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What payments that are approved and not sent have in common, in the projects that somebody may see."""
    line = (PaymentListLine.payment_id == Payment.id, PaymentListLine.refused_at.is_(None))
    sent = select(PaymentListLine.payment_id).where(*line).exists()
    return Payment.state == PaymentState.APPROVED, ~sent, visible_to(actor, now)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """How many approved payments wait to be sent, and their sum."""

    count: int
    total_ore: int


async def waiting(uow: UnitOfWork, actor: Actor) -> Waiting:
    """What a list that is made now would hold at most; what somebody has approved themselves another sends."""
    statement = (
        select(func.count(), func.coalesce(func.sum(Payment.amount_ore), 0))
        .join(Case, Case.id == Payment.case_id)
        .where(*_waiting(actor, uow.now), Payment.approved_by != actor.person_id)
    )
    count, total = (await uow.session.execute(statement)).one()
    return Waiting(count=count, total_ore=int(total))


async def make_list(
    uow: UnitOfWork, actor: Actor, *, count: int | None = None, total_ore: int | None = None
) -> PaymentList:
    """Send the approved payments to be paid: a list with its own number; no payment is in another, unless refused (G25).

    `count` and `total_ore` are what somebody saw: NotYet where there is more or less now, and where nothing can be sent.
    Lists are made one after the other, so that their numbers have no gaps.
    """
    if not actor.may(Permission.PAYMENT_REGISTER):
        raise NotAllowed
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("payment lists", 25))))
    held, left = await _to_send(uow, actor)
    if not held:
        raise NotYet(left or [Reason(code="payment_list.nothing")], subject="payment_list", step="make")
    found = len(held), sum(each.row.amount_ore for each in held)
    if (count, total_ore) != (None, None) and (count, total_ore) != found:
        changed = Reason(code="payment_list.changed", parameters={"count": found[0], "total_ore": found[1]})
        raise NotYet([changed], subject="payment_list", step="make")
    number = (await uow.session.scalar(select(func.max(PaymentList.number))) or 0) + 1
    lines = await _lines(uow, number, [each.row.id for each in held])
    content = as_csv(number, lines)
    row = PaymentList(
        number=number, made_by=actor.person_id, made_at=uow.now, total_ore=found[1], lines=msgspec.to_builtins(lines),
        content=content, sha256=fingerprint(content),
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add_all(
        PaymentListLine(payment_id=each.row.id, list_id=row.id, number=place)
        for place, each in enumerate(held, start=1)
    )
    for each, line in zip(held, lines, strict=True):
        await note(uow, actor, PAYMENT, each, "send", changes={"list": number, "key": line.key})
    return row


async def _to_send(uow: UnitOfWork, actor: Actor) -> tuple[list[Held[Payment]], list[Reason]]:
    """The payments that can be sent now, each with its project locked, and why others cannot."""
    ids = await uow.session.scalars(
        select(Payment.id)
        .join(Case, Case.id == Payment.case_id)
        .where(*_waiting(actor, uow.now))
        .order_by(Payment.case_id, Payment.id)
        .limit(MOST_LINES)
    )
    held: list[Held[Payment]] = []
    left: list[Reason] = []
    for payment_id in ids.all():
        try:
            each = await hold(uow, actor, PAYMENT, payment_id, Permission.PAYMENT_REGISTER)
        except NotAllowed:
            continue
        act = Act(now=uow.now, roles=each.roles, person_id=actor.person_id)
        unmet = list(keeps_from_list(await PAYMENT.facts(uow, each.row), each.row.state, act))
        left += unmet
        if not unmet:
            held.append(each)
    return held, left


async def _lines(uow: UnitOfWork, list_number: int, payment_ids: list[UUID]) -> list[ListLine]:
    """The lines of a new list, in the order of its payments; one statement."""
    certifier, approver, payer = aliased(Person), aliased(Person), aliased(Unit)
    rows = await uow.session.execute(
        select(
            Payment.id, Payment.amount_ore, Payment.approved_at, Case.reference, Unit.number.label("unit_number"),
            Unit.name.label("unit"), Milestone.key.label("milestone"), payer.number.label("cost_centre"),
            certifier.name.label("certifier"), approver.name.label("approver"),
        )
        .join(Case, Case.id == Payment.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Milestone, Milestone.id == Payment.milestone_id)
        .join(Project, Project.id == Payment.case_id)
        .join(Call, Call.id == Project.call_id)
        .join(payer, payer.id == Call.owner_unit_id)
        .join(certifier, certifier.id == Payment.certified_by)
        .join(approver, approver.id == Payment.approved_by)
        .where(Payment.id.in_(payment_ids))
    )  # fmt: skip
    found = {row.id: row for row in rows}
    return [
        ListLine(
            number=place, key=key_of(list_number, place), project=row.reference, recipient_number=row.unit_number,
            recipient=row.unit, milestone=row.milestone, amount_ore=row.amount_ore, cost_centre=row.cost_centre,
            certified_by=row.certifier, approved_by=row.approver, approved_on=day_in_oslo(row.approved_at),
        )
        for place, row in enumerate((found[each] for each in payment_ids), start=1)
    ]  # fmt: skip


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was made, with who made it."""

    id: UUID
    number: int
    maker: str
    made_at: datetime
    total_ore: int
    sha256: str
    count: int


def _made() -> Select[Any]:
    return select(
        PaymentList.id, PaymentList.number, Person.name.label("maker"), PaymentList.made_at, PaymentList.total_ore,
        PaymentList.sha256, func.jsonb_array_length(PaymentList.lines).label("count"),
    ).join(Person, Person.id == PaymentList.made_by)  # fmt: skip


async def lists(uow: UnitOfWork, *, after: UUID | None = None) -> Page[ListRow]:
    """The lists that were made, the newest first; one statement a page."""
    statement = _made().order_by(PaymentList.id.desc()).limit(PAGE_SIZE + 1)
    if after:
        statement = statement.where(PaymentList.id < after)
    rows: Any = await uow.session.execute(statement)
    return page_of([ListRow(**row._mapping) for row in rows])


class WholeList(msgspec.Struct, frozen=True, kw_only=True):
    """One list with its lines, and the file as it is given out."""

    row: ListRow
    lines: list[ListLine]
    content: str


async def whole_list(uow: UnitOfWork, list_id: UUID) -> WholeList:
    """One list; NotFound where there is none."""
    found = (
        await uow.session.execute(
            _made().add_columns(PaymentList.lines, PaymentList.content).where(PaymentList.id == list_id)
        )
    ).first()
    if found is None:
        raise NotFound
    *head, lines, content = found
    row = ListRow(**dict(zip(ListRow.__struct_fields__, head, strict=True)))
    return WholeList(row=row, lines=msgspec.convert(lines, list[ListLine]), content=content)


async def broken_lists(uow: UnitOfWork) -> list[int]:
    """The numbers of lists that are not what they were sent as, by fingerprint, sum and payments; none is the only pass."""
    rows = await uow.session.execute(
        select(
            PaymentList.number, PaymentList.content, PaymentList.sha256, PaymentList.total_ore, PaymentList.lines,
            select(func.coalesce(func.sum(Payment.amount_ore), 0))
            .join(PaymentListLine, PaymentListLine.payment_id == Payment.id)
            .where(PaymentListLine.list_id == PaymentList.id)
            .scalar_subquery()
            .label("paid"),
        ).order_by(PaymentList.number)
    )  # fmt: skip
    return [
        row.number
        for row in rows
        if fingerprint(row.content) != row.sha256
        or as_csv(row.number, msgspec.convert(row.lines, list[ListLine])) != row.content
        or not (sum(each["amount_ore"] for each in row.lines) == row.total_ore == int(row.paid))
    ]
