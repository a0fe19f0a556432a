"""What the rules must know about a thread."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.database import UnitOfWork
from app.discussions.models import Post, Thread
from app.moves import subject
from workflows.discussion import THREAD as LIFECYCLE
from workflows.discussion import ThreadFacts


@subject(LIFECYCLE, Thread)
async def THREAD(uow: UnitOfWork, row: Thread) -> ThreadFacts:
    """The facts of a thread."""
    posts = await uow.session.scalar(select(func.count()).where(Post.thread_id == row.id))
    return ThreadFacts(state=row.state, posts=posts or 0)
