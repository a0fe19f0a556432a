"""The pages where applications are shared out among reviewers, and where reviewers say what they know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.assignments import queries
from app.assignments.facts import rules_of
from app.calls.queries import call_to_handle
from app.core.errors import NotFound
from app.reviews.web import TONES
from app.web.visit import Visit
from workflows.review_assignment import COMPETENCES, LANGUAGE_FORMS
from workflows.roles import Permission

PUTS = ("assign", "add", "replace")
"""The verbs of the form in which somebody is chosen by hand."""


@get("/calls/{call_id:uuid}/assignment", permission=Permission.REVIEW_ASSIGN, include_in_schema=False)
async def assignment_page(
    visit: Visit, call_id: UUID, show: str = "all", after: str = "", application: UUID | None = None
) -> Response[Any]:
    """Who assesses what in a call: the proposal as it stands, everybody's load, and one application to choose for."""
    uow, actor = visit.uow, visit.actor
    case = await call_to_handle(uow, actor, call_id, Permission.REVIEW_ASSIGN)
    if show not in queries.SHOWN:
        raise NotFound
    proposal = await queries.standing_proposal(uow, actor, call_id)
    works = proposal is not None and (proposal.is_being_made or proposal.counts.waiting > 0)
    rows, next_after = await queries.application_rows(uow, actor, call_id, proposal, show=show, after=after)
    answer = visit.render(
        "assignments/assignment.html",
        case=case,
        proposal=proposal,
        works=works,
        rows=rows,
        next_after=next_after,
        show=show,
        shown=queries.SHOWN,
        after=after,
        loads=await queries.loads(uow, actor, call_id, proposal),
        months=(await rules_of(uow, call_id)).load_months,
        chosen=await _chosen(visit, call_id, application, proposal) if application else None,
        tones=TONES,
    )
    if not works and visit.request.headers.get("hx-target") == "progress":
        answer.headers["HX-Refresh"] = "true"  # what was waited for is there
    return answer


async def _chosen(visit: Visit, call_id: UUID, case_id: UUID, proposal: queries.Standing | None) -> dict[str, Any]:
    """One application with everybody who could be given it, and the form's own state after a refusal."""
    found, rules = await queries.choices(visit.uow, visit.actor, call_id, case_id, proposal)
    rows, _ = await queries.application_rows(visit.uow, visit.actor, call_id, proposal, only=case_id)
    state = next((visit.form.for_verb(verb) for verb in PUTS if visit.form.verb == verb), visit.form.for_verb("none"))
    return {"row": rows[0], "choices": found, "state": state, "months": rules.load_months}


@get("/reviewers/{person_id:uuid}", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def profile_page(visit: Visit, person_id: UUID) -> Response[Any]:
    """What somebody knows, reads and has room for: for themselves, and for those who assign."""
    return visit.render(
        "assignments/profile.html",
        profile=await queries.profile_of(visit.uow, visit.actor, person_id),
        is_own=person_id == visit.actor.person_id,
        competences=[(each, visit.t(f"assignment.competence.{each}")) for each in COMPETENCES],
        forms=[(each, visit.t(f"assignment.form.{each}")) for each in LANGUAGE_FORMS],
    )


ROUTES = [assignment_page, profile_page]
