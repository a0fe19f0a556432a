"""A cohort's evaluation report: made from the data, written in versions that keep their figures, as page and PDF."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.applications.models import PositiveDeviance
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, Stale
from app.demo.cast import World
from app.evaluation import queries
from app.evaluation import service as evaluation
from app.feedback import jobs
from app.gatherings.models import Cohort
from app.knowledge import service as knowledge
from app.stories import service as stories
from app.surveys import service as surveys
from tests.conftest import Browser, MovingClock
from tests.pdfs import all_of, assert_in_order, words_of
from tests.projects_under_way import Acts
from tests.surveys.test_service import ANSWERS, CAME, gather, opened
from workflows.evaluation import Evaluated
from workflows.feedback import Answered

TEXTS = {"organised": "Vi møttes en gang.", "experienced": "De fleste var fornøyde.", "onward": "Flere korte dager."}


@pytest.fixture
def acts(database: Database, world: World, clock: MovingClock) -> Acts:
    """The people of the world, on the Wednesday of the gathering."""
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    return Acts(database, world)


async def learnt(acts: Acts, clock: MovingClock) -> Cohort:
    """A cohort after its gathering: asked, answered, with a learning point and a published story."""
    case_id = await gather(acts)
    survey = await opened(acts, clock)
    for key in CAME[:5]:
        await acts(key, surveys.answer, survey.id, answers={**ANSWERS, "answer-keep": "Gruppearbeidet var fint"})
    await acts("lillestrom.coordinator", knowledge.add_learning_point, case_id, text="Begynn med innsikt",
               for_whom="Veiledere", conditions="Nok tid")  # fmt: skip
    async with acts.database.unit_of_work() as uow:
        unit_id = acts.world.units["lillestrom"].id
        deviance = PositiveDeviance(case_id=case_id, unit_id=unit_id, rank=1, text="Morgenmøtet")
        uow.session.add(deviance)
    story = await acts("lillestrom.leader", stories.send_story, case_id, title="Kaffe først", text="Vi lyttet.",
                       about=deviance.id)  # fmt: skip
    await acts("case_handler", stories.publish, story.id, themes=["outside_in"])
    clock.moved = timedelta(days=16)
    await jobs.take_out(acts.database.unit_of_work)
    async with acts.database.reading() as uow:
        return (await uow.session.scalars(select(Cohort))).one()


async def now(acts: Acts, cohort: Cohort) -> Evaluated:
    async with acts.database.reading() as uow:
        return await queries.evaluated(uow, cohort)


async def test_it_is_made_from_the_data_and_a_version_keeps_its_figures(acts: Acts, clock: MovingClock) -> None:
    cohort = await learnt(acts, clock)
    seen = await now(acts, cohort)
    (gathering,), (survey,), (story,), (point,) = seen.gatherings, seen.surveys, seen.stories, seen.learning
    assert (seen.projects, gathering.signed_up, gathering.came, seen.attendance_percent) == (1, 7, 7, 100)
    assert (survey.asked, survey.answers, {each.role for each in survey.questions}) == (7, 5, {""})
    assert (story.title, story.role, point.text) == ("Kaffe først", "leader", "Begynn med innsikt")
    assert seen.feedback == Answered(waiting=1)
    keys = [quote.key for quote in seen.quotes][:1]
    with pytest.raises(NotAllowed):
        await acts("management", evaluation.write, cohort.id, **TEXTS)
    with pytest.raises(Invalid) as lacking:
        await acts("facilitator_three", evaluation.write, cohort.id, **{**TEXTS, "onward": ""})
    assert set(lacking.value.fields) == {"onward"}
    await acts("facilitator_three", evaluation.write, cohort.id, **TEXTS, quotes=keys)
    with pytest.raises(Stale):
        await acts("case_handler", evaluation.write, cohort.id, **TEXTS)
    clock.moved = timedelta(days=40)
    await acts("case_handler", evaluation.write, cohort.id, **{**TEXTS, "onward": "Enda flere."}, seen=1)
    async with acts.database.reading() as uow:
        second, first = await queries.versions(uow, cohort.id)
    assert [each.words for each in first.quotes] == ["Gruppearbeidet var fint"]
    assert (first.figures.feedback, second.figures.feedback) == (Answered(waiting=1), Answered(late=1))
    assert first.texts == TEXTS


async def test_a_report_reads_a_fixed_number_of_statements(
    acts: Acts, clock: MovingClock, statements: list[str]
) -> None:
    cohort = await learnt(acts, clock)
    statements.clear()
    await now(acts, cohort)
    assert len(statements) <= 10


async def test_page_and_pdf_say_the_same_in_order_and_name_nobody(browser: Browser, clock: MovingClock) -> None:
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    acts = Acts(browser.database, browser.world)
    cohort = await learnt(acts, clock)
    address = f"/cohorts/{cohort.id}/evaluation"
    await browser.as_person("case_handler")
    assert f'href="{address}"' in await browser.shown(f"/cohorts/{cohort.id}")
    assert "Ingen har skrevet rapporten ennå" in await browser.shown(address)
    assert (await browser.get(f"{address}.pdf")).status_code == 404
    quotes = [each.key for each in (await now(acts, cohort)).quotes][:1]
    typed: dict[str, Any] = {**TEXTS, "onward": "", "quotes": quotes, "seen": "0"}
    refused = await browser.post(f"/cohorts/{cohort.id}/write_evaluation", typed, page=address)
    assert refused.status_code == 422
    assert "De fleste var fornøyde." in refused.text
    typed["onward"] = TEXTS["onward"]
    assert (await browser.post(f"/cohorts/{cohort.id}/write_evaluation", typed, page=address)).status_code == 303
    await browser.as_person("management")
    page = await browser.shown(address)
    assert "Skriv en ny versjon" not in page
    answer = await browser.get(f"{address}.pdf?version=1")
    assert answer.headers["content-type"] == "application/pdf"
    words = words_of(answer.content, "nb")
    said = [
        "Evalueringsrapport: Kull 1", "organisert og gjennomført", "Vi møttes en gang.", "Samling 1",
        "opplevd å være med", "De fleste var fornøyde.", "100 % (5 av 5)", "«Gruppearbeidet var fint» – deltaker",
        "Kaffe først", "leder", "føres videre", "Flere korte dager.", "Begynn med innsikt",
    ]  # fmt: skip
    assert_in_order(words, said)
    whole = page[page.index("<main") :] + all_of(answer.content)
    for key in CAME:
        assert browser.world.people[key].name not in whole
    await browser.as_person("lillestrom.leader")
    assert (await browser.get(address)).status_code == 404
