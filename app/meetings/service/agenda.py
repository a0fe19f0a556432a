"""What the meeting is to clear up, and what the office answered."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.core.database import UnitOfWork
from app.core.errors import NotFound, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.meetings.models import AgendaItem
from app.meetings.service.meeting import held_meeting, unconfirmed
from app.moves import note
from app.reviews.models import Review
from workflows.engine import Reason
from workflows.meeting import HANDLERS, MOST_ITEMS, agenda_from
from workflows.review import ReviewState


async def _agenda(uow: UnitOfWork, application_id: UUID) -> list[AgendaItem]:
    rows = await uow.session.scalars(
        select(AgendaItem).where(AgendaItem.case_id == application_id).order_by(AgendaItem.position, AgendaItem.id)
    )
    return list(rows)


async def _item(uow: UnitOfWork, application_id: UUID, item_id: UUID) -> AgendaItem:
    row = await uow.session.get(AgendaItem, item_id, populate_existing=True)
    if row is None or row.case_id != application_id:
        raise NotFound
    return row


async def collect_questions(uow: UnitOfWork, actor: Actor, application_id: UUID) -> Application:
    """Put the questions of the reviews that are handed in on the agenda, without saying who asks (G12).

    NotYet where there is none that is not on it already.
    """
    held, _ = await held_meeting(uow, actor, application_id, "collect_questions")
    asked = await uow.session.scalars(
        select(Review.summary["questions"].astext)
        .where(Review.case_id == application_id, Review.state == ReviewState.SUBMITTED)
        .order_by(Review.submitted_at, Review.id)
    )
    agenda = await _agenda(uow, application_id)
    found = agenda_from([text for text in asked if text], [each.question for each in agenda])
    found = found[: max(0, MOST_ITEMS - len(agenda))]
    if not found:
        none = Reason(code="meeting.no_questions", place="application.meeting", who=HANDLERS)
        raise NotYet([none], subject="application", step="collect_questions", case_id=application_id)
    last = max((each.position for each in agenda), default=0)
    uow.session.add_all(
        AgendaItem(case_id=application_id, position=place, question=text, from_reviews=True)
        for place, text in enumerate(found, start=last + 1)
    )
    return await note(uow, actor, APPLICATION, held, "collect_questions", changes={"questions": list(found)})


async def add_agenda_item(uow: UnitOfWork, actor: Actor, application_id: UUID, *, question: str) -> Application:
    """Put a question on the agenda."""
    held, _ = await held_meeting(uow, actor, application_id, "add_agenda_item")
    refuse_identity_numbers(question=question)
    agenda = await _agenda(uow, application_id)
    if len(agenda) >= MOST_ITEMS:
        raise invalid("question", "meeting.agenda_full", most=MOST_ITEMS)
    last = max((each.position for each in agenda), default=0)
    uow.session.add(AgendaItem(case_id=application_id, position=last + 1, question=question))
    return await note(uow, actor, APPLICATION, held, "add_agenda_item", changes={"question": question})


async def write_agenda_item(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, item_id: UUID, question: str
) -> Application:
    """Put an item in other words."""
    held, _ = await held_meeting(uow, actor, application_id, "write_agenda_item")
    refuse_identity_numbers(question=question)
    row = await _item(uow, application_id, item_id)
    before, row.question = row.question, question
    changes = {"question": question, "before": before}
    return await note(uow, actor, APPLICATION, held, "write_agenda_item", changes=changes)


async def move_agenda_item(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, item_id: UUID, direction: str
) -> Application:
    """Move an item up or down; at the end of the agenda it stays where it is."""
    held, _ = await held_meeting(uow, actor, application_id, "move_agenda_item")
    agenda = await _agenda(uow, application_id)
    place = next((place for place, each in enumerate(agenda) if each.id == item_id), None)
    if place is None:
        raise NotFound
    other = place + (-1 if direction == "up" else 1)
    if not 0 <= other < len(agenda):
        return held.row
    agenda[place], agenda[other] = agenda[other], agenda[place]
    for position, each in enumerate(agenda, start=1):
        each.position = position
    changes = {"question": agenda[other].question, "direction": direction}
    return await note(uow, actor, APPLICATION, held, "move_agenda_item", changes=changes)


async def remove_agenda_item(uow: UnitOfWork, actor: Actor, application_id: UUID, *, item_id: UUID) -> Application:
    """Take an item off the agenda; its wording, and what was answered, stay in the event."""
    held, meeting = await held_meeting(uow, actor, application_id, "remove_agenda_item")
    row = await _item(uow, application_id, item_id)
    await uow.session.delete(row)
    if row.answer:
        unconfirmed(meeting)
    changes = {"question": row.question, "answer": row.answer}
    return await note(uow, actor, APPLICATION, held, "remove_agenda_item", changes=changes)


async def answer_agenda_item(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, item_id: UUID, answer: str = ""
) -> Application:
    """Write what the office answered to an item: a part of the minutes, that both sides confirm anew."""
    held, meeting = await held_meeting(uow, actor, application_id, "answer_agenda_item")
    refuse_identity_numbers(answer=answer)
    row = await _item(uow, application_id, item_id)
    if row.answer == answer:
        return held.row
    row.answer = answer
    if meeting.minutes:
        meeting.written_at = uow.now
    unconfirmed(meeting)
    changes = {"question": row.question, "answer": answer}
    return await note(uow, actor, APPLICATION, held, "answer_agenda_item", changes=changes)
