"""A benefit from draft to sustained, the plan that freezes it, and the map it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role
from workflows.rules import Rules

TEAM = (Role.COORDINATOR, Role.CORE_TEAM, Role.LEADER)
CONFIRMERS = (Role.CASE_HANDLER, Role.RESOURCE_GROUP, Role.METHOD_OWNER)

LAYERS = ("measure", "changed_practice", "local_benefit", "wider_benefit", "overall_goal")
"""The layers of the map from left to right."""

WHOLE = Decimal(1)
BASIS_POINTS = Decimal(10_000)


class BenefitState(StrEnum):
    """How far a benefit has come (DOMAIN 3.5)."""

    DRAFT = "draft"
    IDENTIFIED = "identified"
    DETAILED = "detailed"
    BASELINED = "baselined"
    PLANNED = "planned"
    REALISING = "realising"
    REALISED = "realised"
    PARTLY_REALISED = "partly_realised"
    NOT_REALISED = "not_realised"
    SUSTAINED = "sustained"
    DROPPED = "dropped"


class PlanState(StrEnum):
    """How far a version of the benefit plan has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


# --- the map ---------------------------------------------------------------------------------------------------------


def leads_right(from_layer: str, to_layer: str) -> bool:
    """Whether a connection goes from a layer to one further right (DOMAIN 3.8 I2); LookupError for an unknown layer."""
    try:
        return LAYERS.index(from_layer) < LAYERS.index(to_layer)
    except ValueError:
        raise LookupError(f"no layer {from_layer!r} or {to_layer!r}") from None


