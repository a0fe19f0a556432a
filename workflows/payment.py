"""A payment: released by its milestone, certified by one, approved by another, paid, and now and then claimed back."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role


class PaymentState(StrEnum):
    """How far a payment has come."""

    PLANNED = "planned"
    RELEASED = "released"
    CERTIFIED = "certified"
    APPROVED = "approved"
    PAID = "paid"
    RECOVERED = "recovered"
    CANCELLED = "cancelled"


class PaymentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one payment."""

    payment_id: UUID
    milestone: str
    milestone_approved: bool
    milestone_waived: bool = False
    kept_why: str = ""
    """Why it is paid although its milestone is waived."""
    project_stopped: bool = False
    amount_ore: int
    award_ore: int
    paid_ore: int
    """What has been paid of the award before this payment, less what was claimed back."""
    limit_ore: int | None = None
    """The budget authority of the one who acts; None for nobody in particular."""
    reference: str = ""
    certified_by: UUID | None = None
    approved_by: UUID | None = None


def _missing(facts: PaymentFacts, code: str, *who: Role, **parameters: str | int) -> Reason:
    return Reason(
        code=f"payment.{code}", parameters={"id": str(facts.payment_id), **parameters}, place="project.payment", who=who
    )


@requirement(source="DOMAIN 3.8 I10, G25")
def its_milestone_is_approved(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The milestone that the payment hangs on is approved, or waived and the payment kept for a written reason."""
    if not facts.milestone_approved and not (facts.milestone_waived and facts.kept_why.strip()):
        yield _missing(
            facts,
            "milestone_not_approved",
            Role.CASE_HANDLER,
            Role.METHOD_OWNER,
            milestone_key=f"milestone.{facts.milestone}",
        )


@requirement(source="DOMAIN 3.8 I9")
def within_the_award(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """All that is paid stays within the award."""
    left = facts.award_ore - facts.paid_ore
    if facts.amount_ore > left:
        yield _missing(facts, "beyond_award", Role.DECISION_MAKER, amount_ore=facts.amount_ore, left_ore=max(left, 0))


@requirement(source="G18")
def approved_by_another_than_certified(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The one who approves is another than the one who certified."""
    if act.person_id is not None and act.person_id == facts.certified_by:
        yield _missing(facts, "certified_by_yourself", Role.DECISION_MAKER)


@requirement(source="G18")
def registered_by_another_than_approved(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The one who registers the payment is another than the one who approved it."""
    if act.person_id is not None and act.person_id == facts.approved_by:
        yield _missing(facts, "approved_by_yourself", Role.CERTIFIER, Role.CASE_HANDLER)


@requirement(source="G25", asked=True)
def reference_given(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The reference of the accounting system is given."""
    if not facts.reference:
        yield _missing(facts, "no_reference", Role.CERTIFIER, Role.CASE_HANDLER)


@requirement(source="G25", hides=True)
def its_milestone_is_waived(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The milestone that the payment hangs on is waived."""
    if not facts.milestone_waived:
        yield _missing(facts, "milestone_not_waived", Role.DECISION_MAKER, Role.CASE_HANDLER)


@requirement(source="G25, G29", hides=True)
def nothing_is_left_to_pay_for(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The milestone that the payment hangs on is waived, or the project is stopped."""
    if not facts.milestone_waived and not facts.project_stopped:
        yield _missing(facts, "milestone_not_waived", Role.DECISION_MAKER, Role.CASE_HANDLER)


S = PaymentState

PAYMENT = Lifecycle(
    subject="payment",
    states=PaymentState,
    initial=S.PLANNED,
    final=frozenset({S.RECOVERED, S.CANCELLED}),
    moves=(
        move("release", S.PLANNED, S.RELEASED, Permission.CLOCK, its_milestone_is_approved),
        move("release_waived", S.PLANNED, S.RELEASED, Permission.PAYMENT_APPROVE, its_milestone_is_waived, needs_why=True),
        move("cancel", (S.PLANNED, S.RELEASED, S.CERTIFIED, S.APPROVED), S.CANCELLED, Permission.PAYMENT_CANCEL,
             nothing_is_left_to_pay_for, needs_why=True),
        move("certify", S.RELEASED, S.CERTIFIED, Permission.PAYMENT_CERTIFY, its_milestone_is_approved, within_the_award),
        move("approve", S.CERTIFIED, S.APPROVED, Permission.PAYMENT_APPROVE,
             its_milestone_is_approved, within_the_award, approved_by_another_than_certified),
        move("register_paid", S.APPROVED, S.PAID, Permission.PAYMENT_REGISTER,
             its_milestone_is_approved, within_the_award, reference_given, registered_by_another_than_approved),
        move("recover", S.PAID, S.RECOVERED, Permission.PAYMENT_APPROVE, needs_why=True),
    ),
)  # fmt: skip
