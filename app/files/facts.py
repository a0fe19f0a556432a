"""What the rules must know about a file: whether what it belongs to may still be changed, and when it was last sent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Text, Uuid, column, select, table
from sqlalchemy.dialects.postgresql import JSONB

from app.core.database import Instant, UnitOfWork
from app.files.models import File
from app.moves import subject
from workflows.file import FILE as LIFECYCLE
from workflows.file import FileFacts
from workflows.returning import WRITTEN_IN, keeps_closed

# named here without its room, which comes after this one
APPLICATIONS = table("applications", column("id", Uuid), column("state", Text), column("submitted_at", Instant),
                     column("returned_parts", JSONB))  # fmt: skip


async def facts_towards(uow: UnitOfWork, case_id: UUID, of: str) -> FileFacts:
    """The facts of any file that belongs to one thing in a case."""
    if of != "application":
        return FileFacts(is_written=False)
    known = select(APPLICATIONS.c.state, APPLICATIONS.c.submitted_at, APPLICATIONS.c.returned_parts)
    row = (await uow.session.execute(known.where(APPLICATIONS.c.id == case_id))).first()
    if row is None:
        return FileFacts(is_written=False)
    closed = tuple(keeps_closed(row.state, row.returned_parts, "attachments"))
    return FileFacts(is_written=row.state in WRITTEN_IN, is_locked=bool(closed), last_sent_at=row.submitted_at)


@subject(LIFECYCLE, File)
async def FILE(uow: UnitOfWork, row: File) -> FileFacts:
    """The facts of one file."""
    return await facts_towards(uow, row.case_id, row.subject)
