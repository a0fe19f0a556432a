"""The verbs of the gatherings."""

from app.gatherings.service.arranging import add_content, arrange, call_off, edit, remove_content, reschedule
from app.gatherings.service.attendance import note_presence
from app.gatherings.service.pasting import confirm_list
from app.gatherings.service.series import begin_series
from app.gatherings.service.signing_up import register, register_team, sign_off, sign_up, unregister
from app.gatherings.service.weekly import end_weekly, plan_office_hours, plan_team_meeting, skip_week

__all__ = [
    "add_content",
    "arrange",
    "begin_series",
    "call_off",
    "confirm_list",
    "edit",
    "end_weekly",
    "note_presence",
    "plan_office_hours",
    "plan_team_meeting",
    "register",
    "register_team",
    "remove_content",
    "reschedule",
    "sign_off",
    "sign_up",
    "skip_week",
    "unregister",
]
