"""Sending an application back for the parts that need more (G8)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import invalid
from app.identity.actor import Actor
from app.moves import hold, make
from workflows.calendar import end_of_day
from workflows.returning import PARTS
from workflows.roles import Permission
from workflows.rules import Rules

LONGEST = timedelta(days=365)
PREFIX = "part_"
"""What the field of a part begins with, so that it is no other field's name."""


async def return_for_completion(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, why: str = "", until: date | None = None,
    version: int | None = None, **named: str,
) -> Application:  # fmt: skip
    """Send an application back for the parts that are named, each with what is missing in it; the others stay locked.

    `named` holds the texts by "part_" and the part's name. It is to be completed by the end of a day, by default after the
    rules' number of days. `why` is what holds for all of it; without it the parts' texts say it.
    """
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_SCREEN, version=version)
    today = day_in_oslo(uow.now)
    given = msgspec.convert(held.row.rules, Rules).deadlines.completion_days
    last = until or today + timedelta(days=given)
    if last < today:
        raise invalid("until", "form.day_has_passed")
    if last > today + LONGEST:
        raise invalid("until", "form.not_a_date")
    parts = {part: text for part in PARTS if (text := named.get(PREFIX + part, "").strip())}
    said = why.strip() or "\n".join(parts.values())
    held.row.returned_for, held.row.completion_until = said, end_of_day(last)
    held.row.returned_parts = parts
    held.row.extension_asked_at, held.row.extension_asked_why = None, ""
    changes = {"until": last, "parts": parts}
    return await make(uow, actor, APPLICATION, held, "return_for_completion", why=said, changes=changes)
