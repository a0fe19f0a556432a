"""What can be done with decisions, letters and awards."""

from __future__ import annotations

from app.commands import Command, Step
from app.decisions import forms, service
from workflows.roles import Permission

RECOMMEND, DECIDE = Permission.DECISION_RECOMMEND, Permission.DECISION_DECIDE

COMMANDS = (
    Command("decision", "prepare", RECOMMEND, service.prepare, forms.Prepare, on_collection=True),
    Command("decision", "write", RECOMMEND, service.write, forms.Write),
    Command(
        "decision", "declare_impartial", Permission.DECISION_SEE, service.declare_impartial, forms.DeclareImpartial
    ),
    Command("decision", "recommend", RECOMMEND, service.recommend, forms.Recommend),
    Command("decision", "send_back", DECIDE, service.send_back, Step),
    Command("decision", "decide", DECIDE, service.decide, forms.Decide),
    Command("decision", "release", Permission.DECISION_RELEASE, service.release, Step),
    Command("application", "accept", Permission.AWARD_ACCEPT, service.accept, Step),
    Command("application", "decline", Permission.AWARD_ACCEPT, service.decline, Step),
    Command("application", "lapse", DECIDE, service.lapse, Step),
)
