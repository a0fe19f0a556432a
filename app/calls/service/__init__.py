"""The verbs of a call, by what they are about."""

from app.calls.service.changing import explain
from app.calls.service.criteria import add_criterion, remove_criterion, weigh_criterion, write_criterion
from app.calls.service.draft import copy, create, write_dates, write_frame, write_owner, write_text
from app.calls.service.phases import add_phase, move_phase, remove_phase, write_phase
from app.calls.service.questions import add_question, move_question, retire_question, write_question
from app.calls.service.rules import rules_from, write_rules
from app.calls.service.steps import archive, close, mark_decided, open_call, publish

__all__ = [
    "add_criterion", "add_phase", "add_question", "archive", "close", "copy", "create", "explain", "mark_decided",
    "move_phase", "move_question", "open_call", "publish", "remove_criterion", "remove_phase", "retire_question",
    "rules_from", "weigh_criterion", "write_criterion", "write_dates", "write_frame", "write_owner", "write_phase",
    "write_question", "write_rules", "write_text",
]  # fmt: skip
