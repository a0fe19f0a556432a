"""What can be done on the board."""

from __future__ import annotations

from app.board import batch, forms, ranking, recommendation, scenarios
from app.commands import Command
from workflows.roles import Permission

COMMANDS = (
    Command("board", "move", Permission.DECISION_RANK, ranking.move, forms.Move),
    Command("application", "weigh", Permission.DECISION_RECOMMEND, ranking.weigh, forms.Weigh),
    Command("board", "recommend_chosen", Permission.DECISION_RECOMMEND, batch.recommend_chosen, forms.RecommendChosen),
    Command("board", "decide_chosen", Permission.DECISION_DECIDE, batch.decide_chosen, forms.DecideChosen),
    Command("board", "save_scenario", Permission.DECISION_RANK, scenarios.save, forms.SaveScenario),
    Command("scenario", "move", Permission.DECISION_RANK, scenarios.move, forms.Move),
    Command("scenario", "weigh", Permission.DECISION_RANK, scenarios.weigh, forms.WeighScenario),
    Command("scenario", "adopt", Permission.DECISION_RECOMMEND, scenarios.adopt, forms.Versioned),
    Command("scenario", "discard", Permission.DECISION_RANK, scenarios.discard, forms.Versioned),
    Command("decision", "draft_text", Permission.DECISION_RECOMMEND, recommendation.draft_text, forms.Versioned),
    Command("decision", "edit_text", Permission.DECISION_RECOMMEND, recommendation.edit_text, forms.EditText),
)
