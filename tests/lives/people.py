"""The people of a life: they do their work in a project, and others come in between at any moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

import tests.lives.invariants as must
from app import rooms
from app.audit.models import Event
from app.audit.service import hash_of
from app.cases.models import Case
from app.cases.queries import roles_in
from app.commands import Command
from app.core.clock import day_in_oslo
from app.core.database import Base, Database
from app.core.errors import DomainError, NotYet
from app.demo.acting import STEP, Acting
from app.demo.cast import FROM, PLAYERS, World
from app.identity import service as identity
from app.moves import SUBJECTS, verdicts
from app.portfolio import keeping as portfolio
from app.projects.facts import PROJECT
from app.projects.models import Project
from app.projects.oversight import in_order
from app.projects.steps import STEPS
from app.web.forms import read_input
from tests.conftest import MovingClock
from tests.lives.inventing import SENSELESS, TABLES, Inventing, sayable, subject_of
from tests.lives.mending import WHY, Needs, Refused, change_award, mend
from workflows.engine import Verdict
from workflows.roles import GRANTS, Permission, Role

PROJECTS_ROOMS = ("projects", "clarifications", "activities", "benefits", "milestones", "payments", "reports",
                  "gatherings", "facilitation", "knowledge", "conference", "surveys", "feedback", "stories")  # fmt: skip
TABLE_NAMES = sorted(Base.metadata.tables)
SCHEME = tuple(key for key, player in PLAYERS.items() if player.scheme)
HANDS = (Role.CASE_HANDLER, Role.METHOD_OWNER, Role.DECISION_MAKER, Role.CERTIFIER)
"""What somebody holds who would rather do all of it alone."""
ENDINGS = ("stop", "drop", "withdraw", "waive")
"""Steps that take something out of a life, and are taken seldom."""
COMES_BETWEEN = 0.25
FIRST_HALVES = ("certify", "give_notice", "withhold", "report", "submit", "submit_plan", "propose_change")
SECOND_HALVES = (
    "approve",
    "register_paid",
    "register_refused",
    "recover",
    "confirm",
    "approve_plan",
    "accept_change",
    "approve_accounts",
)
EAGER = {**dict.fromkeys(FIRST_HALVES, 0.6), **dict.fromkeys(SECOND_HALVES, 1.0)}
"""How often somebody who would rather do it alone comes first: nearly always where another must do the second half."""
ONWARD: dict[str, str] = {
    str(source): move.name
    for move in PROJECT.lifecycle.moves
    if not move.aside and len(move.sources) == 1
    for source in move.sources
}
"""The step that leads on from each state of a project."""
Answer = TypeVar("Answer")


@cache
def commands() -> list[Command]:
    """Every verb of every room, those of a project's rooms four times."""
    found = rooms.commands()
    inner = [each for room in PROJECTS_ROOMS if (part := rooms.part(room, "commands")) for each in part.COMMANDS]
    return [*found, *inner * 3]


@cache
def by_name() -> dict[tuple[str, str], Command]:
    """Every verb by its subject and name."""
    return {(each.subject, each.verb): each for each in rooms.commands()}


@cache
def by_service() -> dict[Any, Command]:
    """Every verb by the service that carries it out."""
    return {each.run: each for each in rooms.commands()}


@dataclass
class Scene:
    """What all lives begin from: one database in which the demo has been played, and the people in it."""

    database: Database
    connection: AsyncConnection
    world: World
    clock: MovingClock
    projects: list[tuple[UUID, str]]
    last_event: int
    loop: asyncio.Runner
    tried: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)


class Broken(AssertionError):
    """Something that must hold does not; the words are the whole life until there."""


