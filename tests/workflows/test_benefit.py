"""A benefit is described, planned, measured and concluded in that order, and its plan is whole before it is approved."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workflows.carrying_out import BENEFIT_FACTS, INDICATOR, PLAN_FACTS, TODAY
from tests.workflows.samples import act, person
from tests.workflows.walk import codes, taken
from workflows.benefit import (
    AUTOMATIC,
    BENEFIT,
    BENEFIT_PLAN,
    BY_PLAN,
    CONCLUDED,
    LAYERS,
    PLANNED_ON,
    BenefitFacts,
    BenefitState,
    IndicatorSeen,
    PlanState,
    closes_circle,
    leads_right,
    progress,
    reachable,
)
from workflows.engine import Act, Reason, Verdict, decide, options
from workflows.roles import OFFICE, Permission, Role

S, P = BenefitState, PlanState
ANYBODY = act(*Role, why="Fordi")
DAY = timedelta(days=1)
D = Decimal
SECOND = replace(INDICATOR, indicator_id=person("second"), name="Andel i tiltak")


def verdict(name: str, state: str | None = None, who: Act = ANYBODY, **changes: Any) -> Verdict:
    """What somebody is told about a move out of the first state that has it, with some facts changed."""
    source = state or min(BENEFIT.move(name).sources)
    return decide(BENEFIT, name, source, replace(BENEFIT_FACTS, **changes), who)


def unmet(name: str, **changes: Any) -> list[str]:
    """What is missing for a move, with some facts changed."""
    return codes(verdict(name, **changes).unmet)


def one(**changes: Any) -> tuple[IndicatorSeen, ...]:
    """The only indicator, with some of it changed."""
    return (replace(INDICATOR, **changes),)


def both(**changes: Any) -> tuple[IndicatorSeen, ...]:
    """Two indicators, with some of the second changed."""
    return (INDICATOR, replace(SECOND, **changes))


# --- from draft to planned -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("identify", {"has_beneficiary": False}, ["no_beneficiary"]),
        ("identify", {"reaches_goal": False}, ["reaches_no_goal"]),
        ("identify", {"has_beneficiary": False, "reaches_goal": False}, ["no_beneficiary", "reaches_no_goal"]),
        ("detail", {"change_named": False}, ["no_change"]),
        ("detail", {"indicators": ()}, ["no_indicator"]),
        ("detail", {"indicators": one(described=False)}, ["indicator_not_described"]),
        ("detail", {"indicators": both(described=False)}, ["indicator_not_described"]),
        ("detail", {"preconditions_written": False}, ["no_preconditions"]),
        ("detail", {"is_disbenefit": True}, ["no_mitigation"]),
        ("detail", {"is_disbenefit": True, "mitigation_written": True}, []),
        ("detail", {"owner": None}, ["no_owner"]),
        ("detail", {"owner_accepted": False}, []),
        ("record_baseline", {"indicators": one(baseline=None)}, ["no_baseline"]),
        ("record_baseline", {"indicators": one(baseline=None), "without_baseline_why": " "}, ["no_baseline"]),
        ("record_baseline", {"indicators": one(baseline=None), "without_baseline_why": "Nytt tilbud"}, []),
        ("record_baseline", {"indicators": both(baseline=None)}, ["no_baseline"]),
        ("record_baseline", {"indicators": one(baseline=D(0))}, []),
        ("plan", {"plan_approved": False}, ["plan_not_approved"]),
        ("plan", {"indicators": one(target=None)}, ["no_target"]),
        ("plan", {"indicators": both(target=None)}, ["no_target"]),
        ("plan", {"indicators": one(target=D(40))}, ["target_is_baseline"]),
        ("plan", {"indicators": one(target=D("40.00"))}, ["target_is_baseline"]),
        ("plan", {"indicators": one(target=D(0))}, []),
        ("plan", {"indicators": one(baseline=None)}, []),
        ("plan", {"owner": None}, ["no_owner"]),
        ("plan", {"owner": None, "owner_accepted": False, "owner_runs_project": True}, ["no_owner"]),
        ("plan", {"owner_accepted": False}, ["owner_not_accepted"]),
        ("plan", {"owner_runs_project": True}, ["owner_runs_project"]),
        ("plan", {"owner_accepted": False, "owner_runs_project": True}, ["owner_not_accepted", "owner_runs_project"]),
        ("plan", {"is_practice": True}, ["is_practice"]),
        ("begin_realising", {"live_on": None}, ["change_not_live"]),
        ("begin_realising", {"live_on": TODAY + DAY}, ["change_not_live"]),
        ("begin_realising", {"live_on": TODAY}, []),
    ],
)  # fmt: skip
def test_a_benefit_waits_for_what_is_missing_and_it_is_named(
    name: str, changes: dict[str, Any], expected: list[str]
) -> None:
    assert unmet(name) == []
    assert unmet(name, **changes) == [f"benefit.{code}" for code in expected]


def test_what_follows_from_what_is_known_is_done_by_the_clock_alone() -> None:
    of_the_clock = {each.name for each in BENEFIT.moves if each.permission == Permission.CLOCK}
    assert of_the_clock == {*AUTOMATIC, *BY_PLAN}
    for name in of_the_clock:
        assert {role for role in Role if verdict(name, who=act(role)).allowed} == {Role.SYSTEM}


def test_what_sums_are_made_of_stands_still_from_the_plan_on() -> None:
    assert set(S) - set(PLANNED_ON) == {S.DRAFT, S.IDENTIFIED, S.DETAILED, S.BASELINED, S.DROPPED}
    moves = taken(BENEFIT, lambda state, name: BENEFIT_FACTS, lambda name: ANYBODY)
    after = {(name, target) for state, name, target in moves if state in PLANNED_ON and target not in PLANNED_ON}
    assert after == {("replan", S.DETAILED), ("drop", S.DROPPED)}


# --- concluding ------------------------------------------------------------------------------------------------------

OUTCOMES = ("realise", "realise_partly", "not_realise")


def came(part: Decimal, **changes: Any) -> IndicatorSeen:
    """An indicator that has come that part of its way."""
    return replace(INDICATOR, baseline=D(100), target=D(200), measured=100 + 100 * part, **changes)


@pytest.mark.parametrize(
    ("part", "outcome"),
    [
        ("-3", "not_realise"), ("0", "not_realise"), ("0.0999", "not_realise"), ("0.1", "realise_partly"),
        ("0.5", "realise_partly"), ("0.8999", "realise_partly"), ("0.9", "realise"), ("1", "realise"), ("4", "realise"),
    ],
)  # fmt: skip
def test_the_measurement_says_how_a_benefit_is_concluded(part: str, outcome: str) -> None:
    facts: dict[str, Any] = {"indicators": (came(D(part)),)}
    assert [name for name in OUTCOMES if verdict(name, **facts).allowed] == [outcome]
    offered = options(BENEFIT, S.REALISING, replace(BENEFIT_FACTS, **facts), ANYBODY)
    assert {each.move for each in offered} == {outcome, "drop"}
    for name in set(OUTCOMES) - {outcome}:
        (told,) = verdict(name, **facts).unmet
        assert told.code == "benefit.progress_says_otherwise"
        assert told.parameters["percent"] == f"{100 * D(part):.0f}"


PARTS = st.decimals(-3, 3, places=4)


@given(st.lists(PARTS, min_size=1, max_size=4), st.booleans())
@example([D("0.9"), D("0.89")], False)
def test_every_measured_benefit_has_exactly_one_conclusion_that_of_its_least_indicator(
    parts: list[Decimal], downwards: bool
) -> None:
    start, end = (D(200), D(100)) if downwards else (D(100), D(200))
    indicators = tuple(
        replace(INDICATOR, baseline=start, target=end, measured=start + (end - start) * part) for part in parts
    )
    facts: dict[str, Any] = {"indicators": indicators}
    (outcome,) = (name for name in OUTCOMES if verdict(name, **facts).allowed)
    least = min(parts)
    assert replace(BENEFIT_FACTS, **facts).progress == least
    assert outcome == ("realise" if least >= D("0.9") else "realise_partly" if least >= D("0.1") else "not_realise")


@pytest.mark.parametrize(
    "indicators",
    [(), one(baseline=None), one(target=None), one(measured=None), one(target=D(40)), both(measured=None)],
)
def test_nothing_is_concluded_before_every_indicator_is_measured(indicators: tuple[IndicatorSeen, ...]) -> None:
    for name in OUTCOMES:
        assert unmet(name, indicators=indicators) == ["benefit.not_measured"]


def test_the_thresholds_are_those_of_the_call() -> None:
    rules = replace(BENEFIT_FACTS.rules, benefits=replace(
        BENEFIT_FACTS.rules.benefits, realised_basis_points=5_000, barely_basis_points=2_000
    ))  # fmt: skip
    for part, outcome in (("0.19", "not_realise"), ("0.2", "realise_partly"), ("0.5", "realise")):
        facts: dict[str, Any] = {"rules": rules, "indicators": (came(D(part)),)}
        assert [name for name in OUTCOMES if verdict(name, **facts).allowed] == [outcome]


MEASURED_BY_KARI = {"indicators": (came(D(1)), came(D(1), measured_by=person("Kari")))}


@pytest.mark.parametrize(
    "tie", [{"owner_id": person("Kari")}, {"measurer_id": person("Kari")}, MEASURED_BY_KARI], ids=lambda tie: next(iter(tie))
)  # fmt: skip
@pytest.mark.parametrize("name", ["realise", "sustain"])
def test_whoever_owns_or_measures_a_benefit_does_not_conclude_on_it(name: str, tie: dict[str, Any]) -> None:
    assert unmet(name) == []
    assert unmet(name, **tie) == ["benefit.own_benefit"]


def test_only_a_full_realisation_is_concluded_without_a_reason() -> None:
    for part, name in (("0", "not_realise"), ("0.5", "realise_partly"), ("1", "realise")):
        silent = replace(ANYBODY, why=" ")
        told = codes(verdict(name, who=silent, indicators=(came(D(part)),)).unmet)
        assert told == ([] if name == "realise" else ["step.why_missing"])


@pytest.mark.parametrize(
    ("indicators", "expected"),
    [
        (one(), []),
        (both(), []),
        (one(sustained=False), ["benefit.not_measured_again"]),
        (both(sustained=False), ["benefit.not_measured_again"]),
        ((), ["benefit.not_measured_again"]),
    ],
)
def test_a_benefit_lasts_when_every_indicator_is_measured_again(
    indicators: tuple[IndicatorSeen, ...], expected: list[str]
) -> None:
    assert unmet("sustain", indicators=indicators) == expected


def test_a_benefit_is_dropped_for_a_reason_until_it_is_concluded_and_never_taken_up_again() -> None:
    decider = act(Role.DECISION_MAKER, why="Fordi")
    droppable = [state for state in S if verdict("drop", state, decider).allowed]
    assert droppable == [S.DRAFT, S.IDENTIFIED, S.DETAILED, S.BASELINED, S.PLANNED, S.REALISING]
    assert set(droppable).isdisjoint(CONCLUDED)
    assert codes(verdict("drop", S.DRAFT, replace(decider, why="")).unmet) == ["step.why_missing"]
    assert {role for role in Role if verdict("drop", S.DRAFT, act(role, why="Fordi")).allowed} == {
        Role.DECISION_MAKER, Role.SYSTEM,
    }  # fmt: skip
    assert options(BENEFIT, S.DROPPED, BENEFIT_FACTS, ANYBODY) == ()


def test_a_plan_that_is_changed_is_written_and_approved_anew() -> None:
    office = {role for role in Role if verdict("replan", S.PLANNED, act(role, why="Fordi")).allowed}
    assert office == OFFICE
    assert verdict("replan").target == S.DETAILED
    assert codes(verdict("replan", S.PLANNED, replace(ANYBODY, why="")).unmet) == ["step.why_missing"]


# --- the plan --------------------------------------------------------------------------------------------------------


def of_plan(name: str, *benefits: BenefitFacts, who: Act = ANYBODY) -> tuple[Reason, ...]:
    """What is missing for a move of a plan with these benefits."""
    source = max(BENEFIT_PLAN.move(name).sources)
    return decide(BENEFIT_PLAN, name, source, replace(PLAN_FACTS, benefits=benefits), who).unmet


HALVES = pytest.mark.parametrize("name", ["submit", "approve"])


@HALVES
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"has_beneficiary": False}, ["no_beneficiary"]),
        ({"reaches_goal": False}, ["reaches_no_goal"]),
        ({"change_named": False}, ["no_change"]),
        ({"indicators": ()}, ["no_indicator"]),
        ({"indicators": one(described=False)}, ["indicator_not_described"]),
        ({"preconditions_written": False}, ["no_preconditions"]),
        ({"is_disbenefit": True}, ["no_mitigation"]),
        ({"stakeholders_named": False}, ["no_stakeholders"]),
        ({"owner": None}, ["no_owner"]),
        ({"owner_accepted": False}, ["owner_not_accepted"]),
        ({"owner_left": True}, ["owner_left"]),
        ({"owner_left": True, "owner_accepted": False}, ["owner_left"]),
        ({"owner_runs_project": True}, ["owner_runs_project"]),
        ({"indicators": one(baseline=None)}, ["no_baseline"]),
        ({"indicators": one(baseline=None), "without_baseline_why": "Nytt tilbud"}, []),
        ({"indicators": one(target=None)}, ["no_target"]),
        ({"indicators": one(target=D(40))}, ["target_is_baseline"]),
        ({"live_on": None, "plan_approved": False}, []),
    ],
)  # fmt: skip
def test_a_plan_is_sent_and_approved_only_with_every_benefit_whole(
    name: str, changes: dict[str, Any], expected: list[str]
) -> None:
    other = replace(BENEFIT_FACTS, benefit_id=person("other"), **changes)
    told = of_plan(name, BENEFIT_FACTS, other)
    assert codes(told) == [f"benefit.{code}" for code in expected]
    assert all(reason.parameters["id"] == str(person("other")) for reason in told)


@HALVES
def test_a_plan_without_benefits_is_no_plan(name: str) -> None:
    assert codes(of_plan(name)) == ["benefit_plan.no_benefits"]


def test_the_one_who_sent_the_plan_may_return_it_and_never_approve_it() -> None:
    sender = act(Role.DECISION_MAKER, who="Leder", why="Fordi")
    assert codes(of_plan("approve", BENEFIT_FACTS, who=sender)) == ["benefit_plan.sent_by_yourself"]
    assert of_plan("approve", BENEFIT_FACTS, who=replace(sender, person_id=person("Kari"))) == ()
    assert of_plan("return", who=sender) == ()
    assert codes(of_plan("return", who=replace(sender, why=""))) == ["step.why_missing"]


def test_an_approved_plan_stands_and_a_returned_one_is_sent_again() -> None:
    assert options(BENEFIT_PLAN, P.APPROVED, PLAN_FACTS, ANYBODY) == ()
    for state in (P.DRAFT, P.RETURNED):
        (offered,) = options(BENEFIT_PLAN, state, PLAN_FACTS, ANYBODY)
        assert (offered.move, offered.allowed) == ("submit", True)


# --- the map and the figures -----------------------------------------------------------------------------------------


def test_a_connection_leads_to_a_layer_further_right() -> None:
    pairs = {(one_layer, other) for one_layer in LAYERS for other in LAYERS if leads_right(one_layer, other)}
    assert pairs == {(LAYERS[i], LAYERS[j]) for i in range(len(LAYERS)) for j in range(i + 1, len(LAYERS))}
    for one_layer, other in (("measure", "moon"), ("moon", "measure")):
        with pytest.raises(LookupError, match="moon"):
            leads_right(one_layer, other)


PLACES = [person(f"place {number}") for number in range(5)]
EDGES = st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)), max_size=10)


def in_circles(edges: list[tuple[UUID, UUID]]) -> bool:
    """Whether some places are left when those that lead nowhere are taken away one after another."""
    left = set(edges)
    while leading_on := {(source, target) for source, target in left if any(target == each for each, _ in left)}:
        if leading_on == left:
            return True
        left = leading_on
    return False


@given(EDGES)
@example([(PLACES[0], PLACES[1]), (PLACES[1], PLACES[2]), (PLACES[2], PLACES[0])])
@example([(PLACES[0], PLACES[0])])
def test_a_map_that_refuses_what_closes_a_circle_never_has_one(edges: list[tuple[UUID, UUID]]) -> None:
    drawn: list[tuple[UUID, UUID]] = []
    for source, target in edges:
        refused = closes_circle(drawn, source, target)
        assert refused == in_circles([*drawn, (source, target)])
        if not refused:
            drawn.append((source, target))
    assert all(place not in reachable(drawn, place) for place in PLACES)


def test_a_place_reaches_all_that_its_connections_lead_to() -> None:
    a, b, c, d, _ = PLACES
    assert reachable([(a, b), (b, c), (d, a)], a) == {b, c}
    assert reachable([(a, b), (b, a)], a) == {a, b}
    assert reachable([], a) == frozenset()


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "expected"),
    [
        (40, 60, 40, D(0)), (40, 60, 60, D(1)), (40, 60, 55, D("0.75")), (40, 60, 70, D("1.5")), (40, 60, 30, D("-0.5")),
        (60, 40, 45, D("0.75")), (60, 40, 70, D("-0.5")), (0, 10, 5, D("0.5")), (5, 5, 9, None),
    ],
)  # fmt: skip
def test_progress_is_the_way_from_baseline_to_target_whichever_way_is_up(
    baseline: int, target: int, actual: int, expected: Decimal | None
) -> None:
    assert progress(D(baseline), D(target), D(actual)) == expected
