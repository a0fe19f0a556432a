"""The pages of good stories."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import Parameter

from app.cases.models import Case
from app.cases.queries import load_case
from app.core.errors import NotAllowed, NotFound
from app.projects.queries import project_head
from app.stories import queries
from app.stories.facts import STORY
from app.stories.models import Story
from app.web.places import place
from app.web.visit import Visit
from workflows.roles import Permission, Role, permissions_of
from workflows.story import StoryState, signed_as

place("story", "/stories")


@get("/stories", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def stories_page(
    visit: Visit,
    words: Annotated[str, Parameter(query="q", max_length=100)] = "",
    theme: Annotated[str, Parameter(query="theme", max_length=60)] = "",
) -> Response[Any]:
    """Published stories, searched by words and theme; for those who moderate what waits, and the coding list."""
    moderates = visit.actor.may(Permission.STORY_MODERATE)
    return visit.render(
        "stories/stories.html",
        words=words,
        theme=theme,
        stories=await queries.published(visit.uow, words=words.strip(), theme=theme),
        waiting=await queries.waiting(visit.uow, visit.actor) if moderates else [],
        moderates=moderates,
        themes=await queries.themes(visit.uow),
    )


@get("/projects/{case_id:uuid}/stories", permission=Permission.STORY_SEE, include_in_schema=False)
async def project_stories_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """A project's stories, and a form to send one in."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.STORY_SEE)
    role = signed_as(project.roles)
    may_send = role is not None and Permission.STORY_SEND in permissions_of(project.roles)
    return visit.render(
        "stories/of_project.html",
        project=project,
        tab="stories",
        stories=await queries.of_project(visit.uow, case_id),
        subjects=await queries.subjects_of(visit.uow, case_id),
        may_send=may_send,
        role=role,
    )


@get("/stories/{story_id:uuid}", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def story_page(visit: Visit, story_id: UUID) -> Response[Any]:
    """One story: for everybody when it is published, for its project and those who moderate before."""
    row = await visit.uow.session.get(Story, story_id)
    if row is None:
        raise NotFound
    case: Case | None = None
    roles: frozenset[Role] = frozenset()
    try:
        case, roles = await load_case(visit.uow, visit.actor, row.case_id, Permission.STORY_SEE)
    except (NotFound, NotAllowed):
        if row.state != StoryState.PUBLISHED:
            raise NotFound from None
    (story,) = [each for each in await queries.of_project(visit.uow, row.case_id) if each.id == story_id]
    return visit.render(
        "stories/story.html",
        story=story,
        row=row,
        themes=await queries.themes(visit.uow),
        steps=await visit.steps(STORY, row, case, roles) if case else [],
        subjects=await queries.subjects_of(visit.uow, row.case_id) if case else [],
    )


ROUTES = [stories_page, project_stories_page, story_page]
