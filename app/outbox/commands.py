"""What can be done with jobs."""

from __future__ import annotations

from app.commands import Command
from app.outbox import service
from workflows.roles import Permission

COMMANDS = (Command("outbox_row", "retry", Permission.JOBS_ADMINISTER, service.retry),)
