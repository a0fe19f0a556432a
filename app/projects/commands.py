"""What can be done with a project."""

from __future__ import annotations

from app.commands import Command, Nothing, Step
from app.projects import forms, service
from app.projects.facts import PROJECT
from app.projects.steps import STEPS
from workflows.roles import Permission

P = "project"
CLOCK = Permission.CLOCK

COMMANDS = (
    *(
        Command(P, move.name, move.permission, STEPS[move.name], Step)
        for move in PROJECT.lifecycle.moves
        if move.permission != CLOCK and move.name != "stop"
    ),
    Command(P, "stop", Permission.PROJECT_STOP, service.stop, forms.Stop),
    Command(P, "sign_off", Permission.PROJECT_SEE, service.sign_off, forms.SignOffDiamond),
    Command(P, "write_text", Permission.PROJECT_WRITE, service.write_text, forms.WriteText),
    Command(P, "plan_step", Permission.PROJECT_ARRANGE, service.plan_step, forms.PlanStep),
    Command(P, "rewrite_statement", Permission.PROJECT_WRITE, service.rewrite_statement, forms.RewriteStatement),
    Command(P, "approve_accounts", Permission.PAYMENT_APPROVE, service.approve_accounts, Nothing),
    Command(P, "waive", Permission.CASE_SEE, service.waive_requirement, forms.Waive),
)
