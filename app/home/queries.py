"""What waits for somebody, whatever room it lies in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, cast, exists, func, literal, or_, select, union_all

from app.applications.facts import letter_released_at
from app.applications.models import Application
from app.calls.models import Call, CallText
from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import OFFICES, current, visible_to
from app.clarifications.models import Clarification
from app.core.clock import day_in_oslo
from app.core.database import NOW, PERSON, UnitOfWork
from app.core.listed import word, words
from app.core.questions import answer, constant, told_each
from app.decisions.drafting import undisputed_in
from app.facilitation.models import FacilitatorAssignment
from app.identity.actor import Actor
from app.identity.models import Unit
from app.letters.queries import count_waiting, waiting_by_call
from app.milestones.models import Milestone
from app.payments.models import Payment
from app.projects.models import Project
from app.reconsiderations.models import Reconsideration
from app.reconsiderations.queries import count_open, requests
from app.reviews.models import Review
from app.reviews.phases import hidden_from
from workflows.reconsideration import TRIABLE, asked_until
from workflows.roles import Permission, Role
from workflows.rules import Rules
from workflows.telling import applicant_state

OVER = ("ended", "stopped", "rejected", "dismissed", "withdrawn", "lapsed", "declined", "joined")
TOLD_BY_LETTER = ("rejected", "dismissed")
"""Outcomes that end a case, and that the office learns of by a letter."""


class OwnCase(msgspec.Struct, frozen=True):
    """A case of the actor's office, with its application's or project's state."""

    id: UUID
    title: str
    language: str
    reference: str
    unit: str
    subject: str
    state: str
    deadline: datetime | None
    has_letter: bool = False
    """Whether the office has got a letter about its latest outcome."""
    asks_until: datetime | None = None
    """The last minute in which it may have that outcome tried again, while it can and has not."""


MOST = 12
"""How many of one's own cases the front page shows."""
LATELY = bindparam("lately", type_=NOW.type)
TRIED_WITHIN = timedelta(days=60)
"""An outcome that ends a case stays on the front page so long after its letter, where it can still be tried again."""


class _Own(msgspec.Struct, frozen=True):
    id: UUID
    title: str
    language: str
    reference: str
    unit: str
    subject: str
    state: str
    deadline: datetime | None
    released_at: datetime | None
    rules: Rules | None


@cache
def own_cases_question() -> ColumnElement[Any]:
    """Asks for the open cases of the person's offices, for PERSON, OFFICES, NOW and LATELY, the newest first.

    With the letter's moment, and the rules of an outcome that can be tried again; a part of what is visible to the person.
    """
    subject = func.coalesce(select(word("project")).where(Project.id == Case.id).scalar_subquery(), "application")
    state = func.coalesce(
        select(Project.state).where(Project.id == Case.id).scalar_subquery(),
        select(Application.state).where(Application.id == Case.id).scalar_subquery(),
    )
    released_at = letter_released_at(Case.id)
    recent = and_(state.in_(words(TOLD_BY_LETTER)), or_(released_at.is_(None), released_at > LATELY))
    since = letter_released_at(Reconsideration.case_id)
    asked = exists().where(Reconsideration.case_id == Application.id, Reconsideration.asked_at > since)
    rules = select(Application.rules).where(
        Application.id == Case.id, Application.state.in_(words(sorted(TRIABLE))), ~asked
    )
    of_office = select(CaseUnit.case_id).where(CaseUnit.unit_id == func.any(OFFICES))
    with_role = select(CaseRole.case_id).where(
        CaseRole.person_id == PERSON,
        CaseRole.role.in_((Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.FACILITATOR, Role.BENEFIT_OWNER)),
        current(CaseRole, NOW),
    )
    own = func.any(func.array(of_office.union(with_role).scalar_subquery()))
    return told_each(
        _Own,
        select(
            Case.id, Case.title, Case.language, Case.reference, Unit.name, subject, state.label("state"), Call.deadline,
            released_at, rules.scalar_subquery(),
        )
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(Call, Call.id == Case.call_id)
        # an array is taken for a few, whoever asks: indexes find them, and it is planned once
        .where(Case.kind == word("application"), Case.id == own, or_(state.not_in(words(OVER)), recent))
        .order_by(Case.id.desc())
        .limit(constant(MOST)),
    )  # fmt: skip


