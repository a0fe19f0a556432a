"""What any employee can do about a challenge."""

from __future__ import annotations

import msgspec

from app.commands import Command
from app.core.inputs import Text
from app.network import service
from workflows.roles import Permission


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What one writes to the office that has the challenge."""

    message: Text


COMMANDS = (Command("challenge", "ask", Permission.NETWORK_SEE, service.ask, Ask),)
