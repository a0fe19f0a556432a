"""What a letter is made from: read from the case it is about, and put into words in the applicant's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.calls.models import Call, CallText, Criterion
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.decisions.models import Decision, Letter
from app.identity.models import Person, Unit
from app.reconsiderations.models import Reconsideration
from app.reviews.facts import title_in
from app.reviews.models import Review, Score
from app.texts import filters
from app.texts.i18n import texts_for
from workflows.letter import Block, LetterKind, Values, paragraphs
from workflows.money import split
from workflows.reconsideration import asked_until
from workflows.review import ReviewState
from workflows.rules import Rules


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision gives the office."""

    amount_ore: int
    hours: int
    instrument: str
    conditions: str = ""
    starts_on: str | None = None


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter is made from."""

    language: str
    call_id: UUID
    reference: str
    title: str
    office: str
    call_title: str
    purpose: str
    rules: Rules
    owner: str
    owner_unit: str
    owner_email: str
    reasons: str
    signer: str
    signer_title: str = ""
    given: Given | None = None
    scores: tuple[tuple[str, Decimal], ...] = ()
    asked_on: date | None = None
    first_letter_on: date | None = None
    decided_above: str = ""
    """The body above and its day, where it has decided."""
    corrects_on: date | None = None
    correction: str = ""


async def ground_of(uow: UnitOfWork, letter: Letter) -> Ground:
    """Read what a letter is made from, in two statements."""
    owner_unit, signer, first, before = aliased(Unit), aliased(Person), aliased(Letter), aliased(Letter)
    language = case((CallText.language == Case.language, 0), (CallText.language == "nb", 1), else_=2)
    row = (
        await uow.session.execute(
            select(
                Case, Application, Unit.name.label("office"), CallText.title, CallText.purpose, Person.name.label("owner"),
                Person.email, owner_unit.name.label("owner_unit"), signer.name.label("signer"),
                signer.title.label("signer_title"), Decision, Reconsideration, first.released_at.label("first_at"),
                before.released_at.label("corrects_at"),
            )
            .join(Application, Application.id == Case.id)
            .join(Unit, Unit.id == Case.unit_id)
            .join(Call, Call.id == Application.call_id)
            .join(CallText, CallText.call_id == Call.id)
            .join(Person, Person.id == Call.owner_person_id)
            .join(owner_unit, owner_unit.id == Call.owner_unit_id)
            .outerjoin(signer, signer.id == letter.signed_by)
            .outerjoin(Decision, Decision.id == letter.decision_id)
            .outerjoin(Reconsideration, Reconsideration.id == letter.reconsideration_id)
            .outerjoin(first, first.id == Reconsideration.letter_id)
            .outerjoin(before, before.id == letter.replaces_id)
            .where(Case.id == letter.case_id)
            .order_by(language)
            .limit(1)
        )
    ).one()  # fmt: skip
    found: Case = row[0]
    decision: Decision | None = row.Decision
    return Ground(
        language=found.language, call_id=row.Application.call_id, reference=found.reference, title=found.title,
        office=row.office, call_title=row.title, purpose=row.purpose, rules=msgspec.convert(row.Application.rules, Rules),
        owner=row.owner, owner_unit=row.owner_unit, owner_email=row.email, reasons=letter.reasons,
        signer=row.signer or row.owner, signer_title=row.signer_title or "",
        given=_given(decision, row.Application), corrects_on=_day(row.corrects_at), correction=letter.correction,
        scores=await _scores(uow, found) if decision is not None else (),
        **_of_request(row.Reconsideration, row.first_at, letter),
    )  # fmt: skip


def _day(moment: datetime | None) -> date | None:
    return day_in_oslo(moment) if moment else None


def _given(decision: Decision | None, application: Application) -> Given | None:
    if decision is None:
        return None
    return Given(
        amount_ore=decision.amount_ore or 0, hours=decision.hours or 0, instrument=decision.funding_instrument,
        conditions=decision.conditions, starts_on=application.answers.get("starts_on") or None,
    )  # fmt: skip


def _of_request(request: Reconsideration | None, first_at: datetime | None, letter: Letter) -> dict[str, Any]:
    if request is None:
        return {}
    above = ""
    if letter.kind in (LetterKind.UPHELD_ABOVE, LetterKind.CHANGED_ABOVE) and request.above_on:
        above = f"{request.above_by}, {filters.day(request.above_on, letter.language)}"
    return {"asked_on": _day(request.asked_at), "first_letter_on": _day(first_at), "decided_above": above}


async def _scores(uow: UnitOfWork, found: Case) -> tuple[tuple[str, Decimal], ...]:
    """The mean for each criterion, without whose it is (G21)."""
    rows = await uow.session.execute(
        select(Criterion.key, Criterion.texts, func.round(func.avg(Score.value), 1))
        .join(Score, Score.criterion_id == Criterion.id)
        .join(Review, and_(Review.id == Score.review_id, Review.state == ReviewState.SUBMITTED))
        .where(Review.case_id == found.id)
        .group_by(Criterion.id)
        .order_by(Criterion.position)
    )
    return tuple((title_in(texts, key, found.language), mean) for key, texts, mean in rows)


def values_of(ground: Ground, kind: LetterKind, on: date) -> Values:
    """What is filled in for a letter that is dated on a day, in the applicant's language."""
    t = texts_for(ground.language).t
    language = ground.language
    contact = ", ".join(filter(None, (ground.owner, ground.owner_unit, ground.owner_email)))
    title = ground.signer_title or t("letter.no_title")
    return {
        "title": ground.title,
        "call": ground.call_title,
        "office": ground.office,
        "reference": ground.reference,
        "contact": contact,
        "decided_by": ground.decided_above or f"{ground.signer}, {title}",
        "days_to_accept": str(ground.rules.deadlines.acceptance_days),
        "asked_on": filters.day(ground.asked_on, language) if ground.asked_on else "",
        "first_letter_on": filters.day(ground.first_letter_on, language) if ground.first_letter_on else "",
        "reasons": Block(paragraphs=paragraphs(ground.reasons)),
        "scores": _score_block(ground),
        "purpose": Block(paragraphs=paragraphs(ground.purpose)),
        "personal_data": Block(paragraphs=(ground.rules.legal.personal_data.of(language),)),
        "control": Block(paragraphs=(ground.rules.legal.control.of(language),)),
        "breach": Block(paragraphs=(ground.rules.legal.breach.of(language),)),
        "appeal": _appeal(ground, on),
        **(_of_award(ground, ground.given) if ground.given else {}),
    }


