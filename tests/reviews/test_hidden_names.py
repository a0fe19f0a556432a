"""In a phase that hides names no page, file, search or answer to a program tells a reviewer who applies."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import select

from app.applications import service as applications
from app.assignments.succession import void_untenable
from app.demo.cast import PLAYERS, UNITS
from app.discussions import service as discussions
from app.files.models import File
from app.meetings import service as meetings
from app.meetings.guests import guests_of
from app.network.jobs import refresh_challenges
from app.notices.models import Notice
from app.reviews import service as reviews
from app.settings import Settings
from tests.applications_under_way import ANSWERS, TEXT, Led
from tests.calls.questions import column, fields
from tests.conftest import Browser, MovingClock
from tests.files.conftest import do_jobs
from tests.files.samples import PDF
from tests.pdfs import all_of, words_of
from tests.reviews.test_phases import with_phases
from workflows.discussion import Audience
from workflows.roles import Role

OFFICE = "balsfjord_storfjord"
UNIT = UNITS[OFFICE].name
PEOPLE = [player.name for key, player in PLAYERS.items() if key.startswith(f"{OFFICE}.")]
OWN_QUESTIONS: tuple[dict[str, Any], ...] = (
    {"kind": "long_text", **fields("Hvem kan vi spørre")},
    {"kind": "table", **fields("Tiltak", least=1, most=3, columns=[column("Hva", "text")])},
    {"kind": "file", **fields("Budsjett", most=1)},
)  # fmt: skip
TOLD = ("Balsfjord", "Storfjord", UNIT, UNITS[str(UNITS[OFFICE].county)].name, "Gunn Gammel", *PEOPLE)
"""What would say who applies; Gunn was in the team once."""


def says(text: str) -> list[str]:
    return [name for name in TOLD if name.lower() in text.lower()]


def addresses(app: Litestar, ids: dict[str, UUID]) -> list[tuple[str, bool]]:
    """Every address that can be asked for, with the ids in their places, and whether it is about one thing."""
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or "GET" not in route.methods:
            continue
        path = re.sub(r"{(\w+)(?::\w+)?}", lambda match: str(ids.get(match[1], ids["application_id"])), route.path)
        if not path.startswith(("/static", "/metrics", "/sign-", "/demo")):
            found.append((path, "{" in route.path))
    return found


SEARCH = "/network/similar?q=leter+etter+skjulte+ressurser"
LISTS = (
    "/applications", "/applications?q=Balsfjord", "/applications?q=balsfj", "/reviews", "/notices", "/resource-group",
    "/api/v1/applications", "/api/v1/reviews", SEARCH,
)  # fmt: skip
COUNTY = UNITS[str(UNITS[OFFICE].county)].name


def lists_all(path: str) -> bool:
    """Whether every county is there to be chosen on a page, whoever has applied."""
    return path == "/network" or path.startswith("/portfolio")


def text_of(answer: httpx.Response) -> str:
    """All that an answer says, also on paper; an office's own file is not ours to read."""
    is_pdf = answer.headers.get("content-type") == "application/pdf" and answer.content != PDF
    return all_of(answer.content) if is_pdf else answer.text


async def walk(browser: Browser, app: Litestar, ids: dict[str, UUID], *, whole: bool = False) -> dict[str, list[str]]:
    """Which addresses about one thing say which of the names, and which lists; with `whole` all other addresses too."""
    told = {}
    for path, about_one in addresses(app, ids):
        if not about_one and not whole:
            continue
        answer = await browser.get(path)
        assert answer.status_code < 500, path
        told[path] = says(text_of(answer) + str(answer.headers.get("content-disposition", "")))
    for path in LISTS:
        page = (await browser.get(path)).text
        told[path] = says(page.replace('value="Balsfjord"', "").replace("q=Balsfjord", ""))
    return {path: names for path, names in told.items() if names and not (lists_all(path) and names == [COUNTY])}


