"""The rules of a call as typed data, with defaults: copied into a call when it is published, pinned from then on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from workflows.assignment_rules import LIMITS, AssignmentRules
from workflows.budget_rules import BUDGET_LIMITS, BudgetRules, against_budget
from workflows.engine import Reason
from workflows.facilitation_rules import FacilitationRules, against_plan
from workflows.funding import FundingRules, against_funding
from workflows.judging import JUDGEMENTS
from workflows.legal_texts import LegalTexts as LegalTexts
from workflows.oversight_rules import OVERSIGHT_LIMITS, OversightRules
from workflows.report_rules import REPORT_LIMITS, ReportRules
from workflows.review_phases import PHASES, ReviewPhase, phase_faults
from workflows.roles import GRANTS, Permission, Role
from workflows.staffing_rules import STAFFING_LIMITS, StaffingRules
from workflows.wording import LANGUAGES as LANGUAGES
from workflows.wording import Wording as Wording

RULES_VERSION = 2
"""Counts up when the shape of the rules changes; a running case keeps the version it was born with.

Version 2 counts the days in which an outcome can be tried again as working days.
"""

WHOLE = 10_000
"""All of a sum, in basis points."""

GOALS = ("more_in_work", "better_meetings", "reliable_administration")
"""The three overall goals (S70)."""

INSIGHT_PARTIES = ("employee", "user", "partner")
"""Those whose insight a problem is explored with (S18)."""

GATES = (
    "start",
    "close_diagnose_opening",
    "close_diamond_1",
    "close_platform_opening",
    "close_diamond_2",
    "close_implement_opening",
    "close_diamond_3",
    "close",
    "end",
)
"""The gates of a project in their order."""


class TeamRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who must be in the office's team (S73)."""

    minimum: int = 3
    roles: tuple[Role, ...] = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM)
    """Each must be held by at least one person."""
    leader_endorses: bool = True
    members_confirm: bool = True
    """Every member says that they take part, in that role and with those hours."""


class ScreeningRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is judged by a person before an application is passed on (G8); what the machine can check needs no rule."""

    judged: tuple[str, ...] = JUDGEMENTS


class ReviewRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How applications are assessed (G9, G10, G12)."""

    needed: int = 2
    lowest: int = 0
    highest: int = 5
    spread_limit: int = 2
    """Scores of one criterion further apart than this are discussed, and the discussion is written down."""
    reason_minimum: int = 20
    """Characters that a reason for a score has at least."""
    cooperation_months: int = 12
    working_days: int = 10
    """Within so many working days of being assigned a review is handed in."""
    phases: tuple[ReviewPhase, ...] = PHASES
    """Who may see and do what, one after the other; read from the call as it stands, since it runs for all alike."""


class ClarificationRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The roles that must have clarified their expectations at a gate (S73, S74)."""

    at_start: tuple[Role, ...] = (
        Role.LEADER,
        Role.COORDINATOR,
        Role.CORE_TEAM,
        Role.FACILITATOR,
        Role.COUNTY_REPRESENTATIVE,
    )
    at_close_diamond_1: tuple[Role, ...] = ()
    at_close_diamond_2: tuple[Role, ...] = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.FACILITATOR)
    at_close_diamond_3: tuple[Role, ...] = ()
    """The roles that renew theirs as a diamond closes, for what comes after it."""
    released: tuple[Role, ...] = (Role.COORDINATOR, Role.CORE_TEAM)
    """The roles whose hours the leader releases, and agrees to have released."""

    def at(self, gate: str) -> tuple[Role, ...]:
        """The roles that clarify at a gate."""
        found: tuple[Role, ...] = getattr(self, f"at_{gate}")
        return found


class GateRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the office has made when it passes a gate of the triple diamond."""

    modules_at_start: tuple[int, ...] = (1,)
    modules_at_close_diamond_2: tuple[int, ...] = (2,)
    insight_parties: tuple[str, ...] = INSIGHT_PARTIES
    success_statements: int = 1
    """Ranked answers to what the office does when it succeeds."""
    findings_minimum: int = 1
    gatherings: tuple[int, ...] = (1, 2)
    ideas_minimum: int = 2
    concepts_minimum: int = 1
    pilots_minimum: int = 1
    learning_points_minimum: int = 1
    shared_experiences_minimum: int = 1


class MilestoneRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One milestone of every project: who approves it, the gate it holds shut, the share paid when it is approved."""

    key: str
    approved_by: Role
    blocks: str = ""
    share_basis_points: int = 0
    needs_evidence: bool = True


MILESTONES = (
    MilestoneRule(key="M0", approved_by=Role.CASE_HANDLER, blocks="start", share_basis_points=4_000),
    MilestoneRule(key="M1", approved_by=Role.METHOD_OWNER, blocks="close_diamond_1"),
    MilestoneRule(key="M2", approved_by=Role.METHOD_OWNER, blocks="close_diamond_2"),
    MilestoneRule(key="M3", approved_by=Role.METHOD_OWNER, blocks="close_implement_opening"),
    MilestoneRule(key="M4", approved_by=Role.DECISION_MAKER, blocks="close_diamond_2", share_basis_points=4_000),
    MilestoneRule(key="M5", approved_by=Role.CASE_HANDLER),
    MilestoneRule(key="M6", approved_by=Role.METHOD_OWNER, blocks="close"),
    MilestoneRule(key="M7", approved_by=Role.DECISION_MAKER, blocks="close", share_basis_points=2_000),
    MilestoneRule(key="M8", approved_by=Role.CASE_HANDLER, blocks="end"),
)
"""From clarified expectations to the last measurement after close; each key has its title in the translations."""


class BenefitRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of benefits, from the application to the last measurement (S64, S70)."""

    minimum: int = 1
    goals: tuple[str, ...] = GOALS
    follow_up_months: tuple[int, ...] = (6, 12, 24)
    realised_basis_points: int = 9_000
    """A benefit that has come this far towards its target is realised."""
    barely_basis_points: int = 1_000
    """One that has not come this far is not realised; between the two it is partly so."""
    tolerance_basis_points: int = 500
    """A measurement further from its forecast than this asks for an explanation."""
    overdue_days: int = 30
    minimum_group: int = 5
    """No figure is shown of fewer people than this (G34)."""


class DeadlineRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days and minutes that the scheme gives."""

    grace_minutes: int = 0
    """Minutes after the deadline in which an application is still in time (G4)."""
    completion_days: int = 14
    acceptance_days: int = 21
    reply_days: int = 14
    """Days that an office has to answer before a payment is reduced or claimed back (G29)."""


class AppealRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether an outcome can be tried again, and for how long (G30)."""

    regime: Literal["none", "reconsideration", "act"] = "reconsideration"
    deadline_working_days: int = 15
    """Within so many working days of getting its letter an office may ask for it."""
    deadline_days: int | None = None
    """Calendar days, as version 1 counted: where a running case has them they stand instead."""
    handling_working_days: int = 20
    """Within so many working days of being asked the scheme answers."""

    @property
    def days(self) -> int:
        """The days that the call's own text names: working days, calendar days in the first version."""
        return self.deadline_working_days if self.deadline_days is None else self.deadline_days


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every number, list and text of a call that the workflows read; their defaults are the scheme's own."""

    version: int = RULES_VERSION
    team: TeamRules = TeamRules()
    budget: BudgetRules = BudgetRules()
    funding: FundingRules = FundingRules()
    screening: ScreeningRules = ScreeningRules()
    reviews: ReviewRules = ReviewRules()
    assignment: AssignmentRules = AssignmentRules()
    clarifications: ClarificationRules = ClarificationRules()
    gates: GateRules = GateRules()
    milestones: tuple[MilestoneRule, ...] = MILESTONES
    benefits: BenefitRules = BenefitRules()
    deadlines: DeadlineRules = DeadlineRules()
    appeal: AppealRules = AppealRules()
    legal: LegalTexts = LegalTexts()
    facilitation: FacilitationRules = FacilitationRules()
    staffing: StaffingRules = StaffingRules()
    oversight: OversightRules = OversightRules()
    reports: ReportRules = ReportRules()
    change_threshold_basis_points: int = 1_000
    """A shift between budget lines up to this share is only reported; a larger one is decided on (G28)."""

    def milestone(self, key: str) -> MilestoneRule:
        """The rule of a milestone; LookupError for an unknown key."""
        for rule in self.milestones:
            if rule.key == key:
                return rule
        raise LookupError(f"the rules have no milestone {key!r}")

    @property
    def payments(self) -> tuple[tuple[str, int], ...]:
        """The payment plan: milestone keys with their share of the award, in basis points."""
        return tuple((rule.key, rule.share_basis_points) for rule in self.milestones if rule.share_basis_points)

    @property
    def appeal_text(self) -> Wording:
        """What a letter says about trying the outcome again."""
        texts = {
            "none": self.legal.appeal_none,
            "reconsideration": self.legal.appeal_reconsideration,
            "act": self.legal.appeal_act,
        }
        return texts[self.appeal.regime]


DEFAULT_RULES = Rules()

WORKING_DAYS_OF_FIRST_VERSION = {
    "{days} dager": "{days} arbeidsdager",
    "{days} dagar": "{days} arbeidsdagar",
    "{days} days": "{days} working days",
}


