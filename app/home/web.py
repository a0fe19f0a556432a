"""The front pages of the offices and of the resource group."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get
from litestar.response import Redirect

from app.core.clock import day_in_oslo
from app.core.errors import NotAllowed, NotFound
from app.core.questions import ask_together
from app.facilitation import queries as facilitation
from app.facilitation.web import half_namer
from app.home import queries
from app.home.queries import OwnCase, Waiting
from app.moves import SUBJECTS, see
from app.obligations import queries as obligations
from app.obligations.web import lines
from app.outbox.queries import job_counts
from app.web.visit import StepView, Visit
from workflows.roles import OFFICE, Permission, Role

WHERE = {
    "review": "/reviews/{row}",
    "assignment": "/projects/{case}#facilitators",
    "application": "/applications/{case}/assessment",
    "decision": "/decisions/{case}",
    "letters": "/letters?call={case}",
    "reconsideration": "/applications/{case}/reconsideration",
    "milestone": "/projects/{case}/milestones#milestone-{row}",
    "clarification": "/projects/{case}/clarifications#clarification-{row}",
    "certification": "/projects/{case}/milestones#payment-{row}",
    "payment": "/projects/{case}/milestones#payment-{row}",
}
DETAILED = 3
"""How many of an office's cases show all that is missing; the rest say where they stand, and open on their own page."""


FIRST = 6
"""How many of what is due from somebody their front page shows; the rest stands on a page of its own."""
WITH_THE_GROUP = frozenset({"submitted", "screening", "in_review", "clarification_meeting", "recommended"})
"""States in which an application is with the resource group, as its office is told them."""


class NextStep(msgspec.Struct, frozen=True):
    """A case with the step that its office should take next."""

    case: OwnCase
    step: StepView | None

    @property
    def is_with_the_group(self) -> bool:
        """Whether the office has nothing to do now but to wait for the resource group."""
        return self.step is None and self.case.subject == "application" and self.case.state in WITH_THE_GROUP


def link_of(row: Waiting) -> str:
    """Where a waiting thing is done."""
    return WHERE[row.kind].format(case=row.case_id, row=row.row_id)


async def _next(visit: Visit, own: OwnCase) -> NextStep:
    kind = SUBJECTS[own.subject]
    seen = await see(visit.uow, visit.actor, kind, own.id, Permission.CASE_SEE)
    if own.subject == "application" and own.state != seen.row.state:
        return NextStep(own, None)  # the steps would give away what the office is not told yet
    steps = [step for step in await visit.steps(kind, seen.row, seen.case, seen.roles) if not step.aside]
    if own.subject == "application":  # what the resource group does with it is not the office's to do, nor to follow
        steps = [step for step in steps if not step.by.isdisjoint(OFFICE)]
    return NextStep(own, steps[0] if steps else None)


@get("/", permission=Permission.SELF, include_in_schema=False)
async def front_page(visit: Visit) -> Response[Any]:
    """Lead everybody to the front page of what they do most."""
    actor = visit.actor
    if actor.scheme_roles & {Role.CASE_HANDLER, Role.METHOD_OWNER, Role.RESOURCE_GROUP}:
        return Redirect("/resource-group", status_code=303)
    if Role.DECISION_MAKER in actor.scheme_roles:
        return Redirect("/decisions", status_code=303)
    if Role.CERTIFIER in actor.scheme_roles:
        return Redirect("/payments", status_code=303)
    if Role.MANAGEMENT in actor.scheme_roles:
        return Redirect("/portfolio", status_code=303)
    if actor.scheme_roles & {Role.ADMINISTRATOR, Role.AUDITOR}:
        return Redirect("/operation", status_code=303)
    return Redirect("/office", status_code=303)


@get("/office", permission=Permission.OFFICE_SEE, include_in_schema=False)
async def office_page(visit: Visit) -> Response[Any]:
    """Our office: the next step of each case, what is missing for it, and who must do it."""
    language = visit.texts.language
    await ask_together(
        visit.uow, queries.asked_by(visit.uow, visit.actor), queries.own_cases_question(),
        queries.open_calls_question(language), obligations.mine_question(), obligations.surveys_question(),
    )  # fmt: skip
    owed = await obligations.mine(visit.uow, visit.actor)
    cases = await queries.own_cases(visit.uow, visit.actor)
    return visit.render(
        "home/office.html",
        cases=[
            await _next(visit, each) if place < DETAILED else NextStep(each, None) for place, each in enumerate(cases)
        ],
        calls=await queries.open_calls(visit.uow, language),
        owed=lines(visit, owed[:FIRST]),
        owed_count=len(owed),
        surveys=await obligations.own_surveys(visit.uow, visit.actor),
        may_apply=visit.actor.may(Permission.APPLICATION_CREATE),
    )


@get("/resource-group", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def resource_group_page(visit: Visit) -> Response[Any]:
    """The resource group: what waits, what is late, who has capacity."""
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed
    return visit.render(
        "home/resource_group.html",
        ahead=await queries.ahead(visit.uow, visit.actor),
        waiting=[(row, link_of(row)) for row in await queries.waiting_for(visit.uow, visit.actor)],
        late=lines(visit, await obligations.late(visit.uow, visit.actor)),
        **await _facilitation(visit),
    )


async def _facilitation(visit: Visit) -> dict[str, Any]:
    """What the resource group is told of itself: who has capacity, what is missing, what waits for an answer."""
    entries = await facilitation.register(visit.uow)
    catalogue = await facilitation.methods(visit.uow, visit.texts)
    assigns = visit.actor.may(Permission.FACILITATOR_ASSIGN)
    return {
        "register": entries,
        "half_name": half_namer(visit),
        "own_entry": any(entry.person_id == visit.actor.person_id for entry in entries),
        "sees_forecast": visit.actor.may(Permission.FORECAST_SEE),
        "gaps": facilitation.gaps_of(entries, catalogue, day_in_oslo(visit.uow.now)) if assigns else (),
        "method_names": {row.key: row.name for row in catalogue},
        "asked": await facilitation.asked(visit.uow, visit.actor) if assigns else [],
        "proposed": await facilitation.proposed_capacities(visit.uow) if assigns else [],
        "without": await facilitation.projects_without(visit.uow, visit.actor),
    }


@get("/operation", permission=Permission.SELF, include_in_schema=False)
async def operation_page(visit: Visit) -> Response[Any]:
    """The administrator's and auditor's front page: what they may look after, and what has failed."""
    wanted = (Permission.PEOPLE_ADMINISTER, Permission.JOBS_ADMINISTER, Permission.MAIL_READ, Permission.AUDIT_SEE)
    allowed = {str(permission) for permission in wanted if visit.actor.may(permission)}
    if not allowed:
        raise NotFound
    jobs = await job_counts(visit.uow) if Permission.JOBS_ADMINISTER in allowed else None
    return visit.render("administration/operation.html", allowed=allowed, jobs=jobs)


ROUTES = [front_page, office_page, resource_group_page, operation_page]
