"""Surveys open by the clock, are answered once, and keep nothing that ties an answer to a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from app.audit.models import Event
from app.cases.models import Case, CaseRole
from app.core.database import Database
from app.core.errors import Invalid, NotFound, NotYet
from app.demo.cast import World
from app.gatherings.models import Attendance, Cohort, Gathering
from app.notices.models import Notice
from app.surveys import due, jobs, queries
from app.surveys import service as surveys
from app.surveys.models import Survey, SurveyInvitation, SurveySlip
from tests.conftest import MovingClock
from tests.projects_under_way import Acts, open_project

HELD = date(2026, 11, 4)
CAME = ("lillestrom.leader", "lillestrom.coordinator", "lillestrom.counsellor", "lillestrom.job_specialist",
        "lillestrom.line_leader", "grunerlokka.counsellor", "grunerlokka.job_specialist")  # fmt: skip
ANSWERS = {"answer-useful": "4", "answer-own_voice": "5", "answer-material": "3", "answer-know_next": "2"}


@pytest.fixture
def acts(database: Database, world: World, clock: MovingClock) -> Acts:
    """The people of the world, on the Wednesday of the gathering."""
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    return Acts(database, world)


async def gather(acts: Acts, came: tuple[str, ...] = CAME) -> UUID:
    """A gathering to which those people came; answers the project's case."""
    case_id = await open_project(acts.database, acts.world, "lillestrom")
    async with acts.database.reading() as uow:
        call_id = (await uow.session.get_one(Case, case_id)).call_id
    async with acts.database.unit_of_work() as uow:
        cohort = Cohort(call_id=call_id, name="Kull 1", made_at=uow.now)
        uow.session.add(cohort)
        await uow.session.flush()
        row = Gathering(
            cohort_id=cohort.id, call_id=call_id, key="gathering_1", kind="gathering", title="Samling 1", changed_at=uow.now,
            starts_at=uow.now - timedelta(hours=1), ends_at=uow.now + timedelta(hours=5), audience=[],
        )  # fmt: skip
        uow.session.add(row)
        await uow.session.flush()
        uow.session.add_all(
            Attendance(gathering_id=row.id, person_id=acts.world.people[key].id, case_id=case_id, registered_at=uow.now,
                       attended_at=uow.now)
            for key in came
        )  # fmt: skip
    return case_id


async def opened(acts: Acts, clock: MovingClock) -> Survey:
    """The survey about the gathering, as the clock opens it the day after."""
    clock.moved = timedelta(days=1)
    await jobs.ask(acts.database.unit_of_work)
    async with acts.database.reading() as uow:
        return (await uow.session.scalars(select(Survey).where(Survey.gathering_id.is_not(None)))).one()


async def told(acts: Acts, code: str) -> list[UUID]:
    """Who has been told."""
    async with acts.database.reading() as uow:
        return list(await uow.session.scalars(select(Notice.person_id).where(Notice.code == code)))


async def test_it_opens_the_day_after_for_those_who_came_and_never_twice(acts: Acts, clock: MovingClock) -> None:
    await gather(acts)
    await jobs.ask(acts.database.unit_of_work)
    assert await told(acts, "survey_opened") == [], "the gathering is not over"
    survey = await opened(acts, clock)
    await jobs.ask(acts.database.unit_of_work)
    assert sorted(await told(acts, "survey_opened")) == sorted(acts.world.people[key].id for key in CAME)
    assert survey.closes_at == datetime(2026, 11, 19, 22, 59, tzinfo=UTC)
    async with acts.database.reading() as uow:
        groups = list(await uow.session.scalars(select(SurveyInvitation.role_group)))
    assert groups == [""] * len(CAME), "no role is held by five"


async def test_the_house_keeps_quiet_at_night_and_about_what_is_long_past(acts: Acts, clock: MovingClock) -> None:
    await gather(acts)
    clock.moved = timedelta(days=1, hours=12)
    await jobs.ask(acts.database.unit_of_work)
    clock.moved = timedelta(days=28)
    await jobs.ask(acts.database.unit_of_work)
    assert await told(acts, "survey_opened") == []


