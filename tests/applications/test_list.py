"""The list of what has come in to a call, narrowed by those who handle it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.applications import listing, service
from app.applications.models import Application
from app.core.database import Database
from app.demo.cast import World
from tests.applications.drafts import send
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock
from tests.plans import APPLICATIONS, fill, plan_of
from workflows.forms.application import THEMES


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    return Acting(database, world)


async def test_case_handlers_narrow_what_has_come_in(browser: Browser, act: Acting, clock: MovingClock) -> None:
    call_id = await publish_call(act)
    clock.at = DURING
    first = await send(act, call_id, theme="employers")
    second = await send(act, call_id, "grunerlokka", theme="other")
    await act("case_handler", service.claim, first, at=DURING)
    await browser.as_person("case_handler")
    address = f"/calls/{call_id}/applications"
    me = browser.world.people["case_handler"].id
    for query, found in (
        ("", {first, second}), (f"handler={me}", {first}), ("handler=nobody", {second}), ("theme=other", {second}),
        ("q=Lillestr", {first}), ("state=submitted", {first, second}), ("state=in_review", set()),
        ("theme=other&handler=" + str(me), set()), ("handler=x&theme=x&county=x&state=x", {first, second}),
    ):  # fmt: skip
        page = await browser.get(f"{address}?{query}")
        assert page.status_code == 200
        assert {each for each in (first, second) if f"/applications/{each}" in page.text} == found, query


async def test_words_are_found_wherever_they_stand(act: Acting, clock: MovingClock) -> None:
    call_id = await publish_call(act)
    clock.at = DURING
    first = await send(act, call_id, problem_statement="Hvordan gir vi Arbeidsmarkedsopplæring til 100 % flere?")
    second = await send(act, call_id, "grunerlokka", problem_statement="Hva skal til for at 100 unge fullfører?")
    async with act.database.reading() as uow:
        handler = await act.world.actor(uow, "case_handler")
        reference = await uow.session.scalar(select(Application.reference).where(Application.id == first))
        for words, found in (
            ("markedsopp", {first}), ("ARBEIDSMARKED", {first}), (" opplæring TIL ", {first}), ("100 %", {first}),
            ("100", {first, second}), ("%", {first}), ("_", set()), ("un", {second}), ("lillestrøm", {first}),
            ("v l", {first}), (reference or "", {first}), ("opplæring unge", set()), ("\\", set()), ("", {first, second}),
        ):  # fmt: skip
            page = await listing.applications(uow, handler, call_id=call_id, words=words)
            assert {row.id for row in page.rows} == found, words
            hiding = await listing.applications(uow, handler, call_id=call_id, words=words, hidden=frozenset({first}))
            of_reference = {first} & found if words in ("", reference) else set()
            assert {row.id for row in hiding.rows} == found - {first} | of_reference, words


async def test_the_theme_follows_its_answer(act: Acting, clock: MovingClock) -> None:
    call_id = await publish_call(act)
    clock.at = DURING
    application_id = await send(act, call_id, theme=THEMES[0])
    async with act.database.reading() as uow:
        row = await uow.session.get_one(Application, application_id)
        handler = await act.world.actor(uow, "case_handler")
        assert row.theme == row.answers["theme"] == THEMES[0]
        page = await listing.applications(uow, handler, theme=THEMES[1])
        assert application_id not in {each.id for each in page.rows}


async def test_the_page_asks_three_statements_however_it_is_narrowed(
    browser: Browser, act: Acting, clock: MovingClock, statements: list[str]
) -> None:
    call_id = await publish_call(act)
    clock.at = DURING
    await browser.as_person("case_handler")
    for offices in ((), ("lillestrom", "grunerlokka")):
        for office in offices:
            await send(act, call_id, office, theme="other")
        for query in ("", "state=submitted&theme=other&handler=nobody&q=Nav"):
            statements.clear()
            page = await browser.get(f"/calls/{call_id}/applications?{query}")
            assert page.text.count("/applications/") >= len(offices)
            assert len(statements) == 3, statements


async def test_words_are_found_by_their_index(act: Acting) -> None:
    async with act.database.unit_of_work() as uow:
        handler = await act.world.actor(uow, "case_handler")
        await fill(uow, APPLICATIONS)
        plan = await plan_of(uow, listing.applications(uow, handler, words="rd1234 ord"))
        assert "ix_cases_pieces" in plan, plan
        assert "Seq Scan on cases" not in plan, plan
