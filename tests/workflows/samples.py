"""Facts of a call, an application, a review and a decision for which nothing is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from workflows.application import ApplicationFacts, ExpectedBenefit, PositiveDeviance
from workflows.call import CallCriterion, CallFacts, CallText
from workflows.decision import CHECKS, Authority, DecisionFacts, Meeting, Outcome
from workflows.engine import Act
from workflows.joining import JoinProposalFacts
from workflows.judging import JUDGEMENTS, Judged
from workflows.reconsideration import ReconsiderationFacts, asked_until
from workflows.review import CandidateFacts, ReviewFacts, Scored
from workflows.roles import Role
from workflows.rules import DEFAULT_RULES, LANGUAGES
from workflows.story import StoryFacts
from workflows.team import TeamMember, content_to_endorse

ROOT = UUID("5f1b6d2e-4d0c-4a55-9a5e-0a4d0b7b9c11")
OPENS = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 3, 2, 22, 59, tzinfo=UTC)  # 23.59 in Oslo
NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


def person(name: str) -> UUID:
    """The same id for the same name, each time."""
    return uuid5(ROOT, name)


def act(*roles: Role, who: str = "Kari", now: datetime = NOW, why: str = "") -> Act:
    """Somebody acting."""
    return Act(now=now, roles=frozenset(roles), person_id=person(who), why=why)


CALL_FACTS = CallFacts(
    rules=DEFAULT_RULES,
    texts=tuple(
        CallText(
            language=language, title="t", purpose="p", target_group="g", attainment="a", award="w", follow_up="f",
            evaluation="e",
        )
        for language in LANGUAGES
    ),
    owner_unit_id=person("the directorate"),
    owner_person_id=person("Kari"),
    opens_at=NOW + timedelta(days=1),
    deadline=NOW + timedelta(days=60),
    frame_ore=500_000_000,
    facilitation_hours=800,
    criteria=(
        CallCriterion(id=person("C1"), title="Need", weight=60),
        CallCriterion(id=person("C2"), title="Potential", weight=40),
    ),
)  # fmt: skip

ANSWERS = {
    "problem_statement": "Hvordan kan vi møte unge uten arbeid tidligere?",
    "background": "Mange venter lenge.",
    "whose_need": ["user"],
    "user_group": "Unge uten arbeid",
    "need": "Et fast møtepunkt",
    "basis": ["own_experience"],
    "basis_experience": "Vi ser det hver uke.",
    "what_makes_it_work": "Vi ringer først.",
    "do_nothing": "Flere faller utenfor.",
    "ambition": "renew",
    "risk": "low",
    "plan": "En dag i uka.",
    "starts_on": "2026-05-04",
    "amount_ore": 30_000_000,
    "hours": 120,
    "anchoring": "Leder og tillitsvalgt er med.",
    "has_partners": False,
}

TEAM = (
    TeamMember(id=person("m1"), name="Leder", role=Role.LEADER, weekly_hours=2, answer="yes", answered_for="leader:2"),
    TeamMember(
        id=person("m2"),
        name="Koordinator",
        role=Role.COORDINATOR,
        weekly_hours=8,
        answer="yes",
        answered_for="coordinator:8",
    ),
    TeamMember(
        id=person("m3"), name="Medlem", role=Role.CORE_TEAM, weekly_hours=4, answer="yes", answered_for="core_team:4"
    ),
)

APPLICATION_FACTS = ApplicationFacts(
    rules=DEFAULT_RULES,
    call_state="open",
    opens_at=OPENS,
    deadline=DEADLINE,
    unit_eligible=True,
    answers=ANSWERS,
    deviances=(PositiveDeviance(rank=1, text="Vi ringer samme dag."),),
    team=TEAM,
    benefits=(ExpectedBenefit(id=person("b"), title="Raskere hjelp", beneficiary="user", goal="more_in_work"),),
    endorsed_content=content_to_endorse(ANSWERS, TEAM),
    returned_parts=("plan",),
    judged=tuple(Judged(key=key, holds=True) for key in JUDGEMENTS),
    is_joined=True,
)

REVIEW_FACTS = ReviewFacts(
    rules=DEFAULT_RULES,
    review_id=person("r"),
    reviewer_id=person("Kari"),
    reviewer_name="Kari",
    application_state="in_review",
    conflicts=(),
    declared_at=NOW,
    scores=(
        Scored(criterion_id=person("C1"), title="Need", value=4, reason="Behovet er godt beskrevet og belagt."),
        Scored(
            criterion_id=person("C2"), title="Potential", value=0, reason="Potensialet er ikke beskrevet i det hele."
        ),
    ),
)

CANDIDATE = CandidateFacts(person_id=person("Kari"), name="Kari", application_state="in_review", conflicts=())

LETTER_AT = NOW - timedelta(days=5)
UNTIL = asked_until(DEFAULT_RULES, LETTER_AT.date())
assert UNTIL is not None

REQUEST_FACTS = ReconsiderationFacts(
    rules=DEFAULT_RULES,
    asked_at=NOW - timedelta(days=1),
    asked_until=UNTIL,
    still_stands=True,
    first_round=frozenset({person("Ola"), person("Birger"), person("Vegard")}),
    declared_impartial=frozenset({person("Kari"), person("Ola")}),
    answer="Vi har sett på behovet en gang til.",
    above_by="Klageinstansen",
    above_on=NOW.date(),
    above_reasons="Klagen fører ikke fram.",
)

DECISION_FACTS = DecisionFacts(
    rules=DEFAULT_RULES,
    application_state="recommended",
    outcome=Outcome.AWARDED,
    amount_ore=30_000_000,
    hours=100,
    reasons="Behovet er dokumentert.",
    reviews_submitted=2,
    undiscussed=(),
    meeting=Meeting(
        held_at=NOW - timedelta(days=3),
        has_minutes=True,
        confirmed_by_office=person("Leder"),
        confirmed_by_scheme=person("Ola"),
    ),
    frame_ore=100_000_000,
    committed_ore=70_000_000,
    frame_hours=300,
    committed_hours=200,
    authorities=(Authority(person_id=person("Kari"), limit_ore=30_000_000, valid_from=NOW - timedelta(days=30)),),
    declared_impartial=frozenset({person("Kari"), person("Ola")}),
    checks=frozenset(CHECKS),
    recommended_by=person("Ola"),
    recommended_outcome=Outcome.AWARDED,
    recommended_amount_ore=30_000_000,
    recommended_hours=100,
    has_letter=True,
)

JOIN_PROPOSAL_FACTS = JoinProposalFacts(
    ours="draft", theirs="draft", call_state="open", deadline=DEADLINE, grace_minutes=0, people=6
)

STORY_FACTS = StoryFacts(
    written_by=person("Ola"), is_linked=True, names_people=True, consent="Sagt ja på e-post.", themes=("outside_in",)
)
