"""The pages of the discussions about an application."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.discussions import queries
from app.discussions.facts import THREAD
from app.discussions.queries import Place
from app.discussions.viewers import mentionable, viewers_of
from app.reviews.queries import holds
from app.web.places import place
from app.web.visit import Visit
from workflows.discussion import WIDENING, Audience, ThreadState, may_open, may_write
from workflows.roles import Permission

place("application.threads", "/applications/{case}/threads", Permission.DISCUSSION_SEE)


async def criteria_choices(visit: Visit, found: Place) -> list[tuple[UUID, str]]:
    """The criteria that a thread inside the scheme can be about."""
    if Audience.REVIEWERS not in found.audiences:
        return []
    return await queries.criteria_in(visit.uow, found.case.id, visit.texts.language)


@get("/applications/{application_id:uuid}/threads", permission=Permission.DISCUSSION_SEE, include_in_schema=False)
async def threads_page(visit: Visit, application_id: UUID, criterion: UUID | None = None) -> Response[Any]:
    """The threads about an application that one may see, and the form that begins one."""
    found = await queries.enter(visit.uow, visit.actor, application_id)
    opens = [audience for audience in WIDENING if may_open(audience, found.roles, found.sight)]
    return visit.render(
        "discussions/threads.html",
        case=found.case,
        threads=await queries.threads_of(visit.uow, visit.actor, found, visit.texts.language),
        opens=opens,
        criteria=await criteria_choices(visit, found) if opens else [],
        criterion=criterion,
    )


@get("/threads/{thread_id:uuid}", permission=Permission.DISCUSSION_SEE, include_in_schema=False)
async def thread_page(visit: Visit, thread_id: UUID) -> Response[Any]:
    """One thread: what is said, and the form to say more."""
    view = await queries.thread_view(visit.uow, visit.actor, thread_id, visit.texts.language)
    found, audience = view.place, Audience(view.thread.audience)
    writes = may_write(audience, found.roles, found.sight) and view.thread.state == ThreadState.OPEN
    viewers = await viewers_of(visit.uow, found.case, audience) if writes else []
    leads = holds(found.roles, Permission.DISCUSSION_LEAD)
    return visit.render(
        "discussions/thread.html",
        view=view,
        thread=view.thread,
        case=found.case,
        writes=writes,
        names=sorted(set(mentionable(viewers, found.roles, found.sight)) - {visit.actor.name}),
        narrower=WIDENING[: WIDENING.index(audience)] if leads else (),
        steps=await visit.steps(THREAD, view.thread, found.case, found.roles) if leads else [],
    )


ROUTES = [threads_page, thread_page]
