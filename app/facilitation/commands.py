"""What can be done with the resource group, its methods and its assignments."""

from __future__ import annotations

from app.commands import Command, Step
from app.facilitation import forms, service
from workflows.roles import Permission

F, M, A = "facilitator", "method", "facilitator_assignment"
ASSIGN, ANSWER, SELF = Permission.FACILITATOR_ASSIGN, Permission.FACILITATOR_ANSWER, Permission.SELF
"""Each keeps their own entry, so that verbs on it ask for no role; the service asks whose it is."""

COMMANDS = (
    Command(F, "register", ASSIGN, service.register, forms.RegisterFacilitator, True),
    Command(F, "write", ASSIGN, service.write, forms.WriteFacilitator),
    Command(F, "set_method", SELF, service.set_method, forms.SetMethod),
    Command(F, "set_capacity", ASSIGN, service.set_capacity, forms.HalfYearHours),
    Command(F, "propose_capacity", SELF, service.propose_capacity, forms.HalfYearHours),
    Command(F, "agree_capacity", ASSIGN, service.agree_capacity, forms.HalfYear),
    Command(F, "add_leave", SELF, service.add_leave, forms.Leave),
    Command(F, "remove_leave", SELF, service.remove_leave, forms.OneLeave),
    Command(F, "leave_register", ASSIGN, service.leave_register, forms.LeaveRegister),
    Command(M, "add_method", ASSIGN, service.add_method, forms.MethodWords, True),
    Command(M, "write_method", ASSIGN, service.write_method, forms.WriteMethod, True),
    Command(M, "retire_method", ASSIGN, service.retire_method, forms.OneMethod, True),
    Command(M, "name_responsible", ASSIGN, service.name_responsible, forms.Responsible, True),
    Command(A, "assign", ASSIGN, service.assign, forms.Assign, True),
    Command(A, "accept_proposal", ASSIGN, service.accept_proposal, forms.AcceptProposal, True),
    Command(A, "accept", ANSWER, service.accept, Step),
    Command(A, "decline", ANSWER, service.decline, Step),
    Command(A, "withdraw", ASSIGN, service.withdraw, Step),
    Command(A, "end", ASSIGN, service.end, Step),
    Command(A, "plan_hours", ASSIGN, service.plan_hours, forms.PlanHours),
    Command(A, "waive", Permission.CASE_SEE, service.waive_requirement, forms.Waive),
    Command(A, "log_support", ANSWER, service.log_support, forms.LogSupport),
    Command(A, "remove_support", ANSWER, service.remove_support, forms.OneContact),
)
