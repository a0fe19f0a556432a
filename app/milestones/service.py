"""Planning, reporting and approving milestones, and asking for changes to an award."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.calls.models import Call
from app.cases.models import Case, CaseRole
from app.cases.queries import people_of_parties, require, roles_in
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.decisions.ledger import follow_award
from app.identity.actor import SYSTEM, Actor
from app.identity.queries import people_with_role
from app.milestones.facts import CHANGE_REQUEST, MILESTONE, OVER, has_files
from app.milestones.models import ChangeRequest, Milestone
from app.milestones.standing import newest_statement, standing
from app.moves import Held, begin, hold, lock_case, make, note
from app.notices.service import tell
from app.projects.facts import PROJECT
from app.projects.models import Project
from workflows.budget import paid_kinds
from workflows.change_request import ChangeKind, ChangeRequestState
from workflows.engine import Reason
from workflows.milestone import MilestoneState
from workflows.roles import Permission, Role
from workflows.rules import Rules

FARTHEST = timedelta(days=3660)
WRITTEN = (ChangeKind.TEAM, ChangeKind.SCOPE, ChangeKind.ANNEX)
"""Kinds of change that say in words what is to be."""
SETTLED = (MilestoneState.APPROVED, MilestoneState.WAIVED)


async def plan_for_project(uow: UnitOfWork, actor: Actor, project_id: UUID) -> list[Milestone]:
    """Give a new project the milestones that its rules name, without dates; those it has already are left alone."""
    project = await uow.session.get_one(Project, project_id)
    case = await lock_case(uow, project_id)
    rules = msgspec.convert(project.rules, Rules)
    there = set(await uow.session.scalars(select(Milestone.key).where(Milestone.case_id == project_id)))
    made = []
    for rule in rules.milestones:
        if rule.key not in there:
            row = Milestone(
                case_id=project_id, key=rule.key, approved_by_role=str(rule.approved_by),
                share_basis_points=rule.share_basis_points,
            )  # fmt: skip
            made.append(await begin(uow, actor, MILESTONE, case, row, verb="plan", changes={"key": rule.key}))
    return made


def check_due(uow: UnitOfWork, field: str, due_on: date) -> None:
    """Raise Invalid for a due date in the past or absurdly far ahead."""
    today = day_in_oslo(uow.now)
    if due_on < today:
        raise invalid(field, "milestones.date_past")
    if due_on > today + FARTHEST:
        raise invalid(field, "milestones.date_far")


async def set_due(
    uow: UnitOfWork, actor: Actor, milestone_id: UUID, *, version: int | None = None, due_on: date
) -> Milestone:
    """Set the day by which a milestone is to be reached, while the project is being set up or has none set.

    Once the project runs, a date that stands is changed by asking for a change to the award.
    """
    held = await hold(uow, actor, MILESTONE, milestone_id, Permission.MILESTONE_WRITE, version=version)
    row = held.row
    check_due(uow, "due_on", due_on)
    project_state = await uow.session.scalar(select(Project.state).where(Project.id == row.case_id))
    if row.state in SETTLED or (row.due_on is not None and project_state != "set_up"):
        raise invalid("due_on", "milestones.is_decided" if row.state in SETTLED else "milestones.date_stands")
    before, row.due_on = row.due_on, due_on
    return await note(uow, actor, MILESTONE, held, "set_due", changes={"due_on": [before, due_on]})


async def fall_due(uow: UnitOfWork, milestone_id: UUID) -> Milestone:
    """The day has come: the clock's own step; who is told when is said in workflows/obligation.py."""
    held = await hold(uow, SYSTEM, MILESTONE, milestone_id)
    return await make(uow, SYSTEM, MILESTONE, held, "fall_due")


async def report(
    uow: UnitOfWork, actor: Actor, milestone_id: UUID, *, version: int | None = None, evidence: str = "",
    evidence_link: str = "",
) -> Milestone:  # fmt: skip
    """Say that a milestone is reached and what shows it, told, linked to or in files; whoever approves it is told."""
    held = await hold(uow, actor, MILESTONE, milestone_id, Permission.MILESTONE_REPORT, version=version)
    row = held.row
    if not (evidence.strip() or evidence_link.strip() or await has_files(uow, row)):
        raise invalid("evidence", "milestones.evidence_missing")
    row.evidence, row.evidence_link = evidence, evidence_link
    row = await make(
        uow, actor, MILESTONE, held, "report", changes={"evidence": evidence, "evidence_link": evidence_link}
    )
    row.reported_by, row.reported_at = actor.person_id, uow.now
    approvers = await people_with_role(uow, Role(row.approved_by_role))
    await tell(
        uow, [person for person in approvers if person != actor.person_id], "milestone_reported", case_id=row.case_id,
        parameters={"key": row.key, "project": held.case.title}, link=f"/milestones/{row.id}",
    )  # fmt: skip
    return row


