"""Benefits of a project: owner, indicator, figures, map and plan; every figure is invented and marked so."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from app.activities import service as activities
from app.benefits import service as benefits
from app.benefits.models import Benefit, BenefitEdge, BenefitNode, BenefitPlan, Indicator, Measurement
from app.demo.acting import Acting
from app.demo.report import INVENTED

UNIT = "poeng på en skala fra 1 til 5"


async def benefits_of(act: Acting, case_id: UUID) -> list[Benefit]:
    """The benefits of a project, the first written first."""
    return await act.rows(select(Benefit).where(Benefit.case_id == case_id).order_by(Benefit.id))


async def describe(act: Acting, case_id: UUID, office: str, *, baseline_on: date, whole: bool = True) -> None:
    """Give each benefit its profile; without `whole` owner, baseline and target are left for later."""
    by = f"{office}.coordinator"
    change = await act(by, activities.add_change, case_id, title=f"Ukentlige møter {INVENTED}", concept_id=None,
                       planned_live_on=baseline_on + timedelta(days=90), live_on=None) if whole else None  # fmt: skip
    for benefit in await benefits_of(act, case_id):
        await act(by, benefits.describe, benefit.id, title=benefit.title, description=INVENTED, category="quality",
                  beneficiaries=("citizen",), is_end_benefit=True, change_id=change.id if change else None,
                  preconditions=INVENTED if whole else "")  # fmt: skip
        indicator = await act(by, benefits.add_indicator, benefit.id, name="Opplevd mestring", unit=UNIT, direction="up",
                              method="Spørreundersøkelse", source="Egen undersøkelse", frequency="Hvert halvår")  # fmt: skip
        nodes = await act.rows(select(BenefitNode).where(BenefitNode.case_id == case_id))
        local = next((node for node in nodes if node.benefit_id == benefit.id), None) or await act(
            by, benefits.add_node, case_id=case_id, kind="local_benefit", benefit_id=benefit.id
        )
        goal = next((node for node in nodes if node.goal == "better_meetings"), None) or await act(
            by, benefits.add_node, case_id=case_id, kind="overall_goal", goal="better_meetings"
        )
        edges = await act.rows(select(BenefitEdge).where(BenefitEdge.case_id == case_id))
        if not any(edge.from_id == local.id and edge.to_id == goal.id for edge in edges):
            await act(by, benefits.connect, from_id=local.id, to_id=goal.id, assumption=INVENTED)
        if not whole:
            continue
        await act(by, benefits.propose_owner, benefit.id, person_id=act.person(f"{office}.line_leader"))
        await act(f"{office}.line_leader", benefits.accept_ownership, benefit.id)
        await act(by, benefits.set_baseline, benefit.id, indicator_id=indicator.id, value=Decimal("3.2"),
                  measured_on=baseline_on, observations=40, source="Egen undersøkelse", confidence="C")  # fmt: skip


async def target(act: Acting, case_id: UUID, office: str, due_on: date) -> None:
    """A target for each indicator."""
    for indicator in await act.rows(select(Indicator).where(Indicator.case_id == case_id)):
        await act(f"{office}.coordinator", benefits.set_target, indicator.benefit_id, indicator_id=indicator.id,
                  value=Decimal("3.8"), due_on=due_on)  # fmt: skip


async def approve_plan(act: Acting, case_id: UUID, office: str) -> None:
    """The leader sends the benefit plan, the decision maker approves it."""
    (plan,) = await act.rows(select(BenefitPlan).where(BenefitPlan.case_id == case_id))
    await act(f"{office}.leader", benefits.submit_plan, plan.id)
    await act("decision_maker", benefits.approve_plan, plan.id)


async def measure(act: Acting, measurement: Measurement, office: str, value: str, on: date) -> None:
    """One measurement, reported by the owner and confirmed by somebody else."""
    await act(f"{office}.line_leader", benefits.report, measurement.id, value=Decimal(value), measured_on=on,
              observations=41, confidence="C", evidence=f"Svar fra 41 brukere. {INVENTED}")  # fmt: skip
    await act("method_owner", benefits.confirm, measurement.id)


async def first_measurements(act: Acting, case_id: UUID, office: str, on: date) -> None:
    """A first measurement of every indicator."""
    for indicator in await act.rows(select(Indicator).where(Indicator.case_id == case_id)):
        row = await act(f"{office}.coordinator", benefits.plan_measurement, indicator_id=indicator.id, due_on=on)
        await measure(act, row, office, "3.5", on)


async def hand_over(act: Acting, case_id: UUID, office: str) -> None:
    """Each benefit to its owner in the line."""
    unit_id = act.world.units[office].id
    for benefit in await benefits_of(act, case_id):
        await act(f"{office}.coordinator", benefits.hand_over, benefit.id, person_id=act.person(f"{office}.line_leader"),
                  unit_id=unit_id)  # fmt: skip


async def follow_up(act: Acting, case_id: UUID, office: str, months: tuple[int, ...]) -> None:
    """The follow-up measurements of those months, each on its day."""
    rows = await act.rows(
        select(Measurement)
        .where(Measurement.case_id == case_id, Measurement.kind == "follow_up", Measurement.months.in_(months))
        .order_by(Measurement.due_on)
    )
    for place, row in enumerate(rows):
        act.on(row.due_on, 12)
        await measure(act, row, office, ("3.6", "3.7", "3.8")[min(place, 2)], row.due_on)
