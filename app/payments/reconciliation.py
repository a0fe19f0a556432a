"""Whether the award, the ledger and the payments say the same of every project."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

from app.applications.models import Application
from app.core.database import UnitOfWork
from app.decisions.models import Commitment
from app.payments.models import Payment
from app.projects.models import Project
from workflows.payment import PaymentState


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """One project of which the sums are not one, each in øre; `payments_ore` is None where none are planned."""

    project_id: UUID
    award_ore: int
    application_ore: int
    ledger_ore: int
    payments_ore: int | None


async def disagreements(uow: UnitOfWork) -> list[Disagreement]:
    """Every project whose award is not what its application, the ledger and its payments say; one statement (G19, G24)."""
    ledger = (
        select(Commitment.case_id, func.sum(Commitment.amount_ore).label("ore")).group_by(Commitment.case_id).subquery()
    )
    payments = (
        select(
            Payment.case_id,
            func.coalesce(
                func.sum(Payment.amount_ore).filter(Payment.state != PaymentState.CANCELLED), 0
            ).label("ore"),
        )
        .group_by(Payment.case_id)
        .subquery()
    )  # fmt: skip
    bound = func.coalesce(ledger.c.ore, 0)
    awarded = func.coalesce(Application.awarded_ore, 0)
    rows = await uow.session.execute(
        select(Project.id, Project.amount_ore, awarded, bound, payments.c.ore)
        .join(Application, Application.id == Project.id)
        .outerjoin(ledger, ledger.c.case_id == Project.id)
        .outerjoin(payments, payments.c.case_id == Project.id)
        .where(
            or_(
                Project.amount_ore != awarded,
                Project.amount_ore != bound,
                Project.amount_ore != func.coalesce(payments.c.ore, Project.amount_ore),
            )
        )
        .order_by(Project.id)
    )
    return [
        Disagreement(
            project_id=row[0], award_ore=int(row[1]), application_ore=int(row[2]), ledger_ore=int(row[3]),
            payments_ore=None if row[4] is None else int(row[4]),
        )
        for row in rows
    ]  # fmt: skip
