"""What can be done with an application, up to the end of the screening."""

from __future__ import annotations

from app.applications import forms, service
from app.commands import Command, Step
from workflows.roles import Permission

A = "application"
WRITE = Permission.APPLICATION_WRITE
SCREEN = Permission.APPLICATION_SCREEN

COMMANDS = (
    Command(A, "create", Permission.APPLICATION_CREATE, service.create, forms.CreateApplication, on_collection=True),
    Command(A, "save_answers", WRITE, service.save_answers, forms.SaveAnswers),
    Command(A, "add_member", WRITE, service.add_member, forms.AddMember),
    Command(A, "write_member", WRITE, service.write_member, forms.WriteMember),
    Command(A, "remove_member", WRITE, service.remove_member, forms.RemoveMember),
    Command(A, "add_deviance", WRITE, service.add_deviance, forms.AddDeviance),
    Command(A, "write_deviance", WRITE, service.write_deviance, forms.WriteDeviance),
    Command(A, "move_deviance", WRITE, service.move_deviance, forms.MoveDeviance),
    Command(A, "remove_deviance", WRITE, service.remove_deviance, forms.RemoveDeviance),
    Command(A, "add_benefit", WRITE, service.add_benefit, forms.AddBenefit),
    Command(A, "write_benefit", WRITE, service.write_benefit, forms.WriteBenefit),
    Command(A, "remove_benefit", WRITE, service.remove_benefit, forms.RemoveBenefit),
    Command(A, "add_budget_line", WRITE, service.add_budget_line, forms.AddBudgetLine),
    Command(A, "write_budget_line", WRITE, service.write_budget_line, forms.WriteBudgetLine),
    Command(A, "remove_budget_line", WRITE, service.remove_budget_line, forms.RemoveBudgetLine),
    Command(A, "invite_member", WRITE, service.invite_member, forms.InviteMember),
    Command(A, "revoke_invitation", WRITE, service.revoke_invitation, forms.RevokeInvitation),
    Command(A, "take_part", Permission.APPLICATION_TAKE_PART, service.take_part, forms.TakePart),
    Command(A, "record_taking_part", Permission.APPLICATION_SUBMIT, service.record_taking_part, forms.RecordTakingPart),
    Command(A, "endorse", Permission.APPLICATION_ENDORSE, service.endorse, forms.Endorse),
    Command(A, "submit", Permission.APPLICATION_SUBMIT, service.submit, Step),
    Command(A, "resubmit", Permission.APPLICATION_SUBMIT, service.submit, Step),
    Command(A, "withdraw", Permission.APPLICATION_WITHDRAW, service.withdraw, Step),
    Command(A, "begin_screening", SCREEN, service.begin_screening, Step),
    Command(A, "judge", SCREEN, service.judge, forms.Judge),
    Command(A, "find_complete", SCREEN, service.find_complete, Step),
    Command(A, "return_for_completion", SCREEN, service.return_for_completion, forms.ReturnForCompletion),
    Command(A, "claim", SCREEN, service.claim, forms.Version),
    Command(A, "let_go", SCREEN, service.let_go, forms.Version),
    Command(A, "dismiss", Permission.APPLICATION_DISMISS, service.dismiss, Step),
    Command(A, "ask_extension", Permission.APPLICATION_SUBMIT, service.ask_extension, forms.AskExtension),
    Command(A, "extend_completion", SCREEN, service.extend_completion, forms.ExtendCompletion),
    Command("call", "extend_application", SCREEN, service.extend, forms.Extend),
    Command(A, "waive", Permission.CASE_SEE, service.waive_requirement, forms.Waive),
)
