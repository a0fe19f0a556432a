"""Benefits of a project: owner, indicator, figures, map and plan; every figure is invented and marked so."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from app.activities import service as activities
from app.activities.models import Concept
from app.benefits import service as benefits
from app.benefits.forms import PreconditionRow, StakeholderRow, TargetRow
from app.benefits.models import Benefit, BenefitNode, BenefitPlan, Indicator, Measurement, Precondition, Target
from app.demo.acting import Acting
from app.demo.invented import InventedBenefit, marked, story
from app.demo.report import OFFICES
from app.portfolio.price_index import record_year
from workflows.measurement import promised_by

CONCERNED = {"nb": "De som kommer til kontoret", "nn": "Dei som kjem til kontoret"}
OFF_PLAN = {
    "nb": "Det tok lengre tid enn planlagt før alle arbeidet på den nye måten",
    "nn": "Det tok lengre tid enn planlagt før alle arbeidde på den nye måten",
}
FOLLOW_UPS = (6, 12, 24)
"""Months after the close."""


async def benefits_of(act: Acting, case_id: UUID) -> list[Benefit]:
    """The benefits of a project, the first written first."""
    return await act.rows(select(Benefit).where(Benefit.case_id == case_id).order_by(Benefit.id))


async def told_of(act: Acting, case_id: UUID, office: str) -> list[tuple[Benefit, InventedBenefit]]:
    """The benefits of a project with what has been invented of each."""
    invented = story(office)
    told = {each.title: each for each in (*invented.benefits, *invented.beside)}
    return [(benefit, told[benefit.title]) for benefit in await benefits_of(act, case_id)]


async def mark_as_invented(act: Acting, case_id: UUID, office: str) -> None:
    """The benefits say in a field of their own that their figures are invented."""
    for benefit in await benefits_of(act, case_id):
        await act(f"{office}.coordinator", benefits.describe, benefit.id, is_invented=True)


async def describe(act: Acting, case_id: UUID, office: str, *, baseline_on: date, whole: bool = True) -> None:
    """Give each benefit its profile and its way to a goal; without `whole` owner and baseline are left for later."""
    by = f"{office}.coordinator"
    told = story(office)
    concepts = await act.rows(select(Concept.id).where(Concept.case_id == case_id).order_by(Concept.id).limit(1))
    change = await act(by, activities.add_change, case_id, title=told.change, concept_id=concepts[0] if concepts else None,
                       planned_live_on=baseline_on + timedelta(days=90), live_on=None) if whole else None  # fmt: skip
    if whole:
        await see_beside(act, case_id, office)
    measure = await act(by, benefits.add_node, case_id=case_id, kind="measure", label=told.change)
    practice = await act(by, benefits.add_node, case_id=case_id, kind="changed_practice", label=told.practice)
    await act(by, benefits.connect, from_id=measure.id, to_id=practice.id, assumption=told.conditions)
    nodes = await act.rows(select(BenefitNode).where(BenefitNode.case_id == case_id))
    for benefit, figures in await told_of(act, case_id, office):
        valued = {"unit_value_ore": figures.unit_value_ore, "price_year": figures.price_year,
                  "periods_per_year": figures.periods_per_year} if figures.unit_value_ore else {}  # fmt: skip
        await act(by, benefits.describe, benefit.id, title=benefit.title, description=told.concept_text,
                  category="quality" if figures.beneficiary == "citizen" else "efficiency",
                  release_mode="quality" if figures.beneficiary == "citizen" else "redeployed_time",
                  beneficiaries=(figures.beneficiary,), is_end_benefit=True, sign=figures.sign,
                  mitigation=figures.mitigation, change_id=change.id if change else None, is_invented=True,
                  **valued)  # fmt: skip
        indicator = await act(by, benefits.add_indicator, benefit.id, name=figures.indicator, unit=figures.unit,
                              direction=figures.direction, method=figures.method, source="Egne tall",
                              interval_months=6)  # fmt: skip
        local = next(node for node in nodes if node.benefit_id == benefit.id)
        await act(by, benefits.connect, from_id=practice.id, to_id=local.id, assumption=told.works_because)
        if not whole:
            continue
        needed = PreconditionRow(text=told.conditions, standing="at_risk", due_on=baseline_on + timedelta(days=60))
        await act(by, benefits.write_preconditions, benefit.id, rows=(needed,))
        concerned = StakeholderRow(text=marked(office, CONCERNED[OFFICES[office].language]), how=told.from_users)
        await act(by, benefits.write_stakeholders, benefit.id, rows=(concerned,))
        await act(by, benefits.propose_owner, benefit.id, person_id=act.person(f"{office}.line_leader"))
        await act(f"{office}.line_leader", benefits.accept_ownership, benefit.id)
        await act(by, benefits.set_baseline, benefit.id, indicator_id=indicator.id, value=Decimal(figures.baseline),
                  measured_on=baseline_on, observations=figures.observations, source="Egne tall",
                  confidence=figures.confidence)  # fmt: skip


async def meet_preconditions(act: Acting, case_id: UUID, office: str) -> None:
    """What the benefits of a project needed is in place."""
    standing = await act.rows(
        select(Precondition).where(Precondition.case_id == case_id, Precondition.removed_at.is_(None))
    )
    for row in standing:
        met = PreconditionRow(id=row.id, text=row.text, standing="met", owner_id=row.owner_id, due_on=row.due_on)
        await act(f"{office}.coordinator", benefits.write_preconditions, row.benefit_id, rows=(met,))


async def see_beside(act: Acting, case_id: UUID, office: str) -> None:
    """Benefits and harms that were seen on the way, with their places in the map on the way to a goal."""
    by = f"{office}.coordinator"
    for each in story(office).beside:
        row = await act(by, benefits.add, case_id=case_id, title=each.title, sign=each.sign,
                        beneficiaries=(each.beneficiary,))  # fmt: skip
        nodes = await act.rows(select(BenefitNode).where(BenefitNode.case_id == case_id, BenefitNode.goal == each.goal))
        goal = nodes[0] if nodes else await act(by, benefits.add_node, case_id=case_id, kind="overall_goal",
                                                goal=each.goal)  # fmt: skip
        local = await act(by, benefits.add_node, case_id=case_id, kind="local_benefit", benefit_id=row.id)
        await act(by, benefits.connect, from_id=local.id, to_id=goal.id)


async def give_up(act: Acting, case_id: UUID, office: str) -> None:
    """What was not to come about is given up, with the reason."""
    for benefit, told in await told_of(act, case_id, office):
        if told.given_up:
            await act("decision_maker", benefits.drop, benefit.id, why=marked(office, told.given_up))


async def target(act: Acting, case_id: UUID, office: str, due_on: date) -> None:
    """A target for each indicator."""
    figures = {benefit.id: told for benefit, told in await told_of(act, case_id, office)}
    for indicator in await act.rows(select(Indicator).where(Indicator.case_id == case_id)):
        promised = TargetRow(due_on=due_on, value=Decimal(figures[indicator.benefit_id].target))
        await act(f"{office}.coordinator", benefits.write_targets, indicator.benefit_id, indicator_id=indicator.id,
                  rows=(promised,))  # fmt: skip


async def forecast(act: Acting, case_id: UUID, office: str, due_on: date) -> None:
    """What the office thinks that each indicator will come to."""
    figures = {benefit.id: told for benefit, told in await told_of(act, case_id, office)}
    for indicator in await act.rows(select(Indicator).where(Indicator.case_id == case_id)):
        told = figures[indicator.benefit_id]
        low, high = sorted((Decimal(told.measured[1]), Decimal(told.target)))
        await act(f"{office}.coordinator", benefits.forecast, indicator.benefit_id, indicator_id=indicator.id,
                  due_on=due_on, low=low, likely=Decimal(told.measured[2]), high=high,
                  why=marked(office, told.method))  # fmt: skip


async def approve_plan(act: Acting, case_id: UUID, office: str) -> None:
    """The leader sends the benefit plan, the decision maker approves it."""
    (plan,) = await act.rows(select(BenefitPlan).where(BenefitPlan.case_id == case_id))
    await act(f"{office}.leader", benefits.submit_plan, plan.id)
    await act("decision_maker", benefits.approve_plan, plan.id)


async def off_plan(act: Acting, measurement: Measurement, office: str, value: Decimal, on: date) -> str:
    """What is said of a value that is another than the plan promised by its day; nothing of one that is as promised."""
    targets = await act.rows(select(Target).where(Target.indicator_id == measurement.indicator_id))
    promised = promised_by(on, [(each.due_on, each.value) for each in targets])
    off = promised is not None and promised[1] != value
    return marked(office, OFF_PLAN[OFFICES[office].language]) if off else ""


async def measure(act: Acting, measurement: Measurement, office: str, place: int, on: date) -> None:
    """One measurement, reported by the owner and confirmed by somebody else."""
    figures = {benefit.id: told for benefit, told in await told_of(act, measurement.case_id, office)}
    told = figures[measurement.benefit_id]
    value = Decimal(told.measured[place])
    grade = told.grades[place] if told.grades else told.confidence
    compared = {"counterfactual": Decimal(told.without),
                "counterfactual_basis": marked(office, "Nabokontoret, som gikk fram som før")} \
        if grade == "A" and told.without else {}  # fmt: skip
    await act(f"{office}.line_leader", benefits.report, measurement.id, value=value, measured_on=on,
              observations=told.observations, confidence=grade, evidence=marked(office, told.method),
              deviation=await off_plan(act, measurement, office, value, on), **compared)  # fmt: skip
    await act("method_owner", benefits.confirm, measurement.id)


async def first_measurements(act: Acting, case_id: UUID, office: str, on: date) -> None:
    """A first measurement of every indicator."""
    for indicator in await act.rows(select(Indicator).where(Indicator.case_id == case_id)):
        row = await act(f"{office}.coordinator", benefits.plan_measurement, indicator_id=indicator.id, due_on=on)
        await measure(act, row, office, 0, on)


async def hand_over(act: Acting, case_id: UUID, office: str) -> None:
    """Each benefit to its owner in the line."""
    unit_id = act.world.units[office].id
    for benefit in await benefits_of(act, case_id):
        if benefit.dropped_at is not None:
            continue
        await act(f"{office}.coordinator", benefits.hand_over, benefit.id, person_id=act.person(f"{office}.line_leader"),
                  unit_id=unit_id)  # fmt: skip
        await act(f"{office}.line_leader", benefits.accept_hand_over, benefit.id)


async def follow_up(act: Acting, case_id: UUID, office: str, months: tuple[int, ...]) -> None:
    """The follow-up measurements of those months, each on its day."""
    rows = await act.rows(
        select(Measurement)
        .where(Measurement.case_id == case_id, Measurement.kind == "follow_up", Measurement.months.in_(months))
        .order_by(Measurement.due_on)
    )
    for row in rows:
        act.on(row.due_on, 12)
        await measure(act, row, office, 1 + FOLLOW_UPS.index(row.months), row.due_on)


async def record_price_index(act: Acting) -> None:
    """What turns kroner of the pilot's benefits into those of later ones."""
    for year, factor in ((2020, "100"), (2026, "127.5")):
        await act("management", record_year, year=year, factor=Decimal(factor), source="Oppdiktet indeks for demoen")
