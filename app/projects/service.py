"""What is written about a project beside its steps: sign-offs, texts, plan, statement, final report."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.activities.models import Insight
from app.applications.models import Application, ProblemStatement
from app.calls.models import Call
from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import current
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.models import UnitMembership
from app.moves import Held, begin, hold, lock_case, make, note, waive
from app.network.service import index as index_challenge
from app.notices.service import tell
from app.projects.facts import PROJECT
from app.projects.models import FinalReport, Project, ProjectStep, ProjectText, SignOff
from workflows.engine import Reason
from workflows.roles import Permission, Role

DIAMOND_STEPS = (
    "diagnose_open", "diagnose_close", "platform_open", "platform_close", "implement_open", "implement_close",
)  # fmt: skip
CLOSING_STEPS = ("diagnose_close", "platform_close", "implement_close")


async def open_for_award(uow: UnitOfWork, actor: Actor, application: Application) -> Project:
    """The project of an accepted award, in set_up, with its six steps to plan; the case becomes a project's."""
    case = await lock_case(uow, application.id)
    call = await uow.session.get_one(Call, application.call_id)
    project = Project(
        id=application.id, call_id=application.call_id, owner_id=call.owner_person_id, rules=application.rules,
        rules_version=application.rules_version, amount_ore=application.awarded_ore or 0,
        hours=application.awarded_hours or 0, accepted_by=actor.person_id, accepted_at=uow.now,
    )  # fmt: skip
    case.project_at = uow.now
    await begin(uow, actor, PROJECT, case, project, verb="open")
    uow.session.add_all(ProjectStep(case_id=case.id, step=step) for step in DIAMOND_STEPS)
    uow.session.add(FinalReport(case_id=case.id))
    await uow.session.flush()
    return project


SIGNING = {
    "team": Permission.PROJECT_SIGN_TEAM, "leader": Permission.PROJECT_SIGN_LEADER,
    "affected_party": Permission.PROJECT_STEP,
}  # fmt: skip


async def sign_off(uow: UnitOfWork, actor: Actor, case_id: UUID, *, side: str, text: str) -> SignOff:
    """Stand behind the close of the diamond the project is in; the coordinator records an affected party's word (S18)."""
    held = await hold(uow, actor, PROJECT, case_id, SIGNING[side])
    step = held.row.state
    if step not in CLOSING_STEPS:
        raise NotYet([Reason(code="project.nothing_to_sign")], subject="project", step="sign_off", case_id=case_id)
    refuse_identity_numbers(text=text)
    row = await uow.session.scalar(
        select(SignOff).where(SignOff.case_id == case_id, SignOff.step == step, SignOff.side == side)
    )
    if row is None:
        row = SignOff(case_id=case_id, step=step, side=side)
        uow.session.add(row)
    row.text, row.signed_by, row.signed_at = text, actor.person_id, uow.now  # type: ignore[assignment]
    await note(uow, actor, PROJECT, held, "sign_off", changes={"step": step, "side": side, "text": text})
    return row


