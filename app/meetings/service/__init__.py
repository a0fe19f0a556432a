"""The verbs of the clarification meeting."""

from app.meetings.service.agenda import (
    add_agenda_item,
    answer_agenda_item,
    collect_questions,
    move_agenda_item,
    remove_agenda_item,
    write_agenda_item,
)
from app.meetings.service.minutes import confirm_minutes, object_to_minutes, record_minutes
from app.meetings.service.times import answer_time, call_off_meeting, plan_meeting, propose_times, withdraw_time

__all__ = [
    "add_agenda_item",
    "answer_agenda_item",
    "answer_time",
    "call_off_meeting",
    "collect_questions",
    "confirm_minutes",
    "move_agenda_item",
    "object_to_minutes",
    "plan_meeting",
    "propose_times",
    "record_minutes",
    "remove_agenda_item",
    "withdraw_time",
    "write_agenda_item",
]
