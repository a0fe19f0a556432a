"""An invented case of a call, so that its letters can be read before there are any."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.calls.models import Call, CallText, Criterion
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.identity.models import Person, Unit
from app.letters.ground import Given, Ground
from app.reviews.facts import title_in
from app.texts import filters
from app.texts.i18n import texts_for
from workflows.letter import DECIDED, GIVING, OF_ANOTHER_LOOK, LetterKind
from workflows.rules import Rules

AMOUNT_ORE, HOURS = 40_000_000, 60


async def sample_ground(uow: UnitOfWork, call_id: UUID, kind: LetterKind, language: str) -> Ground:
    """What a letter of the call would be made from, in two statements: the call's own texts, rules and criteria, and an
    invented office."""
    row = (
        await uow.session.execute(
            select(Call.rules, CallText.title, CallText.purpose, Person.name, Person.title, Person.email, Unit.name)
            .join(CallText, CallText.call_id == Call.id)
            .join(Person, Person.id == Call.owner_person_id)
            .join(Unit, Unit.id == Call.owner_unit_id)
            .where(Call.id == call_id, CallText.language == language)
        )
    ).first()
    if row is None:
        raise NotFound
    rules, title, purpose, owner, owner_title, email, unit = row
    criteria = await uow.session.execute(
        select(Criterion.key, Criterion.texts).where(Criterion.call_id == call_id).order_by(Criterion.position)
    )
    t, today = texts_for(language).t, day_in_oslo(uow.now)
    again = kind in OF_ANOTHER_LOOK
    return Ground(
        language=language, call_id=call_id, reference=t("letter.sample.reference"), title=t("letter.sample.title"),
        office=t("letter.sample.office"), call_title=title or t("letter.sample.call"),
        purpose=purpose or t("letter.sample.purpose"), rules=msgspec.convert(rules, Rules), owner=owner, owner_unit=unit,
        owner_email=email, reasons=t("letter.sample.reasons"), signer=owner, signer_title=owner_title,
        given=_given(t("letter.sample.conditions")) if kind in GIVING else None,
        scores=tuple((title_in(texts, key, language), Decimal("3.5")) for key, texts in criteria)
        if kind in DECIDED else (),
        asked_on=today - timedelta(days=10) if again else None,
        first_letter_on=today - timedelta(days=20) if again else None,
        decided_above=f"{t('letter.sample.above')}, {filters.day(today, language)}" if "above" in kind else "",
    )  # fmt: skip


def _given(conditions: str) -> Given:
    return Given(amount_ore=AMOUNT_ORE, hours=HOURS, instrument="budget_allocation", conditions=conditions)
