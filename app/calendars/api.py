"""The measurement calendar for programs: what is to be measured in a month, and what is late."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import Parameter
from sqlalchemy import ColumnElement

from app.benefits.models import Measurement
from app.calendars import measuring
from app.core.clock import day_in_oslo
from app.core.errors import invalid
from app.projects.queries import project_head
from app.web.visit import Visit
from workflows.roles import Permission

Month = Annotated[str | None, Parameter(description="a month as 2027-03; without one what is late is answered")]


class ToMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement that is to be made or was; `who` is empty where it lies with the project's coordinator."""

    id: UUID
    case_id: UUID
    benefit: str
    indicator: str
    unit: str
    due_on: date
    state: str
    who: str
    days_late: int
    told: str
    """The last step of its escalation; empty where none was taken."""


class CalendarPage(msgspec.Struct, frozen=True):
    """Some of what is to be measured, by its days; `after` is what to ask for the next with."""

    rows: list[ToMeasure]
    after: UUID | None


async def _page(visit: Visit, which: ColumnElement[bool], month: str | None, after: UUID | None) -> CalendarPage:
    today = day_in_oslo(visit.uow.now)
    asked = measuring.month_from(month, today) if month else None
    if month and f"{asked:%Y-%m}" != month:
        raise invalid("month", "form.not_a_date")
    found = await measuring.late_or_in_month(visit.uow, which, asked, today, after)
    rows = [
        ToMeasure(
            id=line.id, case_id=line.case_id, benefit=line.benefit, indicator=line.indicator, unit=line.counted_in,
            due_on=line.due_on, state=line.state, who=line.who, days_late=line.days_late(today), told=line.told,
        )
        for line in found.rows
    ]  # fmt: skip
    return CalendarPage(rows, found.after)


@get("/measurements", permission=Permission.SELF, tags=["measurement"])
async def read_calendar(
    visit: Visit, month: Month = None, mine: bool = False, after: UUID | None = None
) -> CalendarPage:
    """What one is to measure in a month, or what is late; for those who follow projects all of them, unless `mine`."""
    follows = visit.actor.may(Permission.RESOURCE_GROUP_SEE) and not mine
    which = measuring.seen(visit.uow, visit.actor) if follows else measuring.mine(visit.actor)
    return await _page(visit, which, month, after)


@get("/projects/{case_id:uuid}/measurements", permission=Permission.BENEFIT_SEE, tags=["measurement"])
async def read_calendar_of_project(
    visit: Visit, case_id: UUID, month: Month = None, after: UUID | None = None
) -> CalendarPage:
    """What is to be measured in a project in a month, or what is late, and by whom."""
    await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    return await _page(visit, Measurement.case_id == case_id, month, after)


ROUTES = [read_calendar, read_calendar_of_project]
