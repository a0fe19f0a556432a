"""What the worker does for applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.applications import service
from app.core.database import UnitOfWork


async def record_writing(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Write the events of what somebody has written in a draft that saves itself."""
    await service.record_writing(uow, UUID(payload["application_id"]))


JOBS = {"record_writing": record_writing}
