"""What can be done with good stories."""

from __future__ import annotations

from app.commands import Command, Step
from app.stories import forms, service
from workflows.roles import Permission

SEND, MODERATE = Permission.STORY_SEND, Permission.STORY_MODERATE

COMMANDS = (
    Command("project", "send_story", SEND, service.send_story, forms.SendStory),
    Command("story", "resend", SEND, service.resend, forms.RewriteStory),
    Command("story", "withdraw", SEND, service.withdraw, Step),
    Command("story", "publish", MODERATE, service.publish, forms.PublishStory),
    Command("story", "return", MODERATE, service.return_story, Step),
    Command("story", "take_down", MODERATE, service.take_down, Step),
    Command("evaluation_theme", "add", MODERATE, service.add_theme, forms.AddTheme, True),
)
