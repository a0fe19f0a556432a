"""What can be done with milestones and changes to an award."""

from __future__ import annotations

from app.commands import Command, Step
from app.milestones import service
from app.milestones.forms import ProposeChange, ReportMilestone, SetDue, Sign
from workflows.roles import Permission

COMMANDS = (
    Command("milestone", "set_due", Permission.MILESTONE_WRITE, service.set_due, SetDue),
    Command("milestone", "report", Permission.MILESTONE_REPORT, service.report, ReportMilestone),
    Command("milestone", "approve", Permission.MILESTONE_APPROVE, service.approve, Step),
    Command("milestone", "return", Permission.MILESTONE_APPROVE, service.send_back, Step),
    Command("milestone", "waive", Permission.REQUIREMENT_WAIVE, service.waive_milestone, Step),
    Command(
        "change_request", "propose", Permission.CHANGE_REQUEST_PROPOSE, service.propose_change, ProposeChange, True
    ),
    Command("change_request", "sign", Permission.CHANGE_REQUEST_SIGN, service.sign_change, Sign),
    Command("change_request", "accept", Permission.CHANGE_REQUEST_DECIDE, service.accept_change, Step),
    Command("change_request", "refuse", Permission.CHANGE_REQUEST_DECIDE, service.refuse_change, Step),
)
