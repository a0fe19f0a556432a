"""The pages where an application is assessed and decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.response import Redirect

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.cases.queries import load_case
from app.core.errors import NotFound
from app.decisions import queries
from app.decisions.drafting import may_draft
from app.decisions.facts import DECISION
from app.decisions.models import Decision
from app.discussions.queries import threads_by_criterion
from app.meetings.queries import meeting_of
from app.reviews import queries as reviews
from app.web.places import place
from app.web.visit import Visit
from workflows.application import ApplicationState
from workflows.decision import CHECKS, DECIDED_AGAIN, DecisionState, Outcome
from workflows.funding import INSTRUMENTS
from workflows.ranking import drafted
from workflows.review import REVIEWED_IN
from workflows.roles import Permission, Role
from workflows.rules import Rules

place("application.reviewers", "/applications/{case}/assessment#reviewers", Permission.REVIEW_SEE)
place("application.discussion", "/applications/{case}/assessment#discussion", Permission.REVIEW_SEE)
place("application.decision", "/decisions/{case}", Permission.DECISION_SEE)
for name in ("checks", "impartiality", "letter", "outcome", "reasons", "steps"):
    place(f"decision.{name}", f"/decisions/{{case}}#{name}", Permission.DECISION_SEE)

TONES = {
    "pending": "neutral", "recommended": "waiting", "decided": "info", "released": "success", "awarded": "success",
    "provisionally_awarded": "info", "waitlisted": "paused", "rejected": "danger", "reconsidered": "waiting",
}  # fmt: skip
ON_APPLICATION = frozenset({"hold_meeting", "reopen_review"})


def _outcomes(visit: Visit) -> list[tuple[str, str]]:
    return [(str(each), visit.t(f"state.application.{each}")) for each in Outcome]


@get("/decisions/{decision_id:uuid}", permission=Permission.DECISION_SEE, include_in_schema=False)
async def decision_page(visit: Visit, decision_id: UUID) -> Response[Any]:
    """One decision: what is recommended and why, the frame, and the forms of the steps that one may take."""
    view = await queries.decision_view(visit.uow, visit.actor, decision_id)
    row, language = view.decision, visit.texts.language
    rules = msgspec.convert(view.application.rules, Rules)
    steps = {step.verb: step for step in await visit.steps(DECISION, row, view.case, view.roles)}
    criteria = await reviews.scores_by_criterion(visit.uow, visit.actor, view.case.id, view.roles, rules, language)
    recommend, decide = steps.pop("recommend", None), steps.pop("decide", None)
    asked = recommend if row.state == DecisionState.PENDING else decide
    permitted = {step.verb for step in (recommend, decide) if step is not None and step.permitted}
    return visit.render(
        "decisions/decision.html",
        view=view,
        row=row,
        case=view.case,
        frame=await queries.frame_of(visit.uow, row.call_id, language),
        criteria=criteria,
        mean=reviews.mean_of(criteria),
        overall=reviews.overall_of(criteria),
        recommend=recommend if "recommend" in permitted else None,
        decide=decide if "decide" in permitted else None,
        missing=asked.missing if asked else (),
        declares=not view.i_declared and not view.roles.isdisjoint((Role.CASE_HANDLER, Role.DECISION_MAKER))
        and row.state in (DecisionState.PENDING, DecisionState.RECOMMENDED),
        steps=list(steps.values()),
        outcomes=_outcomes(visit),
        instruments=[
            (each, visit.t(f"decisions.instrument.{each}"))
            for each in INSTRUMENTS
            if each in rules.funding.allowed or each == row.funding_instrument
        ],
        checks=[(each, visit.t(f"decisions.check.{each}")) for each in CHECKS],
        tones=TONES,
    )  # fmt: skip


def may_prepare(application_state: str, decision: Decision | None) -> bool:
    """Whether a recommendation can be begun: there is none yet, or the last is decided and a later one is possible."""
    if decision is None:
        return application_state == ApplicationState.CLARIFICATION_MEETING
    return application_state in DECIDED_AGAIN and decision.state in (DecisionState.DECIDED, DecisionState.RELEASED)


@get("/applications/{application_id:uuid}/assessment", permission=Permission.REVIEW_SEE, include_in_schema=False)
async def assessment_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """Where an application stands in being assessed: who, how far, how far apart, what was said, what is recommended."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.REVIEW_SEE)
    if roles.isdisjoint(reviews.OVERSEES):
        return Redirect(f"/reviews/{application_id}", status_code=303)
    await reviews.require_reading(visit.uow, visit.actor, case, roles)
    application = await visit.uow.session.get(Application, application_id)
    if application is None:
        raise NotFound
    rules = msgspec.convert(application.rules, Rules)
    language = visit.texts.language
    criteria = await reviews.scores_by_criterion(visit.uow, visit.actor, case.id, roles, rules, language)
    assigns = reviews.holds(roles, Permission.REVIEW_ASSIGN) and application.state in REVIEWED_IN
    months = rules.reviews.cooperation_months
    decision = await queries.latest_decision(visit.uow, case.id)
    # whoever is kept from what is drafted is not shown that there is anything (G15)
    drafts = await may_draft(visit.uow, visit.actor, application)
    if decision is not None and not drafts and drafted(application.state, decision.state):
        decision = None
    steps = await visit.steps(APPLICATION, application, case, roles)
    return visit.render(
        "decisions/assessment.html",
        case=case,
        application=application,
        rules=rules,
        assigned=await reviews.assigned_to(visit.uow, visit.actor, case.id),
        candidates=await reviews.candidates(visit.uow, visit.actor, case.id, months) if assigns else [],
        assigns=assigns,
        criteria=criteria,
        mean=reviews.mean_of(criteria),
        overall=reviews.overall_of(criteria),
        threads=await threads_by_criterion(visit.uow, visit.actor, case, roles),
        meeting=await meeting_of(visit.uow, case.id),
        discusses=reviews.holds(roles, Permission.APPLICATION_MEET),
        voids=reviews.holds(roles, Permission.REVIEW_ASSIGN),
        prepares=drafts
        and reviews.holds(roles, Permission.DECISION_RECOMMEND)
        and may_prepare(application.state, decision),
        decision=decision,
        steps=[step for step in steps if step.verb in ON_APPLICATION],
        tones=TONES | REVIEW_TONES,
    )


REVIEW_TONES = {
    "assigned": "waiting", "declared": "info", "started": "info", "submitted": "success", "recused": "stopped",
    "voided": "stopped",
}  # fmt: skip


ROUTES = [decision_page, assessment_page]
