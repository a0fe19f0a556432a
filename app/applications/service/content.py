"""What already works at the office, and the benefits it hopes for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.applications.facts import APPLICATION
from app.applications.models import Application, ExpectedBenefit, PositiveDeviance
from app.applications.service.draft import held_for_writing
from app.applications.service.writing import unmark, write_fields
from app.core.database import UnitOfWork
from app.core.errors import invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import Held, note

MOST_ROWS = 30


async def _ranked(uow: UnitOfWork, application_id: UUID) -> list[PositiveDeviance]:
    rows = await uow.session.scalars(
        select(PositiveDeviance)
        .where(PositiveDeviance.case_id == application_id)
        .order_by(PositiveDeviance.rank, PositiveDeviance.id)
    )
    return list(rows)


def _rank(rows: Sequence[PositiveDeviance]) -> None:
    for place, row in enumerate(rows, start=1):
        row.rank = place


def _chosen(rows: Sequence[PositiveDeviance], deviance_id: UUID) -> PositiveDeviance:
    for row in rows:
        if row.id == deviance_id:
            return row
    raise invalid("text", "application.row_gone")


async def add_deviance(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, text: str, version: int | None = None
) -> Application:
    """Write down something that works already, in the last place of the ranking (S32, S33)."""
    held = await held_for_writing(uow, actor, application_id, version, "add_deviance", part="what_works")
    refuse_identity_numbers(text=text)
    rows = await _ranked(uow, application_id)
    if len(rows) >= MOST_ROWS:
        raise invalid("text", "application.rows_too_many", most=MOST_ROWS)
    row = PositiveDeviance(case_id=application_id, unit_id=held.row.unit_id, rank=len(rows) + 1, text=text)
    uow.session.add(row)
    return await note(uow, actor, APPLICATION, held, "add_deviance", changes={"rank": row.rank, "text": text})


async def write_deviance(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, deviance_id: UUID, text: str, version: int | None = None,
    seen: Sequence[str] = (), standing: Sequence[str] = (), by_itself: bool = False,
) -> Application:  # fmt: skip
    """Put something that works in other words."""
    held = await held_for_writing(
        uow, actor, application_id, version, "write_deviance", part="what_works", gathers=True
    )
    refuse_identity_numbers(text=text)
    row = _chosen(await _ranked(uow, application_id), deviance_id)
    return await write_fields(
        uow, actor, held, row, "write_deviance", {"text": text}, seen=seen, standing=standing, by_itself=by_itself,
        prefix=f"deviance.{row.id}.", about={"rank": row.rank},
    )  # fmt: skip


async def move_deviance(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, deviance_id: UUID, direction: str,
    version: int | None = None,
) -> Application:  # fmt: skip
    """Let something that works change places with the one above or below it; at the end of the list it stays."""
    held = await held_for_writing(uow, actor, application_id, version, "move_deviance", part="what_works")
    rows = await _ranked(uow, application_id)
    row = _chosen(rows, deviance_id)
    here = rows.index(row)
    there = max(0, min(len(rows) - 1, here + (-1 if direction == "up" else 1)))
    rows[here], rows[there] = rows[there], rows[here]
    _rank(rows)
    return await note(uow, actor, APPLICATION, held, "move_deviance", changes={"text": row.text, "rank": row.rank})


async def remove_deviance(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, deviance_id: UUID, version: int | None = None
) -> Application:
    """Take something that works out of the ranking; the others close up."""
    held = await held_for_writing(uow, actor, application_id, version, "remove_deviance", part="what_works")
    rows = await _ranked(uow, application_id)
    row = _chosen(rows, deviance_id)
    rows.remove(row)
    await uow.session.delete(row)
    unmark(held.row, f"deviance.{row.id}.")
    _rank(rows)
    return await note(uow, actor, APPLICATION, held, "remove_deviance", changes={"text": row.text})


async def _benefit(uow: UnitOfWork, held: Held[Application], benefit_id: UUID) -> ExpectedBenefit:
    row = await uow.session.get(ExpectedBenefit, benefit_id)
    if row is None or row.case_id != held.case.id:
        raise invalid("title", "application.row_gone")
    return row


async def add_benefit(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, title: str, description: str = "",
    beneficiaries: Sequence[str] = (), goal: str | None = None, how_noticed: str = "", version: int | None = None,
) -> Application:  # fmt: skip
    """Write down a benefit that the office hopes for: for whom, towards which goal, how it would be noticed (S64, S70)."""
    held = await held_for_writing(uow, actor, application_id, version, "add_benefit", part="benefits")
    refuse_identity_numbers(title=title, description=description, how_noticed=how_noticed)
    count = await uow.session.scalar(select(func.count()).where(ExpectedBenefit.case_id == application_id))
    if (count or 0) >= MOST_ROWS:
        raise invalid("title", "application.rows_too_many", most=MOST_ROWS)
    row = ExpectedBenefit(
        case_id=application_id, title=title, description=description, beneficiaries=sorted(set(beneficiaries)),
        goal=goal or "", how_noticed=how_noticed,
    )  # fmt: skip
    uow.session.add(row)
    return await note(uow, actor, APPLICATION, held, "add_benefit", changes={"title": title, "goal": row.goal})


async def write_benefit(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, benefit_id: UUID, title: str, description: str = "",
    beneficiaries: Sequence[str] = (), goal: str | None = None, how_noticed: str = "", version: int | None = None,
    seen: Sequence[str] = (), standing: Sequence[str] = (), by_itself: bool = False,
) -> Application:  # fmt: skip
    """Put an expected benefit in other words."""
    held = await held_for_writing(uow, actor, application_id, version, "write_benefit", part="benefits", gathers=True)
    refuse_identity_numbers(title=title, description=description, how_noticed=how_noticed)
    row = await _benefit(uow, held, benefit_id)
    typed = {
        "title": title, "description": description, "beneficiaries": sorted(set(beneficiaries)), "goal": goal or "",
        "how_noticed": how_noticed,
    }  # fmt: skip
    return await write_fields(
        uow, actor, held, row, "write_benefit", typed, seen=seen, standing=standing, by_itself=by_itself,
        prefix=f"benefit.{row.id}.", about={"title": row.title},
    )  # fmt: skip


async def remove_benefit(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, benefit_id: UUID, version: int | None = None
) -> Application:
    """Take an expected benefit out of the application."""
    held = await held_for_writing(uow, actor, application_id, version, "remove_benefit", part="benefits")
    row = await _benefit(uow, held, benefit_id)
    await uow.session.delete(row)
    unmark(held.row, f"benefit.{row.id}.")
    return await note(uow, actor, APPLICATION, held, "remove_benefit", changes={"title": row.title})
