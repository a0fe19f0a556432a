"""The verbs of the gatherings."""

from app.gatherings.service.arranging import add_content, arrange, call_off, edit, remove_content, reschedule
from app.gatherings.service.attendance import note_presence
from app.gatherings.service.pasting import confirm_list
from app.gatherings.service.series import begin_series
from app.gatherings.service.signing_up import register, register_team, sign_off, sign_up, unregister

__all__ = [
    "add_content",
    "arrange",
    "begin_series",
    "call_off",
    "confirm_list",
    "edit",
    "note_presence",
    "register",
    "register_team",
    "remove_content",
    "reschedule",
    "sign_off",
    "sign_up",
    "unregister",
]
