"""Cohorts with their gatherings, what these are filled with, and who takes part in them."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Cohort(Identified, Base):
    """The projects that gather: all of a call, also those to come, or those that are named (S25)."""

    __tablename__ = "cohorts"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    name: Mapped[str]
    whole_call: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(default="nb")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]


class CohortProject(Base):
    """A project of a cohort that is not a whole call."""

    __tablename__ = "cohort_projects"
    __table_args__ = (Index("ix_cohort_projects_case_id", "case_id"),)

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)


class Gathering(Identified, Base):
    """A joint working day of a cohort, a competence module or the experience conference (S25-S28, S55).

    `sequence` counts what a calendar must know of: each time, place or end of it that is changed. `artefact` is what
    it works on in every project, by its key in workflows/gathering.py (S8).
    """

    __tablename__ = "gatherings"
    __table_args__ = (
        UniqueConstraint("cohort_id", "key"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint("capacity > 0", name="capacity"),
        Index("ix_gatherings_starts_at", "starts_at"),
    )

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    key: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    topic: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    audience: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    capacity: Mapped[int | None]
    artefact: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    called_off_at: Mapped[datetime | None]
    called_off_why: Mapped[str] = mapped_column(default="")


class GatheringContent(Identified, Base):
    """A lecture, group task or exercise of a gathering, with where its material lies (S30)."""

    __tablename__ = "gathering_contents"
    __table_args__ = (CheckConstraint("kind in ('lecture', 'group_task', 'exercise')", name="kind"),)

    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gatherings.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")


class Attendance(Base):
    """That a person is signed up for a gathering, for which project if for any, and what is noted of them.

    Each row is written by itself: nobody who notes one person touches another.
    """

    __tablename__ = "attendances"
    __table_args__ = (
        Index("ix_attendances_case", "case_id"),
        Index("ix_attendances_person_id", "person_id"),
        CheckConstraint("attended_at is null or absent_at is null", name="one_presence"),
    )

    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gatherings.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    registered_at: Mapped[datetime]
    signed_up_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    attended_at: Mapped[datetime | None]
    absent_at: Mapped[datetime | None]
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    noted_at: Mapped[datetime | None]


class PastedList(Identified, Base):
    """A list of who came as it was pasted, kept with how many of its rows were taken."""

    __tablename__ = "pasted_lists"

    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gatherings.id"), index=True)
    text: Mapped[str]
    pasted_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    pasted_at: Mapped[datetime]
    rows_taken: Mapped[int]
    rows_left: Mapped[int]


class WeeklyMeeting(Identified, Base):
    """A meeting of a project's team, or an hour at which facilitators can be asked, every week at the same clock time.

    It belongs to a project or to a cohort. `begins` is what a clock in Norway shows, in summer and winter.
    """

    __tablename__ = "weekly_meetings"
    __table_args__ = (
        CheckConstraint("(case_id is null) <> (cohort_id is null)", name="one_owner"),
        CheckConstraint("last_on >= first_on", name="days"),
        CheckConstraint("lasts_minutes between 5 and 720", name="length"),
    )

    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id"), index=True)
    title: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    begins: Mapped[time]
    lasts_minutes: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    skipped: Mapped[list[date]] = mapped_column(ARRAY(Date), default=list)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    called_off_at: Mapped[datetime | None]
    called_off_why: Mapped[str] = mapped_column(default="")