async def test_a_team_is_asked_about_the_step_it_has_closed(acts: Acts, clock: MovingClock) -> None:
    case_id = await open_project(acts.database, acts.world, "lillestrom")
    async with acts.database.unit_of_work() as uow:
        await uow.session.execute(text("update projects set state = 'diagnose_close' where id = :id"), {"id": case_id})
        await uow.session.execute(
            text(
                "update project_steps set actual_to = :day "
                "where case_id = :id and step in ('diagnose_open', 'platform_open')"
            ),
            {"id": case_id, "day": HELD},
        )  # fmt: skip
    clock.moved = timedelta(days=1)
    await jobs.ask(acts.database.unit_of_work)
    await jobs.ask(acts.database.unit_of_work)
    async with acts.database.reading() as uow:
        (survey,) = await uow.session.scalars(select(Survey))
        team = await due.team_of(uow, case_id)
    assert survey.step == "diagnose_open"
    names = {
        key: acts.world.people[key].id for key in ("lillestrom.leader", "lillestrom.coordinator", "facilitator_one")
    }
    assert {person_id: team[person_id] for person_id in names.values()} == dict(
        zip(names.values(), ("leader", "coordinator", "facilitator"), strict=True)
    )
    assert sorted(await told(acts, "survey_opened_step")) == sorted(team)


async def test_it_is_answered_once_by_those_who_are_asked_and_in_time(acts: Acts, clock: MovingClock) -> None:
    await gather(acts)
    survey = await opened(acts, clock)
    with pytest.raises(NotFound):
        await acts("case_handler", surveys.answer, survey.id, answers=ANSWERS)
    with pytest.raises(Invalid) as refused:
        await acts(CAME[0], surveys.answer, survey.id, answers={
            **ANSWERS, "answer-useful": "", "answer-own_voice": "6", "answer-keep": "x" * 2001,
            "answer-need": "Bruker 13097248022 trenger hjelp", "answer-time_given": "3"})  # fmt: skip
    assert {name: reason.code for name, reason in refused.value.fields.items()} == {
        "answer-useful": "survey.level_missing", "answer-own_voice": "form.not_a_choice", "answer-keep": "form.too_long",
        "answer-need": "form.identity_number", "answer-time_given": "form.unknown_field",
    }  # fmt: skip
    await acts(CAME[0], surveys.answer, survey.id, answers=ANSWERS)
    with pytest.raises(NotYet) as again:
        await acts(CAME[0], surveys.answer, survey.id, answers=ANSWERS)
    assert again.value.reasons[0].code == "survey.answered_already"
    clock.moved = timedelta(days=16)
    with pytest.raises(NotYet) as late:
        await acts(CAME[1], surveys.answer, survey.id, answers=ANSWERS)
    assert late.value.reasons[0].code == "survey.closed"


async def test_nothing_ties_an_answer_to_its_giver(acts: Acts, clock: MovingClock) -> None:
    await gather(acts)
    survey = await opened(acts, clock)
    async with acts.database.reading() as uow:
        events = await uow.session.scalar(select(func.count()).select_from(Event))
    seen: list[list[Any]] = []
    for number, key in enumerate(CAME):
        await acts(key, surveys.answer, survey.id, answers={**ANSWERS, "answer-keep": f"Ord {number}"})
        async with acts.database.reading() as uow:
            rows = (
                await uow.session.execute(text("select xmin::text, id, words from survey_slips order by ctid"))
            ).all()
            invited = (await uow.session.execute(text("select xmin::text from survey_invitations"))).scalars()
        assert len({row.xmin for row in rows}) == 1, "every answer was laid down anew by the last transaction"
        assert len(set(invited)) == 1
        seen.append([row.id for row in rows])
        words = [row.words for row in rows if row.words]
    assert not set(seen[-1]) & {row_id for before in seen[:-1] for row_id in before}, "identifiers do not last"
    assert sorted(words) == [f"Ord {number}" for number in range(len(CAME))]
    assert set(SurveySlip.__table__.columns.keys()) == {"id", "survey_id", "question", "role_group", "level", "words"}
    assert set(SurveyInvitation.__table__.columns.keys()) == {"survey_id", "person_id", "role_group", "has_answered"}
    async with acts.database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Event)) == events, (
            "no event tells of an answer"
        )
        _, shown = await queries.results(uow, survey)
        assert shown is None
        assert [row.answers for row in await queries.every(uow)] == [None], "not even how many, while it is open"


