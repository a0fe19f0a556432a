"""What tests stand on: one PostgreSQL and one Valkey for the run, a database for each worker, a world of people."""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

# what is imported is compiled once, and not anew by each of the two hundred processes of a run
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import html5lib
import httpx
import hypothesis
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from app.core.database import Database
from app.core.migrate import migrate
from app.demo import cast
from app.demo.cast import World
from app.demo.play import play
from app.effects import EFFECTS
from app.identity import service as identity
from app.identity.models import Person, Unit
from app.main import create_app
from app.settings import Settings
from app.texts import i18n
from tests.applications_under_way import Led
from tests.servers import POSTGRES, Servers, Started, making, running_servers

NUMBERS = itertools.count(1)

# a machine that is busy with other tests makes nothing wrong; and what one machine refuses, every machine refuses:
# the examples are the same each time, until somebody goes hunting for others (`make hunt`)
hypothesis.settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "hunting", hypothesis.settings.get_profile("steady"), derandomize=False, max_examples=3000, print_blob=True
)
hypothesis.settings.load_profile("steady")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


class MovingClock:
    """The scheme's clock, which a test can set."""

    def __init__(self) -> None:
        self.at: datetime | None = None
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return (self.at or datetime.now(UTC)) + self.moved


def address(server: str, name: str) -> str:
    """The address of one database of the server."""
    return re.sub(r"/postgres\?", f"/{name}?", server)


def for_sqlalchemy(url: str) -> str:
    """The address with the driver's name in it."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Servers:
    """The run's PostgreSQL and Valkey."""
    return running_servers()


@pytest.fixture(autouse=True, scope="session")
def strict_texts() -> Iterator[None]:
    """A missing text or parameter fails the test."""
    i18n.be_strict(True)
    yield
    i18n.be_strict(False)


