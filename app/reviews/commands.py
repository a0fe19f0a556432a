"""What can be done with reviews, and with an application while it is assessed."""

from __future__ import annotations

from app.commands import Command, Step
from app.reviews import forms, service
from workflows.roles import Permission

WRITE = Permission.REVIEW_WRITE
MEET = Permission.APPLICATION_MEET

COMMANDS = (
    Command("review", "assign", Permission.REVIEW_ASSIGN, service.assign, forms.Assign, on_collection=True),
    Command("review", "declare", WRITE, service.declare, forms.Declare),
    Command("review", "recuse", WRITE, service.recuse, forms.Why),
    Command("review", "void", Permission.REVIEW_ASSIGN, service.void, forms.Why),
    Command("review", "score", WRITE, service.score, forms.GiveScore),
    Command("review", "write_summary", WRITE, service.write_summary, forms.Summary),
    Command("review", "submit", WRITE, service.submit, Step),
    Command("review", "take_back", WRITE, service.take_back, Step),
    Command("review", "give_opinion", WRITE, service.give_opinion, forms.GiveOpinion),
    Command("application", "write_discussion", MEET, service.write_discussion, forms.Discuss),
    Command("application", "hold_meeting", MEET, service.hold_meeting, Step),
    Command("application", "reopen_review", MEET, service.reopen_review, Step),
)
