"""What can be done with threads."""

from __future__ import annotations

from app.commands import Command, Step
from app.discussions import forms, service
from workflows.roles import Permission

T = "thread"
WRITE, LEAD = Permission.DISCUSSION_WRITE, Permission.DISCUSSION_LEAD

COMMANDS = (
    Command("application", "open_thread", WRITE, service.open_thread, forms.OpenThread),
    Command(T, "post", WRITE, service.post, forms.Say),
    Command(T, "edit_post", WRITE, service.edit_post, forms.EditPost),
    Command(T, "mark_read", Permission.DISCUSSION_SEE, service.mark_read),
    Command(T, "narrow", LEAD, service.narrow, forms.Narrow),
    Command(T, "close", LEAD, service.close, Step),
    Command(T, "reopen", LEAD, service.reopen, Step),
)
