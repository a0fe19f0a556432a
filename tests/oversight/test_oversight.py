"""The page of running projects: kept in step with every change, right about every day, the same for many as for one."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import cast, func, select, update
from sqlalchemy.dialects.postgresql import JSONB

from app.cases.models import Case
from app.clarifications import service as clarifications
from app.core.clock import day_in_oslo
from app.core.database import Database
from app.core.errors import NotYet
from app.demo.cast import World
from app.effects import EFFECTS
from app.facilitation import service as facilitation
from app.feedback.models import FeedbackItem
from app.gatherings import service as gatherings
from app.gatherings.models import Attendance
from app.identity.models import UnitMembership
from app.knowledge.models import LearningPoint
from app.oversight.queries import Narrowed, Place, all_overseen, overseen
from app.oversight.support import hours_of_everybody
from app.projects import oversight, service
from app.projects.facts import PROJECT
from app.projects.jobs import keep_oversight
from app.projects.models import OverseenProject, Project
from app.projects.steps import STEPS
from tests.clarifications.test_service import TEXT
from tests.clarifications.test_standing import Scene
from tests.conftest import Browser, MovingClock, Servers, copy_of, for_sqlalchemy, world_in
from tests.projects_under_way import Acts, open_project
from workflows.capacity import half_of, next_half
from workflows.gathering import Presence
from workflows.oversight import OVERSEEN, Sign, order_of


async def kept(database: Database, case_id: UUID) -> OverseenProject:
    async with database.reading() as uow:
        return await uow.session.get_one(OverseenProject, case_id)


async def differences(database: Database) -> list[oversight.Difference]:
    async with database.reading() as uow:
        return (await oversight.differences(uow))[1]


def codes(row: OverseenProject) -> dict[str, int]:
    return {each["reason"]["code"]: each["count"] for each in row.lacks}


@pytest.fixture
async def scene(database: Database, world: World) -> Scene:
    return await Scene(database, world).begin()


async def test_a_row_follows_each_change_of_its_project(scene: Scene, database: Database) -> None:
    row = await kept(database, scene.case_id)
    assert (row.state, row.facilitator_ids) == ("set_up", [])
    assert codes(row)["project.no_facilitator"] == 1 and codes(row)["project.milestone_without_date"] == 9
    assert {"no_facilitator", "clarification_missing", "no_contact"} <= set(row.signs)

    facilitator = scene.world.people["facilitator_one"].id
    today = day_in_oslo(database.clock())
    asked = await scene("case_handler", facilitation.assign, case_id=scene.case_id, person_id=facilitator, hours=10,
                        starts_on=today, override_why="Kjenner kontoret")  # fmt: skip
    await scene("facilitator_one", facilitation.accept, asked.id)
    row = await kept(database, scene.case_id)
    assert row.facilitator_ids == [facilitator]
    async with database.reading() as uow:
        of_facilitator = await overseen(
            uow, await scene.world.actor(uow, "case_handler"), Narrowed(facilitator_id=facilitator)
        )
    assert [each.id for each in of_facilitator.rows] == [scene.case_id]
    assert "project.no_facilitator" not in codes(row) and "no_facilitator" not in row.signs

    await scene(
        "facilitator_one", facilitation.log_support, asked.id, held_on=today, hours=Decimal("1.5"), about="Roller"
    )
    assert (await kept(database, scene.case_id)).last_contact_on == today
    await scene("lillestrom.coordinator", clarifications.write, scene.ids["leader"], **{**TEXT, "learning": "Nytt"})
    assert codes(await kept(database, scene.case_id))["project.clarification_office_has_not_agreed"] == 1
    await scene("lillestrom.leader", STEPS["pause"], scene.case_id, why="Sykdom")
    row = await kept(database, scene.case_id)
    assert (row.state, set(row.signs), row.lacks) == ("paused", {"paused_long"}, [])
    await scene("lillestrom.leader", STEPS["resume_set_up"], scene.case_id)
    assert await differences(database) == []
    await scene("lillestrom.leader", service.stop, scene.case_id, why="Ingen tid", learning="Spør først")
    async with database.reading() as uow:
        assert await uow.session.get(OverseenProject, scene.case_id) is None
    assert await differences(database) == []


async def test_what_is_refused_leaves_the_row_as_it_was(scene: Scene, database: Database) -> None:
    before = (await kept(database, scene.case_id)).as_of
    with pytest.raises(NotYet):
        await scene("lillestrom.coordinator", STEPS["start"], scene.case_id)
    assert (await kept(database, scene.case_id)).as_of == before


async def test_a_row_that_says_something_else_is_found(scene: Scene, database: Database) -> None:
    async with database.unit_of_work() as uow:
        await uow.session.execute(update(OverseenProject).values(signs={}, state="closing"))
    found = {each.column: each.kept for each in await differences(database)}
    assert found == {"signs": {}, "state": "closing"}
    async with database.unit_of_work() as uow:
        await uow.session.delete(await uow.session.get_one(OverseenProject, scene.case_id))
    assert [each.column for each in await differences(database)] == ["case_id"]


async def test_who_leaves_an_office_and_a_new_day_are_seen_to_by_the_clock(
    scene: Scene, database: Database, clock: MovingClock
) -> None:
    leaving = scene.world.people["lillestrom.leader"].id
    async with database.unit_of_work() as uow:
        assert await oversight.stale(uow) == []
        tomorrow = uow.now + timedelta(hours=1)
        of_leader = update(UnitMembership).where(UnitMembership.person_id == leaving)
        await uow.session.execute(of_leader.values(valid_to=tomorrow))
    clock.moved += timedelta(hours=2)
    async with database.unit_of_work() as uow:
        assert await oversight.stale(uow) == [scene.case_id]
    await keep_oversight(database.unit_of_work)
    row = await kept(database, scene.case_id)
    assert codes(row)["project.no_leader"] == 1 and row.signs["no_leaders"]["count"] == 1
    clock.moved += timedelta(days=1)
    async with database.unit_of_work() as uow:
        assert await oversight.stale(uow) == [scene.case_id]


async def test_the_whole_demo_is_kept_to_the_letter(servers: Servers, played_template: str) -> None:
    demo = Database(for_sqlalchemy(await copy_of(servers, played_template)), effects=EFFECTS, pool_size=1)
    async with demo.unit_of_work() as uow:
        count, found = await oversight.differences(uow)
        assert (count, found) == (3, [])
        assert await oversight.stale(uow) != []
    await keep_oversight(demo.unit_of_work)
    async with demo.reading() as uow:
        assert (await oversight.differences(uow))[1] == []
    await demo.close()


async def test_what_comes_of_a_learning_point_makes_the_row_of_its_own_project_stale(
    servers: Servers, played_template: str
) -> None:
    demo = Database(for_sqlalchemy(await copy_of(servers, played_template)), effects=EFFECTS, pool_size=1)
    await keep_oversight(demo.unit_of_work)
    async with demo.unit_of_work() as uow:
        running = list(await uow.session.scalars(select(OverseenProject.case_id)))
        point = (await uow.session.scalars(select(LearningPoint).limit(1))).one()
        item = (await uow.session.scalars(select(FeedbackItem).where(FeedbackItem.survey_id.is_(None)).limit(1))).one()
        assert len(running) > 1 and await oversight.stale(uow) == []
        point.case_id, item.learning_point_id, item.received_at = running[0], point.id, uow.now
        assert await oversight.stale(uow) == [running[0]]
    await demo.close()


KEPT = 999
"""So many ideas no project has."""


class Kept(Acts):
    """A running project of the demo, with a row that was written two minutes ago and says something that is not so."""

    case_id: UUID

    async def begin(self) -> Kept:
        await keep_oversight(self.database.unit_of_work)
        async with self.database.reading() as uow:
            running = select(Project.id).where(Project.state.in_(OVERSEEN), Project.state != "set_up")
            came = (
                select(Attendance).where(Attendance.case_id.in_(running), Attendance.attended_at.is_not(None)).limit(1)
            )
            self.presence = (await uow.session.scalars(came)).one()
        self.case_id = self.presence.case_id
        return self

    async def written(self, what: Any) -> None:
        async with self.database.unit_of_work() as uow:
            await uow.session.execute(what)

    async def mark(self) -> None:
        marked = func.jsonb_set(OverseenProject.gathered, ["ideas"], cast(KEPT, JSONB))
        await self.written(
            update(OverseenProject).values(gathered=marked, as_of=self.database.clock() - timedelta(minutes=2))
        )

    async def read(self, asks: Any) -> dict[str, Any]:
        now = self.database.clock()
        asked = {"case_id": self.case_id, "now": now, "today": day_in_oslo(now), "person_id": None}
        async with self.database.reading() as uow:
            gathered = msgspec.to_builtins((await uow.session.execute(asks, asked)).scalar_one())
        return dict(oversight.in_order(gathered))

    async def is_read(self) -> bool:
        """Whether pages read what is kept, which is not so, or what is."""
        assert PROJECT.keeps is not None
        return bool((await self.read(PROJECT.keeps()))["ideas"] == KEPT)


async def test_pages_read_what_is_kept_of_the_gates_until_something_else_has_moved(
    servers: Servers, played_template: str, clock: MovingClock
) -> None:
    """A presence noted, somebody who leaves, a new day: none is an event of the project, all are seen at once."""
    demo = Database(for_sqlalchemy(await copy_of(servers, played_template)), clock=clock, effects=EFFECTS, pool_size=1)
    acts = await Kept(demo, await world_in(demo)).begin()
    assert PROJECT.keeps is not None and PROJECT.gathers is not None
    assert await acts.read(PROJECT.keeps()) == await acts.read(PROJECT.gathers())
    clock.moved += timedelta(minutes=9)
    await acts.mark()
    assert await acts.is_read()
    assert (await acts.read(PROJECT.gathers()))["ideas"] != KEPT, "what is decided rests on nothing that is kept"

    presence = acts.presence
    asked = {"person_id": presence.person_id, "seen": Presence.CAME, "presence": Presence.ABSENT}
    await acts("case_handler", gatherings.note_presence, presence.gathering_id, **asked)
    assert not await acts.is_read()

    clock.moved += timedelta(minutes=9)
    await acts.mark()
    assert await acts.is_read()
    leaving = acts.world.people["lillestrom.leader"].id
    await acts.written(update(UnitMembership).where(UnitMembership.person_id == leaving).values(valid_to=clock()))
    assert not await acts.is_read()

    clock.moved += timedelta(minutes=9)
    await acts.mark()
    assert await acts.is_read()
    clock.moved += timedelta(days=1)
    assert not await acts.is_read()
    await demo.close()


SOME: tuple[dict[Sign, int], ...] = (
    {Sign.NO_FACILITATOR: -3, Sign.NO_CONTACT: -1}, {Sign.NO_CONTACT: -8}, {Sign.NO_CONTACT: -2, Sign.STEP_LATE: 1},
    {Sign.STEP_LATE: 0, Sign.NO_LEADERS: 5}, {},
)  # fmt: skip


OFFICES = ("grunerlokka", "klepp_time", "lillestrom", "grunerlokka", "klepp_time")


async def several(database: Database, world: World) -> tuple[list[UUID], date]:
    """Projects with signs of all kinds, by the days from today on which each begins to show."""
    ids = [await open_project(database, world, office) for office in OFFICES]
    today = day_in_oslo(database.clock())
    async with database.unit_of_work() as uow:
        for case_id, known in zip(ids, SOME, strict=True):
            signs = {
                str(sign): {"from_on": (today + timedelta(days=day)).isoformat(), "count": 1}
                for sign, day in known.items()
            }
            row = update(OverseenProject).where(OverseenProject.case_id == case_id)
            await uow.session.execute(row.values(signs=signs))
    return ids, today


async def test_the_list_stands_in_the_order_that_is_declared_and_turns_along_it(
    database: Database, world: World
) -> None:
    ids, today = await several(database, world)
    async with database.reading() as uow:
        actor = await world.actor(uow, "case_handler")
        page = await overseen(uow, actor)
        assert [row.id for row in page.rows] == sorted(
            ids, key=lambda each: order_of({row.id: row.signs for row in page.rows}[each], today, each)
        )
        assert [row.weight for row in page.rows] == [7, 3, 2, 2, 0]
        turned: list[UUID] = []
        after: Place | None = None
        for _ in range(3):
            part = await overseen(uow, actor, after=after, size=2)
            turned += [row.id for row in part.rows]
            after = Place.read(str(part.after)) if part.after else None
        assert (turned, after) == ([row.id for row in page.rows], None)
        some = await overseen(uow, actor, Narrowed(sign="no_contact", step="set_up"))
        assert len(some.rows) == 3
        told = page.summary
        call_id, county_id = (await uow.session.execute(select(Project.call_id, Case.county_id).join(
            Case, Case.id == Project.id).where(Project.id == ids[0]))).one()  # fmt: skip
        for narrowed in (Narrowed(call_id=call_id), Narrowed(call_id=call_id, county_id=county_id, step="set_up")):
            page = await overseen(uow, actor, narrowed)
            assert (
                [row.id for row in page.rows]
                == [row.id for row in await all_overseen(uow, actor, narrowed)]
                == [ids[0]]
            )
            assert page.summary.total == 1
        followed = Narrowed(facilitator_id=world.people["facilitator_one"].id)
        page = await overseen(uow, actor, followed)
        assert (page.rows, page.summary.total) == ([], 0)
    assert (told.total, told.without_signs, told.signs["no_contact"], told.steps["set_up"]) == (5, 1, 3, 5)
    assert Place.read("1_2026-01-01") is None and Place.read("x_y_z") is None


async def test_the_page_asks_as_much_for_many_as_for_one_and_only_of_those_who_may(
    database: Database, world: World, browser: Browser, statements: list[str]
) -> None:
    case_id = await open_project(database, world, "grunerlokka")
    await browser.as_person("case_handler")
    await browser.get("/oversight")
    statements.clear()
    page = (await browser.get("/oversight")).text
    one = len(statements)
    assert one <= 4
    assert "Ingen fasilitator" in page and f'href="/projects/{case_id}#facilitators"' in page
    await several(database, world)
    statements.clear()
    page = await browser.shown("/oversight?sign=no_contact&step=set_up")
    assert len(statements) == one * 3
    assert page.split('id="projects"')[1].count('scope="row"') == 3
    await browser.as_person("lillestrom.leader")
    assert (await browser.get("/oversight")).status_code == 403
    assert (await browser.get("/oversight.csv")).status_code == 403


async def test_the_file_holds_every_project_asked_for(database: Database, world: World, browser: Browser) -> None:
    await several(database, world)
    await browser.as_person("method_owner")
    answer = await browser.get("/oversight.csv?sign=no_contact")
    rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 3 and rows[0]["Tegn"] == "Ingen fasilitator, Lenge siden kontakt"
    assert "Milepæl" in rows[0]["Mangler"] and int(rows[0]["Antall som mangler"]) > 9


async def test_an_office_of_ones_own_is_not_followed_by_oneself(database: Database, world: World) -> None:
    case_id = await open_project(database, world, "lillestrom")
    async with database.reading() as uow:
        assert await uow.session.scalar(select(OverseenProject.case_id)) == case_id
        assert (await overseen(uow, await world.actor(uow, "klepp_time.leader"))).rows == []
        assert [row.id for row in (await overseen(uow, await world.actor(uow, "lillestrom.leader"))).rows] == [case_id]


async def test_the_projects_own_page_shows_the_same_signs_to_the_resource_group_alone(
    database: Database, world: World, browser: Browser
) -> None:
    ids, _ = await several(database, world)
    page = f"/projects/{ids[0]}"
    await browser.as_person("case_handler")
    assert "Lenge siden kontakt" in await browser.shown(page)
    await browser.as_person("grunerlokka.coordinator")
    assert "Lenge siden kontakt" not in (await browser.get(page)).text


async def test_hours_used_stand_against_those_planned_and_every_entry_in_the_log(
    scene: Scene, database: Database, browser: Browser, statements: list[str]
) -> None:
    facilitator, today = scene.world.people["facilitator_one"], day_in_oslo(database.clock())
    asked = await scene("case_handler", facilitation.assign, case_id=scene.case_id, person_id=facilitator.id, hours=10,
                        starts_on=today, override_why="Kjenner kontoret")  # fmt: skip
    await scene("facilitator_one", facilitation.accept, asked.id)
    await browser.as_person("method_owner")
    await browser.get("/oversight/support")
    statements.clear()
    await browser.get("/oversight/support")
    few = len(statements)
    for about, hours in (("Roller", "1.5"), ("Tidsplanen", "0.75")):
        await scene(
            "facilitator_one", facilitation.log_support, asked.id, held_on=today, hours=Decimal(hours), about=about
        )
    async with database.reading() as uow:
        (row,) = [each for each in await hours_of_everybody(uow) if each.person_id == facilitator.id]
    assert [each.used for each in row.halves] == [0, 0, Decimal("2.25"), 0]
    assert sum(each.planned for each in row.halves) > 0
    statements.clear()
    page = (await browser.get("/oversight/support")).text
    assert len(statements) == few
    assert page.index("Tidsplanen") < page.index("Roller") and "2,25 av" in page
    half = half_of(today).isoformat()
    assert "Roller" in await browser.shown(f"/oversight/support?person={facilitator.id}&half={half}")
    assert "Roller" not in (await browser.get(f"/oversight/support?half={next_half(half_of(today))}")).text
    await browser.as_person("klepp_time.leader")
    assert (await browser.get("/oversight/support")).status_code == 403
