"""What the rules must know about a file: whether what it belongs to may still be changed, and when it was last sent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, column, select, table
from sqlalchemy.dialects.postgresql import JSONB

from app.core.database import Instant, UnitOfWork
from app.files.models import File
from app.moves import subject
from workflows.file import FILE as LIFECYCLE
from workflows.file import FileFacts
from workflows.forms.fields import most_of
from workflows.forms.own import OWN, read
from workflows.measurement import EVIDENCE_IN
from workflows.milestone import WRITTEN_IN as GATHERED_IN
from workflows.report import WRITTEN_IN as REPORTED_IN
from workflows.report import keeps_closed as accounts_closed
from workflows.returning import WRITTEN_IN, keeps_closed

# named here without their rooms, which come after this one
APPLICATIONS = table("applications", column("id", Uuid), column("state", Text), column("submitted_at", Instant),
                     column("returned_parts", JSONB), column("call_id", Uuid),
                     column("call_form_version", Integer))  # fmt: skip
MILESTONES = table("milestones", column("id", Uuid), column("case_id", Uuid), column("state", Text),
                   column("reported_at", Instant))  # fmt: skip
REPORTS = table("reports", column("id", Uuid), column("case_id", Uuid), column("kind", Text), column("state", Text),
                column("submitted_at", Instant), column("returned_parts", JSONB))  # fmt: skip
MEASUREMENTS = table("measurements", column("id", Uuid), column("case_id", Uuid), column("state", Text))
IMPORTS = table("measurement_imports", column("case_id", Uuid), column("sha256", Text))
PROJECTS = table("projects", column("id", Uuid), column("state", Text))
CALL_FORMS = table("call_forms", column("call_id", Uuid), column("number", Integer), column("questions", JSONB))

OVER = ("stopped", "ended")
"""States of a project in which nothing of its milestones changes any more."""


async def facts_towards(uow: UnitOfWork, case_id: UUID, of: str, key: str = "") -> FileFacts:
    """The facts of any file that belongs to one thing in a case, or answers the question of that key in it."""
    if of == "milestone":
        return await _towards_milestone(uow, case_id, UUID(key))
    if of == "measurement":
        states = select(MEASUREMENTS.c.state).where(MEASUREMENTS.c.id == UUID(key), MEASUREMENTS.c.case_id == case_id)
        return FileFacts(is_written=await uow.session.scalar(states) in EVIDENCE_IN, measurement_id=key)
    if of == "measurement_import":
        return FileFacts(is_written=True)
    if of == "report":
        return await _towards_report(uow, case_id, UUID(key))
    if of != "application":
        return FileFacts(is_written=False)
    questions = (
        select(CALL_FORMS.c.questions)
        .where(CALL_FORMS.c.call_id == APPLICATIONS.c.call_id, CALL_FORMS.c.number == APPLICATIONS.c.call_form_version)
        .scalar_subquery()
    )
    known = select(APPLICATIONS.c.state, APPLICATIONS.c.submitted_at, APPLICATIONS.c.returned_parts, questions)
    row = (await uow.session.execute(known.where(APPLICATIONS.c.id == case_id))).first()
    if row is None:
        return FileFacts(is_written=False)
    part = OWN if key else "attachments"
    asked = [each for each in read(row[3]) if each.key == key and each.kind == "file" and not each.retired]
    return FileFacts(
        is_written=row.state in WRITTEN_IN,
        is_locked=bool(tuple(keeps_closed(row.state, row.returned_parts, part))),
        part=part,
        answers_question=bool(key),
        most_answers=most_of(asked[0]) if asked else None,
        last_sent_at=row.submitted_at,
    )


async def _towards_milestone(uow: UnitOfWork, case_id: UUID, milestone_id: UUID) -> FileFacts:
    known = (
        select(MILESTONES.c.state, MILESTONES.c.reported_at, PROJECTS.c.state.label("project_state"))
        .join(PROJECTS, PROJECTS.c.id == MILESTONES.c.case_id)
        .where(MILESTONES.c.id == milestone_id, MILESTONES.c.case_id == case_id)
    )
    row = (await uow.session.execute(known)).first()
    return FileFacts(
        is_written=row is not None and row.state in GATHERED_IN and row.project_state not in OVER,
        milestone_id=str(milestone_id),
        last_sent_at=row.reported_at if row else None,
    )


ACCOUNTS = "accounts"
"""The section of a report whose files are open as it is."""


async def _towards_report(uow: UnitOfWork, case_id: UUID, report_id: UUID) -> FileFacts:
    """The facts of any file of a report; an interim one gives no accounts, and takes none."""
    known = select(REPORTS.c.state, REPORTS.c.submitted_at, REPORTS.c.returned_parts).where(
        REPORTS.c.id == report_id, REPORTS.c.case_id == case_id, REPORTS.c.kind != "interim"
    )
    row = (await uow.session.execute(known)).first()
    if row is None:
        return FileFacts(is_written=False, report_id=str(report_id), part=ACCOUNTS)
    return FileFacts(
        is_written=row.state in REPORTED_IN,
        is_locked=bool(tuple(accounts_closed(row.state, row.returned_parts, ACCOUNTS))),
        part=ACCOUNTS,
        report_id=str(report_id),
        last_sent_at=row.submitted_at,
    )


@subject(LIFECYCLE, File)
async def FILE(uow: UnitOfWork, row: File) -> FileFacts:
    """The facts of one file; a spreadsheet that was read in stands as what its measurements came out of."""
    if row.subject == "measurement_import":
        read_in = select(IMPORTS.c.sha256).where(IMPORTS.c.case_id == row.case_id, IMPORTS.c.sha256 == row.sha256)
        return FileFacts(is_written=await uow.session.scalar(read_in) is None)
    return await facts_towards(uow, row.case_id, row.subject, row.key)
