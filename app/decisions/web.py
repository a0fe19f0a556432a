"""The pages where an application is assessed and decided, and letters."""

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
from app.decisions.facts import DECISION
from app.decisions.forms import INSTRUMENTS
from app.decisions.letters import GIVING, Fields
from app.decisions.models import Decision
from app.decisions.pdf import pdf_of
from app.meetings.queries import meeting_of
from app.reviews import queries as reviews
from app.web.places import place
from app.web.visit import Visit
from workflows.application import ApplicationState
from workflows.decision import CHECKS, DECIDED_AGAIN, DecisionState, Outcome
from workflows.review import REVIEWED_IN
from workflows.roles import Permission, Role
from workflows.rules import Rules

place("application.reviewers", "/applications/{case}/assessment#reviewers", Permission.REVIEW_SEE)
place("application.discussion", "/applications/{case}/assessment#discussion", Permission.REVIEW_SEE)
place("application.decision", "/decisions/{case}", Permission.DECISION_SEE)
place("application.letter", "/applications/{case}/letter")
for name in ("checks", "impartiality", "letter", "outcome", "reasons", "steps"):
    place(f"decision.{name}", f"/decisions/{{case}}#{name}", Permission.DECISION_SEE)

TONES = {
    "pending": "neutral", "recommended": "waiting", "decided": "info", "released": "success", "awarded": "success",
    "provisionally_awarded": "info", "waitlisted": "paused", "rejected": "danger",
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
        recommend=recommend if "recommend" in permitted else None,
        decide=decide if "decide" in permitted else None,
        missing=asked.missing if asked else (),
        declares=not view.i_declared and not view.roles.isdisjoint((Role.CASE_HANDLER, Role.DECISION_MAKER))
        and row.state in (DecisionState.PENDING, DecisionState.RECOMMENDED),
        steps=list(steps.values()),
        outcomes=_outcomes(visit),
        instruments=[(each, visit.t(f"decisions.instrument.{each}")) for each in INSTRUMENTS],
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
    application = await visit.uow.session.get(Application, application_id)
    if application is None:
        raise NotFound
    rules = msgspec.convert(application.rules, Rules)
    language = visit.texts.language
    criteria = await reviews.scores_by_criterion(visit.uow, visit.actor, case.id, roles, rules, language)
    assigns = reviews.holds(roles, Permission.REVIEW_ASSIGN) and application.state in REVIEWED_IN
    months = rules.reviews.cooperation_months
    decision = await queries.latest_decision(visit.uow, case.id)
    steps = await visit.steps(APPLICATION, application, case, roles)
    return visit.render(
        "decisions/assessment.html",
        case=case,
        application=application,
        rules=rules,
        assigned=await reviews.assigned_to(visit.uow, visit.actor, case.id),
        candidates=await reviews.candidates(visit.uow, case.id, months) if assigns else [],
        assigns=assigns,
        criteria=criteria,
        mean=reviews.mean_of(criteria),
        meeting=await meeting_of(visit.uow, case.id),
        discusses=reviews.holds(roles, Permission.APPLICATION_MEET),
        voids=reviews.holds(roles, Permission.REVIEW_ASSIGN),
        prepares=reviews.holds(roles, Permission.DECISION_RECOMMEND) and may_prepare(application.state, decision),
        decision=decision,
        steps=[step for step in steps if step.verb in ON_APPLICATION],
        tones=TONES | REVIEW_TONES,
    )


REVIEW_TONES = {
    "assigned": "waiting", "declared": "info", "started": "info", "submitted": "success", "recused": "stopped",
    "voided": "stopped",
}  # fmt: skip


@get("/applications/{application_id:uuid}/letter", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def latest_letter_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """Lead to the latest letter that the visitor may read, and those who send letters to where that is done."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.APPLICATION_SEE)
    oversees = not roles.isdisjoint(reviews.OVERSEES)
    letters = await queries.letters_of(visit.uow, case.id, released_only=not oversees)
    if not letters:
        raise NotFound
    if letters[0].released_at is None and letters[0].kind != "dismissal":
        return Redirect(f"/decisions/{application_id}#letter", status_code=303)
    return Redirect(f"/letters/{letters[0].id}", status_code=303)


@get("/letters/{name:str}", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def letter_page(visit: Visit, name: str) -> Response[Any]:
    """A letter as a page, with the award's acceptance where it waits for the visitor; with .pdf behind it as a file."""
    try:
        letter_id = UUID(name.removesuffix(".pdf"))
    except ValueError:
        raise NotFound from None
    found = await queries.letter_view(visit.uow, visit.actor, letter_id)
    fields = msgspec.convert(found.letter.fields, Fields)
    if name.endswith(".pdf"):
        return await _as_file(visit, found, fields)
    waits = found.application_state in ("awarded", "provisionally_awarded") and fields.kind in GIVING
    return visit.render(
        "letters/letter.html",
        letter=found.letter,
        fields=fields,
        case=found.case,
        version=found.application_version,
        accepts=waits and found.letter.released_at is not None and reviews.holds(found.roles, Permission.AWARD_ACCEPT),
        releases=found.letter.released_at is None and found.letter.decision_id is None
        and reviews.holds(found.roles, Permission.DECISION_RELEASE),
    )  # fmt: skip


async def _as_file(visit: Visit, found: queries.LetterView, fields: Fields) -> Response[Any]:
    """The PDF that was kept, or one made now where the worker has not come to it yet."""
    content = await queries.pdf_kept(visit.uow, found.letter.id) or await pdf_of(fields)
    name = f"{found.case.reference}-{fields.kind}.pdf"
    return Response(
        content, media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Content-Language": fields.language},
    )  # fmt: skip


ROUTES = [decision_page, assessment_page, latest_letter_page, letter_page]
