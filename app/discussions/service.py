"""The verbs of discussing: begin a thread, say something, change it, mark as read, narrow, close and reopen."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.applications.facts import APPLICATION
from app.calls.models import Criterion
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet, Stale, invalid
from app.core.personal_data import refuse_identity_numbers
from app.discussions.facts import THREAD
from app.discussions.models import EarlierText, Post, Thread, ThreadReading
from app.discussions.queries import Place, place_of, visible
from app.discussions.viewers import Viewer, mentionable, viewers_of
from app.identity.actor import Actor
from app.moves import Held, begin, hold, make, note
from app.notices.service import tell
from workflows.discussion import (
    MOST_THREADS,
    Audience,
    against_narrowing,
    against_posting,
    may_open,
    may_write,
    mentioned,
)
from workflows.engine import Reason
from workflows.roles import Permission


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


async def _held(
    uow: UnitOfWork, actor: Actor, thread_id: UUID, permission: Permission, version: int | None = None
) -> tuple[Held[Thread], Place]:
    """A thread that the actor sees, held for writing; NotFound for any other, whatever they may do elsewhere."""
    held = await hold(uow, actor, THREAD, thread_id)
    place = await place_of(uow, actor, held.case, held.roles)
    if held.row.audience not in place.audiences:
        raise NotFound
    held = await hold(uow, actor, THREAD, thread_id, permission, version=version)
    return held, place


async def open_thread(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, audience: Audience, title: str, text: str,
    criterion_id: UUID | None = None,
) -> Thread:  # fmt: skip
    """Begin a thread about an application with the first thing said in it.

    NotFound where the actor sees no discussion here, Invalid for an audience that they may not begin a thread for.
    """
    held = await hold(uow, actor, APPLICATION, application_id, Permission.DISCUSSION_WRITE)
    place = await place_of(uow, actor, held.case, held.roles)
    if not place.audiences:
        raise NotFound
    if not may_open(audience, held.roles, place.sight):
        raise invalid("audience", "thread.not_for_you")
    refuse_identity_numbers(title=title, text=text)
    if criterion_id is not None:
        await _check_criterion(uow, held.row.call_id, criterion_id)
    count = await uow.session.scalar(select(func.count()).where(visible(application_id, frozenset(Audience))))
    if (count or 0) >= MOST_THREADS:
        reason = Reason(code="thread.too_many", parameters={"most": MOST_THREADS})
        raise NotYet([reason], subject="thread", step="open_thread", case_id=application_id)
    thread = Thread(
        case_id=application_id, audience=audience, title=title, criterion_id=criterion_id, opened_by=_person(actor),
        opened_at=uow.now, said_at=uow.now,
    )  # fmt: skip
    await begin(uow, actor, THREAD, held.case, thread, verb="open_thread", changes={"audience": audience})
    held_thread = Held(thread, held.case, held.roles)
    await _say(uow, actor, held_thread, place, text)
    return thread


async def _check_criterion(uow: UnitOfWork, call_id: UUID, criterion_id: UUID) -> None:
    found = await uow.session.scalar(
        select(Criterion.id).where(Criterion.id == criterion_id, Criterion.call_id == call_id)
    )
    if found is None:
        raise invalid("criterion_id", "form.unknown")


async def post(uow: UnitOfWork, actor: Actor, thread_id: UUID, *, text: str) -> Thread:
    """Say something in a thread; those who take part in it are told, and those who are mentioned and see it."""
    held, place = await _held(uow, actor, thread_id, Permission.DISCUSSION_WRITE)
    if not may_write(Audience(held.row.audience), held.roles, place.sight):
        raise NotAllowed
    refuse_identity_numbers(text=text)
    await _require_open(uow, held, "post")
    await _say(uow, actor, held, place, text)
    return await note(uow, actor, THREAD, held, "post")


async def _require_open(uow: UnitOfWork, held: Held[Thread], verb: str) -> None:
    reasons = list(against_posting(await THREAD.facts(uow, held.row)))
    if reasons:
        raise NotYet(reasons, subject="thread", step=verb, case_id=held.case.id)


async def _say(uow: UnitOfWork, actor: Actor, held: Held[Thread], place: Place, text: str) -> None:
    thread = held.row
    viewers = await viewers_of(uow, held.case, Audience(thread.audience))
    taking_part = await _taking_part(uow, thread, viewers)
    uow.session.add(Post(thread_id=thread.id, author_id=_person(actor), text=text, written_at=uow.now))
    thread.said_at = uow.now
    await _read(uow, actor, thread.id)
    named = await _tell_mentioned(uow, actor, held, place, viewers, text)
    await _tell(uow, held, "discussion_post", taking_part - named - {_person(actor)})


async def _taking_part(uow: UnitOfWork, thread: Thread, viewers: list[Viewer]) -> set[UUID]:
    """Those who have said something and still see the thread; where it is for the applicant, its leader and coordinator."""
    authors = set(await uow.session.scalars(select(Post.author_id).where(Post.thread_id == thread.id)))
    authors.add(thread.opened_by)
    return {
        each.person_id
        for each in viewers
        if each.person_id in authors or (thread.audience == Audience.APPLICANT and each.is_office)
    }


async def _tell_mentioned(
    uow: UnitOfWork, actor: Actor, held: Held[Thread], place: Place, viewers: list[Viewer], text: str, before: str = ""
) -> set[UUID]:
    names = mentionable(viewers, held.roles, place.sight)
    new = mentioned(text, names) - mentioned(before, names)
    to = {names[name] for name in new if names[name] != actor.person_id}
    await _tell(uow, held, "discussion_mentioned", to)
    return to


async def _tell(uow: UnitOfWork, held: Held[Thread], code: str, to: set[UUID]) -> None:
    """Nobody is named and nothing quoted: a notice is kept when a thread is narrowed."""
    await tell(
        uow, sorted(to), code, case_id=held.case.id, link=f"/threads/{held.row.id}",
        parameters={"reference": held.case.reference},
    )  # fmt: skip


async def edit_post(
    uow: UnitOfWork, actor: Actor, thread_id: UUID, *, post_id: UUID, text: str, typed_on: int | None = None
) -> Thread:
    """Change what one has said; what it said before is kept, and shown to whoever sees the thread."""
    held, place = await _held(uow, actor, thread_id, Permission.DISCUSSION_WRITE)
    row = await uow.session.get(Post, post_id, populate_existing=True)
    if row is None or row.thread_id != thread_id:
        raise NotFound
    if row.author_id != actor.person_id or not may_write(Audience(held.row.audience), held.roles, place.sight):
        raise NotAllowed
    refuse_identity_numbers(text=text)
    await _require_open(uow, held, "edit_post")
    if row.text == text:
        return held.row
    if typed_on is not None and typed_on != row.version:
        raise Stale(typed_on=typed_on, now_at=row.version)
    uow.session.add(EarlierText(post_id=row.id, version=row.version, text=row.text, replaced_at=uow.now))
    viewers = await viewers_of(uow, held.case, Audience(held.row.audience))
    await _tell_mentioned(uow, actor, held, place, viewers, text, before=row.text)
    row.text, row.edited_at, row.version = text, uow.now, row.version + 1
    return await note(uow, actor, THREAD, held, "edit_post", changes={"post": post_id})


async def _read(uow: UnitOfWork, actor: Actor, thread_id: UUID) -> None:
    said = {"thread_id": thread_id, "person_id": _person(actor), "read_until": uow.now}
    statement = insert(ThreadReading).values(**said)
    await uow.session.execute(
        statement.on_conflict_do_update("pk_thread_readings", set_={"read_until": statement.excluded.read_until})
    )


async def mark_read(uow: UnitOfWork, actor: Actor, thread_id: UUID) -> None:
    """Remember that one has read a thread as far as it goes."""
    await _held(uow, actor, thread_id, Permission.DISCUSSION_SEE)
    await _read(uow, actor, thread_id)


async def narrow(
    uow: UnitOfWork, actor: Actor, thread_id: UUID, *, audience: Audience, version: int | None = None
) -> Thread:
    """Let fewer see a thread from now on; wider it never becomes, since what was said was said to few."""
    held, _ = await _held(uow, actor, thread_id, Permission.DISCUSSION_LEAD, version)
    before = Audience(held.row.audience)
    reasons = list(against_narrowing(before, audience))
    if reasons:
        raise NotYet(reasons, subject="thread", step="narrow", case_id=held.case.id)
    held.row.audience = audience
    return await note(uow, actor, THREAD, held, "narrow", changes={"audience": [before, audience]})


async def close(uow: UnitOfWork, actor: Actor, thread_id: UUID, *, version: int | None = None, why: str = "") -> Thread:
    """Close a thread: it stays to be read, and nothing more is said in it."""
    held, _ = await _held(uow, actor, thread_id, Permission.DISCUSSION_LEAD, version)
    return await make(uow, actor, THREAD, held, "close", why=why)


async def reopen(
    uow: UnitOfWork, actor: Actor, thread_id: UUID, *, version: int | None = None, why: str = ""
) -> Thread:
    """Open a closed thread again."""
    held, _ = await _held(uow, actor, thread_id, Permission.DISCUSSION_LEAD, version)
    return await make(uow, actor, THREAD, held, "reopen", why=why)
