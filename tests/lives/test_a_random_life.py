"""Random people do random things at random times with the demo's projects, and what must hold holds throughout.

Most of it is sensible: what the project's next step lacks is mended, one thing after the other in any order. In between
anybody tries anything. The record of a life that breaks something is printed, line by line. `DRIVKRAFT_LIVES=200` plays
more of them, `DRIVKRAFT_SEED=7` others, and `DRIVKRAFT_SHRINK=1` looks for the shortest.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from random import Random

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction, async_sessionmaker
from sqlalchemy.pool import NullPool

import tests.lives.invariants as must
from app import rooms
from app.audit.models import Event
from app.cases.models import Case
from app.core.database import Database
from app.effects import EFFECTS
from app.projects.models import Project
from tests.conftest import MovingClock, copy_of, for_sqlalchemy, world_in
from tests.lives.people import Answer, Life, Scene
from tests.servers import Servers

LIVES = int(os.environ.get("DRIVKRAFT_LIVES", "8"))
STEPS = int(os.environ.get("DRIVKRAFT_STEPS", "30"))
SEED = int(os.environ.get("DRIVKRAFT_SEED", "20190819"))
SHRINKS = bool(os.environ.get("DRIVKRAFT_SHRINK"))

MOST = (1 << 32) - 1
FARTHEST = timedelta(days=1500)
BEGINNINGS = (4, 4, 4, 3, 3, 2, 2, 1)
"""Which of the demo's projects a life takes up, the oldest first: mostly before its start, and where diamonds close."""
DEMANDED = ("a gate was passed", "project.start", "payment.register_paid", "payment.register_refused",
            "a refusal left everything as it was", "a second hand was asked for")  # fmt: skip
"""What must have happened in some life, or the whole says nothing."""


async def waited(doing: Awaitable[Answer]) -> Answer:
    """What an awaitable answers."""
    return await doing


class RandomLife(RuleBasedStateMachine):
    """One life: begins from the scene, goes on by any rule in any order, and is forgotten afterwards."""

    scene: Scene

    def __init__(self) -> None:
        super().__init__()
        self.outer: AsyncTransaction = self.run(self.scene.connection.begin())
        self.scene.clock.moved = timedelta()
        self.life: Life | None = None

    def run(self, doing: Awaitable[Answer]) -> Answer:
        """Wait for something of the database."""
        return self.scene.loop.run(waited(doing))

    def teardown(self) -> None:
        """Forget all of it."""
        self.run(self.outer.rollback())

    @initialize(place=st.sampled_from(BEGINNINGS), alone=st.sampled_from(("scheme", "coordinator", "leader")))
    def a_project_is_in_hand(self, place: int, alone: str) -> None:
        """Most of what follows is done to one project; one of its people would rather do all of it alone."""
        case_id, office = self.scene.projects[place]
        who = "second_decision_maker" if alone == "scheme" else f"{office}.{alone}"
        self.life = Life(self.scene, case_id, office, who)
        self.run(self.life.begin())

    @rule(dice=st.integers(0, MOST))
    def something_happens(self, dice: int) -> None:
        """Somebody does their work; now and then days go by, or somebody tries anything."""
        life = self.life
        assert life is not None
        life.dice = Random(f"{dice}/{len(life.told)}")
        chance = life.dice.random()
        if chance < 0.1 and self.scene.clock.moved < FARTHEST:
            self._days_pass(life.dice.choice((0, 1, 3, 14, 60, 180)))
        elif chance < 0.2:
            self.run(life.take_any_step())
        elif chance < 0.27:
            self.run(life.try_anything())
        elif chance < 0.33:
            self.run(life.change_award())
        else:
            for _ in range(life.dice.choice((1, 3, 5))):
                self.run(life.work())

    def _days_pass(self, days: int) -> None:
        """Days go by, and all that is done by the clock is done."""
        life = self.life
        assert life is not None
        self.scene.clock.moved += timedelta(days=days, hours=1)
        life.told.append(f"{days} days pass")
        for name, _, job in rooms.timed():
            if name == "verify_portfolio":  # wants a moment of its own; what it proves is proved after every rule
                continue
            try:
                self.run(job(self.scene.database.unit_of_work))
            except Exception as error:
                raise life.broken(f"the clock's {name} broke: {error!r}") from error

    @invariant()
    def what_must_hold_holds(self) -> None:
        """Every invariant, after every rule."""
        if self.life is not None:
            self.run(self.life.check("this"))


