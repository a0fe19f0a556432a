"""Feedback comes out of closed surveys, has one answer, and is told to everybody who was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.demo.cast import World
from app.feedback import jobs, queries
from app.feedback import service as feedback
from app.feedback.models import FeedbackItem, ProcessChange
from app.gatherings.models import Cohort
from app.knowledge import service as knowledge
from app.knowledge.models import LearningPoint
from app.surveys import service as surveys
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts
from tests.surveys.test_service import ANSWERS, CAME, gather, opened, told
from workflows.feedback import Answered


@pytest.fixture
def acts(database: Database, world: World, clock: MovingClock) -> Acts:
    """The people of the world, on the Wednesday of the gathering."""
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    return Acts(database, world)


async def closed(acts: Acts, clock: MovingClock, number: int = 5) -> UUID:
    """A survey that so many have answered, after its feedback has been taken out of it."""
    await gather(acts)
    survey = await opened(acts, clock)
    for place, key in enumerate(CAME[:number]):
        words = {"answer-change": "Kortere dager"} if place < 2 else {"answer-keep": "Gruppearbeidet"}
        await acts(key, surveys.answer, survey.id, answers={**ANSWERS, **words})
    clock.moved = timedelta(days=16)
    await jobs.take_out(acts.database.unit_of_work)
    await jobs.take_out(acts.database.unit_of_work)
    return survey.id


async def items_of(acts: Acts, survey_id: UUID | None = None) -> list[queries.ItemRow]:
    async with acts.database.reading() as uow:
        return await queries.items(uow, survey_id=survey_id, beside_surveys=survey_id is None)


def a_change(acts: Acts, **fields: Any) -> dict[str, Any]:
    return {"answer": "change", "text": "Vi slutter klokka to", "due_on": datetime(2027, 1, 15).date(),
            "responsible_id": acts.world.people["method_owner"].id, **fields}  # fmt: skip


async def test_findings_and_wishes_are_answered_once_and_told_to_all_who_were_asked(
    acts: Acts, clock: MovingClock
) -> None:
    survey_id = await closed(acts, clock)
    found = await items_of(acts, survey_id)
    assert sorted((each.kind, each.question, each.words, each.low, each.answers) for each in found) == [
        ("finding", "know_next", "", 5, 5),
        ("wish", "change", "Kortere dager", 0, 0), ("wish", "change", "Kortere dager", 0, 0),
    ]  # fmt: skip
    assert await told(acts, "feedback_waits") == [acts.world.people["case_handler"].id]
    wishes = [each.id for each in found if each.kind == "wish"]
    with pytest.raises(NotAllowed):
        await acts(CAME[0], feedback.answer, item_ids=wishes, **a_change(acts))
    with pytest.raises(Invalid) as nobody:
        await acts("case_handler", feedback.answer, item_ids=wishes,
                   **a_change(acts, responsible_id=acts.world.people[CAME[0]].id))  # fmt: skip
    assert nobody.value.fields["responsible_id"].code == "form.unknown"
    await acts("case_handler", feedback.answer, item_ids=wishes, **a_change(acts))
    assert await told(acts, "process_change_given") == [acts.world.people["method_owner"].id]
    assert await told(acts, "feedback_told") == [], "one piece still waits"
    with pytest.raises(NotYet) as again:
        await acts("reviewer_one", feedback.answer, item_ids=wishes[:1], answer="none", why="Nei")
    assert again.value.reasons[0].code == "feedback.answered_already"
    finding = [each.id for each in found if each.kind == "finding"]
    await acts("case_handler", feedback.answer, item_ids=finding, answer="none", why="Planen står på nettsiden")
    assert sorted(await told(acts, "feedback_told")) == sorted(acts.world.people[key].id for key in CAME)
    (change,) = (await rows(acts, ProcessChange)).values()
    await acts("method_owner", feedback.complete, change.id, done_text="Fra samling 2")
    assert sorted(await told(acts, "process_change_made")) == sorted(acts.world.people[key].id for key in CAME)
    with pytest.raises(NotYet):
        await acts("method_owner", feedback.complete, change.id, done_text="Fra samling 2")


async def rows(acts: Acts, table: Any) -> dict[UUID, Any]:
    async with acts.database.reading() as uow:
        return {row.id: row for row in await uow.session.scalars(select(table))}


async def test_of_fewer_than_five_nothing_is_taken(acts: Acts, clock: MovingClock) -> None:
    survey_id = await closed(acts, clock, number=4)
    assert await items_of(acts, survey_id) == []
    assert await told(acts, "feedback_waits") == []


async def test_what_is_not_answered_within_fourteen_days_is_late_for_its_cohort(acts: Acts, clock: MovingClock) -> None:
    survey_id = await closed(acts, clock)
    found = await items_of(acts, survey_id)
    await acts("case_handler", feedback.answer, item_ids=[found[0].id], answer="none", why="Nei")
    clock.moved = timedelta(days=31)
    async with acts.database.reading() as uow:
        (row,) = await queries.shares(uow)
        late = await queries.items(uow, late=True)
    assert (row.name, row.answered) == ("Kull 1", Answered(in_time=1, late=2))
    assert {each.id for each in late} == {each.id for each in found[1:]}
    await acts("case_handler", feedback.answer, item_ids=[each.id for each in late], **a_change(acts))
    async with acts.database.reading() as uow:
        assert row.cohort_id is not None
        assert await queries.answered_of(uow, row.cohort_id) == Answered(in_time=1, late=2), "late stays late"
    clock.moved = timedelta(days=75)
    for _ in range(2):
        await jobs.remind(acts.database.unit_of_work)
    assert await told(acts, "process_change_late") == [acts.world.people["method_owner"].id]


async def test_learning_points_and_what_was_said_have_their_answer_too(acts: Acts, clock: MovingClock) -> None:
    case_id = await gather(acts)
    await acts("lillestrom.coordinator", knowledge.add_learning_point, case_id, text="Begynn med innsikt",
               for_whom="Veiledere", conditions="Tid")  # fmt: skip
    (point,) = await rows(acts, LearningPoint)
    with pytest.raises(NotFound):
        await acts("lillestrom.counsellor", feedback.take_up, point)
    for _ in range(2):
        await acts("case_handler", feedback.take_up, point)
    (cohort,) = await rows(acts, Cohort)
    await acts("facilitator_one", feedback.note_feedback, cohort, words="For lite tid til pauser")
    found = await items_of(acts)
    assert {(each.kind, each.words, each.cohort) for each in found} == {
        ("learning", "Begynn med innsikt", "Kull 1"), ("said", "For lite tid til pauser", "Kull 1"),
    }  # fmt: skip
    await acts("case_handler", feedback.answer, item_ids=[each.id for each in found], **a_change(acts))
    assert await told(acts, "learning_point_answered") == [acts.world.people["lillestrom.coordinator"].id]


async def test_pages_for_those_who_answer_and_those_who_were_asked(browser: Browser, clock: MovingClock) -> None:
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    acts = Acts(browser.database, browser.world)
    survey_id = await closed(acts, clock)
    address = f"/surveys/{survey_id}/feedback"
    ids = [str(row_id) for row_id in await rows(acts, FeedbackItem)]
    await browser.as_person("case_handler")
    assert f'href="{address}"' in await browser.shown("/feedback")
    assert "Hva endrer vi?" in await browser.shown(address)
    typed = {"item_ids": ids, "answer": "change", "text": "Vi slutter klokka to"}
    refused = await browser.post("/feedback-items/answer", typed, page=address)
    assert refused.status_code == 422
    assert "Vi slutter klokka to" in refused.text
    assert refused.text.count("checked") == len(ids) + 1
    typed |= {"responsible_id": str(acts.world.people["method_owner"].id), "due_on": "2027-01-15"}
    assert (await browser.post("/feedback-items/answer", typed, page=address)).status_code == 303
    assert "Vi slutter klokka to" in await browser.shown("/feedback")
    await browser.as_person(CAME[6])
    assert f'href="{address}"' in await browser.shown("/surveys")
    page = await browser.shown(address)
    assert "Vi slutter klokka to" in page
    assert "Hva endrer vi?" not in page
    assert (await browser.get("/feedback")).status_code == 404
    await browser.as_person("management")
    assert (await browser.get(address)).status_code == 404
