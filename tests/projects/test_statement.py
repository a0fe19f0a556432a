"""The problem statement in versions: what changed word by word, why, and the insight each version rests on."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import html5lib
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from app.activities import service as activities
from app.core.database import Database
from app.core.errors import Invalid
from app.demo.cast import World
from app.projects import service
from app.projects.statement import InsightSeen, Narrowing, statement_of
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project

OFFICE = "lillestrom"
COORDINATOR = f"{OFFICE}.coordinator"
FIRST = {"text": "Hvordan møter vi unge?", "basis_text": "Vi har hørt etter", "why": "Første gang"}
SECOND = {"text": "Hvordan møter vi unge tidligere?", "basis_text": "Ventetiden", "why": "Innsikten viste det"}


@pytest_asyncio.fixture(loop_scope="session")
async def acts(database: Database, world: World) -> Acts:
    return Acts(database, world)


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(acts: Acts) -> UUID:
    return await open_project(acts.database, acts.world, OFFICE)


async def insight(acts: Acts, case_id: UUID, text: str) -> UUID:
    held = await acts(
        COORDINATOR, activities.add_insight_activity, case_id, method="focus_group", party="user", held_on=date(2021, 1, 5),
        participants=4, about="Ventetid", units="Nav Klepp-Time, Nav Grünerløkka",
    )  # fmt: skip
    found: UUID = (
        await acts(COORDINATOR, activities.add_insight, case_id, activity_id=held.id, kind="need", text=text)
    ).id
    return found


async def test_each_version_says_what_changed_and_which_insight_it_rests_on(acts: Acts, case_id: UUID) -> None:
    await acts(COORDINATOR, service.rewrite_statement, case_id, **FIRST)
    heard = await insight(acts, case_id, "Vi venter for lenge")
    for chosen in ((), (uuid4(),), (heard, uuid4())):
        with pytest.raises(Invalid) as refused:
            await acts(COORDINATOR, service.rewrite_statement, case_id, **SECOND, insight_ids=chosen)
        assert list(refused.value.fields) == ["insight_ids"]
    await acts(COORDINATOR, service.rewrite_statement, case_id, **SECOND, insight_ids=(heard, heard))
    async with acts.database.reading() as uow:
        newest, first = (await statement_of(uow, case_id)).marked()
    version, marked, rests_on = newest
    assert (version.number, version.why, [each.text for each in rests_on]) == (
        2,
        SECOND["why"],
        ["Vi venter for lenge"],
    )
    assert "".join(words for kind, words in marked if kind != "theirs") == SECOND["text"]
    assert "".join(words for kind, words in marked if kind != "mine") == FIRST["text"]
    assert first[1:] == ([], [])


async def test_the_page_leads_from_a_version_to_the_trace_and_keeps_what_was_typed(
    browser: Browser, acts: Acts, case_id: UUID
) -> None:
    heard = await insight(acts, case_id, "Vi venter for lenge")
    await browser.as_person(COORDINATOR)
    page = f"/projects/{case_id}/statement"
    refused = await browser.post(f"/projects/{case_id}/rewrite_statement", SECOND, page=page)
    assert refused.status_code == 422
    shown = html5lib.parse(refused.text, namespaceHTMLElements=False)
    assert shown.find(".//textarea[@id='statement-why']").text.strip() == SECOND["why"]
    done = await browser.post(
        f"/projects/{case_id}/rewrite_statement", {**SECOND, "insight_ids": str(heard)}, page=page
    )
    assert done.status_code == 303
    assert f"/projects/{case_id}/trace?of={heard}" in (await browser.get(page)).text
    overview = (await browser.get(f"/projects/{case_id}")).text
    assert SECOND["text"] in overview
    assert f"{page}" in overview


async def test_what_was_heard_is_told_in_numbers_for_each_party(browser: Browser, acts: Acts, case_id: UUID) -> None:
    await insight(acts, case_id, "Vi venter for lenge")
    await insight(acts, case_id, "Ingen ringer")
    await browser.as_person(COORDINATOR)
    page = html5lib.parse((await browser.get(f"/projects/{case_id}/activities")).text, namespaceHTMLElements=False)
    table = page.find(".//section[@id='insight']//table/tbody")
    said = [[cell.text for cell in row.findall("td")] for row in table.findall("tr")]
    assert said == [["0", "0", "0"], ["2", "8", "2"], ["0", "0", "0"]]


SEEN = st.lists(
    st.builds(
        InsightSeen, id=st.uuids(version=4), kind=st.sampled_from(("need", "dilemma")),
        text=st.sampled_from(("Vi venter", "For lenge på SVAR", "Svar venter")), on_finding=st.booleans(),
    ),
    max_size=8, unique_by=lambda each: each.id,
)  # fmt: skip
NARROWINGS = st.builds(
    Narrowing, kind=st.sampled_from(("", "need", "dilemma")), words=st.sampled_from(("", "svar", " VENTER svar ", "annet")),
    on_finding=st.booleans(),
)  # fmt: skip


@given(SEEN, NARROWINGS, st.data())
def test_whatever_is_looked_at_what_is_ticked_stands_first_and_is_never_lost(
    insights: list[InsightSeen], narrowing: Narrowing, data: st.DataObject
) -> None:
    ticked = {str(each.id) for each in insights if data.draw(st.booleans())}
    shown = narrowing.of(insights, ticked)
    assert {str(each.id) for each in shown[: len(ticked)]} == ticked
    others = [each for each in insights if str(each.id) not in ticked]
    assert shown[len(ticked) :] == [each for each in others if narrowing.shows(each)]
    for each in shown[len(ticked) :]:
        assert narrowing.kind in ("", each.kind) and (each.on_finding or not narrowing.on_finding)
        assert all(word in each.text.lower() for word in narrowing.words.lower().split())


async def test_many_insights_are_narrowed_on_the_page_and_nothing_typed_or_ticked_is_lost(
    browser: Browser, acts: Acts, case_id: UUID
) -> None:
    held = [await insight(acts, case_id, f"Innsikt nummer {number}") for number in range(12)]
    await browser.as_person(COORDINATOR)
    page = f"/projects/{case_id}/statement"
    assert "only_words" not in await browser.shown(page), "a few are all shown"
    held.append(await insight(acts, case_id, "Vi får ikke svar i tide"))
    await acts(COORDINATOR, activities.add_finding, case_id, text="Svar tar tid", insight_ids=(held[12],))
    assert "only_words" in await browser.shown(page)
    typed = {**SECOND, "text": "Det jeg holder på å skrive", "insight_ids": str(held[3])}
    for looked_at in ({"only_words": "SVAR"}, {"only_on_finding": "true"}):
        narrowed = await browser.post(f"/projects/{case_id}/narrow_statement", {**typed, **looked_at}, page=page)
        assert narrowed.status_code == 200
        shown = html5lib.parse(narrowed.text, namespaceHTMLElements=False)
        boxes = [each for each in shown.iter("input") if each.get("name") == "insight_ids"]
        assert [(each.get("value"), "checked" in each.attrib) for each in boxes] == [
            (str(held[3]), True), (str(held[12]), False),
        ]  # fmt: skip
        assert shown.find(".//textarea[@id='statement-text']").text.strip() == typed["text"]
    cleared = await browser.post(f"/projects/{case_id}/narrow_statement", {**SECOND, "only_kind": "dilemma"}, page=page)
    assert 'name="insight_ids"' not in cleared.text
    async with acts.database.reading() as uow:
        assert len((await statement_of(uow, case_id)).versions) <= 1, "nothing is written"
    await browser.as_person("klepp_time.coordinator")
    assert (await browser.post(f"/projects/{case_id}/narrow_statement", typed)).status_code == 404
