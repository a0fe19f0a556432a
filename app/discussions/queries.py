"""Threads for those who may see them: every read of one, and every count, begins with `audiences_of`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Text, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from app.calls.models import Criterion
from app.cases.models import Case
from app.cases.queries import load_case
from app.core.database import CASE, PERSON, UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.core.listed import listed
from app.core.questions import answer, told_each
from app.discussions.models import EarlierText, Post, Thread, ThreadReading
from app.identity.actor import Actor
from app.identity.models import Person
from app.reviews.facts import title_in
from app.reviews.models import Discussion
from app.reviews.queries import require_reading, sight_towards
from workflows.discussion import OFFICE, Audience, seen
from workflows.review_phases import Sight
from workflows.roles import GRANTS, Permission, Role


class Place(msgspec.Struct, frozen=True):
    """Where somebody stands in the discussions of a case."""

    case: Case
    roles: frozenset[Role]
    sight: Sight
    audiences: frozenset[Audience]


async def place_of(uow: UnitOfWork, actor: Actor, case: Case, roles: frozenset[Role]) -> Place:
    """What somebody sees of a case's discussions; the one place where that is decided."""
    sight = await sight_towards(uow, actor, case, roles)
    return Place(case, roles, sight, seen(roles, sight))


async def enter(uow: UnitOfWork, actor: Actor, case_id: UUID) -> Place:
    """A case whose discussions somebody may see some of; NotFound where they may see none."""
    case, roles = await load_case(uow, actor, case_id, Permission.DISCUSSION_SEE)
    await require_reading(uow, actor, case, roles)
    found = await place_of(uow, actor, case, roles)
    if not found.audiences:
        raise NotFound
    return found


def visible(case_id: UUID, audiences: frozenset[Audience]) -> Any:
    """The condition on `threads` for those of a case that are for these audiences."""
    return and_(Thread.case_id == case_id, Thread.audience.in_(audiences))


class ThreadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A thread in a list, with how much in it one has not read."""

    id: UUID
    version: int
    state: str
    audience: str
    title: str
    criterion: str
    said_at: datetime
    posts: int
    unread: int


class _Thread(msgspec.Struct, frozen=True):
    id: UUID
    version: int
    state: str
    audience: str
    title: str
    criterion: str | None
    texts: dict[str, Any] | None
    said_at: datetime
    posts: int
    unread: int


AUDIENCES = bindparam("audiences", type_=ARRAY(Text()))


@cache
def threads_question() -> ColumnElement[Any]:
    """Asks for the threads of a case for AUDIENCES, by CASE and PERSON: open ones first, then the latest said in."""
    reading = aliased(ThreadReading)
    unread = and_(Post.author_id != PERSON, or_(reading.read_until.is_(None), Post.written_at > reading.read_until))
    return told_each(
        _Thread,
        select(
            Thread.id, Thread.version, Thread.state, Thread.audience, Thread.title, Criterion.key, Criterion.texts,
            Thread.said_at, func.count(Post.id), func.count(Post.id).filter(unread),
        )
        .outerjoin(Criterion, Criterion.id == Thread.criterion_id)
        .outerjoin(Post, Post.thread_id == Thread.id)
        .outerjoin(reading, and_(reading.thread_id == Thread.id, reading.person_id == PERSON))
        .where(Thread.case_id == CASE, Thread.audience == func.any(AUDIENCES))
        .group_by(Thread.id, Criterion.id)
        .order_by(Thread.state.desc(), Thread.said_at.desc()),
    )  # fmt: skip


def asked_about(actor: Actor, place: Place) -> dict[str, Any]:
    """What that question is asked about."""
    return {"case_id": place.case.id, "person_id": actor.person_id, "audiences": sorted(place.audiences)}


async def threads_of(uow: UnitOfWork, actor: Actor, place: Place, language: str) -> list[ThreadRow]:
    """The threads of a case that the actor sees, open ones first, then the latest said in; one statement at most."""
    rows: list[_Thread] = await answer(uow, threads_question(), asked_about(actor, place))
    return [
        ThreadRow(
            id=row.id, version=row.version, state=row.state, audience=row.audience, title=row.title,
            criterion=title_in(row.texts or {}, row.criterion, language) if row.criterion else "",
            said_at=row.said_at, posts=row.posts, unread=row.unread,
        )
        for row in rows
    ]  # fmt: skip


class PostView(msgspec.Struct, frozen=True, kw_only=True):
    """Something said, by whom and when, and what it said before."""

    id: UUID
    version: int
    author: str
    is_mine: bool
    text: str
    written_at: datetime
    edited_at: datetime | None
    is_unread: bool
    earlier: list[dict[str, Any]]


class ThreadView(msgspec.Struct, frozen=True, kw_only=True):
    """A thread with all that is said in it."""

    thread: Thread
    place: Place
    criterion: str
    note: str
    """What came of it, where it is about a disagreement and that has been written down."""
    posts: list[PostView]


async def thread_view(uow: UnitOfWork, actor: Actor, thread_id: UUID, language: str) -> ThreadView:
    """One thread; NotFound for any that the actor may not see."""
    row = (
        await uow.session.execute(
            select(Thread, Criterion.key, Criterion.texts, Discussion.text)
            .outerjoin(Criterion, Criterion.id == Thread.criterion_id)
            .outerjoin(
                Discussion, and_(Discussion.case_id == Thread.case_id, Discussion.criterion_id == Thread.criterion_id)
            )
            .where(Thread.id == thread_id)
        )
    ).first()
    if row is None:
        raise NotFound
    thread: Thread = row[0]
    try:
        place = await enter(uow, actor, thread.case_id)
    except NotAllowed:
        raise NotFound from None
    if thread.audience not in place.audiences:
        raise NotFound
    inside = Audience.REVIEWERS in place.audiences
    return ThreadView(
        thread=thread, place=place, criterion=title_in(row.texts, row.key, language) if row.key else "",
        note=(row.text or "") if inside else "", posts=(await posts_of(uow, actor, [thread.id]))[thread.id],
    )  # fmt: skip


async def posts_of(uow: UnitOfWork, actor: Actor, threads: Sequence[UUID]) -> dict[UUID, list[PostView]]:
    """What is said in threads, in its order; the caller has checked that they may be seen. One statement."""
    earlier = listed(
        select(EarlierText.version).where(EarlierText.post_id == Post.id),
        {"text": EarlierText.text, "replaced_at": EarlierText.replaced_at},
        EarlierText.version,
    )
    rows = await uow.session.execute(
        select(Post, Person.name, ThreadReading.read_until, earlier)
        .join(Person, Person.id == Post.author_id)
        .outerjoin(
            ThreadReading,
            and_(ThreadReading.thread_id == Post.thread_id, ThreadReading.person_id == actor.person_id),
        )
        .where(Post.thread_id.in_(threads))
        .order_by(Post.written_at, Post.id)
    )
    found: dict[UUID, list[PostView]] = {each: [] for each in threads}
    for post, name, until, before in rows:
        view = PostView(
            id=post.id, version=post.version, author=name, is_mine=post.author_id == actor.person_id, text=post.text,
            written_at=post.written_at, edited_at=post.edited_at, earlier=before,
            is_unread=post.author_id != actor.person_id and (until is None or post.written_at > until),
        )  # fmt: skip
        found[post.thread_id].append(view)
    return found


class Discussed(msgspec.Struct, frozen=True, kw_only=True):
    """What an application's page shows of its discussions."""

    count: int
    unread: int
    threads: list[tuple[ThreadRow, list[PostView]]]
    """The applicant's own, to be read and answered on the page."""
    opens: bool


