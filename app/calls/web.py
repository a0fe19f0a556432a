"""The pages of calls: one to read for everybody, and the sections that a case handler writes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.calls import queries, question_pages
from app.calls.facts import CALL, levels_of
from app.calls.queries import CallView
from app.calls.rule_pages import rules_page
from app.core.errors import NotAllowed, NotFound
from app.letters import queries as letters
from app.web.places import place
from app.web.visit import Visit
from workflows.budget import COST_KINDS
from workflows.calendar import is_open
from workflows.call import TEXT_FIELDS, CallState
from workflows.roles import GRANTS, Permission
from workflows.rules import LANGUAGES

for name in ("texts", "owner", "dates", "frame", "criteria", "steps"):
    place(f"call.{name}", f"/calls/{{case}}#{name}")
place("call.phases", "/calls/{case}/phases", Permission.CALL_WRITE)
place("call.criterion", "/calls/{case}/criteria/{id}")
place("call.rules", "/calls/{case}/rules")
place("call.applications", "/calls/{case}/applications")


def takes_applications(view: CallView, visit: Visit) -> bool:
    """Whether an office could send an application now."""
    call = view.call
    if call.state not in (CallState.PUBLISHED, CallState.OPEN) or call.opens_at is None or call.deadline is None:
        return False
    return is_open(
        call.opens_at,
        call.deadline,
        visit.uow.now,
        grace_minutes=view.rules.deadlines.grace_minutes,
    )


@get("/calls", permission=Permission.CALL_SEE, include_in_schema=False)
async def calls_page(visit: Visit, after: UUID | None = None) -> Response[Any]:
    """Every call that the visitor may read."""
    page = await queries.calls(visit.uow, visit.actor, visit.texts.language, after=after)
    return visit.render(
        "calls/calls.html", calls=page.rows, next=page.after, first=after,
        may_write=visit.actor.may(Permission.CALL_WRITE),
    )  # fmt: skip


@get("/calls/new", permission=Permission.CALL_WRITE, include_in_schema=False)
async def new_call_page(visit: Visit) -> Response[Any]:
    """The form that begins a call."""
    if not visit.actor.may(Permission.CALL_WRITE):
        raise NotAllowed
    return visit.render("calls/new.html")


@get("/calls/{call_id:uuid}", permission=Permission.CALL_SEE, include_in_schema=False)
async def call_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """A call to read; for a case handler also its steps, what is missing for them, and the sections to write."""
    view = await queries.call_view(visit.uow, visit.actor, call_id, visit.texts.language)
    handles = not GRANTS[Permission.CALL_WRITE].isdisjoint(view.roles)
    return visit.render(
        "calls/call.html",
        view=view,
        call=view.call,
        text=view.text(visit.texts.language),
        fields=TEXT_FIELDS,
        languages=LANGUAGES,
        cost_kinds=COST_KINDS,
        handles=handles,
        follows=not GRANTS[Permission.REVIEW_FOLLOW].isdisjoint(view.roles),
        letters_wait=await letters.count_waiting(visit.uow, visit.actor, call_id) if handles else 0,
        writes=handles and view.call.state == CallState.DRAFT,
        explanations=await queries.explanations(visit.uow, call_id, visit.texts.language),
        changes=await queries.changes_since_published(visit.uow, view.call),
        owners=await queries.owner_choices(visit.uow, view.call.owner_unit_id) if handles else [],
        steps=await visit.steps(CALL, view.call, view.case, view.roles) if handles else [],
        may_apply=visit.actor.may(Permission.APPLICATION_CREATE) and takes_applications(view, visit),
    )


@get(
    "/calls/{call_id:uuid}/criteria/{criterion_id:uuid}",
    permission=Permission.CALL_WRITE,
    include_in_schema=False,
)
async def criterion_page(visit: Visit, call_id: UUID, criterion_id: UUID) -> Response[Any]:
    """One criterion in the three languages, with a sentence for each score."""
    view = await queries.call_view(visit.uow, visit.actor, call_id, visit.texts.language)
    if GRANTS[Permission.CALL_WRITE].isdisjoint(view.roles):
        raise NotAllowed
    criterion = next((each for each in view.criteria if each.id == criterion_id), None)
    if criterion is None:
        raise NotFound
    return visit.render(
        "calls/criterion.html", view=view, call=view.call, criterion=criterion, languages=LANGUAGES,
        levels=levels_of(view.rules), writes=view.call.state == CallState.DRAFT,
    )  # fmt: skip


@get("/calls/{call_id:uuid}/phases", permission=Permission.CALL_WRITE, include_in_schema=False)
async def phases_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """The phases of a call's reviewing, with what may be seen and done in each."""
    view = await queries.call_view(visit.uow, visit.actor, call_id, visit.texts.language)
    if GRANTS[Permission.CALL_WRITE].isdisjoint(view.roles):
        raise NotAllowed
    return visit.render(
        "calls/phases.html", view=view, call=view.call, phases=view.rules.reviews.phases, languages=LANGUAGES,
        draft=view.call.state == CallState.DRAFT,
    )  # fmt: skip


ROUTES = [calls_page, new_call_page, call_page, criterion_page, phases_page, rules_page, *question_pages.ROUTES]