@pytest.fixture
async def blind(led: Led, clock: MovingClock, browser: Browser, shared_settings: Settings) -> dict[str, Any]:
    """An application that names its office wherever it can, given to a reviewer in a phase that hides it."""
    call_id = await with_phases(led, {"names_hidden": True, "others_reviews": "always"}, asks=OWN_QUESTIONS)
    clock.moved = timedelta(minutes=1)
    by, said = (
        f"{OFFICE}.coordinator",
        f"Vi i Storfjord, {UNIT}s kontor, ved {PEOPLE[0]} ({UNIT.upper()}), leter etter skjulte ressurser.",
    )
    row = await led(by, applications.create, call_id=call_id)
    await led(by, applications.add_member, row.id, name="Gunn Gammel", role=Role.CORE_TEAM, weekly_hours=2)
    async with led.database.reading() as uow:
        view = await applications_view(uow, await led.world.actor(uow, by), row.id)
    await led(by, applications.remove_member, row.id, member_id=UUID(str(view[0]["id"])))
    await browser.as_person(by)
    await browser.get("/sign-in")
    token = browser.http.cookies.get("csrf") or ""
    for name, key in (("Soknad_Balsfjord.pdf", ""), ("Budsjett_Storfjord.pdf", "own_3")):
        sent = await browser.http.post(
            f"/api/v1/applications/{row.id}/add_file", files={"file": (name, PDF)}, data={"key": key},
            headers={"x-csrftoken": token},
        )  # fmt: skip
        assert sent.status_code == 200, sent.text
    await do_jobs(led.database, shared_settings)
    own = {"own_1": f"Spør {PEOPLE[0]}", "own_2": [{"c1": f"Møter i {UNIT}"}]}
    shown = {"shown_to_others": "yes", "public_summary": f"Unge utenfor i {UNIT}"}
    answers = {**ANSWERS, "problem_statement": said, "need": said, **own, **shown}
    case_id = await led.in_review(call_id, OFFICE, draft=row.id, **answers)
    await refresh_challenges(led.database.unit_of_work)
    review_id = await led.assign(case_id, "reviewer_one")
    async with led.database.reading() as uow:
        file_id = await uow.session.scalar(select(File.id).where(File.case_id == case_id, File.key == ""))
    return {
        "application_id": case_id, "case_id": case_id, "review_id": review_id, "call_id": call_id, "file_id": file_id,
    }  # fmt: skip


async def applications_view(uow: Any, actor: Any, case_id: UUID) -> list[dict[str, Any]]:
    from app.applications.queries import application_view

    return (await application_view(uow, actor, case_id, "nb")).team


