"""What can be done with evaluation reports."""

from __future__ import annotations

from app.commands import Command
from app.evaluation import forms, service
from workflows.roles import Permission

COMMANDS = (Command("cohort", "write_evaluation", Permission.EVALUATION_WRITE, service.write, forms.WriteEvaluation),)
