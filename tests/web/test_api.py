"""What the interface for programs answers, held against its own description."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar

from app.core.database import Database
from app.demo.cast import World
from app.web.openapi import description_of
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock

BY = "lillestrom.coordinator"
UNKNOWN = uuid4()


@pytest.fixture
def held(application: Litestar) -> Any:
    """A function that holds an answer against the schema the description gives it."""
    document = msgspec.json.decode(description_of(application))

    def hold(answer: httpx.Response, path: str, method: str = "post") -> Any:
        described = document["paths"][path][method]["responses"][str(answer.status_code)]
        if "$ref" in described:
            described = document["components"]["responses"][described["$ref"].rpartition("/")[2]]
        media = answer.headers["content-type"].partition(";")[0]
        schema = described["content"][media]["schema"]
        body = answer.json()
        Draft202012Validator({**schema, "components": document["components"]}).validate(body)
        return body

    return hold


@pytest.fixture
def act(clock: MovingClock, database: Database, world: World) -> Acting:
    """Acting as the people of the demo."""
    clock.at = DURING
    return Acting(database, world)


async def token_of(browser: Browser) -> dict[str, str]:
    """The header each call repeats its token in."""
    await browser.get("/sign-in")
    return {"x-csrftoken": browser.http.cookies.get("csrf") or ""}


PATH = "/api/v1/applications/{subject_id}/submit"
ADDRESS = f"/api/v1/applications/{UNKNOWN}/submit"


async def test_nobody_signed_in(browser: Browser, held: Any) -> None:
    answer = await browser.call(ADDRESS)
    assert answer.status_code == 401
    assert held(answer, PATH)["type"] == "/problems/NotSignedIn"


async def test_unknown_row(browser: Browser, held: Any) -> None:
    await browser.as_person(BY)
    answer = await browser.call(ADDRESS)
    assert answer.status_code == 404
    held(answer, PATH)


async def test_without_the_token(browser: Browser, held: Any) -> None:
    await browser.as_person(BY)
    answer = await browser.http.post(ADDRESS, json={})
    assert answer.status_code == 403
    held(answer, PATH)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff\xfe", b"version=1"])
async def test_what_is_no_json_object(browser: Browser, held: Any, body: bytes) -> None:
    await browser.as_person(BY)
    headers = await token_of(browser)
    answer = await browser.http.post(ADDRESS, content=body, headers=headers)
    assert answer.status_code == 422
    assert held(answer, PATH)["fields"]["body"]["code"] == "form.wrong_form"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nb", "Dette feltet finnes ikke her."),
        ("nn", "Dette feltet finst ikkje her."),
        ("en", "There is no such field here."),
    ],
)
async def test_every_wrong_field_at_once_in_the_callers_language(
    browser: Browser, held: Any, language: str, sentence: str
) -> None:
    await browser.as_person(BY)
    headers = await token_of(browser)
    browser.http.cookies.set("language", language)
    answer = await browser.http.post(ADDRESS, json={"version": "one", "vershun": 1}, headers=headers)
    assert answer.status_code == 422
    fields = held(answer, PATH)["fields"]
    assert {name: each["code"] for name, each in fields.items()} == {
        "version": "form.not_a_number",
        "vershun": "form.unknown_field",
    }
    assert fields["vershun"]["sentence"] == sentence


async def test_the_language_asked_for_where_nobody_is_signed_in(browser: Browser) -> None:
    titles = {
        (await browser.get("/api/v1/calls", **{"Accept-Language": language})).json()["title"]
        for language in ("nb", "en")
    }
    assert titles == {"Du må logge inn", "You must sign in"}


async def test_too_large_a_body(browser: Browser, held: Any) -> None:
    await browser.as_person(BY)
    headers = await token_of(browser)
    answer = await browser.http.post(ADDRESS, content=b'{"why": "' + b"x" * 2_100_000 + b'"}', headers=headers)
    assert answer.status_code == 413
    held(answer, PATH)


async def test_a_list_and_a_parameter_that_cannot_be_read(browser: Browser, held: Any) -> None:
    await browser.as_person(BY)
    held(await browser.get("/api/v1/applications"), "/api/v1/applications", "get")
    answer = await browser.get("/api/v1/applications?after=nonsense")
    assert answer.status_code == 400
    held(answer, "/api/v1/applications", "get")


async def test_an_application_made_blocked_and_stale(browser: Browser, act: Acting, held: Any) -> None:
    call_id = await publish_call(act)
    await browser.as_person(BY)
    made = await browser.call("/api/v1/applications/create", {"call_id": str(call_id)})
    assert made.status_code == 200
    application_id = held(made, "/api/v1/applications/create")["id"]
    read = await browser.get(f"/api/v1/applications/{application_id}")
    version = held(read, "/api/v1/applications/{application_id}", "get")["version"]

    steps = await browser.get(f"/api/v1/applications/{application_id}/steps")
    submit = next(
        step for step in held(steps, "/api/v1/applications/{application_id}/steps", "get") if step["step"] == "submit"
    )
    blocked = await browser.call(f"/api/v1/applications/{application_id}/submit", {"version": version})
    assert blocked.status_code == 409
    reasons = held(blocked, PATH)["reasons"]
    assert [each["code"] for each in reasons] == [each["code"] for each in submit["missing"]]
    assert len(reasons) > 20
    assert all(each["who"] for each in reasons)
    assert any(each["people"] for each in reasons)

    stale = await browser.call(f"/api/v1/applications/{application_id}/submit", {"version": version + 7})
    assert stale.status_code == 409
    assert held(stale, PATH)["type"] == "/problems/Stale"
