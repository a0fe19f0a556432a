"""What can be done about gatherings."""

from __future__ import annotations

from app.commands import Command
from app.gatherings import forms, service
from workflows.roles import Permission

ARRANGE = Permission.ACTIVITY_ARRANGE

COMMANDS = (
    Command("project", "register", Permission.PROJECT_ARRANGE, service.register, forms.Register),
    Command("gathering", "arrange", ARRANGE, service.arrange, forms.ArrangeGathering, True),
    Command("gathering", "attended", ARRANGE, service.attended, forms.Attended),
)
