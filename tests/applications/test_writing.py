"""Writing in a draft together: fields apart, both texts where two have written, and a record of every text."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.applications import service
from app.applications.models import Application, ExpectedBenefit, PositiveDeviance, TeamMember
from app.audit.models import Event
from app.audit.verify import faults
from app.core.database import Database
from app.core.errors import Invalid, NotYet, Overlap
from app.demo.cast import World
from app.outbox.models import OutboxRow
from tests.applications.drafts import begin, write
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock, world_in
from workflows.writing import seen_text

KNUT, LISE = "grunerlokka.coordinator", "grunerlokka.leader"
NEED = "Unge som venter på hjelp, trenger noen som har tid til å lytte før tiltak velges. " * 3

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def row_of(database: Database, application_id: UUID) -> Application:
    async with database.reading() as uow:
        return await uow.session.get_one(Application, application_id)


def seen_in(page: str, key: str) -> str:
    """What a page sends along for a field."""
    found = re.search(rf'name="seen" value="({re.escape(key)}:\d+:\w+)"', page)
    assert found, key
    return found.group(1)


async def events_of(database: Database, case_id: UUID) -> list[Event]:
    async with database.reading() as uow:
        rows = await uow.session.scalars(select(Event).where(Event.case_id == case_id).order_by(Event.sequence))
        return list(rows)


async def test_two_in_different_fields_do_not_meet(act: Acting, database: Database) -> None:
    application_id = await begin(act, await publish_call(act), "grunerlokka")
    nothing = [seen_text(key, 0, None) for key in ("need", "plan")]
    await act(KNUT, service.save_answers, application_id, need="Tid", seen=nothing[:1])
    await act(LISE, service.save_answers, application_id, plan="Vår", seen=nothing[1:])
    row = await row_of(database, application_id)
    assert (row.answers["need"], row.answers["plan"]) == ("Tid", "Vår")
    assert {key: mark[0] for key, mark in row.field_marks.items()} == {"need": 1, "plan": 1}


async def test_the_later_one_in_a_field_is_told_and_the_rest_is_kept(act: Acting, database: Database) -> None:
    application_id = await begin(act, await publish_call(act), "grunerlokka")
    nothing = [seen_text(key, 0, None) for key in ("need", "user_group", "whose_need")]
    await act(KNUT, service.save_answers, application_id, need="Tid", seen=nothing)
    with pytest.raises(Overlap) as told:
        await act(LISE, service.save_answers, application_id, need="Ro", user_group="Unge", whose_need=("user",),
                  seen=nothing)  # fmt: skip
    (place,) = told.value.places
    assert (place.key, place.theirs, place.mine, place.by) == ("need", "Tid", "Ro", "Knut Gate")
    row = await row_of(database, application_id)
    assert row.answers == {"need": "Tid", "user_group": "Unge", "whose_need": ["user"]}
    await act(LISE, service.save_answers, application_id, need="Ro", seen=[place.seen])
    assert (await row_of(database, application_id)).answers["need"] == "Ro"


async def test_what_stands_may_stay(act: Acting, database: Database) -> None:
    application_id = await begin(act, await publish_call(act), "grunerlokka")
    await act(KNUT, service.save_answers, application_id, need="Tid")
    await act(LISE, service.save_answers, application_id, need="Ro", user_group="Unge", standing=("need",))
    assert (await row_of(database, application_id)).answers == {"need": "Tid", "user_group": "Unge"}


async def test_rows_are_written_field_by_field_too(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka", endorsed=False)
    async with database.reading() as uow:
        ids = [await uow.session.scalar(select(each.id).where(each.case_id == application_id))
               for each in (PositiveDeviance, ExpectedBenefit)]  # fmt: skip
        member = await uow.session.scalar(
            select(TeamMember).where(TeamMember.case_id == application_id, TeamMember.role == "core_team")
        )
    deviance, benefit = ids
    assert deviance and benefit and member
    seen = [seen_text(f"deviance.{deviance}.text", 0, "Korte møter hver uke")]
    await act(KNUT, service.write_deviance, application_id, deviance_id=deviance, text="Korte møter", seen=seen)
    with pytest.raises(Overlap) as told:
        await act(LISE, service.write_deviance, application_id, deviance_id=deviance, text="Møter", seen=seen)
    assert told.value.places[0].theirs == "Korte møter"
    as_it_is: dict[str, Any] = {"title": "Flere unge i jobb", "beneficiaries": ("citizen",), "goal": "more_in_work"}
    seen = [seen_text(f"benefit.{benefit}.{name}", 0, list(value) if name == "beneficiaries" else value)
            for name, value in {**as_it_is, "description": "", "how_noticed": ""}.items()]  # fmt: skip
    await act(KNUT, service.write_benefit, application_id, benefit_id=benefit, seen=seen,
              **{**as_it_is, "title": "Flere i jobb"})  # fmt: skip
    await act(LISE, service.write_benefit, application_id, benefit_id=benefit, seen=seen,
              **{**as_it_is, "how_noticed": "Tallene"})  # fmt: skip
    seen = [
        seen_text(f"member.{member.id}.{name}", 0, value)
        for name, value in (("role", "core_team"), ("weekly_hours", 4))
    ]
    await act(
        KNUT, service.write_member, application_id, member_id=member.id, role="core_team", weekly_hours=6, seen=seen
    )
    with pytest.raises(Overlap):
        await act(LISE, service.write_member, application_id, member_id=member.id, role="core_team", weekly_hours=8,
                  seen=seen)  # fmt: skip
    async with database.reading() as uow:
        kept = await uow.session.get_one(ExpectedBenefit, benefit)
        hours = await uow.session.scalar(select(TeamMember.weekly_hours).where(TeamMember.id == member.id))
    assert (kept.title, kept.how_noticed, hours) == ("Flere i jobb", "Tallene", 6)
    await act(KNUT, service.remove_deviance, application_id, deviance_id=deviance)
    assert not any(key.startswith("deviance.") for key in (await row_of(database, application_id)).field_marks)
    with pytest.raises(Invalid):
        await act(LISE, service.write_deviance, application_id, deviance_id=deviance, text="Møter")


async def test_what_saves_itself_is_gathered_into_few_events(
    act: Acting, database: Database, clock: MovingClock
) -> None:
    application_id = await begin(act, await publish_call(act), "grunerlokka")
    for length in range(1, 6):
        await act(KNUT, service.save_answers, application_id, need="Tid"[:length], plan="Vår", by_itself=True)
    assert [event.verb for event in await events_of(database, application_id)] == ["create"]
    await act(LISE, service.save_answers, application_id, plan="Høst", by_itself=True)
    await act(LISE, service.save_answers, application_id, background="Lenge", by_itself=True)
    await act(KNUT, service.add_deviance, application_id, text="Møter")
    told = [(event.verb, event.actor_name.split()[0], event.changes.get("plan"), event.changes.get("need"))
            for event in await events_of(database, application_id)]  # fmt: skip
    assert told == [
        ("create", "Knut", None, None), ("save_answers", "Knut", "Vår", "Tid"), ("save_answers", "Lise", "Høst", None),
        ("add_deviance", "Knut", None, None),
    ]  # fmt: skip
    async with database.reading() as uow:
        assert (await faults(uow))[1] == []
        jobs = await uow.session.scalar(select(func.count()).where(OutboxRow.kind == "record_writing"))
    assert jobs == 2


async def test_a_long_writing_is_recorded_while_it_goes_on(act: Acting, database: Database) -> None:
    application_id = await begin(act, await publish_call(act), "grunerlokka")
    for minute in range(0, 25, 2):
        at = DURING + timedelta(minutes=minute)
        await act(KNUT, service.save_answers, application_id, need=f"Tid {minute}", by_itself=True, at=at)
    async with database.unit_of_work(now=DURING + timedelta(minutes=40)) as uow:
        await service.record_writing(uow, application_id)
    async with database.unit_of_work(now=DURING + timedelta(minutes=41)) as uow:
        await service.record_writing(uow, application_id)
    saved = [
        event.changes["need"] for event in await events_of(database, application_id) if event.verb == "save_answers"
    ]
    assert saved == ["Tid 8", "Tid 18", "Tid 24"]


async def test_a_draft_that_was_sent_meanwhile_takes_nothing(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    await act(KNUT, service.save_answers, application_id, need="Mer tid", by_itself=True)
    await act(KNUT, service.submit, application_id)
    assert [event.verb for event in await events_of(database, application_id)][-2:] == ["save_answers", "submit"]
    with pytest.raises(NotYet):
        await act(LISE, service.save_answers, application_id, need="Ro", by_itself=True)


async def test_the_page_without_a_script_shows_both_texts_and_keeps_all_else(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka", endorsed=False)
    page = f"/applications/{application_id}"
    await browser.as_person(LISE)
    before = (await browser.get(page)).text
    section = {"section": "need", "user_group": "Unge", "need": NEED + "Lise", "whose_need": ["user"],
               "seen": [seen_in(before, key) for key in ("need", "user_group", "whose_need")]}  # fmt: skip
    await act(KNUT, service.save_answers, application_id, need=NEED + "Knut")
    answer = await browser.post(f"{page}/save_answers", section, page=page)
    assert answer.status_code == 409
    row = await row_of(browser.database, application_id)
    assert (row.answers["need"], row.answers["user_group"]) == ((NEED + "Knut").strip(), "Unge")
    for text in (
        "Teksten til Knut Gate",
        "Din tekst",
        NEED + "Lise",
        NEED + "Knut",
        "<del>",
        "<ins>",
        'href="#answer-need-overlap"',
    ):
        assert text in answer.text
    seen = seen_in(answer.text, "need")
    assert answer.text.count('id="answer-need-overlap"') == 1
    own = {"section": "need", "need": ["noe i feltet", NEED + "Lise"], "seen": [seen]}
    assert (await browser.post(f"{page}/save_answers", own, page=page)).status_code == 303
    assert (await row_of(browser.database, application_id)).answers["need"] == NEED + "Lise"


async def test_a_field_saves_itself_and_tells_of_the_other(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka", endorsed=False)
    page = f"/applications/{application_id}"
    await browser.as_person(LISE)
    before = (await browser.get(page)).text
    there = f"{page}/autosave/save_answers"
    saved = await browser.post(there, {"need": "Ro", "seen": seen_in(before, "need")})
    assert saved.status_code == 200
    told = saved.json()
    assert told["seen"]["need"] == seen_in((await browser.get(page)).text, "need")
    await act(KNUT, service.save_answers, application_id, need="Tid", hours=12)
    late = await browser.post(there, {"need": "Ro og tid", "seen": told["seen"]["need"]})
    assert late.status_code == 409
    assert "Knut Gate" in late.json()["overlaps"]["need"]["panel"]
    untouched = await browser.post(there, {"hours": "60", "seen": seen_in(before, "hours")})
    assert (untouched.status_code, untouched.json()["seen"]) == (200, {}), "what Lise left alone stays as Knut wrote it"
    wrong = await browser.post(there, {"hours": "mange", "seen": seen_in(before, "hours")})
    assert wrong.status_code == 422
    assert list(wrong.json()["errors"]) == ["hours"]
    assert (await browser.post(f"{page}/autosave/submit", {})).status_code == 404
    other = await browser.as_person("lillestrom.leader")
    assert (await other.post(there, {"need": "Ro", "seen": seen_in(before, "need")})).status_code == 404


async def test_saving_a_field_once_more_asks_four_statements(
    browser: Browser, act: Acting, statements: list[str]
) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka", endorsed=False)
    page = f"/applications/{application_id}"
    await browser.as_person(LISE)
    seen = seen_in((await browser.get(page)).text, "need")
    asked = []
    for text in ("Ro", "Ro og", "Ro og tid"):
        statements.clear()
        answer = await browser.post(f"{page}/autosave/save_answers", {"need": text, "seen": seen})
        seen = answer.json()["seen"]["need"]
        asked.append([each.split()[0] for each in statements])
    assert asked[1:] == 2 * [["SELECT", "SELECT", "SELECT", "UPDATE"]], (
        "who, the case locked, its row, and the row written"
    )


async def test_what_can_no_longer_be_saved_is_shown_to_be_taken_along(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    page = f"/applications/{application_id}"
    await browser.as_person(LISE)
    before = (await browser.get(page)).text
    await act(KNUT, service.submit, application_id)
    typed = {"section": "need", "need": "Det jeg skrev", "seen": seen_in(before, "need")}
    answer = await browser.post(f"{page}/save_answers", typed, page=page)
    assert answer.status_code == 409
    assert 'id="unsaved"' in answer.text
    assert "Det jeg skrev" in answer.text
    assert "Søknaden er sendt" in answer.text


async def test_of_two_at_the_same_moment_one_is_kept_and_the_other_is_told(
    own_database: Database, clock: MovingClock
) -> None:
    clock.at = DURING
    act = Acting(own_database, await world_in(own_database))
    application_id = await begin(act, await publish_call(act), "grunerlokka")
    seen = [seen_text("need", 0, None)]
    texts = {KNUT: "Tid", LISE: "Ro"}
    for _ in range(5):
        ended = await asyncio.gather(
            *(act(who, service.save_answers, application_id, need=text, seen=seen, by_itself=True)
              for who, text in texts.items()),
            return_exceptions=True,
        )  # fmt: skip
        (told,) = [each for each in ended if isinstance(each, Overlap)]
        (place,) = told.places
        stored = (await row_of(own_database, application_id)).answers["need"]
        assert {place.mine, place.theirs} == set(texts.values())
        assert place.theirs == stored
        seen = [place.seen]
        texts = {who: f"{text}!" for who, text in texts.items()}
    version = (await row_of(own_database, application_id)).field_marks["need"][0]
    assert version == 5
