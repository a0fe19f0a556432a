"""What can be done on the board."""

from __future__ import annotations

from app.board import forms, ranking
from app.commands import Command
from workflows.roles import Permission

COMMANDS = (
    Command("board", "move", Permission.DECISION_RANK, ranking.move, forms.Move),
    Command("application", "weigh", Permission.DECISION_RECOMMEND, ranking.weigh, forms.Weigh),
)
