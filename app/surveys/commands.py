"""What can be done with a survey."""

from __future__ import annotations

from app.commands import Command
from app.surveys import forms, service
from workflows.roles import Permission

COMMANDS = (Command("survey", "answer", Permission.SELF, service.answer, forms.AnswerSurvey),)
