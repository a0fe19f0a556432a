"""Taking feedback out of surveys, answering it with a change or a reason, and telling those who gave it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.audit.service import record
from app.calls.models import Call
from app.cases.queries import load_case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.feedback import queries
from app.feedback.models import FeedbackItem, FeedbackRound, ProcessChange
from app.gatherings.models import Cohort, Gathering
from app.gatherings.people import in_cohort_of
from app.identity.actor import SYSTEM, Actor
from app.knowledge.models import LearningPoint
from app.moves import lock_case
from app.notices.service import tell
from app.surveys.models import Survey, SurveyInvitation
from app.surveys.queries import results
from workflows.engine import Reason
from workflows.feedback import Answer, FeedbackKind, Said, against_answer, answer_by, heard
from workflows.roles import Permission
from workflows.survey import is_closed


async def take_out(uow: UnitOfWork, survey_id: UUID) -> FeedbackRound | None:
    """Make feedback of what a closed survey shows, once; None where that is done, or the survey is still open.

    It is made of what may be shown of the survey (workflows/survey.py), so that it tells nobody more than that does.
    """
    survey = await uow.session.get(Survey, survey_id)
    if survey is None:
        raise NotFound
    case = await lock_case(uow, survey.call_id)
    known = await uow.session.get(FeedbackRound, survey_id, populate_existing=True)
    if known is not None or not is_closed(survey.closes_at, uow.now):
        return None
    taken = FeedbackRound(survey_id=survey_id, taken_at=uow.now)
    uow.session.add(taken)
    _, shown = await results(uow, survey)
    cohort_id = await _cohort_of_survey(uow, survey)
    found = heard(shown) if shown else ()
    uow.session.add_all(
        FeedbackItem(
            call_id=survey.call_id, cohort_id=cohort_id, survey_id=survey_id, kind=each.kind, question=each.question,
            role_group=each.role, words=each.words, low=each.low, answers=each.answers, received_at=uow.now,
            answer_by=answer_by(uow.now),
        )
        for each in found
    )  # fmt: skip
    await uow.session.flush()
    if found:
        await record(uow, SYSTEM, case, "feedback_item", survey_id, "receive", changes={"title": survey.title})
        owner_id = await uow.session.scalar(select(Call.owner_person_id).where(Call.id == survey.call_id))
        parameters = {
            "title": survey.title,
            "count": len(found),
            "answer_on": day_in_oslo(answer_by(uow.now)).isoformat(),
        }
        if owner_id is not None:
            await tell(uow, [owner_id], "feedback_waits", parameters=parameters, link=f"/surveys/{survey_id}/feedback")
    return taken


async def _cohort_of_survey(uow: UnitOfWork, survey: Survey) -> UUID | None:
    if survey.gathering_id is not None:
        return await uow.session.scalar(select(Gathering.cohort_id).where(Gathering.id == survey.gathering_id))
    return await _cohort_of(uow, survey.case_id, survey.call_id)


async def _cohort_of(uow: UnitOfWork, case_id: UUID | None, call_id: UUID | None) -> UUID | None:
    """The cohort a project gathers in, one that names it before one of the whole call."""
    if case_id is None or call_id is None:
        return None
    cohorts = select(Cohort.id).where(in_cohort_of(case_id, call_id)).order_by(Cohort.whole_call, Cohort.id)
    return await uow.session.scalar(cohorts.limit(1))


def _person(actor: Actor) -> UUID:
    if actor.person_id is None or not actor.may(Permission.FEEDBACK_ANSWER):
        raise NotAllowed
    return actor.person_id


async def note_feedback(uow: UnitOfWork, actor: Actor, cohort_id: UUID, *, words: str) -> FeedbackItem:
    """Write down what was said aloud, so that it has its answer too; no names."""
    _person(actor)
    cohort = await uow.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound
    case = await lock_case(uow, cohort.call_id)
    refuse_identity_numbers(words=words)
    item = FeedbackItem(
        call_id=cohort.call_id, cohort_id=cohort_id, kind=FeedbackKind.SAID, words=words, received_at=uow.now,
        answer_by=answer_by(uow.now),
    )  # fmt: skip
    uow.session.add(item)
    await uow.session.flush()
    await record(uow, actor, case, "feedback_item", item.id, "note", changes={"text": words})
    return item


async def take_up(uow: UnitOfWork, actor: Actor, learning_point_id: UUID) -> FeedbackItem:
    """Let a project's learning point have its answer: what the scheme changes for it, or why nothing is (S13, S62)."""
    point = await uow.session.get(LearningPoint, learning_point_id)
    if point is None:
        raise NotFound
    await load_case(uow, actor, point.case_id, Permission.FEEDBACK_ANSWER)
    case = await lock_case(uow, point.case_id)
    taken = select(FeedbackItem).where(FeedbackItem.learning_point_id == learning_point_id)
    known = await uow.session.scalar(taken)
    if known is not None:
        return known
    if case.call_id is None:
        raise NotFound
    item = FeedbackItem(
        call_id=case.call_id, cohort_id=await _cohort_of(uow, case.id, case.call_id), kind=FeedbackKind.LEARNING,
        learning_point_id=learning_point_id, words=point.text, received_at=uow.now, answer_by=answer_by(uow.now),
    )  # fmt: skip
    uow.session.add(item)
    await uow.session.flush()
    await record(uow, actor, case, "learning_point", learning_point_id, "take_up", changes={"text": point.text})
    return item


