"""The database: its tables' common ground, its connections, and the one transaction of a request or job."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import TIMESTAMP, BigInteger, Date, MetaData, Numeric, Text, Uuid, bindparam, event
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.core.clock import Clock, utc_now
from app.core.errors import Busy, DomainError
from app.core.ids import new_id
from workflows.effects import Effect

if TYPE_CHECKING:
    from app.identity.actor import Actor

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Instant = TIMESTAMP(timezone=True)
CASE = bindparam("case_id", type_=Uuid())
PERSON = bindparam("person_id", type_=Uuid())
NOW = bindparam("now", type_=Instant)
TODAY = bindparam("today", type_=Date())
"""What statements that are built once are asked about: building one takes longer than running it."""
Measure = Numeric(20, 6)
Ore = BigInteger


class Base(DeclarativeBase):
    """Every table; strings are text, instants carry their zone, identifiers sort by time."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: Instant,
        UUID: Uuid,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[UUID]: ARRAY(Uuid),
    }


class Identified:
    """A row with an identifier of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Stated(Identified):
    """A row with a lifecycle; `state` is written by app/moves.py alone, `version` counts every change."""

    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)


HELD_UP = frozenset({"55P03", "40P01"})
"""What PostgreSQL calls a lock that was waited for too long, and two that wait for each other."""

EffectHandler = Callable[["UnitOfWork", "Actor", Any], Awaitable[Any]]


class Effects(dict[Effect, EffectHandler]):
    """What follows from steps; `at_the_end` is what follows once, before its commit, from a unit of work with events."""

    at_the_end: Callable[[UnitOfWork], Awaitable[None]] | None = None


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let the pool make a new connection for one whose server has gone; the driver knows, so nobody is asked."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


class UnitOfWork:
    """One transaction with its moment: everything in it happens, or nothing does."""

    def __init__(
        self, session: AsyncSession, now: datetime, effects: Mapping[Effect, EffectHandler], *, reads: bool = False
    ):
        self.session = session
        self.now = now
        self.effects = effects
        self.locked: set[UUID] = set()
        self.changed: dict[UUID, Any] = {}
        """The cases for which an event was written."""
        self.happened: dict[UUID, set[tuple[str, str, UUID]]] = {}
        """What the events of each case are about: the kind of the thing, what was done to it, and which it is."""
        self.remembered: dict[Any, Any] | None = {} if reads else None
        """What has been read already, for a page that asks again; nothing where something may be written meanwhile."""
        self.said_after: DomainError | None = None
        """What the actor is told once everything is kept: raised after the commit."""
        self.personal_data_why = ""
        """Why something that may say who somebody is stands in what was typed all the same."""
        self.confirmed: dict[str, Any] = {}
        """What stands so, kept with every event of this unit of work."""
        self.veils: list[Callable[[str, str], str]] = []
        """What hides names in all that is shown of what was read here, with the words to put in their place."""


class Database:
    """The connections to PostgreSQL, and the units of work made from them."""

    def __init__(
        self,
        url: str,
        *,
        effects: Mapping[Effect, EffectHandler],
        clock: Clock = utc_now,
        pool_size: int = 10,
        lock_seconds: int = 0,
        idle_seconds: int = 0,
        **engine_options: Any,
    ):
        self.clock = clock
        self.effects = effects
        if "poolclass" not in engine_options:
            engine_options |= {"pool_size": pool_size, "max_overflow": pool_size}
        # 0 waits for ever, as PostgreSQL itself does
        limits = {"lock_timeout": f"{lock_seconds}s", "idle_in_transaction_session_timeout": f"{idle_seconds}s"}
        engine_options.setdefault("connect_args", {"server_settings": limits})
        self.engine: AsyncEngine = create_async_engine(
            url, json_serializer=lambda value: msgspec.json.encode(value).decode(), json_deserializer=msgspec.json.decode,
            **engine_options,
        )  # fmt: skip
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        # each statement of a page stands alone: no round trips for a transaction that would be thrown away
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reading = async_sessionmaker(alone, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def unit_of_work(self, *, now: datetime | None = None) -> AsyncIterator[UnitOfWork]:
        """One transaction: leaving it commits, raising in it rolls everything back.

        `now` sets the moment at which it all happens; without it the clock is asked. What is to be said although
        everything is kept, is raised after the commit. Raises Busy where something else has held a row for too long.
        """
        try:
            async with self._sessions() as session, session.begin():
                uow = UnitOfWork(session, now or self.clock(), self.effects)
                yield uow
                if uow.changed and isinstance(self.effects, Effects) and self.effects.at_the_end is not None:
                    await self.effects.at_the_end(uow)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in HELD_UP:
                raise Busy(str(error.orig)) from error
            raise
        if uow.said_after is not None:
            raise uow.said_after

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work for pages, which write nothing."""
        async with self._reading() as session:
            yield UnitOfWork(session, self.clock(), self.effects, reads=True)

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()
