"""What can be done on the board."""

from __future__ import annotations

from app.board import batch, forms, ranking
from app.commands import Command
from workflows.roles import Permission

COMMANDS = (
    Command("board", "move", Permission.DECISION_RANK, ranking.move, forms.Move),
    Command("application", "weigh", Permission.DECISION_RECOMMEND, ranking.weigh, forms.Weigh),
    Command("board", "recommend_chosen", Permission.DECISION_RECOMMEND, batch.recommend_chosen, forms.RecommendChosen),
    Command("board", "decide_chosen", Permission.DECISION_DECIDE, batch.decide_chosen, forms.DecideChosen),
)
