"""Notices reach those they are for, once, and are read by nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.core.database import Database
from app.core.errors import NotFound
from app.demo.cast import World
from app.identity.queries import actor_of_person, actor_of_session
from app.identity.service import start_session
from app.notices import queries, service
from app.notices.models import Notice
from app.outbox.models import OutboxRow


async def tell(database: Database, *person_ids: UUID, mail: bool = True) -> list[UUID]:
    async with database.unit_of_work() as uow:
        return await service.tell(
            uow, person_ids, "facilitator_asked", parameters={"title": "A", "hours": 2}, link="/projects/1", mail=mail
        )


async def jobs(database: Database) -> int:
    async with database.reading() as uow:
        return await uow.session.scalar(select(func.count()).select_from(OutboxRow)) or 0


async def test_everybody_is_told_once(database: Database, world: World) -> None:
    first, second = world.people["facilitator_one"].id, world.people["facilitator_two"].id
    assert len(await tell(database, first, second, first)) == 2
    assert await jobs(database) == 2
    async with database.reading() as uow:
        assert set(await uow.session.scalars(select(Notice.person_id))) == {first, second}


async def test_nobody_to_tell_is_no_fault(database: Database) -> None:
    assert await tell(database) == []


async def test_a_notice_without_mail(database: Database, world: World) -> None:
    await tell(database, world.people["facilitator_one"].id, mail=False)
    assert await jobs(database) == 0


async def test_everybody_at_once_is_a_few_statements(database: Database, world: World, statements: list[str]) -> None:
    await tell(database, world.people["facilitator_one"].id)
    few = len(statements)
    await tell(database, *(person.id for person in world.people.values()))
    assert len(statements) - few == few


async def test_what_is_read_no_longer_counts(database: Database, world: World) -> None:
    person_id = world.people["facilitator_one"].id
    told = [(await tell(database, person_id))[0] for _ in range(3)]
    await tell(database, world.people["facilitator_two"].id)
    async with database.unit_of_work() as uow:
        token = await start_session(uow, person_id)
        actor = await actor_of_session(uow, token)
        assert actor is not None
        assert actor.unread == 3
        await service.mark_read(uow, actor, told[0])
        await service.mark_read(uow, actor, told[0])
        actor = await actor_of_session(uow, token)
        assert actor is not None
        assert actor.unread == 2
        await service.mark_all_read(uow, actor)
        actor = await actor_of_session(uow, token)
        assert actor is not None
        assert actor.unread == 0
        assert await uow.session.scalar(select(func.count()).where(Notice.read_at.is_(None))) == 1


async def test_nobody_reads_anothers_notice(database: Database, world: World) -> None:
    (told,) = await tell(database, world.people["facilitator_one"].id)
    async with database.unit_of_work() as uow:
        other = await actor_of_person(uow, world.people["facilitator_two"].id)
        with pytest.raises(NotFound):
            await service.mark_read(uow, other, told)
        assert (await queries.notices_of(uow, other)).rows == []


async def test_pages_show_each_notice_once_the_unread_first(database: Database, world: World) -> None:
    person_id = world.people["facilitator_one"].id
    told = [(await tell(database, person_id, mail=False))[0] for _ in range(11)]
    async with database.unit_of_work() as uow:
        actor = await actor_of_person(uow, person_id)
        for each in told[3:9]:
            await service.mark_read(uow, actor, each)
    expected = [*reversed(told[9:]), *reversed(told[:3]), *reversed(told[3:9])]
    async with database.reading() as uow:
        for size in (1, 2, 3, 4, 5, 11, 12):
            seen: list[UUID] = []
            page = await queries.notices_of(uow, actor, size=size)
            seen += [row.id for row in page.rows]
            while page.after is not None:
                was_read = page.rows[-1].read_at is not None
                page = await queries.notices_of(uow, actor, after=page.after, after_read=was_read, size=size)
                seen += [row.id for row in page.rows]
            assert seen == expected, f"pages of {size}"
