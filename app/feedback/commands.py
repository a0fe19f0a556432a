"""What can be done with feedback."""

from __future__ import annotations

from app.commands import Command
from app.feedback import forms, service
from workflows.roles import Permission

ANSWER = Permission.FEEDBACK_ANSWER

COMMANDS = (
    Command("feedback_item", "answer", ANSWER, service.answer, forms.AnswerFeedback, True),
    Command("cohort", "note_feedback", ANSWER, service.note_feedback, forms.NoteFeedback),
    Command("learning_point", "take_up", ANSWER, service.take_up),
    Command("process_change", "complete", ANSWER, service.complete, forms.CompleteChange),
)
