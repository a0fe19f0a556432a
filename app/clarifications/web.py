"""The page of a project's expectation clarifications."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.applications.writing import difference
from app.cases.queries import people_of
from app.clarifications import queries
from app.clarifications.agreeing import OVER
from app.clarifications.forms import ROLES
from app.clarifications.link_pages import LINK_ROUTES
from app.clarifications.matrix_pages import MATRIX_ROUTES
from app.clarifications.paper import TEMPLATE, agreed_document
from app.clarifications.template_pages import TEMPLATE_ROUTES
from app.clarifications.templates import Template, newest
from app.core.clock import day_in_oslo
from app.projects.queries import project_head
from app.texts.pdf import pdf_from
from app.web.documents import as_pdf
from app.web.places import place
from app.web.visit import Visit
from workflows.clarification import REQUIRED_TEXTS, TEXTS
from workflows.clarification_template import ASKED, GIVEN, TEMPLATE_GATES, taken_over
from workflows.roles import Permission, permissions_of
from workflows.rules import Rules
from workflows.wording import LANGUAGES

place("project.clarifications", "/projects/{case}/clarifications")
place("project.clarification", "/projects/{case}/clarifications#clarification-{id}")


class BegunFrom(msgspec.Struct, frozen=True, kw_only=True):
    """How a clarification's template has changed since it was begun, and what its holder is asked."""

    asks: dict[str, str]
    hours_proposed: int
    newest: int
    is_older: bool
    changed: list[tuple[str, list[tuple[str, str]]]]
    """The texts that the newest version says otherwise, with the words that differ."""
    can_take: bool
    """Whether something of it can be taken without replacing what somebody has written."""


def begun_from(row: queries.ClarificationRow, template: Template, language: str, reader: str) -> BegunFrom:
    """A clarification beside the newest version of its template; what is asked, in the words of whoever reads it."""
    said, given = template.said(reader), template.given(language)
    before = row.begun_from
    return BegunFrom(
        asks={name: said[name] for name in ASKED},
        hours_proposed=template.hours_per_week,
        newest=template.number,
        is_older=(row.template_gate, row.template_number) != (template.gate, template.number),
        changed=[
            (name, list(difference(before.get(name, ""), given[name])))
            for name in GIVEN
            if given[name] != before.get(name, "")
        ],
        can_take=bool(taken_over(row.texts, before, given)),
    )


@get("/projects/{case_id:uuid}/clarifications", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def clarifications_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """Each role with what is expected and committed to, and who has agreed to which version; eight statements."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.CASE_SEE)
    permissions = permissions_of(project.roles)
    rules = msgspec.convert(project.project.rules, Rules).clarifications
    templates = await newest(visit.uow)
    rows = await queries.clarifications(visit.uow, case_id, rules)
    versions = {(row.id, each.number): each for row in rows for each in row.versions}
    return visit.render(
        "clarifications/clarifications.html",
        project=project,
        tab="clarifications",
        rows=rows,
        begun={
            row.id: begun_from(row, templates[row.role, row.gate], project.language, visit.texts.language)
            for row in rows
        },
        renewed={row.id: versions.get((row.renews_id, row.renews_number)) for row in rows if row.renews_id},
        changes=queries.changes,
        gates=TEMPLATE_GATES,
        renewing=[gate for gate in TEMPLATE_GATES if gate != "start" and rules.at(gate)],
        people=await people_of(visit.uow, case_id),
        roles=ROLES,
        texts=TEXTS,
        required=REQUIRED_TEXTS,
        languages=LANGUAGES,
        may_write=Permission.CLARIFICATION_WRITE in permissions,
        may_record=Permission.PROJECT_STEP in permissions,
        may_release=Permission.CLARIFICATION_RELEASE in permissions,
        may_agree_for_scheme=Permission.CLARIFICATION_AGREE_SCHEME in permissions,
        over=project.state in OVER,
    )


@get("/projects/{case_id:uuid}/clarifications.pdf", permission=Permission.PROJECT_SEE, include_in_schema=False)
async def agreed_pdf(visit: Visit, case_id: UUID) -> Response[Any]:
    """What everybody has agreed to, as a PDF, with versions, fingerprints, names and times."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.CASE_SEE)
    rules = msgspec.convert(project.project.rules, Rules).clarifications
    rows = await queries.clarifications(visit.uow, case_id, rules)
    content = await pdf_from(TEMPLATE, agreed_document(visit, project, rows), day_in_oslo(visit.uow.now))
    name = f"{project.reference.replace('/', '-')}-{visit.t('clarifications.agreed_set').lower().replace(' ', '-')}.pdf"
    return as_pdf(content, name, visit.texts.language)


ROUTES = [clarifications_page, agreed_pdf, *TEMPLATE_ROUTES, *LINK_ROUTES, *MATRIX_ROUTES]