async def write_text(uow: UnitOfWork, actor: Actor, case_id: UUID, *, kind: str, text: str) -> ProjectText:
    """Write one of the texts that the gates ask for; the earlier wording stays in the events."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_WRITE)
    refuse_identity_numbers(text=text)
    row = await uow.session.scalar(select(ProjectText).where(ProjectText.case_id == case_id, ProjectText.kind == kind))
    if row is None:
        row = ProjectText(case_id=case_id, kind=kind)
        uow.session.add(row)
    row.text, row.written_by, row.written_at = text, actor.person_id, uow.now  # type: ignore[assignment]
    await note(uow, actor, PROJECT, held, "write_text", changes={"kind": kind, "text": text})
    return row


async def plan_step(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, step: str, planned_from: date, planned_to: date, why: str = "",
    shift_later: bool = False,
) -> ProjectStep:  # fmt: skip
    """Set the days a step is planned to take (S24); planned anew with a reason, the later steps moving along if asked (S63).

    The later steps move by as many days as the end of this one. What was planned before stays in the events.
    """
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_ARRANGE)
    if planned_to < planned_from:
        raise invalid("planned_to", "form.before_start")
    rows = {
        row.step: row for row in await uow.session.scalars(select(ProjectStep).where(ProjectStep.case_id == case_id))
    }
    row = rows[step]
    before = (row.planned_from, row.planned_to)
    if row.planned_to is not None and before != (planned_from, planned_to) and not why.strip():
        raise invalid("why", "projects.replan_why")
    moved: list[dict[str, Any]] = []
    if shift_later and row.planned_to is not None:
        by = planned_to - row.planned_to
        for later in DIAMOND_STEPS[DIAMOND_STEPS.index(step) + 1 :]:
            other = rows[later]
            if by and other.planned_from is not None and other.planned_to is not None and other.actual_to is None:
                moved.append({"step": later, "before_from": other.planned_from, "before_to": other.planned_to,
                              "from": other.planned_from + by, "to": other.planned_to + by})  # fmt: skip
                other.planned_from, other.planned_to = other.planned_from + by, other.planned_to + by
    row.planned_from, row.planned_to = planned_from, planned_to
    changes = {"step": step, "from": planned_from, "to": planned_to, "before_from": before[0], "before_to": before[1],
               "moved": moved}  # fmt: skip
    await note(uow, actor, PROJECT, held, "plan_step", why=why, changes=changes)
    return row


async def rewrite_statement(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, text: str, basis_text: str, why: str,
    insight_ids: tuple[UUID, ...] = (),
) -> ProblemStatement:  # fmt: skip
    """Confirm the problem statement or rewrite it, with the insight it rests on: a new version either way (S40).

    It names at least one of the project's insights where there are any (S38).
    """
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_WRITE)
    refuse_identity_numbers(text=text, basis_text=basis_text)
    known = set(await uow.session.scalars(select(Insight.id).where(Insight.case_id == case_id)))
    rests_on = list(dict.fromkeys(insight_ids))
    if not known.issuperset(rests_on):
        raise invalid("insight_ids", "form.unknown")
    if known and not rests_on:
        raise invalid("insight_ids", "projects.statement_without_insight")
    last = await uow.session.scalar(
        select(func.max(ProblemStatement.number)).where(ProblemStatement.case_id == case_id)
    )
    row = ProblemStatement(
        case_id=case_id, number=(last or 0) + 1, text=text, basis=["insight"], basis_text=basis_text, why=why,
        insight_ids=rests_on, author_id=actor.person_id, written_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    held.case.title = text
    await index_challenge(uow, case_id)
    await note(uow, actor, PROJECT, held, "rewrite_statement", why=why, changes={"number": row.number, "text": text,
                                                                                  "insight_ids": rests_on})  # fmt: skip
    return row


async def write_final_report(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, results: str, what_worked: str, for_whom: str, conditions: str,
    deviations: str, spent_ore: int, returned_ore: int,
) -> FinalReport:  # fmt: skip
    """Hand in the final report with the accounts; what was spent and returned must make up what was paid out."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_STEP)
    report = await uow.session.get_one(FinalReport, case_id)
    if report.approved_at or report.accounts_approved_at:
        raise NotYet([Reason(code="report.approved_already")], subject="project", step="write_final_report",
                     case_id=case_id)  # fmt: skip
    if spent_ore + returned_ore > held.row.amount_ore:
        raise invalid("spent_ore", "report.more_than_awarded", awarded_ore=held.row.amount_ore)
    answers = {"results": results, "what_worked": what_worked, "for_whom": for_whom, "conditions": conditions,
               "deviations": deviations}  # fmt: skip
    refuse_identity_numbers(**answers)
    report.answers, report.spent_ore, report.returned_ore = answers, spent_ore, returned_ore
    report.submitted_by, report.submitted_at = actor.person_id, uow.now
    await note(uow, actor, PROJECT, held, "write_final_report", changes={**answers, "spent_ore": spent_ore,
                                                                          "returned_ore": returned_ore})  # fmt: skip
    return report


