"""What can be done with a call."""

from __future__ import annotations

from app.calls import forms, service
from app.commands import Command, Step
from workflows.roles import Permission

C = "call"
WRITE = Permission.CALL_WRITE

COMMANDS = (
    Command(C, "create", WRITE, service.create, forms.CreateCall, on_collection=True),
    Command(C, "copy", WRITE, service.copy, forms.CopyCall),
    Command(C, "explain", WRITE, service.explain, forms.ExplainCall),
    Command(C, "write_text", WRITE, service.write_text, forms.WriteText),
    Command(C, "write_dates", WRITE, service.write_dates, forms.WriteDates),
    Command(C, "write_frame", WRITE, service.write_frame, forms.WriteFrame),
    Command(C, "write_owner", WRITE, service.write_owner, forms.WriteOwner),
    Command(C, "write_rules", WRITE, service.write_rules, forms.WriteRules),
    Command(C, "write_criterion", WRITE, service.write_criterion, forms.WriteCriterion),
    Command(C, "weigh_criterion", WRITE, service.weigh_criterion, forms.WeighCriterion),
    Command(C, "add_criterion", WRITE, service.add_criterion, forms.AddCriterion),
    Command(C, "remove_criterion", WRITE, service.remove_criterion, forms.RemoveCriterion),
    Command(C, "add_phase", WRITE, service.add_phase, forms.AddPhase),
    Command(C, "write_phase", WRITE, service.write_phase, forms.WritePhase),
    Command(C, "move_phase", WRITE, service.move_phase, forms.MovePhase),
    Command(C, "remove_phase", WRITE, service.remove_phase, forms.OnePhase),
    Command(C, "add_question", WRITE, service.add_question, forms.AddQuestion),
    Command(C, "write_question", WRITE, service.write_question, forms.WriteQuestion),
    Command(C, "move_question", WRITE, service.move_question, forms.MoveQuestion),
    Command(C, "retire_question", WRITE, service.retire_question, forms.RetireQuestion),
    Command(C, "publish", Permission.CALL_PUBLISH, service.publish, Step),
    Command(C, "open", Permission.CALL_CLOCK, service.open_call, Step),
    Command(C, "close", Permission.CALL_CLOCK, service.close, Step),
    Command(C, "mark_decided", Permission.CALL_CLOSE, service.mark_decided, Step),
    Command(C, "archive", Permission.CALL_ARCHIVE, service.archive, Step),
)
