"""The calendar of a project's reports, writing in them, handing in, approving and sending back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from app.applications.service.draft import changed_answers, texts_in
from app.cases.queries import people_of_parties
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotYet, Stale, invalid
from app.core.personal_data import weigh_texts
from app.identity.actor import SYSTEM, Actor
from app.identity.queries import people_with_role
from app.moves import Held, begin, hold, lock_case, make, note
from app.notices.service import tell
from app.projects import service as projects
from app.projects.models import Project
from app.reports.facts import REPORT, budget_of_report
from app.reports.forms import PREFIX
from app.reports.models import Report
from app.reports.queries import benefit_status
from workflows.accounts import kinds_of, spent_in_all
from workflows.forms.fields import faults
from workflows.forms.report import FORM_VERSION, SECTIONS, form_of
from workflows.report import WRITTEN_IN, ReportKind, calendar, keeps_closed
from workflows.roles import Permission, Role
from workflows.rules import Rules

FARTHEST = timedelta(days=3660)


async def plan_for_project(uow: UnitOfWork, actor: Actor, project_id: UUID) -> list[Report]:
    """Set the calendar of reports for a new project, from its rules and the weeks that its steps take (G26)."""
    project = await uow.session.get_one(Project, project_id)
    case = await lock_case(uow, project_id)
    rules = msgspec.convert(project.rules, Rules)
    awarded_on = day_in_oslo(project.accepted_at)
    weeks = rules.facilitation.weeks_to_start + sum(step.weeks for step in rules.facilitation.steps)
    made = []
    for each in calendar(rules.reports, awarded_on, awarded_on + timedelta(weeks=weeks)):
        row = Report(
            case_id=project_id, kind=str(each.kind), number=each.number, due_on=each.due_on, form_version=FORM_VERSION
        )
        changes = {"kind": each.kind, "number": each.number, "due_on": each.due_on}
        made.append(await begin(uow, actor, REPORT, case, row, verb="plan", changes=changes))
    return made


async def fall_due(uow: UnitOfWork, report_id: UUID) -> Report:
    """Its day is near: the clock's own step; who is told when is said in workflows/obligation.py."""
    held = await hold(uow, SYSTEM, REPORT, report_id)
    return await make(uow, SYSTEM, REPORT, held, "fall_due")


def _refuse_locked(held: Held[Report], verb: str, *sections: str) -> None:
    if closed := tuple(keeps_closed(held.row.state, held.row.returned_parts, *sections)):
        raise NotYet(closed, subject="report", step=verb, case_id=held.case.id)


async def save(
    uow: UnitOfWork, actor: Actor, report_id: UUID, *, version: int | None = None, section: str | None = None,
    **typed: Any,
) -> Report:  # fmt: skip
    """Keep what has been answered so far; with nothing changed nothing is written, so a section can save itself.

    Raises NotYet once it is handed in, and for sections that stay locked where it came back; Stale where somebody else has
    written meanwhile; Invalid for what is no answer; Unconfirmed for what may say who somebody is in an answer that is
    new, until there is a reason: what stands has its own (G34).
    """
    held = await hold(uow, actor, REPORT, report_id, Permission.REPORT_WRITE)
    row = held.row
    _refuse_locked(held, "save")
    form = form_of(row.kind, kinds_of(await budget_of_report(uow, row)), row.form_version)
    given = {key: value for key, value in typed.items() if value is not msgspec.UNSET}
    if strange := {key for key in given if key not in {question.key for question in form.questions}}:
        raise invalid(min(strange), "form.unknown")
    wanted = changed_answers(row.answers, section, given, form=form)
    _refuse_locked(held, "save", *(form.question(key).section for key in wanted))
    if found := faults(form, wanted):
        raise Invalid(found)
    if not wanted:
        return row
    uow.confirmed = weigh_texts(texts_in(wanted), uow.personal_data_why)
    if version is not None and version != row.version:
        raise Stale(typed_on=version, now_at=row.version)
    row.answers = {key: value for key, value in {**row.answers, **wanted}.items() if value is not None}
    return await note(uow, actor, REPORT, held, "save", changes=wanted)


