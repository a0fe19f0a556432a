"""The pages of those who assess."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from sqlalchemy import select

from app.applications.budget_pages import for_budget
from app.applications.facts import benefits_of, budget_of, deviances_of, questions_of, team_of, with_files
from app.applications.models import Application
from app.calls.models import Call
from app.calls.queries import criteria_of
from app.cases.queries import load_case
from app.files.queries import answered_by_files, by_question, named_for
from app.reviews import missing, queries
from app.reviews.facts import REVIEW
from app.reviews.opinions import opinions_on
from app.reviews.phases import hidden_from, own_reviews
from app.reviews.queries import Reviewing
from app.web.places import place
from app.web.visit import Visit
from workflows.forms.fields import is_empty
from workflows.forms.own import form_of
from workflows.forms.review import REVIEW_FORM
from workflows.review import LEAST_TO_NORMALISE, SCORED_IN, ReviewState, due_on, may_have_an_opinion
from workflows.roles import Permission

place("review.declaration", "/reviews/{case}#declaration")
place("review.scores", "/reviews/{case}#scores")
place("review.criterion", "/reviews/{case}#criterion-{id}")

TONES = {
    "assigned": "waiting", "declared": "info", "started": "info", "submitted": "success", "recused": "stopped",
    "voided": "stopped",
}  # fmt: skip
RECENT = timedelta(days=180)
"""How far back the load of a reviewer is counted."""
IN_FORMS = frozenset({"declare", "recuse", "start", "void"})
"""Steps of a review that have a form of their own on its page, or follow by themselves."""


@get("/reviews", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def reviews_page(visit: Visit, after: UUID | None = None) -> Response[Any]:
    """What one has to assess, and has assessed."""
    page = await queries.my_reviews(visit.uow, visit.actor, after=after)
    return visit.render("reviews/reviews.html", reviews=page.rows, next=page.after, first=after, tones=TONES)


async def _shown_beside(visit: Visit, found: Reviewing) -> dict[str, Any]:
    """The application as it was sent, to be read beside the scores; nothing before one may read it."""
    if not found.reads:
        return {"application": None}
    case_id = found.case.id
    questions = questions_of(Application.call_id, Application.call_form_version)
    application, deviances, team, benefits, kept, files, lines, cost_kinds = (
        await visit.uow.session.execute(
            select(
                Application, deviances_of(case_id), team_of(case_id), benefits_of(case_id), questions,
                answered_by_files(case_id), budget_of(case_id), Call.cost_kinds,
            ).join(Call, Call.id == Application.call_id).where(Application.id == case_id)
        )
    ).one()  # fmt: skip
    form, answers = form_of(kept), with_files(application.answers, files)
    named = await named_for(visit.uow, visit.actor, case_id, files)
    return {
        **for_budget(visit.texts, found.rules.budget, lines, team, cost_kinds),
        "application": application, "row": application, "answers": answers, "is_empty": is_empty,
        "deviances": deviances, "team": team, "benefits": benefits,
        "form_of": form, "asked": form.asked(answers), "attached": by_question(named), "questions": REVIEW_FORM.questions,
    }  # fmt: skip


@get("/reviews/{review_id:uuid}", permission=Permission.SELF, include_in_schema=False)
async def review_page(visit: Visit, review_id: UUID) -> Response[Any]:
    """A review: the declaration first, then the application beside the scores with what each level means."""
    found = await queries.reviewing(visit.uow, visit.actor, review_id)
    review = found.review
    steps = await visit.steps(REVIEW, review, found.case, found.roles)
    writes = found.is_mine and found.sight.writes and found.application_state in SCORED_IN
    is_waited_for = review.state in queries.UNDER_WAY and found.application_state in SCORED_IN
    verbs = {step.verb: step for step in steps if step.permitted}
    return visit.render(
        "reviews/review.html",
        found=found,
        review=review,
        case=found.case,
        criteria=await criteria_of(visit.uow, found.call_id, found.rules, visit.texts.language) if found.reads else (),
        scores=await queries.scores_of(visit.uow, review.id) if found.reads else {},
        writes=writes,
        due_on=due_on(review.assigned_at, found.rules) if is_waited_for else None,
        declares=verbs.get("declare") if found.is_mine else None,
        recuses=verbs.get("recuse") if found.is_mine else None,
        steps=[step for step in steps if step.verb not in IN_FORMS and step.permitted],
        tones=TONES,
        **await _shown_beside(visit, found),
        **await _others(visit, found),
    )


class Judgement(msgspec.Struct, frozen=True):
    """What the visitor has said of the review so far."""

    opinion: str = ""
    why: str = ""


async def _others(visit: Visit, found: Reviewing) -> dict[str, Any]:
    """All reviews beside each other for whoever may see them, and what is thought of the one on the page."""
    none: dict[str, Any] = {"others": [], "scored": [], "opinions": [], "judges": None}
    if not found.sight.others or found.review.state == ReviewState.VOIDED:
        return none
    language, review = visit.texts.language, found.review
    scored = await queries.scores_by_criterion(
        visit.uow, visit.actor, found.case.id, found.roles, found.rules, language
    )
    given = {each.review_id: each.reviewer for row in scored for each in row.given}
    opinions = await opinions_on(visit.uow, visit.actor, review)
    mine = next((each for each in opinions if each.is_mine), None)
    own = (await own_reviews(visit.uow, visit.actor)).get(found.case.id)
    judges = own is not None and may_have_an_opinion(
        is_own=found.is_mine, own_state=own.state, review_state=review.state, sees_others=found.sight.others
    )
    said = Judgement("agree" if mine.agrees else "disagree", mine.why) if mine else Judgement()
    return {
        "others": [(key, name) for key, name in given.items() if key != review.id],
        "scored": scored, "mean": queries.mean_of(scored), "overall": queries.overall_of(scored),
        "opinions": opinions, "judges": said if judges else None,
    }  # fmt: skip


@get("/calls/{call_id:uuid}/reviews", permission=Permission.REVIEW_FOLLOW, include_in_schema=False)
async def call_reviews_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """How the assessment of a call stands: who is late, which applications lack reviews, and who is strict or mild.

    Whoever leads the resource group follows it without what the reviews say.
    """
    case, roles = await load_case(visit.uow, visit.actor, call_id, Permission.REVIEW_FOLLOW, kind="call")
    assigns = queries.holds(roles, Permission.REVIEW_ASSIGN)
    hidden = await hidden_from(visit.uow, visit.actor)
    progress = await missing.progress_of(visit.uow, call_id, hidden=hidden)
    people = [each.person_id for each in progress.reviewers]
    return visit.render(
        "reviews/call.html",
        case=case,
        progress=progress,
        recent=await missing.submitted_since(visit.uow, people, visit.uow.now - RECENT),
        recent_months=RECENT.days // 30,
        compared=await missing.compared_scores(visit.uow, visit.actor, call_id) if assigns else (),
        assigns=assigns,
        least=LEAST_TO_NORMALISE,
        tones=TONES,
    )


ROUTES = [reviews_page, review_page, call_reviews_page]
