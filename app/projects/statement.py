"""The versions of a project's problem statement, each with what changed from the one before and the insight it rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, any_, select

from app.activities.models import Finding, Insight
from app.applications.models import ProblemStatement
from app.applications.writing import difference
from app.core.database import CASE, UnitOfWork
from app.core.listed import listed
from app.core.questions import told
from app.identity.models import Person


class InsightSeen(msgspec.Struct, frozen=True):
    """An insight that a version can rest on."""

    id: UUID
    kind: str
    text: str
    on_finding: bool = False
    """Whether a finding of the team's rests on it."""


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the insights are looked at: those of a kind, with all of some words, that a finding rests on."""

    kind: str = ""
    words: str = ""
    on_finding: bool = False

    def shows(self, insight: InsightSeen) -> bool:
        """Whether an insight is among those looked at; upper and lower case are the same."""
        text = insight.text.casefold()
        return (
            self.kind in ("", insight.kind)
            and (insight.on_finding or not self.on_finding)
            and all(word in text for word in self.words.casefold().split())
        )

    def of(self, insights: Sequence[InsightSeen], ticked: Collection[str]) -> list[InsightSeen]:
        """The insights that are ticked, whatever is looked at, and after them the others that are looked at."""
        chosen = [insight for insight in insights if str(insight.id) in ticked]
        return chosen + [insight for insight in insights if str(insight.id) not in ticked and self.shows(insight)]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version as it was written."""

    number: int
    text: str
    basis: list[str]
    basis_text: str
    why: str
    author: str | None
    written_at: datetime
    insight_ids: list[UUID]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """All versions, the newest first, and all insights of the project."""

    versions: list[Version]
    insights: list[InsightSeen]

    def marked(self) -> list[tuple[Version, list[tuple[str, str]], list[InsightSeen]]]:
        """Each version with its text marked word by word against the one before, and its insights."""
        known = {insight.id: insight for insight in self.insights}
        older = [*(version.text for version in self.versions[1:]), None][: len(self.versions)]
        return [
            (
                version,
                [] if before is None else list(difference(before, version.text)),
                [known[each] for each in version.insight_ids if each in known],
            )
            for version, before in zip(self.versions, older, strict=True)
        ]


@cache
def _statement() -> Select[Any]:
    version = ProblemStatement
    columns = {
        "number": version.number, "text": version.text, "basis": version.basis, "basis_text": version.basis_text,
        "why": version.why, "author": Person.name, "written_at": version.written_at, "insight_ids": version.insight_ids,
    }  # fmt: skip
    versions = select(version.id).outerjoin(Person, Person.id == version.author_id).where(version.case_id == CASE)
    insights = select(Insight.id).where(Insight.case_id == CASE)
    on_finding = select(Finding.id).where(Finding.case_id == CASE, Insight.id == any_(Finding.insight_ids)).exists()
    seen = {"id": Insight.id, "kind": Insight.kind, "text": Insight.text, "on_finding": on_finding}
    return select(
        told(
            Written,
            {
                "versions": listed(versions, columns, version.number.desc()),
                "insights": listed(insights, seen, Insight.id),
            },
        )
    )


async def statement_of(uow: UnitOfWork, case_id: UUID) -> Written:
    """The versions of a project's problem statement; one statement, the caller has checked that it may be seen."""
    found: Written = (await uow.session.execute(_statement(), {"case_id": case_id})).scalar_one()
    return found
