"""What the worker does for applications."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.applications import service
from app.applications.service import following, lateness
from app.core.database import UnitOfWork
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.outbox.service import Handler, put_all
from workflows.reminder import in_office_hours


async def record_writing(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Write the events of what somebody has written in a draft that saves itself."""
    await service.record_writing(uow, UUID(payload["application_id"]))


async def follow_form(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Let every draft of a call follow its questions, each in a transaction of its own."""
    call_id, number = UUID(payload["call_id"]), int(payload["number"])
    jobs = [
        ({"application_id": str(each), "number": number, "why": payload.get("why", "")}, f"follow:{each}:{number}")
        for each in await following.drafts_behind(uow, call_id, number)
    ]
    await put_all(uow, "follow_form_in_draft", jobs)


async def follow_form_in_draft(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Let one draft follow."""
    await following.follow_form(uow, UUID(payload["application_id"]), int(payload["number"]), payload.get("why", ""))


async def follow_call(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Let every draft of a changed call follow it, each in a transaction of its own."""
    jobs = [
        ({"application_id": str(each), "why": payload["why"]}, f"follow_call:{each}:{payload['version']}")
        for each in await following.drafts_of(uow, UUID(payload["call_id"]))
    ]
    await put_all(uow, "follow_call_in_draft", jobs)


async def follow_call_in_draft(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Let one draft follow."""
    await following.follow_call(uow, UUID(payload["application_id"]), payload["why"])


async def tell_of_lateness(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Tell of one completion that is late."""
    await lateness.tell_of_lateness(uow, UUID(payload["application_id"]), datetime.fromisoformat(payload["until"]))


async def look_for_lateness(unit_of_work: UnitOfWorkFactory) -> None:
    """Tell of every completion whose time has run out, once for each day that was given, in office hours."""
    async with unit_of_work() as uow:
        if not in_office_hours(uow.now):
            return
        jobs = [
            ({"application_id": str(each), "until": until.isoformat()}, f"late:{each}:{until.isoformat()}")
            for each, until in await lateness.late_completions(uow)
        ]
        await put_all(uow, "tell_of_lateness", jobs)


TIMED = [Timed("look_for_late_completions", {"minute": 40}, look_for_lateness)]
JOBS: dict[str, Handler] = {
    "record_writing": record_writing, "follow_form": follow_form, "follow_form_in_draft": follow_form_in_draft,
    "tell_of_lateness": tell_of_lateness, "follow_call": follow_call, "follow_call_in_draft": follow_call_in_draft,
}  # fmt: skip
