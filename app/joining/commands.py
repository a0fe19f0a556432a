"""What can be done about joining forces."""

from __future__ import annotations

from app.applications.forms import Version
from app.commands import Command
from app.joining import forms, service
from workflows.roles import Permission

A, P = "application", "join_proposal"
SUBMIT = Permission.APPLICATION_SUBMIT

COMMANDS = (
    Command(A, "seek_partners", SUBMIT, service.seek_partners, forms.SeekPartners),
    Command(A, "stop_seeking_partners", SUBMIT, service.stop_seeking_partners, Version),
    Command(A, "propose_joining", SUBMIT, service.propose_joining, forms.ProposeJoining),
    Command(P, "accept", SUBMIT, service.accept, forms.Answer),
    Command(P, "decline", SUBMIT, service.decline, forms.Answer),
    Command(P, "withdraw", SUBMIT, service.withdraw, forms.Answer),
)
