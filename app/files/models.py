"""The files of a case; what they hold lies in the store, under a key of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Stated


class File(Stated, Base):
    """One file; `subject` and `key` say what it belongs to within its case, as "application" and a question's key.

    The row outlives what it describes: `erased_at` says when the content was taken out of the store.
    """

    __tablename__ = "files"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        Index("ix_files_case_id_subject", "case_id", "subject", "id"),
        Index("ix_files_state", "state", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    subject: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    content_type: Mapped[str]
    object_key: Mapped[str] = mapped_column(unique=True)
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    uploaded_at: Mapped[datetime]
    scanned_at: Mapped[datetime | None]
    found: Mapped[str] = mapped_column(default="")  # what the scanner called it
    removed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
