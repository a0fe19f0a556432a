"""Surveys as their pages show them: one's own to answer, and what came of the closed ones, from five answers on."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Integer, cast, func, select
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE
from app.gatherings.models import Cohort, Gathering
from app.identity.actor import Actor
from app.surveys.models import Survey, SurveyInvitation, SurveySlip
from workflows.survey import SMALLEST_GROUP, Shown, Slip, is_closed, shown


def language_of_title() -> ColumnElement[str]:
    """Which language the title of a survey is written in: its project's, or that of the cohort that gathered."""
    project = aliased(Case)
    of_project = select(project.language).where(project.id == Survey.case_id).scalar_subquery()
    cohort = aliased(Cohort)
    gathered = (
        select(cohort.language)
        .join(Gathering, Gathering.cohort_id == cohort.id)
        .where(Gathering.id == Survey.gathering_id)
        .scalar_subquery()
    )
    return func.coalesce(of_project, gathered, "nb").label("language")


class Titled(NamedTuple):
    """A survey and the language that its title is written in."""

    survey: Survey
    language: str


async def mine(uow: UnitOfWork, actor: Actor) -> list[Titled]:
    """The open surveys that one is asked to answer and has not, the first to close first."""
    rows = await uow.session.execute(
        select(Survey, language_of_title())
        .join(SurveyInvitation, SurveyInvitation.survey_id == Survey.id)
        .where(SurveyInvitation.person_id == actor.person_id, SurveyInvitation.has_answered.is_(False))
        .where(Survey.closes_at >= uow.now)
        .order_by(Survey.closes_at, Survey.id)
    )
    return [Titled(*row) for row in rows]


async def closed(uow: UnitOfWork, actor: Actor) -> list[Titled]:
    """The closed surveys that one was asked in, the latest first; what came of each has a page of its own."""
    rows = await uow.session.execute(
        select(Survey, language_of_title())
        .join(SurveyInvitation, SurveyInvitation.survey_id == Survey.id)
        .where(SurveyInvitation.person_id == actor.person_id, Survey.closes_at < uow.now)
        .order_by(Survey.closes_at.desc(), Survey.id)
        .limit(PAGE_SIZE)
    )
    return [Titled(*row) for row in rows]


async def invited(uow: UnitOfWork, actor: Actor, survey_id: UUID) -> tuple[Titled, SurveyInvitation] | None:
    """A survey with one's own invitation to it; None for those who are not asked."""
    row = (
        await uow.session.execute(
            select(Survey, language_of_title(), SurveyInvitation)
            .join(SurveyInvitation, SurveyInvitation.survey_id == Survey.id)
            .where(Survey.id == survey_id, SurveyInvitation.person_id == actor.person_id)
        )
    ).first()
    return (Titled(row[0], row[1]), row[2]) if row else None


class SurveyRow(msgspec.Struct, frozen=True):
    """A survey in the list of all; `answers` is None while it is open, and for fewer than five."""

    id: UUID
    call: str
    title: str
    language: str
    step: str
    closes_at: datetime
    is_closed: bool
    invited: int
    answers: int | None


async def every(uow: UnitOfWork) -> list[SurveyRow]:
    """Every survey, the latest to close first; how many have answered is told of closed ones alone, from five on."""
    answered = func.sum(cast(SurveyInvitation.has_answered, Integer))
    rows = await uow.session.execute(
        select(Survey, language_of_title(), Case.title, func.count(SurveyInvitation.person_id), answered)
        .join(Case, Case.id == Survey.call_id)
        .join(SurveyInvitation, SurveyInvitation.survey_id == Survey.id)
        .group_by(Survey.id, Case.title)
        .order_by(Survey.closes_at.desc(), Survey.id)
        .limit(PAGE_SIZE * 4)
    )
    found = []
    for survey, language, call, asked, count in rows:
        closed = is_closed(survey.closes_at, uow.now)
        answers = count if closed and count >= SMALLEST_GROUP else None
        found.append(
            SurveyRow(survey.id, call, survey.title, language, survey.step, survey.closes_at, closed, asked, answers)
        )
    return found


async def titled(uow: UnitOfWork, survey_id: UUID) -> Titled | None:
    """A survey with the language of its title; None where there is none."""
    row = (await uow.session.execute(select(Survey, language_of_title()).where(Survey.id == survey_id))).first()
    return Titled(*row) if row else None


async def results(uow: UnitOfWork, survey: Survey) -> tuple[int, Shown | None]:
    """How many are asked, and what may be shown of the answers."""
    asked = select(func.count()).select_from(SurveyInvitation).where(SurveyInvitation.survey_id == survey.id)
    slips = await uow.session.execute(
        select(SurveySlip.question, SurveySlip.role_group, SurveySlip.level, SurveySlip.words).where(
            SurveySlip.survey_id == survey.id
        )
    )
    found = [Slip(question=row[0], group=row[1], level=row[2], words=row[3]) for row in slips]
    closed = is_closed(survey.closes_at, uow.now)
    return await uow.session.scalar(asked) or 0, shown(survey.occasion, found, is_closed=closed)
