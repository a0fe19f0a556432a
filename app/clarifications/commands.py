"""What can be done with expectations."""

from __future__ import annotations

from app.clarifications import forms, service
from app.commands import Command, Step
from workflows.roles import Permission

C = "clarification"
WRITE = Permission.CLARIFICATION_WRITE

COMMANDS = (
    Command(C, "add", WRITE, service.add, forms.AddClarification, True),
    Command(C, "write", WRITE, service.write, forms.WriteClarification),
    Command(C, "replace_holder", WRITE, service.replace_holder, forms.ReplaceHolder),
    Command(C, "propose", WRITE, service.propose, Step),
    Command(C, "agree_office", Permission.CLARIFICATION_AGREE_OFFICE, service.agree_office, forms.Agree),
    Command(C, "record_agreement", Permission.PROJECT_STEP, service.record_agreement, forms.RecordAgreement),
    Command(C, "agree_scheme", Permission.CLARIFICATION_AGREE_SCHEME, service.agree_scheme, forms.Agree),
)
