"""What the page of a project shows beside its steps, read in one statement."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    false,
    func,
    not_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.applications.models import ProblemStatement
from app.cases.models import Waiver
from app.core.database import CASE, UnitOfWork
from app.core.listed import pairs_of
from app.core.questions import told
from app.facilitation.loads import BINDING
from app.facilitation.models import FacilitatorAssignment, MethodCompetence, SupportContact
from app.identity.models import Person
from app.projects.forms import TEXT_KINDS
from app.projects.models import ProjectStep, ProjectText, SignOff
from workflows.facilitation import CARRIES


class StatementVersion(msgspec.Struct, frozen=True):
    """One version of the problem statement."""

    number: int
    text: str
    why: str
    author: str | None
    written_at: datetime


class StepPlan(msgspec.Struct, frozen=True):
    """One step with its planned and actual days."""

    step: str
    planned_from: date | None
    planned_to: date | None
    actual_from: date | None
    actual_to: date | None


class Signature(msgspec.Struct, frozen=True):
    """One sign-off."""

    step: str
    side: str
    text: str
    name: str
    signed_at: datetime


class TextRow(msgspec.Struct, frozen=True):
    """One of the texts that the gates ask for."""

    kind: str
    text: str


class FacilitatorRow(msgspec.Struct, frozen=True):
    """A facilitator asked for the project."""

    id: UUID
    person_id: UUID
    name: str
    hours: int
    state: str
    version: int
    starts_on: date
    methods: list[str]
    """Those the facilitator leads or teaches."""
    used_minutes: int
    overridden: str
    """Why they may go beyond their capacity; "" where they need not."""

    @property
    def used_hours(self) -> Decimal:
        """Support given, in hours."""
        return Decimal(self.used_minutes) / 60


class SupportRow(msgspec.Struct, frozen=True):
    """Support given by a facilitator."""

    id: UUID
    assignment_id: UUID | None
    person_id: UUID
    name: str
    held_on: date
    minutes: int
    about: str

    @property
    def hours(self) -> Decimal:
        """How long it took."""
        return Decimal(self.minutes) / 60


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page of a project that is not a step or an event."""

    statements: list[StatementVersion]
    """The newest version alone; the others stand on a page of their own."""
    steps: list[StepPlan]
    signatures: list[Signature]
    texts: list[TextRow]
    facilitators: list[FacilitatorRow]
    support: list[SupportRow]

    @property
    def statement(self) -> StatementVersion | None:
        """The problem statement as it stands."""
        return self.statements[0] if self.statements else None

    def uncovered(self, needed: tuple[str, ...]) -> tuple[str, ...]:
        """The methods needed that none of the facilitators asked or at work carries (S7)."""
        carried = {method for row in self.facilitators if row.state in BINDING for method in row.methods}
        return tuple(method for method in needed if method not in carried)


def _list(pairs: dict[str, Any], order: Any, source: Select[Any]) -> ColumnElement[Any]:
    rows = func.jsonb_agg(aggregate_order_by(func.jsonb_build_object(*pairs_of(pairs)), order))
    return func.coalesce(source.with_only_columns(rows).scalar_subquery(), cast([], JSONB))


