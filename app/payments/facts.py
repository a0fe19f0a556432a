"""What the rules must know about a payment."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, select

from app.calls.models import Call
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.authorities import held_authorities
from app.identity.models import Unit
from app.milestones.models import Milestone
from app.moves import subject
from app.payments.models import Payment, PaymentListLine
from app.projects.models import Project
from workflows.authority import Authority
from workflows.payment import PAYMENT as LIFECYCLE
from workflows.payment import PaymentFacts


@subject(LIFECYCLE, Payment)
async def PAYMENT(uow: UnitOfWork, row: Payment) -> PaymentFacts:
    """The facts of one payment, in one statement."""
    paid = (
        select(func.coalesce(func.sum(Payment.amount_ore - Payment.recovered_ore - Payment.returned_ore), 0))
        .where(Payment.case_id == row.case_id, Payment.id != row.id, Payment.paid_at.is_not(None))
        .scalar_subquery()
    )
    found = (
        await uow.session.execute(
            select(
                Milestone.key,
                Milestone.state,
                Project.amount_ore,
                Project.state.label("project_state"),
                paid.label("paid"),
                Unit.number,
                held_authorities(uow.now).label("authorities"),
                select(func.bool_and(PaymentListLine.refused_at.is_not(None)))
                .where(PaymentListLine.payment_id == row.id)
                .scalar_subquery()
                .label("refused"),  # None: it stands in no list
            )
            .select_from(Milestone)
            .join(Project, Project.id == Milestone.case_id)
            .join(Call, Call.id == Project.call_id)
            .join(Unit, Unit.id == Call.owner_unit_id)
            .where(Milestone.id == row.milestone_id)
        )
    ).one()
    return PaymentFacts(
        payment_id=row.id,
        milestone=found.key,
        milestone_approved=found.state == "approved",
        milestone_waived=found.state == "waived",
        kept_why=row.kept_why,
        project_stopped=found.project_state == "stopped",
        amount_ore=row.amount_ore,
        award_ore=found.amount_ore,
        paid_ore=int(found.paid),
        reference=row.reference or "",
        certified_by=row.certified_by,
        is_sent=found.refused is False,
        is_refused=found.refused is True,
        correction=row.correction or "",
        approved_by=row.approved_by,
        authorities=tuple(msgspec.convert(found.authorities, list[Authority])),
        cost_centre=found.number,
        checks=frozenset(row.checks or ()),
        noticed_by=row.noticed_by,
        reply_by=row.reply_by,
        replied=row.replied_at is not None,
        today=day_in_oslo(uow.now),
    )
