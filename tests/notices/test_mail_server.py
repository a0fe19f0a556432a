"""Mail servers that want a secret line and a password, and what is seen when they are not content."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.database import Database
from app.demo.cast import World
from app.notices import service
from app.notices.models import Mail
from app.outbox import queries
from app.outbox import service as outbox
from app.outbox.models import OutboxRow
from app.settings import Settings
from tests.conftest import Browser, MovingClock, world_in
from tests.notices.certificate import certificate_for_localhost
from tests.notices.jobs import MailServer, do_all, mail_server
from tests.notices.test_mail import job_of, tell, the_mail, with_server
from tests.outbox.surroundings import a_broker, settings_for, until

PASSWORD = "Hemmelig/passord@her"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server's certificate, which this machine trusts."""
    found = certificate_for_localhost(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found))
    return found


def urls(server: MailServer, password: str) -> str:
    return server.url_with(password.replace("/", "%2F").replace("@", "%40"))


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_mail_goes_over_a_secret_line_with_a_password(
    database: Database, settings: Settings, world: World, certificate: Path, scheme: str
) -> None:
    async with mail_server(certificate, scheme=scheme, password=PASSWORD) as server:
        await tell(database, world.people["facilitator_one"].id)
        await do_all(database, with_server(settings, urls(server, PASSWORD)))
    assert (await the_mail(database)).sent_at is not None
    assert len(server.taken) == 1
    assert server.secret == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_server_that_nobody_vouches_for_gets_nothing(
    database: Database,
    settings: Settings,
    world: World,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    async with mail_server(certificate, scheme=scheme, password=PASSWORD) as server:
        await tell(database, world.people["facilitator_one"].id)
        await do_all(database, with_server(settings, urls(server, PASSWORD)))
    job = await job_of(database, await the_mail(database))
    assert (server.taken, job.attempts) == ([], 1)
    assert "certificate" in job.last_error.lower()


async def test_a_password_is_not_sent_in_the_open(database: Database, settings: Settings, world: World) -> None:
    async with mail_server(password=PASSWORD) as server:
        await tell(database, world.people["facilitator_one"].id)
        await do_all(database, with_server(settings, urls(server, PASSWORD)))
        mail = await the_mail(database)
        job = await job_of(database, mail)
        assert (server.taken, job.attempts) == ([], 1)
        assert "STARTTLS" in job.last_error
        async with database.unit_of_work() as uow:
            (await uow.session.get_one(OutboxRow, job.id)).due_at = uow.now
        await do_all(database, with_server(settings, urls(server, PASSWORD) + "?starttls=false"))
    assert server.secret == [False], "where the address says so, it is"


async def test_a_wrong_password_is_tried_again_gives_up_and_is_shown(
    browser: Browser, settings: Settings, certificate: Path, clock: MovingClock
) -> None:
    database = browser.database
    async with mail_server(certificate, password=PASSWORD) as server:
        await tell(database, browser.world.people["facilitator_one"].id)
        wrong = with_server(settings, urls(server, "Gjettet-passord"))
        for attempt in range(1, outbox.MOST_ATTEMPTS + 1):
            await do_all(database, wrong)
            job = await job_of(database, await the_mail(database))
            assert job.attempts == attempt
            clock.moved += job.due_at - clock()
        assert job.dead_at is not None
        assert "535" in job.last_error
        assert "Gjettet" not in job.last_error
        await browser.as_person("administrator")
        page = await browser.get("/operation/jobs")
        assert "SMTPAuthenticationError" in page.text
        assert (await browser.post(f"/outbox-rows/{job.id}/retry", page="/operation/jobs")).status_code == 303
        await do_all(database, with_server(settings, urls(server, PASSWORD)))
    assert len(server.taken) == 1
    async with database.reading() as uow:
        assert (await queries.dead(uow)).rows == []


RUN = """
import sys
from pathlib import Path
from app.core.logging import set_up
from app.settings import Settings
from app.worker import run
set_up("DEBUG")
run(Settings(database_url=sys.argv[1], redis_url=sys.argv[2], var=Path(sys.argv[3]), smtp_url=sys.argv[4]))
"""


async def test_the_logs_of_a_worker_keep_the_password_and_the_mail_to_themselves(
    own_database: Database, tmp_path: Path, certificate: Path
) -> None:
    world = await world_in(own_database)
    people = [world.people[key].id for key in ("facilitator_one", "facilitator_two")]
    async with own_database.unit_of_work() as uow:
        await service.tell(
            uow, people, "facilitator_asked", parameters={"title": "Ukjent tittel", "hours": 1}, link="/"
        )

    async def failed() -> bool:
        async with own_database.reading() as uow:
            mails = len((await uow.session.scalars(select(Mail.id))).all())
            return mails == 2 and len(await queries.failing(uow)) == 2

    async with mail_server(certificate, password=PASSWORD) as server:
        with a_broker() as broker:
            settings = settings_for(own_database, broker, tmp_path)
            addresses = [settings.database_url or "", settings.redis_url or "", str(tmp_path)]
            url = urls(server, "Gjettet-passord")
            worker = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                RUN,
                *addresses,
                url,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            telling = asyncio.create_task(worker.communicate())
            await until(failed, seconds=60)
            worker.terminate()
            told = (await asyncio.wait_for(telling, 30))[0].decode()
    assert "SMTPAuthenticationError" in told
    for secret in ("Gjettet", "Ukjent tittel", world.people["facilitator_one"].email):
        assert secret not in told
