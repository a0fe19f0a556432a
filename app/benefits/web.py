"""The pages of benefits: the plan, the map, one benefit, one measurement."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import Response, get

from app.benefits import choices as choices_of
from app.benefits import import_web, map_export, map_web, queries
from app.benefits.card import DatedFigure, IndicatorRow
from app.benefits.card import card as card_asked
from app.benefits.curve import Curve, Figure, draw_curve
from app.benefits.facts import BENEFIT, PLAN
from app.benefits.ground import MEASUREMENT
from app.benefits.models import Benefit
from app.benefits.plan_compare import changed_since, compare_page
from app.benefits.shown import holds, words
from app.benefits.trace_web import trace_page
from app.cases.queries import holders_of
from app.core.clock import day_in_oslo
from app.files.content import ACCEPT, KINDS
from app.files.uploading import limits_of
from app.moves import see
from app.projects.queries import frame_of, framed, project_head_beside
from app.web.places import place
from app.web.visit import StepView, Visit
from workflows.benefit import BENEFIT_FINAL, BenefitState, PlanState
from workflows.benefit_title import names_a_product
from workflows.leaf import INTERVALS
from workflows.measurement import EVIDENCE_IN, MeasurementState, correctable, percent_of
from workflows.measuring_cost import cost_per_year, is_dear, value_per_year
from workflows.roles import Permission, Role

place("benefit.stakeholders", "/benefits/{id}#stakeholders")
place("benefit.plan", "/projects/{case}/benefits")
place("benefit.map", "/projects/{case}/benefit-map")
place("benefit", "/benefits/{id}")
place("benefit.measurement", "/measurements/{id}")
place("project.benefits", "/projects/{case}/benefits")
place("project.benefit_plan", "/projects/{case}/benefits")
place("project.benefit_map", "/projects/{case}/benefit-map")

PLAN_SOURCES = frozenset(state for move in PLAN.lifecycle.moves for state in move.sources)
"""States of a plan that a step leaves."""
CATEGORIES = ("efficiency", "quality", "other_actors")
BENEFICIARIES = ("citizen", "organisation", "society")
RELEASE_MODES = ("kroner", "redeployed_time", "quality")
PROFILES = ("one_off", "yearly", "ramp")
KS_TYPES = ("avoided_cost", "saved_time", "raised_quality")
STANDINGS = ("not_met", "at_risk", "met", "not_assessed")
DEGREES = ("low", "medium", "high")
STAKEHOLDER_EFFECTS = ("gains", "loses", "both")
GRADES = ("A", "B", "C", "D")
MARKS = {"baseline": "○", "target": "◇", "forecast": "△", "measured": "●"}
TONES = {
    "draft": "neutral", "submitted": "waiting", "approved": "success", "returned": "warning", "planned": "info",
    "due": "warning", "reported": "waiting", "confirmed": "success", "written_off": "stopped", "dropped": "stopped",
    "realised": "success", "sustained": "success", "not_realised": "danger", "partly_realised": "warning",
}  # fmt: skip


@get("/projects/{case_id:uuid}/benefits", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def plan_page(visit: Visit, case_id: UUID) -> Response[Any]:
    """The benefit plan of a project."""
    asked = (queries.lines_question(), queries.versions_question())
    project, (lines, plans) = await project_head_beside(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE, *asked)
    plan = plans[0] if plans else None
    # what a version says is read only of one that a step can leave
    stored = await queries.plans(visit.uow, case_id) if plan is not None and plan.state in PLAN_SOURCES else []
    return visit.render(
        "benefits/plan.html",
        project=project,
        tab="benefits",
        plan=plan,
        plans=plans,
        plan_steps=await visit.steps(PLAN, stored[0], project.case, project.roles) if stored else [],
        may_revise=plan is not None
        and plan.state == PlanState.APPROVED
        and holds(project.roles, Permission.BENEFIT_PLAN_SUBMIT),
        lines=lines,
        changed=await changed_since(visit, stored),
        today=day_in_oslo(visit.uow.now),
        may_write=holds(project.roles, Permission.BENEFIT_WRITE),
        categories=words(visit, "category", CATEGORIES),
        beneficiaries=words(visit, "beneficiary", BENEFICIARIES),
        tones=TONES,
    )


class IndicatorView:
    """An indicator with its figures and its curve."""

    def __init__(self, row: IndicatorRow, figures: Sequence[DatedFigure], measured: Sequence[queries.MeasurementRow]):
        self.row = row
        self.figures = [figure for figure in figures if figure.indicator_id == row.id]
        self.curve = self._curve(measured)

    def newest(self, series: str) -> DatedFigure | None:
        """The figure of the series that counts: the baseline recorded last, the last target of the newest plan."""
        found = [figure for figure in self.figures if figure.series == series]
        key = (lambda each: (each.plan or 0, each.on)) if series == "target" else (lambda each: each.recorded_at)
        return max(found, key=key, default=None)

    def targets(self) -> list[DatedFigure]:
        """The series of the newest plan, by their days."""
        own = [figure for figure in self.figures if figure.series == "target"]
        newest = max((figure.plan or 0 for figure in own), default=0)
        return sorted((figure for figure in own if figure.plan == newest), key=lambda each: each.on)

    def yearly_cost(self) -> Decimal | None:
        """What measuring it costs in a year, in øre."""
        cost = self.row.measuring_cost_ore
        return None if cost is None else cost_per_year(cost, self.row.interval_months)

    def yearly_value(self, benefit: Benefit) -> Decimal | None:
        """What the benefit is planned to give in a year by this indicator, in øre; None where it is not valued."""
        baseline, target = self.newest("baseline"), self.newest("target")
        if baseline is None or target is None or benefit.unit_value_ore is None:
            return None
        return value_per_year(baseline.value, target.value, benefit.periods_per_year, benefit.unit_value_ore)

    def is_dear(self, benefit: Benefit) -> bool:
        """Whether measuring takes so much of what is measured that the page asks why it is worth it."""
        cost, value = self.yearly_cost(), self.yearly_value(benefit)
        return cost is not None and value is not None and not self.row.measuring_worth and is_dear(cost, value)

    def _curve(self, measured: Sequence[queries.MeasurementRow]) -> Curve | None:
        newest = max((figure.plan or 0 for figure in self.figures), default=0)
        drawn = [
            Figure(series=figure.series, on=figure.on, value=figure.value)
            for figure in self.figures
            if figure.series != "target" or figure.plan == newest
        ]
        drawn += [
            Figure(series="measured", on=row.measured_on, value=row.value)
            for row in measured
            if row.indicator_id == self.row.id and row.state == MeasurementState.CONFIRMED and row.corrected_by is None
            and row.measured_on is not None and row.value is not None
        ]  # fmt: skip
        return draw_curve(drawn)


@get("/benefits/{benefit_id:uuid}", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def benefit_page(visit: Visit, benefit_id: UUID) -> Response[Any]:
    """One benefit, down to its measurements and what shows them."""
    uow = visit.uow
    seen = await see(uow, visit.actor, BENEFIT, benefit_id, Permission.BENEFIT_SEE, framed(), card_asked())
    framing, card = seen.beside
    benefit, project = seen.row, frame_of(seen.case, seen.roles, framing)
    own = [IndicatorView(row, card.figures, card.measurements) for row in card.indicators]
    may_write = holds(project.roles, Permission.BENEFIT_WRITE) and benefit.state not in BENEFIT_FINAL
    context: dict[str, Any] = await choices(visit, benefit, own) if may_write else {}
    holders = await holders_of(uow, benefit.case_id) if card.names.owner_left else {}
    usual = seen.gathered.rules.benefits.tolerance_basis_points
    return visit.render(
        "benefits/benefit.html",
        project=project,
        tab="benefits",
        benefit=benefit,
        names=card.names,
        names_product=may_write and names_a_product(benefit.title),
        leaders=visit.who((Role.LEADER,), holders),
        steps=shown(await visit.steps(BENEFIT, benefit, project.case, project.roles)),
        may_accept=benefit.owner_id == visit.actor.person_id and benefit.owner_accepted_at is None,
        may_take_over=benefit.handed_over_to == visit.actor.person_id and benefit.handed_over_at is None,
        indicators=own,
        measurements=card.measurements,
        shares=card.shares,
        may_write=may_write,
        may_learn=holds(project.roles, Permission.MEASUREMENT_REPORT) and benefit.state != BenefitState.DRAFT,
        card=card,
        waiting_words=", ".join(visit.t(f"benefits.{name}") for name in card.waiting),
        today=day_in_oslo(uow.now),
        usual_tolerance=percent_of(usual),
        tolerance=percent_of(usual if benefit.tolerance_percent is None else benefit.tolerance_percent * 100),
        marks=MARKS,
        tones=TONES,
        valuation=valuation(visit, benefit, own),
        period=period(visit, benefit),
        beneficiary_words=", ".join(visit.t(f"benefits.beneficiary.{key}") for key in benefit.beneficiaries),
        **context,
    )


def shown(steps: list[StepView]) -> list[StepView]:
    """The steps with a command of their own; the others follow by themselves."""
    from app.benefits.commands import COMMANDS

    verbs = {(command.subject, command.verb) for command in COMMANDS}
    return [step for step in steps if (step.subject, step.verb) in verbs]


async def choices(visit: Visit, benefit: Benefit, own: Sequence[IndicatorView]) -> dict[str, Any]:
    """What the forms of a benefit's page offer."""
    await choices_of.ask_all(visit.uow, benefit.case_id)
    owners = await choices_of.line_owners(visit.uow, benefit.case_id)
    return {
        "indicator_choices": [(each.row.id, each.row.name) for each in own],
        "owners": list(
            {owner.person_id: (owner.person_id, f"{owner.name}, {owner.unit}") for owner in owners}.values()
        ),
        "owner_units": list({owner.unit_id: (owner.unit_id, owner.unit) for owner in owners}.values()),
        "colleagues": await choices_of.colleagues(visit.uow, benefit.case_id),
        "changes": await choices_of.changes_of(visit.uow, benefit.case_id),
        "categories": words(visit, "category", CATEGORIES),
        "beneficiaries": words(visit, "beneficiary", BENEFICIARIES),
        "release_modes": words(visit, "release_mode", RELEASE_MODES),
        "profiles": words(visit, "profile", PROFILES),
        "ks_types": words(visit, "ks_type", KS_TYPES),
        "standings": words(visit, "standing", STANDINGS),
        "degrees": words(visit, "degree", DEGREES),
        "stakeholder_effects": words(visit, "stakeholder_effect", STAKEHOLDER_EFFECTS),
        "around": await choices_of.people_around(visit.uow, benefit.case_id),
        "grades": words(visit, "grade", GRADES),
        "intervals": [(months, visit.t(f"benefits.interval.{months}")) for months in INTERVALS],
    }


