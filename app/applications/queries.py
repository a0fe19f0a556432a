"""The applications that somebody may see: lists, one of them with all it says, receipts, and what is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, case, func, or_, select

from app.applications.facts import benefits_of, budget_of, deviances_of, letter_released_at, questions_of, team_of
from app.applications.models import Application, Endorsement, Invitation, Receipt
from app.audit.models import Event
from app.audit.queries import COLUMNS, EventRow
from app.calls.models import Call, CallText
from app.cases.models import Case
from app.cases.queries import load_case
from app.core.database import CASE, UnitOfWork
from app.core.errors import NotFound
from app.core.listed import listed
from app.identity.actor import Actor
from app.identity.models import Person, Unit
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
            Application, Unit.name, County.c.name, call_case.c.reference, call_title_in(language), Call.opens_at,
            Call.deadline, deviances_of(CASE), team_of(CASE), benefits_of(CASE), endorsements, letter_released_at(CASE),
            Handler.c.name, receipts > 1,
            questions_of(Application.call_id, Application.call_form_version), budget_of(CASE), Call.cost_kinds,
        )
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
    """One application; NotFound where the actor may not know of it."""
    found, roles = await load_case(uow, actor, application_id, permission)
    row = (await uow.session.execute(_view(language), {"case_id": application_id})).first()
    if row is None:
        raise NotFound
    return ApplicationView(
        application=row[0], case=found, roles=roles, unit=row[1], county=row[2], call_reference=row[3],
        call_title=row[4] or "", opens_at=row[5], deadline=row[6], deviances=row[7], team=row[8], benefits=row[9],
        endorsements=row[10], letter_released=row[11] is not None, handler=row[12], was_returned=row[13],
        form=form_of(row[14]), budget=row[15], cost_kinds=tuple(row[16]),
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


async def events_shown(uow: UnitOfWork, view: ApplicationView, limit: int = 8) -> list[EventRow]:
    """The latest events that the reader may know of: for an office what it wrote, and the steps that it is told of.

    Answers that saved themselves are left out: they say nothing.
    """
    statement = (
        select(*COLUMNS)
        .where(Event.case_id == view.case.id, Event.verb != "save_answers")
        .order_by(Event.sequence.desc())
        .limit(limit)
    )
    if not view.roles & (INSIDE - {Role.REVIEWER}):
        joining = Event.subject == "join_proposal"
        own_files = and_(Event.subject == "file", Event.verb.in_(FILE_VERBS))
        told = and_(Event.subject == "application", Event.verb.in_(TOLD_TO_ALL | WRITTEN_BY_OFFICE))
        if uow.veils:  # whoever was in the team once, and what files were called, would say who applies
            statement = statement.where(Event.subject == "application", Event.verb.in_(TOLD_TO_ALL))
        statement = statement.where(or_(told, own_files, joining))
    return [EventRow(*row) for row in await uow.session.execute(statement)]


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