async def approve_final_report(uow: UnitOfWork, actor: Actor, case_id: UUID) -> FinalReport:
    """Approve the results; by a case handler, who did not write them."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_CLOSE)
    report = await _submitted(uow, held)
    report.approved_by, report.approved_at = actor.person_id, uow.now
    await note(uow, actor, PROJECT, held, "approve_final_report")
    return report


async def take_back_final_report(uow: UnitOfWork, actor: Actor, case_id: UUID, *, why: str) -> FinalReport:
    """Open the results and accounts again, for the final report has been sent back with the reason."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_CLOSE)
    report = await _submitted(uow, held)
    report.submitted_by, report.submitted_at = None, None
    await note(uow, actor, PROJECT, held, "take_back_final_report", why=why)
    return report


async def approve_accounts(uow: UnitOfWork, actor: Actor, case_id: UUID) -> FinalReport:
    """Approve the accounts; by the one with budget authority, who is not the one who approved the results."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PAYMENT_APPROVE)
    report = await _submitted(uow, held)
    if report.approved_by == actor.person_id:
        raise NotYet([Reason(code="report.four_eyes")], subject="project", step="approve_accounts", case_id=case_id)
    report.accounts_approved_by, report.accounts_approved_at = actor.person_id, uow.now
    await note(uow, actor, PROJECT, held, "approve_accounts")
    return report


async def _submitted(uow: UnitOfWork, held: Held[Project]) -> FinalReport:
    report = await uow.session.get_one(FinalReport, held.case.id)
    if report.submitted_at is None:
        missing = Reason(code="report.not_submitted", place="project.report", who=(Role.LEADER, Role.COORDINATOR))
        raise NotYet([missing], subject="project", step="approve_final_report", case_id=held.case.id)
    return report


async def waive_requirement(uow: UnitOfWork, actor: Actor, case_id: UUID, *, requirement: str, why: str) -> Project:
    """Waive a requirement for this project, with the reason (S63)."""
    return await waive(uow, actor, PROJECT, case_id, requirement=requirement, why=why)


async def tell_team(uow: UnitOfWork, actor: Actor, project: Project) -> None:
    """Tell everybody who works in the project, but whoever did it, where it stands now."""
    case = await uow.session.get_one(Case, project.id)
    working = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.FACILITATOR)
    in_case = select(CaseRole.person_id).where(
        CaseRole.case_id == project.id, CaseRole.role.in_(working), current(CaseRole, uow.now)
    )
    in_unit = (
        select(UnitMembership.person_id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == project.id, UnitMembership.role.in_(working), current(UnitMembership, uow.now))
    )
    people = set(await uow.session.scalars(in_case.union(in_unit))) - {actor.person_id}
    await tell(
        uow, sorted(people), "project_moved", case_id=project.id, link=f"/projects/{project.id}",
        parameters={"title": case.title, "state_key": f"state.project.{project.state}"},
    )  # fmt: skip


STOPPED_BECAUSE, LEARNT = "stop_reason", "stop_learning"
"""Kinds of texts that a stop leaves behind."""


async def stop(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, version: int | None = None, why: str = "", learning: str = ""
) -> Project:
    """End a project before its time, with the reason and what was learnt: an outcome like others (S46).

    What is planned and not released falls away (Effect WIND_DOWN). Invalid without something learnt.
    """
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_STOP, version=version)
    if not learning.strip():
        raise invalid("learning", "projects.learning_missing")
    refuse_identity_numbers(why=why, learning=learning)
    uow.session.add_all(
        ProjectText(case_id=case_id, kind=kind, text=text.strip(), written_by=actor.person_id, written_at=uow.now)
        for kind, text in ((STOPPED_BECAUSE, why), (LEARNT, learning))
    )
    await uow.session.flush()
    before = held.row.state
    project = await make(uow, actor, PROJECT, held, "stop", why=why, changes={"learning": learning})
    if before != "paused":
        project.paused_from = before
    step = await uow.session.get(ProjectStep, (case_id, project.paused_from))
    if step is not None:
        step.actual_to = day_in_oslo(uow.now)
    return project


async def stop_reason(uow: UnitOfWork, case_id: UUID) -> str:
    """Why a project was stopped; "" where it was not."""
    found: str | None = await uow.session.scalar(
        select(ProjectText.text).where(ProjectText.case_id == case_id, ProjectText.kind == STOPPED_BECAUSE)
    )
    return found or ""