async def answer(
    uow: UnitOfWork, actor: Actor, *, item_ids: Sequence[UUID], answer: str, text: str = "",
    responsible_id: UUID | None = None, due_on: date | None = None, change_id: UUID | None = None, why: str = "",
) -> FeedbackItem:  # fmt: skip
    """Answer pieces of feedback of one call together, once each, and tell those who gave them when all have their answer.

    Raises NotAllowed where no role grants it, Invalid for what the answer lacks, NotYet where somebody has answered
    one of them meanwhile.
    """
    person_id = _person(actor)
    if not item_ids:
        raise invalid("item_ids", "feedback.nothing_chosen")
    ids = set(item_ids)
    calls = set(await uow.session.scalars(select(FeedbackItem.call_id).where(FeedbackItem.id.in_(ids))))
    if len(calls) != 1:
        raise invalid("item_ids", "feedback.one_call") if calls else NotFound
    call = await lock_case(uow, calls.pop())
    reading = select(FeedbackItem).where(FeedbackItem.id.in_(ids)).order_by(FeedbackItem.id)
    items = list(await uow.session.scalars(reading.execution_options(populate_existing=True)))
    if len(items) != len(ids):
        raise NotFound
    if any(item.answered_at is not None for item in items):
        raise NotYet([Reason(code="feedback.answered_already")], subject="feedback_item", step="answer")
    said = Said(
        answer=answer, text=text, has_responsible=responsible_id is not None, due_on=due_on,
        names_change=change_id is not None, why=why,
    )  # fmt: skip
    faults = dict(against_answer(said, day_in_oslo(uow.now)))
    if faults:
        raise Invalid(faults)
    refuse_identity_numbers(text=text, why=why)
    change = None
    if answer == Answer.CHANGE:
        assert responsible_id is not None
        assert due_on is not None
        change = await _new_change(uow, person_id, call.id, text, responsible_id, due_on)
    elif answer == Answer.SAME:
        change = await uow.session.get(ProcessChange, change_id)
        if change is None or change.call_id != call.id:
            raise invalid("change_id", "form.unknown")
    for item in items:
        item.answered_at, item.answered_by = uow.now, person_id
        item.change_id, item.why = (change.id, "") if change else (None, why.strip())
    await uow.session.flush()
    changes = {"text": change.text if change else "", "items": len(items)}
    await record(uow, actor, call, "feedback_item", items[0].id, "answer", why="" if change else why, changes=changes)
    await _tell_back(uow, items)
    return items[0]


