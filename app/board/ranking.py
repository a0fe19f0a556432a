"""The verbs of ranking: give an application another place, and say what it would be given."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.audit.service import record
from app.board import queries
from app.board.models import Ranking, RankingChange
from app.board.queries import Head
from app.cases.models import Case
from app.cases.queries import require, roles_in
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, Stale
from app.decisions import service as decisions
from app.decisions.models import Decision
from app.identity.actor import Actor
from app.moves import lock_case
from workflows.ranking import moved
from workflows.roles import Permission


def person_of(actor: Actor) -> UUID:
    """Who acts; NotAllowed for what is no person."""
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


async def hold_board(
    uow: UnitOfWork, actor: Actor, call_id: UUID, permission: Permission
) -> tuple[Case, Head, Ranking]:
    """Be alone with a call's board: its case locked, its ranking read afresh; NotFound, NotAllowed."""
    case = await lock_case(uow, call_id)
    if case.kind != "call":
        raise NotFound
    require(case, await roles_in(uow, actor, case), permission)
    ranking = await uow.session.get(Ranking, call_id, populate_existing=True)
    if ranking is None:
        ranking = Ranking(call_id=call_id, places=[], version=0)
        uow.session.add(ranking)
        await uow.session.flush()
    return case, await queries.head_of(uow, call_id), ranking


class Moved(msgspec.Struct, frozen=True):
    """What was moved: the application's case, and the ranking's version after it."""

    id: UUID
    version: int


async def move(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, case_id: UUID | None = None, place: int | None = None,
    up: UUID | None = None, down: UUID | None = None, version: int | None = None,
) -> Moved:  # fmt: skip
    """Give an application another place: one up, one down, or to `place`, counted from 1 among those the actor sees.

    Raises Stale where somebody else has changed the ranking since `version`: the actor is to see what, and decide
    again. NotFound for an application that the actor does not see on the board.
    """
    case, head, ranking = await hold_board(uow, actor, call_id, Permission.DECISION_RANK)
    if version is not None and version != ranking.version:
        raise Stale(typed_on=version, now_at=ranking.version)
    shown = [row.case_id for row in await queries.board(uow, actor, head) if row.ranked]
    chosen = up or down or case_id
    if chosen is None or chosen not in shown:
        raise NotFound
    before = shown.index(chosen) + 1
    wanted = before - 1 if up else before + 1 if down else place or before
    wanted = min(max(wanted, 1), len(shown))
    if wanted == before:
        return Moved(chosen, ranking.version)
    order = moved(await queries.everybody_in_order(uow, head), chosen, wanted, shown)
    _write(uow, actor, ranking, order)
    uow.session.add(
        RankingChange(
            call_id=call_id, version=ranking.version, case_id=chosen, person_id=person_of(actor), from_place=before,
            to_place=wanted, at=uow.now,
        )
    )  # fmt: skip
    await record(uow, actor, case, "board", call_id, "move", changes={"application": chosen, "place": [before, wanted]})
    return Moved(chosen, ranking.version)


def _write(uow: UnitOfWork, actor: Actor, ranking: Ranking, order: tuple[UUID, ...]) -> None:
    ranking.places = list(order)
    ranking.version += 1


async def weigh(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, outcome: str | None = None, amount_ore: int | None = None,
    hours: int | None = None, version: int | None = None,
) -> Decision:  # fmt: skip
    """Say on the board what an application would be given, in its pending decision; one is begun where there is none."""
    call_id = await uow.session.scalar(select(Case.call_id).where(Case.id == case_id))
    if call_id is None or not await queries.may_weigh(uow, actor, await queries.head_of(uow, call_id), case_id):
        raise NotFound
    row = await decisions.prepare(uow, actor, case_id=case_id)
    values: dict[str, Any] = {"outcome": outcome, "amount_ore": amount_ore, "hours": hours}
    return await decisions.write(uow, actor, row.id, version=version, **values)
