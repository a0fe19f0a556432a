"""What may say who a service user is: refused or asked about in every text of a project, on pages and for programs."""

from __future__ import annotations

from datetime import date
from typing import Any, get_type_hints
from uuid import UUID

import html5lib
import msgspec
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.audit.models import Event
from app.audit.verify import faults
from app.commands import OF_PROJECTS, Command
from app.core.database import Database
from app.core.errors import Invalid, Unconfirmed
from app.core.personal_data import found_in, weigh_texts
from app.demo.cast import World
from app.rooms import commands
from tests.conftest import Browser
from tests.projects_under_way import open_project

COORDINATOR = "lillestrom.coordinator"
SYNTHETIC = "15507600333"
PHONE, EMAIL = "form.phone_number", "form.email_address"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ring 91 23 45 67 etter lunsj", PHONE), ("912 34 567", PHONE), ("22334455", PHONE), ("+47 22 33 44 55", PHONE),
        ("004791234567", PHONE), ("+46 70 123 45 67", PHONE), ("(91234567)", PHONE), ("Tlf.: 91234567.", PHONE),
        ("Skriv til ola.nordmann+nav@example.no!", EMAIL), ("ola@kommune.no", EMAIL),
        (f"Fødselsnummer {SYNTHETIC}, telefon 91234567", "form.identity_number"),
        ("Møte 20260105, sak 2026-0003", None), ("500 000 kroner", None), ("25 000 000 kr", None), ("Org. 974 760 673", None),
        ("Fra 2021 til 2026 kom 40 000 brukere", None), ("91234567 kroner", None), ("1.234.567,00", None), ("@navn", None),
        ("Snitt 91234567,5", None), ("", None),
        ("Se https://eksempel.no/projects/01a22e41-b1e5-76a8-a048-ab91234567cd", None),
        ("01a22e41-b1e5-76a8-a048-ab91234567cd:01a22e41-b34c-7680-ba24-ec22334455ab:10", None),
        ("01a22e41-b1e5-76a8-a048-ab91234567cd, ring 91234567", PHONE),
    ],
)  # fmt: skip
def test_what_is_written_as_a_number_or_an_address_of_somebody_is_found(text: str, code: str | None) -> None:
    assert found_in(text) == code


@given(st.text(alphabet=st.characters(exclude_categories=("Nd", "No", "Nl"), exclude_characters="@")))
def test_nothing_is_found_where_there_is_neither_digit_nor_at(text: str) -> None:
    assert found_in(text) is None


@given(st.integers(40000000, 49999999), st.sampled_from(["", "+47", "+47 ", "0047"]))
def test_every_mobile_number_is_found_however_it_begins(number: int, start: str) -> None:
    assert found_in(f"Han nås på {start}{number} hver dag") == PHONE


def test_every_field_is_answered_at_once_and_the_worst_first() -> None:
    fields = {"text": "91234567", "why": f"{SYNTHETIC}", "slides_link": "https://x.no/91234567", "how": "Møte"}
    with pytest.raises(Invalid) as refused:
        weigh_texts(fields, "Fordi")
    assert list(refused.value.fields) == ["why"]
    with pytest.raises(Unconfirmed) as asked:
        weigh_texts({**fields, "why": "a@b.no"}, " ")
    assert {name: reason.code for name, reason in asked.value.fields.items()} == {"text": PHONE, "why": EMAIL}
    assert weigh_texts({**fields, "why": "x"}, " Vaktnummer ") == {
        "why": "Vaktnummer", "fields": {"text": "phone_number"}
    }  # fmt: skip
    with pytest.raises(Invalid):
        weigh_texts({"text": "91234567"}, SYNTHETIC)


def test_a_text_under_a_name_of_its_own_is_answered_under_that_name() -> None:
    with pytest.raises(Unconfirmed) as asked:
        weigh_texts({"answers": {"answer-keep": ["fint"], "answer-need": ["a@b.no"]}, "kinds": ("x", "91234567")}, "")
    assert set(asked.value.fields) == {"answer-need", "kinds"}


OF_A_PROJECT = [command for command in commands() if command.subject in OF_PROJECTS]


