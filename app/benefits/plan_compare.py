"""Two versions of a benefit plan side by side, in words and figures: what approving would change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from sqlalchemy import select

from app.activities.models import Change
from app.benefits import queries
from app.benefits.models import BenefitPlan
from app.benefits.service.plan import snapshot
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.identity.models import Person
from app.projects.queries import project_head
from app.texts.filters import money, number, short_day
from app.web.visit import Visit
from workflows.benefit import PlanState
from workflows.plan_difference import BenefitDifference, Difference, plan_difference
from workflows.roles import Permission

WORDS_OF = {
    "category": "benefits.category", "ks_type": "benefits.ks_type", "release_mode": "benefits.release_mode",
    "profile": "benefits.profile", "direction": "benefits.direction", "standing": "benefits.standing",
    "likelihood": "benefits.degree", "impact": "benefits.degree", "effect": "benefits.stakeholder_effect",
    "confidence": "benefits.grade", "interval_months": "benefits.interval",
}  # fmt: skip
"""Fields that hold one of a few, with what those are called."""
FIELD = {"change_id": "benefits.caused_by", "owner_id": "benefits.owner", "measurer_id": "benefits.measurer",
         "unit_value_ore": "benefits.unit_value", "periods_per_year": "benefits.periods", "title": "benefits.title_field",
         "interval_months": "benefits.interval", "measuring_cost_ore": "benefits.measuring_cost",
         "tolerance_percent": "benefits.tolerance", "name": "benefits.indicator_name"}  # fmt: skip
FIELD_IN = {("precondition", "text"): "benefits.precondition", ("precondition", "owner_id"): "benefits.seen_to_by",
            ("precondition", "due_on"): "benefits.met_by", ("risk", "text"): "benefits.risk",
            ("risk", "action"): "benefits.risk_action", ("stakeholder", "text"): "benefits.stakeholder",
            ("stakeholder", "effect"): "benefits.stakeholder_effect",
            ("stakeholder", "how"): "benefits.stakeholder_how"}  # fmt: skip


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One difference as it is shown."""

    field: str
    about: str
    before: str
    after: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a benefit, as it is shown."""

    benefit_id: str
    title: str
    became: str
    lines: list[Line]


async def said_in(uow: UnitOfWork, plan: BenefitPlan) -> dict[str, Any]:
    """What a version says: as it was approved, else as it stands now."""
    return plan.snapshot if plan.snapshot is not None else await snapshot(uow, plan)


def in_force_before(plans: Sequence[BenefitPlan], plan: BenefitPlan) -> BenefitPlan | None:
    """The newest approved version before a version; the versions come with the newest first."""
    return next((each for each in plans if each.number < plan.number and each.snapshot is not None), None)


async def compared(visit: Visit, before: BenefitPlan, after: BenefitPlan) -> list[Shown]:
    """What the later version says differently, in the reader's language."""
    found = plan_difference(await said_in(visit.uow, before), await said_in(visit.uow, after))
    names = await _names(visit.uow, found)
    return [
        Shown(
            benefit_id=each.benefit_id, title=each.title, became=each.became,
            lines=[_line(visit, line, names) for line in each.differences],
        )
        for each in found
    ]  # fmt: skip


async def _names(uow: UnitOfWork, found: Iterable[BenefitDifference]) -> dict[str, str]:
    ids = {
        UUID(value) for each in found for line in each.differences if line.name.endswith("_id")
        for value in (line.before, line.after) if value is not None
    }  # fmt: skip
    if not ids:
        return {}
    people = await uow.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    changes = await uow.session.execute(select(Change.id, Change.title).where(Change.id.in_(ids)))
    return {str(key): name for key, name in (*people, *changes)}


def _line(visit: Visit, line: Difference, names: dict[str, str]) -> Line:
    if line.of == "target":
        field = visit.t("benefits.target_by", due_on=date.fromisoformat(line.on or ""))
    elif line.of == "baseline" and line.name == "value":
        field = visit.t("benefits.series.baseline")
    else:
        field = visit.t(FIELD_IN.get((line.of, line.name)) or FIELD.get(line.name) or f"benefits.{line.name}")
    return Line(
        field=field, about=line.about, before=_words(visit, line, line.before, names),
        after=_words(visit, line, line.after, names),
    )  # fmt: skip


def _words(visit: Visit, line: Difference, value: Any, names: dict[str, str]) -> str:
    """One side of a difference in words."""
    language, name = visit.texts.language, line.name
    if value in (None, "", []):
        return "–"
    if name.endswith("_id"):
        return names.get(value, "–")
    if name.endswith("_ore"):
        return str(money(value, language))
    if name.endswith("_on"):
        return str(short_day(date.fromisoformat(value), language))
    if name == "value":
        return str(number(Decimal(value), language))
    if name == "sign":
        return visit.t("benefits.sign_benefit" if value > 0 else "benefits.sign_disbenefit")
    if name == "is_end_benefit":
        return visit.t("benefits.is_summed" if value else "benefits.not_summed")
    if name == "beneficiaries":
        return ", ".join(visit.t(f"benefits.beneficiary.{each}") for each in value)
    if name in WORDS_OF:
        return visit.t(f"{WORDS_OF[name]}.{value}")
    return str(value)


@get("/projects/{case_id:uuid}/benefits/compare", permission=Permission.BENEFIT_SEE, include_in_schema=False)
async def compare_page(
    visit: Visit, case_id: UUID, before: int | None = None, after: int | None = None
) -> Response[Any]:
    """Two versions of a plan side by side; without numbers the newest and the one in force before it."""
    project = await project_head(visit.uow, visit.actor, case_id, Permission.BENEFIT_SEE)
    plans = await queries.plans(visit.uow, case_id)
    later = (
        next((each for each in plans if each.number == after), None) if after is not None else next(iter(plans), None)
    )
    if later is None:
        raise NotFound
    earlier = (
        next((each for each in plans if each.number == before), None)
        if before is not None
        else in_force_before(plans, later)
    )
    if earlier is None or earlier.number >= later.number:
        raise NotFound
    return visit.render(
        "benefits/plan_compare.html", project=project, tab="benefits", plans=plans, before=earlier, after=later,
        found=await compared(visit, earlier, later),
    )  # fmt: skip


OPEN_TO_CHANGE = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.RETURNED)


async def changed_since(visit: Visit, plans: Sequence[BenefitPlan]) -> tuple[BenefitPlan, list[Shown]] | None:
    """What the version being written or judged changes in the one in force; None where there is not both."""
    if not plans or plans[0].state not in OPEN_TO_CHANGE:
        return None
    before = in_force_before(plans, plans[0])
    return None if before is None else (before, await compared(visit, before, plans[0]))
