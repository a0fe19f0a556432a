"""Discussions for programs to read."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec
from litestar import get

from app.discussions import queries
from app.discussions.queries import PostView, ThreadRow
from app.web.visit import Visit
from workflows.roles import Permission


class ThreadOut(msgspec.Struct, frozen=True, kw_only=True):
    """A thread with what is said in it."""

    id: UUID
    case_id: UUID
    state: str
    version: int
    audience: str
    title: str
    criterion: str
    opened_at: datetime
    posts: list[PostView]


@get("/applications/{application_id:uuid}/threads", permission=Permission.DISCUSSION_SEE, tags=["thread"])
async def read_threads(visit: Visit, application_id: UUID) -> list[ThreadRow]:
    """The threads about an application that one may see, open ones first."""
    found = await queries.enter(visit.uow, visit.actor, application_id)
    rows = await queries.threads_of(visit.uow, visit.actor, found, visit.texts.language)
    return cast("list[ThreadRow]", visit.veiled(rows))


@get("/threads/{thread_id:uuid}", permission=Permission.DISCUSSION_SEE, tags=["thread"])
async def read_thread(visit: Visit, thread_id: UUID) -> ThreadOut:
    """One thread with what is said in it."""
    view = await queries.thread_view(visit.uow, visit.actor, thread_id, visit.texts.language)
    row = view.thread
    found = ThreadOut(
        id=row.id, case_id=row.case_id, state=row.state, version=row.version, audience=row.audience, title=row.title,
        criterion=view.criterion, opened_at=row.opened_at, posts=view.posts,
    )  # fmt: skip
    return cast("ThreadOut", visit.veiled(found))


ROUTES = [read_threads, read_thread]
