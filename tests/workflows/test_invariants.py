"""What holds across every lifecycle: sound tables, two pairs of eyes, milestone before money, nothing closed half done."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from string import Formatter
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.texts.i18n import LANGUAGES, LOCALES, Texts, read_catalogue
from tests.workflows.carrying_out import BROKEN, INDICATOR, PROJECT_FACTS, TODAY, WHOLE
from tests.workflows.samples import (
    APPLICATION_FACTS,
    CALL_FACTS,
    DECISION_FACTS,
    JOIN_PROPOSAL_FACTS,
    NOW,
    REQUEST_FACTS,
    REVIEW_FACTS,
    act,
    person,
)
from tests.workflows.walk import assert_sound, codes, reachable
from workflows.application import APPLICATION
from workflows.benefit import BENEFIT, BENEFIT_PLAN, IndicatorSeen
from workflows.call import CALL
from workflows.change_request import CHANGE_REQUEST
from workflows.clarification import CLARIFICATION, Needed, Side
from workflows.decision import DECISION
from workflows.discussion import THREAD, ThreadFacts
from workflows.engine import Act, Lifecycle, Reason, Requirement, decide, options
from workflows.facilitation import FACILITATION
from workflows.file import FILE, FileFacts
from workflows.joining import JOIN_PROPOSAL
from workflows.lifecycles import ALL
from workflows.measurement import MEASUREMENT
from workflows.milestone import MILESTONE, MilestoneState
from workflows.payment import PAYMENT, PaymentState
from workflows.project import PROJECT, ProjectState
from workflows.project_facts import DueMeasurement, DueMilestone, ProjectFacts
from workflows.project_gates import FOLLOW_UP_MILESTONE
from workflows.reconsideration import RECONSIDERATION
from workflows.review import REVIEW
from workflows.roles import GRANTS, Role
from workflows.rules import DEFAULT_RULES

EVERYBODY = frozenset(Role)
SUBJECTS = [lifecycle.subject for lifecycle in ALL]
BY_SUBJECT = {lifecycle.subject: lifecycle for lifecycle in ALL}
CARRIED_OUT = [BY_SUBJECT[subject] for subject in WHOLE]
FACTS: dict[str, tuple[Any, ...]] = {
    CALL.subject: (CALL_FACTS,),
    APPLICATION.subject: (APPLICATION_FACTS,),
    REVIEW.subject: (REVIEW_FACTS,),
    THREAD.subject: (ThreadFacts(state="open", posts=0), ThreadFacts(state="open", posts=1)),
    JOIN_PROPOSAL.subject: (JOIN_PROPOSAL_FACTS, replace(JOIN_PROPOSAL_FACTS, call_state="closed")),
    DECISION.subject: (DECISION_FACTS,),
    RECONSIDERATION.subject: (
        REQUEST_FACTS,
        replace(REQUEST_FACTS, asked_at=NOW + timedelta(days=60), still_stands=False, answer=""),
    ),
    FILE.subject: (FileFacts(is_written=True), FileFacts(is_written=False, last_sent_at=NOW)),
    **{subject: (facts, *BROKEN[subject]) for subject, facts in WHOLE.items()},
}
"""Facts to try every lifecycle on, whole and broken."""
EVERY_RULE = frozenset(rule.name for lifecycle in ALL for each in lifecycle.moves for rule in each.requires)


def of(lifecycle: Lifecycle) -> str:
    """How a lifecycle is named among the cases of a test."""
    return lifecycle.subject


def acting(who: str, why: str = "Fordi") -> Act:
    """Somebody who holds every role there is."""
    return act(*Role, who=who, why=why)


# --- the tables ------------------------------------------------------------------------------------------------------


def test_every_lifecycle_is_tried_here() -> None:
    assert sorted(SUBJECTS) == sorted(FACTS)


@pytest.mark.parametrize(
    "lifecycle", [PROJECT, FACILITATION, BENEFIT, BENEFIT_PLAN, MEASUREMENT, MILESTONE, CHANGE_REQUEST], ids=of
)
def test_the_lifecycle_is_sound(lifecycle: Lifecycle) -> None:
    assert_sound(lifecycle)


def test_a_thread_never_ends_and_can_always_be_opened_anew() -> None:
    assert THREAD.final == frozenset()
    for state in THREAD.states:
        assert reachable(THREAD, state) == {str(each) for each in THREAD.states}


def test_a_clarification_never_ends_and_can_always_be_written_anew() -> None:
    assert CLARIFICATION.final == frozenset()
    for state in CLARIFICATION.states:
        assert reachable(CLARIFICATION, state) == {str(each) for each in CLARIFICATION.states}


@pytest.mark.parametrize("lifecycle", ALL, ids=of)
def test_every_move_is_granted_to_somebody_and_stays_within_the_states(lifecycle: Lifecycle) -> None:
    for each in lifecycle.moves:
        assert each.sources, each.name
        assert each.sources | {each.target} <= set(lifecycle.states), each.name
        assert GRANTS[each.permission], each.name


# --- two pairs of eyes -----------------------------------------------------------------------------------------------


class FourEyes(msgspec.Struct, frozen=True):
    """A lifecycle in which one must not do both halves: which moves are remembered where, and which are then barred."""

    lifecycle: Lifecycle
    facts: Any
    remembered: dict[str, str]
    barred: frozenset[str]


def four_eyes(lifecycle: Lifecycle, facts: Any, remembered: dict[str, str], *barred: str) -> FourEyes:
    return FourEyes(lifecycle, facts, remembered, frozenset(barred))


DECIDED_LATER = replace(
    DECISION_FACTS, application_state="waitlisted", recommended_by=None, declared_impartial={person("Kari"), person("Ola")},
    authorities=tuple(replace(DECISION_FACTS.authorities[0], person_id=person(name)) for name in ("Kari", "Ola")),
)  # fmt: skip

HALVES = (
    four_eyes(DECISION, DECIDED_LATER, {"recommend": "recommended_by"}, "decide", "release"),
    four_eyes(BENEFIT_PLAN, replace(WHOLE["benefit_plan"], submitted_by=None), {"submit": "submitted_by"}, "approve"),
    four_eyes(
        MEASUREMENT, replace(WHOLE["measurement"], reported_by=None), {"report": "reported_by"}, "confirm", "return"
    ),
    four_eyes(MILESTONE, replace(WHOLE["milestone"], reported_by=None), {"report": "reported_by"}, "approve", "return"),
    four_eyes(
        PAYMENT, WHOLE["payment"], {"certify": "certified_by", "approve": "approved_by"},
        "approve", "register_paid", "recover",
    ),
)  # fmt: skip


def walked(halves: FourEyes, *people: str) -> set[str]:
    """Every move that these people can get to make between them, each holding every role there is."""
    cycle = halves.lifecycle
    first = (str(cycle.initial), halves.facts)
    seen, waiting, made = [first], deque([first]), set()
    while waiting:
        state, facts = waiting.popleft()
        for name in people:
            for each in cycle.moves:
                verdict = decide(cycle, each.name, state, facts, acting(name))
                if not verdict.allowed:
                    continue
                made.add(each.name)
                field = halves.remembered.get(each.name)
                after = (verdict.target, replace(facts, **{field: person(name)}) if field else facts)
                if after not in seen:
                    seen.append(after)
                    waiting.append(after)
    return made


@pytest.mark.parametrize("halves", HALVES, ids=lambda halves: halves.lifecycle.subject)
def test_nobody_does_both_halves_of_a_four_eyes_act_alone(halves: FourEyes) -> None:
    every = {each.name for each in halves.lifecycle.moves}
    assert walked(halves, "Kari") == every - halves.barred
    assert walked(halves, "Kari", "Ola") == every


AT_PROGRESS = {"realise": "1", "realise_partly": "0.5", "not_realise": "0"}


def at_progress(name: str) -> IndicatorSeen:
    """An indicator measured where a benefit has come as far as the move says."""
    way = Decimal(AT_PROGRESS.get(name, "1"))
    return replace(INDICATOR, baseline=Decimal(40), target=Decimal(60), measured=40 + 20 * way)


FATES = ("realise", "realise_partly", "not_realise", "sustain")


@pytest.mark.parametrize(
    ("lifecycle", "name", "changes"),
    [
        *((CHANGE_REQUEST, name, {"proposed_by": person("Kari")}) for name in ("accept", "refuse")),
        *((MEASUREMENT, name, {field: person("Kari")})
          for name in ("confirm", "return") for field in ("reported_by", "owner_id", "measurer_id")),
        *((BENEFIT, name, {field: person("Kari")}) for name in FATES for field in ("owner_id", "measurer_id")),
        *((MILESTONE, name, {"reported_by": person("Kari")}) for name in ("approve", "return")),
        (PAYMENT, "approve", {"certified_by": person("Kari")}),
        (PAYMENT, "register_paid", {"approved_by": person("Kari")}),
        (DECISION, "decide", {"recommended_by": person("Kari")}),
        (BENEFIT_PLAN, "approve", {"submitted_by": person("Kari")}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else getattr(value, "subject", value),
)  # fmt: skip
def test_a_hand_in_the_first_half_is_all_that_stands_in_the_way(
    lifecycle: Lifecycle, name: str, changes: dict[str, Any]
) -> None:
    facts = {**WHOLE, DECISION.subject: DECISION_FACTS}[lifecycle.subject]
    if lifecycle is BENEFIT:
        facts = replace(facts, indicators=(at_progress(name),))
    for state in lifecycle.move(name).sources:
        assert decide(lifecycle, name, state, facts, acting("Kari")).allowed
        verdict = decide(lifecycle, name, state, replace(facts, **changes), acting("Kari"))
        assert len(verdict.unmet) == 1 and not verdict.waivable
        assert not decide(lifecycle, name, state, replace(facts, **changes), acting("Kari"), EVERY_RULE).allowed


@pytest.mark.parametrize(
    ("lifecycle", "name", "remembered"),
    [
        (CHANGE_REQUEST, "accept", "proposed_by"),
        (MEASUREMENT, "confirm", "reported_by"),
        (MILESTONE, "approve", "reported_by"),
        (BENEFIT_PLAN, "approve", "submitted_by"),
        (PAYMENT, "approve", "certified_by"),
        (PAYMENT, "register_paid", "approved_by"),
    ],
    ids=lambda value: getattr(value, "subject", value),
)
def test_two_whom_nobody_knows_are_not_taken_for_the_same(lifecycle: Lifecycle, name: str, remembered: str) -> None:
    facts = replace(WHOLE[lifecycle.subject], **{remembered: None})
    for state in lifecycle.move(name).sources:
        assert decide(lifecycle, name, state, facts, replace(acting("Kari"), person_id=None)).allowed


# --- milestone before money ------------------------------------------------------------------------------------------

MONEY_MOVES_ON = frozenset(PaymentState) - {PaymentState.PLANNED, PaymentState.CANCELLED}


def together() -> Iterator[tuple[str, str, str]]:
    """Every milestone state, payment state and reason for keeping it that the two lifecycles can come to side by side."""
    first = (str(MILESTONE.initial), str(PAYMENT.initial), "")
    seen, waiting = {first}, deque([first])
    while waiting:
        milestone, payment, kept_why = waiting.popleft()
        yield milestone, payment, kept_why
        facts = replace(
            WHOLE["payment"], milestone_approved=milestone == MilestoneState.APPROVED,
            milestone_waived=milestone == MilestoneState.WAIVED, kept_why=kept_why,
        )  # fmt: skip
        following = [
            (verdict.target, payment, kept_why)
            for each in MILESTONE.moves
            if (verdict := decide(MILESTONE, each.name, milestone, WHOLE["milestone"], acting("Kari"))).allowed
        ] + [
            (milestone, verdict.target, "Fordi" if each.name == "release_waived" else kept_why)
            for each in PAYMENT.moves
            if (verdict := decide(PAYMENT, each.name, payment, facts, acting("Kari"))).allowed
        ]
        for after in following:
            if after not in seen:
                seen.add(after)
                waiting.append(after)


def test_no_money_moves_before_its_milestone_is_approved_or_waived_and_the_payment_kept() -> None:
    moved = {(milestone, kept_why) for milestone, payment, kept_why in together() if payment in MONEY_MOVES_ON}
    assert moved == {(MilestoneState.APPROVED, ""), (MilestoneState.WAIVED, "Fordi")}
    paid = {(milestone, kept_why) for milestone, payment, kept_why in together() if payment == PaymentState.PAID}
    assert paid == moved


PAYING = (
    ("certify", PaymentState.RELEASED),
    ("approve", PaymentState.CERTIFIED),
    ("register_paid", PaymentState.APPROVED),
)
SUMS = st.integers(0, 10**9)


@given(SUMS, SUMS, SUMS)
@example(100, 100, 0)
@example(101, 100, 0)
@example(1, 100, 100)
@example(1, 100, 150)
def test_no_step_of_a_payment_takes_more_than_is_left_of_the_award(amount: int, award: int, paid: int) -> None:
    facts = replace(WHOLE["payment"], amount_ore=amount, award_ore=award, paid_ore=paid)
    for name, state in PAYING:
        unmet = decide(PAYMENT, name, state, facts, acting("Kari"), EVERY_RULE).unmet
        assert codes(unmet) == (["payment.beyond_award"] if amount + paid > award else [])
        assert all(reason.parameters["left_ore"] == max(award - paid, 0) for reason in unmet)


def test_what_is_paid_has_the_reference_of_the_accounts() -> None:
    unreferenced = replace(WHOLE["payment"], reference="")
    unmet = {name: codes(decide(PAYMENT, name, state, unreferenced, acting("Kari")).unmet) for name, state in PAYING}
    assert unmet == {"certify": [], "approve": [], "register_paid": ["payment.no_reference"]}


def test_what_is_paid_is_claimed_back_only_for_a_reason() -> None:
    for why in ("", " ", "Fordi"):
        verdict = decide(PAYMENT, "recover", PaymentState.PAID, WHOLE["payment"], acting("Kari", why))
        assert verdict.allowed == bool(why.strip())


# --- leaving the setting up ------------------------------------------------------------------------------------------

AT_START = DEFAULT_RULES.clarifications.at_start
HOLDERS = st.sampled_from(["Kari", "Ola"])
SIDES = st.frozensets(st.sampled_from(Side))
CLARIFIED = st.lists(
    st.builds(Needed, clarification_id=st.just(person("c")), role=st.sampled_from([*AT_START, Role.PARTNER]),
              holder=HOLDERS, agreed=SIDES | st.just(frozenset(Side))),
    max_size=8,
).map(tuple)  # fmt: skip
ALL_CLARIFIED = PROJECT_FACTS.clarifications


def can_reach(facts: ProjectFacts, waived: frozenset[str] = frozenset()) -> set[str]:
    """Every state that a project with these facts can come to, remembering where it was paused."""
    first = (str(PROJECT.initial), "")
    seen, waiting = {first}, deque([first])
    while waiting:
        state, paused_from = waiting.popleft()
        for each in PROJECT.moves:
            now = replace(facts, paused_from=paused_from or None)
            verdict = decide(PROJECT, each.name, state, now, acting("Kari"), waived)
            paused = state if verdict.target == ProjectState.PAUSED else paused_from
            if verdict.allowed and (verdict.target, paused) not in seen:
                seen.add((verdict.target, paused))
                waiting.append((verdict.target, paused))
    return {state for state, _ in seen}


@given(CLARIFIED | CLARIFIED.map(lambda found: ALL_CLARIFIED + found))
@example(ALL_CLARIFIED)
@example(ALL_CLARIFIED[1:])
@example((*ALL_CLARIFIED, Needed(clarification_id=None, role=Role.PARTNER, holder="P", agreed=frozenset())))
@example((*ALL_CLARIFIED, Needed(clarification_id=None, role=Role.LEADER, holder="P", agreed=frozenset({Side.OFFICE}))))
def test_a_project_begins_only_when_both_sides_agree_on_every_clarification_asked_for(
    found: tuple[Needed, ...],
) -> None:
    asked_for = [each for each in found if each.role in AT_START]
    agreed = {each.role for each in asked_for} == set(AT_START) and all(each.agreed == set(Side) for each in asked_for)
    facts = replace(PROJECT_FACTS, clarifications=found)
    for waived in (frozenset(), EVERY_RULE):
        states = can_reach(facts, waived)
        assert (ProjectState.DIAGNOSE_OPEN in states) == agreed
        assert agreed or states == {ProjectState.SET_UP, ProjectState.PAUSED, ProjectState.STOPPED}
    unmet = decide(PROJECT, "start", ProjectState.SET_UP, facts, acting("Kari")).unmet
    for side in Side:
        lacking = {(each.role, each.holder) for each in asked_for if side not in each.agreed}
        told = [reason for reason in unmet if reason.code == f"project.clarification_{side}_has_not_agreed"]
        assert {(str(each.parameters["role_key"]), each.parameters["holder"]) for each in told} == {
            (f"role.{role}", holder) for role, holder in lacking
        }
    missing = [reason.parameters["role_key"] for reason in unmet if reason.code == "project.clarification_missing"]
    assert missing == [f"role.{role}" for role in AT_START if role not in {each.role for each in asked_for}]


# --- closing and ending ----------------------------------------------------------------------------------------------

KEYS = [rule.key for rule in DEFAULT_RULES.milestones]
NOT_SETTLED = "project.milestone_not_approved"
SETTLED = st.fixed_dictionaries({key: st.booleans() for key in KEYS}) | st.sampled_from(KEYS).map(
    lambda open_one: {key: key != open_one for key in KEYS}
)


def gate(name: str, state: str, facts: ProjectFacts) -> tuple[Reason, ...]:
    """Everything that holds the gate shut, whatever has been waived."""
    return decide(PROJECT, name, state, facts, acting("Kari"), EVERY_RULE).unmet


@given(SETTLED)
@example(dict.fromkeys(KEYS, True))
def test_a_project_closes_exactly_when_every_milestone_before_the_close_is_approved_or_waived(
    settled: dict[str, bool],
) -> None:
    facts = replace(
        PROJECT_FACTS,
        milestones=tuple(DueMilestone(key=key, due_on=TODAY, settled=is_so) for key, is_so in settled.items()),
    )
    unmet = gate("close", ProjectState.CLOSING, facts)
    still_open = {key for key, is_so in settled.items() if not is_so and key != FOLLOW_UP_MILESTONE}
    assert {reason.parameters["milestone_key"] for reason in unmet} == {f"milestone.{key}" for key in still_open}
    assert {reason.code for reason in unmet} == ({NOT_SETTLED} if still_open else set())


@given(st.sets(st.sampled_from(KEYS)))
@example(set(KEYS))
@example(set())
def test_what_hangs_on_a_waived_milestone_is_answered_before_the_close(unanswered: set[str]) -> None:
    unmet = gate("close", ProjectState.CLOSING, replace(PROJECT_FACTS, unanswered_payments=tuple(sorted(unanswered))))
    assert codes(unmet) == ["project.payment_not_answered"] * len(unanswered)
    assert {reason.parameters["milestone_key"] for reason in unmet} == {f"milestone.{key}" for key in unanswered}


DUE = st.lists(st.tuples(st.integers(-800, 800), st.sampled_from(["planned", "reported", "settled"])), max_size=6)


def measurements(found: list[tuple[int, str]]) -> tuple[DueMeasurement, ...]:
    """Measurements that many days from today, as far as they have come."""
    return tuple(
        DueMeasurement(
            measurement_id=person(f"measurement {index}"), benefit="Flere i jobb", due_on=TODAY + timedelta(days=days),
            reported=come != "planned", settled=come == "settled",
        )
        for index, (days, come) in enumerate(found)
    )  # fmt: skip


@given(DUE, st.booleans())
@example([], True)
@example([(0, "settled"), (365, "settled")], True)
@example([(0, "settled"), (365, "reported")], True)
def test_a_project_ends_exactly_when_every_measurement_is_confirmed_or_written_off(
    found: list[tuple[int, str]], followed_up: bool
) -> None:
    milestones = tuple(
        replace(each, settled=followed_up) if each.key == FOLLOW_UP_MILESTONE else each
        for each in PROJECT_FACTS.milestones
    )
    facts = replace(PROJECT_FACTS, measurements=measurements(found), milestones=milestones)
    unmet = gate("end", ProjectState.CLOSED, facts)
    still_open = {str(each.measurement_id) for each in facts.measurements if not each.settled}
    told = [reason.parameters["id"] for reason in unmet if reason.code == "project.measurement_unanswered"]
    assert sorted(map(str, told)) == sorted(still_open)
    assert (unmet == ()) == (not still_open and followed_up)
    assert [each.code for each in unmet if each.code != "project.measurement_unanswered"] == (
        [] if followed_up else [NOT_SETTLED]
    )


@given(DUE)
@example([(0, "planned")])
@example([(1, "planned")])
@example([(-1, "reported")])
def test_pilots_are_evaluated_exactly_when_every_measurement_due_by_now_is_reported(
    found: list[tuple[int, str]],
) -> None:
    facts = replace(PROJECT_FACTS, measurements=measurements(found))
    unmet = gate("evaluate_pilots", ProjectState.IMPLEMENT_OPEN, facts)
    overdue = [days for days, come in found if days <= 0 and come == "planned"]
    assert codes(unmet) == ["project.measurement_due"] * len(overdue)


# --- what a rule says ------------------------------------------------------------------------------------------------

CATALOGUES = {language: read_catalogue(LOCALES / language) for language in LANGUAGES}
NOBODY_CAN_HASTEN = ("milestone.not_due_yet",)


def rules_of(lifecycle: Lifecycle) -> dict[str, Requirement]:
    """Every requirement of a lifecycle by its name; those of one name say the same of different gates."""
    return {rule.name: rule for each in lifecycle.moves for rule in each.requires}


@pytest.mark.parametrize("lifecycle", ALL, ids=of)
def test_every_requirement_is_a_rule_in_one_sentence(lifecycle: Lifecycle) -> None:
    for name, rule in rules_of(lifecycle).items():
        assert rule.rule.endswith(".") and "\n" not in rule.rule, name
        assert rule.rule[0].isupper() and len(rule.rule.split()) > 3, name


def missed(lifecycle: Lifecycle) -> Iterator[tuple[str, Reason]]:
    """What every requirement of a lifecycle finds missing in its broken facts, for Kari without a role."""
    for each in lifecycle.moves:
        for rule in each.requires:
            for facts in BROKEN[lifecycle.subject]:
                yield from ((rule.name, reason) for reason in rule.check(facts, act()))


@pytest.mark.parametrize("lifecycle", CARRIED_OUT, ids=of)
def test_every_requirement_can_be_shut_and_says_where_it_is_mended_and_by_whom(lifecycle: Lifecycle) -> None:
    found = list(missed(lifecycle))
    assert {name for name, _ in found} == set(rules_of(lifecycle))
    for name, reason in found:
        assert reason.place, name
        assert reason.who or reason.code in NOBODY_CAN_HASTEN, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lifecycle", CARRIED_OUT, ids=of)
def test_every_reason_has_a_sentence_that_its_parameters_fill(
    lifecycle: Lifecycle, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.texts.i18n._strict", True)
    texts = Texts(language, CATALOGUES[language])
    for _, reason in missed(lifecycle):
        sentence = texts.t(reason.code, **reason.parameters)
        assert "{" not in sentence and "_" not in sentence and "…" not in sentence, sentence
        named = {name for _, name, _, _ in Formatter().parse(CATALOGUES[language][reason.code][-1]) if name}
        assert named <= set(reason.parameters), reason.code
        for role in reason.who:
            assert texts.has(f"role.{role}"), role


# --- any question has an answer --------------------------------------------------------------------------------------

ROLES = st.frozensets(st.sampled_from(Role))


@pytest.mark.parametrize("lifecycle", ALL, ids=of)
@given(roles=ROLES, known=st.booleans(), why=st.sampled_from(["", " ", "Fordi"]))
@example(roles=EVERYBODY, known=True, why="Fordi")
@example(roles=frozenset(), known=False, why="")
def test_every_question_about_a_step_has_an_answer(
    lifecycle: Lifecycle, roles: frozenset[Role], known: bool, why: str
) -> None:
    somebody = Act(now=NOW, roles=roles, person_id=person("Kari") if known else None, why=why)
    for facts in FACTS[lifecycle.subject]:
        for state in lifecycle.states:
            offered = {verdict.move: verdict for verdict in options(lifecycle, state, facts, somebody)}
            for each in lifecycle.moves:
                verdict = decide(lifecycle, each.name, state, facts, somebody)
                assert verdict.permitted == bool(roles & GRANTS[each.permission])
                out_of_place = f"{lifecycle.subject}.wrong_state" in codes(verdict.unmet)
                assert out_of_place == (state not in each.sources)
                assert not (verdict.allowed and each.needs_why and not why.strip())
                assert each.name not in offered or not out_of_place
                assert not verdict.allowed or offered[each.name].allowed


@pytest.mark.parametrize("lifecycle", CARRIED_OUT, ids=of)
def test_nothing_is_in_the_way_of_whole_facts_but_rules_that_exclude_each_other(lifecycle: Lifecycle) -> None:
    facts = WHOLE[lifecycle.subject]
    for name, rule in rules_of(lifecycle).items():
        assert rule.hides or not tuple(rule.check(facts, acting("Kari"))), name
