"""What the demo's people learn: goals and self-assessment, a survey and its answers, stories, and an evaluation report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.applications.models import PositiveDeviance
from app.competence import service as competence
from app.competence.models import CompetenceGoal
from app.core.clock import day_in_oslo
from app.demo.acting import Acting
from app.demo.invented import marked, story
from app.evaluation import service as evaluation
from app.feedback import service as feedback
from app.feedback.models import FeedbackItem
from app.gatherings.models import Cohort, Gathering
from app.stories import service as stories
from app.surveys import service as surveys
from app.surveys.models import SurveyInvitation
from app.surveys.queries import invited
from workflows.feedback import FeedbackKind
from workflows.survey import asked_of

TEAM = ("leader", "coordinator", "counsellor", "job_specialist")
GOALS = ("Jeg kan lede et intervju om behov", "Jeg kan måle om en endring virker")
KEEP = "Gruppearbeidet på tvers av kontor (oppdiktet)"
WISHES = ("Kortere dager, eller flere pauser (oppdiktet)", "Mer tid til eget arbeid mellom samlingene (oppdiktet)")
CHANGE = "Vi slutter en time før, og sier tre uker før hva som skal være klart (oppdiktet)"
SAID = "Flere spør hva som skal være klart til neste samling (oppdiktet)"
TEXTS = {
    "organised": "Kullet møttes til samlinger og moduler etter planen, og kontorene arbeidet mellom dem (oppdiktet).",
    "experienced": "Deltakerne sier at de har fått verktøy de bruker, og at tiden er knapp (oppdiktet).",
    "onward": "Vi bør gi kontorene mer tid mellom samlingene, og dele historiene tidligere (oppdiktet).",
}


async def set_goals(act: Acting, case_id: UUID, office: str) -> None:
    """What the office wants to become better at, and where each of the team stands before."""
    for text in GOALS:
        await act(f"{office}.coordinator", competence.add_goal, case_id, text=marked(office, text))
    await assess(act, case_id, office, lambda place: 1 + place % 3)


async def assess(act: Acting, case_id: UUID, office: str, level: Callable[[int], int]) -> None:
    """Everybody in the team says where they stand."""
    goals = await act.rows(select(CompetenceGoal.id).where(CompetenceGoal.case_id == case_id))
    for place, who in enumerate(TEAM):
        levels = {f"level-{goal}": str(level(place + number)) for number, goal in enumerate(goals)}
        await act(f"{office}.{who}", competence.assess, case_id, levels=levels)


async def assess_after(act: Acting, case_id: UUID, office: str) -> None:
    """Where each of the team stands after."""
    await assess(act, case_id, office, lambda place: 3 + place % 3)


async def tell_story(act: Acting, case_id: UUID, office: str, *, published: bool = True) -> None:
    """A good story about what the office does already when it succeeds."""
    told = story(office)
    deviance = (await act.rows(select(PositiveDeviance.id).where(PositiveDeviance.case_id == case_id)))[0]
    row = await act(f"{office}.counsellor", stories.send_story, case_id, title=told.concept, text=told.pilot,
                    about=deviance)  # fmt: skip
    if published:
        await act("case_handler", stories.publish, row.id, themes=("concrete_tools", "outside_in"))


async def ask_and_answer(act: Acting, call_id: UUID, key: str, now: datetime) -> None:
    """The survey about a gathering: answered by those who came, closed, and told back to them with what is changed."""
    (gathering,) = await act.rows(select(Gathering).where(Gathering.call_id == call_id, Gathering.key == key))
    act.at = gathering.ends_at + timedelta(days=1)
    survey = await _by_clock(act, surveys.open_for_gathering, gathering.id)
    if survey is None:
        return
    act.at += timedelta(days=2)
    for place, who in enumerate(_of_team(act, await _asked(act, survey.id))):
        await act(who, surveys.answer, survey.id, answers=await _answers(act, who, survey.id, place))
    act.at = survey.closes_at + timedelta(hours=10)
    await _by_clock(act, feedback.take_out, survey.id)
    act.at += timedelta(days=4)
    items = await act.rows(select(FeedbackItem).where(FeedbackItem.survey_id == survey.id))
    wishes = [item.id for item in items if item.kind == FeedbackKind.WISH]
    others = [item.id for item in items if item.id not in wishes]
    await act("case_handler", feedback.answer, item_ids=wishes, answer="change", text=CHANGE,
              responsible_id=act.person("method_owner"),
              due_on=day_in_oslo(act.at + timedelta(weeks=6)))  # fmt: skip
    if others:
        await act("case_handler", feedback.answer, item_ids=others, answer="none",
                  why="Planen for neste samling står på prosjektsiden (oppdiktet)")  # fmt: skip
    (cohort,) = await act.rows(select(Cohort).where(Cohort.id == gathering.cohort_id))
    act.at = now - timedelta(days=18)
    await act("facilitator_one", feedback.note_feedback, cohort.id, words=SAID)


async def _by_clock(act: Acting, verb: Callable[..., Any], row_id: UUID) -> Any:
    async with act.database.unit_of_work(now=act.at) as uow:
        return await verb(uow, row_id)


async def _asked(act: Acting, survey_id: UUID) -> set[UUID]:
    return set(await act.rows(select(SurveyInvitation.person_id).where(SurveyInvitation.survey_id == survey_id)))


def _of_team(act: Acting, people: set[UUID]) -> list[str]:
    return sorted(key for key, person in act.world.people.items() if person.id in people)


async def _answers(act: Acting, who: str, survey_id: UUID, place: int) -> dict[str, str]:
    """Somebody's answers: most are content, few know what comes next, and two wish for something."""
    async with act.database.reading() as uow:
        found = await invited(uow, await act.world.actor(uow, who), survey_id)
    assert found is not None
    (survey, _), invitation = found
    levels = {"know_next": 2 if place % 2 else 3, "useful": 4 + place % 2}
    words = {"keep": KEEP if place == 0 else "", "change": WISHES[0] if place == 1 else "",
             "need": WISHES[1] if place == 2 else ""}  # fmt: skip
    return {
        f"answer-{question.key}": str(levels.get(question.key, 4))
        if question.kind == "level"
        else words.get(question.key, "")
        for question in asked_of(survey.occasion, invitation.role_group)
    }


async def evaluate(act: Acting, call_id: UUID, day: date) -> None:
    """The evaluator writes the report of a call's cohort."""
    act.on(day)
    (cohort,) = await act.rows(select(Cohort.id).where(Cohort.call_id == call_id))
    await act("facilitator_three", evaluation.write, cohort, **TEXTS)
