"""What can be done with benefits, their map, their plan and their measurements."""

from __future__ import annotations

from app.benefits import forms, service
from app.commands import Command, Nothing, Step
from workflows.roles import Permission as P

COMMANDS = (
    Command("benefit", "add", P.BENEFIT_WRITE, service.add, forms.AddBenefit, True),
    Command("benefit", "describe", P.BENEFIT_WRITE, service.describe, forms.DescribeBenefit),
    Command("benefit", "propose_owner", P.BENEFIT_WRITE, service.propose_owner, forms.ProposeOwner),
    Command("benefit", "accept_ownership", P.BENEFIT_ACCEPT, service.accept_ownership, Step),
    Command("benefit", "add_indicator", P.BENEFIT_WRITE, service.add_indicator, forms.AddIndicator),
    Command("benefit", "remove_indicator", P.BENEFIT_WRITE, service.remove_indicator, forms.RemoveIndicator),
    Command("benefit", "set_baseline", P.BENEFIT_WRITE, service.set_baseline, forms.SetBaseline),
    Command("benefit", "set_target", P.BENEFIT_WRITE, service.set_target, forms.SetTarget),
    Command("benefit", "forecast", P.BENEFIT_WRITE, service.forecast, forms.MakeForecast),
    Command("benefit", "claim_share", P.BENEFIT_WRITE, service.claim_share, forms.ClaimShare),
    Command("benefit", "hand_over", P.BENEFIT_WRITE, service.hand_over, forms.HandOver),
    Command("benefit", "drop", P.BENEFIT_DROP, service.drop, Step),
    Command("benefit_node", "add_node", P.BENEFIT_WRITE, service.add_node, forms.AddNode, True),
    Command("benefit_node", "remove", P.BENEFIT_WRITE, service.remove_node, Nothing),
    Command("benefit_edge", "connect", P.BENEFIT_WRITE, service.connect, forms.Connect, True),
    Command("benefit_edge", "disconnect", P.BENEFIT_WRITE, service.disconnect, Nothing),
    Command("benefit_plan", "submit", P.BENEFIT_PLAN_SUBMIT, service.submit_plan, Step),
    Command("benefit_plan", "approve", P.BENEFIT_PLAN_APPROVE, service.approve_plan, Step),
    Command("benefit_plan", "return", P.BENEFIT_PLAN_APPROVE, service.return_plan, Step),
    Command("benefit_plan", "revise", P.BENEFIT_PLAN_SUBMIT, service.revise_plan, Step),
    Command("measurement", "plan", P.BENEFIT_WRITE, service.plan_measurement, forms.PlanMeasurement, True),
    Command("measurement", "report", P.MEASUREMENT_REPORT, service.report, forms.ReportMeasurement),
    Command("measurement", "confirm", P.MEASUREMENT_CONFIRM, service.confirm, Step),
    Command("measurement", "return", P.MEASUREMENT_CONFIRM, service.return_measurement, Step),
    Command("measurement", "correct", P.MEASUREMENT_REPORT, service.correct, forms.CorrectMeasurement),
    Command("measurement", "write_off", P.MEASUREMENT_CONFIRM, service.write_off, Step),
)
