"""The pages of the templates that clarifications begin from."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get

from app.applications.writing import difference
from app.clarifications.templates import Template, newest, shipped, versions
from app.core.errors import NotAllowed, NotFound
from app.web.visit import Visit
from workflows.clarification_template import ASKED, MAY_BE_EMPTY, TEMPLATE_GATES, TEMPLATE_ROLES, TEMPLATE_TEXTS
from workflows.roles import Permission
from workflows.wording import LANGUAGES


class Changed(msgspec.Struct, frozen=True):
    """One text that a version says otherwise than the one before it."""

    name: str
    language: str
    marked: list[tuple[str, str]]


class ShownVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version with what it changed."""

    template: Template
    hours_before: int | None
    changed: list[Changed]


def _known_to(visit: Visit) -> None:
    if not visit.actor.may(Permission.RESOURCE_GROUP_SEE):
        raise NotAllowed


@get("/clarifications/templates", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False)
async def templates_page(visit: Visit) -> Response[Any]:
    """Every template with its newest version; one statement."""
    _known_to(visit)
    return visit.render(
        "clarifications/templates.html", known=await newest(visit.uow), roles=TEMPLATE_ROLES, gates=TEMPLATE_GATES,
        may_write=visit.actor.may(Permission.CLARIFICATION_TEMPLATE_WRITE),
    )  # fmt: skip


def _changed(before: Template, after: Template) -> list[Changed]:
    return [
        Changed(name, language, list(difference(before.words[language].get(name, ""), after.words[language][name])))
        for language in LANGUAGES
        for name in TEMPLATE_TEXTS
        if before.words[language].get(name, "") != after.words[language][name]
    ]


def _shown(template: Template, before: Template | None) -> ShownVersion:
    if before is None:
        return ShownVersion(template=template, hours_before=None, changed=[])
    return ShownVersion(template=template, hours_before=before.hours_per_week, changed=_changed(before, template))


@get(
    "/clarifications/templates/{role:str}/{gate:str}", permission=Permission.RESOURCE_GROUP_SEE, include_in_schema=False
)
async def template_page(visit: Visit, role: str, gate: str) -> Response[Any]:
    """One template in the three languages, its earlier versions with what each changed; two statements."""
    if role not in set(map(str, TEMPLATE_ROLES)) or gate not in TEMPLATE_GATES:
        raise NotFound
    _known_to(visit)
    own = await versions(visit.uow, role, gate)
    template = own[0] if own else (await newest(visit.uow))[role, gate]
    befores = [*own[1:], None if gate == "start" else shipped(role)]
    history = [_shown(each, before) for each, before in zip(own, befores, strict=False)]
    return visit.render(
        "clarifications/template.html", role=role, gate=gate, template=template, number=own[0].number if own else 0,
        history=history, asked=ASKED, texts=TEMPLATE_TEXTS, may_be_empty=MAY_BE_EMPTY, languages=LANGUAGES,
        may_write=visit.actor.may(Permission.CLARIFICATION_TEMPLATE_WRITE),
    )  # fmt: skip


TEMPLATE_ROUTES = [templates_page, template_page]
