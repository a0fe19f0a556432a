"""What can be done about gatherings."""

from __future__ import annotations

from app.commands import Command
from app.gatherings import forms, service
from workflows.roles import Permission

G = "gathering"
ARRANGE, SELF = Permission.ACTIVITY_ARRANGE, Permission.SELF
FOR_PROJECT = Permission.PROJECT_ARRANGE

COMMANDS = (
    Command("cohort", "begin_series", ARRANGE, service.begin_series, forms.BeginSeries, True),
    Command(G, "arrange", ARRANGE, service.arrange, forms.ArrangeGathering, True),
    Command(G, "edit", ARRANGE, service.edit, forms.AboutGathering),
    Command(G, "reschedule", ARRANGE, service.reschedule, forms.Reschedule),
    Command(G, "call_off", ARRANGE, service.call_off, forms.CallOff),
    Command(G, "add_content", ARRANGE, service.add_content, forms.AddContent),
    Command(G, "remove_content", ARRANGE, service.remove_content, forms.RemoveContent),
    Command(G, "sign_up", SELF, service.sign_up),
    Command(G, "sign_off", SELF, service.sign_off),
    Command(G, "note_presence", ARRANGE, service.note_presence, forms.NotePresence),
    Command(G, "confirm_list", ARRANGE, service.confirm_list, forms.ConfirmList),
    Command("project", "plan_weekly", FOR_PROJECT, service.plan_team_meeting, forms.PlanWeekly),
    Command("cohort", "plan_weekly", ARRANGE, service.plan_office_hours, forms.PlanWeekly),
    Command("weekly_meeting", "skip_week", FOR_PROJECT, service.skip_week, forms.SkipWeek),
    Command("weekly_meeting", "end_weekly", FOR_PROJECT, service.end_weekly, forms.CallOff),
    Command("project", "register", FOR_PROJECT, service.register, forms.Register),
    Command("project", "register_team", FOR_PROJECT, service.register_team, forms.RegisterTeam),
    Command("project", "unregister", FOR_PROJECT, service.unregister, forms.Register),
)
