"""Facts of all that follows an award, each once with nothing missing and once with as much as possible in the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from tests.workflows.samples import person
from tests.workflows.test_project import COMPLETE
from workflows.accounts import spent_key
from workflows.authority import CHECKS, Authority
from workflows.benefit import BENEFIT, BENEFIT_PLAN, BenefitFacts, IndicatorSeen, PlanFacts
from workflows.budget import KindBudget
from workflows.capacity import HalfNeed, half_of
from workflows.change_request import CHANGE_REQUEST, ChangeKind, ChangeRequestFacts
from workflows.clarification import CLARIFICATION, TEXTS, ClarificationFacts, Needed, Side
from workflows.facilitation import FACILITATION, AssignmentFacts
from workflows.measurement import MEASUREMENT, MeasurementFacts, Promised
from workflows.milestone import MILESTONE, MilestoneFacts
from workflows.payment import PAYMENT, PaymentFacts
from workflows.project import PROJECT
from workflows.project_facts import ChangeSeen, Facilitating, ProjectFacts
from workflows.report import REPORT, ReportFacts, ReportKind
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES

TODAY = date(2026, 6, 1)
PROJECT_FACTS = COMPLETE
DAY = timedelta(days=1)

INDICATOR = IndicatorSeen(
    indicator_id=person("indicator"), name="Andel i jobb", described=True, baseline=Decimal(40), target=Decimal(60),
    measured=Decimal(60), measured_on=TODAY, measured_by=person("Mona"), sustained=True,
)  # fmt: skip
BENEFIT_FACTS = BenefitFacts(
    rules=DEFAULT_RULES,
    benefit_id=person("benefit"),
    title="Flere i jobb",
    state="realising",
    has_beneficiary=True,
    reaches_goal=True,
    change_named=True,
    live_on=TODAY,
    today=TODAY,
    indicators=(INDICATOR,),
    preconditions_written=True,
    stakeholders_named=True,
    owner="Eier",
    owner_id=person("Eier"),
    owner_accepted=True,
    measurer_id=person("Mona"),
    plan_approved=True,
)
PLAN_FACTS = PlanFacts(plan_id=person("plan"), benefits=(BENEFIT_FACTS,), submitted_by=person("Leder"))
MEASUREMENT_FACTS = MeasurementFacts(
    measurement_id=person("measurement"),
    benefit="Flere i jobb",
    has_value=True,
    measured_on=TODAY,
    live_on=TODAY,
    needs_change_live=True,
    confidence="B",
    late_baseline=False,
    has_evidence=True,
    reported_by=person("Mona"),
    owner_id=person("Eier"),
    measurer_id=person("Mona"),
)
MILESTONE_FACTS = MilestoneFacts(
    milestone_id=person("milestone"), key="M1", approved_by_role=Role.METHOD_OWNER, due_on=TODAY, today=TODAY,
    has_evidence=True, reported_by=person("Leder"),
)  # fmt: skip
PAYMENT_FACTS = PaymentFacts(
    payment_id=person("payment"), milestone="M4", milestone_approved=True, milestone_waived=True, kept_why="Gjort",
    amount_ore=100, award_ore=100, paid_ore=0, reference="A-1", checks=frozenset(CHECKS), today=TODAY,
    reply_by=TODAY - timedelta(days=1),
    authorities=tuple(
        Authority(person_id=person(name), limit_ore=None, valid_from=datetime(2026, 1, 1, tzinfo=UTC))
        for name in ("Kari", "Ola")
    ),
)  # fmt: skip
CHANGE_REQUEST_FACTS = ChangeRequestFacts(
    change_request_id=person("change request"), kind=ChangeKind.AMOUNT, amount_change_ore=100, frame_left_ore=100,
    unreleased_ore=100, proposed_by=person("Leder"), signed_by=person("Leder"),
)  # fmt: skip
CLARIFICATION_FACTS = ClarificationFacts(
    clarification_id=person("clarification"), role=Role.LEADER, holder_id=person("Leder"), holder="Leder",
    hours_per_week=2, texts=tuple((name, "Skrevet") for name in TEXTS), text_hash="x", agreed=frozenset(Side),
    released_hours=2,
)  # fmt: skip
REPORT_FACTS = ReportFacts(
    report_id=person("report"), kind=ReportKind.FINAL, due_on=TODAY, today=TODAY, awarded_ore=100,
    submitted_by=person("Leder"),
    answers={"results": "x", "changed_practice": "x", "what_worked": "x", "for_whom": "x", "conditions": "x",
             "as_planned": True, "spent_ore": 90, "own_hours": 0, "returned_ore": 10},
)  # fmt: skip
ASSIGNMENT_FACTS = AssignmentFacts(
    assignment_id=person("assignment"), person_id=person("Kari"), name="Kari",
    needs=(HalfNeed(half=half_of(TODAY), hours=40, left=40),),
)  # fmt: skip

WHOLE: dict[str, Any] = {
    PROJECT.subject: PROJECT_FACTS,
    FACILITATION.subject: ASSIGNMENT_FACTS,
    CLARIFICATION.subject: CLARIFICATION_FACTS,
    BENEFIT.subject: BENEFIT_FACTS,
    BENEFIT_PLAN.subject: PLAN_FACTS,
    MEASUREMENT.subject: MEASUREMENT_FACTS,
    MILESTONE.subject: MILESTONE_FACTS,
    REPORT.subject: REPORT_FACTS,
    PAYMENT.subject: PAYMENT_FACTS,
    CHANGE_REQUEST.subject: CHANGE_REQUEST_FACTS,
}
"""By the subject of its lifecycle: facts that no requirement objects to, but for those that exclude each other."""

KARI = person("Kari")
PROMISED = Promised(value=Decimal(320), due_on=TODAY, baseline=Decimal(400), tolerance_basis_points=500)
NO_ONE_AGREED = (Needed(clarification_id=person("c"), role=Role.LEADER, holder="Kari", agreed=frozenset()),)
UNDATED, UNSETTLED = (replace(each, settled=False) for each in PROJECT_FACTS.milestones[:2])
WITHOUT_FIGURES = replace(
    INDICATOR, described=False, baseline=None, target=None, measured=None, measured_on=None, measured_by=KARI,
    sustained=False,
)  # fmt: skip
BARE_BENEFIT = replace(
    BENEFIT_FACTS, has_beneficiary=False, reaches_goal=False, change_named=False, live_on=None,
    indicators=(WITHOUT_FIGURES, replace(INDICATOR, target=INDICATOR.baseline)), preconditions_written=False,
    is_disbenefit=True, owner=None, owner_id=KARI, owner_accepted=False, plan_approved=False, is_practice=True,
)  # fmt: skip
OWNED_BY_WHO_RUNS_IT = replace(BARE_BENEFIT, indicators=(), owner="Kari", owner_runs_project=True)
BARE_PROJECT = ProjectFacts(
    rules=DEFAULT_RULES,
    today=TODAY,
    has_leader=False,
    has_coordinator=False,
    clarifications=NO_ONE_AGREED,
    renewed=tuple(replace(each, gate="close_diamond_2") for each in NO_ONE_AGREED),
    milestones=(replace(UNDATED, due_on=None), UNSETTLED),
    unvalidated_findings=2,
    chosen=(replace(PROJECT_FACTS.chosen[0], unchecked_deviances=2, placed=False, benefits_placed=False,
                    consequences_answered=False),),
    benefits=(replace(PROJECT_FACTS.benefits[0], reaches_goal=False, handed_over=False, follow_ups=1),),
    measurements=(replace(PROJECT_FACTS.measurements[0], reported=False, settled=False),),
    unanswered_payments=("M4",),
    unreturned_ore=100,
    changes=(
        ChangeSeen(title="Korte møter", planned_live_on=None, is_live=False),
        ChangeSeen(title="Fast kontakt", planned_live_on=TODAY, is_live=False),
    ),
)  # fmt: skip
TIED_FACILITATOR = Facilitating(name="Frida", accepted=True, within_capacity=False, conflict=True)

RENEWED_AT_EACH_DIAMOND = replace(
    BARE_PROJECT.rules,
    clarifications=replace(
        BARE_PROJECT.rules.clarifications, at_close_diamond_1=(Role.LEADER,), at_close_diamond_3=(Role.LEADER,)
    ),
)

TRAVEL = KindBudget(cost_kind="travel", applied_ore=1_000, awarded_ore=1_000, office_ore=0, others_ore=0)

BROKEN: dict[str, tuple[Any, ...]] = {
    PROJECT.subject: (
        BARE_PROJECT,
        replace(BARE_PROJECT, facilitators=(TIED_FACILITATOR,), milestones=(), chosen=(), benefits=()),
        replace(BARE_PROJECT, rules=RENEWED_AT_EACH_DIAMOND),
    ),
    FACILITATION.subject: (
        replace(
            ASSIGNMENT_FACTS, person_id=person("Frida"), conflicts=("own_unit", "in_team"),
            needs=(HalfNeed(half=half_of(TODAY), hours=41, left=40),),
        ),
    ),
    CLARIFICATION.subject: (
        replace(CLARIFICATION_FACTS, holder="", holder_id=None, hours_per_week=0, texts=(), agreed=frozenset()),
        replace(CLARIFICATION_FACTS, sides=frozenset(Side), released_hours=0, renews=True, texts=()),
    ),
    BENEFIT.subject: (
        BARE_BENEFIT,
        OWNED_BY_WHO_RUNS_IT,
        replace(OWNED_BY_WHO_RUNS_IT, owner_accepted=True),
        *(replace(BENEFIT_FACTS, indicators=(replace(INDICATOR, measured=Decimal(value)),)) for value in (40, 60)),
    ),
    BENEFIT_PLAN.subject: (
        replace(PLAN_FACTS, benefits=(), submitted_by=KARI),
        replace(PLAN_FACTS, benefits=(BARE_BENEFIT, OWNED_BY_WHO_RUNS_IT)),
    ),
    MEASUREMENT.subject: (
        replace(MEASUREMENT_FACTS, has_value=False, has_evidence=False, live_on=None, late_baseline=True,
                reported_by=KARI),
        replace(MEASUREMENT_FACTS, measured_on=TODAY - DAY),
        replace(MEASUREMENT_FACTS, value=Decimal(340), promised=PROMISED),
    ),
    MILESTONE.subject: (
        replace(MILESTONE_FACTS, due_on=None, has_evidence=False, reported_by=KARI),
        replace(MILESTONE_FACTS, due_on=TODAY + DAY, project_stopped=True),
    ),
    REPORT.subject: (
        replace(REPORT_FACTS, due_on=TODAY + 31 * DAY, answers={}, submitted_by=KARI, accounts_approved=True),
        replace(REPORT_FACTS, awarded_ore=99),
        replace(REPORT_FACTS, budget=(TRAVEL,), answers={spent_key(TRAVEL.cost_kind): 2 * TRAVEL.awarded_ore}),
    ),
    PAYMENT.subject: (
        replace(PAYMENT_FACTS, milestone_approved=False, milestone_waived=False, kept_why="", checks=frozenset(),
                is_sent=True,
                noticed_by=KARI, reply_by=TODAY, authorities=(replace(PAYMENT_FACTS.authorities[0], limit_ore=1),),
                amount_ore=101,
                reference="", certified_by=KARI, approved_by=KARI),
        replace(PAYMENT_FACTS, amount_ore=0, is_refused=True),
    ),
    CHANGE_REQUEST.subject: (
        replace(CHANGE_REQUEST_FACTS, amount_change_ore=101, proposed_by=KARI, project_over=True, signed_by=None,
                is_stale=True, milestone_settled=True),
        replace(CHANGE_REQUEST_FACTS, amount_change_ore=-101),
    ),
}  # fmt: skip
"""By the subject of its lifecycle: facts that between them shut every requirement, for Kari without a role."""
