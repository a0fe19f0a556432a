"""The pages of notices, jobs and mails, each for those it is for."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.database import Database
from app.notices import service as notices
from app.notices.models import Mail, Notice
from app.outbox import service as outbox
from app.outbox.models import OutboxRow
from app.settings import Settings
from tests.conftest import Browser
from tests.notices.jobs import do_all


async def tell(browser: Browser, key: str, times: int = 1) -> None:
    async with browser.database.unit_of_work() as uow:
        for _ in range(times):
            await notices.tell(
                uow, [browser.world.people[key].id], "facilitator_asked",
                parameters={"title": "Hjem <først>", "hours": 2}, link="/notices?after=",
            )  # fmt: skip


async def test_opening_a_notice_marks_it_as_read_and_goes_on(browser: Browser) -> None:
    await tell(browser, "facilitator_one", 2)
    await browser.as_person("facilitator_one")
    page = await browser.get("/notices")
    assert page.status_code == 200
    assert page.text.count("Du er spurt om å fasilitere «Hjem &lt;først&gt;» (2 timer).") == 2
    assert "Du har 2 uleste varsler." in page.text
    async with browser.database.reading() as uow:
        notice_id = (await uow.session.scalars(select(Notice.id))).first()
    answer = await browser.post(f"/notices/{notice_id}/mark_read", {"_next": "/sign-in"}, page="/notices")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "Du har 1 ulest varsel." in (await browser.get("/notices")).text
    assert (await browser.post("/notices/mark_all_read", {"_next": "/notices"})).status_code == 303
    assert "ulest" not in (await browser.get("/notices", **{"accept-language": "nb"})).text


async def test_the_list_turns_over_and_costs_the_same(browser: Browser, statements: list[str]) -> None:
    await tell(browser, "facilitator_one")
    await browser.as_person("facilitator_one")
    statements.clear()
    await browser.get("/notices")
    for_one = len(statements)
    await tell(browser, "facilitator_one", 60)
    statements.clear()
    page = await browser.get("/notices")
    assert len(statements) == for_one
    assert page.text.count("/mark_read") == 50
    address = page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert (await browser.get(address)).text.count("/mark_read") == 11


async def test_the_administrator_sees_a_dead_job_and_tries_it_again(browser: Browser) -> None:
    async with browser.database.unit_of_work() as uow:
        row_id = await outbox.put(uow, "unheard_of", {})
    assert row_id is not None
    await outbox.run(browser.database, {}, row_id)
    await browser.as_person("administrator")
    page = await browser.get("/operation/jobs")
    assert page.status_code == 200
    assert "nothing handles &#39;unheard_of&#39;" in page.text
    assert f"/outbox-rows/{row_id}/retry" in page.text
    answer = await browser.post(f"/outbox-rows/{row_id}/retry", page="/operation/jobs")
    assert answer.status_code == 303
    async with browser.database.reading() as uow:
        row = await uow.session.get_one(OutboxRow, row_id)
        assert (row.dead_at, row.attempts) == (None, 0)
    assert "unheard_of" in (await browser.get("/operation/jobs")).text, "it waits now"


async def test_trying_again_what_is_done_says_so(browser: Browser) -> None:
    async with browser.database.unit_of_work() as uow:
        row_id = await outbox.put(uow, "nothing", {})

    async def nothing(*_: object) -> None:
        pass

    assert row_id is not None
    assert await outbox.run(browser.database, {"nothing": nothing}, row_id)
    await browser.as_person("administrator")
    answer = await browser.post(f"/outbox-rows/{row_id}/retry", page="/operation/jobs")
    assert answer.status_code == 409
    assert "Jobben er allerede gjort." in answer.text


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_administrator_reads_mails(
    browser: Browser, database: Database, settings: Settings, language: str
) -> None:
    await tell(browser, "facilitator_one")
    await do_all(database, settings)
    await browser.as_person("administrator")
    browser.http.cookies.set("language", language)
    async with database.reading() as uow:
        mail = (await uow.session.scalars(select(Mail))).one()
    page = await browser.get("/operation/mail")
    assert f"/operation/mail/{mail.id}" in page.text
    assert mail.to_address in page.text
    assert f"/operation/mail/{mail.id}" not in (await browser.get("/operation/mail?unsent=true")).text
    page = await browser.get(f"/operation/mail/{mail.id}")
    assert page.status_code == 200
    assert "Du er spurt om å fasilitere «Hjem &lt;først&gt;»" in page.text
    assert (await browser.get("/notices")).status_code == 200
    assert (await browser.get("/operation/jobs")).status_code == 200


@pytest.mark.parametrize("key", ["case_handler", "management", "auditor", "grunerlokka.leader"])
async def test_nobody_else_knows_of_jobs_and_mails(
    browser: Browser, database: Database, settings: Settings, key: str
) -> None:
    await tell(browser, "facilitator_one")
    await do_all(database, settings)
    async with database.reading() as uow:
        mail_id = (await uow.session.scalars(select(Mail.id))).one()
        row_id = (await uow.session.scalars(select(OutboxRow.id))).first()
    await browser.as_person(key)
    for path in ("/operation/jobs", "/operation/mail", f"/operation/mail/{mail_id}"):
        assert (await browser.get(path)).status_code == 404
    assert (await browser.post(f"/outbox-rows/{row_id}/retry")).status_code == 404
    assert (await browser.call(f"/api/v1/outbox-rows/{row_id}/retry")).status_code == 404


async def test_an_unknown_page_of_the_list_is_a_plain_refusal(browser: Browser) -> None:
    await browser.as_person("administrator")
    assert (await browser.get("/operation/mail?after=nonsense")).status_code == 400
    assert (await browser.get("/operation/mail/00000000-0000-7000-8000-000000000000")).status_code == 404
