"""What can be done with a report."""

from __future__ import annotations

from app.commands import Command, Step
from app.reports import forms, service
from workflows.roles import Permission

COMMANDS = (
    Command("report", "save", Permission.REPORT_WRITE, service.save, forms.SaveReport, saves_itself=True),
    Command("report", "submit", Permission.REPORT_SUBMIT, service.submit, Step),
    Command("report", "approve", Permission.REPORT_APPROVE, service.approve, Step),
    Command("report", "return", Permission.REPORT_APPROVE, service.send_back, forms.ReturnReport),
    Command("report", "move_due", Permission.REPORT_APPROVE, service.move_due, forms.MoveReport),
)