def renewed(rules: Rules) -> Rules:
    """The same rules in the newest version: what a call that is still written, or copied, goes on with.

    Calendar days for trying an outcome again become the working days of as many weeks, and their texts say so.
    """
    appeal, legal = rules.appeal, rules.legal
    if appeal.deadline_days is not None:
        days = max(1, round(appeal.deadline_days * 5 / 7))
        appeal = msgspec.structs.replace(appeal, deadline_days=None, deadline_working_days=days)
        legal = msgspec.structs.replace(
            legal, **{name: _in_working_days(getattr(legal, name)) for name in ("appeal_reconsideration", "appeal_act")}
        )
    return msgspec.structs.replace(rules, version=RULES_VERSION, appeal=appeal, legal=legal)


def _in_working_days(text: Wording) -> Wording:
    words = {language: text.of(language) for language in LANGUAGES}
    for before, after in WORKING_DAYS_OF_FIRST_VERSION.items():
        words = {language: each.replace(before, after) for language, each in words.items()}
    return Wording(**words)


_PLACE = "call.rules"
_WHO = (Role.CASE_HANDLER,)


def _fault(code: str, field: str, **parameters: str | int) -> Reason:
    """A fault with the path of the rule that it is mended in."""
    return Reason(code=code, parameters={"field": field, **parameters}, place=_PLACE, who=_WHO)


LEAST: dict[str, int] = {
    "team.minimum": 1,
    "reviews.needed": 1,
    "reviews.lowest": 0,
    "reviews.spread_limit": 0,
    "reviews.reason_minimum": 1,
    "reviews.cooperation_months": 0,
    "reviews.working_days": 1,
    "gates.success_statements": 0,
    "gates.findings_minimum": 0,
    "gates.ideas_minimum": 0,
    "gates.concepts_minimum": 1,
    "gates.pilots_minimum": 0,
    "gates.learning_points_minimum": 0,
    "gates.shared_experiences_minimum": 0,
    "benefits.minimum": 1,
    "benefits.barely_basis_points": 0,
    "benefits.tolerance_basis_points": 0,
    "benefits.overdue_days": 1,
    "benefits.minimum_group": 1,
    "deadlines.grace_minutes": 0,
    "deadlines.completion_days": 1,
    "deadlines.acceptance_days": 1,
    "deadlines.reply_days": 1,
    "appeal.deadline_working_days": 1,
    "appeal.handling_working_days": 1,
    "facilitation.people": 1,
    "facilitation.weeks_to_start": 0,
    "change_threshold_basis_points": 0,
    **{f"budget.{name}": least for name, (least, _) in BUDGET_LIMITS.items()},
    **{f"assignment.{name}": least for name, (least, _) in LIMITS.items()},
    **{f"reports.{name}": least for name, (least, _) in REPORT_LIMITS.items()},
    **{f"staffing.{name}": least for name, (least, _) in STAFFING_LIMITS.items()},
    **{f"oversight.{name}": least for name, (least, _) in OVERSIGHT_LIMITS.items()},
}
"""The least that each number may be."""

MOST: dict[str, int] = {
    "team.minimum": 50,
    "reviews.needed": 10,
    "reviews.highest": 10,
    "reviews.reason_minimum": 500,
    "reviews.cooperation_months": 120,
    "reviews.working_days": 120,
    "benefits.minimum": 20,
    "benefits.realised_basis_points": WHOLE,
    "benefits.tolerance_basis_points": WHOLE,
    "deadlines.grace_minutes": 24 * 60,
    "deadlines.completion_days": 365,
    "deadlines.acceptance_days": 365,
    "deadlines.reply_days": 365,
    "appeal.deadline_working_days": 120,
    "appeal.handling_working_days": 120,
    "facilitation.people": 5,
    "facilitation.weeks_to_start": 104,
    "change_threshold_basis_points": WHOLE,
    **{f"budget.{name}": most for name, (_, most) in BUDGET_LIMITS.items()},
    **{f"assignment.{name}": most for name, (_, most) in LIMITS.items()},
    **{f"reports.{name}": most for name, (_, most) in REPORT_LIMITS.items()},
    **{f"staffing.{name}": most for name, (_, most) in STAFFING_LIMITS.items()},
    **{f"oversight.{name}": most for name, (_, most) in OVERSIGHT_LIMITS.items()},
}
"""The most that each number may be."""


def _number(rules: Rules, path: str) -> int:
    found: object = rules
    for part in path.split("."):
        found = getattr(found, part)
    if not isinstance(found, int):
        raise TypeError(f"{path} is not a number")
    return found


