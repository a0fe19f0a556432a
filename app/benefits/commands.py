"""What can be done with benefits, their map, their plan and their measurements."""

from __future__ import annotations

from app.activities.forms import MakeDisbenefit
from app.benefits import forms, service
from app.benefits.service.consequences import make_disbenefit
from app.commands import Command, Nothing, Step
from workflows.roles import Permission

COMMANDS = (
    Command("project", "make_disbenefit", Permission.PROJECT_WRITE, make_disbenefit, MakeDisbenefit),
    Command("benefit", "add", Permission.BENEFIT_WRITE, service.add, forms.AddBenefit, True),
    Command("benefit", "describe", Permission.BENEFIT_WRITE, service.describe, forms.DescribeBenefit),
    Command("benefit", "value", Permission.BENEFIT_WRITE, service.describe, forms.ValueBenefit),
    Command("benefit", "follow", Permission.BENEFIT_WRITE, service.describe, forms.FollowBenefit),
    Command("benefit", "learn", Permission.MEASUREMENT_REPORT, service.learn, forms.LearnOfBenefit),
    Command(
        "benefit",
        "write_preconditions",
        Permission.BENEFIT_WRITE,
        service.write_preconditions,
        forms.WritePreconditions,
    ),
    Command("benefit", "write_risks", Permission.BENEFIT_WRITE, service.write_risks, forms.WriteRisks),
    Command(
        "benefit", "write_stakeholders", Permission.BENEFIT_WRITE, service.write_stakeholders, forms.WriteStakeholders
    ),
    Command("benefit", "propose_owner", Permission.BENEFIT_WRITE, service.propose_owner, forms.ProposeOwner),
    Command("benefit", "accept_ownership", Permission.BENEFIT_ACCEPT, service.accept_ownership, Step),
    Command("benefit", "add_indicator", Permission.BENEFIT_WRITE, service.add_indicator, forms.AddIndicator),
    Command(
        "benefit", "describe_indicator", Permission.BENEFIT_WRITE, service.describe_indicator, forms.DescribeIndicator
    ),
    Command("benefit", "remove_indicator", Permission.BENEFIT_WRITE, service.remove_indicator, forms.RemoveIndicator),
    Command("benefit", "set_baseline", Permission.BENEFIT_WRITE, service.set_baseline, forms.SetBaseline),
    Command("benefit", "set_target", Permission.BENEFIT_WRITE, service.set_target, forms.SetTarget),
    Command("benefit", "write_targets", Permission.BENEFIT_WRITE, service.write_targets, forms.WriteTargets),
    Command("benefit", "forecast", Permission.BENEFIT_WRITE, service.forecast, forms.MakeForecast),
    Command("benefit", "claim_share", Permission.BENEFIT_WRITE, service.claim_share, forms.ClaimShare),
    Command("benefit", "hand_over", Permission.BENEFIT_WRITE, service.hand_over, forms.HandOver),
    Command("benefit", "accept_hand_over", Permission.BENEFIT_ACCEPT, service.accept_hand_over, Step),
    Command("benefit", "refuse_hand_over", Permission.BENEFIT_ACCEPT, service.refuse_hand_over, Step),
    Command("benefit", "replan", Permission.BENEFIT_WRITE, service.replan, Step),
    Command("benefit", "realise", Permission.MEASUREMENT_CONFIRM, service.realise, Step),
    Command("benefit", "realise_partly", Permission.MEASUREMENT_CONFIRM, service.realise_partly, Step),
    Command("benefit", "not_realise", Permission.MEASUREMENT_CONFIRM, service.not_realise, Step),
    Command("benefit", "sustain", Permission.MEASUREMENT_CONFIRM, service.sustain, Step),
    Command("benefit", "drop", Permission.BENEFIT_DROP, service.drop, Step),
    Command("benefit_node", "add_node", Permission.BENEFIT_WRITE, service.add_node, forms.AddNode, True),
    Command("benefit_node", "remove", Permission.BENEFIT_WRITE, service.remove_node, Nothing),
    Command("benefit_node", "rename", Permission.BENEFIT_WRITE, service.rename, forms.RenameNode),
    Command("benefit_node", "move", Permission.BENEFIT_WRITE, service.move, forms.MoveNode),
    Command("benefit_map", "arrange", Permission.BENEFIT_WRITE, service.arrange, forms.MapOf, True),
    Command("benefit_map", "undo", Permission.BENEFIT_WRITE, service.undo, forms.MapOf, True),
    Command("benefit_map", "keep_version", Permission.BENEFIT_WRITE, service.keep_version, forms.KeepVersion, True),
    Command("benefit_edge", "reconnect", Permission.BENEFIT_WRITE, service.reconnect, forms.Reconnect),
    Command("benefit_edge", "connect", Permission.BENEFIT_WRITE, service.connect, forms.Connect, True),
    Command("benefit_edge", "disconnect", Permission.BENEFIT_WRITE, service.disconnect, Nothing),
    Command("benefit_plan", "submit", Permission.BENEFIT_PLAN_SUBMIT, service.submit_plan, Step),
    Command("benefit_plan", "approve", Permission.BENEFIT_PLAN_APPROVE, service.approve_plan, Step),
    Command("benefit_plan", "return", Permission.BENEFIT_PLAN_APPROVE, service.return_plan, Step),
    Command("benefit_plan", "revise", Permission.BENEFIT_PLAN_SUBMIT, service.revise_plan, Step),
    Command("measurement", "plan", Permission.BENEFIT_WRITE, service.plan_measurement, forms.PlanMeasurement, True),
    Command("measurement", "report", Permission.MEASUREMENT_REPORT, service.report, forms.ReportMeasurement),
    Command("measurement", "confirm", Permission.MEASUREMENT_CONFIRM, service.confirm, Step),
    Command("measurement", "return", Permission.MEASUREMENT_CONFIRM, service.return_measurement, Step),
    Command("measurement", "correct", Permission.MEASUREMENT_REPORT, service.correct, forms.CorrectMeasurement),
    Command("measurement", "write_off", Permission.MEASUREMENT_CONFIRM, service.write_off, Step),
)
