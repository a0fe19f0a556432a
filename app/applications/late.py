"""Drafts whose time has run out, as those who handle their call may know of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from app.applications.facts import Gathered, facts_of, gathered_columns
from app.applications.models import Application
from app.calls.models import Call
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.models import Person, Unit
from workflows.application import COMPLETE, ApplicationFacts, ApplicationState
from workflows.engine import Act


class LateDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as those who handle its call know it: whose it is and how whole, never what it says."""

    id: UUID
    reference: str
    unit: str
    contact: str
    email: str
    missing: int
    asked_at: datetime | None
    asked_why: str
    extended_until: datetime | None
    extended_why: str


async def late_drafts(uow: UnitOfWork, call_id: UUID, limit: int = 200) -> list[LateDraft]:
    """The drafts of a call whose deadline has passed, and those whose office asks for more time; one statement."""
    late = and_(Call.deadline.is_not(None), Call.deadline < uow.now)
    rows = await uow.session.execute(
        select(
            Application, Unit.name, Person.name, Person.email,
            *gathered_columns(
                Application.id, Application.call_id, Application.call_form_version, day_in_oslo(uow.now)
            ),
        )
        .join(Call, Call.id == Application.call_id)
        .join(Unit, Unit.id == Application.unit_id)
        .join(Person, Person.id == Application.created_by)
        .where(
            Application.call_id == call_id, Application.state == ApplicationState.DRAFT,
            or_(late, Application.extension_asked_at.is_not(None)),
        )
        .order_by(Application.extension_asked_at.desc().nulls_last(), Application.id)
        .limit(limit)
    )  # fmt: skip
    act = Act(now=uow.now, roles=frozenset())
    return [_late_draft(row[0], row[1], row[2], row[3], facts_of(row[0], Gathered(*row[4:])), act) for row in rows]


def _late_draft(row: Application, unit: str, contact: str, email: str, facts: ApplicationFacts, act: Act) -> LateDraft:
    missing = sum(len(list(rule.check(facts, act))) for rule in COMPLETE)
    return LateDraft(
        id=row.id, reference=row.reference, unit=unit, contact=contact, email=email, missing=missing,
        asked_at=row.extension_asked_at, asked_why=row.extension_asked_why, extended_until=row.extended_until,
        extended_why=row.extended_why,
    )  # fmt: skip
