"""The pages of surveys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.core.errors import NotFound
from app.surveys import queries
from app.surveys.service import MOST_CHARACTERS
from app.web.visit import Visit
from workflows.roles import Permission
from workflows.survey import LEVELS, SMALLEST_GROUP, asked_of, is_closed


@get("/surveys", permission=Permission.SELF, include_in_schema=False)
async def surveys_page(visit: Visit) -> Response[Any]:
    """The surveys that one is asked to answer, and for those who follow the scheme every survey."""
    sees_results = visit.actor.may(Permission.SURVEY_SEE)
    return visit.render(
        "surveys/surveys.html",
        mine=await queries.mine(visit.uow, visit.actor),
        closed=await queries.closed(visit.uow, visit.actor),
        sees_results=sees_results,
        every=await queries.every(visit.uow) if sees_results else [],
        least=SMALLEST_GROUP,
    )


@get("/surveys/{survey_id:uuid}", permission=Permission.SELF, include_in_schema=False)
async def survey_page(visit: Visit, survey_id: UUID) -> Response[Any]:
    """One survey to answer, or that it is answered or closed; it does not exist for those who are not asked."""
    found = await queries.invited(visit.uow, visit.actor, survey_id)
    if found is None:
        raise NotFound
    (survey, language), invitation = found
    return visit.render(
        "surveys/survey.html",
        survey=survey,
        written_in=language,
        has_answered=invitation.has_answered,
        is_closed=is_closed(survey.closes_at, visit.uow.now),
        questions=asked_of(survey.occasion, invitation.role_group),
        role=invitation.role_group,
        levels=LEVELS,
        least=SMALLEST_GROUP,
        most=MOST_CHARACTERS,
    )


@get("/surveys/{survey_id:uuid}/results", permission=Permission.SURVEY_SEE, include_in_schema=False)
async def results_page(visit: Visit, survey_id: UUID) -> Response[Any]:
    """What came of a survey, from five answers on, when it has closed."""
    found = await queries.titled(visit.uow, survey_id)
    if found is None:
        raise NotFound
    survey = found.survey
    invited, shown = await queries.results(visit.uow, survey)
    return visit.render(
        "surveys/results.html",
        survey=survey,
        written_in=found.language,
        invited=invited,
        shown=shown,
        is_closed=is_closed(survey.closes_at, visit.uow.now),
        levels=LEVELS,
        least=SMALLEST_GROUP,
    )


ROUTES = [surveys_page, survey_page, results_page]