def valuation(visit: Visit, benefit: Benefit, own: Sequence[IndicatorView]) -> str:
    """What one unit is worth, in words."""
    if benefit.unit_value_ore is None:
        return visit.t("benefits.not_valued")
    unit = own[0].row.unit if own else visit.t("benefits.one")
    return visit.t(
        "benefits.valued", value_ore=benefit.unit_value_ore, unit=unit, year=benefit.price_year or "",
        periods=benefit.periods_per_year,
    )  # fmt: skip


def period(visit: Visit, benefit: Benefit) -> str:
    """From when to when the benefit comes, in words."""
    if benefit.starts_on and benefit.ends_on:
        return visit.t("benefits.span", starts_on=benefit.starts_on, ends_on=benefit.ends_on)
    if benefit.starts_on:
        return visit.t("benefits.span_from", starts_on=benefit.starts_on)
    return visit.t("benefits.span_to", ends_on=benefit.ends_on) if benefit.ends_on else ""


@get("/measurements/{measurement_id:uuid}", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def measurement_page(visit: Visit, measurement_id: UUID) -> Response[Any]:
    """One measurement, with the form to report or correct it."""
    asked = (framed(), queries.measurement_said())
    seen = await see(visit.uow, visit.actor, MEASUREMENT, measurement_id, Permission.BENEFIT_SEE, *asked)
    framing, said = seen.beside
    stored, ground, project = seen.row, seen.gathered, frame_of(seen.case, seen.roles, framing)
    promised = ground.promised_on(stored.measured_on or day_in_oslo(visit.uow.now))
    steps = await visit.steps(MEASUREMENT, stored, project.case, project.roles)
    may_report = holds(project.roles, Permission.MEASUREMENT_REPORT)
    can = {step.verb for step in steps if step.permitted and step.allowed}
    open_for_report = any(step.verb == "report" for step in steps) and may_report
    corrects = may_report and not any(correctable(stored.state, has_correction=said.correction is not None))
    verb = "report" if open_for_report else "correct" if corrects else ""
    return visit.render(
        "benefits/measurement.html",
        project=project,
        tab="benefits",
        stored=stored,
        row=said.row,
        benefit_id=said.benefit_id,
        benefit_title=said.benefit,
        baseline=ground.baseline,
        promised=promised,
        tolerance=percent_of(ground.tolerance_basis_points),
        steps=[step for step in shown(steps) if not (step.verb == "report" and ("report" in can or open_for_report))],
        verb=verb,
        grades=words(visit, "grade", GRADES),
        grade_words=[(grade, visit.t(f"benefits.grade_means.{grade}")) for grade in GRADES],
        tones=TONES,
        files=said.files,
        writes=may_report and stored.state in EVIDENCE_IN,
        kinds=", ".join(KINDS),
        accept=ACCEPT,
        file_limits=limits_of(visit.request.app.state.settings),
        before=said.before,
        correction=said.correction,
    )


ROUTES = [
    *import_web.ROUTES, plan_page, compare_page, *map_web.ROUTES, *map_export.ROUTES, trace_page, benefit_page,
    measurement_page,
]  # fmt: skip
UPLOADS = [*import_web.UPLOADS]
