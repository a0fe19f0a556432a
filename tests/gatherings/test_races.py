"""Two facilitators note who came at once, and two people want the last place: real commits, nothing undone."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy import select

from app.audit.verify import faults
from app.core.database import Database
from app.core.errors import Invalid, NotYet
from app.gatherings import service
from app.gatherings.models import Attendance
from tests.conftest import MovingClock, world_in
from tests.gatherings.cohorts import COORDINATOR, FIRST, OFFICE, SECOND, begin, during, hire, join_team
from tests.projects_under_way import Acts, open_project
from workflows.gathering import Presence


async def stored(acts: Acts, gathering_id: UUID) -> dict[UUID, Presence]:
    """What is noted of everybody."""
    async with acts.database.reading() as uow:
        rows = await uow.session.scalars(select(Attendance).where(Attendance.gathering_id == gathering_id))
        return {
            row.person_id: Presence.CAME if row.attended_at else Presence.ABSENT if row.absent_at else Presence.UNKNOWN
            for row in rows
        }


async def test_two_facilitators_at_once_never_undo_each_other(own_database: Database, clock: MovingClock) -> None:
    acts = Acts(own_database, await world_in(own_database))
    case_id = await open_project(own_database, acts.world, OFFICE)
    row = (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]
    people = [await hire(acts, f"Nummer {number}", f"nummer{number}@nav.example") for number in range(12)]
    await acts(FIRST, service.edit, row.id, title=row.title, audience=())
    for person_id in people[:6]:
        await acts(COORDINATOR, service.register, case_id, gathering_id=row.id, person_id=person_id)
    clock.at = during(row)

    async def note(who: str, person_id: UUID, presence: Presence) -> Presence | None:
        try:
            await acts(who, service.note_presence, row.id, person_id=person_id, presence=presence)
        except Invalid:
            return None
        return presence

    # both have the page as it was before either wrote: every other row each, and the last two by both, otherwise
    apart = [note(FIRST if place % 2 else SECOND, each, Presence.CAME) for place, each in enumerate(people[:10])]
    both = [note(who, each, said) for each in people[10:]
            for who, said in ((FIRST, Presence.CAME), (SECOND, Presence.ABSENT))]  # fmt: skip
    wrote = await asyncio.gather(*apart, *both)
    noted = await stored(acts, row.id)
    assert all(noted[each] is Presence.CAME for each in people[:10])
    for place, each in enumerate(people[10:]):
        won = [said for said in wrote[10 + 2 * place : 12 + 2 * place] if said]
        assert won == [noted[each]], "one of the two stands, and the other has been told"
    async with own_database.reading() as uow:
        assert (await faults(uow))[1] == []


async def test_the_last_place_is_one_person_s(own_database: Database, clock: MovingClock) -> None:
    acts = Acts(own_database, await world_in(own_database))
    case_id = await open_project(own_database, acts.world, OFFICE)
    row = (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]
    team = ("lillestrom.counsellor", "lillestrom.job_specialist", "lillestrom.line_leader")
    await join_team(acts, case_id, *team)
    await acts(FIRST, service.edit, row.id, title=row.title, audience=("core_team",), capacity=1)

    async def sign_up(who: str) -> bool:
        try:
            await acts(who, service.sign_up, row.id)
        except NotYet:
            return False
        return True

    assert sum(await asyncio.gather(*map(sign_up, team))) == 1
    assert len(await stored(acts, row.id)) == 1