def asked_by(uow: UnitOfWork, actor: Actor) -> dict[str, Any]:
    """What that question is asked about."""
    return {
        "person_id": actor.person_id, "office_ids": list(actor.office_unit_ids), "now": uow.now,
        "lately": uow.now - TRIED_WITHIN,
    }  # fmt: skip


async def own_cases(uow: UnitOfWork, actor: Actor) -> list[OwnCase]:
    """The open cases of the actor's office and those they hold a role in, the newest first; one statement at most."""
    rows: list[_Own] = await answer(uow, own_cases_question(), asked_by(uow, actor))
    return [_as_told(row, uow.now) for row in rows]


def _as_told(row: _Own, now: datetime) -> OwnCase:
    """The case with its state as the office is told it: an outcome shows with its letter."""
    case = OwnCase(
        row.id, row.title, row.language, row.reference, row.unit, row.subject, row.state, row.deadline
    )  # fmt: skip
    if case.subject != "application":
        return case
    until = asked_until(row.rules, day_in_oslo(row.released_at)) if row.released_at and row.rules else None
    return msgspec.structs.replace(
        case, state=applicant_state(case.state, letter_released=row.released_at is not None),
        has_letter=row.released_at is not None, asks_until=until if until and until >= now else None,
    )  # fmt: skip


class OpenCall(msgspec.Struct, frozen=True):
    """A call that takes applications now."""

    id: UUID
    title: str
    deadline: datetime | None


@cache
def open_calls_question(language: str) -> ColumnElement[Any]:
    """Asks for the calls that are open now, the one that closes first at the top."""
    return told_each(
        OpenCall,
        select(Call.id, CallText.title, Call.deadline)
        .join(CallText, and_(CallText.call_id == Call.id, CallText.language == language))
        .where(Call.state == word("open"))
        .order_by(Call.deadline),
    )


async def open_calls(uow: UnitOfWork, language: str) -> list[OpenCall]:
    """The answer to that question; one statement at most."""
    found: list[OpenCall] = await answer(uow, open_calls_question(language), {})
    return found


class Waiting(msgspec.Struct, frozen=True):
    """One thing that waits for somebody: its kind, its case, where it is done and by when."""

    kind: str
    case_id: UUID
    row_id: UUID
    title: str
    language: str
    unit: str
    due_on: date | None
    about: str
    """Which one of the case's: a milestone's key, a benefit's title; "" where the kind says enough."""


def _waiting(
    kind: str, table: Any, case_column: Any, due: Any, *conditions: Any, row_id: Any = None, about: Any = None
) -> Select[Any]:
    row_id = table.id if row_id is None else row_id
    return (
        select(
            literal(kind).label("kind"),
            Case.id,
            row_id.label("row_id"),
            Case.title,
            Case.language,
            Unit.name,
            due.label("due_on"),
            (literal("") if about is None else about).label("about"),
        )
        .select_from(table)
        .join(Case, Case.id == case_column)
        .join(Unit, Unit.id == Case.unit_id)
        .where(*conditions)
    )


def _waiting_letters(actor: Actor, now: datetime) -> Select[Any]:
    """The calls that have letters waiting to be sent, one row each, with how many."""
    by_call = waiting_by_call(actor, now).subquery()
    nothing = literal(None, Milestone.due_on.type)
    letters = _waiting("letters", Call, Call.id, nothing, about=cast(by_call.c.waiting, Text))
    return letters.join(by_call, by_call.c.call_id == Call.id)


