"""An id of one kind at an address of another is answered as one that does not exist, at every address."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import select

from app.cases.models import Case
from app.core.database import Database
from app.demo.cast import World
from app.moves import lock_register
from app.rooms import commands
from app.web.visit import path_of
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock
from tests.web.test_permission_matrix import body_of

KINDS = ("calls", "applications", "projects")
INSIDE = {"kind": "award", "language": "nb", "key": "problem_statement", "name": "letter.pdf", "part": "summary"}
"""What else stands in an address."""


@pytest.fixture
async def others(database: Database, world: World, clock: MovingClock) -> dict[str, list[UUID]]:
    """For each kind the ids of the other kinds: a call, an application that is no project, and a register."""
    led = Led(database, world)
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    application_id = await led.in_review(call_id)
    project_id = await led.accepted(call_id, "grunerlokka")
    async with database.unit_of_work() as uow:
        await lock_register(uow, "PRØVE")
    async with database.reading() as uow:
        register_id = await uow.session.scalar(select(Case.id).where(Case.kind == "register").limit(1))
    assert register_id is not None
    return {
        "calls": [application_id, project_id, register_id],
        "applications": [call_id, register_id],
        "projects": [call_id, application_id, register_id],
    }


def routes_of(app: Litestar) -> list[tuple[str, str]]:
    """Every address that begins with the id of a case, with the kind of case it is about."""
    found = []
    for route in app.routes:
        if isinstance(route, HTTPRoute) and "GET" in route.methods:
            kind, first = [*route.path.removeprefix("/api/v1").strip("/").split("/"), ""][:2]
            if kind in KINDS and first.endswith(":uuid}"):
                found.append((kind, route.path))
    return found


def at(path: str, row_id: UUID) -> str:
    """The address with the id in its first place, and something in all others."""
    path = re.sub(r"{\w+:uuid}", str(row_id), path, count=1)
    return re.sub(r"{(\w+)(?::\w+)?}", lambda match: INSIDE.get(match[1], str(row_id)), path)


async def test_no_address_takes_one_kind_for_another(
    browser: Browser, application: Litestar, others: dict[str, list[UUID]]
) -> None:
    found, wrong = routes_of(application), {}
    for who in ("case_handler", "lillestrom.coordinator"):
        await browser.as_person(who)
        for kind, path in found:
            unknown = (await browser.get(at(path, uuid4()))).status_code
            assert unknown in (403, 404), path
            for row_id in others[kind]:
                status = (await browser.get(at(path, row_id))).status_code
                if status != unknown:
                    wrong[f"{path} for {who}"] = status
    assert wrong == {}
    assert len(found) > 30


async def test_no_verb_takes_one_kind_for_another(browser: Browser, others: dict[str, list[UUID]]) -> None:
    await browser.as_person("case_handler")
    wrong, tried = {}, 0
    for command in commands():
        kind = path_of(command.subject)
        if command.on_collection or kind not in KINDS:
            continue
        tried += 1
        for row_id in (uuid4(), *others[kind]):
            body = body_of(command, row_id, row_id)
            answer = await browser.call(f"/api/v1/{kind}/{row_id}/{command.verb}", body)
            if answer.status_code not in (403, 404):
                wrong[f"{command.subject}.{command.verb}"] = answer.status_code
    assert wrong == {}
    assert tried > 30