async def in_server(servers: Servers, *statements: str) -> None:
    """Run statements that stand outside any transaction, such as CREATE DATABASE."""
    engine = create_async_engine(for_sqlalchemy(servers.postgres), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def fill(url: str) -> None:
    """Run the migrations, and register the units and people of the demo scheme."""
    await migrate(for_sqlalchemy(url))
    database = Database(for_sqlalchemy(url), effects=EFFECTS, poolclass=NullPool)
    async with database.unit_of_work() as uow:
        await cast.register(uow)
    await database.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(servers: Servers) -> str:
    """The name of a filled database that others are copied from; the first worker makes it for all."""
    with making("template") as first:
        if first:
            await in_server(servers, "DROP DATABASE IF EXISTS template_filled", "CREATE DATABASE template_filled")
            await fill(address(servers.postgres, "template_filled"))
    return "template_filled"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def played_template(servers: Servers, template: str) -> str:
    """The name of a database in which the whole demo has been played; the first worker plays it for all."""
    with making("played") as first:
        if first:
            await in_server(
                servers,
                "DROP DATABASE IF EXISTS template_played",
                f"CREATE DATABASE template_played TEMPLATE {template}",
            )
            database = Database(
                for_sqlalchemy(address(servers.postgres, "template_played")), effects=EFFECTS, pool_size=1
            )
            await play(database, world=await world_in(database))
            await database.close()
    return "template_played"


async def copy_of(servers: Servers, template: str) -> str:
    """The address of a database of its own, copied from the template."""
    name = f"copy_{WORKER}_{next(NUMBERS)}"
    await in_server(servers, f"CREATE DATABASE {name} TEMPLATE {template}")
    return address(servers.postgres, name)


@pytest.fixture
def clock() -> MovingClock:
    """The clock of `database` and of the pages on it."""
    return MovingClock()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_url(servers: Servers, template: str) -> str:
    """The database that the tests of this worker share, each undoing what it did."""
    return await copy_of(servers, template)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_connection(shared_url: str) -> AsyncIterator[AsyncConnection]:
    """The connection that `database` runs on."""
    database = Database(for_sqlalchemy(shared_url), effects=EFFECTS, pool_size=1)
    async with database.engine.connect() as connection:
        yield connection
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def database(shared_url: str, shared_connection: AsyncConnection, clock: MovingClock) -> AsyncIterator[Database]:
    """The database as the application sees it; commits are real to the code under test, and undone after the test."""
    found = Database(for_sqlalchemy(shared_url), effects=EFFECTS, clock=clock, poolclass=NullPool)
    outer = await shared_connection.begin()
    found._sessions = async_sessionmaker(
        bind=shared_connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    found._reading = found._sessions
    yield found
    await outer.rollback()
    await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def own_database(servers: Servers, template: str, clock: MovingClock) -> AsyncIterator[Database]:
    """A database of the test's own with real commits and many connections: for races and crashes."""
    url = await copy_of(servers, template)
    found = Database(for_sqlalchemy(url), effects=EFFECTS, clock=clock, pool_size=10)
    yield found
    await found.close()
    name = re.search(r"/(\w+)\?", url)
    assert name is not None
    await in_server(servers, f"DROP DATABASE {name.group(1)} WITH (FORCE)")


async def world_in(database: Database) -> World:
    """The people and units of the demo scheme as they stand in a database."""
    async with database.reading() as uow:
        people = {person.name: person for person in await uow.session.scalars(select(Person))}
        units = {unit.number: unit for unit in await uow.session.scalars(select(Unit))}
    return World(
        {key: units[unit.number] for key, unit in cast.UNITS.items()},
        {key: people[player.name] for key, player in cast.PLAYERS.items()},
    )


@pytest_asyncio.fixture(loop_scope="session")
async def world(database: Database) -> World:
    """The people and units of the demo scheme."""
    return await world_in(database)


@pytest.fixture
def led(database: Database, world: World) -> Led:
    """Leads applications to where a test needs them."""
    return Led(database, world)


@pytest_asyncio.fixture(loop_scope="session")
async def call_id(led: Led, clock: MovingClock) -> UUID:
    """A call that is open, a minute ago by now."""
    found = await led.call()
    clock.moved = timedelta(minutes=1)
    return found


@pytest.fixture(scope="session")
def shared_settings(servers: Servers, shared_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the application that the tests of this worker share."""
    return Settings(
        database_url=shared_url,
        redis_url=servers.redis,
        var=tmp_path_factory.mktemp("var"),
        demo=True,
        secret="0123456789abcdef" * 2,
    )


@pytest.fixture
def settings(shared_settings: Settings, tmp_path: Path) -> Settings:
    """The same settings with a folder of data of the test's own."""
    return msgspec.structs.replace(shared_settings, var=tmp_path)


@pytest.fixture(scope="session")
def application(shared_settings: Settings) -> Litestar:
    """The application, put together once for all tests of this worker."""
    return create_app(shared_settings)


def app_on(application: Litestar, database: Database) -> Litestar:
    """The application on a test's database."""
    application.state.database = database
    return application


class Browser:
    """A client that keeps its cookies, sends the token with each form and can be anybody."""

    def __init__(self, app: Litestar, database: Database, world: World):
        self.database = database
        self.world = world
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://testserver"
        )

    async def as_person(self, key: str) -> Browser:
        """Sign in as one of the people of the demo."""
        async with self.database.unit_of_work() as uow:
            token = await identity.start_session(uow, self.world.people[key].id)
        self.http.cookies.set("session", token)
        return self

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """A page."""
        return await self.http.get(path, headers=headers)

    async def shown(self, path: str) -> str:
        """The page in bokmål, after it has been read strictly in three languages."""
        text = ""
        for language in ("en", "nn", "nb"):
            self.http.cookies.set("language", language)
            page = await self.get(path)
            assert page.status_code == 200, f"{path}: {page.status_code}"
            html5lib.HTMLParser(strict=True).parse(page.text)
            text = page.text
        return text

    async def post(self, path: str, data: dict[str, object] | None = None, *, page: str = "/sign-in") -> httpx.Response:
        """Send a form, from the page it stands on."""
        token = self.http.cookies.get("csrf")
        if token is None:
            await self.http.get("/sign-in")
            token = self.http.cookies.get("csrf")
        fields = {"_csrf_token": token, "_page": page, **(data or {})}
        return await self.http.post(path, data=fields)

    async def call(self, path: str, data: dict[str, object] | None = None) -> httpx.Response:
        """Call the interface for programs."""
        if self.http.cookies.get("csrf") is None:
            await self.http.get("/sign-in")
        token = self.http.cookies.get("csrf") or ""
        return await self.http.post(path, json=data or {}, headers={"x-csrftoken": token})


@pytest_asyncio.fixture(loop_scope="session")
async def browser(database: Database, application: Litestar, world: World) -> AsyncIterator[Browser]:
    """A browser on the application, signed in as nobody."""
    found = Browser(app_on(application, database), database, world)
    yield found
    await found.http.aclose()


@pytest.fixture
def statements(shared_connection: AsyncConnection) -> Iterator[list[str]]:
    """Every SQL statement sent on the shared connection while the test runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    sync = shared_connection.sync_connection
    event.listen(sync, "before_cursor_execute", note)
    yield sent
    event.remove(sync, "before_cursor_execute", note)


Make = Callable[..., Awaitable[object]]


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that leads the run."""
    if not hasattr(config, "workerinput") and POSTGRES not in os.environ:
        config._drivkraft_servers = Started()  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them again."""
    started = getattr(config, "_drivkraft_servers", None)
    if started is not None:
        started.stop()
