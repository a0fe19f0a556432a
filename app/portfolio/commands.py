"""What can be done with the portfolio's own numbers."""

from __future__ import annotations

from app.portfolio.price_index import COMMAND

COMMANDS = (COMMAND,)
