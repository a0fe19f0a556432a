"""A proposal of facilitators breaks no rule of impartiality or capacity, and says what speaks for each pair."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.matching.solver import solve
from tests.workflows.samples import person
from workflows.facilitation import METHODS as ALL_METHODS
from workflows.matching import faults
from workflows.staffing import FacilitatorFacts, ProjectNeeds, bars, parts, problem_of
from workflows.staffing_rules import STAFFING_LIMITS, StaffingRules

WEIGHTS = StaffingRules()
SPRING, AUTUMN = date(2027, 1, 1), date(2027, 7, 1)
OSLO, TROMS = person("Oslo"), person("Troms")
METHODS = ("service_design", "evaluation")


def facilitator(name: str, **changes: Any) -> FacilitatorFacts:
    facts = FacilitatorFacts(
        person_id=person(name), name=name, county_id=OSLO, levels={"service_design": "leads"},
        left={SPRING: 100, AUTUMN: 100}, available={SPRING: 100, AUTUMN: 100},
    )  # fmt: skip
    return replace(facts, **changes)


def project(name: str, **changes: Any) -> ProjectNeeds:
    needs = ProjectNeeds(
        case_id=person(name), reference=name, county_id=OSLO, people=1, hours=40, halves={SPRING: 30, AUTUMN: 10},
        methods=METHODS,
    )  # fmt: skip
    return replace(needs, **changes)


FRIDA, P = facilitator("Frida"), project("P")


@pytest.mark.parametrize(
    ("who", "what", "conflicts", "expected"),
    [
        (FRIDA, P, (), []),
        (FRIDA, P, ("own_unit", "reviewed"), ["facilitation.conflict_own_unit", "facilitation.conflict_reviewed"]),
        (replace(FRIDA, left={SPRING: 30}), P, (), ["facilitation.over_capacity"]),
        (replace(FRIDA, left={SPRING: 29, AUTUMN: 9}), P, (), ["facilitation.over_capacity"] * 2),
        (FRIDA, replace(P, standing=frozenset({FRIDA.person_id})), (), ["facilitation.already_assigned"]),
    ],
)
def test_what_forbids_a_pair_is_what_forbids_it_by_hand(
    who: FacilitatorFacts, what: ProjectNeeds, conflicts: tuple[str, ...], expected: list[str]
) -> None:
    assert [reason.code for reason in bars(who, what, conflicts)] == expected


@pytest.mark.parametrize(
    ("changes", "needs", "code", "points"),
    [
        ({}, {}, "staffing.carries", -WEIGHTS.carries),
        ({"levels": {"evaluation": "supported"}}, {}, "staffing.has_used", -WEIGHTS.used),
        ({}, {"known": frozenset({person("Frida")})}, "staffing.continuity", -WEIGHTS.continuity),
        ({}, {}, "staffing.same_county", -WEIGHTS.county),
        ({}, {"language": "nn"}, "staffing.language", WEIGHTS.language),
        ({"left": {SPRING: 50, AUTUMN: 50}}, {}, "staffing.busy", WEIGHTS.busy // 2),
    ],
)
def test_each_thing_that_weighs_is_named_with_its_points(
    changes: dict[str, Any], needs: dict[str, Any], code: str, points: int
) -> None:
    found = {part.code: part.points for part in parts(replace(FRIDA, **changes), replace(P, **needs))}
    assert found[code] == points
    other = replace(FRIDA, county_id=TROMS, languages=frozenset({"nb", "nn"}), levels={})
    assert parts(other, replace(P, **{**needs, "known": frozenset()})) == ()


@pytest.mark.parametrize("name", list(STAFFING_LIMITS))
def test_each_weight_of_a_projects_rules_is_read(name: str) -> None:
    """More weight is more points for the project whose rules say so, and for no other."""
    new = facilitator(
        "Nils", levels={"service_design": "supported"}, left={SPRING: 60, AUTUMN: 60}, languages=frozenset({"nn"})
    )
    group = [new, facilitator("Siri", county_id=TROMS), facilitator("Eva", levels={"evaluation": "teaches"})]

    def points(weights: StaffingRules) -> tuple[int, int]:
        heavier = project("P", people=2, known=frozenset({new.person_id}), weights=weights)
        problem = problem_of(group, [heavier, project("Q", people=2)], {})
        found = dict.fromkeys((person("P"), person("Q")), 0)
        for pair in problem.pairs:
            found[pair.task_id] += sum(abs(part.points) for part in pair.parts)
        for rule in problem.rules:
            found[rule.task_id] += rule.points or 0
        return found[person("P")] + problem.change_points, found[person("Q")]

    more = points(replace(WEIGHTS, **{name: getattr(WEIGHTS, name) + 10}))
    assert more[0] > points(WEIGHTS)[0] and more[1] == points(WEIGHTS)[1]


def test_a_newcomer_is_paired_with_somebody_experienced() -> None:
    lead, lead_too = facilitator("Frida"), facilitator("Eva")
    new, new_too = (facilitator(name, levels={"service_design": "learned"}) for name in ("Nils", "Siri"))
    found = solve(problem_of([lead, lead_too, new, new_too], [project("P", people=2), project("Q", people=2)], {}))
    experienced = {lead.person_id, lead_too.person_id}
    for name in ("P", "Q"):
        together = [worker for worker, task in found.chosen if task == person(name)]
        assert len(together) == 2 and len(experienced & set(together)) == 1


def test_one_who_leads_and_one_who_learns_weigh_more_than_all_else_together() -> None:
    """By the scheme's own weights: what somebody brings at most, in every method, is less than the pairing."""
    beside = WEIGHTS.continuity + WEIGHTS.county + WEIGHTS.language + WEIGHTS.busy + WEIGHTS.change
    one_more_who_leads = len(ALL_METHODS) * (WEIGHTS.carries + WEIGHTS.method_missing)
    assert WEIGHTS.nobody_learns > one_more_who_leads + beside
    assert WEIGHTS.all_new > max(WEIGHTS.nobody_learns, len(ALL_METHODS) * WEIGHTS.used + beside)


