"""The calls that somebody may read, and one of them with its texts and criteria."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Integer, Uuid, case, column, func, or_, select, table

from app.audit.models import Event
from app.calls.facts import levels_of, title_of
from app.calls.models import Call, CallExplanation, CallForm, CallText, Criterion
from app.cases.models import Case
from app.cases.queries import load_case, load_case_beside
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.core.paging import PAGE_SIZE, Page, page_of
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from workflows.call import CallState
from workflows.roles import GRANTS, Permission, Role
from workflows.rules import LANGUAGES, Rules

# named here without its room, which comes after this one
APPLICATIONS = table("applications", column("call_id", Uuid), column("call_form_version", Integer))

CHANGES = (
    "write_dates", "write_frame", "write_owner", "write_rules", "add_question", "write_question", "retire_question",
    "add_phase", "write_phase", "move_phase", "remove_phase",
)  # fmt: skip
"""Verbs that may change a published call, each with a reason."""


class CallRow(msgspec.Struct, frozen=True):
    """A call as lists show it."""

    id: UUID
    reference: str
    title: str
    state: str
    opens_at: datetime | None
    deadline: datetime | None
    frame_ore: int | None
    unit: str


async def calls(
    uow: UnitOfWork,
    actor: Actor,
    language: str,
    *,
    after: UUID | None = None,
    size: int = PAGE_SIZE,
) -> Page[CallRow]:
    """Calls by age, the newest first; drafts for those who work with them alone."""
    title = (
        select(CallText.title)
        .where(CallText.call_id == Call.id, CallText.title != "")
        .order_by(case((CallText.language == language, 0), else_=1), CallText.language)
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(
            Call.id, Case.reference, func.coalesce(title, Case.title), Call.state, Call.opens_at, Call.deadline,
            Call.frame_ore, Unit.name,
        )
        .join(Case, Case.id == Call.id)
        .join(Unit, Unit.id == Call.owner_unit_id)
        .order_by(Call.id.desc())
        .limit(size + 1)
    )  # fmt: skip
    if not actor.may(Permission.CALL_SEE_DRAFT):
        statement = statement.where(Call.state != CallState.DRAFT)
    if after is not None:
        statement = statement.where(Call.id < after)
    return page_of([CallRow(*row) for row in await uow.session.execute(statement)], size)


class CriterionView(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion as one reads it, and its texts in every language for those who write it."""

    id: UUID
    key: str
    title: str
    description: str
    levels: tuple[tuple[int, str], ...]
    weight: int
    texts: dict[str, Any]


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """A call with all that its page shows."""

    call: Call
    case: Case
    roles: frozenset[Role]
    texts: dict[str, CallText]
    rules: Rules
    criteria: tuple[CriterionView, ...]
    unit: str
    owner: str

    def text(self, language: str) -> CallText:
        """The texts in a language; those of another where this one has no title yet."""
        for code in (language, *LANGUAGES):
            if self.texts[code].title:
                return self.texts[code]
        return self.texts[language]


def criterion_view(row: Criterion, rules: Rules, language: str) -> CriterionView:
    """A criterion in one language, in another where it is not written in that one."""
    texts: dict[str, Any] = next(
        (row.texts[code] for code in (language, *LANGUAGES) if (row.texts.get(code) or {}).get("title")),
        {},
    )
    return CriterionView(
        id=row.id,
        key=row.key,
        title=title_of(row, language),
        description=texts.get("description", ""),
        levels=tuple((level, texts.get("levels", {}).get(str(level), "")) for level in levels_of(rules)),
        weight=row.weight,
        texts=row.texts,
    )


async def criteria_of(uow: UnitOfWork, call_id: UUID, rules: Rules, language: str) -> tuple[CriterionView, ...]:
    """The criteria of a call in their order."""
    rows = await uow.session.scalars(select(Criterion).where(Criterion.call_id == call_id).order_by(Criterion.position))
    return tuple(criterion_view(row, rules, language) for row in rows)


