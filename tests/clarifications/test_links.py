"""A link for somebody without an account: one clarification, one answer, not for long, and nothing learnt beside it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.clarifications import links, queries, service
from app.clarifications.models import ClarificationLink
from app.core.database import Database
from app.core.errors import NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import World
from app.notices.models import Mail
from tests.clarifications.test_service import TEXT
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project

ANSWER = {
    "answer": "agree",
    "expects": "At vi blir hørt",
    "commits": "Å stille på møter",
    "hours_per_week": 1,
    "change": "",
}
BY = "lillestrom.coordinator"


class Scene(Acts):
    """A partner without an account, whose text lacks only what they write themselves."""

    async def begin(self) -> Scene:
        self.case_id = await open_project(self.database, self.world, "lillestrom")
        row = await self(BY, service.add, case_id=self.case_id, gate="start", role="partner", person_id=None,
                         outside_name="Bedriften AS")  # fmt: skip
        self.id = row.id
        await self(BY, service.write, self.id, **{**TEXT, "expects": "", "commits": ""})
        return self

    async def send(self, language: str = "en") -> str:
        """Send the link; answers its secret, as the mail will carry it."""
        await self(BY, links.send_link, self.id, email="partner@bedrift.example", language=language)
        async with self.database.reading() as uow:
            path = await uow.session.scalar(
                select(Mail.secret_path).where(Mail.secret_path != "").order_by(Mail.id.desc())
            )
        assert path is not None
        return path.removeprefix("/clarify/")

    async def asked(self, token: str) -> links.Asked:
        async with self.database.reading() as uow:
            return await links.asked_by(uow, token)

    async def answer(self, token: str, **changes: Any) -> Any:
        said = {"text_hash": (await self.asked(token)).text_hash, **ANSWER, **changes}
        async with self.database.unit_of_work() as uow:
            return await links.answer_link(uow, token, **said)

    async def row(self) -> queries.ClarificationRow:
        async with self.database.reading() as uow:
            return (await queries.clarifications(uow, self.case_id))[0]


@pytest.fixture
async def scene(database: Database, world: World) -> Scene:
    return await Scene(database, world).begin()


async def test_an_outsider_writes_their_part_and_agrees_and_the_link_is_used_up(scene: Scene) -> None:
    token = await scene.send()
    await scene.answer(token)
    row = await scene.row()
    assert (row.state, row.agreed, row.texts["expects"]) == ("proposed", ["office"], "At vi blir hørt")
    (given,) = row.standing
    assert (given.name, given.number) == ("Bedriften AS", 1) and "partner@bedrift.example" in given.how
    with pytest.raises(NotFound):
        await scene.asked(token)
    await scene("case_handler", service.agree_scheme, row.id, text_hash=row.text_hash)
    assert (await scene.row()).state == "agreed"


async def test_only_a_fingerprint_of_the_secret_is_kept_and_the_mail_forgets_it(scene: Scene) -> None:
    token = await scene.send()
    async with scene.database.reading() as uow:
        row = (await uow.session.scalars(select(ClarificationLink))).one()
        body = await uow.session.scalar(select(Mail.body).where(Mail.to_address == "partner@bedrift.example"))
    assert row.token_hash == links.secret_hash(token) and token not in row.token_hash
    assert body is not None and token not in body and "works for one answer" in body


@pytest.mark.parametrize("why", ["wrong", "old", "revoked", "sent again", "other holder"])
async def test_a_link_that_must_not_open_does_not(scene: Scene, clock: MovingClock, why: str) -> None:
    token = await scene.send()
    if why == "wrong":
        token += "x"
    elif why == "old":
        clock.moved = links.LASTS + timedelta(minutes=1)
    elif why == "revoked":
        await scene(BY, links.revoke_link, scene.id)
    elif why == "sent again":
        await scene.send()
    else:
        await scene(BY, service.replace_holder, scene.id, person_id=None, outside_name="Andre AS", why="Ny")
    with pytest.raises(NotFound):
        await scene.asked(token)


async def test_a_wish_for_a_change_comes_to_those_who_write_and_is_no_agreement(scene: Scene) -> None:
    await scene.answer(await scene.send(), answer="change", change="Vi kan ikke møte hver uke")
    row = await scene.row()
    assert (row.state, row.agreed, row.change_asked) == ("draft", [], "Vi kan ikke møte hver uke")
    assert row.texts["commits"] == "Å stille på møter", "what they wrote is kept"


async def test_what_the_scheme_agreed_to_is_void_when_the_outsider_writes_otherwise(scene: Scene) -> None:
    await scene(BY, service.write, scene.id, **TEXT)
    said = (await scene(BY, service.propose, scene.id)).text_hash
    await scene("case_handler", service.agree_scheme, scene.id, text_hash=said)
    await scene.answer(await scene.send(), expects=TEXT["expects"], commits=TEXT["commits"], hours_per_week=4)
    assert (await scene.row()).state == "agreed", "the same words are the same text"
    await scene(BY, service.write, scene.id, **{**TEXT, "learning": "Annet"})
    said = (await scene(BY, service.propose, scene.id)).text_hash
    await scene("case_handler", service.agree_scheme, scene.id, text_hash=said)
    await scene.answer(await scene.send())
    row = await scene.row()
    assert (row.state, row.agreed) == ("proposed", ["office"])


async def test_a_text_that_changed_meanwhile_is_read_again_and_the_link_still_works(scene: Scene) -> None:
    token = await scene.send()
    old = (await scene.asked(token)).text_hash
    await scene(BY, service.write, scene.id, **{**TEXT, "expects": "", "commits": "", "learning": "Annet"})
    with pytest.raises(Stale):
        await scene.answer(token, text_hash=old)
    await scene.answer(token)
    assert (await scene.row()).agreed == ["office"]


async def test_a_link_is_sent_only_to_outsiders_and_only_when_the_rest_is_written(scene: Scene) -> None:
    await scene(BY, service.write, scene.id, **{**TEXT, "learning": ""})
    with pytest.raises(NotYet) as lacking:
        await scene.send()
    assert [reason.parameters["text_key"] for reason in lacking.value.reasons] == ["clarification.learning"]
    leader = scene.world.people["lillestrom.leader"].id
    row = await scene(
        BY, service.add, case_id=scene.case_id, gate="start", role="leader", person_id=leader, outside_name=""
    )
    with pytest.raises(NotAllowed):
        await scene(BY, links.send_link, row.id, email="leder@nav.example", language="nb")
    with pytest.raises(NotAllowed):
        await scene("case_handler", links.send_link, scene.id, email="x@nav.example", language="nb")


async def test_the_page_of_a_link_shows_one_clarification_in_the_language_chosen(
    scene: Scene, browser: Browser
) -> None:
    token = await scene.send("en")
    browser.http.cookies.delete("language")
    first = await browser.get(f"/clarify/{token}")
    assert (first.status_code, first.headers["location"]) == (303, f"/clarify/{token}")
    page = (await browser.get(f"/clarify/{token}")).text
    assert '<html lang="en"' in page and "What do we expect of each other?" in page
    assert "Hvordan møter vi unge?" not in page, "the project itself is not shown"
    said = re.search(r'name="text_hash" value="(\w{64})"', page)
    assert said is not None
    fields: dict[str, object] = {"text_hash": said[1], **ANSWER, "commits": ""}
    wrong = await browser.post(f"/clarify/{token}", fields)
    assert wrong.status_code == 409 and "At vi blir hørt" in wrong.text
    done = await browser.post(f"/clarify/{token}", {**fields, "commits": "Å stille"})
    assert done.status_code == 200 and "Thank you for your answer" in done.text
    gone = await browser.get(f"/clarify/{token}")
    assert gone.status_code == 404 and "The link does not work" in gone.text


async def test_nothing_of_a_refused_answer_is_kept(scene: Scene) -> None:
    token = await scene.send()
    before = await scene.row()
    with pytest.raises(NotYet):
        await scene.answer(token, commits=" ")
    assert await scene.row() == before
    assert (await scene.asked(token)).texts["expects"] == ""
