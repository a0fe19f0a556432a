"""What forbids that somebody assesses an application, and what speaks for and against it."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.solver import solve
from workflows.assignment_rules import LIMITS, AssignmentRules
from workflows.matching import GroupRule, load_points
from workflows.review import Conflict, ConflictKind
from workflows.review_assignment import (
    ApplicationFacts,
    ReviewerFacts,
    bands,
    bars,
    groups_of,
    parts,
    problem_of,
    room_of,
    wishes,
)

RULES = AssignmentRules()
COUNTY = UUID(int=50)
TIE = Conflict(kind=ConflictKind.SAME_UNIT, detail="Nav Lillestrøm")


def reviewer(number: int = 1, level: str = "county", **fields: object) -> ReviewerFacts:
    county = None if level == "directorate" else COUNTY
    name = "" if level == "directorate" else "Nav Oslo"
    about = {"person_id": UUID(int=number), "name": f"R{number}", "level": level, "county_id": county, "county": name}
    return ReviewerFacts(**{**about, **fields})  # type: ignore[arg-type]


def application(**fields: object) -> ApplicationFacts:
    about = {"case_id": UUID(int=900), "reference": "2026-1", "language": "nb", "needed": 2}
    return ApplicationFacts(**{**about, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("person", "case", "ties", "expected"),
    [
        (reviewer(), application(), [], []),
        (reviewer(), application(), [TIE], ["review.conflict"]),
        (reviewer(), application(asked=frozenset({UUID(int=1)})), [], ["review.assigned_already"]),
        (reviewer(under_way=12), application(), [], ["assignment.no_room"]),
        (reviewer(under_way=3, most=3), application(), [TIE], ["review.conflict", "assignment.no_room"]),
    ],
)
def test_everything_that_forbids_a_pair_is_said(
    person: ReviewerFacts, case: ApplicationFacts, ties: list[Conflict], expected: list[str]
) -> None:
    assert [each.code for each in bars(person, case, ties, RULES)] == expected


@pytest.mark.parametrize(
    ("under_way", "most", "expected"), [(0, None, 12), (4, None, 8), (4, 5, 1), (4, 30, 8), (4, 0, 0), (20, None, 0)]
)
def test_room_is_what_the_call_and_the_person_both_leave(under_way: int, most: int | None, expected: int) -> None:
    assert room_of(reviewer(under_way=under_way, most=most), RULES) == expected


@pytest.mark.parametrize(
    ("person", "case", "expected"),
    [
        (reviewer(), application(), {}),
        (reviewer(recent=5), application(), {"assignment.recent": 5}),
        (reviewer(), application(language="nn"), {"assignment.language": 6}),
        (reviewer(languages=frozenset({"nn"})), application(language="nn"), {}),
        (
            reviewer(competences=frozenset({"more_in_work", "evaluation"})),
            application(goals=frozenset({"more_in_work", "better_meetings"})), {"assignment.knows": -6},
        ),
        (reviewer(), application(assessed_before=frozenset({UUID(int=1)})), {"assignment.continuity": -3}),
    ],
)  # fmt: skip
def test_what_speaks_for_and_against(person: ReviewerFacts, case: ApplicationFacts, expected: dict[str, int]) -> None:
    assert {part.code: part.points for part in parts(person, case, RULES)} == expected


def test_each_further_review_costs_more_than_the_one_before() -> None:
    problem = problem_of(RULES, [reviewer(under_way=2)], [], {})
    (worker,) = problem.workers
    assert worker.bands == bands(reviewer(under_way=2), RULES)
    costs = [load_points(worker, load) for load in range(5)]
    steps = [after - before for before, after in pairwise(costs)]
    assert steps == [8, 12, 16, 20]


def wished(case: ApplicationFacts, *people: ReviewerFacts) -> dict[str, GroupRule]:
    return {rule.code: rule for rule in wishes(case, groups_of(people, RULES), RULES)}


def test_reviewers_of_one_application_differ() -> None:
    people = (reviewer(1), reviewer(2), reviewer(3, "directorate", handed_in=3, competences=frozenset({RULES.method})))
    found = wished(application(), *people)
    assert set(found) == {
        "assignment.same_county", "assignment.same_level", "assignment.all_new", "assignment.without_method",
    }  # fmt: skip
    assert found["assignment.same_county"].workers == {UUID(int=1), UUID(int=2)}
    assert (found["assignment.same_county"].most, found["assignment.same_level"].most) == (1, 1)
    assert found["assignment.all_new"].workers == {UUID(int=3)}
    assert all(rule.points for rule in found.values()), "wishes, no hard rules"


def test_those_who_assess_an_application_already_count() -> None:
    people = (reviewer(1), reviewer(2, handed_in=9), reviewer(3, "directorate"))
    found = wished(application(standing=frozenset({UUID(int=2)})), *people)
    assert found["assignment.same_county"].most == 0, "one from the county is there"
    assert "assignment.all_new" not in found, "somebody experienced is there"
    assert not wished(application(standing=frozenset({UUID(int=1), UUID(int=2)})), *people), "nobody is missing"


@pytest.mark.parametrize("name", [name for name in LIMITS if AssignmentRules.__struct_fields__.index(name) > 2])
def test_a_weight_of_nothing_takes_its_part_out(name: str) -> None:
    rules = msgspec.structs.replace(RULES, **{name: 0})
    people = (
        reviewer(1, recent=4, competences=frozenset({"more_in_work"})), reviewer(2),
        reviewer(3, "directorate", handed_in=3, competences=frozenset({RULES.method})),
    )  # fmt: skip
    case = application(
        language="nn", goals=frozenset({"more_in_work"}), assessed_before=frozenset({UUID(int=1), UUID(int=2)})
    )
    problem, before = problem_of(rules, people, [case], {}), problem_of(RULES, people, [case], {})
    assert (problem.pairs, problem.rules, problem.workers, problem.change_points) != (
        before.pairs, before.rules, before.workers, before.change_points,
    )  # fmt: skip
    codes = {part.code for pair in problem.pairs for part in pair.parts} | {rule.code for rule in problem.rules}
    taken = {"competence": "knows", "county": "same_county", "level": "same_level", "newcomer": "all_new"}
    assert f"assignment.{taken.get(name, name)}" not in codes


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[ReviewerFacts], list[ApplicationFacts], set[Any], set[Any]]:
    """Some reviewers and applications, who is tied to which, and pairs that a person has locked."""
    group = [
        reviewer(
            number, draw(st.sampled_from(("county", "directorate", "office"))), under_way=draw(st.integers(0, 3)),
            most=draw(st.sampled_from((None, 0, 1, 2, 3))), handed_in=draw(st.integers(0, 4)),
        )
        for number in range(1, draw(st.integers(1, 4)) + 1)
    ]  # fmt: skip
    ids = st.frozensets(st.sampled_from([each.person_id for each in group]), max_size=2)
    cases = []
    for number in range(draw(st.integers(1, 3))):
        standing = draw(ids)
        cases.append(
            application(
                case_id=UUID(int=900 + number),
                needed=draw(st.integers(1, 3)),
                standing=standing,
                asked=standing | draw(ids),
            )
        )
    pairs = st.sets(
        st.sampled_from(list(product([r.person_id for r in group], [c.case_id for c in cases]))), max_size=4
    )
    return group, cases, draw(pairs), draw(pairs)


@settings(max_examples=80, deadline=None)
@given(questions())
def test_no_proposal_breaks_a_conflict_asks_anybody_again_or_gives_more_than_there_is_room_for(asked: Any) -> None:
    group, cases, tied, locked = asked
    rules = msgspec.structs.replace(RULES, most_at_once=3)
    chosen = solve(problem_of(rules, group, cases, dict.fromkeys(tied, (TIE,)), locked=locked)).chosen
    assert not chosen & tied
    load = {who.person_id: who.under_way + sum(who.person_id == of for of, _ in chosen) for who in group}
    most = {who.person_id: 3 if who.most is None else min(3, who.most) for who in group}
    assert all(load[who.person_id] <= max(most[who.person_id], who.under_way) for who in group)
    for case in cases:
        given_to = {of for of, at in chosen if at == case.case_id}
        assert not given_to & case.asked
        assert len(case.standing) + len(given_to) <= max(case.needed, len(case.standing))
        free = {
            who.person_id for who in group
            if (who.person_id, case.case_id) not in tied and who.person_id not in case.asked
            and load[who.person_id] < most[who.person_id]
        }  # fmt: skip
        assert len(case.standing) + len(given_to) >= case.needed or free <= given_to, "nobody is left out for nothing"
