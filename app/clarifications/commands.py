"""What can be done with expectations."""

from __future__ import annotations

from app.clarifications import forms, service, template_service
from app.commands import Command, Step
from workflows.roles import Permission

C, T = "clarification", "clarification_template"
WRITE = Permission.CLARIFICATION_WRITE

COMMANDS = (
    Command(C, "add", WRITE, service.add, forms.AddClarification, True),
    Command(C, "take_template", WRITE, template_service.take_template, forms.TakeTemplate),
    Command(C, "write", WRITE, service.write, forms.WriteClarification),
    Command(C, "replace_holder", WRITE, service.replace_holder, forms.ReplaceHolder),
    Command(C, "propose", WRITE, service.propose, Step),
    Command(C, "agree_office", Permission.CLARIFICATION_AGREE_OFFICE, service.agree_office, forms.Agree),
    Command(C, "record_agreement", Permission.PROJECT_STEP, service.record_agreement, forms.RecordAgreement),
    Command(C, "agree_scheme", Permission.CLARIFICATION_AGREE_SCHEME, service.agree_scheme, forms.Agree),
    Command(T, "write_template", Permission.CLARIFICATION_TEMPLATE_WRITE, template_service.write_template,
            forms.WriteTemplate, True),
)  # fmt: skip
