"""Concepts checked against what the office succeeds with, placed in the system, and their consequences taken further."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import html5lib
import pytest
import pytest_asyncio

from app.activities import queries, review, service
from app.activities.system_drawing import draw_concept
from app.applications.models import PositiveDeviance
from app.benefits.models import Benefit
from app.benefits.service.consequences import make_disbenefit
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet
from app.demo.cast import World
from app.projects.facts import PROJECT
from app.projects.models import Project
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project

COORDINATOR = "lillestrom.coordinator"
SYNTHETIC = "15507600333"


class Developed:
    """A project with two ranked deviances and one concept."""

    def __init__(self, acts: Acts, case_id: UUID):
        self.acts = acts
        self.case_id = case_id

    async def __call__(self, verb: Any, **fields: Any) -> Any:
        return await self.acts(COORDINATOR, verb, self.case_id, **fields)

    async def write(self) -> None:
        held = await self(
            service.add_insight_activity, method="workshop", party="user", held_on=date(2021, 1, 5), participants=6,
            about="Møte",
        )  # fmt: skip
        insight = await self(service.add_insight, activity_id=held.id, kind="need", text="Å bli sett")
        finding = await self(service.add_finding, text="Første møte avgjør", insight_ids=(insight.id,))
        concept = await self(
            service.add_concept,
            title="Velkomstvert",
            description="En vert",
            kinds=("service",),
            finding_ids=(finding.id,),
        )
        self.concept: UUID = concept.id
        async with self.acts.database.unit_of_work() as uow:
            unit = self.acts.world.units["lillestrom"].id
            rows = [
                PositiveDeviance(case_id=self.case_id, unit_id=unit, text=text, rank=rank)
                for rank, text in enumerate(("Vi ringer samme dag", "Vi møtes ute"), 1)
            ]
            uow.session.add_all(rows)
            await uow.session.flush()
            self.deviances = [row.id for row in rows]

    async def work(self) -> queries.Work:
        async with self.acts.database.reading() as uow:
            return await queries.work_of(uow, self.case_id)

    async def consequence(self, sign: int = -1) -> UUID:
        placed = await self(
            service.place_concept, concept_id=self.concept, kind="consequence", category="procedure", sign=sign,
            node_id=None, text="Andre må vente lenger",
        )  # fmt: skip
        found: UUID = placed.id
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def developed(database: Database, world: World) -> Developed:
    found = Developed(Acts(database, world), await open_project(database, world, "lillestrom"))
    await found.write()
    return found


async def test_all_deviances_are_answered_in_one_go_and_can_be_answered_anew(developed: Developed) -> None:
    first, second = developed.deviances
    answers = {f"answer-{first}": ["yes"], f"answer-{second}": ["no"]}
    await developed(
        review.review_concept, concept_id=developed.concept, answers=answers,
        comments={f"comment-{second}": ["Ikke ute ennå"]},
    )  # fmt: skip
    await developed(
        review.review_concept, concept_id=developed.concept, answers={f"answer-{second}": "partly"}, comments={}
    )
    checks = {row.deviance_id: (row.answer, row.comment) for row in (await developed.work()).checks}
    assert checks == {first: ("yes", ""), second: ("partly", "")}


async def test_each_chosen_concept_is_checked_by_itself(developed: Developed) -> None:
    other = await developed(
        service.add_concept, title="Ringerunde", description="Ring først", kinds=("service",),
        finding_ids=tuple((await developed.work()).concepts[0].finding_ids),
    )  # fmt: skip
    for concept_id in (developed.concept, other.id):
        await developed(service.choose_concept, concept_id=concept_id, why_chosen="Enklest")
    answers = {f"answer-{each}": "yes" for each in developed.deviances}
    await developed(review.review_concept, concept_id=developed.concept, answers=answers, comments={})
    async with developed.acts.database.reading() as uow:
        facts = await PROJECT.facts(uow, await uow.session.get_one(Project, developed.case_id))
    unchecked = {concept.title: concept.unchecked_deviances for concept in facts.chosen}
    assert unchecked == {"Velkomstvert": 0, "Ringerunde": 2}


async def test_every_field_that_cannot_be_taken_is_said_at_once_and_nothing_is_kept(developed: Developed) -> None:
    first, second = developed.deviances
    stranger = uuid4()
    for answers, comments, wrong in (
        ({f"answer-{first}": "maybe", f"answer-{stranger}": "yes"}, {}, {f"answer-{first}", f"answer-{stranger}"}),
        ({f"answer-{first}": "yes"}, {f"comment-{second}": "Bare en kommentar"}, {f"answer-{second}"}),
        ({f"answer-{first}": "yes"}, {f"comment-{first}": "x" * 4001}, {f"comment-{first}"}),
        ({f"answer-{first}": "yes"}, {f"comment-{first}": SYNTHETIC}, {f"comment-{first}"}),
        ({}, {}, {"concept_id"}),
    ):
        with pytest.raises(Invalid) as refused:
            await developed(review.review_concept, concept_id=developed.concept, answers=answers, comments=comments)
        assert set(refused.value.fields) == wrong
    assert (await developed.work()).checks == []


async def test_a_negative_consequence_becomes_a_disbenefit_once(developed: Developed) -> None:
    placed = await developed.consequence()
    benefit = await developed(make_disbenefit, placement_id=placed, title="Lengre ventetid for andre")
    assert (await developed.work()).placements[0].benefit_id == benefit.id
    async with developed.acts.database.reading() as uow:
        found = await uow.session.get_one(Benefit, benefit.id)
        assert (found.sign, found.description) == (-1, "Andre må vente lenger")
    with pytest.raises(NotYet):
        await developed(make_disbenefit, placement_id=placed, title="En gang til")
    good = await developed.consequence(sign=1)
    for each in (good, uuid4()):
        with pytest.raises(Invalid):
            await developed(make_disbenefit, placement_id=each, title="Nei")
    with pytest.raises(NotAllowed):
        await developed.acts("case_handler", make_disbenefit, developed.case_id, placement_id=placed, title="Nei")


async def test_the_page_shows_the_three_questions_the_drawing_and_what_was_typed(
    browser: Browser, developed: Developed
) -> None:
    await browser.as_person(COORDINATOR)
    page = f"/projects/{developed.case_id}/concepts"
    placed = await developed.consequence()
    node = await developed(service.add_system_node, kind="dilemma", party="user", text="Lang ventetid")
    await developed(
        service.place_concept, concept_id=developed.concept, kind="benefit", category="competence", sign=1, node_id=node.id,
        text="Flere blir møtt",
    )  # fmt: skip
    shown = (await browser.get(page)).text
    html5lib.HTMLParser(strict=False).parse(shown)
    assert "▼" in shown
    assert "●" in shown
    assert f'action="/projects/{developed.case_id}/make_disbenefit"' in shown
    refused = await browser.post(
        f"/projects/{developed.case_id}/make_disbenefit", {"placement_id": str(placed), "title": ""}, page=page
    )
    assert refused.status_code == 422
    first = developed.deviances[0]
    kept = await browser.post(
        f"/projects/{developed.case_id}/review_concept",
        {"concept_id": str(developed.concept), f"comment-{first}": "Bare en kommentar"},
        page=page,
    )
    assert kept.status_code == 422
    tree = html5lib.parse(kept.text, namespaceHTMLElements=False)
    area = tree.find(f".//textarea[@id='concept-{developed.concept}-check-comment-{first}']")
    assert area.text.strip() == "Bare en kommentar"


async def test_nothing_is_drawn_before_anything_is_placed(developed: Developed) -> None:
    work = await developed.work()
    assert draw_concept(work.concepts[0], work.placements, {}, {}) is None
    placed = await developed.consequence()
    work = await developed.work()
    drawing = draw_concept(work.concepts[0], work.placements, {}, {placed: "▼ negativ"})
    assert drawing is not None
    assert (len(drawing.boxes), len(drawing.lines)) == (2, 1)