def reachable(edges: Iterable[tuple[UUID, UUID]], start: UUID) -> frozenset[UUID]:
    """Every place that the connections lead to from one, itself left out unless they lead back."""
    following: dict[UUID, list[UUID]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
    found: set[UUID] = set()
    waiting = list(following.get(start, ()))
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting.extend(following.get(place, ()))
    return frozenset(found)


def closes_circle(edges: Iterable[tuple[UUID, UUID]], source: UUID, target: UUID) -> bool:
    """Whether one more connection would let the map lead back to where it began (DOMAIN 3.8 I2)."""
    return source == target or source in reachable(edges, target)


# --- figures ---------------------------------------------------------------------------------------------------------


def progress(baseline: Decimal, target: Decimal, actual: Decimal) -> Decimal | None:
    """How far from baseline to target the actual value has come; None where the two are the same (W1, W3)."""
    return None if baseline == target else (actual - baseline) / (target - baseline)


# --- facts -----------------------------------------------------------------------------------------------------------


class IndicatorSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator of a benefit with the newest figures."""

    indicator_id: UUID
    name: str
    described: bool
    """It has a unit, a method and a source."""
    baseline: Decimal | None = None
    target: Decimal | None = None
    """In the plan being written, else the newest approved one."""
    measured: Decimal | None = None
    measured_on: date | None = None
    measured_by: UUID | None = None
    sustained: bool = False
    """A later measurement, twelve months or more after the first, lies within tolerance of it."""


class BenefitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one benefit."""

    rules: Rules
    benefit_id: UUID
    title: str
    state: str
    has_beneficiary: bool
    reaches_goal: bool
    change_named: bool
    live_on: date | None
    today: date
    indicators: tuple[IndicatorSeen, ...] = ()
    preconditions_written: bool = False
    stakeholders_named: bool = False
    is_disbenefit: bool = False
    mitigation_written: bool = False
    without_baseline_why: str = ""
    owner: str | None = None
    owner_id: UUID | None = None
    owner_accepted: bool = False
    owner_left: bool = False
    """The owner has left, or works in no unit any longer."""
    owner_runs_project: bool = False
    """The owner coordinates or facilitates the same project."""
    measurer_id: UUID | None = None
    plan_approved: bool = False
    is_practice: bool = False
    """Made to learn the method (S31)."""

    @property
    def progress(self) -> Decimal | None:
        """How far the benefit has come: the least of its indicators; None where one cannot be told."""
        found = [
            progress(each.baseline, each.target, each.measured)
            for each in self.indicators
            if each.baseline is not None and each.target is not None and each.measured is not None
        ]
        if not found or len(found) < len(self.indicators) or any(each is None for each in found):
            return None
        return min(each for each in found if each is not None)


def _missing(facts: BenefitFacts, code: str, *who: Role, place: str = "benefit", **parameters: str) -> Reason:
    return Reason(
        code=f"benefit.{code}",
        parameters={"id": str(facts.benefit_id), "benefit": facts.title, **parameters},
        place=place,
        who=who,
    )


@requirement(source="S12, S70")
def beneficiary_and_goal_named(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """It is said who gains, and the map leads from the benefit to an overall goal."""
    if not facts.has_beneficiary:
        yield _missing(facts, "no_beneficiary", *TEAM)
    if not facts.reaches_goal:
        yield _missing(facts, "reaches_no_goal", *TEAM, place="benefit.map")


@requirement(source="S66, DOMAIN 3.5")
def change_and_indicator_described(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The change that causes it is named, and at least one indicator has unit, method and source."""
    if not facts.change_named:
        yield _missing(facts, "no_change", *TEAM)
    if not facts.indicators:
        yield _missing(facts, "no_indicator", *TEAM)
    for each in facts.indicators:
        if not each.described:
            yield _missing(facts, "indicator_not_described", *TEAM, indicator=each.name)


@requirement(source="DOMAIN 3.7")
def preconditions_written(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The preconditions are written, and of a disbenefit how it is softened."""
    if not facts.preconditions_written:
        yield _missing(facts, "no_preconditions", *TEAM)
    if facts.is_disbenefit and not facts.mitigation_written:
        yield _missing(facts, "no_mitigation", *TEAM)


@requirement(source="R16, DOMAIN 3.1")
def stakeholders_named(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """It is said whom the benefit concerns, those who lose by it too."""
    if not facts.stakeholders_named:
        yield _missing(facts, "no_stakeholders", *TEAM, place="benefit.stakeholders")


@requirement(source="DOMAIN 3.5")
def owner_proposed(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """Somebody is asked to own the benefit."""
    if facts.owner is None:
        yield _missing(facts, "no_owner", *TEAM)


@requirement(source="R17, DOMAIN 3.8 I1")
def owner_accepted(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The owner has accepted, and neither coordinates nor facilitates the same project."""
    if facts.owner is None:
        yield _missing(facts, "no_owner", *TEAM)
    elif facts.owner_left:
        yield _missing(facts, "owner_left", *TEAM, owner=facts.owner)
    elif not facts.owner_accepted:
        yield _missing(facts, "owner_not_accepted", Role.BENEFIT_OWNER, owner=facts.owner)
    if facts.owner is not None and facts.owner_runs_project:
        yield _missing(facts, "owner_runs_project", *TEAM, owner=facts.owner)


@requirement(source="S68, R16")
def baseline_or_reason(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """Every indicator has a baseline, or the reason why there is none is written."""
    for each in facts.indicators:
        if each.baseline is None and not facts.without_baseline_why.strip():
            yield _missing(facts, "no_baseline", *TEAM, indicator=each.name)


@requirement(source="DOMAIN 3.7, W3")
def target_set(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """Every indicator has a dated target, which differs from its baseline."""
    for each in facts.indicators:
        if each.target is None:
            yield _missing(facts, "no_target", *TEAM, indicator=each.name)
        elif each.target == each.baseline:
            yield _missing(facts, "target_is_baseline", *TEAM, indicator=each.name)


@requirement(source="DOMAIN 3.5")
def covered_by_an_approved_plan(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The newest version of the plan is approved."""
    if not facts.plan_approved:
        yield _missing(facts, "plan_not_approved", Role.LEADER, Role.DECISION_MAKER, place="benefit.plan")


@requirement(source="S31, DOMAIN 3.8 I16")
def no_practice(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The benefit was not made for practice: what is practised with is never planned, and so is never summed."""
    if facts.is_practice:
        yield _missing(facts, "is_practice", *TEAM)


@requirement(source="DOMAIN 3.5")
def change_is_live(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The change that causes the benefit has gone live."""
    if facts.live_on is None or facts.live_on > facts.today:
        yield _missing(facts, "change_not_live", *TEAM)


@requirement(source="DOMAIN 3.5, 3.8 I8")
def concluded_by_somebody_else(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The one who concludes neither owns nor measures the benefit."""
    measurers = {facts.owner_id, facts.measurer_id, *(each.measured_by for each in facts.indicators)} - {None}
    if act.person_id in measurers:
        yield _missing(facts, "own_benefit", *CONFIRMERS)


@requirement(source="DOMAIN 3.5")
def measured(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """Every indicator has a baseline, a target and a confirmed measurement to conclude on."""
    if facts.progress is None:
        yield _missing(facts, "not_measured", Role.BENEFIT_OWNER, *TEAM)


def _between(facts: BenefitFacts, least: int | None, below: int | None) -> Iterator[Reason]:
    found = facts.progress
    if found is None:
        return
    if (least is not None and found * BASIS_POINTS < least) or (below is not None and found * BASIS_POINTS >= below):
        yield _missing(facts, "progress_says_otherwise", *CONFIRMERS, percent=f"{found * 100:.0f}")


@requirement(source="DOMAIN 3.5", hides=True)
def target_reached(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The confirmed measurement has come as far towards the target as the rules ask for."""
    yield from _between(facts, facts.rules.benefits.realised_basis_points, None)


@requirement(source="DOMAIN 3.5", hides=True)
def target_partly_reached(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The confirmed measurement has come some of the way towards the target."""
    yield from _between(facts, facts.rules.benefits.barely_basis_points, facts.rules.benefits.realised_basis_points)


@requirement(source="DOMAIN 3.5", hides=True)
def target_not_reached(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """The confirmed measurement has hardly moved towards the target."""
    yield from _between(facts, None, facts.rules.benefits.barely_basis_points)


@requirement(source="DOMAIN 3.5")
def lasting(facts: BenefitFacts, act: Act) -> Iterator[Reason]:
    """A measurement twelve months later or more lies within tolerance."""
    if not facts.indicators or not all(each.sustained for each in facts.indicators):
        yield _missing(facts, "not_measured_again", Role.BENEFIT_OWNER)


S = BenefitState
CONCLUDED = (S.REALISED, S.PARTLY_REALISED, S.NOT_REALISED)
AUTOMATIC = ("identify", "detail", "record_baseline", "begin_realising")
"""Moves that follow by themselves from what is known."""
BY_PLAN = ("plan",)
"""Moves that the plan's approval makes."""
PLANNED_ON = (S.PLANNED, S.REALISING, *CONCLUDED, S.SUSTAINED)
"""From the plan's approval on, when what sums are made of stands still."""
BENEFIT_FINAL = (S.SUSTAINED, S.DROPPED)

BENEFIT = Lifecycle(
    subject="benefit",
    states=BenefitState,
    initial=S.DRAFT,
    final=frozenset(BENEFIT_FINAL),
    moves=(
        move("identify", S.DRAFT, S.IDENTIFIED, Permission.CLOCK, beneficiary_and_goal_named),
        move("detail", S.IDENTIFIED, S.DETAILED, Permission.CLOCK,
             change_and_indicator_described, preconditions_written, owner_proposed),
        move("record_baseline", S.DETAILED, S.BASELINED, Permission.CLOCK, baseline_or_reason),
        move("plan", S.BASELINED, S.PLANNED, Permission.CLOCK,
             no_practice, covered_by_an_approved_plan, target_set, owner_accepted),
        move("replan", S.PLANNED, S.DETAILED, Permission.BENEFIT_WRITE, needs_why=True, aside=True),
        move("begin_realising", S.PLANNED, S.REALISING, Permission.CLOCK, change_is_live),
        move("realise", S.REALISING, S.REALISED, Permission.MEASUREMENT_CONFIRM,
             measured, target_reached, concluded_by_somebody_else),
        move("realise_partly", S.REALISING, S.PARTLY_REALISED, Permission.MEASUREMENT_CONFIRM,
             measured, target_partly_reached, concluded_by_somebody_else, needs_why=True),
        move("not_realise", S.REALISING, S.NOT_REALISED, Permission.MEASUREMENT_CONFIRM,
             measured, target_not_reached, concluded_by_somebody_else, needs_why=True),
        move("sustain", CONCLUDED, S.SUSTAINED, Permission.MEASUREMENT_CONFIRM, lasting, concluded_by_somebody_else),
        move("drop", (S.DRAFT, S.IDENTIFIED, S.DETAILED, S.BASELINED, S.PLANNED, S.REALISING), S.DROPPED,
             Permission.BENEFIT_DROP, needs_why=True, aside=True),
    ),
)  # fmt: skip


class PlanFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one version of the plan."""

    plan_id: UUID
    benefits: tuple[BenefitFacts, ...]
    """Every benefit that is not dropped."""
    submitted_by: UUID | None = None


@requirement(source="DESIGN 2.2, DOMAIN 3.1, G24")
def every_benefit_whole(facts: PlanFacts, act: Act) -> Iterator[Reason]:
    """Every benefit has goal, change, stakeholders, accepted owner, described indicators, baseline or reason, and targets."""
    if not facts.benefits:
        yield Reason(code="benefit_plan.no_benefits", place="benefit.plan", who=TEAM)
    for benefit in facts.benefits:
        for rule in (beneficiary_and_goal_named, change_and_indicator_described, preconditions_written, stakeholders_named,
                     owner_accepted, baseline_or_reason, target_set):  # fmt: skip
            yield from rule.check(benefit, act)


@requirement(source="G16")
def approved_by_another_than_sent(facts: PlanFacts, act: Act) -> Iterator[Reason]:
    """The one who approves did not send the plan."""
    if act.person_id is not None and act.person_id == facts.submitted_by:
        yield Reason(code="benefit_plan.sent_by_yourself", place="benefit.plan", who=(Role.DECISION_MAKER,))


P = PlanState

BENEFIT_PLAN = Lifecycle(
    subject="benefit_plan",
    states=PlanState,
    initial=P.DRAFT,
    final=frozenset({P.APPROVED}),
    moves=(
        move("submit", (P.DRAFT, P.RETURNED), P.SUBMITTED, Permission.BENEFIT_PLAN_SUBMIT, every_benefit_whole),
        move("approve", P.SUBMITTED, P.APPROVED, Permission.BENEFIT_PLAN_APPROVE,
             every_benefit_whole, approved_by_another_than_sent),
        move("return", P.SUBMITTED, P.RETURNED, Permission.BENEFIT_PLAN_APPROVE, needs_why=True),
    ),
)  # fmt: skip
