"""The description of the interface: valid, whole, and the page that shows it."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from openapi_spec_validator import OpenAPIV31SpecValidator

from app import rooms
from app.web.dispatch import PERSONAL_DATA_WHY
from app.web.forms import names_of
from app.web.openapi import description_of
from app.web.visit import path_of
from tests.conftest import Browser

Document = dict[str, Any]


@pytest.fixture
def document(application: Litestar) -> Document:
    """The description as programs read it."""
    found: Document = msgspec.json.decode(description_of(application))
    return found


def test_is_valid_openapi(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_holds_every_address(application: Litestar, document: Document) -> None:
    served = {
        (route.path_format, method.lower())
        for route in application.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/v1/")
        for handler in route.route_handlers
        if handler.include_in_schema is not False and not route.path.startswith("/api/v1/openapi")
        for method in handler.http_methods - {"OPTIONS"}
    }
    described = {(path, method) for path, item in document["paths"].items() for method in item}
    assert described == served
    assert len(described) > 150


def test_a_body_is_described_where_the_command_takes_one(document: Document) -> None:
    for command in rooms.commands():
        middle = "" if command.on_collection else "{subject_id}/"
        operation = document["paths"][f"/api/v1/{path_of(command.subject)}/{middle}{command.verb}"]["post"]
        names, prefixes = names_of(command.input)
        assert operation["operationId"] == f"{command.subject}_{command.verb}"
        assert ("requestBody" in operation) == bool(names or prefixes), command
        if names or prefixes:
            reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            schema = document["components"]["schemas"][reference.rpartition("/")[2]]
            why = {PERSONAL_DATA_WHY} if names and command.looks_for_personal_data else set()
            assert schema.get("properties", {}).keys() == names | why
            assert schema.get("patternProperties", {}).keys() == {f"^{prefix}" for prefix in prefixes}


def test_every_reference_leads_somewhere_and_every_call_says_how_it_is_refused(document: Document) -> None:
    def references(part: Any) -> Any:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            for each in part.values():
                yield from references(each)
        elif isinstance(part, list):
            for each in part:
                yield from references(each)

    for reference in set(references(document)):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    for item in document["paths"].values():
        for method, operation in item.items():
            assert operation["security"] and operation["tags"] and operation["summary"]
            assert {"401", "403", "404"} | ({"409", "422"} if method == "post" else set()) <= operation[
                "responses"
            ].keys()


async def test_the_description_and_its_page_are_served_from_here(browser: Browser) -> None:
    answer = await browser.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == (await browser.get("/api/v1/openapi/openapi.json")).json()
    page = await browser.get("/api/v1/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "style-src 'self';" in page.headers["content-security-policy"]
    named = [part.split('"')[0] for mark in ('src="', 'href="') for part in page.text.split(mark)[1:]]
    assert named and all(httpx.URL(each).is_relative_url for each in named)
    for each in named:
        assert (await browser.get(each)).status_code == 200, each