async def _new_change(
    uow: UnitOfWork, person_id: UUID, call_id: UUID, text: str, responsible_id: UUID, due_on: date
) -> ProcessChange:
    if responsible_id not in {row.id for row in await queries.those_who_may_change(uow)}:
        raise invalid("responsible_id", "form.unknown")
    change = ProcessChange(
        call_id=call_id,
        text=text.strip(),
        responsible_id=responsible_id,
        due_on=due_on,
        made_by=person_id,
        made_at=uow.now,
    )
    uow.session.add(change)
    await uow.session.flush()
    if responsible_id != person_id:
        parameters = {"text": change.text, "due_on": due_on.isoformat()}
        await tell(uow, [responsible_id], "process_change_given", parameters=parameters, link="/feedback#changes")
    return change


async def _tell_back(uow: UnitOfWork, items: Collection[FeedbackItem]) -> None:
    """Tell everybody who was asked in a survey, once all that came of it has its answer; and who wrote a learning point.

    Everybody who was asked, for nobody knows who said it (S57).
    """
    for survey_id in sorted({item.survey_id for item in items if item.survey_id is not None}):
        open_still = select(FeedbackItem.id).where(
            FeedbackItem.survey_id == survey_id, FeedbackItem.answered_at.is_(None)
        )
        told = await uow.session.get_one(FeedbackRound, survey_id)
        if told.told_at is not None or await uow.session.scalar(open_still.limit(1)):
            continue
        told.told_at = uow.now
        survey = await uow.session.get_one(Survey, survey_id)
        asked = select(SurveyInvitation.person_id).where(SurveyInvitation.survey_id == survey_id)
        people = list(await uow.session.scalars(asked.order_by(SurveyInvitation.person_id)))
        await tell(
            uow, people, "feedback_told", parameters={"title": survey.title}, link=f"/surveys/{survey_id}/feedback"
        )
    points = {item.learning_point_id for item in items if item.learning_point_id is not None}
    if points:
        wrote = await uow.session.scalars(select(LearningPoint).where(LearningPoint.id.in_(points)))
        for point in wrote:
            await tell(
                uow, [point.written_by], "learning_point_answered", case_id=point.case_id,
                parameters={"text": point.text[:90]}, link=f"/projects/{point.case_id}/activities#learning",
            )  # fmt: skip


async def complete(uow: UnitOfWork, actor: Actor, change_id: UUID, *, done_text: str) -> ProcessChange:
    """Say that a change has been made, and what came of it; those whose feedback it answers are told."""
    _person(actor)
    known = await uow.session.get(ProcessChange, change_id)
    if known is None:
        raise NotFound
    call = await lock_case(uow, known.call_id)
    await uow.session.refresh(known)
    if known.done_at is not None:
        raise NotYet([Reason(code="feedback.done_already")], subject="process_change", step="complete")
    refuse_identity_numbers(done_text=done_text)
    known.done_at, known.done_text = uow.now, done_text.strip()
    await uow.session.flush()
    await record(uow, actor, call, "process_change", change_id, "complete", changes={"text": known.text})
    asked = select(SurveyInvitation.person_id, SurveyInvitation.survey_id).where(
        SurveyInvitation.survey_id.in_(select(FeedbackItem.survey_id).where(FeedbackItem.change_id == change_id))
    )
    surveys: dict[UUID, UUID] = {}
    for person_id, survey_id in await uow.session.execute(asked.order_by(SurveyInvitation.survey_id)):
        surveys.setdefault(person_id, survey_id)
    for survey_id in sorted(set(surveys.values())):
        people = [person_id for person_id, its in surveys.items() if its == survey_id]
        parameters = {"text": known.text[:90]}
        await tell(
            uow, people, "process_change_made", parameters=parameters, link=f"/surveys/{survey_id}/feedback", mail=False
        )
    return known


async def remind(uow: UnitOfWork, change_id: UUID) -> ProcessChange | None:
    """Remind whoever is responsible of a change whose day has gone by, once."""
    change = await uow.session.get(ProcessChange, change_id, with_for_update=True, populate_existing=True)
    if change is None:
        raise NotFound
    if change.done_at is not None or change.reminded_at is not None or change.due_on >= day_in_oslo(uow.now):
        return None
    change.reminded_at = uow.now
    parameters = {"text": change.text, "due_on": change.due_on.isoformat()}
    await tell(uow, [change.responsible_id], "process_change_late", parameters=parameters, link="/feedback#changes")
    return change
