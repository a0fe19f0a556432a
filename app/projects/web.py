"""The pages of a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.audit.queries import timeline
from app.calendars.queries import OwnFeed, feed_of_project
from app.cases.queries import NAMED, holders_of
from app.core.clock import day_in_oslo
from app.facilitation.queries import methods_added, with_own
from app.moves import see, waived_for
from app.obligations.queries import SOON_DAYS, soon_in_case
from app.obligations.web import lines
from app.projects import queries
from app.projects.facts import PROJECT
from app.projects.forms import TEXT_KINDS
from app.projects.oversight import signs_of_project
from app.projects.overview import overview, stopped
from app.projects.plan_drawing import draw_plan
from app.projects.plan_web import days_of, plan_of_project_page
from app.projects.service import CLOSING_STEPS, SIGNING
from app.projects.signs import TONES, sign_link
from app.projects.statement_web import narrow_statement, statement_page
from app.web.places import place
from app.web.visit import Missing, Visit
from workflows.checklist import CHECKLISTS, CLOSING, checked
from workflows.engine import Act
from workflows.facilitation import methods_to_come
from workflows.facilitation_rules import FacilitationRules
from workflows.project import STEPS as BEGUN
from workflows.project import ProjectState
from workflows.roles import Permission, Role, permissions_of

HALTED = (ProjectState.PAUSED, ProjectState.STOPPED)

for name in ("team", "facilitators", "texts", "sign_offs"):
    place(f"project.{name}", f"/projects/{{case}}#{name}")
place("project", "/projects/{case}")


@get("/projects", permission=Permission.SELF, include_in_schema=False)
async def projects_page(visit: Visit, step: str | None = None, after: UUID | None = None) -> Response[Any]:
    """The projects that the visitor may see."""
    chosen = step if step in set(ProjectState) else None
    page = await queries.projects(visit.uow, visit.actor, state=chosen, after=after)
    return visit.render("projects/projects.html", projects=page.rows, next=page.after, first=after, state=chosen,
                        states=list(ProjectState))  # fmt: skip


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a checklist as the page shows it; without a status in a diamond that is still to come."""

    key: str
    status: str
    missing: tuple[Missing, ...]


class Diamond(msgspec.Struct, frozen=True, kw_only=True):
    """One diamond's checklist or, after the third, that of the close, and whether the project is in it."""

    number: int
    is_current: bool
    lines: tuple[Asked, ...]


async def _diamonds(
    visit: Visit, project: queries.ProjectHead, people: Mapping[Role, tuple[str, ...]]
) -> list[Diamond]:
    """What each diamond asks for, and the close, told from the facts that the steps are told from; no statement."""
    state = (project.paused_from or "") if project.state in HALTED else project.state
    reached = (*BEGUN, ProjectState.CLOSING, ProjectState.CLOSED, ProjectState.ENDED)
    at = reached.index(ProjectState(state)) if state in reached else -1
    if at < 0:
        return [
            Diamond(number=each.diamond, is_current=False,
                    lines=tuple(Asked(key=line.key, status="", missing=()) for line in each.lines))
            for each in (*CHECKLISTS, CLOSING)
        ]  # fmt: skip
    facts = await PROJECT.facts(visit.uow, project.project)
    waived = await waived_for(visit.uow, PROJECT, project.project)
    act = Act(now=visit.uow.now, roles=project.roles, person_id=visit.actor.person_id)
    found = []
    for each in (*CHECKLISTS, CLOSING):
        begun = at >= reached.index(each.steps[0])
        found.append(Diamond(
            number=each.diamond,
            is_current=project.state in each.steps,
            lines=tuple(
                Asked(key=line.key, status=line.status if begun else "",
                      missing=visit.missing(line.missing, project.id, people, project.roles) if begun else ())
                for line in checked(each, facts, act, waived)
            ),
        ))  # fmt: skip
    return found


def _facilitation(rules: dict[str, Any]) -> FacilitationRules:
    return msgspec.convert(rules.get("facilitation") or {}, FacilitationRules)


@get("/projects/{case_id:uuid}", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def project_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Where a project stands, its next step with everything missing for it, and what it is made of."""
    seen = await see(
        visit.uow, visit.actor, PROJECT, case_id, Permission.PROJECT_SEE, queries.whereabouts(), overview(), timeline(8),
        methods_added(visit.texts.language), feed_of_project(), soon_in_case(),
        signs_of_project(),
    )  # fmt: skip
    unit, county, found, events, added, feed_id, feed_made_at, owed, signs = seen.beside
    project = queries.head_of(seen.case, seen.row, seen.roles, unit, county)
    permissions = permissions_of(project.roles)
    may_assign = Permission.FACILITATOR_ASSIGN in permissions
    sides = [side for side, permission in SIGNING.items() if permission in permissions]
    steps = await visit.steps(PROJECT, project.project, project.case, project.roles)
    may_stop = any(step.verb == "stop" and step.permitted and step.allowed for step in steps)
    needed = methods_to_come(_facilitation(project.project.rules), project.state)
    names = with_own(added, visit.texts)
    people = await holders_of(visit.uow, case_id)
    today = day_in_oslo(visit.uow.now)
    days = days_of(project.project, found.steps, today)
    return visit.render(
        "projects/project.html",
        project=project,
        tab="project",
        steps=[step for step in steps if step.verb != "stop" or not may_stop],
        may_stop=may_stop,
        stopped=await stopped(visit.uow, case_id) if project.state == ProjectState.STOPPED else None,
        overview=found,
        overseen=signs if Permission.RESOURCE_GROUP_SEE in permissions else None,
        tones=TONES,
        sign_link=sign_link,
        uncovered=[names[method] for method in found.uncovered(needed) if method in names] if may_assign else [],
        diamonds=await _diamonds(visit, project, people),
        plan=draw_plan(days, today),
        days=days,
        today=today,
        now_in=next((each for each in days if each.step == project.state), None),
        holders=sorted(people.items(), key=lambda held: NAMED.index(held[0])),
        events=events,
        method_names=names,
        sides=sides if project.state in CLOSING_STEPS else [],
        text_kinds=TEXT_KINDS,
        may_write=Permission.PROJECT_WRITE in permissions,
        may_assign=may_assign,
        owed=lines(visit, owed),
        soon_days=SOON_DAYS,
        feed=OwnFeed(feed_id, feed_made_at) if feed_id else None,
    )


ROUTES = [projects_page, project_page, plan_of_project_page, statement_page, narrow_statement]