@st.composite
def anybody(draw: st.DrawFn, number: int, levels: tuple[str, ...]) -> FacilitatorFacts:
    """Somebody with room, who is this far with some methods."""
    return facilitator(
        f"F{number}", levels=draw(st.dictionaries(st.sampled_from(ALL_METHODS), st.sampled_from(levels))),
        county_id=draw(st.sampled_from([OSLO, TROMS])), languages=frozenset({draw(st.sampled_from(["nb", "nn"]))}),
        left=dict.fromkeys((SPRING, AUTUMN), draw(st.integers(40, 100))),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 5), st.booleans())
def test_whoever_there_is_a_newcomer_goes_along_with_somebody_experienced(
    data: st.DataObject, others: int, is_known: bool
) -> None:
    new = data.draw(anybody(0, ("learned", "supported")))
    group = [new, *(data.draw(anybody(number, ("leads", "teaches", "supported"))) for number in range(1, others + 1))]
    known = frozenset(each.person_id for each in group[1:]) if is_known else frozenset()
    standing = data.draw(st.frozensets(st.sampled_from([(each.person_id, person("P")) for each in group]), max_size=2))
    problem = problem_of(group, [project("P", people=2, methods=ALL_METHODS, known=known)], {}, standing=standing)
    chosen = {worker for worker, _ in solve(problem).chosen}
    kinds = {each.is_experienced for each in group}
    assert {each.is_experienced for each in group if each.person_id in chosen} == kinds


def test_who_is_at_work_already_counts_for_what_is_wished() -> None:
    new = facilitator("Nils", levels={})
    problem = problem_of([FRIDA, new], [project("P", people=1, standing=frozenset({FRIDA.person_id}))], {})
    assert {rule.code for rule in problem.rules} == {"staffing.nobody_learns"}
    assert solve(problem).chosen == {(new.person_id, P.case_id)}


def test_locked_pairs_stay_and_the_rest_is_worked_out_around_them() -> None:
    far = facilitator("Eva", county_id=TROMS, left={SPRING: 40, AUTUMN: 40})
    free = solve(problem_of([FRIDA, far], [P], {}))
    assert free.chosen == {(FRIDA.person_id, P.case_id)}
    locked = {(far.person_id, P.case_id)}
    assert solve(problem_of([FRIDA, far], [P], {}, locked=locked)).chosen == locked
    tied = solve(problem_of([FRIDA, far], [P], {(far.person_id, P.case_id): ("line",)}, locked=locked))
    assert tied.released == locked and tied.chosen == free.chosen


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[FacilitatorFacts], list[ProjectNeeds], dict[Any, tuple[str, ...]]]:
    hours = st.integers(0, 120)
    group = [
        facilitator(
            f"F{number}", left={SPRING: draw(hours), AUTUMN: draw(hours)},
            levels=draw(st.dictionaries(st.sampled_from(METHODS), st.sampled_from(("learned", "leads")), max_size=2)),
        )
        for number in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    needs = []
    for number in range(draw(st.integers(1, 4))):
        spring, autumn = draw(st.integers(0, 60)), draw(st.integers(0, 60))
        halves = {half: taken for half, taken in ((SPRING, spring), (AUTUMN, autumn)) if taken}
        standing = draw(st.frozensets(st.sampled_from([each.person_id for each in group]), max_size=1))
        about = {"hours": max(spring + autumn, 1), "halves": halves, "standing": standing}
        needs.append(project(f"P{number}", people=draw(st.integers(1, 2)), **about))
    pairs = [(who.person_id, what.case_id) for who in group for what in needs]
    tied = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))
    return group, needs, dict.fromkeys(tied, ("own_unit",))


@settings(max_examples=60, deadline=None)
@given(questions())
def test_no_proposal_overruns_a_half_year_breaks_a_conflict_or_asks_anybody_again(asked: Any) -> None:
    group, needs, tied = asked
    problem = problem_of(group, needs, tied)
    found = solve(problem)
    assert faults(problem, found.chosen) == ()
    assert not found.chosen & set(tied)
    for what in needs:
        given_to = {of for of, at in found.chosen if at == what.case_id}
        assert len(given_to) <= what.people and not given_to & what.standing
    for who in group:
        for half in (SPRING, AUTUMN):
            taken = sum(what.halves.get(half, 0) for what in needs if (who.person_id, what.case_id) in found.chosen)
            assert taken <= who.left[half]
