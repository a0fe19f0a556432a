"""What a letter says, in the applicant's language: the fields that both its page and its PDF are made from (G20-G22)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.calls.models import Call, CallText, Criterion
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.decisions.models import Decision, Letter
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.outbox.service import put
from app.reviews.facts import title_in
from app.reviews.models import Review, Score
from app.texts import filters
from app.texts.i18n import texts_for
from workflows.application import ApplicationState
from workflows.decision import Outcome
from workflows.money import split
from workflows.review import ReviewState
from workflows.rules import Rules

KIND_OF: dict[Outcome, str] = {
    Outcome.AWARDED: "award",
    Outcome.PROVISIONALLY_AWARDED: "provisional",
    Outcome.WAITLISTED: "waitlist",
    Outcome.REJECTED: "rejection",
}
GIVING = ("award", "provisional")
Text = Callable[..., str]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a letter: a heading, paragraphs, and a table of two columns where there is one."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a letter says."""

    kind: str
    language: str
    subject: str
    recipient: tuple[str, ...]
    dated_on: date
    dated: str
    reference: str
    reference_label: str
    lead: str
    parts: tuple[Part, ...]
    sender: str
    signed_by: str


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter is written from."""

    case: Case
    application: Application
    rules: Rules
    unit: Unit
    call_title: str
    purpose: str
    owner: Person
    owner_unit: Unit
    scores: tuple[tuple[str, Decimal], ...]


async def ground_of(uow: UnitOfWork, case_id: UUID) -> Ground:
    """Read what the letter of a case is written from, in two statements."""
    owner_unit = aliased(Unit)
    language = case((CallText.language == Case.language, 0), (CallText.language == "nb", 1), else_=2)
    row = (
        await uow.session.execute(
            select(Case, Application, Unit, CallText.title, CallText.purpose, Person, owner_unit)
            .join(Application, Application.id == Case.id)
            .join(Unit, Unit.id == Case.unit_id)
            .join(Call, Call.id == Application.call_id)
            .join(CallText, CallText.call_id == Call.id)
            .join(Person, Person.id == Call.owner_person_id)
            .join(owner_unit, owner_unit.id == Call.owner_unit_id)
            .where(Case.id == case_id)
            .order_by(language)
            .limit(1)
        )
    ).one()
    scores = await uow.session.execute(
        select(Criterion.key, Criterion.texts, func.round(func.avg(Score.value), 1))
        .join(Score, Score.criterion_id == Criterion.id)
        .join(Review, Review.id == Score.review_id)
        .where(Review.case_id == case_id, Review.state == ReviewState.SUBMITTED)
        .group_by(Criterion.id)
        .order_by(Criterion.position)
    )
    found: Case = row[0]
    return Ground(
        case=found, application=row[1], rules=msgspec.convert(row[1].rules, Rules), unit=row[2], call_title=row[3],
        purpose=row[4], owner=row[5], owner_unit=row[6],
        scores=tuple((title_in(texts, key, found.language), mean) for key, texts, mean in scores),
    )  # fmt: skip


def paragraphs(text: str) -> tuple[str, ...]:
    """A text cut at its empty lines."""
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


def _award_parts(t: Text, ground: Ground, decision: Decision) -> Iterator[Part]:
    """What an office must know that is given something (G22)."""
    rules, language = ground.rules, ground.case.language
    amount_ore, hours = decision.amount_ore or 0, decision.hours or 0

    def part(key: str, *texts: str, rows: tuple[tuple[str, str], ...] = ()) -> Part:
        return Part(key=key, heading=t(f"letter.part.{key}"), paragraphs=texts, rows=rows)

    given = ((t("letter.amount"), filters.money(amount_ore, language)), (t("letter.hours"), str(hours)))
    yield part("purpose", *paragraphs(ground.purpose), t("letter.purpose_of_case", title=ground.case.title))
    yield part("amount", t("letter.amount_given", call=ground.call_title), rows=given)
    yield part("instrument", t(f"letter.instrument.{decision.funding_instrument}"))
    starts_on = ground.application.answers.get("starts_on")
    months = max(rules.benefits.follow_up_months)
    from_day = t("letter.period_from", starts_on=starts_on) if starts_on else t("letter.period_from_acceptance")
    yield part("period", from_day, t("letter.period_follow_up", months=months))
    yield part("conditions", t("letter.conditions"), *paragraphs(decision.conditions))
    reports = tuple((t(f"milestone.{rule.key}"), t(f"role.{rule.approved_by}")) for rule in rules.milestones)
    yield part("reporting", t("letter.reporting"), rows=reports)
    shares = rules.payments
    sums = split(amount_ore, [share for _, share in shares])
    plan = tuple(
        (t(f"milestone.{key}"), filters.money(each, language)) for (key, _), each in zip(shares, sums, strict=True)
    )
    yield part("payment", t("letter.payment"), rows=plan)
    yield part("control", rules.legal.control.of(language))
    yield part("breach", rules.legal.breach.of(language))
    yield part("personal_data", rules.legal.personal_data.of(language))
    yield part("acceptance", t("letter.acceptance", days=rules.deadlines.acceptance_days))


def _parts(t: Text, ground: Ground, kind: str, decision: Decision | None, reasons: str, who: Person) -> Iterator[Part]:
    language = ground.case.language

    def part(key: str, *texts: str, rows: tuple[tuple[str, str], ...] = ()) -> Part:
        return Part(key=key, heading=t(f"letter.part.{key}"), paragraphs=texts, rows=rows)

    yield part("reasons", *paragraphs(reasons))
    if kind == "declined":
        yield part("freed", t("letter.freed"))
        contact = ", ".join(filter(None, (ground.owner.name, ground.owner_unit.name, ground.owner.email)))
        yield part("contact", t("letter.contact", contact=contact))
        return
    if ground.scores and decision is not None:
        highest = ground.rules.reviews.highest
        rows = tuple((title, filters.number(mean, language)) for title, mean in ground.scores)
        yield part("scores", t("letter.scores", highest=highest), rows=rows)
    if decision is not None and kind in GIVING:
        yield from _award_parts(t, ground, decision)
    if kind == "waitlist":
        yield part("waiting", t("letter.waiting"))
    days = ground.rules.appeal.days
    yield part("appeal", ground.rules.appeal_text.of(language).replace("{days}", str(days)))
    contact = ", ".join(filter(None, (ground.owner.name, ground.owner_unit.name, ground.owner.email)))
    yield part("contact", t("letter.contact", contact=contact))
    yield part("decided_by", t("letter.decided_by", name=who.name, title=who.title or t("letter.no_title")))


def fields_of(ground: Ground, kind: str, decision: Decision | None, reasons: str, who: Person, on: date) -> Fields:
    """The letter in the applicant's language."""
    language = ground.case.language
    t = texts_for(language).t
    return Fields(
        kind=kind,
        language=language,
        subject=t(f"letter.subject.{kind}", call=ground.call_title),
        recipient=(ground.unit.name, t("letter.to_the_leader")),
        dated_on=on,
        dated=filters.day(on, language),
        reference=ground.case.reference,
        reference_label=t("letter.reference"),
        lead=t(f"letter.lead.{kind}", title=ground.case.title),
        parts=tuple(_parts(t, ground, kind, decision, reasons, who)),
        sender=ground.owner_unit.name,
        signed_by=who.name,
    )