def texts_of(command: Command) -> list[str]:
    hints = get_type_hints(command.input)
    return [
        name for name in command.input.__struct_fields__
        if hints[name] is str and not name.endswith(("link", "email", "hash", "reference"))
    ]  # fmt: skip


@pytest.mark.parametrize("command", OF_A_PROJECT, ids=lambda each: f"{each.subject}.{each.verb}")
async def test_no_command_of_a_project_takes_an_identity_number_in_any_text(command: Command) -> None:
    class Nowhere:
        personal_data_why = "Fordi"

    async def run(uow: Any, actor: Any, *ids: Any, **fields: Any) -> None:
        raise AssertionError("it was run")

    tried = Command(command.subject, command.verb, command.permission, run, command.input, command.on_collection)
    for name in texts_of(command):
        typed = dict.fromkeys(command.input.__struct_fields__, "x") | {name: f"Bruker {SYNTHETIC}"}
        data = msgspec.defstruct("Typed", list(typed), frozen=True)(**typed)
        with pytest.raises(Invalid) as refused:
            await tried(Nowhere(), None, UUID(int=1), data)
        assert list(refused.value.fields) == [name]


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(database: Database, world: World) -> UUID:
    return await open_project(database, world, "lillestrom")


ACTIVITY = {"method": "workshop", "party": "user", "participants": "6"}


async def test_a_page_asks_why_keeps_what_was_typed_and_the_reason_stands_in_the_log(
    browser: Browser, database: Database, case_id: UUID
) -> None:
    await browser.as_person(COORDINATOR)
    page = f"/projects/{case_id}/activities"
    typed = {**ACTIVITY, "held_on": date(2021, 1, 5).isoformat(), "about": "Vakttelefonen er 91 23 45 67"}
    asked = await browser.post(f"/projects/{case_id}/add_insight_activity", typed, page=page)
    assert asked.status_code == 422
    shown = html5lib.parse(asked.text, namespaceHTMLElements=False)
    assert shown.find(".//textarea[@id='activity-about']").text.strip() == typed["about"]
    assert shown.find(".//textarea[@id='activity-personal_data_why']") is not None
    assert shown.find(".//div[@id='activity-about-error']/p") is not None
    blank = await browser.post(
        f"/projects/{case_id}/add_insight_activity", {**typed, "personal_data_why": "  "}, page=page
    )
    assert blank.status_code == 422
    done = await browser.post(
        f"/projects/{case_id}/add_insight_activity",
        {**typed, "personal_data_why": "Kontorets felles vaktnummer"},
        page=page,
    )
    assert done.status_code == 303
    async with database.reading() as uow:
        event = await uow.session.scalar(
            select(Event).where(Event.case_id == case_id, Event.verb == "add_insight_activity")
        )
        assert event is not None
        assert event.changes["personal_data"] == {
            "why": "Kontorets felles vaktnummer", "fields": {"about": "phone_number"}
        }  # fmt: skip
        assert (await faults(uow))[1] == []


async def test_an_identity_number_is_refused_whatever_the_reason(browser: Browser, case_id: UUID) -> None:
    await browser.as_person(COORDINATOR)
    typed = {"text": f"Bruker {SYNTHETIC}", "personal_data_why": "Fordi"}
    refused = await browser.post(f"/projects/{case_id}/add_idea", typed, page=f"/projects/{case_id}/activities")
    assert refused.status_code == 422


async def test_programs_are_asked_alike(browser: Browser, case_id: UUID) -> None:
    await browser.as_person(COORDINATOR)
    address = f"/api/v1/projects/{case_id}/add_idea"
    asked = await browser.call(address, {"text": "Skriv til kari@example.no"})
    assert asked.status_code == 422
    assert asked.json()["fields"]["text"]["code"] == EMAIL
    wrong = await browser.call(address, {"text": "Skriv til kari@example.no", "personal_data_why": 7})
    assert list(wrong.json()["fields"]) == ["personal_data_why"]
    done = await browser.call(address, {"text": "Skriv til kari@example.no", "personal_data_why": "Felles postkasse"})
    assert done.status_code == 200
