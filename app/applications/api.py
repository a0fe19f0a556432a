"""Applications for programs to read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import Parameter

from app.applications import listing, queries
from app.applications.facts import APPLICATION, budget_fact
from app.applications.screening_pages import read_checks
from app.cases.queries import holders_of
from app.core.paging import Page
from app.moves import verdicts
from app.reviews.phases import hidden_from
from app.reviews.queries import require_reading
from app.web.visit import Missing, Visit
from workflows.budget import BudgetLine
from workflows.roles import Permission


class ApplicationOut(msgspec.Struct, frozen=True, kw_only=True):
    """An application with all that it says."""

    id: UUID
    reference: str
    state: str
    version: int
    call_id: UUID
    unit: str
    county: str | None
    language: str
    form_version: int
    call_form_version: int
    """The version of the call's own questions that the application is bound to: /calls/{id}/questions?version=…"""
    answers: dict[str, Any]
    positive_deviances: list[dict[str, Any]]
    team: list[dict[str, Any]]
    expected_benefits: list[dict[str, Any]]
    budget_lines: list[BudgetLine]
    """Empty where the call asks for no budget; the amount is the sum of those that the scheme is to bear."""
    endorsements: list[dict[str, Any]]
    amount_ore: int | None
    hours: int | None
    submitted_at: datetime | None
    content_hash: str | None
    returned_for: str
    completion_until: datetime | None


class StepOut(msgspec.Struct, frozen=True, kw_only=True):
    """One step, whether it may be taken now by whoever asks, and everything that is missing for it."""

    step: str
    target: str
    permitted: bool
    allowed: bool
    needs_why: bool
    missing: tuple[Missing, ...]
    waivable: tuple[str, ...]


@get("/applications", permission=Permission.APPLICATION_SEE, tags=["application"])
async def read_applications(
    visit: Visit,
    call: UUID | None = None,
    standing: Annotated[str | None, Parameter(query="state")] = None,
    after: UUID | None = None,
) -> Page[listing.ApplicationRow]:
    """The applications that one may see, the newest first; ask for the next page with `after`."""
    hidden = await hidden_from(visit.uow, visit.actor)
    return await listing.applications(visit.uow, visit.actor, call_id=call, state=standing, after=after, hidden=hidden)


@get("/applications/{application_id:uuid}", permission=Permission.APPLICATION_SEE, tags=["application"])
async def read_application(visit: Visit, application_id: UUID) -> ApplicationOut:
    """One application."""
    view = await queries.application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    await require_reading(visit.uow, visit.actor, view.case, view.roles)
    row = view.application
    found = ApplicationOut(
        id=row.id,
        reference=row.reference,
        state=view.state_key.rpartition(".")[2],
        version=row.version,
        call_id=row.call_id,
        unit=view.unit,
        county=view.county,
        language=row.language,
        form_version=row.form_version,
        call_form_version=row.call_form_version,
        answers=view.form.counted(row.answers),
        positive_deviances=view.deviances,
        team=view.team,
        expected_benefits=view.benefits,
        budget_lines=list(budget_fact(view.budget)),
        endorsements=view.endorsements,
        amount_ore=row.amount_ore,
        hours=row.hours,
        submitted_at=row.submitted_at,
        content_hash=row.content_hash,
        returned_for=row.returned_for,
        completion_until=row.completion_until,
    )
    return cast("ApplicationOut", visit.veiled(found))


@get("/applications/{application_id:uuid}/steps", permission=Permission.APPLICATION_SEE, tags=["application"])
async def read_steps(visit: Visit, application_id: UUID) -> list[StepOut]:
    """Every step that leaves the application's state, with all that is missing for each: what its page shows."""
    view = await queries.application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    await require_reading(visit.uow, visit.actor, view.case, view.roles)
    found = await verdicts(visit.uow, visit.actor, APPLICATION, view.application, view.roles)
    people = {} if visit.uow.veils else await holders_of(visit.uow, application_id)
    return [
        StepOut(
            step=verdict.move,
            target=verdict.target,
            permitted=verdict.permitted,
            allowed=verdict.allowed,
            needs_why=verdict.needs_why,
            missing=visit.missing(verdict.unmet, application_id, people),
            waivable=verdict.waivable,
        )
        for verdict in found
        if not queries.is_masked(view) or verdict.move in queries.UNMASKED_STEPS
    ]


ROUTES = [read_applications, read_application, read_steps, read_checks]