@pytest.mark.parametrize("number", [4, 5])
async def test_answers_are_shown_from_five_on_when_it_has_closed(acts: Acts, clock: MovingClock, number: int) -> None:
    await gather(acts)
    survey = await opened(acts, clock)
    for key in CAME[:number]:
        await acts(key, surveys.answer, survey.id, answers=ANSWERS)
    clock.moved = timedelta(days=16)
    async with acts.database.reading() as uow:
        invited, shown = await queries.results(uow, survey)
        (row,) = await queries.every(uow)
    assert invited == len(CAME)
    if number < 5:
        assert (shown, row.answers) == (None, None)
        return
    assert row.answers == 5
    assert shown is not None
    useful = shown.questions[0].levels
    assert [(each.role, each.counts) for each in useful] == [("", (0, 0, 0, 5, 0))]


async def test_a_role_that_five_answer_in_is_told_apart_where_the_others_are_five_too(
    acts: Acts, clock: MovingClock
) -> None:
    core = ("lillestrom.counsellor", "lillestrom.job_specialist", "lillestrom.line_leader", "grunerlokka.counsellor",
            "grunerlokka.job_specialist")  # fmt: skip
    others = ("reviewer_one", "reviewer_two", "reviewer_three", "auditor", "management")
    case_id = await gather(acts, core + others)
    async with acts.database.unit_of_work() as uow:
        for key in core:
            person_id = acts.world.people[key].id
            uow.session.add(CaseRole(case_id=case_id, person_id=person_id, role="core_team", valid_from=uow.now))
    survey = await opened(acts, clock)
    for key in core:
        await acts(key, surveys.answer, survey.id, answers={**ANSWERS, "answer-time_had": "1"})
    for key in others[:-1]:
        await acts(key, surveys.answer, survey.id, answers=ANSWERS)
    clock.moved = timedelta(days=16)
    async with acts.database.reading() as uow:
        _, shown = await queries.results(uow, survey)
    assert shown is not None
    assert [row.role for row in shown.questions[0].levels] == [""], "the four others would be what is left"
    assert "time_had" not in {each.question.key for each in shown.questions}
    clock.moved = timedelta(days=2)
    await acts(others[-1], surveys.answer, survey.id, answers=ANSWERS)
    clock.moved = timedelta(days=16)
    async with acts.database.reading() as uow:
        _, shown = await queries.results(uow, survey)
    assert shown is not None
    assert [row.role for row in shown.questions[0].levels] == ["", "core_team"]
    assert "time_had" in {each.question.key for each in shown.questions}


async def test_those_who_have_not_answered_are_reminded_once(acts: Acts, clock: MovingClock) -> None:
    await gather(acts)
    survey = await opened(acts, clock)
    await acts(CAME[0], surveys.answer, survey.id, answers=ANSWERS)
    await jobs.remind(acts.database.unit_of_work)
    assert await told(acts, "survey_reminder") == [], "there is time"
    for days in (12, 13):
        clock.moved = timedelta(days=days)
        await jobs.remind(acts.database.unit_of_work)
    assert sorted(await told(acts, "survey_reminder")) == sorted(acts.world.people[key].id for key in CAME[1:])


async def test_those_who_are_noted_later_are_asked_too_until_it_closes(acts: Acts, clock: MovingClock) -> None:
    case_id = await gather(acts)
    survey = await opened(acts, clock)
    async with acts.database.unit_of_work() as uow:
        uow.session.add_all(
            Attendance(gathering_id=survey.gathering_id, person_id=acts.world.people[key].id, case_id=case_id,
                       registered_at=uow.now, attended_at=uow.now if key == "auditor" else None)
            for key in ("auditor", "management")
        )  # fmt: skip
    for _ in range(2):
        await jobs.ask(acts.database.unit_of_work)
    assert (await told(acts, "survey_opened")).count(acts.world.people["auditor"].id) == 1
    assert len(await told(acts, "survey_opened")) == len(CAME) + 1, "who has not come is not asked"
    await acts("auditor", surveys.answer, survey.id, answers=ANSWERS)
    async with acts.database.unit_of_work() as uow:
        await uow.session.execute(text("update attendances set attended_at = registered_at"))
    clock.moved = timedelta(days=16)
    await jobs.ask(acts.database.unit_of_work)
    assert len(await told(acts, "survey_opened")) == len(CAME) + 1, "it has closed"
