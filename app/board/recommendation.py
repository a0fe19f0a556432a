"""A recommendation in words, put together from the reviews and edited by people; it names its sources and no reviewer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.audit.service import record
from app.board.models import RecommendationText
from app.board.queries import head_of, may_weigh
from app.board.ranking import person_of
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet, Stale
from app.core.personal_data import refuse_identity_numbers
from app.decisions.facts import DECISION
from app.decisions.models import Decision
from app.identity.actor import Actor
from app.identity.models import Person
from app.meetings.models import Meeting
from app.moves import Held, hold
from app.reviews.conflicts import conflicts
from app.reviews.models import Review
from app.reviews.queries import scores_by_criterion
from app.texts import filters
from app.texts.i18n import Texts, texts_for
from workflows.decision import DecisionState
from workflows.engine import Reason
from workflows.recommendation import Remark, Weighed, sorted_out, without_names
from workflows.review import ReviewState
from workflows.roles import Permission, Role
from workflows.rules import Rules


async def _hold(uow: UnitOfWork, actor: Actor, decision_id: UUID) -> Held[Decision]:
    held = await hold(uow, actor, DECISION, decision_id, Permission.DECISION_RECOMMEND)
    if not await may_weigh(uow, actor, await head_of(uow, held.row.call_id), held.case.id):
        raise NotFound
    if held.row.state != DecisionState.PENDING:
        wrong = Reason(code="decision.wrong_state", parameters={"state": held.row.state, "move": "write"})
        raise NotYet([wrong], subject="decision", step="draft_text", case_id=held.case.id)
    return held


async def draft_text(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, *, version: int | None = None
) -> RecommendationText:
    """Put a recommendation together from the reviews, the discussions and the meeting, in place of what stands there.

    Never from a review whose writer is tied to the applicant. Raises Stale where it was edited since `version`.
    """
    held = await _hold(uow, actor, decision_id)
    row = await uow.session.get(RecommendationText, decision_id)
    if row is not None and version is not None and version != row.version:
        raise Stale(typed_on=version, now_at=row.version)
    text, sources = await _put_together(uow, actor, held)
    if row is None:
        row = RecommendationText(decision_id=decision_id, version=0)
        uow.session.add(row)
    row.text, row.sources, row.version = text, sources, row.version + 1
    row.made_by, row.made_at, row.edited_by, row.edited_at = person_of(actor), uow.now, None, None
    await record(uow, actor, held.case, "decision", decision_id, "draft_text", changes={"version": row.version})
    await uow.session.flush()
    return row


async def edit_text(
    uow: UnitOfWork, actor: Actor, decision_id: UUID, *, text: str, version: int | None = None
) -> RecommendationText:
    """Edit a recommendation in words; who wrote it and who edited it is kept."""
    held = await _hold(uow, actor, decision_id)
    refuse_identity_numbers(text=text)
    row = await uow.session.get(RecommendationText, decision_id)
    if row is None:
        raise NotFound
    if version is not None and version != row.version:
        raise Stale(typed_on=version, now_at=row.version)
    if text.strip() == row.text:
        return row
    row.text, row.version = text.strip(), row.version + 1
    row.edited_by, row.edited_at = person_of(actor), uow.now
    await record(uow, actor, held.case, "decision", decision_id, "edit_text", changes={"version": row.version})
    await uow.session.flush()
    return row


class _Reviews(msgspec.Struct, frozen=True):
    """The reviews that count, numbered, and what stands for everybody who has reviewed the application."""

    numbers: dict[UUID, int]
    names: dict[str, str]


async def _reviews(uow: UnitOfWork, case_id: UUID, months: int, texts: Texts) -> _Reviews:
    rows = list(
        await uow.session.execute(
            select(Review.id, Review.reviewer_id, Review.state, Person.name)
            .join(Person, Person.id == Review.reviewer_id)
            .where(Review.case_id == case_id)
            .order_by(Review.id)
        )
    )
    people = [row.reviewer_id for row in rows]
    tied = {each.person_id for each in await conflicts(uow, case_id, people, months)}
    counting = [row for row in rows if row.state == ReviewState.SUBMITTED and row.reviewer_id not in tied]
    numbers = {row.id: number for number, row in enumerate(counting, 1)}
    names = {
        row.name: texts.t("board.source.review", number=numbers[row.id]) if row.id in numbers else texts.t("board.a_reviewer")
        for row in rows
    }  # fmt: skip
    return _Reviews(numbers, names)


async def _put_together(uow: UnitOfWork, actor: Actor, held: Held[Decision]) -> tuple[str, list[str]]:
    """The text in the applicant's language form, and the sources that it rests on."""
    case = held.case
    texts = texts_for(case.language)
    application = await uow.session.get_one(Application, case.id)
    rules = msgspec.convert(application.rules, Rules)
    reviews = await _reviews(uow, case.id, rules.reviews.cooperation_months, texts)
    overseeing = held.roles | {Role.CASE_HANDLER}
    criteria = await scores_by_criterion(uow, actor, case.id, overseeing, rules, case.language)
    parts: list[str] = []
    sources = [texts.t("board.source.review", number=number) for number in reviews.numbers.values()]
    for each in criteria:
        remarks = [
            Remark(reviews.numbers[given.review_id], given.value, given.reason)
            for given in each.given
            if given.review_id in reviews.numbers and given.value is not None
        ]
        if remarks:
            weighed = sorted_out(each.title, remarks, rules.reviews.lowest, rules.reviews.highest, each.discussion)
            parts.append(_of_criterion(texts, weighed))
            if weighed.discussion:
                sources.append(texts.t("board.source.discussion", name=each.title))
    meeting = await uow.session.scalar(select(Meeting).where(Meeting.case_id == case.id))
    if meeting is not None and (meeting.minutes or "").strip() and meeting.held_at is not None:
        parts.append(texts.t("board.draft.meeting", held_on=meeting.held_at.date()) + "\n" + meeting.minutes.strip())
        sources.append(texts.t("board.source.meeting", held_on=meeting.held_at.date()))
    return without_names("\n\n".join(parts), reviews.names), sources


def _of_criterion(texts: Texts, weighed: Weighed) -> str:
    mean = filters.number(weighed.mean, texts.language)
    lines = [
        texts.t("board.draft.criterion", name=weighed.title, mean=mean, lowest=weighed.lowest, highest=weighed.highest)
    ]
    kinds: list[tuple[str, Any]] = [("strengths", weighed.strengths), ("weaknesses", weighed.weaknesses)]
    for kind, remarks in kinds:
        if remarks:
            lines.append(texts.t(f"board.draft.{kind}"))
            lines += [
                f"– {each.reason.strip()} ({texts.t('board.source.review', number=each.number)})" for each in remarks
            ]
    if weighed.discussion:
        lines.append(texts.t("board.draft.discussion", text=weighed.discussion))
    return "\n".join(lines)


class TextView(msgspec.Struct, frozen=True):
    """A recommendation in words with who made it and who edited it last."""

    row: RecommendationText
    made_by: str
    edited_by: str | None


async def text_view(uow: UnitOfWork, decision_id: UUID) -> TextView | None:
    """The recommendation in words of a decision, if it has one; the caller has checked that the case may be seen."""
    maker, editor = aliased(Person), aliased(Person)
    row = (
        await uow.session.execute(
            select(RecommendationText, maker.name, editor.name)
            .join(maker, maker.id == RecommendationText.made_by)
            .outerjoin(editor, editor.id == RecommendationText.edited_by)
            .where(RecommendationText.decision_id == decision_id)
        )
    ).first()
    return TextView(row[0], row[1], row[2]) if row else None
