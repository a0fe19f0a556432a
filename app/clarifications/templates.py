"""The templates of clarifications as they stand: what ships with the scheme, and what has been written since."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache

import msgspec
from sqlalchemy import select

from app.clarifications.models import ClarificationTemplate
from app.core.database import UnitOfWork
from app.identity.models import Person
from app.texts.pdf import TEMPLATES
from workflows.clarification_template import GIVEN, TEMPLATE_GATES, TEMPLATE_ROLES, TEMPLATE_TEXTS
from workflows.wording import LANGUAGES

SHIPPED = 1
"""The number of the version that ships with the scheme; what the resource group writes is counted on from it."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a template."""

    role: str
    gate: str
    number: int
    words: dict[str, dict[str, str]]
    hours_per_week: int
    why: str = ""
    by: str = ""
    """Who wrote it; "" for what ships with the scheme."""
    at: datetime | None = None

    def said(self, language: str) -> dict[str, str]:
        """What it says in one of the languages."""
        return self.words[language]

    def given(self, language: str) -> dict[str, str]:
        """The texts that a clarification begins with, in one of the languages."""
        return {name: self.words[language].get(name, "") for name in GIVEN}


@cache
def shipped(role: str) -> Template:
    """The first version of a role's template, as it ships with the scheme."""
    words: dict[str, dict[str, str]] = {}
    hours = 0
    for language in LANGUAGES:
        said = tomllib.loads((TEMPLATES / f"clarifications/texts/templates.{language}.toml").read_text())
        both = {**said["shared"], **said[role]}
        hours = both.pop("hours_per_week")
        words[language] = {name: both[name] for name in TEMPLATE_TEXTS}
    return Template(role=role, gate="start", number=SHIPPED, words=words, hours_per_week=hours)


Known = Mapping[tuple[str, str], Template]


async def newest(uow: UnitOfWork) -> Known:
    """The newest version of every template, by role and gate; one statement.

    Where nothing has been written for the end of a diamond, its template is the one of the start.
    """
    statement = (
        select(ClarificationTemplate, Person.name)
        .join(Person, Person.id == ClarificationTemplate.written_by)
        .distinct(ClarificationTemplate.role, ClarificationTemplate.gate)
        .order_by(ClarificationTemplate.role, ClarificationTemplate.gate, ClarificationTemplate.number.desc())
    )
    written = {(row.role, row.gate): _of(row, name) for row, name in await uow.session.execute(statement)}
    found: dict[tuple[str, str], Template] = {}
    for role in map(str, TEMPLATE_ROLES):
        start = written.get((role, "start")) or shipped(role)
        found |= {(role, gate): written.get((role, gate)) or start for gate in TEMPLATE_GATES}
    return found


async def versions(uow: UnitOfWork, role: str, gate: str) -> list[Template]:
    """Every version of one template, the newest first; one statement.

    That of the end of a diamond has none before one is written for it.
    """
    rows = await uow.session.execute(
        select(ClarificationTemplate, Person.name)
        .join(Person, Person.id == ClarificationTemplate.written_by)
        .where(ClarificationTemplate.role == role, ClarificationTemplate.gate == gate)
        .order_by(ClarificationTemplate.number.desc())
    )
    found = [_of(row, name) for row, name in rows]
    return [*found, shipped(role)] if gate == "start" else found


def _of(row: ClarificationTemplate, by: str) -> Template:
    return Template(
        role=row.role, gate=row.gate, number=row.number, words=row.words, hours_per_week=row.hours_per_week, why=row.why,
        by=by, at=row.written_at,
    )  # fmt: skip
