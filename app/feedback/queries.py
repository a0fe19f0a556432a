"""Feedback as its pages show it: what waits, what is late, what is changed, and the share answered in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.cases.queries import current
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE
from app.feedback.models import FeedbackItem, FeedbackRound, ProcessChange
from app.gatherings.models import Cohort
from app.identity.actor import Actor
from app.identity.models import Person, SchemeRole, Unit
from app.knowledge.models import LearningPoint
from app.surveys.models import Survey, SurveyInvitation
from app.surveys.queries import language_of_title
from workflows.feedback import Answered
from workflows.roles import GRANTS, Permission


async def surveys_to_take_out(uow: UnitOfWork) -> list[UUID]:
    """Closed surveys whose feedback has not been taken out of them."""
    found = await uow.session.scalars(
        select(Survey.id)
        .outerjoin(FeedbackRound, FeedbackRound.survey_id == Survey.id)
        .where(FeedbackRound.survey_id.is_(None), Survey.closes_at < uow.now)
        .order_by(Survey.closes_at)
        .limit(PAGE_SIZE)
    )
    return list(found)


async def changes_to_remind_of(uow: UnitOfWork) -> list[UUID]:
    """Changes whose day has gone by, and of which nobody has been reminded."""
    found = await uow.session.scalars(
        select(ProcessChange.id).where(
            ProcessChange.done_at.is_(None), ProcessChange.reminded_at.is_(None),
            ProcessChange.due_on < day_in_oslo(uow.now),
        )
    )  # fmt: skip
    return list(found)


async def those_who_may_change(uow: UnitOfWork) -> list[Any]:
    """Everybody who can be responsible for a change in the working process: id and name, by name."""
    holds = select(SchemeRole.person_id).where(
        SchemeRole.role.in_(GRANTS[Permission.FEEDBACK_ANSWER]), current(SchemeRole, uow.now)
    )
    stays = or_(Person.valid_to.is_(None), Person.valid_to > uow.now)
    rows = await uow.session.execute(
        select(Person.id, Person.name).where(Person.id.in_(holds), stays).order_by(Person.name)
    )
    return list(rows)


class ItemRow(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of feedback with where it comes from and its answer."""

    id: UUID
    call_id: UUID
    survey_id: UUID | None
    title: str
    language: str
    step: str
    cohort: str
    kind: str
    question: str
    role: str
    words: str
    low: int
    answers: int
    received_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    why: str
    change: str
    responsible: str
    due_on: date | None
    done_at: datetime | None
    done_text: str
    is_late: bool


async def items(
    uow: UnitOfWork, *, survey_id: UUID | None = None, beside_surveys: bool = False, late: bool = False
) -> list[ItemRow]:
    """Pieces of feedback, those to answer first by when: of one survey, of none, or those that are late."""
    survey_case = aliased(Case)
    is_late = and_(FeedbackItem.answered_at.is_(None), FeedbackItem.answer_by < uow.now)
    statement = (
        select(
            FeedbackItem.id, FeedbackItem.call_id, FeedbackItem.survey_id,
            func.coalesce(Survey.title, survey_case.title, "").label("title"),
            func.coalesce(survey_case.language, language_of_title()).label("language"),
            func.coalesce(Survey.step, "").label("step"), func.coalesce(Cohort.name, "").label("cohort"),
            FeedbackItem.kind, FeedbackItem.question, FeedbackItem.role_group.label("role"), FeedbackItem.words,
            FeedbackItem.low, FeedbackItem.answers, FeedbackItem.received_at, FeedbackItem.answer_by,
            FeedbackItem.answered_at, FeedbackItem.why, func.coalesce(ProcessChange.text, "").label("change"),
            func.coalesce(Person.name, "").label("responsible"), ProcessChange.due_on, ProcessChange.done_at,
            func.coalesce(ProcessChange.done_text, "").label("done_text"), is_late.label("is_late"),
        )
        .outerjoin(Survey, Survey.id == FeedbackItem.survey_id)
        .outerjoin(LearningPoint, LearningPoint.id == FeedbackItem.learning_point_id)
        .outerjoin(survey_case, survey_case.id == LearningPoint.case_id)
        .outerjoin(Cohort, Cohort.id == FeedbackItem.cohort_id)
        .outerjoin(ProcessChange, ProcessChange.id == FeedbackItem.change_id)
        .outerjoin(Person, Person.id == ProcessChange.responsible_id)
        .order_by(FeedbackItem.answered_at.is_not(None), FeedbackItem.answer_by, FeedbackItem.kind, FeedbackItem.question,
                  FeedbackItem.words, FeedbackItem.id)
        .limit(PAGE_SIZE * 8)
    )  # fmt: skip
    if survey_id is not None:
        statement = statement.where(FeedbackItem.survey_id == survey_id)
    if beside_surveys:
        statement = statement.where(FeedbackItem.survey_id.is_(None))
    if late:
        statement = statement.where(is_late)
    return [ItemRow(**row._mapping) for row in await uow.session.execute(statement)]


class CohortRow(msgspec.Struct, frozen=True, kw_only=True):
    """A cohort with how its feedback has been answered; without one for what belongs to none."""

    cohort_id: UUID | None
    name: str
    call: str
    answered: Answered


def counted(now: datetime) -> tuple[Any, Any, Any]:
    """How many pieces had at a moment been answered in time, were late then, and waited in time."""
    answered = and_(FeedbackItem.answered_at.is_not(None), FeedbackItem.answered_at <= now)
    in_time = and_(answered, FeedbackItem.answered_at <= FeedbackItem.answer_by)
    waiting = and_(~answered, FeedbackItem.answer_by >= now)
    late = and_(~in_time, ~waiting)
    return tuple(func.count(case((each, 1))) for each in (in_time, late, waiting))  # type: ignore[return-value]


