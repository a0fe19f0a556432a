"""What can be done with letters and the texts they are made from."""

from __future__ import annotations

from app.commands import Command, Nothing
from app.letters import forms, service, together
from workflows.roles import Permission

WRITE, RELEASE = Permission.CALL_WRITE, Permission.DECISION_RELEASE

COMMANDS = (
    Command("call", "write_letter", WRITE, service.write_text, forms.WriteText),
    Command("call", "use_default_letter", WRITE, service.use_default_text, forms.Which),
    Command("letter", "remake", RELEASE, service.remake, Nothing),
    Command("letter", "release", RELEASE, service.release, Nothing),
    Command("letter", "release_chosen", RELEASE, together.release_chosen, forms.ReleaseChosen, on_collection=True),
    Command("letter", "correct", RELEASE, service.correct, forms.Correct),
)