async def approve(
    uow: UnitOfWork, actor: Actor, milestone_id: UUID, *, version: int | None = None, why: str = ""
) -> Milestone:
    """Approve a reported milestone; the payment that hangs on it is released by the effect of the move."""
    held = await hold(uow, actor, MILESTONE, milestone_id, Permission.MILESTONE_APPROVE, version=version)
    held.row.approved_by, held.row.approved_at = actor.person_id, uow.now
    row = await make(uow, actor, MILESTONE, held, "approve", why=why)
    await _tell_office(uow, held, "milestone_approved")
    return row


async def send_back(
    uow: UnitOfWork, actor: Actor, milestone_id: UUID, *, version: int | None = None, why: str = ""
) -> Milestone:
    """Return a reported milestone to the office with what is missing."""
    held = await hold(uow, actor, MILESTONE, milestone_id, Permission.MILESTONE_APPROVE, version=version)
    row = await make(uow, actor, MILESTONE, held, "return", why=why)
    row.returned_why = why
    await _tell_office(uow, held, "milestone_returned", why=why)
    return row


async def waive_milestone(
    uow: UnitOfWork, actor: Actor, milestone_id: UUID, *, version: int | None = None, why: str = ""
) -> Milestone:
    """Let a milestone go, with the reason; whoever decides on money answers what then comes of its payment."""
    held = await hold(uow, actor, MILESTONE, milestone_id, version=version)
    row = await make(uow, actor, MILESTONE, held, "waive", why=why)
    row.waived_why, row.approved_by, row.approved_at = why, actor.person_id, uow.now
    deciders = await people_with_role(uow, Role.DECISION_MAKER) if row.share_basis_points else []
    await tell(
        uow, deciders, "milestone_waived", case_id=row.case_id,
        parameters={"key": row.key, "project": held.case.title, "why": why}, link=f"/milestones/{row.id}",
    )  # fmt: skip
    return row


async def _tell_office(uow: UnitOfWork, held: Held[Milestone], code: str, **parameters: str) -> None:
    people = await office_of(uow, held.case)
    await tell(
        uow, people, code, case_id=held.case.id,
        parameters={"key": held.row.key, "project": held.case.title, **parameters}, link=f"/milestones/{held.row.id}",
    )  # fmt: skip


async def office_of(uow: UnitOfWork, case: Case) -> list[UUID]:
    """The leaders and coordinators of a case: those in its units, and those named in the case."""
    named = await uow.session.scalars(
        select(CaseRole.person_id).where(
            CaseRole.case_id == case.id, CaseRole.role.in_((Role.LEADER, Role.COORDINATOR)), CaseRole.valid_to.is_(None)
        )
    )
    return list(dict.fromkeys([*await people_of_parties(uow, case.id, Role.LEADER, Role.COORDINATOR), *named]))


