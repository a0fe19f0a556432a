"""What can be done with notices."""

from __future__ import annotations

from app.commands import Command
from app.notices import service
from workflows.roles import Permission

COMMANDS = (
    Command("notice", "mark_read", Permission.SELF, service.mark_read),
    Command("notice", "mark_all_read", Permission.SELF, service.mark_all_read, on_collection=True),
)