async def scene_of(servers: Servers, played: str, loop: asyncio.Runner) -> Scene:
    """The demo as it has been played, on one connection."""
    clock = MovingClock()
    clock.at = datetime.now(UTC)
    url = for_sqlalchemy(await copy_of(servers, played))
    database = Database(url, effects=EFFECTS, clock=clock, poolclass=NullPool)
    connection = await database.engine.connect()
    database._sessions = async_sessionmaker(
        bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    database._reading = database._sessions
    world = await world_in(database)
    offices = {unit.id: key for key, unit in world.units.items()}
    statement = select(Case.id, Case.unit_id).join(Project, Project.id == Case.id).order_by(Project.accepted_at)
    rows = (await connection.execute(statement)).all()
    last = await connection.scalar(select(Event.id).order_by(Event.id.desc()).limit(1))
    await connection.rollback()
    projects = [(case_id, offices[unit_id]) for case_id, unit_id in rows]
    return Scene(database, connection, world, clock, projects, last or 0, loop)


def test_what_must_hold_holds_in_any_life(servers: Servers, played_template: str) -> None:
    with asyncio.Runner() as loop:
        RandomLife.scene = scene = loop.run(scene_of(servers, played_template, loop))
        print(f"DRIVKRAFT_SEED={SEED} DRIVKRAFT_LIVES={LIVES} DRIVKRAFT_STEPS={STEPS} brings these lives again")
        phases = [hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if SHRINKS else [])]
        settings = hypothesis.settings(
            max_examples=LIVES, stateful_step_count=STEPS, deadline=None, database=None, phases=phases,
            suppress_health_check=list(hypothesis.HealthCheck), report_multiple_bugs=False,
        )  # fmt: skip
        try:
            run_state_machine_as_test(hypothesis.seed(SEED)(RandomLife), settings=settings)
        finally:
            print(f"{sum(scene.tried.values())} calls of {len(scene.tried)} verbs; {dict(scene.done.most_common())}")
            loop.run(scene.connection.close())
            loop.run(scene.database.close())
    assert {each: scene.done[each] for each in DEMANDED if not scene.done[each]} == {}, "too little has happened"


BREAKS = {
    "no payment goes on before": "update milestones set state = 'planned' where share_basis_points > 0",
    "what is paid less what": "update projects set amount_ore = 1",
    "every payment stands in the ledger": "update payments set returned_ore = 1 where state = 'paid'",
    "the frame of a call": "update calls set frame_ore = 1",
    "a closed project has settled": "update milestones set state = 'due' where key = 'M3'",
    "nobody does both halves": "update payments set approved_by = certified_by where certified_by is not null",
    "nobody approves the milestone": "update milestones set approved_by = reported_by where state = 'approved'",
    "every payment that was refused": "insert into bookings (id, case_id, number, kind, from_account, to_account, "
    "amount_ore, payment_id, payment_version, why, at) select gen_random_uuid(), case_id, 9999, 'refused', 'approved', "
    "'released', 1, payment_id, 9999, '', now() from bookings where payment_id is not null limit 1",
    "events follow each other": "update cases set event_count = event_count + 1 where kind = 'application'",
    "project: the state is the one": "update projects set state = 'paused' where state = 'closed'",
}


async def found_broken(connection: AsyncConnection, statement: str) -> dict[str, list[str]]:
    """What the invariants find once a statement has broken something, which is then undone."""
    within = await connection.begin_nested()
    await connection.exec_driver_sql(statement)
    answer = await must.broken(connection)
    await within.rollback()
    return answer


def test_what_is_broken_on_purpose_is_found(servers: Servers, played_template: str) -> None:
    with asyncio.Runner() as loop:
        scene = loop.run(scene_of(servers, played_template, loop))
        outer = loop.run(waited(scene.connection.begin()))
        assert loop.run(must.broken(scene.connection)) == {}
        for name, statement in BREAKS.items():
            assert any(each.startswith(name) for each in loop.run(found_broken(scene.connection, statement))), name
        loop.run(waited(outer.rollback()))
        loop.run(scene.connection.close())
        loop.run(scene.database.close())
