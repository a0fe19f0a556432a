"""Whether what is kept of a running project may be out of date for something that is no event of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import TIMESTAMP, ColumnElement, cast, exists, func, or_

from app.audit.models import Event
from app.cases.models import CaseRole, CaseUnit
from app.core.clock import OSLO
from app.core.database import TODAY
from app.identity.models import UnitMembership
from app.projects.models import Project

COMMITTED_WITHIN = timedelta(minutes=1)
"""A transaction may be this much older than the moment at which others see what it did; the longest request ends sooner."""


def midnight() -> ColumnElement[Any]:
    """When TODAY began; what counts by days and half-years may change with each."""
    return func.timezone(OSLO.key, cast(TODAY, TIMESTAMP()))


def moved(since: Any, until: Any) -> ColumnElement[bool]:
    """The condition that since some moment a role at the offices of the Project has begun or ended, or one in its case, or
    anything has happened to a gathering of its call: attendance, sign-up and programmes are events of the call (S25, S55).
    """

    def changed(table: Any, *conditions: Any) -> ColumnElement[bool]:
        began = (table.valid_from > since) & (table.valid_from <= until)
        return exists().where(*conditions, or_(began, (table.valid_to > since) & (table.valid_to <= until)))

    return or_(
        changed(UnitMembership, CaseUnit.case_id == Project.id, UnitMembership.unit_id == CaseUnit.unit_id),
        changed(CaseRole, CaseRole.case_id == Project.id),
        exists().where(Event.case_id == Project.call_id, Event.subject == "gathering", Event.at > since),
    )
