"""What the rules must know about a review, and about somebody who might be given one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, exists, select

from app.applications.models import Application
from app.calls.models import Call, Criterion
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.core.listed import listed
from app.identity.actor import Actor
from app.identity.models import Person
from app.moves import subject
from app.reviews.conflicts import as_seen_by, conflicts
from app.reviews.models import Review, Score
from app.reviews.phases import course_columns, course_of
from workflows.review import REVIEW as LIFECYCLE
from workflows.review import CandidateFacts, ReviewFacts, ReviewState, Scored
from workflows.review_phases import hides_names
from workflows.rules import LANGUAGES, Rules


def title_in(texts: dict[str, Any], key: str, language: str = "nb") -> str:
    """A criterion's title in a language, in another where that is missing, else its key."""
    titles = (str((texts.get(code) or {}).get("title", "")).strip() for code in (language, *LANGUAGES))
    return next(filter(None, titles), key)


@subject(LIFECYCLE, Review)
async def REVIEW(uow: UnitOfWork, row: Review) -> ReviewFacts:
    """The facts of a review, in two statements: what is written, and what ties the reviewer to the applicant."""
    scored = listed(
        select(Criterion.id)
        .outerjoin(Score, and_(Score.criterion_id == Criterion.id, Score.review_id == row.id))
        .where(Criterion.call_id == Application.call_id)
        .correlate(Application),
        {
            "id": Criterion.id,
            "key": Criterion.key,
            "texts": Criterion.texts,
            "value": Score.value,
            "reason": Score.reason,
        },
        Criterion.position,
    )
    state, rules, name, scores, *course = (
        await uow.session.execute(
            select(Application.state, Application.rules, Person.name, scored, *course_columns())
            .join(Call, Call.id == Application.call_id)
            .join(Person, Person.id == row.reviewer_id)
            .where(Application.id == row.case_id)
        )
    ).one()
    pinned = msgspec.convert(rules, Rules)
    found = await conflicts(uow, row.case_id, [row.reviewer_id], pinned.reviews.cooperation_months)
    phases, all_in = msgspec.structs.astuple(course_of(*course))
    tied = tuple(each.conflict for each in found)
    if hides_names(phases, day_in_oslo(uow.now), all_in=all_in):
        # which unit a tie goes through would say who applies
        tied = tuple(msgspec.structs.replace(each, detail="") for each in tied)
    return ReviewFacts(
        phases=phases,
        all_in=all_in,
        rules=pinned,
        review_id=row.id,
        reviewer_id=row.reviewer_id,
        reviewer_name=name,
        application_state=state,
        conflicts=tied,
        declared_at=row.declared_at,
        scores=tuple(
            Scored(
                criterion_id=UUID(each["id"]),
                title=title_in(each["texts"], each["key"]),
                value=each["value"],
                reason=each["reason"] or "",
            )
            for each in scores
        ),
    )


async def candidate(uow: UnitOfWork, actor: Actor, application: Application, person_id: UUID) -> CandidateFacts:
    """The facts of somebody who might assess an application, as far as the actor may know them; NotFound if unknown."""
    already = exists().where(
        Review.case_id == application.id, Review.reviewer_id == person_id, Review.state != ReviewState.VOIDED
    )
    row = (
        await uow.session.execute(select(Person.name, select(already).scalar_subquery()).where(Person.id == person_id))
    ).first()
    if row is None:
        raise NotFound
    months = msgspec.convert(application.rules, Rules).reviews.cooperation_months
    ties = await as_seen_by(uow, actor, await conflicts(uow, application.id, [person_id], months))
    return CandidateFacts(
        person_id=person_id,
        name=row[0],
        application_state=application.state,
        conflicts=tuple(each.conflict for each in ties),
        is_reviewer_already=row[1],
    )
