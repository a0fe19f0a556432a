"""What can be done about the clarification meeting of an application."""

from __future__ import annotations

from app.commands import Command
from app.meetings import forms, service
from workflows.roles import Permission

A = "application"
MEET, SEE = Permission.APPLICATION_MEET, Permission.APPLICATION_SEE

COMMANDS = (
    Command(A, "propose_times", MEET, service.propose_times, forms.ProposeTimes),
    Command(A, "withdraw_time", MEET, service.withdraw_time, forms.OneTime),
    Command(A, "answer_time", SEE, service.answer_time, forms.AnswerTime),
    Command(A, "plan_meeting", MEET, service.plan_meeting, forms.PlanMeeting),
    Command(A, "call_off_meeting", MEET, service.call_off_meeting, forms.CallOff),
    Command(A, "collect_questions", MEET, service.collect_questions),
    Command(A, "add_agenda_item", MEET, service.add_agenda_item, forms.AddItem),
    Command(A, "write_agenda_item", MEET, service.write_agenda_item, forms.WriteItem),
    Command(A, "move_agenda_item", MEET, service.move_agenda_item, forms.MoveItem),
    Command(A, "remove_agenda_item", MEET, service.remove_agenda_item, forms.Item),
    Command(A, "answer_agenda_item", MEET, service.answer_agenda_item, forms.AnswerItem),
    Command(A, "record_minutes", MEET, service.record_minutes, forms.RecordMinutes),
    Command(A, "confirm_minutes", SEE, service.confirm_minutes, forms.ConfirmMinutes),
    Command(A, "object_to_minutes", SEE, service.object_to_minutes, forms.ObjectToMinutes),
)