async def test_nothing_that_a_reviewer_can_open_says_who_applies(
    led: Led, browser: Browser, application: Litestar, blind: dict[str, Any]
) -> None:
    review_id, case_id = blind["review_id"], blind["application_id"]
    await led.reviewed(case_id, "facilitator_two")
    await browser.as_person("reviewer_one")

    async def found(*, whole: bool = False) -> dict[str, list[str]]:
        return await walk(browser, application, blind, whole=whole)

    assert await found(whole=True) == {}, "assigned"
    await led("reviewer_one", reviews.declare, review_id, impartial=True)
    page = (await browser.get(f"/applications/{case_id}")).text
    assert "Vi i [skjult]" in page and "01.pdf" in page and "Tolv samtaler" in page
    paper = words_of((await browser.get(f"/applications/{case_id}/application.pdf")).content, "nb")
    assert "Vi i [skjult]" in paper and "01.pdf" in paper and "Tolv samtaler" in paper
    page = (await browser.get(f"/reviews/{review_id}")).text
    assert "Spør [skjult]" in page and "Møter i [skjult]" in page and "02.pdf" in page, "the call's own questions"
    file = await browser.get(f"/files/{blind['file_id']}")
    assert (file.status_code, file.content) == (200, PDF)
    assert f"{blind['file_id']}.pdf" in file.headers["content-disposition"]
    assert await found() == {}, "declared"
    for criterion_id in await led.criteria(case_id):
        await led("reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=5, reason=TEXT)
    await led("reviewer_one", reviews.submit, review_id)
    assert await found() == {}, "handed in"
    said = f"@{PEOPLE[0]} ved {UNIT}: hvem har dere snakket med?"
    for audience in (Audience.REVIEWERS, Audience.APPLICANT):
        thread = await led("case_handler", discussions.open_thread, case_id, audience=audience, title=UNIT, text=said)
        blind["thread_id"] = thread.id
        assert await found() == {}, audience
    await led(f"{OFFICE}.leader", discussions.post, thread.id, text=f"Hilsen {PEOPLE[0]}")
    assert "hvem har dere snakket med" in (await browser.get(f"/threads/{thread.id}")).text
    assert await found() == {}, "answered by the office"
    await led("case_handler", reviews.hold_meeting, case_id)
    soon = led.database.clock() + timedelta(days=2)
    await led("case_handler", meetings.plan_meeting, case_id, held_at=soon, place=UNIT)
    assert await found() == {}, "in the meeting"
    assert (await browser.get(f"/applications/{case_id}/meeting")).status_code == 404
    assert (await browser.get(f"/applications/{case_id}/meeting.ics")).status_code == 404
    async with led.database.reading() as uow:
        case = await uow.session.get_one(applications.draft.Case, case_id)  # type: ignore[attr-defined]
        guests = {each.person_id for each in await guests_of(uow, case)}
    assert led.world.people["reviewer_one"].id not in guests
    await led("case_handler", reviews.void, review_id, why=f"Kjenner {PEOPLE[0]} ved {UNIT}")
    assert await found() == {}, "voided"


async def test_whoever_stepped_aside_is_told_no_more(
    led: Led, browser: Browser, application: Litestar, blind: dict[str, Any]
) -> None:
    await led("reviewer_one", reviews.recuse, blind["review_id"], why="Jeg tror jeg kjenner dem")
    await browser.as_person("reviewer_one")
    assert await walk(browser, application, blind) == {}


async def test_no_refusal_and_no_notice_says_who_applies(led: Led, browser: Browser, blind: dict[str, Any]) -> None:
    review_id, case_id = blind["review_id"], blind["application_id"]
    async with led.database.unit_of_work() as uow:  # found out late: the reviewer works for the county
        from app.identity import service as identity

        unit = led.world.units[str(UNITS[OFFICE].county)]
        person = led.world.people["reviewer_one"].id
        await identity.add_membership(uow, person, unit.id, "employee", valid_from=led.database.clock())
    await browser.as_person("reviewer_one")
    base = f"/reviews/{review_id}"
    criterion_id = (await led.criteria(case_id))[0]
    for path, data in (
        ("declare", {"impartial": "true"}), ("score", {"criterion_id": str(criterion_id), "value": "3"}), ("submit", {}),
        ("take_back", {}),
    ):  # fmt: skip
        page = await browser.post(f"{base}/{path}", dict(data), page=base)
        assert page.status_code in (403, 404, 409), path
        assert says(page.text) == [], path
        data = {**data, "impartial": True} if path == "declare" else data
        answer = await browser.call(f"/api/v1{base}/{path}", {**data, "value": 3} if path == "score" else dict(data))
        assert answer.status_code in (403, 404, 409), path
        assert says(answer.text) == [], path
    async with led.database.unit_of_work() as uow:
        assert await void_untenable(uow, case_id) == [review_id]
    async with led.database.reading() as uow:
        notices = await uow.session.scalars(select(Notice).where(Notice.person_id == person))
        assert all(not says(str(each.parameters)) for each in notices)
    assert says((await browser.get(base)).text) == []


async def test_a_challenge_shown_to_everybody_is_not_found_by_those_from_whom_its_office_is_hidden(
    led: Led, browser: Browser, blind: dict[str, Any]
) -> None:
    challenge = f"/network/challenges/{blind['case_id']}"
    await browser.as_person("facilitator_one")
    assert challenge in (await browser.get(SEARCH)).text and says((await browser.get(challenge)).text)
    await browser.as_person("reviewer_one")
    assert challenge not in (await browser.get(SEARCH)).text
    assert (await browser.get(challenge)).status_code == 404
    asked = await browser.post(f"{challenge.replace('/network', '')}/ask", {"message": "Hvem er dere?"}, page=challenge)
    assert asked.status_code == 404 and says(asked.text) == []


async def test_those_who_oversee_and_the_office_itself_see_the_names(
    led: Led, browser: Browser, blind: dict[str, Any]
) -> None:
    for who in ("case_handler", f"{OFFICE}.leader"):
        await browser.as_person(who)
        page = (await browser.get(f"/applications/{blind['application_id']}")).text
        assert UNIT in page and "Soknad_Balsfjord.pdf" in page and "[skjult]" not in page
        paper = all_of((await browser.get(f"/applications/{blind['application_id']}/application.pdf")).content)
        assert {UNIT, "Storfjord", PEOPLE[0]} <= set(says(paper)), "the search through papers finds what is there"
