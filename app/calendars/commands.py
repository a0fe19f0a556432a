"""What can be done with a calendar feed, beside making one, whose secret is shown once (app/calendars/web.py)."""

from __future__ import annotations

from app.calendars import service
from app.commands import Command
from workflows.roles import Permission

COMMANDS = (Command("calendar_feed", "revoke", Permission.SELF, service.revoke),)
