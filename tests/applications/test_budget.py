"""The budget of an application: written by several, summed up, checked, sent, returned, and taken along."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import html5lib
import pytest
from sqlalchemy import select

from app.applications import service
from app.applications.facts import APPLICATION
from app.applications.models import Application, BudgetLine
from app.audit.models import Event
from app.calls import service as calls
from app.core.database import Database
from app.core.errors import Invalid, NotYet, Overlap
from app.demo.cast import World
from app.joining import service as joining
from app.projects.budget import budget_per_kind
from tests.applications.drafts import ANSWERS, begin, write
from tests.applications_under_way import Led
from tests.calls_under_way import BEFORE, DURING, Acting, publish_call, write_call
from tests.conftest import Browser, MovingClock
from tests.pdfs import words_of
from workflows.budget import KindBudget
from workflows.writing import seen_text

BY, OTHER, LEADER = "lillestrom.coordinator", "lillestrom.counsellor", "lillestrom.leader"
COURSE: dict[str, Any] = {
    "cost_kind": "competence", "description": "Kurs <i>to dager</i>", "amount_ore": 30_000_000, "bearer": "scheme",
}  # fmt: skip
TRAIN: dict[str, Any] = {
    "cost_kind": "travel", "description": "Tog", "amount_ore": 1_000_050, "bearer": "scheme", "year": 2027,
}  # fmt: skip
STAND_IN: dict[str, Any] = {"cost_kind": "time", "description": "Vikar", "amount_ore": 5_000_000, "bearer": "office"}

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def asking(act: Acting, **rules: Any) -> UUID:
    """A call that asks for a budget, and pays for competence and travel."""
    call_id = await write_call(act)
    await act("case_handler", calls.write_rules, call_id, budget_asked=True, at=BEFORE, **rules)
    await act("case_handler", calls.publish, call_id, at=BEFORE)
    return call_id


async def drafted(act: Acting, *lines: dict[str, Any], office: str = "lillestrom", **rules: Any) -> UUID:
    """A draft to such a call with everything but its leader's word, and these lines."""
    application_id = await write(act, await asking(act, **rules), office, endorsed=False, amount_ore=None)
    for line in lines:
        await act(f"{office}.coordinator", service.add_budget_line, application_id, **line)
    return application_id


async def row_of(act: Acting, application_id: UUID) -> Application:
    async with act.database.reading() as uow:
        return await uow.session.get_one(Application, application_id)


async def lines_of(act: Acting, application_id: UUID) -> list[BudgetLine]:
    async with act.database.reading() as uow:
        rows = await uow.session.scalars(
            select(BudgetLine).where(BudgetLine.case_id == application_id).order_by(BudgetLine.id)
        )
        return list(rows)


async def lacks(act: Acting, application_id: UUID) -> set[str]:
    """The codes of what keeps a draft from being sent, but for the leader's word."""
    with pytest.raises(NotYet) as refused:
        await act(BY, service.submit, application_id)
    return {reason.code for reason in refused.value.reasons} - {"application.not_endorsed"}


async def test_the_amount_is_always_the_sum_of_what_is_applied_for(act: Acting) -> None:
    application_id = await drafted(act)
    assert await lacks(act, application_id) == {"application.budget_missing"}, (
        "and nothing is said of the amount itself"
    )
    for line, sums in ((COURSE, 30_000_000), (STAND_IN, 30_000_000), (TRAIN, 31_000_050)):
        row = await act(BY, service.add_budget_line, application_id, **line)
        assert (row.amount_ore, row.answers["amount_ore"]) == (sums, sums)
    assert await lacks(act, application_id) == set()
    course, stand_in, train = await lines_of(act, application_id)
    await act(BY, service.write_budget_line, application_id, budget_line_id=train.id, **{**TRAIN, "bearer": "others"})
    assert (await row_of(act, application_id)).amount_ore == 30_000_000
    await act(BY, service.remove_budget_line, application_id, budget_line_id=course.id)
    assert (await row_of(act, application_id)).amount_ore == 0, "an office may bear it all itself"
    for line in (stand_in, train):
        await act(BY, service.remove_budget_line, application_id, budget_line_id=line.id)
    row = await row_of(act, application_id)
    assert row.amount_ore is None
    assert "amount_ore" not in row.answers


