"""A form sent when its session had run out, without JavaScript: nothing is lost, and nobody gets another's text."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID

import html5lib
import httpx
import pytest

from app.applications.models import Application
from app.core.database import Database
from app.demo.cast import World
from app.identity.models import Person
from app.identity.passwords import hash_password
from app.web.kept import kept_in
from tests.applications.drafts import begin
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock

KNUT, LISE, STRANGER = "grunerlokka.coordinator", "grunerlokka.leader", "lillestrom.leader"
TYPED = 'Skrevet før økten\nløp ut: <æøå> & "mer"'
PASSWORD = "et langt passord"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
async def draft(database: Database, world: World, clock: MovingClock) -> UUID:
    clock.at = DURING
    act = Acting(database, world)
    async with database.unit_of_work() as uow:
        for who in (KNUT, LISE, STRANGER):
            person = await uow.session.get_one(Person, world.people[who].id)
            person.password_hash = await hash_password(PASSWORD)
    return await begin(act, await publish_call(act), "grunerlokka")


async def need_of(database: Database, draft: UUID) -> str | None:
    async with database.reading() as uow:
        found: str | None = (await uow.session.get_one(Application, draft)).answers.get("need")
        return found


async def form_on(browser: Browser, draft: UUID) -> dict[str, str]:
    """What the form of one part of the draft sends besides what is typed in it."""
    page = (await browser.get(f"/applications/{draft}")).text
    form = next(each for each in page.split("<form")[1:] if 'id="answers-need"' in each or 'name="need"' in each)
    return {name: unescape(value) for name, value in HIDDEN.findall(form.partition("</form>")[0])}


async def send_signed_out(browser: Browser, draft: UUID, who: str = KNUT) -> httpx.Response:
    """The page is opened by one person, the session runs out, and the form is sent."""
    await browser.as_person(who)
    fields = await form_on(browser, draft)
    browser.http.cookies.delete("session")
    answer = await browser.http.post(f"/applications/{draft}/save_answers", data={**fields, "need": TYPED})
    assert answer.status_code == 401
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer


async def sign_in(browser: Browser, page: httpx.Response, who: str, password: str = PASSWORD) -> httpx.Response:
    """Sign in on the page that came."""
    form = page.text.split('action="/sign-in"')[1].partition("</form>")[0]
    fields = {name: unescape(value) for name, value in HIDDEN.findall(form)}
    return await browser.http.post(
        "/sign-in", data={**fields, "email": browser.world.people[who].email, "password": password}
    )


async def test_whoever_wrote_it_signs_in_and_it_is_saved(browser: Browser, draft: UUID, database: Database) -> None:
    page = await send_signed_out(browser, draft)
    seen = re.sub(r"<input[^>]*>", "", page.text)
    assert "løp ut" not in seen, "whoever passes by does not read it"
    wrong = await sign_in(browser, page, KNUT, "feil passord")
    assert wrong.status_code == 422
    html5lib.HTMLParser(strict=True).parse(wrong.text)
    assert await need_of(database, draft) is None
    done = await sign_in(browser, wrong, KNUT)
    assert (done.status_code, done.headers["location"]) == (303, f"/applications/{draft}#need")
    assert await need_of(database, draft) == TYPED
    after = await browser.get(f"/applications/{draft}")
    assert after.status_code == 200
    assert "løp ut" in after.text
    assert "Lagret" in after.text, "what was done is said"


async def test_whoever_else_signs_in_gets_nothing_of_it(browser: Browser, draft: UUID, database: Database) -> None:
    for who in (LISE, STRANGER):
        page = await send_signed_out(browser, draft)
        other = await sign_in(browser, page, who)
        assert (other.status_code, other.headers["location"]) == (303, "/")
        front = await browser.get("/applications")
        assert browser.world.people[who].name in front.text
        assert "er slettet" in front.text
        assert "løp ut" not in other.text + front.text
        assert await need_of(database, draft) is None


async def test_signed_in_in_another_window_it_is_sent_again(browser: Browser, draft: UUID, database: Database) -> None:
    page = await send_signed_out(browser, draft)
    action, form = page.text.split('<form method="post" action="')[-1].split('"', 1)
    assert action == f"/applications/{draft}/save_answers"
    fields = {name: unescape(value) for name, value in HIDDEN.findall(form.partition("</form>")[0])}
    await browser.as_person(LISE)
    refused = await browser.http.post(action, data=fields)
    assert refused.status_code == 409
    html5lib.HTMLParser(strict=True).parse(refused.text)
    assert "løp ut" not in refused.text, "it was written by somebody else"
    assert await need_of(database, draft) is None
    await browser.as_person(KNUT)
    assert (await browser.http.post(action, data=fields)).status_code == 303
    assert await need_of(database, draft) == TYPED


async def test_what_saves_itself_is_not_saved_as_somebody_else(
    browser: Browser, draft: UUID, database: Database
) -> None:
    await browser.as_person(KNUT)
    fields = {**await form_on(browser, draft), "need": TYPED}
    await browser.as_person(LISE)
    refused = await browser.http.post(f"/applications/{draft}/autosave/save_answers", data=fields)
    assert refused.status_code == 409
    assert browser.world.people[LISE].name in refused.json()["message"]
    assert await need_of(database, draft) is None
    await browser.as_person(KNUT)
    saved = await browser.http.post(f"/applications/{draft}/autosave/save_answers", data=fields)
    assert saved.status_code == 200
    assert await need_of(database, draft) == TYPED


async def test_what_cannot_be_taken_is_shown_again_with_what_was_typed(browser: Browser, draft: UUID) -> None:
    await browser.as_person(KNUT)
    fields = {**await form_on(browser, draft), "need": "x" * 20_000}
    browser.http.cookies.delete("session")
    page = await browser.http.post(f"/applications/{draft}/save_answers", data=fields)
    answer = await sign_in(browser, page, KNUT)
    assert answer.status_code == 422
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert "x" * 20_000 in answer.text
    assert browser.world.people[KNUT].name in answer.text
    assert (await browser.get(f"/applications/{draft}")).status_code == 200, "one is signed in"


@pytest.mark.parametrize(
    "made_up",
    [
        "", "{", "[]", '{"to": 1}', '{"to": "https://evil.example/", "fields": []}', '{"to": "//evil.example", "fields": []}',
        '{"to": "/sign-in", "fields": []}',
    ],
)  # fmt: skip
def test_a_form_that_is_made_up_is_none(made_up: str) -> None:
    assert kept_in({"_kept": [made_up]}) is None


async def test_a_form_of_nobody_is_not_sent(browser: Browser, draft: UUID, database: Database) -> None:
    """Whoever makes up a page cannot have somebody else send what it holds."""
    page = await send_signed_out(browser, draft)
    made_up = re.sub(r"_by&#34;,&#34;[0-9a-f]{32}", "_by&#34;,&#34;" + "0" * 32, page.text)
    assert made_up != page.text
    answer = await sign_in(browser, httpx.Response(401, text=made_up), LISE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await need_of(database, draft) is None


async def test_a_button_alone_and_a_program_are_told_to_sign_in(browser: Browser, draft: UUID) -> None:
    answer = await browser.post(f"/applications/{draft}/withdraw", {"version": 1})
    assert answer.status_code == 401
    assert "_kept" not in answer.text
    told = await browser.call(f"/api/v1/applications/{draft}/withdraw", {"version": 1})
    assert told.status_code == 401
    assert told.headers["content-type"] == "application/problem+json"
