"""What the page of an application shows to those who screen it, and the same for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import get

from app.applications.checks import judgements_of, screening_of
from app.applications.facts import APPLICATION
from app.applications.queries import ApplicationView, application_view
from app.reviews.queries import require_reading
from app.web.places import place
from app.web.visit import Missing, Visit
from workflows.application import ApplicationFacts, ApplicationState
from workflows.roles import Permission, permissions_of
from workflows.screening import SCREENED_IN, Finding, Outcome

place("application.checks", "/applications/{case}#checks", Permission.APPLICATION_DISMISS)
place("application.other", "/applications/{other}")
place("project.others_milestones", "/projects/{other}/milestones")
place("project.others_benefits", "/projects/{other}/benefits")

WORST = {Outcome.FAILS: 0, Outcome.JUDGE: 1, Outcome.HOLDS: 2}
"""The order of the page: what wants somebody first."""
TONES = {Outcome.HOLDS: "success", Outcome.JUDGE: "warning", Outcome.FAILS: "danger"}


class CheckShown(msgspec.Struct, frozen=True, kw_only=True):
    """One check of the machine: what was checked, how it went, what is told where all is well, and what was found."""

    name: str
    checked: str
    outcome: Outcome
    told: str
    found: tuple[Missing, ...]


def check_shown(visit: Visit, finding: Finding, view: ApplicationView) -> CheckShown:
    """A finding in the visitor's words."""
    return CheckShown(
        name=finding.name,
        checked=visit.t(f"screening.check.{finding.name}"),
        outcome=finding.outcome,
        told="" if finding.reasons else visit.t(f"screening.told.{finding.name}", **finding.told),
        found=visit.missing(finding.reasons, view.case.id, roles=view.roles),
    )


def is_screened_by(view: ApplicationView) -> bool:
    """Whether the reader is one of those who screen or dismiss it, now that it has been sent."""
    return Permission.APPLICATION_DISMISS in permissions_of(view.roles) and view.case.submitted_at is not None


async def screening_shown(visit: Visit, view: ApplicationView, facts: ApplicationFacts) -> dict[str, Any]:
    """The checks and judgements for those who screen or dismiss; nothing for everybody else."""
    if not is_screened_by(view):
        return {"checks": (), "judgements": None}
    permissions = permissions_of(view.roles)
    row = view.application
    findings: tuple[Finding, ...] = ()
    if row.state in SCREENED_IN:
        findings = await screening_of(visit.uow, visit.actor, row, view.case, facts)
    judgements = await judgements_of(visit.uow, row)
    return {
        "checks": sorted((check_shown(visit, each, view) for each in findings), key=lambda each: WORST[each.outcome]),
        "check_tones": TONES,
        "judged_keys": facts.rules.screening.judged,
        "judgements": judgements,
        "judges": Permission.APPLICATION_SCREEN in permissions and row.state == ApplicationState.SCREENING,
    }


@get("/applications/{application_id:uuid}/checks", permission=Permission.APPLICATION_DISMISS, tags=["application"])
async def read_checks(visit: Visit, application_id: UUID) -> list[CheckShown]:
    """What the machine can check of an application that was sent: how each check went, and everything that was found."""
    view = await application_view(
        visit.uow, visit.actor, application_id, visit.texts.language, Permission.APPLICATION_DISMISS
    )
    await require_reading(visit.uow, visit.actor, view.case, view.roles)
    facts = await APPLICATION.facts(visit.uow, view.application)
    findings = await screening_of(visit.uow, visit.actor, view.application, view.case, facts)
    return [check_shown(visit, each, view) for each in findings]
