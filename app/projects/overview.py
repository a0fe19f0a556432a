"""What the page of a project shows beside its steps, read in one statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.applications.models import ProblemStatement
from app.cases.models import CaseRole
from app.core.database import UnitOfWork
from app.facilitation.models import Facilitator, FacilitatorAssignment
from app.identity.models import Person
from app.projects.models import ProjectStep, ProjectText, SignOff


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
    methods: list[str] | None


class RoleHolder(msgspec.Struct, frozen=True):
    """Somebody with a role in the project."""

    name: str
    role: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page of a project that is not a step or an event."""

    statements: list[StatementVersion]
    steps: list[StepPlan]
    signatures: list[Signature]
    texts: list[TextRow]
    facilitators: list[FacilitatorRow]
    holders: list[RoleHolder]


def _list(pairs: dict[str, Any], order: Any, source: Select[Any]) -> ColumnElement[Any]:
    arguments = [part for name, column in pairs.items() for part in (name, column)]
    rows = func.jsonb_agg(aggregate_order_by(func.jsonb_build_object(*arguments), order))
    return func.coalesce(source.with_only_columns(rows).scalar_subquery(), cast([], JSONB))


async def overview(uow: UnitOfWork, case_id: UUID) -> Overview:
    """The overview of one project; the caller has checked that it may be seen."""
    statement, assignment = ProblemStatement, FacilitatorAssignment
    columns = {
        "statements": _list(
            {"number": statement.number, "text": statement.text, "why": statement.why, "author": Person.name,
             "written_at": statement.written_at},
            statement.number.desc(),
            select(statement.id).outerjoin(Person, Person.id == statement.author_id).where(statement.case_id == case_id),
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
            select(ProjectText.id).where(ProjectText.case_id == case_id),
        ),
        "facilitators": _list(
            {"id": assignment.id, "person_id": assignment.person_id, "name": Person.name, "hours": assignment.hours,
             "state": assignment.state, "version": assignment.version, "methods": Facilitator.methods},
            assignment.id,
            select(assignment.id)
            .join(Person, Person.id == assignment.person_id)
            .outerjoin(Facilitator, Facilitator.person_id == assignment.person_id)
            .where(assignment.case_id == case_id),
        ),
        "holders": _list(
            {"name": Person.name, "role": CaseRole.role},
            Person.name,
            select(CaseRole.id)
            .join(Person, Person.id == CaseRole.person_id)
            .where(CaseRole.case_id == case_id, CaseRole.valid_to.is_(None), CaseRole.role != "reviewer"),
        ),
    }  # fmt: skip
    row = (await uow.session.execute(select(*(column.label(name) for name, column in columns.items())))).one()
    return msgspec.convert(dict(row._mapping), Overview, strict=False)
