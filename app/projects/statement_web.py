"""The page of a project's problem statement, and narrowing there which insights it may rest on."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

from litestar import Request, Response, get, post

from app.activities.forms import InsightKind
from app.core.errors import NotAllowed
from app.projects import queries
from app.projects.statement import Narrowing, statement_of
from app.web.dispatch import page_again
from app.web.forms import FormState
from app.web.places import place
from app.web.visit import Visit, visit_of
from workflows.roles import Permission, permissions_of

place("project.statement", "/projects/{case}/statement")

FEW = 12
"""No more insights than this are all shown at once, with nothing to narrow them by; of many, so many at first."""
MORE = 25


@get("/projects/{case_id:uuid}/statement", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def statement_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Every version of the problem statement with what changed, why, and the insight it rests on."""
    project = await queries.project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    written = await statement_of(visit.uow, case_id)
    state = visit.form.for_verb("rewrite_statement")
    narrowing = Narrowing(
        kind=state.value("only_kind"),
        words=state.value("only_words"),
        on_finding=state.value("only_on_finding") == "true",
    )
    rested = [str(each) for each in written.versions[0].insight_ids] if written.versions else []
    ticked = state.values_of("insight_ids", rested)
    found = narrowing.of(written.insights, ticked)
    asked = state.value("only_most")
    most = int(asked) if asked.isdecimal() and len(asked) < 6 else FEW
    known = sum(str(each.id) in ticked for each in written.insights)
    shown = found[: known + most]
    return visit.render(
        "projects/statement.html",
        project=project,
        tab="project",
        versions=written.marked(),
        insights=written.insights,
        shown=shown,
        more=min(len(found) - len(shown), MORE),
        next_most=most + MORE,
        found=len(found) - known,
        ticked=ticked,
        known=known,
        few=len(written.insights) <= FEW,
        insight_kinds=get_args(InsightKind),
        may_write=Permission.PROJECT_WRITE in permissions_of(project.roles),
    )


@post(
    "/projects/{case_id:uuid}/narrow_statement", permission=Permission.PROJECT_WRITE, include_in_schema=False,
    name="narrow_statement_from_page",
)  # fmt: skip
async def narrow_statement(request: Request[Any, Any, Any], case_id: UUID) -> Response[Any]:
    """Show the form again with fewer insights to choose among; what is typed and ticked is kept, nothing is written."""
    visit = visit_of(request)
    project = await queries.project_head(visit.uow, visit.actor, case_id, Permission.PROJECT_SEE)
    if Permission.PROJECT_WRITE not in permissions_of(project.roles):
        raise NotAllowed
    form = await request.form()
    raw = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form if name[:1] != "_"}
    state = FormState("rewrite_statement", {"insight_ids": [], **raw}, row_id=case_id)
    return await page_again(request, f"/projects/{case_id}/statement", state, 200)
