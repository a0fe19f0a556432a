"""Every role at every address, towards its own case and towards others': allowed, refused, or as if it did not exist."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker
from sqlalchemy.pool import NullPool

from app.cases.models import Case
from app.cases.queries import roles_in
from app.commands import Command
from app.core.database import Base, Database
from app.demo.cast import World
from app.effects import EFFECTS
from app.main import create_app
from app.rooms import commands
from app.settings import Settings
from app.web.forms import _plain
from app.web.visit import path_of
from tests.conftest import Browser, copy_of, for_sqlalchemy, world_in
from tests.servers import Servers
from workflows.roles import CASE_ROLES, GRANTS, Permission, Role

PEOPLE = (
    "case_handler", "method_owner", "reviewer_one", "reviewer_three", "facilitator_one", "decision_maker", "certifier",
    "management", "administrator", "auditor", "lillestrom.leader", "lillestrom.coordinator", "lillestrom.counsellor",
    "lillestrom.line_leader", "grunerlokka.coordinator", "county.ost_viken", "county.rogaland",
)  # fmt: skip
"""Somebody in every role, towards one case or another; the guard below finds a role that is held by none of them."""

NARROWER = {
    # a review is its reviewer's own
    "review.declare", "review.recuse", "review.score", "review.write_summary", "review.submit",
    "review.take_back", "review.give_opinion",
    # an assignment is answered by the one it asks
    "facilitator_assignment.accept", "facilitator_assignment.decline",
    # and its support is logged by the one who gave it
    "facilitator_assignment.log_support", "facilitator_assignment.remove_support",
    # an expectation is agreed to by the one whose it is
    "clarification.agree_office", "clarification.agree_scheme", "clarification.record_agreement",
    "clarification.agree_leader", "clarification.ask_change", "clarification.withdraw_release",
    # a link is sent to those who have no account
    "clarification.send_link",
    # a benefit is accepted by the one who was asked
    "benefit.accept_ownership", "benefit.accept_hand_over", "benefit.refuse_hand_over",
    # a milestone is approved, and a rule waived, by the role that the rules of the call name
    "milestone.approve", "milestone.return", "milestone.waive", "application.waive", "project.waive",
    "facilitator_assignment.waive",
    # both sides answer and confirm; who neither works there nor handles the case looks on
    "application.answer_time", "application.confirm_minutes", "application.object_to_minutes",
    # impartiality is declared by those who recommend and decide, not by those who look on
    "decision.declare_impartial",
    # who owns a benefit takes away what shows its measurements, and nothing else
    "file.remove",
    # a sign-off is given for one's own side
    "project.sign_off",
}  # fmt: skip
"""Verbs whose rules name one holder of the permission and refuse the others."""

READ_NARROWER = {
    "/reviews/{review_id:uuid}", "/api/v1/reviews/{review_id:uuid}",  # by the reviewer, and by those who have handed in
}  # fmt: skip
PATTERNED = {
    "email": "kari@nav.example", "mailbox": "kari@nav.example", "number": "9876", "key": "something", "period": "2026",
    "reference": "2026-17", "evidence_link": "https://nav.example/x", "link": "https://nav.example/x", "goal": "",
    "audience": [], "begins": "09:00", "follow_up_months": "6, 12",
}  # fmt: skip
"""Texts of a form that a field's pattern asks for."""


def sample(hint: Any, name: str, known: dict[str, Any]) -> Any:
    """A value that a field of the type takes, as JSON has it."""
    kind, limits, _ = _plain(hint)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if name in known:
        return known[name]
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) in (tuple, list, frozenset):
        return [sample(get_args(kind)[0], name, known)]
    if kind is str:
        return "x" * ((limits and limits.min_length) or min(30, (limits and limits.max_length) or 30))
    if kind is int:
        return limits.ge if limits is not None and limits.ge is not None else 1
    if kind is Decimal:
        return "1"
    if kind is bool:
        return True
    if kind is UUID:
        return str(uuid4())
    if kind is date:
        return date(2027, 1, 1).isoformat()
    if kind is datetime:
        return (datetime.now(UTC) + timedelta(days=30)).isoformat()
    raise AssertionError(f"{name}: no sample for {kind}")


