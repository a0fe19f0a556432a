"""What can be done in a project's diamonds."""

from __future__ import annotations

from app.activities import forms, review, service
from app.commands import Command
from workflows.roles import Permission

P = "project"
WRITE = Permission.PROJECT_WRITE
ARRANGE = Permission.PROJECT_ARRANGE

COMMANDS = (
    Command(P, "add_insight_activity", WRITE, service.add_insight_activity, forms.AddInsightActivity),
    Command(P, "add_insight", WRITE, service.add_insight, forms.AddInsight),
    Command(P, "add_finding", WRITE, service.add_finding, forms.AddFinding),
    Command(P, "validate_finding", WRITE, service.validate_finding, forms.ValidateFinding),
    Command(P, "tie_finding", WRITE, service.tie_finding, forms.TieFinding),
    Command(P, "tie_concept", WRITE, service.tie_concept, forms.TieConcept),
    Command(P, "tie_change", WRITE, service.tie_change, forms.TieChange),
    Command(P, "add_success_statement", WRITE, service.add_success_statement, forms.AddSuccessStatement),
    Command(P, "rank_success_statement", WRITE, service.rank_success_statement, forms.RankSuccessStatement),
    Command(P, "add_idea", WRITE, service.add_idea, forms.AddIdea),
    Command(P, "add_concept", WRITE, service.add_concept, forms.AddConcept),
    Command(P, "choose_concept", WRITE, service.choose_concept, forms.ChooseConcept),
    Command(P, "check_deviance", WRITE, service.check_deviance, forms.CheckDeviance),
    Command(P, "review_concept", WRITE, review.review_concept, forms.ReviewConcept),
    Command(P, "place_concept", WRITE, service.place_concept, forms.PlaceConcept),
    Command(P, "no_consequence", WRITE, service.no_consequence, forms.NoConsequence),
    Command(P, "add_system_node", ARRANGE, service.add_system_node, forms.AddSystemNode),
    Command(P, "add_pilot", WRITE, service.add_pilot, forms.AddPilot),
    Command(P, "add_change", WRITE, service.add_change, forms.AddChange),
    Command(P, "plan_live", WRITE, service.plan_live, forms.PlanLive),
    Command(P, "go_live", WRITE, service.go_live, forms.GoLive),
)