async def submit(
    uow: UnitOfWork, actor: Actor, report_id: UUID, *, version: int | None = None, why: str = ""
) -> Report:
    """Hand a report in, with the benefits' figures as they stand now; those who handle the case are told.

    The final one brings the results and the accounts of the project with it (projects.write_final_report).
    """
    held = await hold(uow, actor, REPORT, report_id, Permission.REPORT_SUBMIT, version=version)
    row = held.row
    if row.state in WRITTEN_IN:
        row.benefits = msgspec.to_builtins(await benefit_status(uow, row.case_id))
        row.budget = msgspec.to_builtins(await budget_of_report(uow, row))
    row = await make(uow, actor, REPORT, held, "submit", why=why)
    row.submitted_by, row.submitted_at = actor.person_id, uow.now
    row.returned_parts, row.returned_why = {}, ""
    if row.kind == ReportKind.FINAL:
        said = form_of(row.kind, kinds_of(await budget_of_report(uow, row)), row.form_version).counted(row.answers)
        await projects.write_final_report(
            uow, actor, row.case_id, results=said["results"], what_worked=said["what_worked"], for_whom=said["for_whom"],
            conditions=said["conditions"], deviations=said.get("deviations", ""), spent_ore=spent_in_all(said),
            returned_ore=said["returned_ore"],
        )  # fmt: skip
    handlers = [person for person in await people_with_role(uow, Role.CASE_HANDLER) if person != actor.person_id]
    await _tell(uow, held, handlers, "report_submitted")
    return row


async def approve(
    uow: UnitOfWork, actor: Actor, report_id: UUID, *, version: int | None = None, why: str = ""
) -> Report:
    """Approve a report that another has handed in; the final one's results are approved with it, its accounts by others."""
    held = await hold(uow, actor, REPORT, report_id, Permission.REPORT_APPROVE, version=version)
    row = await make(uow, actor, REPORT, held, "approve", why=why)
    row.approved_by, row.approved_at = actor.person_id, uow.now
    if row.kind == ReportKind.FINAL:
        await projects.approve_final_report(uow, actor, row.case_id)
    await _tell(uow, held, await people_of_parties(uow, row.case_id, Role.LEADER, Role.COORDINATOR), "report_approved")
    return row


async def send_back(
    uow: UnitOfWork, actor: Actor, report_id: UUID, *, version: int | None = None, why: str = "", **named: str
) -> Report:
    """Send a report back for the sections that are named, each with what is missing in it; the others stay locked.

    Without a section the whole report is opened, and `why` says what is missing.
    """
    held = await hold(uow, actor, REPORT, report_id, Permission.REPORT_APPROVE, version=version)
    asked = form_of(held.row.kind).sections
    parts = {each: text for each in SECTIONS if each in asked and (text := named.get(PREFIX + each, "").strip())}
    said = why.strip() or "\n".join(parts.values())
    row = await make(uow, actor, REPORT, held, "return", why=said, changes={"parts": parts})
    row.returned_parts, row.returned_why = parts, said
    if row.kind == ReportKind.FINAL:
        await projects.take_back_final_report(uow, actor, row.case_id, why=said)
    office = await people_of_parties(uow, row.case_id, Role.LEADER, Role.COORDINATOR)
    await _tell(uow, held, office, "report_returned", why=said)
    return row


async def move_due(
    uow: UnitOfWork, actor: Actor, report_id: UUID, *, version: int | None = None, due_on: date, why: str
) -> Report:
    """Give a report another day, with the reason; the office is told, and reminders begin anew."""
    held = await hold(uow, actor, REPORT, report_id, Permission.REPORT_APPROVE, version=version)
    row, today = held.row, day_in_oslo(uow.now)
    _refuse_locked(held, "move_due")
    if due_on < today:
        raise invalid("due_on", "form.day_has_passed")
    if due_on > today + FARTHEST:
        raise invalid("due_on", "form.not_a_date")
    before, row.due_on = row.due_on, due_on
    await note(uow, actor, REPORT, held, "move_due", why=why, changes={"due_on": [before, due_on]})
    office = await people_of_parties(uow, row.case_id, Role.LEADER, Role.COORDINATOR)
    await _tell(uow, held, office, "report_moved", due_on=due_on, why=why)
    return row


async def _tell(uow: UnitOfWork, held: Held[Report], people: list[UUID], code: str, **more: Any) -> None:
    parameters = {"kind_key": f"report.kind.{held.row.kind}", "title": held.case.title, **more}
    await tell(uow, people, code, case_id=held.case.id, link=f"/reports/{held.row.id}", parameters=parameters)
