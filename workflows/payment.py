"""A payment: released by its milestone, certified by one, approved by another, paid; now and then refused or claimed back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.authority import Authority, lacking, unchecked
from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role


class PaymentState(StrEnum):
    """How far a payment has come."""

    PLANNED = "planned"
    RELEASED = "released"
    CERTIFIED = "certified"
    APPROVED = "approved"
    WITHHELD = "withheld"
    PAID = "paid"
    CLAIMED = "claimed"
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
    authorities: tuple[Authority, ...] = ()
    cost_centre: str = ""
    """The number of the unit whose call, and budget, it is paid from."""
    checks: frozenset[str] = frozenset()
    reference: str = ""
    certified_by: UUID | None = None
    approved_by: UUID | None = None
    is_sent: bool = False
    """It stands in a list that the accounting system has been given, and has not been refused there."""
    is_refused: bool = False
    """The accounting system has refused it, and has not been given it again."""
    correction: str = ""
    """What has been corrected since the accounting system refused it."""
    noticed_by: UUID | None = None
    """Who gave notice that it is withheld, or that it is to be claimed back."""
    reply_by: date | None = None
    replied: bool = False
    today: date


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


@requirement(source="G25", hides=True)
def something_is_to_be_paid(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """A change of the award has left something of the payment."""
    if not facts.amount_ore:
        yield _missing(facts, "nothing_to_pay", Role.DECISION_MAKER)


@requirement(source="G25, G29", hides=True)
def nothing_is_left_to_pay_for(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The milestone that the payment hangs on is waived, or the project is stopped."""
    if not facts.milestone_waived and not facts.project_stopped:
        yield _missing(facts, "milestone_not_waived", Role.DECISION_MAKER, Role.CASE_HANDLER)


@requirement(source="G17")
def authority_covers(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The one who approves holds budget authority today, for at least the sum and for whose budget it is."""
    yield from lacking(
        facts.authorities,
        act,
        facts.amount_ore,
        facts.cost_centre,
        "payment",
        "project.payment",
        id=str(facts.payment_id),
    )


@requirement(source="G17", asked=True)
def checks_made(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """Authority, cover and prudence have each been checked before money is paid."""
    yield from unchecked(facts.checks, "payment", "project.payment", id=str(facts.payment_id))


@requirement(source="G25")
def not_sent_to_be_paid(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The accounting system has not been given it to pay, or has refused it."""
    if facts.is_sent:
        yield _missing(facts, "is_sent", Role.CERTIFIER)


@requirement(source="G25", hides=True)
def sent_to_be_paid(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The accounting system has been given it to pay, and has not refused it."""
    if not facts.is_sent:
        yield _missing(facts, "is_not_sent", Role.CERTIFIER, Role.CASE_HANDLER)


@requirement(source="G25", asked=True)
def corrected_since_it_was_refused(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """Where the accounting system has refused it, what has been corrected since is written."""
    if facts.is_refused and not facts.correction.strip():
        yield _missing(facts, "no_correction", Role.CERTIFIER)


@requirement(source="G29")
def reply_time_is_over(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The office has answered the notice, or its time to answer is over."""
    if facts.reply_by is None or (facts.today <= facts.reply_by and not facts.replied):
        reply_by = facts.reply_by or facts.today
        yield _missing(facts, "may_still_reply", Role.LEADER, Role.COORDINATOR, reply_by=reply_by.isoformat())


@requirement(source="G29")
def decided_by_another_than_gave_notice(facts: PaymentFacts, act: Act) -> Iterator[Reason]:
    """The one who decides is another than the one who gave notice."""
    if act.person_id is not None and act.person_id == facts.noticed_by:
        yield _missing(facts, "noticed_by_yourself", Role.DECISION_MAKER)


S = PaymentState

PAYMENT = Lifecycle(
    subject="payment",
    states=PaymentState,
    initial=S.PLANNED,
    final=frozenset({S.RECOVERED, S.CANCELLED}),
    moves=(
        move("release", S.PLANNED, S.RELEASED, Permission.CLOCK, its_milestone_is_approved, something_is_to_be_paid),
        move("release_waived", S.PLANNED, S.RELEASED, Permission.PAYMENT_APPROVE,
             its_milestone_is_waived, something_is_to_be_paid, needs_why=True),
        move("cancel", (S.PLANNED, S.RELEASED, S.CERTIFIED, S.APPROVED), S.CANCELLED, Permission.PAYMENT_CANCEL,
             nothing_is_left_to_pay_for, not_sent_to_be_paid, needs_why=True),
        move("certify", S.RELEASED, S.CERTIFIED, Permission.PAYMENT_CERTIFY,
             its_milestone_is_approved, within_the_award, corrected_since_it_was_refused),
        move("approve", S.CERTIFIED, S.APPROVED, Permission.PAYMENT_APPROVE,
             its_milestone_is_approved, within_the_award, approved_by_another_than_certified, authority_covers,
             checks_made),
        move("send_back", S.CERTIFIED, S.RELEASED, Permission.PAYMENT_APPROVE, needs_why=True, aside=True),
        move("withhold", (S.RELEASED, S.CERTIFIED, S.APPROVED), S.WITHHELD, Permission.PAYMENT_GIVE_NOTICE,
             not_sent_to_be_paid, needs_why=True, aside=True),
        move("let_go", S.WITHHELD, S.RELEASED, Permission.PAYMENT_GIVE_NOTICE, its_milestone_is_approved, needs_why=True),
        move("reduce", S.WITHHELD, S.CANCELLED, Permission.PAYMENT_CANCEL,
             reply_time_is_over, decided_by_another_than_gave_notice, needs_why=True),
        move("register_paid", S.APPROVED, S.PAID, Permission.PAYMENT_REGISTER,
             its_milestone_is_approved, within_the_award, reference_given, registered_by_another_than_approved),
        move("register_refused", S.APPROVED, S.RELEASED, Permission.PAYMENT_REGISTER,
             sent_to_be_paid, registered_by_another_than_approved, needs_why=True, aside=True),
        move("give_notice", S.PAID, S.CLAIMED, Permission.PAYMENT_GIVE_NOTICE, needs_why=True, aside=True),
        move("recover", S.CLAIMED, S.RECOVERED, Permission.PAYMENT_APPROVE,
             reply_time_is_over, decided_by_another_than_gave_notice, needs_why=True),
        move("recover_part", S.CLAIMED, S.PAID, Permission.PAYMENT_APPROVE,
             reply_time_is_over, decided_by_another_than_gave_notice, needs_why=True),
        move("drop_claim", S.CLAIMED, S.PAID, Permission.PAYMENT_APPROVE, needs_why=True, aside=True),
    ),
)  # fmt: skip