def _number_faults(rules: Rules) -> Iterator[Reason]:
    for path, least in LEAST.items():
        if _number(rules, path) < least:
            yield _fault("rules.number_too_small", path, field_key=f"rules.field.{path}", least=least)
    for path, most in MOST.items():
        if _number(rules, path) > most:
            code, unit = ("sum_too_large", "most_ore") if path.endswith("_ore") else ("number_too_large", "most")
            yield _fault(f"rules.{code}", path, field_key=f"rules.field.{path}", **{unit: most})
    if rules.reviews.highest <= rules.reviews.lowest:
        yield _fault("rules.scale_empty", "reviews.highest", lowest=rules.reviews.lowest, highest=rules.reviews.highest)
    if rules.benefits.barely_basis_points >= rules.benefits.realised_basis_points:
        yield _fault("rules.thresholds_crossed", "benefits.barely_basis_points")


def _milestone_faults(rules: Rules) -> Iterator[Reason]:
    keys = [rule.key for rule in rules.milestones]
    known = {rule.key for rule in MILESTONES}
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield _fault("rules.milestone_twice", f"milestones.{key}", milestone=key)
    for rule in rules.milestones:
        if rule.key not in known:
            yield _fault("rules.milestone_unknown", f"milestones.{rule.key}", milestone=rule.key)
        if rule.blocks and rule.blocks not in GATES:
            yield _fault("rules.gate_unknown", f"milestones.{rule.key}.blocks", milestone=rule.key, gate=rule.blocks)
        if rule.approved_by not in GRANTS[Permission.MILESTONE_APPROVE]:
            field, role_key = f"milestones.{rule.key}.approved_by", f"role.{rule.approved_by}"
            yield _fault("rules.nobody_approves", field, milestone=rule.key, role_key=role_key)
        if rule.share_basis_points < 0:
            yield _fault("rules.share_negative", f"milestones.{rule.key}.share_basis_points", milestone=rule.key)
    total = sum(rule.share_basis_points for rule in rules.milestones)
    if total != WHOLE:
        last = [rule.key for rule in rules.milestones if rule.share_basis_points][-1:] or [MILESTONES[0].key]
        yield _fault("rules.shares_not_whole", f"milestones.{last[0]}.share_basis_points", percent=f"{total / 100:g}")


def _budget_faults(rules: Rules) -> Iterator[Reason]:
    for code, name in against_budget(rules.budget):
        yield _fault(code, f"budget.{name}", field_key=f"rules.field.budget.{name}")
    for code, name in against_funding(rules.funding):
        yield _fault(code, f"funding.{name}", instrument_key=f"decisions.instrument.{rules.funding.office}")


def _plan_faults(rules: Rules) -> Iterator[Reason]:
    for code, parameters in against_plan(rules.facilitation):
        yield _fault(code, "facilitation.steps", **parameters)


def _list_faults(rules: Rules) -> Iterator[Reason]:
    for role in (Role.LEADER, Role.COORDINATOR):
        if role not in rules.team.roles:
            yield _fault("rules.team_role_missing", "team.roles", role_key=f"role.{role}")
        if role not in rules.clarifications.at_start:
            yield _fault("rules.clarification_role_missing", "clarifications.at_start", role_key=f"role.{role}")
    for goal in rules.benefits.goals:
        if goal not in GOALS:
            yield _fault("rules.goal_unknown", "benefits.goals", goal=goal)
    for key in rules.screening.judged:
        if key not in JUDGEMENTS:
            yield _fault("rules.judgement_unknown", "screening.judged", judgement=key)
    if not rules.benefits.goals:
        yield _fault("rules.goals_missing", "benefits.goals")
    for party in rules.gates.insight_parties:
        if party not in INSIGHT_PARTIES:
            yield _fault("rules.party_unknown", "gates.insight_parties", party=party)
    months = rules.benefits.follow_up_months
    if not months or any(month < 1 for month in months) or list(months) != sorted(set(months)):
        yield _fault("rules.follow_up_months_wrong", "benefits.follow_up_months")
    for name in msgspec.structs.asdict(rules.legal):
        for language in getattr(rules.legal, name).lacks():
            text_key, language_key = f"rules.text.{name}", f"language.{language}"
            field = f"legal.{name}.{language}"
            yield _fault("rules.legal_text_missing", field, text_key=text_key, language_key=language_key)


def check(rules: Rules) -> tuple[Reason, ...]:
    """Every fault that keeps these rules from being published; empty for sound ones."""
    faults = (
        *_number_faults(rules),
        *_milestone_faults(rules),
        *_plan_faults(rules),
        *_budget_faults(rules),
        *_list_faults(rules),
        *phase_faults(rules.reviews.phases),
    )
    if rules.version != RULES_VERSION:
        faults = (*faults, _fault("rules.version_unknown", "version", version=rules.version))
    return faults
