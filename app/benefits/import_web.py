"""The pages that read measurements in from a spreadsheet: the file to fill in, what one would change, and the act itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.response import Redirect

from app.benefits import imports, service
from app.benefits.import_acts import SUBJECT, confirm_file, content_of, seen, write_file
from app.benefits.spreadsheets import template
from app.commands import Command
from app.core.errors import DomainError, NotFound, NotSignedIn
from app.files.service import add_to_measurement
from app.files.uploading import take_in
from app.files.web import answer_file
from app.projects.queries import ProjectHead, project_head
from app.texts.workbook import MEDIA_TYPE
from app.web.dispatch import PERSONAL_DATA_WHY, form_state, local_path, page_again, why_of
from app.web.errors import status_of
from app.web.visit import Visit, visit_of
from workflows.measurement_cells import Column
from workflows.measurement_list import MOST_ROWS
from workflows.roles import GRANTS, Permission

SEND = Command("project", "import_measurements", Permission.MEASUREMENT_REPORT, service.write_import)
ADD_FILE = Command("measurement", "add_file", Permission.MEASUREMENT_REPORT, add_to_measurement)
WRITE = Command(SUBJECT, "write", Permission.MEASUREMENT_REPORT, service.write_import)
CONFIRM = Command(SUBJECT, "confirm", Permission.MEASUREMENT_CONFIRM, service.confirm_import)
"""What the forms do, for the page that shows them again; the file itself is read from where it is kept."""

IN_TEMPLATE = tuple(column for column in Column)


def _may(project: ProjectHead, permission: Permission) -> bool:
    return not GRANTS[permission].isdisjoint(project.roles)


@get("/projects/{case_id:uuid}/measurement-import", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def import_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Where a spreadsheet of measurements is sent, and those that were sent before."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    return visit.render(
        "benefits/import.html", project=project, tab="benefits", may_write=_may(project, Permission.MEASUREMENT_REPORT),
        imports=await imports.imports_of(visit.uow, case_id), most=MOST_ROWS,
    )  # fmt: skip


@get("/projects/{case_id:uuid}/measurement-import/template", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def template_file(visit: Visit, case_id: UUID) -> Response[bytes]:
    """The spreadsheet to fill in, with a row for each measurement that is open and for each indicator without one."""
    await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    rows = []
    for known in await imports.known_in(visit.uow, case_id):
        if not known.is_over:
            rows += [[known.benefit, known.name, known.unit, each.due_on] for each in known.open] or [
                [known.benefit, known.name, known.unit, None]
            ]
    headings = [(str(column), visit.t(f"import.heading.{column}")) for column in IN_TEMPLATE]
    explained = [(words, visit.t(f"import.explained.{key}")) for key, words in headings]
    content = template(visit.t("import.sheet"), headings, rows, explained, visit.t("import.sheet_explained"))
    name = visit.t("import.template_name")
    return Response(
        content, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    )


@post(
    "/projects/{case_id:uuid}/import_measurements", permission=Permission.MEASUREMENT_REPORT, include_in_schema=False,
    name="import_measurements_from_page",
)  # fmt: skip
async def send(request: Request[Any, Any, Any], case_id: UUID) -> Response[Any]:
    """Take a spreadsheet in and show what it would change; nothing is written yet."""
    page = f"/projects/{case_id}/measurement-import"
    try:
        file = await take_in(request, case_id, SUBJECT)
    except (NotFound, NotSignedIn):
        raise
    except DomainError as error:
        state = form_state(visit_of(request), SEND, {}, error, case_id)
        return await page_again(request, page, state, status_of(error))
    return Redirect(f"/measurement-imports/{file.id}", status_code=303)


@get("/measurement-imports/{file_id:uuid}", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def preview_page(visit: Visit, file_id: UUID) -> Response[Any]:
    """What a file would change, and everything that is wrong with it; of one that was read in, when and by whom."""
    file, project = await seen(visit, file_id)
    found_rows = await imports.imports_of(visit.uow, project.id, file_id)
    if not found_rows:
        raise NotFound
    row = found_rows[0]
    asked = visit.request.query_params.get("from", "0")
    first = min(int(asked), 10**7) if asked.isdecimal() else 0
    found = None
    if row.written_at is None:
        async with content_of(visit.request, visit.uow, file_id) as (_, content):
            found = await imports.understand(visit.uow, file, content, faults_from=first)
    return visit.render(
        "benefits/import_preview.html", project=project, tab="benefits", file=row, found=found, first=first,
        may_write=_may(project, Permission.MEASUREMENT_REPORT), may_confirm=_may(project, Permission.MEASUREMENT_CONFIRM),
    )  # fmt: skip


@get("/measurement-imports/{file_id:uuid}/faults", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def faults_file(visit: Visit, file_id: UUID) -> Response[bytes]:
    """Everything that is wrong with a file, as a file: row, column and what it is."""
    file, _ = await seen(visit, file_id)
    written = io.StringIO()
    writer = csv.writer(written, delimiter="," if visit.texts.language == "en" else ";")
    writer.writerow(
        [visit.t("import.row"), visit.t("import.column"), visit.t("import.heading_word"), visit.t("import.what")]
    )
    async with content_of(visit.request, visit.uow, file_id) as (_, content):
        found = await imports.understand(visit.uow, file, content, most_faults=imports.MOST_FAULTS)
    for fault in found.faults:
        heading = visit.t(f"import.heading.{fault.heading}") if fault.heading else ""
        writer.writerow(
            [fault.row, fault.column, heading, _plain(visit.t(fault.reason.code, **fault.reason.parameters))]
        )
    name = visit.t("import.faults_name")
    return Response(
        written.getvalue().encode("utf-8-sig"), media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )  # fmt: skip


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


async def _act(
    request: Request[Any, Any, Any], file_id: UUID, command: Command,
    act: Callable[[Request[Any, Any, Any], UUID, str], Awaitable[Any]],
) -> Response[Any]:  # fmt: skip
    page = f"/measurement-imports/{file_id}"
    if request.user.person_id is None:
        raise NotSignedIn
    form = await request.form()
    raw = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    try:
        await act(request, file_id, why_of(command, raw.get(PERSONAL_DATA_WHY, [""])[-1]))
    except (NotFound, NotSignedIn):
        raise
    except DomainError as error:
        state = form_state(visit_of(request), command, raw, error, file_id)
        return await page_again(request, local_path(page), state, status_of(error))
    answer = Redirect(page, status_code=303)
    answer.set_cookie("done", f"{command.subject}.{command.verb}", max_age=30, httponly=True, samesite="lax", path="/")
    return answer


@post(
    "/measurement-imports/{file_id:uuid}/write", permission=Permission.MEASUREMENT_REPORT, include_in_schema=False,
    name="write_measurement_import_from_page",
)  # fmt: skip
async def write(request: Request[Any, Any, Any], file_id: UUID) -> Response[Any]:
    """Report everything that the file says, or nothing of it."""
    return await _act(request, file_id, WRITE, write_file)


@post(
    "/measurement-imports/{file_id:uuid}/confirm", permission=Permission.MEASUREMENT_CONFIRM, include_in_schema=False,
    name="confirm_measurement_import_from_page",
)  # fmt: skip
async def confirm(request: Request[Any, Any, Any], file_id: UUID) -> Response[Any]:
    """Confirm everything that was read in from the file and waits."""
    return await _act(request, file_id, CONFIRM, confirm_file)


@post(
    "/measurements/{measurement_id:uuid}/add_file", permission=Permission.MEASUREMENT_REPORT, include_in_schema=False,
    name="add_evidence_from_page",
)  # fmt: skip
async def add_evidence(request: Request[Any, Any, Any], measurement_id: UUID) -> Response[Any]:
    """Take a file that shows what was measured; it stands with the measurement from its confirmation on."""
    return await answer_file(request, ADD_FILE, measurement_id)


ROUTES = [import_page, template_file, preview_page, faults_file, write, confirm]
UPLOADS = [send, add_evidence]
