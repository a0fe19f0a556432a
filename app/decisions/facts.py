"""What the rules must know about a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, exists, func, or_, select

from app.applications.models import Application
from app.calls.models import Call, Criterion
from app.core.database import UnitOfWork
from app.core.listed import listed
from app.decisions.models import Commitment, Decision, Impartiality, Letter
from app.identity.authorities import held_authorities
from app.identity.models import SchemeRole, Unit
from app.meetings.models import Meeting
from app.moves import subject
from app.reviews.conflicts import Tie, conflicts_in
from app.reviews.facts import title_in
from app.reviews.models import Discussion, Review, Score
from workflows import decision as rules_of
from workflows.decision import DECISION as LIFECYCLE
from workflows.decision import Authority, DecisionFacts, Outcome, PersonTie
from workflows.review import ReviewState
from workflows.roles import Role
from workflows.rules import Rules


class Gathered(msgspec.Struct, frozen=True):
    """What the first statement brings of each decision."""

    id: UUID
    application_state: str
    rules: dict[str, Any]
    frame_ore: int | None
    frame_hours: int | None
    reviews_submitted: int
    committed_ore: int
    committed_hours: int
    authorities: list[Any]
    cost_centre: str
    declared: list[Any]
    has_letter: bool
    held_at: datetime | None
    minutes: str | None
    confirmed_by_office: UUID | None
    confirmed_by_scheme: UUID | None
    first_round: list[UUID]


def _statement(uow: UnitOfWork, ids: Sequence[UUID]) -> Any:
    submitted = (
        select(func.count())
        .select_from(Review)
        .where(Review.case_id == Decision.case_id, Review.state == ReviewState.SUBMITTED)
    )
    others = and_(Commitment.call_id == Decision.call_id, Commitment.case_id != Decision.case_id)
    bound = select(func.coalesce(func.sum(Commitment.amount_ore), 0)).where(others)
    bound_hours = select(func.coalesce(func.sum(Commitment.hours), 0)).where(others)
    authorities = held_authorities(uow.now)
    declared = listed(
        select(Impartiality.id).where(Impartiality.case_id == Decision.case_id), {"person_id": Impartiality.person_id}
    )
    letter = exists().where(Letter.decision_id == Decision.id)
    return (
        select(
            Decision.id, Application.state, Application.rules, Call.frame_ore, Call.facilitation_hours,
            submitted.scalar_subquery(), bound.scalar_subquery(), bound_hours.scalar_subquery(), authorities, Unit.number,
            declared,
            letter, Meeting.held_at, Meeting.minutes, Meeting.confirmed_by_office, Meeting.confirmed_by_scheme,
            Application.first_round,
        )
        .join(Application, Application.id == Decision.case_id)
        .join(Call, Call.id == Application.call_id)
        .join(Unit, Unit.id == Call.owner_unit_id)
        .outerjoin(Meeting, Meeting.case_id == Application.id)
        .where(Decision.id.in_(ids))
    )  # fmt: skip


async def undiscussed(uow: UnitOfWork, limits: Mapping[UUID, int], language: str = "nb") -> dict[UUID, dict[UUID, str]]:
    """The criteria on which reviewers lie further apart than the limit of each case, with no discussion written since.

    By case, with the criteria's titles in their order (G10).
    """
    spread = func.max(Score.value) - func.min(Score.value)
    rows = await uow.session.execute(
        select(Review.case_id, Criterion.id, Criterion.key, Criterion.texts, spread.label("spread"))
        .join(Score, Score.criterion_id == Criterion.id)
        .join(Review, Review.id == Score.review_id)
        .outerjoin(Discussion, and_(Discussion.case_id == Review.case_id, Discussion.criterion_id == Criterion.id))
        .where(Review.case_id.in_(limits), Review.state == ReviewState.SUBMITTED)
        .group_by(Review.case_id, Criterion.id, Discussion.written_at)
        .having(
            spread > min(limits.values(), default=0),
            or_(Discussion.written_at.is_(None), Discussion.written_at < func.max(Review.submitted_at)),
        )
        .order_by(Criterion.position)
    )
    found: dict[UUID, dict[UUID, str]] = {case_id: {} for case_id in limits}
    for row in rows:
        if row.spread > limits[row.case_id]:
            found[row.case_id][row.id] = title_in(row.texts, row.key, language)
    return found


def _meeting(found: Gathered) -> rules_of.Meeting | None:
    if found.held_at is None:
        return None
    return rules_of.Meeting(
        held_at=found.held_at,
        has_minutes=bool((found.minutes or "").strip()),
        confirmed_by_office=found.confirmed_by_office,
        confirmed_by_scheme=found.confirmed_by_scheme,
    )


async def _ties(uow: UnitOfWork, months: Mapping[UUID, int]) -> dict[UUID, list[Tie]]:
    """Who of those that recommend and decide is tied to the applicant, by case; a statement for each number of months."""
    acting = select(SchemeRole.person_id).where(
        SchemeRole.role.in_((Role.CASE_HANDLER, Role.DECISION_MAKER)),
        SchemeRole.valid_from <= uow.now,
        or_(SchemeRole.valid_to.is_(None), SchemeRole.valid_to > uow.now),
    )
    found: dict[UUID, list[Tie]] = {case_id: [] for case_id in months}
    for each in sorted(set(months.values())):
        cases = [case_id for case_id, its in months.items() if its == each]
        for tie in await conflicts_in(uow, cases, acting, each):
            found[tie.case_id].append(tie)
    return found


@subject(LIFECYCLE, Decision)
async def DECISION(uow: UnitOfWork, row: Decision) -> DecisionFacts:
    """The facts of a decision, in three statements: the case with its frame, disagreements, and ties to the applicant."""
    return (await facts_of(uow, [row]))[row.id]


async def facts_of(uow: UnitOfWork, rows: Sequence[Decision]) -> dict[UUID, DecisionFacts]:
    """The facts of several decisions, by their ids, in as many statements as of one."""
    gathered = {row[0]: Gathered(*row) for row in await uow.session.execute(_statement(uow, [row.id for row in rows]))}
    rules = {row.id: msgspec.convert(gathered[row.id].rules, Rules) for row in rows}
    tied = await _ties(uow, {row.case_id: rules[row.id].reviews.cooperation_months for row in rows})
    lacking = await undiscussed(uow, {row.case_id: rules[row.id].reviews.spread_limit for row in rows})
    return {
        row.id: _facts(row, gathered[row.id], rules[row.id], tied[row.case_id], tuple(lacking[row.case_id].values()))
        for row in rows
    }


def _facts(
    row: Decision, found: Gathered, rules: Rules, tied: Sequence[Tie], lacking: tuple[str, ...]
) -> DecisionFacts:
    return DecisionFacts(
        rules=rules,
        application_state=found.application_state,
        outcome=Outcome(row.outcome) if row.outcome else None,
        amount_ore=row.amount_ore,
        hours=row.hours,
        reasons=row.reasons,
        reviews_submitted=found.reviews_submitted,
        undiscussed=lacking,
        meeting=_meeting(found),
        frame_ore=found.frame_ore or 0,
        committed_ore=int(found.committed_ore),
        frame_hours=found.frame_hours or 0,
        committed_hours=int(found.committed_hours),
        authorities=tuple(msgspec.convert(found.authorities, list[Authority])),
        ties=tuple(PersonTie(person_id=each.person_id, name=each.name, conflict=each.conflict) for each in tied),
        instrument=row.funding_instrument,
        cost_centre=found.cost_centre,
        declared_impartial=frozenset(UUID(each["person_id"]) for each in found.declared),
        checks=frozenset(row.checks or ()),
        recommended_by=row.recommended_by,
        recommended_outcome=Outcome(row.recommended_outcome) if row.recommended_outcome else None,
        recommended_amount_ore=row.recommended_amount_ore,
        recommended_hours=row.recommended_hours,
        has_letter=found.has_letter,
        first_round=frozenset(found.first_round),
    )