def body_of(command: Command, case_id: UUID, call_id: UUID | None) -> dict[str, Any]:
    """A body that the command reads without complaint; what may be left out is left out."""
    hints = get_type_hints(command.input, include_extras=True)
    known = {**PATTERNED, "case_id": str(case_id), "application_id": str(case_id), "call_id": str(call_id)}
    required = [each for each in msgspec.structs.fields(command.input) if each.required]
    return {each.encode_name: sample(hints[each.name], each.name, known) for each in required}


class Row(NamedTuple):
    """A row of the demo with the case it belongs to."""

    id: UUID
    case: Case


class Played:
    """The whole demo on a connection whose every change can be undone, and the rows to try."""

    def __init__(self, database: Database, connection: AsyncConnection, browser: Browser, world: World, app: Litestar):
        self.database = database
        self.connection = connection
        self.browser = browser
        self.world = world
        self.app = app
        self.rows: dict[str, list[Row]] = {}
        self._roles: dict[tuple[str, UUID], frozenset[Role]] = {}

    async def find_rows(self) -> None:
        """For each table that belongs to cases a row of Lillestrøm's and one of others' for each state of a case."""
        own = self.world.units["lillestrom"].id
        async with self.database.reading() as uow:
            cases = {case.id: case for case in await uow.session.scalars(select(Case))}
            states = dict((await uow.session.execute(select(*self._columns("applications", "id", "state")))).all())
            for table in Base.metadata.sorted_tables:
                name = table.name
                column = table.c.id if name in ("applications", "projects", "calls") else table.c.get("case_id")
                if "id" not in table.c or column is None:
                    continue
                found: dict[object, Row] = {}
                for row_id, case_id in await uow.session.execute(select(table.c.id, column).order_by(table.c.id)):
                    if case_id is not None and case_id in cases:
                        case = cases[case_id]
                        found.setdefault((states.get(case_id), case.unit_id == own), Row(row_id, case))
                self.rows[name] = list(found.values())

    def _columns(self, name: str, *columns: str) -> tuple[Any, ...]:
        table: Table = Base.metadata.tables[name]
        return tuple(table.c[column] for column in columns)

    def rows_of(self, command: Command) -> list[Row]:
        """The rows that a verb is tried on: its own, or the cases where it makes a new row in one."""
        if not command.on_collection:
            return self.rows.get(path_of(command.subject).replace("-", "_"), [])
        makes_in_case = "case_id" in {each.name for each in msgspec.structs.fields(command.input)}
        return self.rows["applications"] if makes_in_case else []

    async def roles(self, who: str, case: Case) -> frozenset[Role]:
        """What the permission table starts from: the roles of a person towards a case."""
        if (who, case.id) not in self._roles:
            async with self.database.reading() as uow:
                self._roles[who, case.id] = await roles_in(uow, await self.world.actor(uow, who), case)
        return self._roles[who, case.id]

    async def undone(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """The answer to a request, whose every change is undone."""
        savepoint = await self.connection.begin_nested()
        try:
            return await (self.browser.get(path) if method == "GET" else self.browser.call(path, body))
        finally:
            await savepoint.rollback()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def played(
    servers: Servers, played_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Played]:
    url = for_sqlalchemy(await copy_of(servers, played_template))
    database = Database(url, effects=EFFECTS, poolclass=NullPool)
    world = await world_in(database)
    async with database.engine.connect() as connection:
        outer = await connection.begin()
        database._sessions = database._reading = async_sessionmaker(
            bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        settings = Settings(
            database_url=url, redis_url=servers.redis, var=tmp_path_factory.mktemp("var"), demo=True, secret="0" * 32
        )
        app = create_app(settings)
        app.state.database = database
        found = Played(database, connection, Browser(app, database, world), world, app)
        await found.find_rows()
        yield found
        await found.browser.http.aclose()
        await outer.rollback()
    await database.close()


def wrong(answer: httpx.Response, *, granted: bool, sees: bool, narrower: bool, unknown: httpx.Response) -> str:
    """What is wrong with an answer; "" where it is as the permission table says."""
    status = answer.status_code
    if status >= 500:
        return f"broke: {status}"
    if granted:
        return "" if status != 403 or narrower else "granted, but refused"
    if status not in (403, 404):
        return f"not granted, but answered {status}"
    if not sees and (status, without_address(answer)) != (unknown.status_code, without_address(unknown)):
        return "may not know of it, but is answered otherwise than for what does not exist"
    return ""


def without_address(answer: httpx.Response) -> object:
    """What an answer says, but for the address it was asked at."""
    if "json" in answer.headers.get("content-type", ""):
        return {key: value for key, value in answer.json().items() if key != "instance"}
    return answer.headers.get("content-type")


def sees(case: Case, roles: frozenset[Role]) -> bool:
    """Whether one of the roles may know of the case."""
    permission = Permission.CALL_SEE if case.kind == "call" else Permission.CASE_SEE
    return not GRANTS[permission].isdisjoint(roles)


async def held_by(played: Played) -> set[Role]:
    """Every role that somebody of PEOPLE holds towards a case of the demo."""
    found: set[Role] = set()
    for who in PEOPLE:
        for row in (*played.rows["applications"], *played.rows["calls"]):
            found |= await played.roles(who, row.case)
    return found


async def test_somebody_stands_for_every_role_that_a_person_of_the_demo_holds(played: Played) -> None:
    assert set(Role) - {Role.SYSTEM, Role.PARTNER, Role.CITIZENS_VOICE, Role.STEPPED_ASIDE} <= await held_by(played)


@pytest.mark.parametrize("who", PEOPLE)
async def test_every_verb_towards_every_case_is_as_the_permission_table_says(played: Played, who: str) -> None:
    await played.browser.as_person(who)
    async with played.database.reading() as uow:
        actor = await played.world.actor(uow, who)
    faults, tried = [], 0
    for command in commands():
        rows = played.rows_of(command)
        label = f"{command.subject}.{command.verb}"
        address = f"/api/v1/{path_of(command.subject)}" + ("" if command.on_collection else "/{}") + f"/{command.verb}"
        body = body_of(command, uuid4(), uuid4())
        unknown = await played.undone("POST", address.format(uuid4()), body)
        could = actor.may(command.permission) or not GRANTS[command.permission].isdisjoint(CASE_ROLES)
        if not could and unknown.status_code not in (403, 404):
            faults.append(f"{label}: no role grants it, but answered {unknown.status_code}")
        for row in rows:
            tried += 1
            roles = await played.roles(who, row.case)
            body = body_of(command, row.case.id, row.case.call_id)
            answer = await played.undone("POST", address.format(row.id), body)
            granted = not GRANTS[command.permission].isdisjoint(roles)
            if fault := wrong(
                answer, granted=granted, sees=sees(row.case, roles), narrower=label in NARROWER, unknown=unknown
            ):
                faults.append(f"{label} on {row.case.reference} as {', '.join(sorted(roles))}: {fault}")
    assert not faults, "\n".join(faults)
    assert tried > 300


@pytest.mark.parametrize("who", PEOPLE)
async def test_every_page_of_every_case_is_as_the_permission_table_says(played: Played, who: str) -> None:
    await played.browser.as_person(who)
    faults, tried = [], 0
    for route in played.app.routes:
        if not isinstance(route, HTTPRoute) or "GET" not in route.methods or len(route.path_components) < 2:
            continue
        parts = route.path.removeprefix("/api/v1").strip("/").split("/")
        if len(parts) < 2 or not parts[1].endswith(":uuid}") or any("{" in part for part in parts[2:]):
            continue
        permission: Permission = route.route_handler_map["GET"][0].opt["permission"]
        unknown = await played.undone("GET", route.path.replace(f"/{parts[1]}", f"/{uuid4()}"))
        for row in played.rows.get(parts[0].replace("-", "_"), []):
            tried += 1
            roles = await played.roles(who, row.case)
            answer = await played.undone("GET", route.path.replace(f"/{parts[1]}", f"/{row.id}"))
            granted = permission is Permission.SELF or not GRANTS[permission].isdisjoint(roles)
            if fault := wrong(
                answer,
                granted=granted,
                sees=sees(row.case, roles),
                narrower=route.path in READ_NARROWER,
                unknown=unknown,
            ):
                faults.append(f"{route.path} of {row.case.reference} as {', '.join(sorted(roles))}: {fault}")
    assert not faults, "\n".join(faults)
    assert tried > 50