async def propose_change(
    uow: UnitOfWork, actor: Actor, *, case_id: UUID, kind: ChangeKind | str, text: str,
    amount_change_ore: int | None = None, milestone_id: UUID | None = None, new_due_on: date | None = None,
    after_text: str = "", from_kind: str | None = None, to_kind: str | None = None, shift_ore: int | None = None,
) -> ChangeRequest:  # fmt: skip
    """Ask for a change to the award; Invalid where the kind of change lacks what it needs.

    What stands then is pinned beside what it is to be. A leader's proposal is signed for the office by being made.
    """
    case = await lock_case(uow, case_id)
    roles = await roles_in(uow, actor, case)
    require(case, roles, Permission.CHANGE_REQUEST_PROPOSE)
    project = await uow.session.get(Project, case_id)
    if project is None:
        raise NotFound
    if project.state in OVER:
        over = Reason(code="change_request.project_over", who=(Role.DECISION_MAKER,))
        raise NotYet([over], subject="change_request", step="propose", case_id=case_id)
    kind = ChangeKind(kind)
    await _check_proposed(uow, case_id, kind, amount_change_ore, milestone_id, new_due_on)
    before = await standing(uow, case_id, kind, milestone_id)
    if kind == ChangeKind.ANNEX:
        after_text = after_text.strip() or await newest_statement(uow, case_id)
        if after_text == (before[kind] or ""):
            raise invalid("kind", "milestones.annex_unchanged")
    elif kind in (ChangeKind.TEAM, ChangeKind.SCOPE) and not after_text.strip():
        raise invalid("after_text", "milestones.after_missing")
    elif kind == ChangeKind.BUDGET:
        await _check_shift(uow, project, before[kind], from_kind, to_kind, shift_ore)
    refuse_identity_numbers(text=text, after_text=after_text)
    leads = Role.LEADER in roles
    row = ChangeRequest(
        case_id=case_id, kind=str(kind), text=text, amount_change_ore=amount_change_ore or 0,
        milestone_id=milestone_id if kind == ChangeKind.DATES else None,
        new_due_on=new_due_on if kind == ChangeKind.DATES else None, proposed_by=actor.person_id, proposed_at=uow.now,
        before=before, after_text=after_text if kind in WRITTEN else "",
        **({"from_kind": from_kind, "to_kind": to_kind, "shift_ore": shift_ore} if kind == ChangeKind.BUDGET else {}),
        signed_by=actor.person_id if leads else None,
        signed_at=uow.now if leads else None,
    )  # fmt: skip
    changes: dict[str, Any] = {"kind": str(kind), "text": text, "amount_change_ore": row.amount_change_ore}
    if kind == ChangeKind.BUDGET:
        changes |= {"from_kind": from_kind, "to_kind": to_kind, "shift_ore": shift_ore}
    row = await begin(uow, actor, CHANGE_REQUEST, case, row, verb="propose", changes=changes)
    await tell(
        uow, await people_with_role(uow, Role.DECISION_MAKER), "change_proposed", case_id=case_id,
        parameters={"project": case.title}, link=f"/change-requests/{row.id}",
    )  # fmt: skip
    return row


async def _check_proposed(
    uow: UnitOfWork, case_id: UUID, kind: ChangeKind, amount_change_ore: int | None, milestone_id: UUID | None,
    new_due_on: date | None,
) -> None:  # fmt: skip
    """Raise Invalid where a change of the amount or of a date lacks what it needs."""
    if kind == ChangeKind.AMOUNT and not amount_change_ore:
        raise invalid("amount_change_ore", "milestones.amount_missing")
    if kind != ChangeKind.AMOUNT and amount_change_ore:
        raise invalid("amount_change_ore", "milestones.amount_unasked")
    if kind == ChangeKind.DATES:
        milestone = await uow.session.get(Milestone, milestone_id) if milestone_id else None
        if milestone is None or milestone.case_id != case_id or new_due_on is None:
            raise invalid("milestone_id", "milestones.dates_missing")
        check_due(uow, "new_due_on", new_due_on)
        if milestone.state in SETTLED:
            raise invalid("milestone_id", "milestones.is_decided")


async def _check_shift(
    uow: UnitOfWork, project: Project, budget: Mapping[str, int], from_kind: str | None, to_kind: str | None,
    shift_ore: int | None,
) -> None:  # fmt: skip
    """Raise Invalid for a shift between kinds of costs that the budget or the call has no room for."""
    if not budget:
        raise invalid("kind", "milestones.no_budget")
    for name, value in (("from_kind", from_kind), ("to_kind", to_kind), ("shift_ore", shift_ore)):
        if value is None:
            raise invalid(name, "form.empty")
    if from_kind == to_kind:
        raise invalid("to_kind", "milestones.same_kind")
    paid = paid_kinds(await uow.session.scalar(select(Call.cost_kinds).where(Call.id == project.call_id)) or ())
    if to_kind not in paid:
        keys = " ".join(f"calls.cost.{kind}" for kind in paid)
        raise invalid("to_kind", "milestones.kind_not_paid", cost_keys=keys)
    most_ore = budget.get(str(from_kind), 0)
    if (shift_ore or 0) > most_ore:
        raise invalid("shift_ore", "milestones.shift_too_large", most_ore=most_ore)