async def _waiting_requests(uow: UnitOfWork, actor: Actor) -> list[Waiting]:
    """The requests to have an outcome tried again that wait for the actor's answer, with its day; one statement."""
    rows = await requests(uow, actor, actor.language, for_actor=True)
    return [
        Waiting("reconsideration", row.case_id, row.id, row.title, row.language, row.unit, row.due_on, "")
        for row in rows
    ]


class Ahead(msgspec.Struct, frozen=True):
    """What is seen to together: letters that wait to be sent, requests that are open; None for those who do not see to it."""

    letters: int | None
    requests: int | None


async def ahead(uow: UnitOfWork, actor: Actor) -> Ahead:
    """How many letters wait and requests are open, of those that the actor may see; two statements at most."""
    sends, answers = actor.may(Permission.DECISION_RELEASE), actor.may(Permission.RECONSIDERATION_HANDLE)
    return Ahead(
        letters=await count_waiting(uow, actor) if sends else None,
        requests=await count_open(uow, actor) if answers else None,
    )


def _by_day(row: Waiting) -> tuple[bool, date, UUID]:
    return row.due_on is None, row.due_on or date.max, row.row_id


async def waiting_for(uow: UnitOfWork, actor: Actor, limit: int = 100) -> list[Waiting]:
    """What waits for the actor by the roles they hold in the scheme, what is due first at the top."""
    visible = visible_to(actor, uow.now)
    nothing = literal(None, Milestone.due_on.type)
    hidden = await hidden_from(uow, actor)
    parts = [
        _waiting("review", Review, Review.case_id, nothing, Review.reviewer_id == actor.person_id,
                 Review.state.in_(("assigned", "declared", "started"))),
        _waiting("assignment", FacilitatorAssignment, FacilitatorAssignment.case_id, nothing,
                 FacilitatorAssignment.person_id == actor.person_id, FacilitatorAssignment.state == "proposed"),
    ]  # fmt: skip
    if actor.may(Permission.APPLICATION_SCREEN):
        states = ("submitted", "screening", "in_review", "clarification_meeting")
        parts.append(_waiting("application", Application, Application.id, nothing, visible,
                              Application.state.in_(states)))  # fmt: skip
    if actor.may(Permission.DECISION_RELEASE):
        parts.append(_waiting_letters(actor, uow.now))
    if actor.may(Permission.DECISION_DECIDE):
        parts.append(_waiting("decision", Application, Application.id, nothing, visible,
                              Application.state == "recommended",
                              await undisputed_in(uow, actor, ("recommended",))))  # fmt: skip
    if actor.may(Permission.MILESTONE_APPROVE):
        parts.append(_waiting("milestone", Milestone, Milestone.case_id, Milestone.due_on, visible,
                              Milestone.state == "reported", about=Milestone.key))  # fmt: skip
    if actor.may(Permission.CLARIFICATION_AGREE_SCHEME):
        parts.append(_waiting("clarification", Clarification, Clarification.case_id, nothing, visible,
                              Clarification.state == "proposed"))  # fmt: skip
    if actor.may(Permission.PAYMENT_CERTIFY):
        parts.append(_waiting("certification", Payment, Payment.case_id, nothing, visible, Payment.state == "released"))
    if actor.may(Permission.PAYMENT_APPROVE):
        parts.append(_waiting("payment", Payment, Payment.case_id, nothing, visible, Payment.state == "certified"))
    found = await _first_due(uow, parts, limit, hidden)
    if actor.may(Permission.RECONSIDERATION_HANDLE):
        found = sorted([*found, *await _waiting_requests(uow, actor)], key=_by_day)[:limit]
    return found


async def _first_due(
    uow: UnitOfWork, parts: list[Select[Any]], limit: int, hidden: frozenset[UUID] = frozenset()
) -> list[Waiting]:
    together = union_all(*parts).subquery()
    rows = await uow.session.execute(
        select(together).order_by(together.c.due_on.asc().nulls_last(), together.c.row_id).limit(limit)
    )
    found = [Waiting(*row) for row in rows]
    return [
        msgspec.structs.replace(each, title="", unit="") if each.case_id in hidden and each.kind == "review" else each
        for each in found
    ]