async def test_the_amount_is_not_typed_beside_its_budget(act: Acting) -> None:
    application_id = await drafted(act, COURSE)
    with pytest.raises(Invalid) as refused:
        await act(BY, service.save_answers, application_id, amount_ore=1)
    assert {name: reason.code for name, reason in refused.value.fields.items()} == {
        "amount_ore": "application.amount_from_budget"
    }
    for same in (30_000_000, None):
        await act(BY, service.save_answers, application_id, amount_ore=same, plan="Ny plan")
    row = await row_of(act, application_id)
    assert (row.amount_ore, row.answers["amount_ore"]) == (30_000_000, 30_000_000)


async def test_where_no_budget_is_asked_for_there_is_none(act: Acting, browser: Browser) -> None:
    application_id = await begin(act, await publish_call(act))
    with pytest.raises(NotYet) as refused:
        await act(BY, service.add_budget_line, application_id, **COURSE)
    assert [reason.code for reason in refused.value.reasons] == ["application.no_budget_asked"]
    await act(BY, service.save_answers, application_id, **ANSWERS)
    assert (await row_of(act, application_id)).amount_ore == ANSWERS["amount_ore"]
    await browser.as_person(BY)
    assert 'id="budget"' not in (await browser.get(f"/applications/{application_id}")).text


async def test_what_the_call_does_not_pay_for_is_said_beside_its_kind(act: Acting) -> None:
    application_id = await drafted(act, COURSE, STAND_IN)
    with pytest.raises(Invalid) as refused:
        await act(BY, service.add_budget_line, application_id, **{**STAND_IN, "bearer": "scheme"})
    assert {name: reason.code for name, reason in refused.value.fields.items()} == {
        "cost_kind": "application.cost_not_paid_for"
    }
    with pytest.raises(Invalid) as refused:
        await act(BY, service.add_budget_line, application_id, **{**COURSE, "amount_ore": 100_000_000_000})
    assert list(refused.value.fields) == ["amount_ore"]
    assert len(await lines_of(act, application_id)) == 2


async def test_limits_of_the_call_hold_an_application_back(act: Acting) -> None:
    application_id = await drafted(
        act, COURSE, budget_most_ore=29_999_999, budget_own_share_basis_points=20, budget_by_year=True
    )
    assert await lacks(act, application_id) == {
        "application.amount_above_most", "application.own_share_too_small", "application.budget_line_without_year",
    }  # fmt: skip
    (course,) = await lines_of(act, application_id)
    await act(BY, service.write_budget_line, application_id, budget_line_id=course.id,
              **{**COURSE, "amount_ore": 20_000_000, "year": 2027})  # fmt: skip
    await act(BY, service.add_budget_line, application_id, **STAND_IN, year=2027)
    assert await lacks(act, application_id) == set()


async def test_two_in_one_line_keep_both_texts_apart(act: Acting) -> None:
    application_id = await drafted(act, COURSE)
    (line,) = await lines_of(act, application_id)
    seen = [seen_text(f"budget_line.{line.id}.{name}", 0, value) for name, value in {**COURSE, "year": None}.items()]
    await act(BY, service.write_budget_line, application_id, budget_line_id=line.id, seen=seen,
              **{**COURSE, "amount_ore": 100_00})  # fmt: skip
    with pytest.raises(Overlap) as told:
        await act(OTHER, service.write_budget_line, application_id, budget_line_id=line.id, seen=seen, by_itself=True,
                  **{**COURSE, "amount_ore": 200_00, "description": "Kurs"})  # fmt: skip
    (place,) = told.value.places
    assert (place.field, place.theirs, place.mine) == ("amount_ore", 100_00, 200_00)
    (line,) = await lines_of(act, application_id)
    assert (line.description, line.amount_ore) == ("Kurs", 100_00), "the rest is kept"
    assert (await row_of(act, application_id)).amount_ore == 100_00


async def test_the_leader_stands_behind_the_sums(act: Acting) -> None:
    application_id = await drafted(act, COURSE, STAND_IN)
    await act(LEADER, service.endorse, application_id)
    _, line = await lines_of(act, application_id)
    await act(
        BY, service.write_budget_line, application_id, budget_line_id=line.id, **{**STAND_IN, "description": "To"}
    )
    async with act.database.reading() as uow:
        facts = await APPLICATION.facts(uow, await uow.session.get_one(Application, application_id))
    assert [line.description for line in facts.budget] == [COURSE["description"], "To"]
    await act(BY, service.write_budget_line, application_id, budget_line_id=line.id, **{**STAND_IN, "amount_ore": 1})
    assert await lacks(act, application_id) == {"application.endorsement_outdated"}


