"""What can be done with expectations."""

from __future__ import annotations

from app.clarifications import agreeing, forms, links, renewing, service, template_service
from app.commands import Command, Nothing, Step
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
    Command(C, "ask_change", Permission.CLARIFICATION_AGREE_OFFICE, service.ask_change, forms.Say),
    Command(C, "agree_leader", Permission.CLARIFICATION_RELEASE, service.agree_leader, forms.Agree),
    Command(C, "withdraw_release", Permission.CLARIFICATION_RELEASE, agreeing.withdraw_release, forms.Say),
    Command("project", "withdraw_endorsement", Permission.CLARIFICATION_RELEASE, agreeing.withdraw_endorsement, forms.Say),
    Command("project", "renew_clarifications", WRITE, renewing.renew, forms.Renew),
    Command(C, "send_link", Permission.PROJECT_STEP, links.send_link, forms.SendLink),
    Command(C, "revoke_link", Permission.PROJECT_STEP, links.revoke_link, Nothing),
    Command(C, "record_agreement", Permission.PROJECT_STEP, service.record_agreement, forms.RecordAgreement),
    Command(C, "agree_scheme", Permission.CLARIFICATION_AGREE_SCHEME, service.agree_scheme, forms.Agree),
    Command(T, "write_template", Permission.CLARIFICATION_TEMPLATE_WRITE, template_service.write_template,
            forms.WriteTemplate, True),
)  # fmt: skip
