"""What can be done with the portfolio's own numbers."""

from __future__ import annotations

from app.portfolio import adjustments
from app.portfolio.price_index import COMMAND

COMMANDS = (COMMAND, *adjustments.COMMANDS)
"""The price index: what a krone of a year is worth, recorded with its source; and the lines beside the portfolio's sums."""
