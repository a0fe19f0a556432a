"""The page where an outcome is tried again, to each side, and the list of those that are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.applications.models import Application
from app.cases.queries import load_case
from app.core.clock import day_in_oslo
from app.core.errors import NotFound
from app.reconsiderations import queries
from app.reconsiderations.facts import RECONSIDERATION, Asking, asking
from app.reconsiderations.queries import OWED, RequestView
from app.reviews.queries import holds, require_reading
from app.web.places import place
from app.web.visit import StepView, Visit
from workflows.reconsideration import PARTS, against_asking, asked_until, due_on, told_state
from workflows.roles import Permission

place("application.reconsideration", "/applications/{case}/reconsideration")

TONES = {
    "asked": "waiting", "considering": "info", "upheld": "neutral", "changed": "success", "sent_on": "paused",
    "upheld_above": "neutral", "changed_above": "success", "dismissed": "stopped", "withdrawn": "stopped",
}  # fmt: skip
ANSWERS = ("uphold", "send_on", "change", "dismiss")
REGISTERS = ("register_upheld", "register_changed")
WITHDRAWAL = "withdraw"


@get("/reconsiderations", permission=Permission.RECONSIDERATION_HANDLE, include_in_schema=False)
async def requests_page(visit: Visit, which: str = "open") -> Response[Any]:
    """The requests that wait for an answer, or all of them: by whom, by when, and what they bind of the frame."""
    rows = await queries.requests(visit.uow, visit.actor, visit.texts.language, open_only=which != "all")
    return visit.render(
        "reconsiderations/requests.html", rows=rows, which=which, tones=TONES, today=day_in_oslo(visit.uow.now)
    )


@get(
    "/applications/{application_id:uuid}/reconsideration", permission=Permission.RECONSIDERATION_SEE,
    include_in_schema=False,
)  # fmt: skip
async def request_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """Trying an outcome again: until when, what is asked, by whom it is handled, and how it was answered."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.RECONSIDERATION_SEE)
    await require_reading(visit.uow, visit.actor, case, roles)
    application = await visit.uow.session.get(Application, application_id)
    if application is None:
        raise NotFound
    handles = holds(roles, Permission.RECONSIDERATION_HANDLE)
    found = await asking(visit.uow, application)
    views = await queries.requests_of(visit.uow, application_id)
    latest = views[0] if views else None
    steps: dict[str, StepView] = {}
    if latest is not None and _is_told(latest, inside=handles):
        steps = {step.verb: step for step in await visit.steps(RECONSIDERATION, latest.row, case, roles)}
    permitted = {verb: step for verb, step in steps.items() if step.permitted}
    asks = holds(roles, Permission.RECONSIDERATION_ASK)
    missing = list(against_asking(found.facts))
    return visit.render(
        "reconsiderations/request.html",
        case=case,
        handles=handles,
        latest=latest,
        latest_state=_told(latest, inside=handles) if latest else None,
        earlier=[(view, _told(view, inside=handles)) for view in views[1:]],
        tones=TONES,
        parts=[(each, visit.t(f"reconsideration.part.{each}")) for each in PARTS],
        about=", ".join(visit.t(f"reconsideration.part.{each}") for each in latest.row.parts) if latest else "",
        may_ask=asks and not missing,
        not_now=visit.missing(missing, case.id, roles=roles) if latest is None else (),
        until=_until(found),
        late=_is_over(found, visit),
        regime=found.facts.rules.appeal.regime,
        due=due_on(latest.row.asked_at, found.facts.rules) if latest and latest.row.state in OWED else None,
        steps=[step for verb, step in steps.items() if verb not in (*ANSWERS, *REGISTERS, WITHDRAWAL)]
        if handles
        else [],
        answers=[step for verb, step in permitted.items() if verb in ANSWERS],
        registers=[step for verb, step in permitted.items() if verb in REGISTERS],
        withdraw=permitted.get(WITHDRAWAL),
        declares=handles and bool(steps) and not await queries.has_declared(visit.uow, visit.actor, case.id),
        took_part=latest is not None and visit.actor.person_id in latest.row.first_round,
        bound=await queries.bound_by(visit.uow, case.id, application.call_id) if handles and latest else None,
    )


def _is_told(view: RequestView, *, inside: bool) -> bool:
    """Whether the state may be shown as it is."""
    return inside or _told(view, inside=False) == view.row.state


def _told(view: RequestView, *, inside: bool) -> str:
    if inside:
        return view.row.state
    return told_state(view.row.state, letter_released=view.row.told_at is not None)


def _until(found: Asking) -> Any:
    released_at = found.facts.letter_released_at
    return asked_until(found.facts.rules, day_in_oslo(released_at)) if released_at else None


def _is_over(found: Asking, visit: Visit) -> bool:
    until = _until(found)
    return until is not None and day_in_oslo(visit.uow.now) > day_in_oslo(until)


ROUTES = [requests_page, request_page]
