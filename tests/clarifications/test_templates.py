"""Templates: shipped whole in three languages, written in versions, and never changing what has begun from one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clarifications import service, template_service, templates
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, Stale
from app.demo.cast import World
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project
from workflows.clarification_template import GIVEN, TEMPLATE_GATES, TEMPLATE_ROLES, TEMPLATE_TEXTS, taken_over, whole
from workflows.wording import LANGUAGES

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "P", "Zs"]), max_size=12)
SAID = st.fixed_dictionaries(dict.fromkeys(GIVEN, WORDS))


# --- pure ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", TEMPLATE_ROLES)
def test_what_ships_is_whole_in_every_language_and_no_two_languages_say_the_same(role: str) -> None:
    found = templates.shipped(role)
    assert list(whole(found.words)) == []
    assert found.hours_per_week > 0
    for name in TEMPLATE_TEXTS:
        assert len({found.words[language][name] for language in LANGUAGES}) == len(LANGUAGES), name


def test_the_roles_differ_in_all_that_is_their_own() -> None:
    own = [name for name in TEMPLATE_TEXTS if name not in ("equality", "learning", "new_ways", "benefits_short",
                                                          "benefits_long")]  # fmt: skip
    for name in own:
        assert len({templates.shipped(role).words["nb"][name] for role in TEMPLATE_ROLES}) == len(TEMPLATE_ROLES), name


def test_every_text_that_lacks_in_a_language_is_named_with_its_field() -> None:
    words = {language: dict(templates.shipped("leader").words[language]) for language in LANGUAGES}
    words["nn"]["equality"], words["en"]["expects"], words["nb"]["new_ways"] = " ", "", ""
    assert [field for field, _ in whole(words)] == ["equality_nn", "expects_en"]


@given(text=SAID, before=SAID, newest=SAID)
def test_a_newer_template_takes_no_words_that_somebody_has_written(
    text: dict[str, str], before: dict[str, str], newest: dict[str, str]
) -> None:
    taken = taken_over(text, before, newest)
    for name in GIVEN:
        own = text[name].strip() and text[name].strip() != before[name].strip()
        assert not (own and name in taken)
        if not own:
            assert taken.get(name, text[name]) == newest[name]


# --- against the database --------------------------------------------------------------------------------------------


def fields(role: str = "leader", **changes: str) -> dict[str, Any]:
    """The shipped template of a role as a form sends it, with some texts changed."""
    words = templates.shipped(role).words
    said = {f"{name}_{language}": words[language][name] for language in LANGUAGES for name in TEMPLATE_TEXTS}
    return {"role": role, "gate": "start", "number": 1, "hours_per_week": 2, "why": "Tydeligere", **said, **changes}


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def begin(acts: Acts, office: str = "lillestrom", role: str = "leader", gate: str = "start") -> Any:
    """A clarification for the leader of an office, begun now."""
    case_id = await open_project(acts.database, acts.world, office)
    person_id = acts.world.people[f"{office}.leader"].id
    return await acts(f"{office}.coordinator", service.add, case_id=case_id, gate=gate, role=role, person_id=person_id,
                      outside_name="")  # fmt: skip


async def test_a_clarification_begins_from_the_template_in_the_language_of_its_project(acts: Acts) -> None:
    row = await begin(acts)
    given_texts = templates.shipped("leader").given("nb")
    assert {name: getattr(row, name) for name in GIVEN} == given_texts == row.begun_from
    assert (row.template_gate, row.template_number) == ("start", 1)
    assert (row.expects, row.commits, row.hours_per_week) == ("", "", 0)


async def test_a_new_version_holds_for_those_that_begin_after_it_and_for_no_other(acts: Acts) -> None:
    before = await begin(acts)
    await acts("method_owner", template_service.write_template, **fields(equality_nb="Alle teller likt."))
    after = await begin(acts, "grunerlokka")
    async with acts.database.reading() as uow:
        kept = await uow.session.get_one(type(before), before.id)
    assert (kept.template_number, kept.equality) == (1, templates.shipped("leader").words["nb"]["equality"])
    assert kept.text_hash == before.text_hash
    assert (after.template_number, after.equality) == (2, "Alle teller likt.")


async def test_the_end_of_a_diamond_begins_as_the_start_until_it_has_a_template_of_its_own(acts: Acts) -> None:
    assert (await begin(acts, gate="close_diamond_2")).template_gate == "start"
    own = {**fields(learning_nb="Det vi har lært."), "gate": "close_diamond_2", "number": 0}
    row = await acts("case_handler", template_service.write_template, **own)
    begun = await begin(acts, "grunerlokka", gate="close_diamond_2")
    assert (begun.template_gate, begun.template_number, begun.learning) == (
        "close_diamond_2", row.number, "Det vi har lært.",
    )  # fmt: skip
    async with acts.database.reading() as uow:
        known = await templates.newest(uow)
    assert set(known) == {(role, gate) for role in map(str, TEMPLATE_ROLES) for gate in TEMPLATE_GATES}


async def test_what_is_new_is_taken_in_where_nobody_has_written(acts: Acts) -> None:
    row = await begin(acts)
    texts = {name: getattr(row, name) for name in GIVEN} | {"responsibility": "Mitt eget"}
    await acts("lillestrom.coordinator", service.write, row.id, expects="", commits="", hours_per_week=0, version=None,
               **texts)  # fmt: skip
    await acts("method_owner", template_service.write_template,
               **fields(equality_nb="Alle teller likt.", responsibility_nb="Noe annet"))  # fmt: skip
    found = await acts("lillestrom.coordinator", template_service.take_template, row.id, version=None)
    assert (found.equality, found.responsibility, found.template_number) == ("Alle teller likt.", "Mitt eget", 2)


@pytest.mark.parametrize("who", ["facilitator_one", "decision_maker", "lillestrom.leader", "administrator"])
async def test_only_those_who_keep_the_scheme_write_templates(acts: Acts, who: str) -> None:
    with pytest.raises(NotAllowed):
        await acts(who, template_service.write_template, **fields(equality_nb="Alle"))


async def test_two_who_write_at_once_do_not_overwrite_each_other(acts: Acts) -> None:
    await acts("method_owner", template_service.write_template, **fields(equality_nb="Den ene"))
    with pytest.raises(Stale):
        await acts("case_handler", template_service.write_template, **fields(equality_nb="Den andre"))


async def test_nothing_changed_is_no_version_and_what_lacks_is_said_all_at_once(acts: Acts) -> None:
    with pytest.raises(Invalid) as same:
        await acts("method_owner", template_service.write_template, **fields())
    assert same.value.fields["why"].code == "clarification_template.unchanged"
    with pytest.raises(Invalid) as empty:
        await acts("method_owner", template_service.write_template, **fields(equality_nn=" ", commits_en=""))
    assert set(empty.value.fields) == {"equality_nn", "commits_en"}


# --- pages -----------------------------------------------------------------------------------------------------------


async def test_a_template_is_written_on_its_page_and_its_history_says_what_changed(browser: Browser) -> None:
    await browser.as_person("method_owner")
    assert "følger med ordningen" in await browser.shown("/clarifications/templates")
    page = "/clarifications/templates/leader/start"
    assert "Lagre som ny versjon" in await browser.shown(page)
    wrong = await browser.post("/clarification-templates/write_template",
                               fields(equality_nn="", learning_nb="Noe nytt"), page=page)  # fmt: skip
    assert wrong.status_code == 422 and 'id="equality_nn-error"' in wrong.text and "Noe nytt" in wrong.text
    done = await browser.post(
        "/clarification-templates/write_template", fields(learning_nb="Noe nytt å lære"), page=page
    )
    assert done.status_code == 303
    text = await browser.shown(page)
    assert "Versjon 2" in text and "Tydeligere" in text
    assert re.search(r"<ins>.*?Noe", text), "what is new is marked"
    assert "Versjon 2" in await browser.shown("/clarifications/templates")


async def test_a_facilitator_reads_templates_and_an_office_does_not(browser: Browser) -> None:
    await browser.as_person("facilitator_one")
    assert "Lagre som ny versjon" not in await browser.shown("/clarifications/templates/partner/close_diamond_2")
    await browser.as_person("lillestrom.leader")
    assert (await browser.get("/clarifications/templates")).status_code == 403
    await browser.as_person("case_handler")
    for path in ("nobody/start", "leader/never"):
        assert (await browser.get(f"/clarifications/templates/{path}")).status_code == 404


async def test_the_projects_page_says_which_version_and_shows_what_is_newer(browser: Browser, acts: Acts) -> None:
    row = await begin(acts)
    page = f"/projects/{row.case_id}/clarifications"
    await browser.as_person("lillestrom.coordinator")
    text = await browser.shown(page)
    assert "Begynte fra malen, versjon 1 (Ved oppstart)." in text and "nyere versjon" not in text
    assert templates.shipped("leader").words["nb"]["expects"] in text
    await acts("method_owner", template_service.write_template, **fields(equality_nb="Alle teller likt."))
    text = await browser.shown(page)
    assert "Malen har fått en nyere versjon (2)" in text and "Ta inn det nye fra malen" in text
    await browser.post(f"/clarifications/{row.id}/take_template", {"version": row.version}, page=page)
    text = await browser.shown(page)
    assert "versjon 2" in text and "nyere versjon" not in text and "Alle teller likt." in text
