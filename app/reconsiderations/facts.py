"""What the rules must know about a request to try an outcome again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

from app.applications.facts import latest_outcome
from app.applications.models import Application
from app.audit.models import Event
from app.core.database import UnitOfWork
from app.core.listed import listed
from app.decisions.models import Decision, Impartiality, Letter
from app.identity.models import SchemeRole
from app.moves import subject
from app.reconsiderations.models import Reconsideration
from app.reviews.conflicts import conflicts
from app.reviews.models import Review
from workflows.decision import PersonTie
from workflows.reconsideration import ANSWERED, OPEN, AskingFacts, ReconsiderationFacts
from workflows.reconsideration import RECONSIDERATION as LIFECYCLE
from workflows.roles import Role
from workflows.rules import Rules


@subject(LIFECYCLE, Reconsideration)
async def RECONSIDERATION(uow: UnitOfWork, row: Reconsideration) -> ReconsiderationFacts:
    """The facts of a request, in two statements: the case, and ties to the applicant."""
    declared = listed(
        select(Impartiality.id).where(Impartiality.case_id == row.case_id), {"person_id": Impartiality.person_id}
    )
    found = (
        await uow.session.execute(
            select(Application.rules, latest_outcome(Application.id), declared).where(Application.id == row.case_id)
        )
    ).one()
    rules = msgspec.convert(found[0], Rules)
    handling = select(SchemeRole.person_id).where(
        SchemeRole.role.in_((Role.CASE_HANDLER, Role.DECISION_MAKER)),
        SchemeRole.valid_from <= uow.now,
        or_(SchemeRole.valid_to.is_(None), SchemeRole.valid_to > uow.now),
    )
    tied = await conflicts(uow, row.case_id, handling, rules.reviews.cooperation_months)
    return ReconsiderationFacts(
        rules=rules,
        asked_at=row.asked_at,
        asked_until=row.asked_until,
        still_stands=found[1] == row.letter_id,
        first_round=frozenset(row.first_round),
        ties=tuple(PersonTie(person_id=each.person_id, name=each.name, conflict=each.conflict) for each in tied),
        declared_impartial=frozenset(UUID(each["person_id"]) for each in found[2]),
        answer=row.answer,
        above_by=row.above_by,
        above_on=row.above_on,
        above_reasons=row.above_reasons,
    )


class Asking(msgspec.Struct, frozen=True):
    """What the rules must know before an outcome is tried again, and the letter it would be about."""

    facts: AskingFacts
    letter_id: UUID | None


async def asking(uow: UnitOfWork, application: Application) -> Asking:
    """What an office could ask about now; one statement."""
    letter_id = latest_outcome(application.id)
    requests = select(Reconsideration.id).where(Reconsideration.case_id == application.id)
    released_at = select(func.max(Letter.released_at)).where(
        Letter.case_id == application.id, Letter.id >= letter_id, Letter.reconsideration_id.is_(None)
    )
    row = (
        await uow.session.execute(
            select(
                letter_id,
                released_at.scalar_subquery(),
                requests.where(Reconsideration.state.in_(OPEN)).exists(),
                requests.where(Reconsideration.state.in_(ANSWERED), Reconsideration.letter_id == letter_id).exists(),
            )
        )
    ).one()
    facts = AskingFacts(
        rules=msgspec.convert(application.rules, Rules),
        application_state=application.state,
        letter_released_at=row[1],
        is_open=row[2],
        is_answered=row[3],
    )
    return Asking(facts, row[0])


async def first_round_of(uow: UnitOfWork, case_id: UUID) -> list[UUID]:
    """Everybody who has reviewed, recommended, decided or dismissed an application so far (G30)."""
    people: list[Any] = [
        select(Review.reviewer_id).where(Review.case_id == case_id, Review.state != "recused"),
        select(Decision.recommended_by).where(Decision.case_id == case_id, Decision.recommended_by.is_not(None)),
        select(Decision.decided_by).where(Decision.case_id == case_id, Decision.decided_by.is_not(None)),
        select(Event.actor_id).where(
            Event.case_id == case_id,
            Event.subject == "application",
            Event.verb == "dismiss",
            Event.actor_id.is_not(None),
        ),
        select(Reconsideration.answered_by).where(
            Reconsideration.case_id == case_id, Reconsideration.answered_by.is_not(None)
        ),
    ]
    first, *others = people
    return sorted(await uow.session.scalars(first.union(*others)))
