"""Threads: each for its own, told to those who may know, changed in the open, and never wider than they began."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import html5lib
import pytest
from sqlalchemy import select

from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.discussions import queries
from app.discussions import service as discussions
from app.discussions.models import Post, Thread
from app.notices.models import Notice
from app.reviews import service as reviews
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock, world_in
from tests.reviews.test_phases import with_phases
from workflows.discussion import Audience

APPLICANT, REVIEWERS, HANDLERS = Audience.APPLICANT, Audience.REVIEWERS, Audience.HANDLERS
EVERYBODY = (
    "case_handler", "second_case_handler", "decision_maker", "auditor", "reviewer_one", "facilitator_two", "reviewer_two",
    "lillestrom.leader", "lillestrom.counsellor", "lillestrom.line_leader", "klepp_time.leader", "county.ost_viken",
    "management", "administrator",
)  # fmt: skip


@pytest.fixture
async def case_id(led: Led, clock: MovingClock) -> UUID:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    return await led.in_review(call_id)


async def begun(
    led: Led, case_id: UUID, audience: Audience, who: str = "case_handler", text: str = "Se på dette"
) -> UUID:
    """A thread with one post."""
    row = await led(who, discussions.open_thread, case_id, audience=audience, title=f"For {audience}", text=text)
    return UUID(str(row.id))


async def sees(led: Led, thread_id: UUID) -> set[str]:
    """Everybody who may read a thread."""
    found = set()
    for who in EVERYBODY:
        async with led.database.reading() as uow:
            try:
                await queries.thread_view(uow, await led.world.actor(uow, who), thread_id, "nb")
            except (NotFound, NotAllowed):
                continue
            found.add(who)
    return found


async def told(led: Led, code: str) -> set[UUID]:
    async with led.database.reading() as uow:
        return set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == code)))


async def test_each_thread_is_for_its_own_and_reviewers_come_in_with_their_own_review(led: Led, case_id: UUID) -> None:
    threads = {audience: await begun(led, case_id, audience) for audience in Audience}
    handling = {"case_handler", "second_case_handler", "decision_maker", "auditor"}
    office = {"lillestrom.leader", "lillestrom.counsellor"}
    assert await sees(led, threads[HANDLERS]) == handling
    assert await sees(led, threads[REVIEWERS]) == handling
    assert await sees(led, threads[APPLICANT]) == handling | office
    review_id = await led.assign(case_id, "reviewer_two")
    await led("reviewer_two", reviews.declare, review_id, impartial=True)
    assert "reviewer_two" not in await sees(led, threads[REVIEWERS]), "not before their own is in"
    await led.reviewed(case_id, "reviewer_one")
    assert await sees(led, threads[REVIEWERS]) == handling | {"reviewer_one"}
    assert await sees(led, threads[HANDLERS]) == handling
    await led("reviewer_two", reviews.recuse, review_id, why="Kjenner dem")
    for thread_id in threads.values():
        assert "reviewer_two" not in await sees(led, thread_id)


async def test_a_case_handler_who_steps_aside_sees_no_thread(led: Led, case_id: UUID) -> None:
    threads = [await begun(led, case_id, audience) for audience in Audience]
    review_id = await led.assign(case_id, "second_case_handler")
    assert "second_case_handler" not in await sees(led, threads[0]), "others' views before one's own review"
    await led("second_case_handler", reviews.recuse, review_id, why="Kjenner dem")
    for thread_id in threads:
        assert "second_case_handler" not in await sees(led, thread_id)


async def test_a_phase_that_closes_the_discussion_closes_it_to_reviewers_alone(led: Led, clock: MovingClock) -> None:
    call_id = await with_phases(led, {"discussion_open": False})
    clock.moved = timedelta(minutes=1)
    case_id = await led.in_review(call_id)
    thread_id = await begun(led, case_id, REVIEWERS)
    await led.reviewed(case_id, "reviewer_one")
    assert await sees(led, thread_id) == {"case_handler", "second_case_handler", "decision_maker", "auditor"}
    with pytest.raises((NotFound, Invalid)):
        await begun(led, case_id, REVIEWERS, "reviewer_one")


async def test_who_may_begin_and_say_what(led: Led, case_id: UUID) -> None:
    await led.reviewed(case_id, "reviewer_one")
    for who, audience in (("reviewer_one", APPLICANT), ("reviewer_one", HANDLERS), ("lillestrom.leader", APPLICANT)):
        with pytest.raises(Invalid):
            await begun(led, case_id, audience, who)
    ours = await begun(led, case_id, REVIEWERS, "reviewer_one")
    theirs = await begun(led, case_id, APPLICANT)
    await led("lillestrom.counsellor", discussions.post, theirs, text="Vi svarer gjerne.")
    with pytest.raises(NotAllowed):
        await led("reviewer_one", discussions.post, theirs, text="Jeg vurderer dere.")
    with pytest.raises(NotAllowed):
        await led("auditor", discussions.post, theirs, text="Jeg ser bare på.")
    for who in ("lillestrom.leader", "klepp_time.leader", "reviewer_two"):
        with pytest.raises(NotFound):
            await led(who, discussions.post, ours, text="Hei")
        with pytest.raises(NotFound):
            await led(who, discussions.mark_read, ours)
    with pytest.raises(Invalid):
        await led("case_handler", discussions.post, theirs, text="Bruker 01010150074 sa det.")
    with pytest.raises(Invalid):
        await led(
            "case_handler", discussions.open_thread, case_id, audience=REVIEWERS, title="Om", text="Om",
            criterion_id=UUID(int=1),
        )  # fmt: skip


async def test_those_who_take_part_and_are_mentioned_are_told_and_nobody_who_may_not_know(
    led: Led, case_id: UUID
) -> None:
    people = led.world.people
    await led.reviewed(case_id, "reviewer_one")
    text = (
        f"@{people['reviewer_one'].name}, @{people['reviewer_two'].name} og @{people['lillestrom.leader'].name}: se her"
    )
    ours = await begun(led, case_id, REVIEWERS, text=text)
    assert await told(led, "discussion_mentioned") == {people["reviewer_one"].id}
    assert await told(led, "discussion_post") == set()
    await led("reviewer_one", discussions.post, ours, text="Jeg er enig.")
    assert await told(led, "discussion_post") == {people["case_handler"].id}
    theirs = await begun(led, case_id, APPLICANT)
    office = {people["lillestrom.leader"].id, people["lillestrom.coordinator"].id, people["lillestrom.counsellor"].id}
    assert await told(led, "discussion_post") == office | {people["case_handler"].id}
    # who reviews it an office cannot find out by trying names
    await led("lillestrom.leader", discussions.post, theirs, text=f"@{people['reviewer_one'].name}?")
    async with led.database.reading() as uow:
        of_reviewer = select(Notice).where(
            Notice.person_id == people["reviewer_one"].id, Notice.link.contains(str(theirs))
        )
        assert not list(await uow.session.scalars(of_reviewer))
        for notice in await uow.session.scalars(select(Notice).where(Notice.code.startswith("discussion"))):
            assert set(notice.parameters) == {"reference"}, "a notice quotes nothing and names nobody"


async def test_what_was_said_first_is_kept_and_shown(led: Led, case_id: UUID) -> None:
    thread_id = await begun(led, case_id, APPLICANT, text="Hva mener dere?")
    async with led.database.reading() as uow:
        post_id = (await uow.session.scalars(select(Post.id).where(Post.thread_id == thread_id))).one()
    fields: dict[str, Any] = {"post_id": post_id, "typed_on": 1}
    await led("case_handler", discussions.edit_post, thread_id, text="Hva mener dere med dette?", **fields)
    with pytest.raises(Stale):
        await led("case_handler", discussions.edit_post, thread_id, text="Noe annet", **fields)
    with pytest.raises(NotAllowed):
        await led("second_case_handler", discussions.edit_post, thread_id, text="Noe annet", post_id=post_id)
    with pytest.raises(NotFound):
        await led(
            "case_handler", discussions.edit_post, await begun(led, case_id, APPLICANT), text="A", post_id=post_id
        )
    async with led.database.reading() as uow:
        view = await queries.thread_view(uow, await led.world.actor(uow, "lillestrom.leader"), thread_id, "nb")
    (post,) = view.posts
    assert post.text == "Hva mener dere med dette?" and post.edited_at is not None
    assert [each["text"] for each in post.earlier] == ["Hva mener dere?"]


async def test_unread_is_ones_own_and_a_closed_thread_is_read_only(led: Led, case_id: UUID, clock: MovingClock) -> None:
    thread_id = await begun(led, case_id, APPLICANT)

    async def unread(who: str) -> int:
        async with led.database.reading() as uow:
            actor = await led.world.actor(uow, who)
            place = await queries.enter(uow, actor, case_id)
            return sum(row.unread for row in await queries.threads_of(uow, actor, place, "nb"))

    assert (await unread("case_handler"), await unread("lillestrom.leader")) == (0, 1)
    await led("lillestrom.leader", discussions.mark_read, thread_id)
    clock.moved += timedelta(minutes=1)
    await led("lillestrom.counsellor", discussions.post, thread_id, text="Svar")
    assert (await unread("case_handler"), await unread("lillestrom.leader")) == (1, 1)
    await led("case_handler", discussions.close, thread_id)
    with pytest.raises(NotYet) as refused:
        await led("lillestrom.leader", discussions.post, thread_id, text="En ting til")
    assert [each.code for each in refused.value.reasons] == ["thread.closed"]
    with pytest.raises(NotAllowed):
        await led("lillestrom.leader", discussions.reopen, thread_id)
    await led("case_handler", discussions.reopen, thread_id)
    await led("lillestrom.leader", discussions.post, thread_id, text="En ting til")


async def test_a_narrowed_thread_is_gone_for_the_others(led: Led, case_id: UUID, browser: Browser) -> None:
    thread_id = await begun(led, case_id, APPLICANT)
    with pytest.raises(NotAllowed):
        await led("lillestrom.leader", discussions.narrow, thread_id, audience=HANDLERS)
    await led("case_handler", discussions.narrow, thread_id, audience=REVIEWERS)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", discussions.narrow, thread_id, audience=APPLICANT)
    assert [each.code for each in refused.value.reasons] == ["thread.only_narrower"]
    await browser.as_person("lillestrom.leader")
    for path in (f"/threads/{thread_id}", f"/api/v1/threads/{thread_id}"):
        assert (await browser.get(path)).status_code == 404
    assert "For applicant" not in (await browser.get(f"/applications/{case_id}")).text
    assert (await browser.get(f"/api/v1/applications/{case_id}/threads")).json() == []
    answer = await browser.call(f"/api/v1/threads/{thread_id}/post", {"text": "Hei"})
    assert answer.status_code == 404


async def test_two_who_answer_at_once_are_both_heard(own_database: Database, clock: MovingClock) -> None:
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    thread_id = await begun(led, await led.in_review(call_id), APPLICANT)
    await asyncio.gather(
        *(led(who, discussions.post, thread_id, text=who) for who in ("case_handler", "lillestrom.leader")),
        led("case_handler", discussions.narrow, thread_id, audience=APPLICANT),
        return_exceptions=True,
    )
    async with own_database.reading() as uow:
        said = set(await uow.session.scalars(select(Post.text).where(Post.thread_id == thread_id)))
        row = await uow.session.get_one(Thread, thread_id)
    assert said == {"Se på dette", "case_handler", "lillestrom.leader"}
    assert row.version == 3


async def test_the_pages_are_whole_and_the_office_answers_on_its_own(
    led: Led, browser: Browser, case_id: UUID, statements: list[str]
) -> None:
    await led.reviewed(case_id, "reviewer_one", 5)
    await led.reviewed(case_id, "facilitator_two", 1)
    criterion = (await led.criteria(case_id))[0]
    await browser.as_person("case_handler")
    base = f"/applications/{case_id}"
    for language in ("en", "nn", "nb"):
        browser.http.cookies.set("language", language)
        page = await browser.get(f"{base}/threads?criterion={criterion}")
        assert page.status_code == 200
        html5lib.HTMLParser(strict=True).parse(page.text)
    assert f'value="{criterion}" selected' in page.text
    fields: dict[str, object] = {"audience": "reviewers", "title": "<b>Behov</b>", "text": "Vi er uenige."}
    done = await browser.post(
        f"{base}/open_thread", {**fields, "criterion_id": criterion, "_next": "/threads/{id}"}, page=f"{base}/threads"
    )
    assert done.status_code == 303
    ours = done.headers["location"]
    await led("case_handler", reviews.write_discussion, case_id, criterion_id=criterion, text="Vi landet på tre.")
    await browser.as_person("reviewer_one")
    page = await browser.get(ours)
    assert "Vi landet på tre." in page.text and "&lt;b&gt;Behov&lt;/b&gt;" in page.text
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert (await browser.post(f"{ours}/narrow", {"audience": "handlers"}, page=ours)).status_code in (403, 404)
    theirs = await begun(led, case_id, APPLICANT, text="Hvor mange har dere snakket med?")
    await browser.as_person("lillestrom.coordinator")
    page = await browser.get(base)
    assert "Hvor mange har dere snakket med?" in page.text and "Behov&lt;" not in page.text
    html5lib.HTMLParser(strict=True).parse(page.text)
    empty = await browser.post(f"/threads/{theirs}/post", {"text": " "}, page=base)
    assert empty.status_code == 422
    answer = await browser.post(f"/threads/{theirs}/post", {"text": "Tolv.", "_next": f"{base}#threads"}, page=base)
    assert answer.status_code == 303
    assert "Tolv." in (await browser.get(base)).text
    statements.clear()
    await browser.get(base)
    few = len(statements)
    for number in range(3):
        await begun(led, case_id, APPLICANT, text=f"Spørsmål {number}")
    statements.clear()
    await browser.get(base)
    assert len(statements) == few
    await browser.as_person("case_handler")
    statements.clear()
    await browser.get(base)
    assert len(statements) == 3