async def test_what_came_back_for_its_budget_shows_what_was_changed(act: Acting, browser: Browser) -> None:
    application_id = await drafted(act, COURSE, STAND_IN)
    await act(LEADER, service.endorse, application_id)
    await act(BY, service.submit, application_id)
    await act("case_handler", service.begin_screening, application_id)
    course, stand_in = await lines_of(act, application_id)
    with pytest.raises(NotYet):
        await act(BY, service.remove_budget_line, application_id, budget_line_id=course.id)
    await act("case_handler", service.return_for_completion, application_id, part_budget="Kurset er for dyrt.")
    await act(BY, service.write_budget_line, application_id, budget_line_id=course.id,
              **{**COURSE, "amount_ore": 10_000_000})  # fmt: skip
    await act(BY, service.remove_budget_line, application_id, budget_line_id=stand_in.id)
    await browser.as_person(BY)
    page = f"/applications/{application_id}"
    assert "Kurset er for dyrt." in (await browser.get(page)).text
    for language in ("nb", "nn", "en"):
        browser.http.cookies.set("language", language)
        changes = (await browser.get(f"{page}/changes")).text
        html5lib.HTMLParser(strict=True).parse(changes)
    said = re.sub("<[^>]+>", " ", changes).replace("\u00a0", " ")
    for words in ("NOK 300,000", "NOK 100,000", "Vikar", "The office itself"):
        assert words in said
    assert "Kurs &lt;i&gt;to dager&lt;/i&gt;" in changes


async def test_the_machine_screens_the_lines(act: Acting, browser: Browser) -> None:
    application_id = await drafted(act, COURSE, TRAIN, STAND_IN, budget_most_ore=40_000_000)
    await act(LEADER, service.endorse, application_id)
    await act(BY, service.submit, application_id)
    await act("case_handler", service.begin_screening, application_id)
    await browser.as_person("case_handler")
    found = {each["name"]: each["outcome"] for each in
             (await browser.get(f"/api/v1/applications/{application_id}/checks")).json()}  # fmt: skip
    assert found["costs_allowed"] == found["budget_filled"] == found["within_the_limits"] == "holds"
    shown = (await browser.get(f"/api/v1/applications/{application_id}")).json()
    assert shown["amount_ore"] == 31_000_050
    assert [(line["cost_kind"], line["amount_ore"], line["bearer"], line["year"]) for line in shown["budget_lines"]] == [
        ("competence", 30_000_000, "scheme", None), ("travel", 1_000_050, "scheme", 2027),
        ("time", 5_000_000, "office", None),
    ]  # fmt: skip
    for language in ("nb", "nn", "en"):
        browser.http.cookies.set("language", language)
        for page in ("", "/print"):
            text = (await browser.get(f"/applications/{application_id}{page}")).text
            html5lib.HTMLParser(strict=True).parse(text)
            assert "Kurs &lt;i&gt;to dager&lt;/i&gt;" in text
            assert ("360,000.50" if language == "en" else "360\u00a0000,50") in text
        paper = (await browser.get(f"/applications/{application_id}/application.pdf")).content
        assert "Kurs <i>to dager</i>" in " ".join(words_of(paper, language).split())
    async with act.database.reading() as uow:
        verbs = list(await uow.session.scalars(select(Event.verb).where(Event.case_id == application_id)))
    assert verbs.count("add_budget_line") == 3


