"""Opening surveys, taking answers so that nothing ties them to a person, and reminding once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, or_, select, update

from app.audit.service import record
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotFound, NotYet
from app.core.personal_data import holds_identity_number
from app.gatherings.models import Gathering
from app.identity.actor import SYSTEM, Actor
from app.moves import lock_case
from app.notices.service import tell
from app.projects.models import Project
from app.surveys import due
from app.surveys.forms import PREFIX
from app.surveys.models import Survey, SurveyInvitation, SurveySlip
from workflows.engine import Reason
from workflows.survey import LEVELS, NO_GROUP, Question, asked_of, closes_at, groups_of, is_behind, is_closed, reminds

MOST_CHARACTERS = 2000


async def open_for_gathering(uow: UnitOfWork, gathering_id: UUID) -> Survey | None:
    """Ask those who came to a gathering, once; None where that is done already, or nobody is known to have come."""
    gathering = await uow.session.get(Gathering, gathering_id)
    if gathering is None:
        raise NotFound
    case = await lock_case(uow, gathering.call_id)
    if await uow.session.scalar(select(Survey.id).where(Survey.gathering_id == gathering_id)):
        return None
    people = await due.those_who_came(uow, gathering_id)
    survey = Survey(call_id=gathering.call_id, gathering_id=gathering_id, title=gathering.title)
    return await _open(uow, case, survey, people)


async def open_for_step(uow: UnitOfWork, case_id: UUID, step: str) -> Survey | None:
    """Ask a project's team about a step it has closed, once; None where that is done already, or it has gone back."""
    case = await lock_case(uow, case_id)
    project = await uow.session.get(Project, case_id, populate_existing=True)
    if project is None:
        raise NotFound
    if not is_behind(step, project.state):
        return None
    if await uow.session.scalar(select(Survey.id).where(Survey.case_id == case_id, Survey.step == step)):
        return None
    people = await due.team_of(uow, case_id)
    return await _open(uow, case, Survey(call_id=project.call_id, case_id=case_id, step=step, title=case.title), people)


async def _open(uow: UnitOfWork, case: Case, survey: Survey, people: Mapping[UUID, str]) -> Survey | None:
    if not people:
        return None
    survey.opened_at, survey.closes_at = uow.now, closes_at(uow.now)
    uow.session.add(survey)
    await uow.session.flush()
    groups = groups_of(list(people.values()))
    await uow.session.execute(
        insert(SurveyInvitation),
        [
            {"survey_id": survey.id, "person_id": person_id, "role_group": groups[role], "has_answered": False}
            for person_id, role in people.items()
        ],
    )
    await record(uow, SYSTEM, case, "survey", survey.id, "open", changes={"invited": len(people)})
    await _tell(uow, survey, list(people), "survey_opened")
    return survey


async def invite_late(uow: UnitOfWork, survey_id: UUID) -> Survey | None:
    """Ask those, too, who are noted to have come after the survey was opened; None where there are none, or it has closed.

    They are counted with their role where that is told apart already, and with all others elsewhere: no group becomes
    smaller, and none is new.
    """
    known = await uow.session.get(Survey, survey_id)
    if known is None:
        raise NotFound
    case = await lock_case(uow, known.call_id)
    survey = await uow.session.get_one(Survey, survey_id, with_for_update=True, populate_existing=True)
    if survey.gathering_id is None or is_closed(survey.closes_at, uow.now):
        return None
    invited = SurveyInvitation.survey_id == survey_id
    asked = set(await uow.session.scalars(select(SurveyInvitation.person_id).where(invited)))
    groups = set(await uow.session.scalars(select(SurveyInvitation.role_group).where(invited).distinct()))
    came = await due.those_who_came(uow, survey.gathering_id)
    late = {
        person_id: role if role in groups else NO_GROUP for person_id, role in came.items() if person_id not in asked
    }
    if not late:
        return None
    await uow.session.execute(
        insert(SurveyInvitation),
        [
            {"survey_id": survey_id, "person_id": person_id, "role_group": group, "has_answered": False}
            for person_id, group in late.items()
        ],
    )
    await record(uow, SYSTEM, case, "survey", survey_id, "invite_late", changes={"invited": len(late)})
    await _tell(uow, survey, list(late), "survey_opened")
    return survey


async def _tell(uow: UnitOfWork, survey: Survey, people: Sequence[UUID], code: str) -> None:
    parameters: dict[str, Any] = {"title": survey.title, "closes_on": day_in_oslo(survey.closes_at).isoformat()}
    if survey.step:
        code, parameters["step_key"] = f"{code}_step", f"state.project.{survey.step}"
    await tell(uow, people, code, case_id=survey.case_id, parameters=parameters, link=f"/surveys/{survey.id}")