MOST_ON_A_PAGE = 5


async def place_beside(uow: UnitOfWork, actor: Actor, case: Case, roles: frozenset[Role]) -> Place | None:
    """Where somebody stands in the discussions that an application's page shows; None where it shows them none."""
    if GRANTS[Permission.DISCUSSION_SEE].isdisjoint(roles) or case.submitted_at is None:
        return None
    place = await place_of(uow, actor, case, roles)
    return place if place.audiences else None


async def discussed(uow: UnitOfWork, actor: Actor, place: Place, language: str) -> Discussed:
    """The discussions of an application on its page: whole to its office, counted to the others who see some."""
    is_office = not OFFICE.isdisjoint(place.roles)
    rows = await threads_of(uow, actor, place, language)
    shown = rows[:MOST_ON_A_PAGE] if is_office else []
    posts = await posts_of(uow, actor, [row.id for row in shown]) if shown else {}
    return Discussed(
        count=len(rows), unread=sum(row.unread for row in rows), opens=not is_office,
        threads=[(row, posts[row.id]) for row in shown],
    )  # fmt: skip


async def criteria_in(uow: UnitOfWork, case_id: UUID, language: str) -> list[tuple[UUID, str]]:
    """The criteria that an application is assessed by, with their titles."""
    rows = await uow.session.execute(
        select(Criterion.id, Criterion.key, Criterion.texts)
        .join(Case, Case.call_id == Criterion.call_id)
        .where(Case.id == case_id)
        .order_by(Criterion.position)
    )
    return [(row.id, title_in(row.texts, row.key, language)) for row in rows]


async def threads_by_criterion(
    uow: UnitOfWork, actor: Actor, case: Case, roles: frozenset[Role]
) -> dict[UUID, list[tuple[UUID, str]]]:
    """The threads that the actor sees in which a disagreement is talked over: by criterion their ids and titles."""
    place = await place_of(uow, actor, case, roles)
    rows = await uow.session.execute(
        select(Thread.criterion_id, Thread.id, Thread.title)
        .where(visible(case.id, place.audiences), Thread.criterion_id.is_not(None))
        .order_by(Thread.id)
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for criterion_id, thread_id, title in rows:
        if criterion_id is not None:
            found.setdefault(criterion_id, []).append((thread_id, title))
    return found
