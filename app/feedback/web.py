"""The pages of feedback."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.core.errors import NotFound
from app.feedback import queries
from app.surveys.models import Survey
from app.web.visit import Visit
from workflows.feedback import ANSWER_DAYS, Answer
from workflows.roles import Permission
from workflows.survey import SMALLEST_GROUP


async def _answering(visit: Visit, call_id: UUID | None) -> dict[str, Any]:
    """What the form to answer with needs."""
    return {
        "people": await queries.those_who_may_change(visit.uow),
        "changes": await queries.changes(visit.uow, call_id),
        "answers": list(Answer),
        "days": ANSWER_DAYS,
    }


@get("/feedback", permission=Permission.SURVEY_SEE, include_in_schema=False)
async def feedback_page(visit: Visit) -> Response[Any]:
    """What waits and what is late, the share answered in time for each cohort, and what is being changed."""
    return visit.render(
        "feedback/feedback.html",
        shares=await queries.shares(visit.uow),
        late=await queries.items(visit.uow, late=True),
        surveys=await queries.surveys_with_feedback(visit.uow),
        others=await queries.items(visit.uow, beside_surveys=True),
        points=await queries.learning_points_not_taken_up(visit.uow),
        cohorts=await queries.cohorts(visit.uow),
        may_answer=visit.actor.may(Permission.FEEDBACK_ANSWER),
        **await _answering(visit, None),
    )


@get("/surveys/{survey_id:uuid}/feedback", permission=Permission.SELF, include_in_schema=False)
async def survey_feedback_page(visit: Visit, survey_id: UUID) -> Response[Any]:
    """What was heard in a survey and what is done about it, for those who were asked and for those who answer."""
    survey = await visit.uow.session.get(Survey, survey_id)
    sees_all = visit.actor.may(Permission.SURVEY_SEE)
    if survey is None or not (sees_all or await queries.was_asked(visit.uow, visit.actor, survey_id)):
        raise NotFound
    may_answer = visit.actor.may(Permission.FEEDBACK_ANSWER)
    return visit.render(
        "feedback/of_survey.html",
        survey=survey,
        items=await queries.items(visit.uow, survey_id=survey_id),
        sees_all=sees_all,
        may_answer=may_answer,
        least=SMALLEST_GROUP,
        **(await _answering(visit, survey.call_id) if may_answer else {}),
    )


ROUTES = [feedback_page, survey_feedback_page]
