"""Milestones, and requests to change an award, as pages show them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.paging import PAGE_SIZE, Page, page_of
from app.files.models import File
from app.files.queries import KEPT
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.milestones.models import ChangeRequest, Milestone
from app.milestones.plan_drawing import MilestoneDays
from workflows.accounts import shifted
from workflows.budget import COST_KINDS
from workflows.milestone import WRITTEN_IN


class MilestoneRow(msgspec.Struct, frozen=True, kw_only=True):
    """A milestone with the names of those who reported and approved it."""

    id: UUID
    key: str
    title: str
    state: str
    version: int
    due_on: date | None
    approved_by_role: str
    evidence: str
    evidence_link: str
    reporter: str | None
    reported_at: datetime | None
    decider: str | None
    approved_at: datetime | None
    returned_why: str
    waived_why: str
    share_basis_points: int
    is_late: bool
    files: int
    """How many files show that it is reached."""

    @property
    def days(self) -> MilestoneDays:
        """Its days, as the plan draws them."""
        return MilestoneDays(key=self.key, state=self.state, due_on=self.due_on,
                             reported_on=day_in_oslo(self.reported_at) if self.reported_at else None)  # fmt: skip


def _rows(today: date) -> Any:
    reporter, decider = aliased(Person), aliased(Person)
    files = (
        select(func.count())
        .where(
            File.case_id == Milestone.case_id, File.subject == "milestone", File.key == cast(Milestone.id, Text),
            File.state.in_(KEPT),
        )
        .scalar_subquery()
    )  # fmt: skip
    return (
        select(
            Milestone.id, Milestone.key, Milestone.title, Milestone.state, Milestone.version, Milestone.due_on,
            Milestone.approved_by_role, Milestone.evidence, Milestone.evidence_link, reporter.name.label("reporter"),
            Milestone.reported_at, decider.name.label("decider"), Milestone.approved_at, Milestone.returned_why,
            Milestone.waived_why, Milestone.share_basis_points,
            (Milestone.state.in_(WRITTEN_IN) & (Milestone.due_on < today)).is_(True).label("is_late"), files.label("files"),
        )
        .outerjoin(reporter, reporter.id == Milestone.reported_by)
        .outerjoin(decider, decider.id == Milestone.approved_by)
    )  # fmt: skip


async def milestones_of(uow: UnitOfWork, case_id: UUID) -> list[MilestoneRow]:
    """A project's milestones in their order; one statement."""
    rows: Any = await uow.session.execute(
        _rows(day_in_oslo(uow.now)).where(Milestone.case_id == case_id).order_by(Milestone.key)
    )
    return [MilestoneRow(**row._mapping) for row in rows]


async def milestone_row(uow: UnitOfWork, milestone_id: UUID) -> MilestoneRow:
    """One milestone."""
    rows: Any = await uow.session.execute(_rows(day_in_oslo(uow.now)).where(Milestone.id == milestone_id))
    return MilestoneRow(**rows.one()._mapping)


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A request to change an award."""

    id: UUID
    kind: str
    text: str
    state: str
    version: int
    amount_change_ore: int
    milestone_key: str | None
    new_due_on: date | None
    proposer: str
    proposed_at: datetime
    before: dict[str, Any] | None
    after_text: str
    from_kind: str | None
    to_kind: str | None
    shift_ore: int | None
    signer: str | None
    signed_at: datetime | None
    decider: str | None
    decided_at: datetime | None
    decision_why: str

    @property
    def was(self) -> Any:
        """What stood when it was proposed, of what it touches."""
        return (self.before or {}).get(self.kind)

    @property
    def kinds(self) -> list[tuple[str, int, int]]:
        """Of a change of the budget each kind of cost with what stood and what is to be, in øre."""
        if self.from_kind is None or self.to_kind is None:
            return []
        after = shifted(self.was, self.from_kind, self.to_kind, self.shift_ore or 0)
        return [(kind, self.was.get(kind, 0), after[kind]) for kind in COST_KINDS if kind in after]

    @property
    def was_on(self) -> date | None:
        """The day that stood when it was proposed."""
        return date.fromisoformat(self.was) if self.was and self.kind == "dates" else None


def _changes() -> Any:
    proposer, decider, signer = aliased(Person), aliased(Person), aliased(Person)
    return (
        select(
            ChangeRequest.id, ChangeRequest.kind, ChangeRequest.text, ChangeRequest.state, ChangeRequest.version,
            ChangeRequest.amount_change_ore, Milestone.key.label("milestone_key"), ChangeRequest.new_due_on,
            proposer.name.label("proposer"), ChangeRequest.proposed_at, ChangeRequest.before,
            ChangeRequest.after_text, ChangeRequest.from_kind, ChangeRequest.to_kind, ChangeRequest.shift_ore,
            signer.name.label("signer"), ChangeRequest.signed_at, decider.name.label("decider"), ChangeRequest.decided_at,
            ChangeRequest.decision_why,
        )
        .join(proposer, proposer.id == ChangeRequest.proposed_by)
        .outerjoin(decider, decider.id == ChangeRequest.decided_by)
        .outerjoin(signer, signer.id == ChangeRequest.signed_by)
        .outerjoin(Milestone, Milestone.id == ChangeRequest.milestone_id)
    )  # fmt: skip


async def changes_of(uow: UnitOfWork, case_id: UUID) -> list[ChangeRow]:
    """The requests to change a project's award, the newest first."""
    rows: Any = await uow.session.execute(
        _changes().where(ChangeRequest.case_id == case_id).order_by(ChangeRequest.id.desc())
    )
    return [ChangeRow(**row._mapping) for row in rows]


async def change_row(uow: UnitOfWork, change_id: UUID) -> ChangeRow:
    """One request."""
    rows: Any = await uow.session.execute(_changes().where(ChangeRequest.id == change_id))
    return ChangeRow(**rows.one()._mapping)


class WaitingMilestone(msgspec.Struct, frozen=True, kw_only=True):
    """A milestone that waits for somebody, in whichever project."""

    id: UUID
    case_id: UUID
    key: str
    state: str
    due_on: date | None
    case_title: str
    language: str
    unit: str


async def waiting_milestones(
    uow: UnitOfWork, actor: Actor, states: tuple[str, ...], *, after: UUID | None = None
) -> Page[WaitingMilestone]:
    """The milestones in one of the states in projects the actor may see; a page of them."""
    statement = (
        select(
            Milestone.id, Milestone.case_id, Milestone.key, Milestone.state, Milestone.due_on,
            Case.title.label("case_title"), Case.language, Unit.name.label("unit"),
        )
        .join(Case, Case.id == Milestone.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(visible_to(actor, uow.now), Milestone.state.in_(states))
        .order_by(Milestone.id)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    if after:
        statement = statement.where(Milestone.id > after)
    return page_of([WaitingMilestone(**row._mapping) for row in await uow.session.execute(statement)])