TYPED = {"cost_kind": "competence", "description": "Kurs", "amount_ore": "12 500,50", "bearer": "scheme", "year": ""}


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("amount_ore", "mye", "Skriv et tall"), ("amount_ore", "-5", "Skriv 0 eller mer"),
        ("amount_ore", "12.500", "leses på to måter"), ("amount_ore", "1e5000000", "Skriv et tall"),
        ("amount_ore", "2 000 000 000", "Skriv høyst"), ("amount_ore", "", "Fyll ut"), ("year", "i fjor", "Skriv et tall"),
        ("year", "1999", "Skriv 2015 eller mer"), ("description", "", "Fyll ut"), ("cost_kind", "", "Fyll ut"),
        ("bearer", "kongen", ""), ("cost_kind", "equipment", "Utlysningen dekker ikke Utstyr"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    act: Acting, browser: Browser, field: str, text: str, said: str
) -> None:
    application_id = await drafted(act, STAND_IN)
    page = f"/applications/{application_id}"
    await browser.as_person(BY)
    answer = await browser.post(f"{page}/add_budget_line", {**TYPED, field: text}, page=page)
    assert answer.status_code == 422
    html5lib.HTMLParser(strict=True).parse(answer.text)
    wrong = re.search(rf'id="new-budget-{field}-error">(.*?)</div>', answer.text, re.DOTALL)
    assert wrong is not None
    assert said in wrong.group(1)
    assert wrong.group(1).strip()
    assert 'value="12 500,50"' in answer.text or field == "amount_ore"
    assert len(await lines_of(act, application_id)) == 1


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u202f"])
async def test_a_line_is_added_changed_and_removed_by_forms(act: Acting, browser: Browser, space: str) -> None:
    application_id = await drafted(act)
    page = f"/applications/{application_id}"
    await browser.as_person(BY)
    answer = await browser.post(f"{page}/add_budget_line", {**TYPED, "amount_ore": f"12{space}500,50"}, page=page)
    assert answer.status_code in (200, 303)
    (line,) = await lines_of(act, application_id)
    assert (line.amount_ore, line.year) == (1_250_050, None)
    changed = {**TYPED, "budget_line_id": str(line.id), "amount_ore": "100.5", "year": "2027"}
    saved = await browser.post(f"{page}/autosave/write_budget_line", changed, page=page)
    assert saved.status_code == 200, saved.text
    shown = {key: text.replace("\u00a0", " ") for key, text in saved.json()["shown"].items()}
    assert shown["budget.scheme"] == "100,50 kroner"
    assert shown[f"budget_line.{line.id}.amount_ore"] == "100,50"
    removed = await browser.post(f"{page}/remove_budget_line", {"budget_line_id": str(line.id)}, page=page)
    assert removed.status_code in (200, 303)
    assert await lines_of(act, application_id) == []


@pytest.mark.parametrize("keep", ["ours", "theirs"])
async def test_joining_forces_takes_every_line_along(act: Acting, keep: str) -> None:
    call_id = await asking(act)
    ours, theirs = await begin(act, call_id), await begin(act, call_id, "grunerlokka")
    await act(BY, service.add_budget_line, ours, **COURSE)
    for line in (TRAIN, STAND_IN):
        await act("grunerlokka.coordinator", service.add_budget_line, theirs, **line)
    await act("grunerlokka.coordinator", joining.seek_partners, theirs, summary="Vi søker partnere.")
    proposal = await act(BY, joining.propose_joining, ours, to_case_id=theirs, keep=keep, message="Sammen?")
    await act("grunerlokka.coordinator", joining.accept, proposal.id)
    kept = ours if keep == "ours" else theirs
    assert sorted(line.description for line in await lines_of(act, kept)) == ["Kurs <i>to dager</i>", "Tog", "Vikar"]
    row = await row_of(act, kept)
    assert (row.amount_ore, row.answers["amount_ore"]) == (31_000_050, 31_000_050)


async def test_an_award_takes_its_budget_along_by_the_kinds_of_costs(
    database: Database, world: World, clock: MovingClock
) -> None:
    led = Led(database, world)
    draft = (await led("case_handler", calls.create, title="Med budsjett")).id
    await led("case_handler", calls.write_rules, draft, budget_asked=True)
    call_id = await led.call(draft)
    clock.moved = timedelta(minutes=1)
    project_id = await led.accepted(call_id, amount_ore=20_000_001, budget=(COURSE, TRAIN, STAND_IN))
    async with database.reading() as uow:
        found = await budget_per_kind(uow, project_id)
    assert sum(each.awarded_ore for each in found) == 20_000_001
    assert found == (
        KindBudget(cost_kind="competence", applied_ore=30_000_000, awarded_ore=19_354_808, office_ore=0, others_ore=0),
        KindBudget(cost_kind="time", applied_ore=0, awarded_ore=0, office_ore=5_000_000, others_ore=0),
        KindBudget(cost_kind="travel", applied_ore=1_000_050, awarded_ore=645_193, office_ore=0, others_ore=0),
    )
