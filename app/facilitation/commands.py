"""What can be done with facilitators."""

from __future__ import annotations

from app.commands import Command, Step
from app.facilitation import service
from app.facilitation.forms import Assign, RegisterFacilitator
from workflows.roles import Permission

A = "facilitator_assignment"

COMMANDS = (
    Command("facilitator", "register", Permission.FACILITATOR_ASSIGN, service.register, RegisterFacilitator, True),
    Command(A, "assign", Permission.FACILITATOR_ASSIGN, service.assign, Assign, True),
    Command(A, "accept", Permission.FACILITATOR_ANSWER, service.accept, Step),
    Command(A, "decline", Permission.FACILITATOR_ANSWER, service.decline, Step),
    Command(A, "withdraw", Permission.FACILITATOR_ASSIGN, service.withdraw, Step),
    Command(A, "end", Permission.FACILITATOR_ASSIGN, service.end, Step),
)
