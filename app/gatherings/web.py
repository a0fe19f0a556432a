"""The pages of the gatherings."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

from litestar import Request, Response, get, post

from app.core.errors import Invalid, NotAllowed, NotFound
from app.gatherings import queries
from app.gatherings.forms import Audience, ReadList
from app.gatherings.models import Cohort
from app.gatherings.people import arranges, named_projects
from app.gatherings.service.arranging import count_signed_up
from app.gatherings.service.pasting import lines_of, reading_of
from app.web.dispatch import local_path, page_again
from app.web.forms import FormState, read_input
from app.web.visit import Visit, visit_of
from workflows.gathering import ARTEFACTS, ContentKind, GatheringKind, Presence
from workflows.roles import Permission
from workflows.series import SERIES


@get("/gatherings", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def gatherings_page(visit: Visit, call: UUID | None = None) -> Response[Any]:
    """The gatherings, modules and conferences to come and those that have been, and the cohorts they belong to."""
    may_arrange = visit.actor.may(Permission.ACTIVITY_ARRANGE)
    return visit.render(
        "gatherings/gatherings.html",
        ahead=await queries.gatherings(visit.uow, visit.actor, call_id=call),
        been=await queries.gatherings(visit.uow, visit.actor, call_id=call, past=True),
        cohorts=await queries.cohorts(visit.uow),
        calls=await queries.calls_that_gather(visit.uow) if may_arrange else [],
    )


@get("/cohorts/new", permission=Permission.ACTIVITY_ARRANGE, include_in_schema=False)
async def new_cohort_page(visit: Visit, call: UUID | None = None) -> Response[Any]:
    """The scheme's own series, to begin a cohort of a call's projects with."""
    if not visit.actor.may(Permission.ACTIVITY_ARRANGE):
        raise NotAllowed
    calls = dict(await queries.calls_that_gather(visit.uow))
    if call is None or call not in calls:
        raise NotFound
    return visit.render(
        "gatherings/new_cohort.html", call_id=call, call=calls[call], series=SERIES,
        projects=await queries.projects_of_call(visit.uow, call),
    )  # fmt: skip


@get("/cohorts/{cohort_id:uuid}", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def cohort_page(visit: Visit, cohort_id: UUID) -> Response[Any]:
    """A cohort: its series, its projects, and a form for one more gathering."""
    cohort = await visit.uow.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound
    return visit.render(
        "gatherings/cohort.html",
        cohort=cohort,
        rows=await queries.gatherings(visit.uow, visit.actor, cohort_id=cohort_id),
        projects=await named_projects(visit.uow, cohort_id),
        meetings=await queries.weekly_meetings(visit.uow, cohort_id=cohort_id),
        may_arrange=await arranges(visit.uow, visit.actor, cohort_id),
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    return {"kinds": list(GatheringKind), "audiences": get_args(Audience), "artefacts": list(ARTEFACTS)}


@get("/gatherings/{gathering_id:uuid}", permission=Permission.NETWORK_SEE, include_in_schema=False)
async def gathering_page(visit: Visit, gathering_id: UUID) -> Response[Any]:
    """One gathering: when and where, what fills it, one's own sign-up, and how complete each team is."""
    row, cohort = await queries.gathering_with_cohort(visit.uow, gathering_id)
    may_arrange = await arranges(visit.uow, visit.actor, row.cohort_id)
    taking = await queries.taking_part(visit.uow, visit.actor, row, all_projects=may_arrange)
    taken = await count_signed_up(visit.uow, gathering_id)
    own = await queries.own_part(visit.uow, visit.actor, row, taken)
    return visit.render(
        "gatherings/gathering.html",
        gathering=row,
        cohort=cohort,
        contents=await queries.contents_of(visit.uow, gathering_id),
        taking=taking,
        taken=taken,
        own=own,
        unmet=visit.missing(own.unmet, None),
        may_arrange=may_arrange,
        over=row.ends_at <= visit.uow.now,
        begun=row.starts_at <= visit.uow.now,
        content_kinds=list(ContentKind),
        **_choices(),
    )


@get("/gatherings/{gathering_id:uuid}/attendance", permission=Permission.ACTIVITY_ARRANGE, include_in_schema=False)
async def attendance_page(visit: Visit, gathering_id: UUID) -> Response[Any]:
    """Who came, a row and a form of its own for each person, and a list from a spreadsheet looked through first."""
    row, cohort = await queries.gathering_with_cohort(visit.uow, gathering_id)
    if not await arranges(visit.uow, visit.actor, row.cohort_id):
        raise NotAllowed
    pasted = next(
        (visit.form.for_verb(verb) for verb in ("read_list", "confirm_list") if visit.form.verb == verb), None
    )
    reading = None
    if pasted is not None and (pasted.verb == "confirm_list" or not pasted.field_errors):
        reading, _ = await reading_of(visit.uow, row, pasted.value("text"))
    return visit.render(
        "gatherings/attendance.html",
        gathering=row,
        cohort=cohort,
        taking=await queries.taking_part(visit.uow, visit.actor, row, all_projects=True),
        reading=reading,
        lists=await queries.kept_lists(visit.uow, gathering_id),
        presences=list(Presence),
        begun=row.starts_at <= visit.uow.now and row.called_off_at is None,
    )


@post(
    "/gatherings/{gathering_id:uuid}/read_list", permission=Permission.ACTIVITY_ARRANGE, include_in_schema=False,
    name="read_list_from_page",
)  # fmt: skip
async def read_list(request: Request[Any, Any, Any], gathering_id: UUID) -> Response[Any]:
    """Show how a pasted list is understood, row by row; nothing is written."""
    form = await request.form()
    raw = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    visit = visit_of(request)
    row, _ = await queries.gathering_with_cohort(visit.uow, gathering_id)
    if not await arranges(visit.uow, visit.actor, row.cohort_id):
        raise NotAllowed
    faults: dict[str, str] = {}
    try:
        lines_of(read_input(ReadList, raw, typed=True).text)
    except Invalid as error:
        faults = {name: visit.t(reason.code, **reason.parameters) for name, reason in error.fields.items()}
    state = FormState("read_list", {"text": raw.get("text", [""])}, faults, row_id=gathering_id)
    page = local_path(raw.get("_page", [""])[-1], f"/gatherings/{gathering_id}/attendance")
    return await page_again(request, page, state, 422 if faults else 200)


ROUTES = [gatherings_page, new_cohort_page, cohort_page, gathering_page, attendance_page, read_list]