async def answer(uow: UnitOfWork, actor: Actor, survey_id: UUID, *, answers: Mapping[str, Any]) -> Survey:
    """Answer a survey one is invited to, once and for good.

    Nothing is kept of who wrote what. The answers to the questions are slips without a person, a moment or each other; at
    every answer all the slips of the survey are laid down anew in an order of chance, and all its invitations are
    written again, so that neither their order on disk nor their transaction tells which came with whom. There is no event.
    Raises NotFound for those who are not asked, NotYet where it is answered or closed, Invalid for what cannot be taken.
    """
    survey = await uow.session.get(Survey, survey_id, with_for_update=True, populate_existing=True)
    invitation = await uow.session.get(SurveyInvitation, (survey_id, actor.person_id), populate_existing=True)
    if survey is None or invitation is None:
        raise NotFound
    if invitation.has_answered:
        raise NotYet([Reason(code="survey.answered_already")], subject="survey", step="answer")
    if is_closed(survey.closes_at, uow.now):
        raise NotYet([Reason(code="survey.closed")], subject="survey", step="answer")
    taken = _taken(asked_of(survey.occasion, invitation.role_group), answers)
    mine = [
        {"question": key, "role_group": invitation.role_group, "level": level, "words": words}
        for key, (level, words) in taken.items()
    ]
    await _lay_down(uow, survey_id, mine)
    answered = or_(SurveyInvitation.has_answered, SurveyInvitation.person_id == actor.person_id)
    await uow.session.execute(
        update(SurveyInvitation)
        .where(SurveyInvitation.survey_id == survey_id)
        .values(has_answered=answered)
        .execution_options(synchronize_session=False)
    )
    return survey


async def _lay_down(uow: UnitOfWork, survey_id: UUID, mine: list[dict[str, Any]]) -> None:
    """Put slips among the others and shuffle them all: each gets a new identifier, place and transaction."""
    columns = (SurveySlip.question, SurveySlip.role_group, SurveySlip.level, SurveySlip.words)
    before = await uow.session.execute(select(*columns).where(SurveySlip.survey_id == survey_id))
    slips = [*mine, *(dict(row._mapping) for row in before)]
    secrets.SystemRandom().shuffle(slips)
    await uow.session.execute(delete(SurveySlip).where(SurveySlip.survey_id == survey_id))
    await uow.session.execute(insert(SurveySlip), [{**slip, "id": uuid4(), "survey_id": survey_id} for slip in slips])


def _taken(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, tuple[int | None, str]]:
    """The answers by question, levels as numbers; Invalid names every one that cannot be taken."""
    taken: dict[str, tuple[int | None, str]] = {}
    faults = {
        name: Reason(code="form.unknown_field")
        for name in answers
        if name.removeprefix(PREFIX) not in {question.key for question in questions}
    }
    for question in questions:
        name = PREFIX + question.key
        given = answers.get(name, "")
        typed = str(given[-1] if isinstance(given, list) and given else given or "").replace("\r\n", "\n").strip()
        if question.kind == "level":
            if typed in map(str, LEVELS):
                taken[question.key] = (int(typed), "")
            else:
                faults[name] = Reason(code="form.not_a_choice" if typed else "survey.level_missing")
        elif len(typed) > MOST_CHARACTERS:
            faults[name] = Reason(code="form.too_long", parameters={"most": MOST_CHARACTERS, "typed": len(typed)})
        elif holds_identity_number(typed):
            faults[name] = Reason(code="form.identity_number")
        elif typed:
            taken[question.key] = (None, typed.replace("\x00", ""))
    if faults:
        raise Invalid(faults)
    return taken


async def remind(uow: UnitOfWork, survey_id: UUID) -> Survey | None:
    """Remind those who have not answered, once; None where that is done already, or it is not the day."""
    survey = await uow.session.get(Survey, survey_id, with_for_update=True, populate_existing=True)
    if survey is None:
        raise NotFound
    if survey.reminded_at is not None or not reminds(survey.closes_at, uow.now):
        return None
    survey.reminded_at = uow.now
    waiting = select(SurveyInvitation.person_id).where(
        SurveyInvitation.survey_id == survey_id, SurveyInvitation.has_answered.is_(False)
    )
    people = list(await uow.session.scalars(waiting.order_by(SurveyInvitation.person_id)))
    await _tell(uow, survey, people, "survey_reminder")
    return survey
