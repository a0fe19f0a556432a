"""What the rules must know about milestones and about changes to an award."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import BigInteger, Uuid, column, func, or_, select, table
from sqlalchemy import Text as Words

from app.calls.models import Call
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.decisions.models import Commitment
from app.files.models import File
from app.files.queries import KEPT
from app.milestones.models import ChangeRequest, Milestone
from app.milestones.standing import standing
from app.moves import subject
from app.projects.models import Project
from workflows.change_request import CHANGE_REQUEST as CHANGE_LIFECYCLE
from workflows.change_request import ChangeKind, ChangeRequestFacts
from workflows.milestone import MILESTONE as MILESTONE_LIFECYCLE
from workflows.milestone import MilestoneFacts
from workflows.roles import Role
from workflows.rules import Rules

OVER = ("stopped", "closed", "ended")
"""States of a project in which nothing of its award changes any more."""
Payment = table(
    "payments", column("case_id", Uuid), column("milestone_id", Uuid), column("amount_ore", BigInteger),
    column("state", Words),
)  # fmt: skip
"""The payments' room comes after this one: only what the rules of a change must know of it is read here."""


async def has_files(uow: UnitOfWork, row: Milestone) -> bool:
    """Whether a file shows that the milestone is reached; one with a virus shows nothing."""
    shown = select(File.id).where(
        File.case_id == row.case_id, File.subject == "milestone", File.key == str(row.id), File.state.in_(KEPT)
    )
    return bool(await uow.session.scalar(select(shown.exists())))


@subject(MILESTONE_LIFECYCLE, Milestone)
async def MILESTONE(uow: UnitOfWork, row: Milestone) -> MilestoneFacts:
    """The facts of one milestone."""
    project = (await uow.session.execute(select(Project.rules, Project.state).where(Project.id == row.case_id))).one()
    rules = msgspec.convert(project.rules, Rules)
    needed = next((rule.needs_evidence for rule in rules.milestones if rule.key == row.key), True)
    return MilestoneFacts(
        milestone_id=row.id,
        key=row.key,
        approved_by_role=Role(row.approved_by_role),
        due_on=row.due_on,
        today=day_in_oslo(uow.now),
        has_evidence=bool(row.evidence.strip() or row.evidence_link.strip()) or await has_files(uow, row),
        needs_evidence=needed,
        reported_by=row.reported_by,
        project_stopped=project.state == "stopped",
    )


def _bound() -> Any:
    """What the ledger says that the call's frame is bound by."""
    return (
        select(func.coalesce(func.sum(Commitment.amount_ore), 0))
        .where(Commitment.call_id == Call.id)
        .correlate(Call)
        .scalar_subquery()
    )


@subject(CHANGE_LIFECYCLE, ChangeRequest)
async def CHANGE_REQUEST(uow: UnitOfWork, row: ChangeRequest) -> ChangeRequestFacts:
    """The facts of one request; whoever decides on a larger sum has locked the call."""
    unreleased = (
        select(func.coalesce(func.sum(Payment.c.amount_ore), 0))
        .where(Payment.c.case_id == row.case_id, Payment.c.state == "planned")
        .scalar_subquery()
    )
    found = (
        await uow.session.execute(
            select(
                (func.coalesce(Call.frame_ore, 0) - _bound()).label("left"),
                unreleased.label("unreleased"),
                Project.state,
            )
            .select_from(Project)
            .outerjoin(Call, Call.id == Project.call_id)
            .where(Project.id == row.case_id)
        )
    ).one()
    settled = False
    if row.milestone_id is not None:
        moved = select(Milestone.id).where(
            Milestone.id == row.milestone_id, Milestone.state.in_(("approved", "waived"))
        )
        under_way = select(Payment.c.case_id).where(
            Payment.c.milestone_id == row.milestone_id, Payment.c.state.not_in(("planned", "cancelled"))
        )
        settled = bool(await uow.session.scalar(select(or_(moved.exists(), under_way.exists()))))
    now_stands = await standing(uow, row.case_id, row.kind, row.milestone_id) if row.before is not None else None
    return ChangeRequestFacts(
        change_request_id=row.id,
        kind=ChangeKind(row.kind),
        amount_change_ore=row.amount_change_ore,
        frame_left_ore=int(found.left or 0),
        unreleased_ore=int(found.unreleased or 0),
        proposed_by=row.proposed_by,
        signed_by=row.signed_by,
        is_stale=now_stands != row.before,
        milestone_settled=settled,
        project_over=found.state in OVER,
    )
