"""The price index: what a krone of a year is worth, recorded with its source, and never changed but by a newer record."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from litestar import Response, get
from sqlalchemy import select

from app.audit.service import record
from app.commands import Command
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, invalid
from app.core.inputs import Line, Measure
from app.identity.actor import Actor
from app.identity.models import Person
from app.moves import lock_register
from app.portfolio.cut import FIRST_YEAR, LAST_YEAR
from app.portfolio.models import PriceIndex
from app.web.visit import Visit
from workflows.roles import Permission

REGISTER = "price_index"
"""The reference of the case that holds the events about the index."""


class RecordYear(msgspec.Struct, frozen=True, kw_only=True):
    """A year's number in an index, any year of which may be 100, and where it is taken from."""

    year: int
    factor: Measure
    source: Line


class RecordedYear(msgspec.Struct, frozen=True):
    """What stands of a year, or stood."""

    year: int
    factor: Decimal
    source: str
    name: str
    recorded_at: datetime


async def record_year(uow: UnitOfWork, actor: Actor, *, year: int, factor: Decimal, source: str) -> PriceIndex:
    """Record what a krone of a year is worth; from now on it counts, and earlier days are shown with what counted then.

    Raises NotAllowed for whoever does not look after the index, Invalid for a year or a number that cannot be.
    """
    if not actor.may(Permission.PRICE_INDEX_WRITE):
        raise NotAllowed
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise invalid("year", "portfolio.index_year")
    if factor <= 0:
        raise invalid("factor", "portfolio.index_factor")
    case = await lock_register(uow, REGISTER)
    if case is None or actor.person_id is None:
        raise NotFound
    row = PriceIndex(year=year, factor=factor, source=source.strip(), recorded_by=actor.person_id, recorded_at=uow.now)
    uow.session.add(row)
    await uow.session.flush()
    changes = {"year": year, "factor": factor, "source": row.source}
    await record(uow, actor, case, "price_year", case.id, "record_year", changes=changes)
    return row


async def recorded(uow: UnitOfWork) -> list[RecordedYear]:
    """Everything that was recorded, the newest year first and of a year what counts first."""
    rows = await uow.session.execute(
        select(PriceIndex.year, PriceIndex.factor, PriceIndex.source, Person.name, PriceIndex.recorded_at)
        .join(Person, Person.id == PriceIndex.recorded_by)
        .order_by(PriceIndex.year.desc(), PriceIndex.recorded_at.desc(), PriceIndex.id.desc())
    )
    return [RecordedYear(*row) for row in rows]


@get("/portfolio/price-index", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def price_index_page(visit: Visit) -> Response[Any]:
    """What kroner of one year are made those of another by, where each number comes from, and what it was before."""
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    return visit.render(
        "portfolio/price_index.html",
        rows=await recorded(visit.uow),
        may_record=visit.actor.may(Permission.PRICE_INDEX_WRITE),
    )


COMMAND = Command("price_year", "record_year", Permission.PRICE_INDEX_WRITE, record_year, RecordYear, True)