class Life(Acting):
    """One project and its people under a clock that moves with what they do; `told` is what has happened."""

    def __init__(self, scene: Scene, case_id: UUID, office: str, alone: str):
        self.scene = scene
        self.clock = scene.clock
        super().__init__(scene.database, scene.world, scene.clock())
        self.case_id = case_id
        self.office = office
        self.alone = alone
        """Who holds every role of the scheme, and tries each act before the one whose it is."""
        self.dice = Random(0)
        self.told: list[str] = []
        self.confirmed: dict[str, str] = {}
        self.checked_to = scene.last_event
        self.fingerprints = must.Fingerprints(scene.connection, TABLE_NAMES)

    @property
    def at(self) -> datetime:
        """The moment of the scheme's clock; it never goes back."""
        return self.clock()

    @at.setter
    def at(self, moment: datetime) -> None:
        self.clock.moved += max(moment - self.clock(), timedelta())

    async def begin(self) -> None:
        """Somebody takes on everything."""
        async with self.database.unit_of_work() as uow:
            for role in HANDS:
                limit_ore = 1_000_000_000 if role is Role.DECISION_MAKER else None
                if role not in PLAYERS[self.alone].scheme:
                    await identity.give_scheme_role(
                        uow, self.person(self.alone), role, why=WHY, valid_from=FROM, limit_ore=limit_ore
                    )
        self.told.append(f"the project of {self.office}, {self.case_id}; {self.alone} would rather do it all alone")

    # --- what people do --------------------------------------------------------------------------------------------

    async def __call__(self, who: str, verb: Any, *ids: Any, **fields: Any) -> Any:
        """One act of somebody's work; before it anything may come in between, and Refused where it cannot be done."""
        self.at += STEP
        if self.dice.random() < COMES_BETWEEN:
            await self._come_between(who, verb, ids, fields)
        eager = EAGER.get(getattr(verb, "__name__", ""), 0.3)
        doing = [*([self.alone] if self.dice.random() < eager and who != self.alone else []), who]
        for each in doing:
            refused, answer = await self.attempt(each, verb, *ids, watched=each != who, **fields)
            if refused is None:
                if self.dice.random() < 0.05:
                    await self.attempt(each, verb, *ids, **fields)
                return answer
            if _is_second_hand(refused):
                self.scene.done["a second hand was asked for"] += 1
        raise Refused(self.told[-1])

    async def attempt(
        self, who: str, verb: Any, *ids: Any, watched: bool = False, **fields: Any
    ) -> tuple[DomainError | None, Any]:
        """What a service answers somebody, or how it refuses."""
        line = f"{who}: {getattr(verb, '__name__', verb)} {' '.join(map(str, ids))} {_said(fields)}"

        async def done() -> Any:
            async with self.database.unit_of_work() as uow:
                return await verb(uow, await self.world.actor(uow, who), *ids, **fields)

        return await self._watch(line, done(), watched=watched)

    async def command(
        self, command: Command, who: str, row_id: UUID | None, body: dict[str, Any]
    ) -> DomainError | None:
        """What a program's call with a body comes to; the refusal, where it is one of ours."""

        async def done() -> None:
            data = read_input(command.input, body, typed=False)
            async with self.database.unit_of_work() as uow:
                await command(uow, await self.world.actor(uow, who), row_id, data)

        refused, _ = await self._watch(sayable(command, who, row_id, body), done(), watched=True)
        name = f"{command.subject}.{command.verb}"
        self.scene.tried[name] += 1
        if refused is None:
            await self.check(name)
        return refused

    async def _watch(self, line: str, doing: Awaitable[Answer], *, watched: bool) -> tuple[DomainError | None, Any]:
        """Wait for it, tell of it, and see that a refusal has left everything as it was."""
        connection = self.scene.connection
        before = await self.fingerprints.taken() if watched else None
        try:
            answer = await doing
            await connection.exec_driver_sql("set constraints all immediate")
            await connection.exec_driver_sql("set constraints all deferred")
        except DomainError as error:
            self.told.append(f"{line} -> {type(error).__name__}: {error}"[:400])
            if before is not None:
                await self._left_as_it_was(before)
            return error, None
        except Exception as error:
            raise self.broken(f"{line} broke: {error!r}") from error
        self.told.append(line)
        return None, answer

    async def _left_as_it_was(self, before: Mapping[str, Any]) -> None:
        after = await self.fingerprints.taken()
        changed = {name for name in after if after[name] != before[name]}
        if changed:
            last = await self.scene.connection.scalar(select(Event.verb).order_by(Event.id.desc()).limit(1))
            # that somebody tried to waive is kept, and nothing else of it
            if not str(last).endswith("_refused") or not changed <= {"cases", "events", "overseen_projects"}:
                raise self.broken(f"refused, and yet something was written: {sorted(changed)}")
        self.scene.done["a refusal left everything as it was"] += 1

    async def work(self) -> None:
        """Something that the project's next step lacks is mended; where nothing is, the step is taken."""
        state = await self.scene.connection.scalar(select(Project.state).where(Project.id == self.case_id))
        if state == "paused":
            paused_from = await self.scene.connection.scalar(
                select(Project.paused_from).where(Project.id == self.case_id)
            )
            await self.attempt("decision_maker", STEPS[f"resume_{paused_from}"], self.case_id)
            return
        step = ONWARD.get(str(state))
        if step is None:
            await self.try_anything()
            return
        verdict = await self._verdict(step)
        if not verdict.unmet:
            await self._take(step)
            return
        reason = self.dice.choice(verdict.unmet)
        self.told.append(f"{step} lacks {reason.code} {dict(reason.parameters)}, and {len(verdict.unmet) - 1} more")
        try:
            await mend(self, Needs(self.case_id, self.office, step, reason, self.dice.random() < 0.7))
        except Refused as error:
            self.told.append(f"left: {error}"[:200])

    async def change_award(self) -> None:
        """The award becomes larger or smaller, as both sides sign."""
        change_ore = self.dice.choice((-40_000_000, -5_000_001, -1, 1, 3_333_333, 20_000_000, 900_000_000))
        try:
            await change_award(self, self.case_id, self.office, change_ore)
        except Refused as error:
            self.told.append(f"left: {error}"[:200])

    def _takes(self, step: str) -> str:
        return "case_handler" if step in ("close", "end") else f"{self.office}.coordinator"

    async def _take(self, step: str) -> None:
        """A step that lacks nothing is taken."""
        refused, _ = await self.attempt(self._takes(step), STEPS[step], self.case_id)
        if refused is not None:
            raise self.broken(f"{step} lacked nothing, and was refused: {refused}")

    async def _verdict(self, step: str) -> Verdict:
        async with self.database.reading() as uow:
            actor = await self.world.actor(uow, self._takes(step))
            row, case = await uow.session.get_one(Project, self.case_id), await uow.session.get_one(Case, self.case_id)
            found = await verdicts(uow, actor, PROJECT, row, await roles_in(uow, actor, case))
        return next(each for each in found if each.move == step)

    # --- what comes in between -------------------------------------------------------------------------------------

    async def _come_between(self, who: str, verb: Any, ids: tuple[Any, ...], fields: dict[str, Any]) -> None:
        chance = self.dice.random()
        command = by_service().get(verb)
        if chance < 0.25 and command is not None:
            await self._stranger(command, verb, ids, fields)
        elif chance < 0.5 and command is not None:
            await self._slip(who, command, ids, fields)
        elif chance < 0.65:
            await self.hurry()
        elif chance < 0.85:
            await self.try_anything()
        else:
            await self.take_any_step()

    async def _stranger(self, command: Command, verb: Any, ids: tuple[Any, ...], fields: dict[str, Any]) -> None:
        """Somebody without the permission tries the very same."""
        who = await self._somebody(command.permission, granted=False)
        if who is None:
            return
        refused, _ = await self.attempt(who, verb, *ids, watched=True, **fields)
        if refused is None:
            raise self.broken(f"{who} has no permission {command.permission}, and did it all the same")

    async def _slip(self, who: str, command: Command, ids: tuple[Any, ...], fields: dict[str, Any]) -> None:
        """Whoever does it types something senseless in one of the fields."""
        names = [each.encode_name for each in msgspec.structs.fields(command.input)]
        if not names:
            return
        body = msgspec.to_builtins(fields, str_keys=True)
        name = self.dice.choice(names)
        if name in fields and self.dice.random() < 0.3:
            del body[name]
        else:
            body[name] = self.dice.choice(SENSELESS)
        await self.command(command, who, ids[0] if ids else None, body)

    async def hurry(self) -> None:
        """The next step is tried, whatever it lacks."""
        state = await self.scene.connection.scalar(select(Project.state).where(Project.id == self.case_id))
        step = ONWARD.get(str(state))
        if step is not None:
            refused, _ = await self.attempt(self._takes(step), STEPS[step], self.case_id, watched=True)
            if refused is None:
                await self.check(step)

    async def try_anything(self) -> None:
        """Anybody tries any verb on any row, with anything typed."""
        dice = self.dice
        command = dice.choice(commands())
        careful = dice.random() < 0.5
        row_id = None
        if not command.on_collection:
            found = await self.rows_of(subject_of(command.subject))
            if not found:
                return
            row_id = dice.choice(found)
        who = None
        if careful or dice.random() < 0.6:
            who = await self._somebody(command.permission, granted=True)
        who = who or dice.choice(list(PLAYERS))
        body = await self._invented(command, row_id, careful=careful)
        await self.command(command, who, row_id, body)

    async def take_any_step(self) -> None:
        """Somebody who may takes a step that leaves the state that a row is in; endings seldom."""
        names = sorted(SUBJECTS)
        self.dice.shuffle(names)
        for name in names:
            kind = SUBJECTS[name]
            rows = await self.rows_of(name)
            statement = select(kind.table.id, kind.table.state).where(kind.table.id.in_(rows))
            states = dict((await self.scene.connection.execute(statement)).all())
            found = [
                (row_id, by_name()[name, move.name])
                for row_id in rows
                for move in kind.lifecycle.moves
                if states.get(row_id) in move.sources and (name, move.name) in by_name()
                and (move.name not in ENDINGS or self.dice.random() < 0.1)
            ]  # fmt: skip
            if found:
                row_id, command = self.dice.choice(found)
                who = await self._somebody(command.permission, granted=True)
                if who is not None:
                    body = await self._invented(command, row_id, careful=True)
                    await self.command(command, who, row_id, body)
                return

    async def _invented(self, command: Command, row_id: UUID | None, *, careful: bool) -> dict[str, Any]:
        kind = SUBJECTS.get(command.subject)
        version = None
        if kind is not None and row_id is not None and self.dice.random() < 0.5:
            version = await self.scene.connection.scalar(select(kind.table.version).where(kind.table.id == row_id))
        inventing = Inventing(self.dice, self.rows_of, self.clock(), careful=careful)
        return await inventing.fields(command.input, version)

    async def rows_of(self, subject: str) -> list[UUID]:
        """The newest rows of a name: those of the project in hand where it has some, else anybody's."""
        table = TABLES.get(subject)
        if table is None or "id" not in inspect(table).columns or len(inspect(table).primary_key) != 1:
            return []
        if table.__table__.c.id.type.python_type is not UUID:
            return []
        if subject in ("project", "application", "case"):
            others = [case_id for case_id, _ in self.scene.projects]
            return [self.case_id] * 3 + ([] if subject == "project" else others)
        statement = select(table.id).order_by(table.id.desc()).limit(40)
        if hasattr(table, "case_id"):
            own = await self.scene.connection.execute(statement.where(table.case_id == self.case_id))
            if found := list(own.scalars()):
                return found
        return list((await self.scene.connection.execute(statement)).scalars())

    async def _somebody(self, permission: Permission, *, granted: bool) -> str | None:
        """Somebody who holds a permission towards the project, those of its office first; or somebody who does not."""
        people = list(PLAYERS)
        self.dice.shuffle(people)
        people.sort(key=lambda who: granted and not (who.startswith(self.office) or who in SCHEME))
        async with self.database.reading() as uow:
            case = await uow.session.get_one(Case, self.case_id)
            for who in people:
                actor = await self.world.actor(uow, who)
                held = actor.standing_roles | await roles_in(uow, actor, case)
                if granted != GRANTS[permission].isdisjoint(held):
                    return who
        return None

    # --- what must hold --------------------------------------------------------------------------------------------

    async def check(self, line: str) -> None:
        """Every invariant, and what is true of the events since the last time."""
        if broken := await must.broken(self.scene.connection):
            raise self.broken(f"after {line}: {broken}")
        await self._check_confirmed()
        await self._check_events(line)
        await self._check_kept(line)

    async def _check_confirmed(self) -> None:
        """A confirmed measurement says for ever what it said."""
        statement = "select id::text, to_jsonb(m)::text from measurements m where state = 'confirmed'"
        now = dict((await self.scene.connection.exec_driver_sql(statement)).all())
        for row_id, said in self.confirmed.items():
            if now.get(row_id) != said:
                raise self.broken(f"the confirmed measurement {row_id} was {said}, and is {now.get(row_id)}")
        self.confirmed = now

    async def _check_events(self, line: str) -> None:
        """Each event since carries its fingerprint, and a project's step found its gate open."""
        async with self.database.reading() as uow:
            statement = select(Event).where(Event.id > self.checked_to).order_by(Event.id)
            since = list(await uow.session.scalars(statement))
            for event in since:
                self.scene.done[f"{event.subject}.{event.verb}"] += 1
                if event.hash != hash_of(event):
                    raise self.broken(f"after {line}: event {event.id} says something else than its fingerprint")
        if since:
            self.checked_to = since[-1].id
        for event in [each for each in since if each.subject == "project" and each.verb in must.AT_A_GATE][-1:]:
            about = {"case_id": event.case_id, "today": day_in_oslo(event.at), "left": event.from_state}
            shut = await must.broken_at_gate(
                self.scene.connection, event.verb, event.changes.get("waived", ()), **about
            )
            if shut:
                raise self.broken(f"{event.verb} was taken although not: {shut}")
            self.scene.done["a gate was passed"] += 1

    async def _check_kept(self, line: str) -> None:
        """What pages read of the project's gates is what an act would gather, and each sum is what its sources say."""
        assert PROJECT.keeps is not None and PROJECT.gathers is not None
        async with self.database.reading() as uow:
            asked = {"case_id": self.case_id, "person_id": None, "now": uow.now, "today": day_in_oslo(uow.now)}
            kept, gathered = [
                {
                    name: in_order(each)
                    for name, each in msgspec.to_builtins(await uow.session.scalar(asks, asked)).items()
                }
                for asks in (PROJECT.keeps(), PROJECT.gathers())
            ]
            if wrong := {name: (kept[name], each) for name, each in gathered.items() if kept[name] != each}:
                raise self.broken(f"after {line}: pages read, and acts gather: {wrong}")
            differing = [each async for each in portfolio.differences(uow) if not isinstance(each, int)]
        if differing:
            raise self.broken(f"after {line}: the portfolio's tables differ: {differing}")

    def broken(self, end: str) -> Broken:
        """What is raised: the whole life, and what is wrong at its end."""
        lines = [f"{number}. {line}" for number, line in enumerate(self.told)]
        return Broken("\n".join(["", *lines, f"=> {end}"]))


def _said(fields: Mapping[str, Any]) -> str:
    return str({key: f"{value}"[:40] for key, value in fields.items()})


def _is_second_hand(error: DomainError) -> bool:
    """Whether a refusal asks for another person than the one who did the first half."""
    codes = [each.code for each in error.reasons] if isinstance(error, NotYet) else []
    return any(code.endswith(("yourself", "four_eyes")) for code in codes)