def _score_block(ground: Ground) -> Block:
    if not ground.scores:
        return Block()
    lead = texts_for(ground.language).t("letter.scores", highest=ground.rules.reviews.highest)
    return Block(
        paragraphs=(lead,), rows=tuple((title, filters.number(mean, ground.language)) for title, mean in ground.scores)
    )


def _appeal(ground: Ground, on: date) -> Block:
    """What the call's regime says about trying the outcome again, with its last day for a letter received on that one."""
    rules = ground.rules
    said = rules.appeal_text.of(ground.language).replace("{days}", str(rules.appeal.days))
    until = asked_until(rules, on)
    if until is None:
        return Block(paragraphs=(said,))
    last = texts_for(ground.language).t("letter.last_day", last_on=day_in_oslo(until))
    return Block(paragraphs=(said, last))


def _of_award(ground: Ground, given: Given) -> dict[str, Block]:
    """What an office must know that is given something (G22)."""
    rules, language = ground.rules, ground.language
    t = texts_for(language).t
    amount = ((t("letter.amount"), filters.money(given.amount_ore, language)), (t("letter.hours"), str(given.hours)))
    starts = (
        t("letter.period_from", starts_on=given.starts_on) if given.starts_on else t("letter.period_from_acceptance")
    )
    follow_up = t("letter.period_follow_up", months=max(rules.benefits.follow_up_months))
    reports = tuple((t(f"milestone.{rule.key}"), t(f"role.{rule.approved_by}")) for rule in rules.milestones)
    shares = rules.payments
    sums = split(given.amount_ore, [share for _, share in shares])
    plan = zip(
        (t(f"milestone.{key}") for key, _ in shares), (filters.money(each, language) for each in sums), strict=True
    )
    return {
        "amount": Block(rows=amount),
        "instrument": Block(
            paragraphs=(t(f"letter.instrument.{given.instrument}"), t(f"funding.means.{given.instrument}"))
        ),
        "period": Block(paragraphs=(starts, follow_up)),
        "conditions": Block(paragraphs=paragraphs(given.conditions)),
        "reporting": Block(rows=reports),
        "payment": Block(rows=tuple(plan)),
    }
