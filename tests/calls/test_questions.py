"""Building a call's own questions: what can be asked, in which order, and what may still change once it is published."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from sqlalchemy import select

from app.applications import jobs, service
from app.applications.models import Application
from app.audit.models import Event
from app.calls import service as calls
from app.calls.models import CallForm
from app.core.database import Database
from app.core.errors import Invalid, NotYet
from app.demo.cast import World
from app.notices.models import Notice
from app.outbox.models import OutboxRow
from tests.applications.drafts import begin, send
from tests.calls.questions import EVERY_KIND, ask, asked_by, fields
from tests.calls_under_way import BEFORE, DURING, Acting, publish_call, write_call
from tests.conftest import Browser, MovingClock

BY = "lillestrom.coordinator"
HANDLER = "case_handler"


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = BEFORE
    return Acting(database, world)


def codes(error: pytest.ExceptionInfo[NotYet]) -> list[str]:
    return [reason.code.removeprefix("call.question_") for reason in error.value.reasons]


def strict(text: str) -> None:
    """Raise for a page that is not whole, or has an id twice."""
    html5lib.HTMLParser(strict=True).parse(text)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids)), {each for each in ids if ids.count(each) > 1}


async def test_questions_are_put_in_order_and_wait_for_earlier_ones_alone(act: Acting) -> None:
    call_id = await write_call(act)
    await ask(act, call_id, *EVERY_KIND)
    assert [each.key for each in await asked_by(act, call_id)] == [f"own_{number}" for number in range(1, 10)]
    await act(HANDLER, calls.move_question, call_id, key="own_3", direction="up")
    await act(HANDLER, calls.move_question, call_id, key="own_8", to=1)
    assert [each.key for each in await asked_by(act, call_id)][:4] == ["own_8", "own_1", "own_3", "own_2"]
    with pytest.raises(NotYet) as refused:
        await act(HANDLER, calls.move_question, call_id, key="own_2", to=1)
    assert codes(refused) == ["condition_later"]
    with pytest.raises(NotYet) as refused:
        await act(HANDLER, calls.retire_question, call_id, key="own_1")
    assert codes(refused) == ["waited_for"]
    for condition in ("own_2=o1", "own_99=o1", "own_1=o9", "risk=huge", "nothing", "own_7=o1"):
        with pytest.raises(Invalid) as wrong:
            await act(HANDLER, calls.write_question, call_id, key="own_4", condition=condition, **fields("Sum"))
        assert set(wrong.value.fields) == {"condition"}, "own_7 stands behind own_4"
    await act(HANDLER, calls.write_question, call_id, key="own_4", condition="has_partners=no", **fields("Sum"))
    assert next(each.asked_when for each in await asked_by(act, call_id) if each.key == "own_4") == (
        "has_partners",
        False,
    )
    await act(HANDLER, calls.retire_question, call_id, key="own_2")
    assert "own_2" not in [each.key for each in await asked_by(act, call_id)], "nobody has answered a draft's question"


async def test_all_that_is_missing_is_said_at_once_when_publishing(browser: Browser, act: Acting) -> None:
    call_id = await write_call(act)
    await ask(act, call_id, {"kind": "choice", "label_nb": "Bare bokmål", "help_nn": "Hjelp",
                             "choices": [{"nb": "A", "nn": "A", "en": "A"}, {"nb": "B"}]},
              {"kind": "table", **fields("Tabell")}, {"kind": "number", **fields("Tall", least=1, most=2)})  # fmt: skip
    with pytest.raises(NotYet) as refused:
        await act(HANDLER, calls.publish, call_id)
    assert codes(refused) == [
        "label_missing", "label_missing", "help_missing", "help_missing", "choice_missing", "choice_missing",
        "columns_missing",
    ]  # fmt: skip
    await browser.as_person(HANDLER)
    page = (await browser.get(f"/calls/{call_id}")).text
    assert f'href="/calls/{call_id}/questions/own_1"' in page
    assert "Spørsmålet «Bare bokmål» mangler tekst på nynorsk." in page
    with pytest.raises(Invalid):
        await ask(act, call_id, {"kind": "number", **fields("Tall", least=3, most=2)})
    with pytest.raises(Invalid):
        await ask(act, call_id, {"kind": "text", "label_nb": " "})


async def test_once_published_only_what_harms_nobody_is_changed(act: Acting) -> None:
    call_id = await write_call(act)
    await ask(act, call_id, *EVERY_KIND)
    await act(HANDLER, calls.publish, call_id)

    async def refused(verb: Any, *expected: str, **changed: Any) -> None:
        with pytest.raises(NotYet) as error:
            await act(HANDLER, verb, call_id, **changed)
        assert codes(error) == list(expected)

    short = fields("Kort", required=True, condition="own_1=o1", max_length=100)
    number = fields("Tall", least=-10)
    await refused(calls.add_question, "required_late", kind="text", **fields("Ny", required=True))
    await refused(calls.add_question, "label_missing", "label_missing", kind="text", label_nb="Ny")
    await refused(calls.write_question, "required_late", key="own_3", **number | {"required": True})
    await refused(calls.write_question, "narrower", key="own_3", **number | {"least": 0})
    await refused(calls.write_question, "label_changed", key="own_3", **number | {"label_en": "Figure"})
    await refused(calls.write_question, "condition_changed", key="own_2", **short | {"condition": ""})
    await refused(calls.write_question, "narrower", key="own_2", **short | {"max_length": 99})
    async with act.database.reading() as uow:
        assert list(await uow.session.scalars(select(CallForm.number).where(CallForm.call_id == call_id))) == [1]
    helps = {"help_nb": "Kort og klart", "help_nn": "Kort og klårt", "help_en": "Short and clear"}
    for verb, changed in (
        (calls.write_question, {"key": "own_2", **short, **helps, "required": False}),
        (calls.add_question, {"kind": "text", **fields("Til slutt")}),
        (calls.retire_question, {"key": "own_3"}),
    ):
        with pytest.raises(Invalid) as unreasoned:
            await act(HANDLER, verb, call_id, **changed)
        assert [(name, each.code) for name, each in unreasoned.value.fields.items()] == [
            ("why", "call.change_without_reason")
        ]
        await act(HANDLER, verb, call_id, why="Flere har spurt.", **changed)
    await act(HANDLER, calls.write_question, call_id, key="own_2", **short | helps | {"required": False})
    async with act.database.reading() as uow:
        rows = (await uow.session.scalars(select(CallForm).where(CallForm.call_id == call_id))).all()
        told = list(await uow.session.scalars(select(Event.changes).where(Event.case_id == call_id)))
    assert sorted(row.number for row in rows) == [1, 2, 3, 4], "saving what stands already makes no version"
    assert [each["form_version"] for each in told if "form_version" in each] == [2, 3, 4]
    assert next(each for each in told if "retired" in each)["retired"] == ["own_3"]
    async with act.database.reading() as uow:
        whys = list(await uow.session.scalars(select(Event.why).where(Event.case_id == call_id, Event.why != "")))
    assert whys == ["Flere har spurt."] * 3
    await act(HANDLER, calls.move_question, call_id, key="own_8", to=1)


async def test_drafts_follow_and_are_told_and_what_is_sent_keeps_its_version(
    browser: Browser, act: Acting, clock: MovingClock
) -> None:
    call_id = await write_call(act)
    await ask(act, call_id, {"kind": "text", **fields("Først")}, {"kind": "number", **fields("Tall")})
    await act(HANDLER, calls.publish, call_id)
    clock.at = DURING
    draft, sent = await begin(act, call_id), await send(act, call_id, "grunerlokka", own_1="Vårt svar")
    await act(BY, service.save_answers, draft, own_1="Svaret står", own_2=3)
    await act(HANDLER, calls.retire_question, call_id, key="own_1", why="Det spør vi om i møtet.")
    await ask(act, call_id, {"kind": "text", **fields("Nytt")}, why="Mange lurer på det.")
    async with act.database.unit_of_work() as uow:
        for kind, run in jobs.JOBS.items():
            for _ in range(2):  # a job may be run again
                found = await uow.session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == kind))
                for payload in list(found):
                    await run(uow, payload)
    async with act.database.reading() as uow:
        rows = {each: await uow.session.get_one(Application, each) for each in (draft, sent)}
        notices = list(await uow.session.scalars(select(Notice).where(Notice.code == "call_questions_changed")))
        events = list(await uow.session.scalars(select(Event.verb).where(Event.case_id == draft)))
    assert {each: row.call_form_version for each, row in rows.items()} == {draft: 3, sent: 1}
    assert rows[draft].version == 2, "a page that is open is not made old"
    assert {notice.case_id for notice in notices} == {draft}
    assert notices[-1].parameters["why"] in ("Det spør vi om i møtet.", "Mange lurer på det.")
    assert events.count("follow_form") in (1, 2)
    await browser.as_person(BY)
    page = (await browser.get(f"/applications/{draft}")).text
    strict(page)
    assert "Svaret står" in page and "Stilles ikke lenger" in page and 'name="own_3"' in page
    assert 'name="own_1"' not in page
    assert "Nytt nb" not in (await browser.get(f"/applications/{draft}/print")).text.partition("<main")[0]
    await browser.as_person("grunerlokka.leader")
    whole = (await browser.get(f"/applications/{sent}/print")).text
    assert "Vårt svar" in whole and "Nytt nb" not in whole
    forms = (await browser.get(f"/api/v1/calls/{call_id}/questions?version=1")).json()
    assert (forms["version"], [each["key"] for each in forms["questions"]]) == (1, ["own_1", "own_2"])
    assert (await browser.get(f"/api/v1/calls/{call_id}/questions")).json()["version"] == 3
    assert (await browser.get(f"/api/v1/calls/{call_id}/questions?version=9")).status_code == 404


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_pages_of_the_builder_are_whole(browser: Browser, act: Acting, language: str) -> None:
    draft, published = await write_call(act), await publish_call(act)
    await ask(act, draft, *EVERY_KIND)
    await browser.as_person(HANDLER)
    browser.http.cookies.set("language", language)
    paths = [f"/calls/{draft}/questions/{each}" for each in (*(f"own_{n}" for n in range(1, 10)), "preview")]
    paths += [f"/calls/{draft}/questions", f"/calls/{published}/questions"]
    paths += [f"/calls/{draft}/questions/new?kind={each['kind']}" for each in EVERY_KIND]
    for path in paths:
        page = await browser.get(path)
        assert page.status_code == 200, path
        assert f'<html lang="{language}"' in page.text
        strict(page.text)
    shown = (await browser.get(f"/calls/{draft}/questions/preview?language=nn")).text
    assert '<html lang="nn"' in shown and "Valg nn" in shown and "&lt;B&gt; nn" in shown and "Svar på" not in shown
    assert (await browser.get(f"/calls/{draft}/questions/own_99")).status_code == 404
    assert (await browser.get(f"/calls/{draft}/questions/new?kind=huge")).status_code == 404
    await browser.as_person(BY)
    for path in (f"/calls/{draft}/questions", f"/calls/{draft}/questions/own_1", f"/api/v1/calls/{draft}/questions"):
        assert (await browser.get(path)).status_code == 404, path
    for path in (f"/calls/{published}/questions", f"/calls/{published}/questions/preview"):
        assert (await browser.get(path)).status_code in (403, 404), path


async def test_a_question_is_written_by_form_and_what_was_typed_is_kept(browser: Browser, act: Acting) -> None:
    call_id = await write_call(act)
    await browser.as_person(HANDLER)
    page = f"/calls/{call_id}/questions"
    typed = {
        "kind": "table", "label_nb": "Kostnader", "label_nn": "Kostnader", "label_en": "Costs", "least": "3", "most": "2",
        "columns-0-nb": "Hva", "columns-0-nn": "Kva", "columns-0-en": "What", "columns-0-kind": "text",
        "columns-0-required": "true", "columns-0-key": "", "columns-1-nb": "", "columns-1-kind": "text",
    }  # fmt: skip
    wrong = await browser.post(f"/calls/{call_id}/add_question", typed, page=f"{page}/new?kind=table")
    assert wrong.status_code == 422
    assert 'value="Kva"' in wrong.text and "minst like stort" in wrong.text
    strict(wrong.text)
    done = await browser.post(f"/calls/{call_id}/add_question", typed | {"most": "9"}, page=f"{page}/new?kind=table")
    assert done.status_code == 303
    [table] = await asked_by(act, call_id)
    assert (table.minimum, table.maximum, [each.key for each in table.columns]) == (3, 9, ["c1"])
    assert table.columns[0].required
    more = typed | {
        "key": "own_1",
        "most": "9",
        "columns-0-key": "c1",
        "columns-1-nb": "Sum",
        "columns-1-kind": "money",
    }
    await browser.post(f"/calls/{call_id}/write_question", more, page=f"{page}/own_1")
    assert [(each.key, each.kind) for each in (await asked_by(act, call_id))[0].columns] == [
        ("c1", "text"),
        ("c2", "money"),
    ]
    gone = await browser.post(
        f"/calls/{call_id}/write_question", more | {"columns-1-key": "c2", "columns-remove": "0"}, page=f"{page}/own_1"
    )
    assert gone.status_code == 303
    assert [each.key for each in (await asked_by(act, call_id))[0].columns] == ["c2"]
    stale = await browser.post(f"/calls/{call_id}/write_question", more | {"version": "1"}, page=f"{page}/own_1")
    assert stale.status_code == 409
    assert 'value="Kostnader"' in stale.text


async def test_a_published_question_is_changed_with_a_reason_and_what_was_typed_is_kept(
    browser: Browser, act: Acting, clock: MovingClock
) -> None:
    call_id = await write_call(act)
    await ask(act, call_id, {"kind": "text", **fields("Kort")})
    await act(HANDLER, calls.publish, call_id)
    clock.at = DURING
    await browser.as_person(HANDLER)
    page = f"/calls/{call_id}/questions/own_1"
    typed = {"key": "own_1", "max_length": "200", "help_nb": "Ny hjelp", "help_nn": "Ny hjelp", "help_en": "New help",
             **fields("Kort"), "why": " "}  # fmt: skip
    typed = {name: value for name, value in typed.items() if isinstance(value, str)}
    refused = await browser.post(f"/calls/{call_id}/write_question", typed, page=page)
    assert refused.status_code == 422
    strict(refused.text)
    assert "New help" in refused.text and 'id="why-error"' in refused.text
    kept = await browser.post(f"/calls/{call_id}/write_question", typed | {"why": "Mange har spurt."}, page=page)
    assert kept.status_code == 303
    refused = await browser.post(f"/calls/{call_id}/retire_question", {"key": "own_1", "why": ""}, page=page)
    assert refused.status_code == 422 and 'id="retire-why-error"' in refused.text
    strict(refused.text)
    gone = await browser.post(
        f"/calls/{call_id}/retire_question", {"key": "own_1", "why": "Ikke nødvendig."}, page=page
    )
    assert gone.status_code == 303
    await browser.as_person(BY)
    told = (await browser.get(f"/calls/{call_id}")).text
    assert "Mange har spurt." in told and "Ikke nødvendig." in told, "everybody reads why"