def fingerprint(fields: Fields) -> str:
    """SHA-256 over all that the letter says, in hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(fields)).hexdigest()


async def make_letter(uow: UnitOfWork, actor: Actor, row: Decision | Application) -> None:
    """Make the letter about a decision, a dismissal or an award declined; it waits until it is released."""
    decision = row if isinstance(row, Decision) else None
    case_id = decision.case_id if decision else row.id
    ground = await ground_of(uow, case_id)
    who = await uow.session.get(Person, actor.person_id) if actor.person_id else None
    kind, reasons = "dismissal", ground.application.dismissed_for
    if decision:
        kind, reasons = KIND_OF[Outcome(decision.outcome or "")], decision.reasons
    elif ground.application.state == ApplicationState.DECLINED:
        kind, reasons, who = "declined", ground.application.declined_for, ground.owner
    fields = fields_of(ground, kind, decision, reasons, who or ground.owner, day_in_oslo(uow.now))
    letter = Letter(
        case_id=case_id, decision_id=decision.id if decision else None, kind=kind, language=fields.language,
        subject=fields.subject, fields=msgspec.to_builtins(fields), content_hash=fingerprint(fields),
        created_at=uow.now,
    )  # fmt: skip
    uow.session.add(letter)
    await uow.session.flush()
    await put(uow, "make_letter_pdf", {"letter_id": str(letter.id)}, key=f"letter_pdf:{letter.id}")
