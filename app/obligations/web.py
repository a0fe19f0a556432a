"""What one owes, on a page of one's own; and everything that is owed in one project."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.core.clock import day_in_oslo
from app.core.questions import ask_together
from app.obligations import queries
from app.obligations.queries import Owed
from app.obligations.service import address_of
from app.projects.queries import project_head
from app.web.visit import Visit
from workflows.obligation import Tier
from workflows.roles import Permission


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is owed, ready to show."""

    kind: str
    about: str
    title: str
    unit: str
    language: str
    case_id: UUID
    due_on: date | None
    days_late: int
    link: str
    who: str
    told: str
    """The last step of its escalation; "" where none was taken."""


def lines(visit: Visit, rows: Iterable[Owed]) -> list[Line]:
    """What is owed, as lists show it: with its day, whose it is, and how far it has gone."""
    today = day_in_oslo(visit.uow.now)
    return [
        Line(
            kind=str(row.kind), about=row.about, title=row.title, unit=row.unit, language=row.language,
            case_id=row.case_id, due_on=row.due_on, days_late=row.days_late(today), link=address_of(row),
            who=_who(visit, row), told=row.highest,
        )
        for row in rows
    ]  # fmt: skip


def _who(visit: Visit, row: Owed) -> str:
    tier, names = row.tier, row.names
    if tier is Tier.RESPONSIBLE:
        return row.person
    role = visit.t(f"role.{tier}")
    return f"{', '.join(names)} ({role})" if names else role


@get("/obligations", permission=Permission.SELF, include_in_schema=False)
async def obligations_page(visit: Visit) -> Response[Any]:
    """Everything that one owes by a day, and for those who follow projects what is late in them."""
    uow, actor = visit.uow, visit.actor
    asked = {"person_id": actor.person_id, "office_ids": list(actor.office_unit_ids), "now": uow.now}
    await ask_together(uow, asked, queries.mine_question(), queries.surveys_question())
    follows = actor.may(Permission.RESOURCE_GROUP_SEE)
    return visit.render(
        "obligations/mine.html",
        mine=lines(visit, await queries.mine(uow, actor)),
        surveys=await queries.own_surveys(uow, actor),
        follows=follows,
        late=lines(visit, await queries.late(uow, actor)) if follows else [],
        most=queries.MOST,
    )


@get("/projects/{case_id:uuid}/obligations", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def in_project_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Everything that is owed in a project, whoever owes it."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    return visit.render(
        "obligations/project.html",
        project=project,
        tab="project",
        owed=lines(visit, await queries.owed_in(visit.uow, case_id)),
    )


ROUTES = [obligations_page, in_project_page]