@cache
def overview() -> Select[Any]:
    """Asks for the overview of one project, as one value; built once."""
    case_id = CASE
    statement, assignment, contact = ProblemStatement, FacilitatorAssignment, SupportContact
    carried = func.coalesce(
        select(func.jsonb_agg(aggregate_order_by(MethodCompetence.method, MethodCompetence.method)))
        .where(MethodCompetence.person_id == assignment.person_id, MethodCompetence.level.in_(CARRIES))
        .scalar_subquery(),
        cast([], JSONB),
    )
    used = (
        select(func.coalesce(func.sum(SupportContact.minutes), 0))
        .where(SupportContact.case_id == assignment.case_id, SupportContact.person_id == assignment.person_id)
        .scalar_subquery()
    )
    overridden = (
        select(Waiver.why)
        .where(Waiver.subject == "facilitator_assignment", Waiver.subject_id == assignment.id)
        .limit(1)
        .scalar_subquery()
    )
    newest = select(func.max(statement.number)).where(statement.case_id == case_id).scalar_subquery()
    columns = {
        "statements": _list(
            {"number": statement.number, "text": statement.text, "why": statement.why, "author": Person.name,
             "written_at": statement.written_at},
            statement.number.desc(),
            select(statement.id)
            .outerjoin(Person, Person.id == statement.author_id)
            .where(statement.case_id == case_id, statement.number == newest),
        ),
        "steps": _list(
            {"step": ProjectStep.step, "planned_from": ProjectStep.planned_from, "planned_to": ProjectStep.planned_to,
             "actual_from": ProjectStep.actual_from, "actual_to": ProjectStep.actual_to},
            ProjectStep.step,
            select(ProjectStep.step).where(ProjectStep.case_id == case_id),
        ),
        "signatures": _list(
            {"step": SignOff.step, "side": SignOff.side, "text": SignOff.text, "name": Person.name,
             "signed_at": SignOff.signed_at},
            SignOff.signed_at,
            select(SignOff.id).join(Person, Person.id == SignOff.signed_by).where(SignOff.case_id == case_id),
        ),
        "texts": _list(
            {"kind": ProjectText.kind, "text": ProjectText.text},
            ProjectText.kind,
            select(ProjectText.id).where(ProjectText.case_id == case_id, ProjectText.kind.in_(TEXT_KINDS)),
        ),
        "facilitators": _list(
            {"id": assignment.id, "person_id": assignment.person_id, "name": Person.name, "hours": assignment.hours,
             "state": assignment.state, "version": assignment.version, "starts_on": assignment.starts_on, "methods": carried,
             "used_minutes": used, "overridden": func.coalesce(overridden, "")},
            assignment.id,
            select(assignment.id)
            .join(Person, Person.id == assignment.person_id)
            .where(assignment.case_id == case_id),
        ),
        "support": _list(
            {"id": contact.id, "assignment_id": assignment.id, "person_id": contact.person_id, "name": Person.name,
             "held_on": contact.held_on, "minutes": contact.minutes, "about": contact.about},
            contact.held_on.desc(),
            select(contact.id)
            .join(Person, Person.id == contact.person_id)
            .outerjoin(
                assignment, and_(assignment.case_id == contact.case_id, assignment.person_id == contact.person_id)
            )
            .where(contact.case_id == case_id),
        ),
    }  # fmt: skip
    return select(told(Overview, columns))


Booking = table(
    "bookings", column("case_id", Uuid), column("amount_ore", BigInteger), column("from_account", Text),
    column("to_account", Text), column("kind", Text),
)  # fmt: skip
Benefit = table("benefits", column("case_id", Uuid), column("state", Text), column("is_practice", Boolean))
"""The rooms of payments and benefits come after this one: only what a stop leaves behind is read here."""


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """What a stopped project leaves behind; sums in øre."""

    why: str
    learning: str
    paid_ore: int
    recovered_ore: int
    on_its_way_ore: int
    cancelled_ore: int
    dropped: int
    concluded: int


async def stopped(uow: UnitOfWork, case_id: UUID) -> Stopped:
    """Why a project was stopped, what was learnt, and what became of its money and its benefits; one statement."""

    def text(kind: str) -> Any:
        found = select(ProjectText.text).where(ProjectText.case_id == case_id, ProjectText.kind == kind)
        return func.coalesce(found.scalar_subquery(), "")

    def money(into: Any, out: Any) -> Any:
        moved = case((into, Booking.c.amount_ore), (out, -Booking.c.amount_ore), else_=0)
        found = select(func.coalesce(func.sum(moved), 0)).where(Booking.c.case_id == case_id)
        return cast(found.scalar_subquery(), BigInteger)

    def standing(*accounts: str) -> Any:
        into, out = Booking.c.to_account.in_(accounts), Booking.c.from_account.in_(accounts)
        return money(and_(into, not_(out)), and_(out, not_(into)))

    def benefits(*states: str) -> Any:
        return (
            select(func.count())
            .select_from(Benefit)
            .where(Benefit.c.case_id == case_id, Benefit.c.state.in_(states), not_(Benefit.c.is_practice))
            .scalar_subquery()
        )

    row = (
        await uow.session.execute(
            select(
                text("stop_reason").label("why"), text("stop_learning").label("learning"),
                standing("paid", "recovered", "returned").label("paid_ore"),
                standing("recovered", "returned").label("recovered_ore"),
                standing("released", "certified", "approved", "withheld").label("on_its_way_ore"),
                money(Booking.c.kind == "cancelled", false()).label("cancelled_ore"),
                benefits("dropped").label("dropped"),
                benefits("realised", "partly_realised", "not_realised", "sustained").label("concluded"),
            )
        )
    ).one()  # fmt: skip
    return Stopped(**row._mapping)
