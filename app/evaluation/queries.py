"""What the data say of a cohort, and the versions of its report."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Integer, cast, func, or_, select

from app.cases.models import Case
from app.competence.queries import of_call
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.evaluation.models import EvaluationReport
from app.feedback.models import FeedbackItem, ProcessChange
from app.feedback.queries import answered_of
from app.gatherings.models import Attendance, Cohort, Gathering
from app.gatherings.people import gathers
from app.identity.models import Person
from app.knowledge.models import LearningPoint
from app.projects.models import Project
from app.stories.queries import published
from app.surveys.models import Survey, SurveyInvitation, SurveySlip
from workflows.evaluation import (
    Changed,
    Evaluated,
    GatheringFigure,
    Learnt,
    Quote,
    StoryFigure,
    SurveyFigure,
    figures_of,
    quotes_of,
)
from workflows.survey import Slip, shown


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a report, with who wrote it."""

    id: UUID
    number: int
    texts: dict[str, str]
    language: str
    quotes: tuple[Quote, ...]
    figures: Evaluated
    written_by: str
    written_at: datetime


async def versions(uow: UnitOfWork, cohort_id: UUID) -> list[Version]:
    """Every version of a cohort's report, the newest first."""
    rows = await uow.session.execute(
        select(EvaluationReport, Person.name)
        .join(Person, Person.id == EvaluationReport.written_by)
        .where(EvaluationReport.cohort_id == cohort_id)
        .order_by(EvaluationReport.number.desc())
    )
    return [
        Version(
            id=row.id, number=row.number, language=row.language, written_by=name, written_at=row.written_at,
            texts={"organised": row.organised, "experienced": row.experienced, "onward": row.onward},
            quotes=msgspec.convert(row.quotes, tuple[Quote, ...]), figures=msgspec.convert(row.figures, Evaluated),
        )
        for row, name in rows
    ]  # fmt: skip


def _projects(cohort_id: UUID) -> Any:
    """Every project of a cohort, also those that are stopped or ended."""
    return (
        select(Project.id)
        .join(Cohort, Cohort.call_id == Project.call_id)
        .where(Cohort.id == cohort_id, gathers(Cohort, Project.id))
    )


async def evaluated(uow: UnitOfWork, cohort: Cohort) -> Evaluated:
    """All that the data say of a cohort now; a fixed number of statements."""
    case_ids = list(await uow.session.scalars(_projects(cohort.id)))
    surveys, too_few, quotes = await _surveys(uow, cohort.id, case_ids)
    stories = await published(uow, case_ids=case_ids)
    competence = (await of_call(uow, cohort.call_id)).whole if cohort.whole_call else None
    return Evaluated(
        projects=len(case_ids),
        gatherings=await _gatherings(uow, cohort.id),
        surveys=surveys,
        surveys_with_too_few=too_few,
        quotes=quotes,
        stories=tuple(
            StoryFigure(
                title=each.title, text=each.text, role=each.role, language=each.language, themes=tuple(each.themes)
            )
            for each in stories
        ),
        learning=await _learning(uow, case_ids),
        competence_people=competence.people if competence else 0,
        competence=competence.counted if competence else None,
        feedback=await answered_of(uow, cohort.id),
        changes=await _changes(uow, cohort.id),
    )


async def _gatherings(uow: UnitOfWork, cohort_id: UUID) -> tuple[GatheringFigure, ...]:
    rows = await uow.session.execute(
        select(
            Gathering.title, Gathering.kind, Gathering.starts_at, func.count(Attendance.person_id),
            func.count(Attendance.attended_at),
        )
        .outerjoin(Attendance, Attendance.gathering_id == Gathering.id)
        .where(Gathering.cohort_id == cohort_id, Gathering.ends_at <= uow.now, Gathering.called_off_at.is_(None))
        .group_by(Gathering.id)
        .order_by(Gathering.starts_at, Gathering.id)
    )  # fmt: skip
    return tuple(
        GatheringFigure(title=row[0], kind=row[1], held_on=day_in_oslo(row[2]), signed_up=row[3], came=row[4])
        for row in rows
    )


async def _surveys(
    uow: UnitOfWork, cohort_id: UUID, case_ids: list[UUID]
) -> tuple[tuple[SurveyFigure, ...], int, tuple[Quote, ...]]:
    """The closed surveys of a cohort that at least five have answered, how many had fewer, and what can be quoted."""
    of_cohort = select(Gathering.id).where(Gathering.cohort_id == cohort_id)
    closed = (
        select(Survey.id)
        .where(or_(Survey.gathering_id.in_(of_cohort), Survey.case_id.in_(case_ids)), Survey.closes_at < uow.now)
        .subquery()
    )
    rows = await uow.session.execute(
        select(Survey, func.count(SurveyInvitation.person_id), func.sum(cast(SurveyInvitation.has_answered, Integer)))
        .join(SurveyInvitation, SurveyInvitation.survey_id == Survey.id)
        .where(Survey.id.in_(select(closed.c.id)))
        .group_by(Survey.id)
        .order_by(Survey.closes_at, Survey.id)
    )
    asked = [(row[0], row[1]) for row in rows]
    slips: dict[UUID, list[Slip]] = defaultdict(list)
    columns = (SurveySlip.survey_id, SurveySlip.question, SurveySlip.role_group, SurveySlip.level, SurveySlip.words)
    for row in await uow.session.execute(select(*columns).where(SurveySlip.survey_id.in_(select(closed.c.id)))):
        slips[row[0]].append(Slip(question=row[1], group=row[2], level=row[3], words=row[4]))
    figures: list[SurveyFigure] = []
    quotes: list[Quote] = []
    for survey, number in asked:
        seen = shown(survey.occasion, slips[survey.id], is_closed=True)
        if seen is None:
            continue
        closed_on = day_in_oslo(survey.closes_at)
        figures.append(
            SurveyFigure(
                title=survey.title, step=survey.step, closed_on=closed_on, asked=number, answers=seen.answers,
                questions=figures_of(seen),
            )
        )  # fmt: skip
        quotes += quotes_of(seen, str(survey.id))
    return tuple(figures), len(asked) - len(figures), tuple(quotes)


async def _learning(uow: UnitOfWork, case_ids: list[UUID]) -> tuple[Learnt, ...]:
    rows = await uow.session.execute(
        select(LearningPoint.text, LearningPoint.for_whom, LearningPoint.conditions, Case.language)
        .join(Case, Case.id == LearningPoint.case_id)
        .where(LearningPoint.case_id.in_(case_ids))
        .order_by(LearningPoint.written_at, LearningPoint.id)
    )
    return tuple(Learnt(text=row[0], for_whom=row[1], conditions=row[2], language=row[3]) for row in rows)


async def _changes(uow: UnitOfWork, cohort_id: UUID) -> tuple[Changed, ...]:
    answers = select(FeedbackItem.change_id).where(FeedbackItem.cohort_id == cohort_id)
    rows = await uow.session.scalars(
        select(ProcessChange).where(ProcessChange.id.in_(answers)).order_by(ProcessChange.made_at, ProcessChange.id)
    )
    return tuple(
        Changed(
            text=row.text, due_on=row.due_on, done_on=day_in_oslo(row.done_at) if row.done_at else None,
            done_text=row.done_text,
        )
        for row in rows
    )  # fmt: skip
