"""The applications that somebody may see: lists, one of them with all it says, receipts, and what is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from app.applications.facts import APPLICATION, Gathered
from app.applications.models import Application, Endorsement, Invitation, Receipt
from app.audit.models import Event
from app.audit.queries import COLUMNS, EventRow
from app.calls.models import Call, CallText
from app.cases.models import Case
from app.core.database import CASE, UnitOfWork
from app.core.listed import listed
from app.core.questions import answer, constant, told_each
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.moves import see
from workflows.forms.fields import Form
from workflows.forms.own import form_of
from workflows.roles import GROUP, Permission, Role
from workflows.telling import applicant_state

County = Unit.__table__.alias("county")
Handler = Person.__table__.alias("handler")
INSIDE = GROUP | {Role.DECISION_MAKER, Role.AUDITOR, Role.REVIEWER}
"""Those who see the scheme's own name for a state; the office is told what concerns it (DESIGN 2.1)."""


def state_key(state: str, *, inside: bool, letter_released: bool) -> str:
    """The key of the text of a state, as the scheme or as the office is told it."""
    if inside:
        return f"state.application.{state}"
    return f"state.applicant.{applicant_state(state, letter_released=letter_released)}"


class ApplicationView(msgspec.Struct, frozen=True, kw_only=True):
    """An application with all that its pages show."""

    application: Application
    case: Case
    roles: frozenset[Role]
    unit: str
    county: str | None
    call_reference: str
    call_title: str
    opens_at: datetime | None
    deadline: datetime | None
    deviances: list[dict[str, Any]]
    team: list[dict[str, Any]]
    benefits: list[dict[str, Any]]
    budget: list[dict[str, Any]]
    cost_kinds: tuple[str, ...]
    """The kinds of costs that its call names as paid for."""
    endorsements: list[dict[str, Any]]
    letter_released: bool
    handler: str | None
    """The case handler who has taken it."""
    was_returned: bool
    form: Form
    """The scheme's questions, and those of its call in the version that it is bound to."""

    @property
    def state_key(self) -> str:
        """The text of the state for whoever reads."""
        inside = bool(self.roles & INSIDE)
        return state_key(self.application.state, inside=inside, letter_released=self.letter_released)


def call_title_in(language: str) -> Any:
    """The title of a joined call in a language, in another where it has none in that one."""
    return (
        select(CallText.title)
        .where(CallText.call_id == Call.id, CallText.title != "")
        .order_by(case((CallText.language == language, 0), else_=1), CallText.language)
        .limit(1)
        .scalar_subquery()
    )


@cache
def _view(language: str) -> Select[Any]:
    """What the pages of an application show beside its row and its facts; built once for each language."""
    call_case = Case.__table__.alias("call_case")
    endorsements = listed(
        select(Endorsement.id).join(Person, Person.id == Endorsement.person_id).where(Endorsement.case_id == CASE),
        {"name": Person.name, "at": Endorsement.at, "content": Endorsement.content,
         "weekly_hours": Endorsement.weekly_hours, "released": Endorsement.released},
        Endorsement.id.desc(),
    )  # fmt: skip
    receipts = select(func.count()).where(Receipt.case_id == CASE).scalar_subquery()
    return (
        select(
            Unit.name, County.c.name, call_case.c.reference, call_title_in(language), endorsements, Handler.c.name,
            receipts > 1,
        )
        .select_from(Application)
        .join(Unit, Unit.id == Application.unit_id)
        .outerjoin(County, County.c.id == Unit.county_id)
        .outerjoin(Handler, Handler.c.id == Application.handler_id)
        .join(Call, Call.id == Application.call_id)
        .join(call_case, call_case.c.id == Call.id)
        .where(Application.id == CASE)
    )  # fmt: skip


async def application_view(
    uow: UnitOfWork, actor: Actor, application_id: UUID, language: str,
    permission: Permission = Permission.APPLICATION_SEE,
) -> ApplicationView:  # fmt: skip
    """One application, with what its rules must know; one statement. NotFound where the actor may not know of it."""
    seen = await see(uow, actor, APPLICATION, application_id, permission, _view(language))
    unit, county, call_reference, call_title, endorsements, handler, was_returned = seen.beside
    gathered: Gathered = seen.gathered
    return ApplicationView(
        application=seen.row, case=seen.case, roles=seen.roles, unit=unit, county=county,
        call_reference=call_reference, call_title=call_title or "", opens_at=gathered.opens_at,
        deadline=gathered.deadline, deviances=gathered.deviances, team=gathered.team, benefits=gathered.benefits,
        endorsements=endorsements, letter_released=gathered.letter_released_at is not None, handler=handler,
        was_returned=was_returned, form=form_of(gathered.questions), budget=gathered.budget,
        cost_kinds=tuple(gathered.cost_kinds),
    )  # fmt: skip


def standing(given: Sequence[Mapping[str, Any]], now: str) -> list[Mapping[str, Any]]:
    """The endorsements of what the application says now, one of each leader; else the latest of what it said before."""
    found = {each["name"]: each for each in reversed(given) if each["content"] == now}
    return list(found.values()) or list(given[:1])


def is_masked(view: ApplicationView) -> bool:
    """Whether the reader is told less of the state than the scheme knows: until its letter an office knows no outcome."""
    told = applicant_state(view.application.state, letter_released=view.letter_released)
    return not view.roles & INSIDE and told != view.application.state


