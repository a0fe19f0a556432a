"""The clarifications of a project with who has agreed to what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.applications.writing import difference
from app.clarifications.models import Agreement, Clarification, ClarificationLink, ClarificationVersion
from app.clarifications.standing import Clarified, Held, clarified
from app.core.database import UnitOfWork
from app.identity.models import Person
from workflows.clarification import TEXTS, Side, asked_of
from workflows.rules import ClarificationRules

Marked = list[tuple[str, list[tuple[str, str]]]]
"""Texts that differ, by name, with the words that do."""


class AgreementRow(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody agreed to a version for a side, and what became of it."""

    clarification_id: UUID
    side: str
    name: str
    number: int
    text_hash: str
    agreed_at: datetime
    how: str
    voided_at: datetime | None
    void: str


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A text as it was put forward."""

    clarification_id: UUID
    number: int
    text_hash: str
    texts: dict[str, str]
    hours_per_week: int
    released_hours: int
    holder: str
    put_forward_by: str
    put_forward_at: datetime


class OpenLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that an outsider can still answer by."""

    email: str
    sent_at: datetime
    expires_at: datetime


class ClarificationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One clarification as its page shows it; `agreed` names the sides that agree to the text as it stands."""

    id: UUID
    gate: str
    role: str
    state: str
    version: int
    person_id: UUID | None
    holder: str
    hours_per_week: int
    released_hours: int
    texts: dict[str, str]
    text_hash: str
    agreed: list[str]
    how: str
    sides: list[str]
    """Those who must agree."""
    in_role: bool
    change_asked: str
    renews_id: UUID | None
    renews_number: int
    template_gate: str
    template_number: int
    begun_from: dict[str, str]
    agreements: list[AgreementRow]
    versions: list[VersionRow]
    """The newest first."""
    link: OpenLink | None

    @property
    def standing(self) -> list[AgreementRow]:
        """The agreements that hold, in the order of the sides."""
        found = [each for each in self.agreements if each.voided_at is None and each.text_hash == self.text_hash]
        return sorted(found, key=lambda each: list(Side).index(Side(each.side)))

    def of(self, side: str) -> AgreementRow | None:
        """The agreement of a side that holds."""
        return next((each for each in self.standing if each.side == side), None)

    def changed_from(self, texts: dict[str, str]) -> Marked:
        """What the text says otherwise than an earlier one."""
        return changes(texts, self.texts)


def changes(before: dict[str, str], after: dict[str, str]) -> Marked:
    """The texts in which two versions differ, with the words that do."""
    return list(_changes(before, after))


def _changes(before: dict[str, str], after: dict[str, str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for name in TEXTS:
        if name != "renewal_note" and before.get(name, "").strip() != after.get(name, "").strip():
            yield name, list(difference(before.get(name, ""), after.get(name, "")))


async def clarifications(
    uow: UnitOfWork, case_id: UUID, rules: ClarificationRules | None = None
) -> list[ClarificationRow]:
    """Every clarification of a project, those of the start first, with versions and agreements; five statements."""
    rules = rules or ClarificationRules()
    rows = await uow.session.execute(
        select(Clarification, Person.name)
        .outerjoin(Person, Person.id == Clarification.person_id)
        .where(Clarification.case_id == case_id)
        .order_by(Clarification.gate != "start", Clarification.gate, Clarification.id)
    )
    columns = clarified(case_id, uow.now)
    found = (await uow.session.execute(select(*(column.label(name) for name, column in columns.items())))).one()
    stands = {each.id: each for each in msgspec.convert(found[0], list[Clarified], strict=False)}
    agreements = await _agreements(uow, case_id)
    versions = await _versions(uow, case_id)
    links = {
        row.clarification_id: OpenLink(email=row.email, sent_at=row.sent_at, expires_at=row.expires_at)
        for row in await uow.session.scalars(
            select(ClarificationLink).where(
                ClarificationLink.case_id == case_id, ClarificationLink.used_at.is_(None),
                ClarificationLink.revoked_at.is_(None), ClarificationLink.expires_at > uow.now,
            )
        )
    }  # fmt: skip
    return [
        _row(row, name or row.outside_name or "", stands[row.id], rules, agreements, versions, links.get(row.id))
        for row, name in rows
    ]


def _row(
    row: Clarification, holder: str, stands: Clarified, rules: ClarificationRules, agreements: list[AgreementRow],
    versions: list[VersionRow], link: OpenLink | None,
) -> ClarificationRow:  # fmt: skip
    own = [each for each in agreements if each.clarification_id == row.id]
    standing = [each for each in own if each.voided_at is None and each.text_hash == row.text_hash]
    sides = asked_of(row.role, rules.released, has_account=row.person_id is not None, is_leader=stands.is_leader)
    return ClarificationRow(
        id=row.id, gate=row.gate, role=row.role, state=row.state, version=row.version, person_id=row.person_id,
        holder=holder, hours_per_week=row.hours_per_week, released_hours=row.released_hours,
        texts={text: getattr(row, text) for text in TEXTS}, text_hash=row.text_hash, agreed=stands.agreed,
        how=next((each.how for each in standing if each.how), ""), sides=[side for side in Side if side in sides],
        in_role=stands.in_role, change_asked=row.change_asked, renews_id=row.renews_id, renews_number=row.renews_number,
        template_gate=row.template_gate, template_number=row.template_number, begun_from=row.begun_from,
        agreements=own, versions=[each for each in versions if each.clarification_id == row.id], link=link,
    )  # fmt: skip


async def _agreements(uow: UnitOfWork, case_id: UUID) -> list[AgreementRow]:
    rows = await uow.session.execute(
        select(
            Agreement.clarification_id, Agreement.side, func.coalesce(Person.name, Agreement.name).label("name"),
            Agreement.number, Agreement.text_hash, Agreement.agreed_at, Agreement.how, Agreement.voided_at, Agreement.void,
        )
        .outerjoin(Person, Person.id == Agreement.person_id)
        .where(Agreement.case_id == case_id)
        .order_by(Agreement.agreed_at, Agreement.id)
    )  # fmt: skip
    return [AgreementRow(**row._mapping) for row in rows]


async def _versions(uow: UnitOfWork, case_id: UUID) -> list[VersionRow]:
    rows = await uow.session.scalars(
        select(ClarificationVersion)
        .where(ClarificationVersion.case_id == case_id)
        .order_by(ClarificationVersion.number.desc())
    )
    return [
        VersionRow(
            clarification_id=row.clarification_id, number=row.number, text_hash=row.text_hash, texts=row.texts,
            hours_per_week=row.hours_per_week, released_hours=row.released_hours, holder=row.holder,
            put_forward_by=row.put_forward_by, put_forward_at=row.put_forward_at,
        )
        for row in rows
    ]  # fmt: skip


async def holders(uow: UnitOfWork, case_id: UUID) -> list[Held]:
    """Who holds the roles that clarify now; one statement."""
    column = clarified(case_id, uow.now)["holders"]
    return msgspec.convert(await uow.session.scalar(select(column)), list[Held], strict=False)