async def call_view(uow: UnitOfWork, actor: Actor, call_id: UUID, language: str) -> CallView:
    """One call; NotFound for a draft that the actor has no part in."""
    case, roles = await load_case(uow, actor, call_id, Permission.CALL_SEE, kind="call")
    row = (
        await uow.session.execute(
            select(Call, Unit.name, Person.name)
            .join(Unit, Unit.id == Call.owner_unit_id)
            .join(Person, Person.id == Call.owner_person_id)
            .where(Call.id == call_id)
        )
    ).first()
    if row is None:
        raise NotFound
    call, unit, owner = row
    if call.state == CallState.DRAFT and GRANTS[Permission.CALL_SEE_DRAFT].isdisjoint(roles):
        raise NotFound
    rules = msgspec.convert(call.rules, Rules)
    texts = {
        text.language: text for text in await uow.session.scalars(select(CallText).where(CallText.call_id == call_id))
    }
    criteria = await criteria_of(uow, call_id, rules, language)
    return CallView(
        call=call,
        case=case,
        roles=roles,
        texts=texts,
        rules=rules,
        criteria=criteria,
        unit=unit,
        owner=owner,
    )


class FormVersion(msgspec.Struct, frozen=True):
    """A version of a call's own questions, and how many applications are bound to it."""

    number: int
    made_at: datetime
    applications: int


async def form_versions(uow: UnitOfWork, call_id: UUID) -> list[FormVersion]:
    """The versions of a call's own questions, the newest first."""
    bound = (
        select(func.count())
        .where(APPLICATIONS.c.call_id == call_id, APPLICATIONS.c.call_form_version == CallForm.number)
        .scalar_subquery()
    )
    rows = await uow.session.execute(
        select(CallForm.number, CallForm.made_at, bound)
        .where(CallForm.call_id == call_id)
        .order_by(CallForm.number.desc())
    )
    return [FormVersion(*row) for row in rows]


async def questions_in(uow: UnitOfWork, call_id: UUID, number: int | None = None) -> tuple[int, list[Any]]:
    """The questions of a published call in one version of them, the newest where none is named; NotFound for no version."""
    statement = select(CallForm.number, CallForm.questions).where(CallForm.call_id == call_id)
    if number is not None:
        statement = statement.where(CallForm.number == number)
    row = (await uow.session.execute(statement.order_by(CallForm.number.desc()).limit(1))).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


class Explanation(msgspec.Struct, frozen=True):
    """Something that was made clearer about a call, in one language."""

    given_at: datetime
    text: str


async def explanations(uow: UnitOfWork, call_id: UUID, language: str) -> list[Explanation]:
    """What has been made clearer about a published call, the newest first."""
    rows = await uow.session.execute(
        select(CallExplanation.given_at, CallExplanation.texts)
        .where(CallExplanation.call_id == call_id)
        .order_by(CallExplanation.id.desc())
    )
    return [Explanation(row.given_at, str(row.texts.get(language) or row.texts["nb"])) for row in rows]


class CallChange(msgspec.Struct, frozen=True):
    """A change of a published call, with the reason that everybody was given."""

    at: datetime
    verb: str
    why: str


async def changes_since_published(uow: UnitOfWork, call: Call) -> list[CallChange]:
    """What was changed of a call since it was published, the newest first: open to everybody who may read the call (G3)."""
    if call.published_at is None:
        return []
    rows = await uow.session.execute(
        select(Event.at, Event.verb, Event.why)
        .where(Event.case_id == call.id, Event.verb.in_(CHANGES), Event.at > call.published_at)
        .order_by(Event.id.desc())
    )
    return [CallChange(row.at, row.verb, row.why) for row in rows]


async def call_to_handle(uow: UnitOfWork, actor: Actor, call_id: UUID, permission: Permission) -> Case:
    """The case of a call, where the actor may do what the permission names."""
    case, _ = await call_to_handle_beside(uow, actor, call_id, permission)
    return case


async def call_to_handle_beside(
    uow: UnitOfWork, actor: Actor, call_id: UUID, permission: Permission, *columns: ColumnElement[Any]
) -> tuple[Case, Sequence[Any]]:
    """The same, with what else its page needs read by the one statement, as `load_case_beside` does it."""
    case, _, beside = await load_case_beside(uow, actor, call_id, permission, *columns, kind="call")
    return case, beside


async def owner_choices(uow: UnitOfWork, unit_id: UUID) -> list[Any]:
    """Those who may answer for a call: everybody in the unit that owns it, by name."""
    rows = await uow.session.execute(
        select(Person.id, Person.name)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .where(
            UnitMembership.unit_id == unit_id,
            or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
        )
        .order_by(Person.name)
    )
    return list(rows)