async def sign_change(uow: UnitOfWork, actor: Actor, change_id: UUID, *, version: int | None = None) -> ChangeRequest:
    """Sign a request for the office, as its leader; a second time changes nothing (G28)."""
    held = await hold(uow, actor, CHANGE_REQUEST, change_id, Permission.CHANGE_REQUEST_SIGN, version=version)
    row = held.row
    if row.signed_by is not None:
        return row
    if row.state != ChangeRequestState.PROPOSED:
        wrong = Reason(code="change_request.wrong_state", parameters={"state": row.state, "move": "sign"})
        raise NotYet([wrong], subject="change_request", step="sign", case_id=row.case_id)
    row.signed_by, row.signed_at = actor.person_id, uow.now
    return await note(uow, actor, CHANGE_REQUEST, held, "sign")


async def accept_change(
    uow: UnitOfWork, actor: Actor, change_id: UUID, *, version: int | None = None, why: str = ""
) -> ChangeRequest:
    """Grant a change; what it changes is carried out by the effect of the move.

    The call is locked first, so that two larger sums never share what is left of its frame.
    """
    call_id = await uow.session.scalar(
        select(Project.call_id)
        .join(ChangeRequest, ChangeRequest.case_id == Project.id)
        .where(ChangeRequest.id == change_id)
    )
    if call_id is None:
        raise NotFound
    await lock_case(uow, call_id)
    held = await hold(uow, actor, CHANGE_REQUEST, change_id, Permission.CHANGE_REQUEST_DECIDE, version=version)
    row = held.row
    row.decided_by, row.decided_at, row.decision_why = actor.person_id, uow.now, why
    row = await make(uow, actor, CHANGE_REQUEST, held, "accept", why=why)
    await _tell_answer(uow, held, "change_accepted")
    return row


async def refuse_change(
    uow: UnitOfWork, actor: Actor, change_id: UUID, *, version: int | None = None, why: str = ""
) -> ChangeRequest:
    """Refuse a change, with the reason."""
    held = await hold(uow, actor, CHANGE_REQUEST, change_id, Permission.CHANGE_REQUEST_DECIDE, version=version)
    row = await make(uow, actor, CHANGE_REQUEST, held, "refuse", why=why)
    row.decided_by, row.decided_at, row.decision_why = actor.person_id, uow.now, why
    await _tell_answer(uow, held, "change_refused", why=why)
    return row


async def _tell_answer(uow: UnitOfWork, held: Held[ChangeRequest], code: str, **parameters: str) -> None:
    await tell(
        uow, await office_of(uow, held.case), code, case_id=held.case.id,
        parameters={"project": held.case.title, **parameters}, link=f"/change-requests/{held.row.id}",
    )  # fmt: skip


async def change_dates(uow: UnitOfWork, actor: Actor, request: ChangeRequest) -> None:
    """Move a milestone to the day that a granted change names; its case is locked already."""
    if request.milestone_id is None:
        return
    held = await hold(uow, actor, MILESTONE, request.milestone_id)
    before, held.row.due_on = held.row.due_on, request.new_due_on
    await note(
        uow, actor, MILESTONE, held, "move_due",
        changes={"due_on": [before, request.new_due_on], "change_request": request.id},
    )  # fmt: skip


async def set_award(
    uow: UnitOfWork, actor: Actor, project_id: UUID, amount_ore: int, *, why: str = "",
    changes: dict[str, Any] | None = None,
) -> Project:  # fmt: skip
    """Set a project's award, in øre, and let the application and the call's ledger follow in the same transaction."""
    held = await hold(uow, actor, PROJECT, project_id)
    before, held.row.amount_ore = held.row.amount_ore, amount_ore
    await follow_award(uow, project_id, amount_ore)
    said = {"amount_ore": [before, amount_ore], **(changes or {})}
    await note(uow, actor, PROJECT, held, "change_amount", why=why, changes=said)
    return held.row


async def falling_due(uow: UnitOfWork, limit: int = 200) -> list[UUID]:
    """The milestones whose day has come and that are still planned."""
    return list(
        await uow.session.scalars(
            select(Milestone.id)
            .where(Milestone.state == MilestoneState.PLANNED, Milestone.due_on <= day_in_oslo(uow.now))
            .order_by(Milestone.due_on)
            .limit(limit)
        )
    )
