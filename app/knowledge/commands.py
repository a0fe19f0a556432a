"""What can be shared."""

from __future__ import annotations

from app.commands import Command
from app.knowledge import forms, service
from workflows.roles import Permission

WRITE = Permission.PROJECT_WRITE

COMMANDS = (
    Command("project", "share_experience", WRITE, service.share_experience, forms.ShareExperience),
    Command("project", "add_learning_point", WRITE, service.add_learning_point, forms.AddLearningPoint),
)
