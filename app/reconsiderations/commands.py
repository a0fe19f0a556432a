"""What can be done to have an outcome tried again."""

from __future__ import annotations

from app.commands import Command, Step
from app.reconsiderations import forms, service
from workflows.roles import Permission

R = "reconsideration"
ASK, HANDLE = Permission.RECONSIDERATION_ASK, Permission.RECONSIDERATION_HANDLE

COMMANDS = (
    Command(R, "ask", ASK, service.ask, forms.Ask, on_collection=True),
    Command(R, "declare_impartial", HANDLE, service.declare_impartial, forms.DeclareImpartial),
    Command(R, "take_up", HANDLE, service.take_up, Step),
    Command(R, "accept_late", HANDLE, service.accept_late, Step),
    Command(R, "dismiss", HANDLE, service.dismiss, forms.Answer),
    Command(R, "uphold", HANDLE, service.uphold, forms.Answer),
    Command(R, "send_on", HANDLE, service.send_on, forms.Answer),
    Command(R, "change", HANDLE, service.change, forms.Answer),
    Command(R, "register_upheld", HANDLE, service.register_upheld, forms.AnswerAbove),
    Command(R, "register_changed", HANDLE, service.register_changed, forms.AnswerAbove),
    Command(R, "withdraw", ASK, service.withdraw, Step),
)
