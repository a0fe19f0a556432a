"""What can be done with competence goals."""

from __future__ import annotations

from app.commands import Command
from app.competence import forms, service
from workflows.roles import Permission

WRITE = Permission.PROJECT_WRITE

COMMANDS = (
    Command("project", "add_competence_goal", WRITE, service.add_goal, forms.AddGoal),
    Command("competence_goal", "remove", WRITE, service.remove_goal),
    Command("project", "assess_competence", Permission.COMPETENCE_ASSESS, service.assess, forms.Assess),
)
