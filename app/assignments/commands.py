"""What can be done about who assesses what."""

from __future__ import annotations

from app.assignments import forms, service
from app.commands import Command
from workflows.roles import Permission

ASSIGN = Permission.REVIEW_ASSIGN

COMMANDS = (
    Command("reviewer", "write_profile", Permission.RESOURCE_GROUP_SEE, service.write_profile, forms.WriteProfile),
    Command("assignment_proposal", "ask", ASSIGN, service.ask, forms.Ask, on_collection=True),
    Command("assignment_proposal", "accept_all", ASSIGN, service.accept_all),
    Command("assignment_proposal", "add", ASSIGN, service.add, forms.Add),
    Command("proposed_pair", "accept", ASSIGN, service.accept, forms.Touch),
    Command("proposed_pair", "lock", ASSIGN, service.lock, forms.Touch),
    Command("proposed_pair", "unlock", ASSIGN, service.unlock, forms.Touch),
    Command("proposed_pair", "replace", ASSIGN, service.replace, forms.Replace),
    Command("proposed_pair", "remove", ASSIGN, service.remove, forms.Touch),
)
