"""A case handler who has stepped aside from an application opens nothing of it any more, whichever way they come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Litestar
from sqlalchemy import select

from app.core.database import Base, Database
from app.decisions import service as decisions
from app.decisions.models import Letter
from app.demo.cast import World
from app.reviews import service as reviews
from app.rooms import commands
from app.web.visit import path_of
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock
from tests.reviews.test_hidden_names import addresses
from tests.web.test_permission_matrix import body_of
from workflows.roles import GRANTS, Role

SAID = ("Tolv samtaler", "Tid og tillit", "Dere viser et reelt behov")
"""What the application says, and why it was decided as it was."""
DRAFTING = {"application.weigh"}
"""Who is kept from a case is not told that its decision is drafted (G15)."""
OWN = ("/reviews/", "/api/v1/reviews/")


class SteppedAside(Led):
    """Leads applications from which the second case handler has stepped aside."""

    async def in_review(self, call_id: UUID, office: str = "lillestrom", **answers: Any) -> UUID:
        """An application that is found complete, and that one of the case handlers will have nothing to do with."""
        case_id = await super().in_review(call_id, office, **answers)
        review_id = await self.assign(case_id, "second_case_handler")
        await self("second_case_handler", reviews.recuse, review_id, why="Jeg kjenner lederen godt")
        return case_id


async def test_whoever_stepped_aside_opens_nothing_of_the_case(
    browser: Browser, application: Litestar, database: Database, world: World, clock: MovingClock
) -> None:
    led = SteppedAside(database, world)
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    decision_id = await led.decided(call_id)
    decision = await led("case_handler", decisions.release, decision_id)
    async with database.reading() as uow:
        letter_id = await uow.session.scalar(select(Letter.id).where(Letter.case_id == decision.case_id))
    ids = {
        "application_id": decision.case_id, "case_id": decision.case_id, "decision_id": decision_id, "name": letter_id,
        "call_id": call_id,
    }  # fmt: skip
    about = [
        path for path, about_one in addresses(application, ids)
        if (about_one and str(decision.case_id) in path) or str(decision_id) in path or str(letter_id) in path
    ]  # fmt: skip
    opened: dict[str, dict[str, str]] = {}
    for who in ("case_handler", "second_case_handler"):
        await browser.as_person(who)
        answers = {path: await browser.get(path) for path in about}
        opened[who] = {path: answer.text for path, answer in answers.items() if answer.status_code == 200}
    assert {f"/applications/{decision.case_id}/assessment", f"/decisions/{decision_id}"} <= opened[
        "case_handler"
    ].keys()
    theirs = opened["second_case_handler"]
    assert [path for path in theirs if not path.startswith(OWN)] == []
    assert {path: said for path, text in theirs.items() if (said := [each for each in SAID if each in text])} == {}


async def test_whoever_stepped_aside_is_refused_every_verb_of_a_case_handler(
    browser: Browser, database: Database, world: World, clock: MovingClock
) -> None:
    led = SteppedAside(database, world)
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    case_id = await led.accepted(call_id)
    rows: dict[str, UUID] = {}
    async with database.reading() as uow:
        for table in Base.metadata.sorted_tables:
            of_case = table.c.id if table.name in ("applications", "projects") else table.c.get("case_id")
            if of_case is not None and "id" in table.c:
                found = await uow.session.scalar(select(table.c.id).where(of_case == case_id).limit(1))
                rows.update({table.name: found} if found else {})
    await browser.as_person("second_case_handler")
    answers: dict[str, int] = {}
    for command in commands():
        if Role.CASE_HANDLER not in GRANTS[command.permission]:
            continue
        path, body = f"/api/v1/{path_of(command.subject)}", body_of(command, case_id, call_id)
        row = rows.get(path_of(command.subject).replace("-", "_"))
        if command.on_collection and not {"case_id", "application_id"}.isdisjoint(body):
            answers[f"{command.subject}.{command.verb}"] = (
                await browser.call(f"{path}/{command.verb}", body)
            ).status_code
        elif row is not None and not command.on_collection:
            answer = await browser.call(f"{path}/{row}/{command.verb}", body)
            answers[f"{command.subject}.{command.verb}"] = answer.status_code
    assert len(answers) > 20
    assert {"application.claim", "application.judge", "decision.release"} <= answers.keys()
    expected = {verb: 404 if verb in DRAFTING else 403 for verb in answers}
    assert answers == expected
