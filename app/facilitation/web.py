"""The pages of the resource group: its register, everybody's own entry, the methods, and the forecast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.response import Redirect

from app.audit.queries import timeline_of
from app.core.clock import day_in_oslo
from app.core.errors import NotAllowed, NotFound
from app.facilitation import forecast as reading
from app.facilitation import queries
from app.facilitation.chart import draw_forecast
from app.facilitation.proposal_web import proposal_page
from app.facilitation.queries import Entry
from app.projects.queries import project_head
from app.web.places import place
from app.web.visit import Visit
from workflows.capacity import half_of, next_half
from workflows.facilitation import LANGUAGE_FORMS, MOST_HALVES, Competence
from workflows.forecast import Certainty, forecast
from workflows.roles import Permission

place("facilitation.register", "/facilitation")
place("project.facilitators", "/projects/{case}#facilitators")


def half_namer(visit: Visit) -> Callable[[date], str]:
    """What half-years are called in the visitor's language: "første halvår 2027"."""

    def name(half: date) -> str:
        key = f"half.{1 if half.month == 1 else 2}"
        return visit.t("half.named", half_key=key, year=str(half.year))

    return name


def halves_from(today: date) -> list[date]:
    """The half-years that can be planned now, this one first."""
    return [next_half(half_of(today), place) for place in range(MOST_HALVES)]


@get("/facilitation", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def register_page(visit: Visit, words: str = "") -> Response[Any]:
    """Who is in the resource group with what they can and have to give, what is missing, and projects without anybody."""
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed
    today = day_in_oslo(visit.uow.now)
    entries = await queries.register(visit.uow)
    catalogue = await queries.methods(visit.uow, visit.texts)
    assigns = visit.actor.may(Permission.FACILITATOR_ASSIGN)
    return visit.render(
        "facilitation/register.html",
        tab="register",
        register=entries,
        gaps=queries.gaps_of(entries, catalogue, today),
        method_names={row.key: row.name for row in catalogue},
        methods=[row for row in catalogue if not row.retired],
        half_name=half_namer(visit),
        next_half=next_half(half_of(today)),
        proposed=await queries.proposed_capacities(visit.uow) if assigns else [],
        asked=await queries.asked(visit.uow, visit.actor) if assigns else [],
        without=await queries.projects_without(visit.uow, visit.actor),
        people=await queries.candidates(visit.uow, words) if assigns else [],
        words=words,
        languages=LANGUAGE_FORMS,
        may_assign=assigns,
        sees_forecast=visit.actor.may(Permission.FORECAST_SEE),
    )


@get("/projects/{case_id:uuid}/facilitators", permission=Permission.FACILITATOR_ASSIGN, include_in_schema=False)
async def assign_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Whom one can ask to facilitate a project, with what each has left: read here, and not for every look at the project."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.FACILITATOR_ASSIGN)
    return visit.render(
        "facilitation/assign.html",
        project=project,
        tab="project",
        register=await queries.register(visit.uow),
        method_names=await queries.method_names(visit.uow, visit.texts),
        half_name=half_namer(visit),
        next_half=next_half(half_of(day_in_oslo(visit.uow.now))),
    )


@get("/facilitation/me", permission=Permission.SELF, include_in_schema=False)
async def own_page(visit: Visit) -> Response[Any]:
    """Lead somebody of the register to their own entry; NotFound for everybody else."""
    found = await queries.entry_id_of(visit.uow, visit.actor.person_id)
    if found is None:
        raise NotFound
    return Redirect(f"/facilitation/people/{found}", status_code=303)


async def _entry(visit: Visit, facilitator_id: UUID) -> Entry:
    """Somebody's entry, for themselves and those who assign; NotFound for everybody else."""
    entries = await queries.register(visit.uow, facilitator_id=facilitator_id)
    if not entries:
        raise NotFound
    entry = entries[0]
    if not (visit.actor.may(Permission.FACILITATOR_ASSIGN) or entry.person_id == visit.actor.person_id):
        raise NotFound
    return entry


@get("/facilitation/people/{facilitator_id:uuid}", permission=Permission.SELF, include_in_schema=False)
async def person_page(visit: Visit, facilitator_id: UUID) -> Response[Any]:
    """What somebody can, has to give, is away and does; kept by themselves and by those who assign."""
    entry = await _entry(visit, facilitator_id)
    today = day_in_oslo(visit.uow.now)
    catalogue = await queries.methods(visit.uow, visit.texts)
    known = {each.method for each in entry.known}
    return visit.render(
        "facilitation/person.html",
        entry=entry,
        halves=halves_from(today),
        half_name=half_namer(visit),
        capacities=await queries.capacities_of(visit.uow, entry.person_id),
        leaves=await queries.leaves_of(visit.uow, entry.person_id),
        assigned=await queries.asked(visit.uow, visit.actor, person_id=entry.person_id),
        used={each.case_id: each.used_minutes for each in entry.load.assigned},
        method_names={row.key: row.name for row in catalogue},
        methods=[row for row in catalogue if not row.retired or row.key in known],
        levels=list(Competence),
        languages=LANGUAGE_FORMS,
        events=await timeline_of(visit.uow, facilitator_id, 20),
        is_own=entry.person_id == visit.actor.person_id,
        may_assign=visit.actor.may(Permission.FACILITATOR_ASSIGN),
        today=today,
    )


@get("/facilitation/methods", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def methods_page(visit: Visit) -> Response[Any]:
    """The methods of the scheme: who answers for each, who leads it, and what is missing."""
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed
    entries = await queries.register(visit.uow)
    catalogue = await queries.methods(visit.uow, visit.texts)
    return visit.render(
        "facilitation/methods.html",
        tab="methods",
        methods=catalogue,
        knowing={
            row.key: [(entry.name, each) for entry in entries for each in entry.known if each.method == row.key]
            for row in catalogue
        },
        gaps=[gap for gap in queries.gaps_of(entries, catalogue, day_in_oslo(visit.uow.now)) if gap.method],
        method_names={row.key: row.name for row in catalogue},
        half_name=half_namer(visit),
        people=sorted(((str(entry.person_id), entry.name) for entry in entries), key=lambda pair: pair[1]),
        may_assign=visit.actor.may(Permission.FACILITATOR_ASSIGN),
        sees_forecast=visit.actor.may(Permission.FORECAST_SEE),
    )


@get("/facilitation/forecast", permission=Permission.FORECAST_SEE, include_in_schema=False)
async def forecast_page(visit: Visit, method: str = "") -> Response[Any]:
    """What will be needed of facilitation against what there is, by month and method, before anything is decided (S72)."""
    catalogue = [row for row in await queries.methods(visit.uow, visit.texts) if not row.retired]
    found = forecast(
        await reading.demands(visit.uow, visit.actor), await reading.supplies(visit.uow),
        [row.key for row in catalogue], day_in_oslo(visit.uow.now),
    )  # fmt: skip
    chosen = method if method in found.by_method else ""
    months = found.by_method[chosen] if chosen else found.months
    return visit.render(
        "facilitation/forecast.html",
        tab="forecast",
        forecast=found,
        months=months,
        chart=draw_forecast(months),
        certainties=list(Certainty),
        methods=catalogue,
        method_names={row.key: row.name for row in catalogue},
        chosen=chosen,
        may_assign=visit.actor.may(Permission.FACILITATOR_ASSIGN),
        sees_forecast=True,
    )


ROUTES = [register_page, assign_page, own_page, person_page, methods_page, forecast_page, proposal_page]
