"""What an office sees of joining forces: who looks for partners in its call, and what was proposed to and from it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.identity.models import Person, Unit
from app.joining.models import JoinProposal
from app.network.models import Challenge
from app.network.similar import shares
from workflows.application import ApplicationState
from workflows.joining import JoinProposalState

MOST_SHOWN = 100


class Seeker(msgspec.Struct, frozen=True, kw_only=True):
    """A draft whose office looks for partners: what it shows of itself, and how like one's own it is, from 0 to 1."""

    id: UUID
    unit: str
    language: str
    summary: str
    share: float


async def seekers(uow: UnitOfWork, own: Application, words: str) -> list[Seeker]:
    """The other offices that look for partners in the call of a draft, the most similar first."""
    like = await shares(uow, words, "shown")
    rows = await uow.session.execute(
        select(Application.id, Unit.name, Case.language, Challenge.summary)
        .join(Challenge, Challenge.case_id == Application.id)
        .join(Case, Case.id == Application.id)
        .join(Unit, Unit.id == Application.unit_id)
        .where(
            Application.call_id == own.call_id, Application.state == ApplicationState.DRAFT,
            Application.unit_id != own.unit_id, Application.partners_sought_at.is_not(None),
            Challenge.shown_at.is_not(None),
        )
        .order_by(Application.partners_sought_at.desc())
        .limit(MOST_SHOWN)
    )  # fmt: skip
    found = [
        Seeker(id=row.id, unit=row.name, language=row.language, summary=row.summary, share=like.get(row.id, 0.0))
        for row in rows
    ]
    return sorted(found, key=lambda each: -each.share)


class ProposalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal as one of its two offices reads it; of the other's draft nothing but whose it is."""

    id: UUID
    version: int
    state: str
    is_ours: bool
    unit: str
    who: str
    message: str
    ours_goes_on: bool
    proposed_at: datetime
    answer: str
    answered_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether it has not been answered."""
        return self.state == JoinProposalState.PROPOSED


async def proposals(uow: UnitOfWork, application_id: UUID) -> list[ProposalRow]:
    """What was proposed from and to an application, the newest first; the caller has checked that it may be seen."""
    ours, theirs = aliased(Application), aliased(Application)
    our_unit, their_unit = aliased(Unit), aliased(Unit)
    rows = await uow.session.execute(
        select(JoinProposal, our_unit.name, their_unit.name, Person.name)
        .join(ours, ours.id == JoinProposal.case_id)
        .join(theirs, theirs.id == JoinProposal.to_case_id)
        .join(our_unit, our_unit.id == ours.unit_id)
        .join(their_unit, their_unit.id == theirs.unit_id)
        .join(Person, Person.id == JoinProposal.proposed_by)
        .where(or_(JoinProposal.case_id == application_id, JoinProposal.to_case_id == application_id))
        .order_by(JoinProposal.id.desc())
        .limit(MOST_SHOWN)
    )
    found = []
    for row, sender, receiver, who in rows:
        is_ours = row.case_id == application_id
        found.append(
            ProposalRow(
                id=row.id, version=row.version, state=row.state, is_ours=is_ours, unit=receiver if is_ours else sender,
                who=who, message=row.message, ours_goes_on=(row.keep == "ours") == is_ours, proposed_at=row.proposed_at,
                answer=row.answer, answered_at=row.answered_at,
            )
        )  # fmt: skip
    return found


class Related(msgspec.Struct, frozen=True):
    """An application that another was joined into, or that went into it."""

    id: UUID
    reference: str
    unit: str


async def joined_with(uow: UnitOfWork, application_id: UUID) -> tuple[Related | None, list[Related]]:
    """What an application was joined into, if it was, and those that went into it."""
    own = aliased(Application)
    rows = await uow.session.execute(
        select(Application.id, Application.reference, Unit.name, Application.joined_into)
        .join(Unit, Unit.id == Application.unit_id)
        .outerjoin(own, own.joined_into == Application.id)
        .where(or_(Application.joined_into == application_id, own.id == application_id))
        .distinct()
        .order_by(Application.reference)
    )
    into, those = None, []
    for case_id, reference, unit, target in rows:
        if target == application_id:
            those.append(Related(case_id, reference, unit))
        else:
            into = Related(case_id, reference, unit)
    return into, those
