"""The pages of payments, and the one where a project's milestones stand with the money that hangs on them."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from litestar import Response, get

from app.core.clock import day_in_oslo
from app.core.errors import NotFound
from app.decisions.queries import latest_decision
from app.milestones import queries as milestones
from app.milestones.facts import MILESTONE
from app.milestones.models import Milestone
from app.milestones.plan_drawing import draw_milestones
from app.milestones.service import SETTLED
from app.milestones.web import TONES, holds
from app.payments import ledger, queries
from app.payments.facts import PAYMENT
from app.payments.list_pages import ROUTES as LIST_ROUTES
from app.payments.models import Payment
from app.payments.refusals import sendings_of
from app.payments.service import NOTICED
from app.projects.budget import budget_per_kind
from app.projects.queries import project_head
from app.web.places import place
from app.web.visit import Visit
from workflows.authority import CHECKS
from workflows.budget import COST_KINDS
from workflows.ledger import PLACES, Account, Balances, balances, left_to_pay, paid_net, promise_of, promised
from workflows.payment import PaymentState
from workflows.roles import Permission

place("project.payment", "/payments/{id}")

ASKING = ("approve", "register_paid", "register_refused", "give_notice", "recover")
"""Steps that ask for more than a reason, in a form of their own."""
KINDS = ("amount", "dates", "team", "scope", "annex")
"""Kinds of change that can be asked for in every project; one with a budget has one more."""


@get("/projects/{case_id:uuid}/milestones", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def project_milestones_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """A project's milestones and payments, with what the next milestone needs."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    rows = await milestones.milestones_of(visit.uow, case_id)
    today = day_in_oslo(visit.uow.now)
    sees_payments = holds(project.roles, Permission.PAYMENT_SEE)
    payments = await queries.payments_of(visit.uow, case_id) if sees_payments else []
    held = await ledger.balances(visit.uow, case_id) if sees_payments else None
    budget = await budget_per_kind(visit.uow, case_id) if sees_payments else ()
    decision = await latest_decision(visit.uow, case_id)
    following = next((row for row in rows if row.state not in SETTLED), None)
    stored = await visit.uow.session.get(Milestone, following.id) if following else None
    return visit.render(
        "payments/project.html",
        project=project,
        tab="milestones",
        milestones=rows,
        standing={row.id: row.days.standing(today) for row in rows},
        counted=Counter(row.days.standing(today) for row in rows),
        plan=draw_milestones([row.days for row in rows], today),
        today=today,
        payments={row.milestone_id: row for row in payments},
        sees_payments=sees_payments,
        budget=budget,
        funding=decision.funding_instrument if decision else "",
        cost_kinds=[(kind, visit.t(f"calls.cost.{kind}")) for kind in COST_KINDS],
        sums=sums(held) if held else (),
        approvers={row.approved_by_role: visit.t(f"role.{row.approved_by_role}") for row in rows},
        next=following,
        next_steps=await visit.steps(MILESTONE, stored, project.case, project.roles) if stored else [],
        may_date=holds(project.roles, Permission.MILESTONE_WRITE),
        undated=[row for row in rows if row.due_on is None and row.state not in SETTLED],
        changes=await milestones.changes_of(visit.uow, case_id),
        may_propose=holds(project.roles, Permission.CHANGE_REQUEST_PROPOSE),
        kinds=[(kind, visit.t(f"milestones.change_kind.{kind}")) for kind in (*KINDS, *(["budget"] if budget else []))],
        choices=[(row.id, f"{row.key} {row.title or visit.t(f'milestone.{row.key}')}") for row in rows],
        tones=TONES,
    )


@get("/projects/{case_id:uuid}/ledger", permission=Permission.PAYMENT_SEE, include_in_schema=False)
async def ledger_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """A project's ledger: what stands where, and every booking that made it so."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PAYMENT_SEE)
    rows = await queries.bookings_of(visit.uow, case_id)
    held = balances(rows)
    return visit.render(
        "payments/ledger.html",
        project=project,
        tab="milestones",
        rows=rows,
        sums=sums(held),
        accounts=[(account, held[account]) for account in PLACES if held[account]],
    )


def sums(held: Balances) -> list[tuple[str, int]]:
    """What an award is, and what of it is paid and can still be paid, with the keys of their names."""
    promise = "ledger.award_final" if promise_of(held) == Account.FINAL else "ledger.award_provisional"
    return [(promise, promised(held)), ("ledger.paid_net", paid_net(held)), ("ledger.left_to_pay", left_to_pay(held))]


@get("/payments", permission=Permission.PAYMENT_SEE, include_in_schema=False)
async def payments_page(visit: Visit, status: str = "released", after: UUID | None = None) -> Response[Any]:
    """The payments in one state, those that wait to be certified first."""
    if status not in [str(each) for each in PaymentState]:
        raise NotFound
    counts = await queries.counts(visit.uow, visit.actor)
    return visit.render(
        "payments/payments.html",
        chosen=status,
        may_see_lists=visit.actor.may(Permission.PAYMENT_LIST_SEE),
        payments=await queries.payments(visit.uow, visit.actor, status, after=after),
        tabs=[
            (
                visit.t("payments.tab", state=visit.t(f"state.payment.{each}"), count=counts.get(each, 0)),
                f"/payments?status={each}",
                each == status,
            )
            for each in PaymentState
        ],
    )


@get("/payments/{payment_id:uuid}", permission=Permission.PAYMENT_SEE, include_in_schema=False)
async def payment_page(visit: Visit, payment_id: UUID) -> Response[Any]:
    """One payment with its steps."""
    stored = await visit.uow.session.get(Payment, payment_id)
    if stored is None:
        raise NotFound
    project = await project_head(visit.uow, visit.actor, stored.case_id, Permission.PAYMENT_SEE)
    steps = await visit.steps(PAYMENT, stored, project.case, project.roles)
    row = await queries.payment_row(visit.uow, payment_id)
    asking = (*ASKING, "certify") if row.refusal else ASKING
    forms = {step.verb for step in steps if step.allowed and step.verb in asking}
    return visit.render(
        "payments/payment.html",
        project=project,
        tab="milestones",
        row=row,
        sendings=await sendings_of(visit.uow, payment_id),
        may_see_lists=visit.actor.may(Permission.PAYMENT_LIST_SEE),
        forms=forms,
        checks=[(each, visit.t(f"decisions.check.{each}")) for each in CHECKS],
        may_reply=stored.state in NOTICED
        and stored.replied_at is None
        and holds(project.roles, Permission.PAYMENT_REPLY),
        may_return=stored.state == PaymentState.PAID and holds(project.roles, Permission.PAYMENT_REGISTER),
        steps=[step for step in steps if step.verb not in forms | {"recover_part"}],
        tones=TONES,
    )


ROUTES = [project_milestones_page, ledger_page, payments_page, payment_page, *LIST_ROUTES]
