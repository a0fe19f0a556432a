"""The whole series of values that an indicator is to reach, written at once in the plan being written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.benefits.facts import BENEFIT
from app.benefits.models import Baseline, Benefit, Indicator, Target
from app.benefits.service.plan import indicator_of, open_plan
from app.benefits.service.profile import FARTHEST, held_for_writing
from app.benefits.service.units import refuse_other_unit
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid
from app.identity.actor import Actor
from app.moves import note
from workflows.engine import Reason


async def write_targets(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, indicator_id: UUID,
    rows: Sequence[Any] = (),
) -> Benefit:  # fmt: skip
    """Make the series of an indicator's targets what is written, row by row; the approved versions keep theirs (I5).

    Invalid beside every row that says only a day or only a value, a day twice, a day too far off, or the baseline (W3).
    """
    held = await held_for_writing(uow, actor, benefit_id, version)
    indicator = await indicator_of(uow, held.row, indicator_id)
    baseline = await uow.session.scalar(
        select(Baseline.value)
        .where(Baseline.indicator_id == indicator.id)
        .order_by(Baseline.recorded_at.desc(), Baseline.id.desc())
        .limit(1)
    )
    wanted = _read(indicator, rows, baseline, day_in_oslo(uow.now) + FARTHEST)
    plan = await open_plan(uow, actor, held.case)
    there = {
        row.due_on: row
        for row in await uow.session.scalars(
            select(Target).where(Target.plan_id == plan.id, Target.indicator_id == indicator.id)
        )
    }
    before = {day.isoformat(): row.value for day, row in there.items()}
    for day, row in there.items():
        if day not in wanted:
            await uow.session.delete(row)
    for day, value in wanted.items():
        if day in there:
            there[day].value = value
        else:
            uow.session.add(
                Target(case_id=held.case.id, plan_id=plan.id, indicator_id=indicator.id, due_on=day, value=value)
            )
    after = {day.isoformat(): value for day, value in wanted.items()}
    changes = {"indicator_id": indicator.id, "targets": [before, after], "plan": plan.number}
    return await note(uow, actor, BENEFIT, held, "write_targets", changes=changes)


def _read(indicator: Indicator, rows: Sequence[Any], baseline: Decimal | None, farthest: date) -> dict[date, Decimal]:
    """The values by their days; Invalid with everything that is wrong."""
    wanted: dict[date, Decimal] = {}
    faults: dict[str, Reason] = {}
    for number, each in enumerate(rows):
        at = f"rows-{number}-"
        if each.due_on is None and each.value is None:
            continue
        if each.due_on is None or each.value is None:
            faults[at + ("due_on" if each.due_on is None else "value")] = Reason(code="form.empty")
            continue
        try:
            refuse_other_unit(indicator, **{f"{at}value": each.value})
        except Invalid as error:
            faults |= error.fields
        if each.due_on in wanted:
            faults[f"{at}due_on"] = Reason(code="benefits.target_twice")
        if each.due_on > farthest:
            faults[f"{at}due_on"] = Reason(code="benefits.date_far")
        if baseline is not None and each.value == baseline:
            faults[f"{at}value"] = Reason(code="benefits.target_is_baseline")
        wanted[each.due_on] = each.value
    if faults:
        raise Invalid(faults)
    return wanted