UNMASKED_STEPS = frozenset({"withdraw"})
"""Steps that an office sees while it is told less of the state; the others would give the state away."""

TOLD_TO_ALL = frozenset(
    {"submit", "resubmit", "begin_screening", "return_for_completion", "find_complete", "hold_meeting", "withdraw",
     "accept", "decline", "lapse"}
)  # fmt: skip
"""Steps of an application that the office may know of as soon as they are taken."""

WRITTEN_BY_OFFICE = frozenset(
    {
        "create",
        "endorse",
        "take_part",
        "record_taking_part",
        "invite_member",
        "revoke_invitation",
        "accept_invitation",
        "seek_partners",
        "stop_seeking_partners",
        "join",
        "take_in",
    }
) | {
    f"{verb}_{what}"
    for verb in ("add", "write", "move", "remove")
    for what in ("member", "deviance", "benefit", "budget_line")
}


FILE_VERBS = frozenset({"add", "remove", "find_infected"})
"""What happens to its files that an office is told of."""


MOST_EVENTS = 8


@cache
def _events(inside: bool, veiled: bool) -> ColumnElement[Any]:
    statement = select(*COLUMNS).where(Event.case_id == CASE, Event.verb != "save_answers")
    if not inside:
        joining = Event.subject == "join_proposal"
        of_project = or_(Event.changes.has_key("milestone_id"), Event.changes.has_key("report_id"))
        own_files = and_(Event.subject == "file", Event.verb.in_(FILE_VERBS), ~of_project)
        told = and_(Event.subject == "application", Event.verb.in_(TOLD_TO_ALL | WRITTEN_BY_OFFICE))
        if veiled:  # whoever was in the team once, and what files were called, would say who applies
            statement = statement.where(Event.subject == "application", Event.verb.in_(TOLD_TO_ALL))
        statement = statement.where(or_(told, own_files, joining))
    return told_each(EventRow, statement.order_by(Event.sequence.desc()).limit(constant(MOST_EVENTS)))


def events_question(uow: UnitOfWork, view: ApplicationView) -> ColumnElement[Any]:
    """Asks for the latest events that the reader may know of, by the case: for an office what it wrote, and the steps
    that it is told of.

    Answers that saved themselves are left out: they say nothing.
    """
    return _events(bool(view.roles & (INSIDE - {Role.REVIEWER})), bool(uow.veils))


async def events_shown(uow: UnitOfWork, view: ApplicationView) -> list[EventRow]:
    """The answer to that question; one statement at most."""
    found: list[EventRow] = await answer(uow, events_question(uow, view), {"case_id": view.case.id})
    return found


class InvitationRow(msgspec.Struct, frozen=True):
    """The latest invitation of a member: when it was sent, until when it opens, and what has become of it."""

    sent_at: datetime
    expires_at: datetime
    state: str


async def invitations_of(uow: UnitOfWork, application_id: UUID) -> dict[str, InvitationRow]:
    """The latest invitation of each member who was sent one; the caller has checked that the draft may be written."""
    state = case(
        (Invitation.used_at.is_not(None), "used"), (Invitation.revoked_at.is_not(None), "revoked"),
        (Invitation.expires_at <= uow.now, "expired"), else_="open",
    )  # fmt: skip
    rows = await uow.session.execute(
        select(Invitation.member_id, Invitation.sent_at, Invitation.expires_at, state)
        .where(Invitation.case_id == application_id)
        .order_by(Invitation.id)
    )
    return {str(row[0]): InvitationRow(*row[1:]) for row in rows}


class ReceiptRow(msgspec.Struct, frozen=True):
    """A receipt: when which content came, and from whom."""

    number: int
    received_at: datetime
    received_from: str
    content_hash: str


async def receipts(uow: UnitOfWork, application_id: UUID) -> list[ReceiptRow]:
    """The receipts of an application, the newest first; the caller has checked that it may be seen."""
    rows = await uow.session.execute(
        select(Receipt.number, Receipt.received_at, Person.name, Receipt.content_hash)
        .join(Person, Person.id == Receipt.received_from)
        .where(Receipt.case_id == application_id)
        .order_by(Receipt.number.desc())
    )
    return [ReceiptRow(*row) for row in rows]


class OpenCall(msgspec.Struct, frozen=True):
    """A call that one can apply to now."""

    id: UUID
    title: str
    deadline: datetime


async def open_calls(uow: UnitOfWork, language: str) -> list[OpenCall]:
    """The calls whose time runs now, whichever state the clock has given them, the one that closes first at the top."""
    minute = uow.now.replace(second=0, microsecond=0)
    rows = await uow.session.execute(
        select(Call.id, call_title_in(language), Call.deadline)
        .where(
            Call.state.in_(("published", "open")),
            Call.opens_at <= uow.now,
            Call.deadline >= minute,
        )
        .order_by(Call.deadline)
    )
    return [OpenCall(*row) for row in rows]


async def unit_choices(uow: UnitOfWork, actor: Actor) -> list[Any]:
    """The offices that the actor may apply for: id, name and language."""
    rows = await uow.session.execute(
        select(Unit.id, Unit.name, Unit.language)
        .where(Unit.id.in_(actor.office_unit_ids), Unit.kind == "office")
        .order_by(Unit.name)
    )
    return list(rows)
