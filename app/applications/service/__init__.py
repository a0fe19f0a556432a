"""The verbs of an application, by what they are about."""

from app.applications.service.budget import add_budget_line, remove_budget_line, write_budget_line
from app.applications.service.content import (
    add_benefit,
    add_deviance,
    move_deviance,
    remove_benefit,
    remove_deviance,
    write_benefit,
    write_deviance,
)
from app.applications.service.draft import create, save_answers
from app.applications.service.extending import ask_extension, extend, extend_completion
from app.applications.service.handling import claim, let_go
from app.applications.service.inviting import invite_member, revoke_invitation
from app.applications.service.judging import judge
from app.applications.service.returning import return_for_completion
from app.applications.service.screening import begin_screening, dismiss, find_complete, waive_requirement
from app.applications.service.sending import freeze_statement, give_receipt, submit, withdraw
from app.applications.service.taking_part import endorse, record_taking_part, take_part
from app.applications.service.team import add_member, remove_member, write_member
from app.applications.service.telling import tell_applicant, tell_case_handlers, tell_of_withdrawal
from app.applications.service.writing import record_writing

__all__ = [
    "add_benefit", "add_budget_line", "add_deviance", "add_member", "ask_extension", "begin_screening", "claim",
    "create", "dismiss", "endorse", "extend", "extend_completion", "find_complete", "freeze_statement", "give_receipt",
    "invite_member", "judge", "let_go", "move_deviance", "record_taking_part", "record_writing", "remove_benefit",
    "remove_budget_line", "remove_deviance", "remove_member", "return_for_completion", "revoke_invitation",
    "save_answers", "submit", "take_part", "tell_applicant", "tell_case_handlers", "tell_of_withdrawal",
    "waive_requirement", "withdraw", "write_benefit", "write_budget_line", "write_deviance", "write_member",
]  # fmt: skip
