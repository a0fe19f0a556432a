"""Saved views: a question of the portfolio in a cut under a name, one's own or shared with all who see the portfolio."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import msgspec
from litestar import Response, get
from sqlalchemy import func, or_, select

from app.audit.service import record
from app.commands import Command, Nothing
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, invalid
from app.core.inputs import Line
from app.identity.actor import Actor
from app.identity.models import Person
from app.moves import lock_register
from app.portfolio.cut import NAMES
from app.portfolio.models import PortfolioView
from app.web.visit import Visit
from workflows.portfolio import Question
from workflows.roles import Permission

REGISTER = "portfolio_views"
"""The reference of the case that holds the events about saved views."""
KEPT = (*NAMES.values(), "since", "project", "benefit", "trouble")
"""What of an address a view keeps."""
LONGEST = 1000
MOST_OF_ONE = 50
"""So many views one person may keep."""


class SaveView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the portfolio, what its address asks, and the name it is to have."""

    name: Line
    view: str = ""
    query: str = ""
    is_shared: bool = False


class RenameView(msgspec.Struct, frozen=True, kw_only=True):
    """The new name of a view."""

    name: Line


def address_of(view: str, query: str) -> str:
    """The address that opens a view: a page of the portfolio, with nothing in it but what is a part of a cut.

    Raises Invalid for a page that is not one of the portfolio's, or a cut that is too long.
    """
    if view and view not in set(Question):
        raise invalid("view", "portfolio.view.no_page")
    if len(query) > LONGEST:
        raise invalid("query", "portfolio.view.too_long")
    kept = urlencode([(name, value) for name, value in parse_qsl(query) if name in KEPT])
    path = f"/portfolio/{view}" if view else "/portfolio"
    return f"{path}?{kept}" if kept else path


async def _alone(uow: UnitOfWork, actor: Actor) -> tuple[Any, UUID]:
    """Be alone with the register; NotAllowed for those who may not see the portfolio."""
    if not actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    case = await lock_register(uow, REGISTER)
    if case is None or actor.person_id is None:
        raise NotFound
    return case, actor.person_id


async def _own(uow: UnitOfWork, person_id: UUID, view_id: UUID) -> PortfolioView:
    """A view of one's own; NotAllowed for another's that is shared, NotFound for one that is not."""
    row = await uow.session.get(PortfolioView, view_id, with_for_update=True)
    if row is None or (row.owner_id != person_id and not row.is_shared):
        raise NotFound
    if row.owner_id != person_id:
        raise NotAllowed
    return row


async def _require_free(uow: UnitOfWork, person_id: UUID, name: str, but: UUID | None = None) -> None:
    own = PortfolioView
    others = [own.id != but] if but is not None else []
    same = select(own.id).where(own.owner_id == person_id, func.lower(own.name) == name.lower(), *others)
    if await uow.session.scalar(same.limit(1)) is not None:
        raise invalid("name", "portfolio.view.named_so")


async def save_view(
    uow: UnitOfWork, actor: Actor, *, name: str, view: str, query: str, is_shared: bool
) -> PortfolioView:
    """Keep a cut under a name, for oneself or for all who see the portfolio.

    Raises NotAllowed for those who do not see it, Invalid for a name one has used, a page that is none, or too many views.
    """
    address = address_of(view, query)
    case, person_id = await _alone(uow, actor)
    name = name.strip()
    await _require_free(uow, person_id, name)
    kept = await uow.session.scalar(
        select(func.count()).select_from(PortfolioView).where(PortfolioView.owner_id == person_id)
    )
    if kept is not None and kept >= MOST_OF_ONE:
        raise invalid("name", "portfolio.view.too_many", most=MOST_OF_ONE)
    row = PortfolioView(owner_id=person_id, name=name, address=address, is_shared=is_shared, saved_at=uow.now)
    uow.session.add(row)
    await uow.session.flush()
    changes = {"name": name, "address": address, "is_shared": is_shared}
    await record(uow, actor, case, "portfolio_view", row.id, "save", changes=changes)
    return row


async def rename_view(uow: UnitOfWork, actor: Actor, view_id: UUID, *, name: str) -> PortfolioView:
    """Give a view of one's own another name; its address stays."""
    case, person_id = await _alone(uow, actor)
    row = await _own(uow, person_id, view_id)
    await _require_free(uow, person_id, name.strip(), row.id)
    row.name = name.strip()
    await record(uow, actor, case, "portfolio_view", row.id, "rename", changes={"name": row.name})
    return row


async def _shared(uow: UnitOfWork, actor: Actor, view_id: UUID, verb: str, is_shared: bool) -> PortfolioView:
    case, person_id = await _alone(uow, actor)
    row = await _own(uow, person_id, view_id)
    row.is_shared = is_shared
    await record(uow, actor, case, "portfolio_view", row.id, verb, changes={"is_shared": is_shared})
    return row


async def share_view(uow: UnitOfWork, actor: Actor, view_id: UUID) -> PortfolioView:
    """Let all who see the portfolio see a view of one's own."""
    return await _shared(uow, actor, view_id, "share", True)


async def withdraw_view(uow: UnitOfWork, actor: Actor, view_id: UUID) -> PortfolioView:
    """Keep a view of one's own to oneself again."""
    return await _shared(uow, actor, view_id, "withdraw", False)


async def remove_view(uow: UnitOfWork, actor: Actor, view_id: UUID) -> PortfolioView:
    """Take a view of one's own away; that it was there is in the record of events."""
    case, person_id = await _alone(uow, actor)
    row = await _own(uow, person_id, view_id)
    await uow.session.delete(row)
    await record(uow, actor, case, "portfolio_view", row.id, "remove", changes={"name": row.name})
    return row


class ViewSeen(msgspec.Struct, frozen=True):
    """A saved view as its page shows it."""

    id: UUID
    name: str
    address: str
    is_shared: bool
    owner_id: UUID
    owner: str


async def saved_views(uow: UnitOfWork, actor: Actor) -> list[ViewSeen]:
    """One's own views, then those that others share, each in the order of their names; one statement."""
    own = PortfolioView
    rows = await uow.session.execute(
        select(own.id, own.name, own.address, own.is_shared, own.owner_id, Person.name)
        .join(Person, Person.id == own.owner_id)
        .where(or_(own.owner_id == actor.person_id, own.is_shared))
        .order_by(own.owner_id != actor.person_id, func.lower(own.name), own.id)
    )
    return [ViewSeen(*row) for row in rows]


@get("/portfolio/views", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def views_page(visit: Visit) -> Response[Any]:
    """The saved views: one's own with what can be done with them, and those that others share."""
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    found = await saved_views(visit.uow, visit.actor)
    mine = [each for each in found if each.owner_id == visit.actor.person_id]
    return visit.render("portfolio/views.html", mine=mine, shared=found[len(mine) :])


COMMANDS = (
    Command("portfolio_view", "save", Permission.PORTFOLIO_SEE, save_view, SaveView, True),
    Command("portfolio_view", "rename", Permission.PORTFOLIO_SEE, rename_view, RenameView),
    Command("portfolio_view", "share", Permission.PORTFOLIO_SEE, share_view, Nothing),
    Command("portfolio_view", "withdraw", Permission.PORTFOLIO_SEE, withdraw_view, Nothing),
    Command("portfolio_view", "remove", Permission.PORTFOLIO_SEE, remove_view, Nothing),
)
