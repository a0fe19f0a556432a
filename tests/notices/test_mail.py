"""What a mail says, in whose language, and how it goes: to a file, to a server, and when the server will not."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.core.database import Database
from app.demo.cast import World
from app.notices import service
from app.notices.mail import connection_of
from app.notices.models import Mail
from app.outbox.models import OutboxRow
from app.settings import Settings
from tests.conftest import MovingClock
from tests.notices.jobs import do_all, mail_server

TITLE = "Ikke <alle> & enhver"


async def tell(database: Database, person_id: UUID) -> None:
    async with database.unit_of_work() as uow:
        await service.tell(
            uow, [person_id], "facilitator_asked", parameters={"title": TITLE, "hours": 12}, link="/projects/1"
        )


async def the_mail(database: Database) -> Mail:
    async with database.reading() as uow:
        return (await uow.session.scalars(select(Mail))).one()


async def job_of(database: Database, mail: Mail) -> OutboxRow:
    async with database.reading() as uow:
        return (await uow.session.scalars(select(OutboxRow).where(OutboxRow.key == f"mail:{mail.id}"))).one()


def with_server(settings: Settings, url: str) -> Settings:
    return msgspec.structs.replace(settings, smtp_url=url)


@pytest.mark.parametrize(
    ("key", "greeting", "sentence"),
    [
        ("facilitator_one", "Hei, Frida Fasting", f"Du er spurt om å fasilitere «{TITLE}» (12 timer)."),
        ("reviewer_three", "Hei, Nils Nynes", f"Du er spurd om å fasilitere «{TITLE}» (12 timar)."),
    ],
)
async def test_a_notice_becomes_a_mail_in_the_readers_language(
    database: Database, settings: Settings, world: World, key: str, greeting: str, sentence: str
) -> None:
    person = world.people[key]
    await tell(database, person.id)
    await do_all(database, settings)
    mail = await the_mail(database)
    assert mail.to_address == person.email
    assert mail.language == person.language
    assert mail.subject == f"Drivkraft: {sentence}"
    lines = mail.body.splitlines()
    assert lines[0] == greeting
    assert lines[2] == sentence
    assert f"{settings.base_url}/projects/1" in lines
    assert mail.sent_at is not None
    file = Path(settings.var) / "mail" / f"{mail.id}.eml"
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Message-ID"] == mail.message_id
    assert message["To"] == person.email
    assert message.get_content().splitlines() == mail.body.splitlines()
    assert [each.name for each in file.parent.iterdir()] == [file.name]


async def test_a_mail_in_english(database: Database, settings: Settings, world: World) -> None:
    async with database.unit_of_work() as uow:
        person = await uow.session.merge(world.people["facilitator_one"])
        person.language = "en"
    await tell(database, person.id)
    await do_all(database, settings)
    body = (await the_mail(database)).body
    assert body.startswith("Dear Frida Fasting,\n\nYou have been asked to facilitate")
    assert "Read more in Drivkraft:" in body


async def test_a_mail_goes_to_the_server(database: Database, settings: Settings, world: World) -> None:
    async with mail_server() as server:
        await tell(database, world.people["facilitator_one"].id)
        await do_all(database, with_server(settings, server.url))
    mail = await the_mail(database)
    assert [message["Message-ID"] for message in server.taken] == [mail.message_id]
    assert TITLE in server.taken[0].get_content()
    assert server.taken[0]["Auto-Submitted"] == "auto-generated"
    assert mail.sent_at is not None


async def test_a_second_copy_bears_the_same_mark(database: Database, settings: Settings, world: World) -> None:
    async with mail_server() as server:
        await tell(database, world.people["facilitator_one"].id)
        await do_all(database, with_server(settings, server.url))
        mail = await the_mail(database)
        async with database.unit_of_work() as uow:  # as if the worker had died between the server's yes and the commit
            (await uow.session.get_one(Mail, mail.id)).sent_at = None
            (await uow.session.get_one(OutboxRow, (await job_of(database, mail)).id)).done_at = None
        await do_all(database, with_server(settings, server.url))
    assert len(server.taken) == 2
    assert server.taken[0]["Message-ID"] == server.taken[1]["Message-ID"]
    assert server.taken[0]["Date"] == server.taken[1]["Date"]


async def test_an_address_that_is_refused_for_good_is_not_tried_again(
    database: Database, settings: Settings, world: World
) -> None:
    async with mail_server() as server:
        server.answer = "550 no such person"
        await tell(database, world.people["facilitator_one"].id)
        await do_all(database, with_server(settings, server.url))
    mail = await the_mail(database)
    job = await job_of(database, mail)
    assert mail.sent_at is None
    assert job.dead_at is not None
    assert "no such person" in job.last_error


async def test_a_server_that_is_busy_or_away_is_tried_again(
    database: Database, settings: Settings, world: World, clock: MovingClock
) -> None:
    async with mail_server() as server:
        server.answer = "451 busy"
        await tell(database, world.people["facilitator_one"].id)
        await do_all(database, with_server(settings, server.url))
        job = await job_of(database, await the_mail(database))
        assert (job.attempts, job.dead_at) == (1, None)
        clock.moved += job.due_at - clock()
    await do_all(database, with_server(settings, server.url))  # nobody listens there now
    job = await job_of(database, await the_mail(database))
    assert (job.attempts, job.dead_at) == (2, None)
    clock.moved += job.due_at - clock()
    async with mail_server() as server:
        await do_all(database, with_server(settings, server.url))
        assert len(server.taken) == 1
    assert (await the_mail(database)).sent_at is not None


async def test_nobody_writes_to_somebody_who_has_left(
    database: Database, settings: Settings, world: World, clock: MovingClock
) -> None:
    async with database.unit_of_work() as uow:
        person = await uow.session.merge(world.people["facilitator_one"])
        person.valid_to = clock()
    await tell(database, person.id)
    await do_all(database, settings)
    async with database.reading() as uow:
        assert (await uow.session.scalars(select(Mail))).all() == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", {"port": 25, "use_tls": False, "start_tls": None, "username": None}),
        ("smtp://a%40b:p%2Fq@mail:2525", {"port": 2525, "username": "a@b", "password": "p/q", "hostname": "mail"}),
        ("smtp://a:b@mail", {"port": 587, "start_tls": True}),
        ("smtp://a:b@mail?starttls=false", {"start_tls": False}),
        ("smtp://mail?starttls=true", {"start_tls": True}),
        ("smtp://mail?starttls=false", {"start_tls": False}),
        ("smtps://mail", {"port": 465, "use_tls": True, "start_tls": False}),
    ],
)
def test_the_address_of_the_mail_server(url: str, expected: dict[str, object]) -> None:
    found = connection_of(url)
    assert {name: found[name] for name in expected} == expected