async def shares(uow: UnitOfWork) -> list[CohortRow]:
    """Each cohort with the share of its feedback that was answered in time (S58), the latest call first."""
    rows = await uow.session.execute(
        select(FeedbackItem.cohort_id, Cohort.name, Case.title, *counted(uow.now))
        .join(Case, Case.id == FeedbackItem.call_id)
        .outerjoin(Cohort, Cohort.id == FeedbackItem.cohort_id)
        .group_by(FeedbackItem.cohort_id, Cohort.name, Case.title, Case.id)
        .order_by(Case.id.desc(), Cohort.name)
    )
    return [
        CohortRow(cohort_id=row[0], name=row[1] or "", call=row[2], answered=Answered(in_time=row[3], late=row[4],
                                                                                      waiting=row[5]))
        for row in rows
    ]  # fmt: skip


async def answered_of(uow: UnitOfWork, cohort_id: UUID) -> Answered:
    """How a cohort's feedback has been answered."""
    row = (await uow.session.execute(select(*counted(uow.now)).where(FeedbackItem.cohort_id == cohort_id))).one()
    return Answered(in_time=row[0], late=row[1], waiting=row[2])


class WaitingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A survey with how much of its feedback waits for an answer."""

    survey_id: UUID
    title: str
    language: str
    step: str
    call: str
    waiting: int
    answer_by: datetime | None
    told_at: datetime | None


async def surveys_with_feedback(uow: UnitOfWork) -> list[WaitingRow]:
    """The surveys that feedback has come of, those that wait first, the soonest first."""
    waits = func.count(case((FeedbackItem.answered_at.is_(None), 1)))
    first = func.min(case((FeedbackItem.answered_at.is_(None), FeedbackItem.answer_by)))
    rows = await uow.session.execute(
        select(
            Survey.id.label("survey_id"), Survey.title, language_of_title(), Survey.step, Case.title.label("call"),
            waits.label("waiting"), first.label("answer_by"), FeedbackRound.told_at,
        )
        .join(FeedbackItem, FeedbackItem.survey_id == Survey.id)
        .join(FeedbackRound, FeedbackRound.survey_id == Survey.id)
        .join(Case, Case.id == Survey.call_id)
        .group_by(Survey.id, Case.title, FeedbackRound.told_at)
        .order_by((waits == 0), first, Survey.closes_at.desc())
        .limit(PAGE_SIZE)
    )  # fmt: skip
    return [WaitingRow(**row._mapping) for row in rows]


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A change in the working process, with how much feedback it answers."""

    id: UUID
    call_id: UUID
    call: str
    text: str
    responsible: str
    due_on: date
    done_at: datetime | None
    done_text: str
    items: int
    is_late: bool


async def changes(uow: UnitOfWork, call_id: UUID | None = None) -> list[ChangeRow]:
    """What is changed in the working process, what is still to be done first by when."""
    statement = (
        select(
            ProcessChange.id, ProcessChange.call_id, Case.title.label("call"), ProcessChange.text,
            Person.name.label("responsible"), ProcessChange.due_on, ProcessChange.done_at, ProcessChange.done_text,
            func.count(FeedbackItem.id).label("items"),
            and_(ProcessChange.done_at.is_(None), ProcessChange.due_on < day_in_oslo(uow.now)).label("is_late"),
        )
        .join(Case, Case.id == ProcessChange.call_id)
        .join(Person, Person.id == ProcessChange.responsible_id)
        .outerjoin(FeedbackItem, FeedbackItem.change_id == ProcessChange.id)
        .group_by(ProcessChange.id, Case.title, Person.name)
        .order_by(ProcessChange.done_at.is_not(None), ProcessChange.due_on, ProcessChange.id)
        .limit(PAGE_SIZE * 4)
    )  # fmt: skip
    if call_id is not None:
        statement = statement.where(ProcessChange.call_id == call_id)
    return [ChangeRow(**row._mapping) for row in await uow.session.execute(statement)]


async def learning_points_not_taken_up(uow: UnitOfWork) -> list[Any]:
    """The latest learning points that have not been taken up as feedback: id, text, for_whom, unit, language."""
    taken = select(FeedbackItem.learning_point_id).where(FeedbackItem.learning_point_id.is_not(None))
    rows = await uow.session.execute(
        select(LearningPoint.id, LearningPoint.text, LearningPoint.for_whom, Unit.name.label("unit"), Case.language)
        .join(Case, Case.id == LearningPoint.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(LearningPoint.id.not_in(taken))
        .order_by(LearningPoint.written_at.desc(), LearningPoint.id)
        .limit(PAGE_SIZE)
    )
    return list(rows)


async def cohorts(uow: UnitOfWork) -> list[Any]:
    """The cohorts that something can have been said in, the latest first: id and name."""
    rows = await uow.session.execute(
        select(Cohort.id, func.concat(Cohort.name, " (", Case.title, ")").label("name"))
        .join(Case, Case.id == Cohort.call_id)
        .order_by(Cohort.made_at.desc())
        .limit(PAGE_SIZE)
    )
    return list(rows)


async def was_asked(uow: UnitOfWork, actor: Actor, survey_id: UUID) -> bool:
    """Whether somebody was asked in a survey, and so is told what came of it."""
    found = select(SurveyInvitation.person_id).where(
        SurveyInvitation.survey_id == survey_id, SurveyInvitation.person_id == actor.person_id
    )
    return await uow.session.scalar(found) is not None
