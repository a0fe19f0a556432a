"""Projects as lists and pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.cases.queries import remember, require, roles_from, standing_columns, visible_to
from app.core.database import CASE, UnitOfWork
from app.core.errors import NotFound
from app.core.paging import PAGE_SIZE, Page, page_of
from app.core.questions import told
from app.core.settled import settled
from app.identity.actor import Actor
from app.identity.models import Unit
from app.projects.models import Project
from workflows.roles import Permission, Role


class ProjectFrame(msgspec.Struct, frozen=True, kw_only=True):
    """What every page of a project says of it, with the visitor's roles towards it."""

    id: UUID
    title: str
    reference: str
    unit: str
    county: str | None
    language: str
    state: str
    paused_from: str | None
    version: int
    call_id: UUID
    roles: frozenset[Role]
    case: Case


class ProjectHead(ProjectFrame, frozen=True, kw_only=True):
    """The same with the project's own row."""

    project: Project


@cache
def _head(beside: tuple[ColumnElement[Any], ...]) -> Select[Any]:
    county = aliased(Unit)
    return settled(
        select(Case, Project, Unit.name, county.name, *standing_columns(), *beside)
        .join(Project, Project.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(county, county.id == Case.county_id)
        .where(Case.id == CASE)
    )


@cache
def whereabouts() -> Select[str, str]:
    """Asks for the names of a case's unit and county."""
    county = aliased(Unit)
    of_case = select(Unit.name, county.name).select_from(Case).join(Unit, Unit.id == Case.unit_id)
    return of_case.outerjoin(county, county.id == Case.county_id).where(Case.id == CASE)


class Framed(msgspec.Struct, frozen=True, kw_only=True):
    """What a project's row and its units add to a page about something in it."""

    unit: str
    county: str | None
    state: str
    paused_from: str | None
    version: int
    call_id: UUID


@cache
def framed() -> Select[Any]:
    """Asks for that, of the project that CASE is; no row where it is none."""
    county = aliased(Unit)
    said = told(
        Framed,
        {"unit": Unit.name, "county": county.name, "state": Project.state, "paused_from": Project.paused_from,
         "version": Project.version, "call_id": Project.call_id},
    )  # fmt: skip
    of_project = select(said).select_from(Project).join(Case, Case.id == Project.id)
    of_project = of_project.join(Unit, Unit.id == Case.unit_id).outerjoin(county, county.id == Case.county_id)
    return of_project.where(Project.id == CASE)


def frame_of(case: Case, roles: frozenset[Role], said: Framed) -> ProjectFrame:
    """What a page about something in a project says of it."""
    return ProjectFrame(
        id=case.id, title=case.title, reference=case.reference, unit=said.unit, county=said.county,
        language=case.language, state=said.state, paused_from=said.paused_from, version=said.version,
        call_id=said.call_id, roles=roles, case=case,
    )  # fmt: skip


async def project_head(uow: UnitOfWork, actor: Actor, case_id: UUID, permission: Permission) -> ProjectHead:
    """A project for one of its pages; one statement. NotFound or NotAllowed as cases.queries.require says."""
    head, _ = await project_head_beside(uow, actor, case_id, permission)
    return head


async def project_head_beside(
    uow: UnitOfWork, actor: Actor, case_id: UUID, permission: Permission, *beside: ColumnElement[Any]
) -> tuple[ProjectHead, Sequence[Any]]:
    """The same, with what else its page needs read by the one statement; columns that are built once, about CASE and NOW."""
    asked = {"case_id": case_id, "person_id": actor.person_id, "now": uow.now}
    row = (await uow.session.execute(_head(beside), asked)).first()
    if row is None:
        raise NotFound
    case, project, unit, county_name, *read = row
    standing = len(read) - len(beside)
    roles = roles_from(actor, case, remember(uow, actor, case_id, read[:standing]))
    require(case, roles, permission)
    return head_of(case, project, roles, unit, county_name), read[standing:]


def head_of(case: Case, project: Project, roles: frozenset[Role], unit: str, county_name: str | None) -> ProjectHead:
    """What a page says of a project, out of what was read."""
    return ProjectHead(
        id=case.id, title=case.title, reference=case.reference, unit=unit, county=county_name, language=case.language,
        state=project.state, paused_from=project.paused_from, version=project.version, call_id=project.call_id,
        roles=roles, case=case, project=project,
    )  # fmt: skip


class ProjectRow(msgspec.Struct, frozen=True):
    """A project in a list."""

    id: UUID
    title: str
    language: str
    reference: str
    unit: str
    county: str | None
    state: str
    started_at: datetime | None


async def projects(
    uow: UnitOfWork, actor: Actor, *, state: str | None = None, county_id: UUID | None = None, after: UUID | None = None
) -> Page[ProjectRow]:
    """The projects the actor may see, the newest first; one statement a page."""
    county = aliased(Unit)
    statement = (
        select(
            Case.id,
            Case.title,
            Case.language,
            Case.reference,
            Unit.name,
            county.name,
            Project.state,
            Project.started_at,
        )
        .join(Project, Project.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(county, county.id == Case.county_id)
        .where(visible_to(actor, uow.now))
        .order_by(Case.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if state:
        statement = statement.where(Project.state == state)
    if county_id:
        statement = statement.where(Case.county_id == county_id)
    if after:
        statement = statement.where(Case.id < after)
    rows: list[Any] = [ProjectRow(*row) for row in await uow.session.execute(statement)]
    return page_of(rows)
