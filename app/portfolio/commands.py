"""What can be done with the portfolio's own numbers."""

from __future__ import annotations

from app.portfolio import adjustments, price_index, saved_views

COMMANDS = (price_index.COMMAND, *adjustments.COMMANDS, *saved_views.COMMANDS)
"""The price index: what a krone of a year is worth, recorded with its source; lines beside the sums; and saved views."""
