"""Measurements: planned for a day, reported with evidence, confirmed by another person; corrected, never overwritten."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.activities.models import Change
from app.benefits.ground import MEASUREMENT, files_that_show, ground_of
from app.benefits.models import Benefit, Indicator, Measurement
from app.benefits.queries import correction_of
from app.benefits.service.plan import refuse_practice
from app.benefits.service.progress import advance
from app.benefits.service.units import refuse_other_unit
from app.cases.queries import require, roles_in
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotYet, invalid
from app.identity.actor import Actor
from app.identity.queries import people_with_role
from app.moves import Held, begin, hold, lock_case, make, note
from app.notices.service import tell
from app.projects.models import Project
from workflows.calendar import add_months
from workflows.measurement import OPEN, MeasurementState, correctable, percent_of
from workflows.roles import Permission, Role
from workflows.rules import Rules
from workflows.typed import as_typed

FARTHEST = timedelta(days=3660)


async def plan_measurement(
    uow: UnitOfWork, actor: Actor, *, indicator_id: UUID, due_on: date, kind: str = "first", months: int | None = None
) -> Measurement:
    """Decide that an indicator is to be measured by a day."""
    indicator = await uow.session.get(Indicator, indicator_id)
    if indicator is None or indicator.removed_at is not None:
        raise invalid("indicator_id", "form.unknown")
    case = await lock_case(uow, indicator.case_id)
    require(case, await roles_in(uow, actor, case), Permission.BENEFIT_WRITE)
    refuse_practice(await uow.session.get_one(Benefit, indicator.benefit_id), "plan_measurement")
    if due_on > day_in_oslo(uow.now) + FARTHEST:
        raise invalid("due_on", "benefits.date_far")
    row = Measurement(
        case_id=case.id, benefit_id=indicator.benefit_id, indicator_id=indicator_id, due_on=due_on, kind=kind,
        months=months if kind == "follow_up" else None, planned_at=uow.now,
    )  # fmt: skip
    changes = {"indicator_id": indicator_id, "due_on": due_on, "kind": kind}
    return await begin(uow, actor, MEASUREMENT, case, row, verb="plan", changes=changes)


async def plan_follow_up(uow: UnitOfWork, actor: Actor, held: Held[Benefit]) -> list[Measurement]:
    """Date the measurements after close of every indicator of a benefit; those that are dated are moved, not doubled."""
    project = await uow.session.get_one(Project, held.case.id)
    rules = msgspec.convert(project.rules, Rules)
    from_day = day_in_oslo(project.closed_at or uow.now)
    indicators = await uow.session.scalars(
        select(Indicator)
        .where(Indicator.benefit_id == held.row.id, Indicator.removed_at.is_(None))
        .order_by(Indicator.id)
    )
    made = []
    for indicator in indicators:
        for months in rules.benefits.follow_up_months:
            made.append(await _follow_up(uow, actor, held, indicator, months, add_months(from_day, months)))
    return made


async def _follow_up(
    uow: UnitOfWork, actor: Actor, held: Held[Benefit], indicator: Indicator, months: int, due_on: date
) -> Measurement:
    row = await uow.session.scalar(
        select(Measurement).where(
            Measurement.indicator_id == indicator.id, Measurement.kind == "follow_up", Measurement.months == months,
            Measurement.corrects_id.is_(None),
        )
    )  # fmt: skip
    if row is None:
        row = Measurement(
            case_id=held.case.id, benefit_id=held.row.id, indicator_id=indicator.id, kind="follow_up", months=months,
            due_on=due_on, planned_at=uow.now,
        )  # fmt: skip
        changes: dict[str, Any] = {"indicator_id": indicator.id, "due_on": due_on, "months": months}
        return await begin(uow, actor, MEASUREMENT, held.case, row, verb="plan", changes=changes)
    if row.state == MeasurementState.PLANNED and row.due_on != due_on:
        before, row.due_on = row.due_on, due_on
        held_row = Held(row, held.case, held.roles)
        await note(uow, actor, MEASUREMENT, held_row, "move_due", changes={"due_on": [before, due_on]})
    return row


async def schedule_follow_up(uow: UnitOfWork, actor: Actor, project: Project) -> None:
    """What follows when a project is closed: the measurements of every benefit get their dates from the close."""
    case = await lock_case(uow, project.id)
    roles = await roles_in(uow, actor, case)
    project.closed_at = project.closed_at or uow.now
    benefits = await uow.session.scalars(
        select(Benefit)
        .where(Benefit.case_id == project.id, Benefit.dropped_at.is_(None), Benefit.is_practice.is_(False))
        .order_by(Benefit.id)
    )
    for benefit in list(benefits):
        await plan_follow_up(uow, actor, Held(benefit, case, roles))


async def _check_report(uow: UnitOfWork, row: Measurement, said: dict[str, Any]) -> None:
    """Raise Invalid beside the fields of a report from the future or from before the change, in another unit, without
    evidence, with a what-if that stands on nothing, or off the plan without a word why."""
    indicator, live_on, has_file = (
        await uow.session.execute(
            select(Indicator, Change.live_on, files_that_show(str(row.id)))
            .join(Benefit, Benefit.id == Indicator.benefit_id)
            .outerjoin(Change, Change.id == Benefit.change_id)
            .where(Indicator.id == row.indicator_id)
        )
    ).one()
    refuse_other_unit(indicator, value=said["value"], counterfactual=said["counterfactual"])
    if said["measured_on"] > day_in_oslo(uow.now):
        raise invalid("measured_on", "benefits.future_date")
    if live_on is not None and said["measured_on"] < live_on:
        raise invalid("measured_on", "benefits.before_live", live_on=live_on.isoformat())
    if not (said["evidence"].strip() or said["evidence_link"].strip() or has_file):
        raise invalid("evidence", "benefits.evidence_missing")
    if said["counterfactual"] is not None and not said["counterfactual_basis"].strip():
        raise invalid("counterfactual_basis", "benefits.basis_missing")
    promised = (await ground_of(uow, row.indicator_id)).promised_on(said["measured_on"])
    if promised is not None and promised.is_beyond(said["value"]) and not said["deviation"].strip():
        raise invalid(
            "deviation", "benefits.deviation_missing", target=as_typed(promised.value),
            due_on=promised.due_on.isoformat(), percent=percent_of(promised.tolerance_basis_points),
        )  # fmt: skip


async def report(
    uow: UnitOfWork, actor: Actor, measurement_id: UUID, *, version: int | None = None, value: Decimal, measured_on: date,
    observations: int | None = None, confidence: str, evidence: str = "", evidence_link: str = "",
    counterfactual: Decimal | None = None, counterfactual_basis: str = "", deviation: str = "",
) -> Measurement:  # fmt: skip
    """Report what was measured and what shows it; those who confirm are told."""
    held = await hold(uow, actor, MEASUREMENT, measurement_id, Permission.MEASUREMENT_REPORT, version=version)
    said = {
        "value": value, "measured_on": measured_on, "observations": observations, "confidence": confidence,
        "evidence": evidence, "evidence_link": evidence_link, "counterfactual": counterfactual,
        "counterfactual_basis": counterfactual_basis, "deviation": deviation,
    }  # fmt: skip
    await _may_report(uow, actor, held)
    await _check_report(uow, held.row, said)
    return await _report(uow, actor, held, said)


async def _may_report(uow: UnitOfWork, actor: Actor, held: Held[Measurement]) -> None:
    if held.row.state not in MEASUREMENT.lifecycle.move("report").sources:
        await make(uow, actor, MEASUREMENT, held, "report")  # refused, with its reasons, before anything is written


async def _report(uow: UnitOfWork, actor: Actor, held: Held[Measurement], said: dict[str, Any]) -> Measurement:
    row = held.row
    for name, value in said.items():
        setattr(row, name, value)
    row.reported_by, row.reported_at = actor.person_id, uow.now
    row = await make(uow, actor, MEASUREMENT, held, "report", changes=said)
    benefit = await uow.session.get_one(Benefit, row.benefit_id)
    await advance(uow, actor, Held(benefit, held.case, held.roles))
    confirmers = {
        *await people_with_role(uow, Role.CASE_HANDLER), *await people_with_role(uow, Role.METHOD_OWNER),
    } - {actor.person_id}  # fmt: skip
    await _tell(uow, held, sorted(confirmers, key=str), "measurement_reported")
    return row


async def _tell(uow: UnitOfWork, held: Held[Measurement], people: list[UUID], code: str, **more: str) -> None:
    title = await uow.session.scalar(select(Benefit.title).where(Benefit.id == held.row.benefit_id))
    await tell(
        uow, people, code, case_id=held.case.id, parameters={"benefit": title or "", **more},
        link=f"/measurements/{held.row.id}",
    )  # fmt: skip


async def confirm(
    uow: UnitOfWork, actor: Actor, measurement_id: UUID, *, version: int | None = None, why: str = ""
) -> Measurement:
    """Confirm a reported measurement; from now on the database itself refuses to change it."""
    held = await hold(uow, actor, MEASUREMENT, measurement_id, Permission.MEASUREMENT_CONFIRM, version=version)
    row = held.row
    if row.state in MEASUREMENT.lifecycle.move("confirm").sources:  # what is confirmed already refuses every change
        row.confirmed_by, row.confirmed_at = actor.person_id, uow.now
    row = await make(uow, actor, MEASUREMENT, held, "confirm", why=why)
    if row.reported_by:
        await _tell(uow, held, [row.reported_by], "measurement_confirmed")
    return row


async def return_measurement(
    uow: UnitOfWork, actor: Actor, measurement_id: UUID, *, version: int | None = None, why: str = ""
) -> Measurement:
    """Send a report back with what must be better."""
    held = await hold(uow, actor, MEASUREMENT, measurement_id, Permission.MEASUREMENT_CONFIRM, version=version)
    row = await make(uow, actor, MEASUREMENT, held, "return", why=why)
    row.returned_why = why
    if row.reported_by:
        await _tell(uow, held, [row.reported_by], "measurement_returned", why=why)
    return row


async def write_off(
    uow: UnitOfWork, actor: Actor, measurement_id: UUID, *, version: int | None = None, why: str = ""
) -> Measurement:
    """Give a measurement up, with the reason: it will never be made, and that is shown."""
    move = MEASUREMENT.lifecycle.move("write_off")
    held = await hold(uow, actor, MEASUREMENT, measurement_id, move.permission, version=version)
    row = await make(uow, actor, MEASUREMENT, held, "write_off", why=why)
    row.written_off_why, row.written_off_at = why, uow.now
    return row


async def write_off_open(
    uow: UnitOfWork, actor: Actor, held: Held[Benefit], why: str, *, indicator_id: UUID | None = None
) -> None:
    """Write off what was still to be measured of a benefit, or of one indicator, that is followed no longer."""
    chosen = [Measurement.indicator_id == indicator_id] if indicator_id else []
    rows = await uow.session.scalars(
        select(Measurement)
        .where(Measurement.benefit_id == held.row.id, Measurement.state.in_(OPEN), *chosen)
        .order_by(Measurement.id)
    )
    roles = held.roles | {Role.SYSTEM}  # the scheme's own step, by whoever gave the benefit or the indicator up
    for row in rows.all():
        await make(uow, actor, MEASUREMENT, Held(row, held.case, roles), "write_off", why=why)
        row.written_off_why, row.written_off_at = why, uow.now


async def correct(
    uow: UnitOfWork, actor: Actor, measurement_id: UUID, *, version: int | None = None, why: str, value: Decimal,
    measured_on: date, observations: int | None = None, confidence: str, evidence: str = "", evidence_link: str = "",
    counterfactual: Decimal | None = None, counterfactual_basis: str = "", deviation: str = "",
) -> Measurement:  # fmt: skip
    """Report a new measurement in the place of a confirmed one, which stays as it is; confirmed, the new one counts.

    Raises NotYet where it is not `correctable`.
    """
    held = await hold(uow, actor, MEASUREMENT, measurement_id, Permission.MEASUREMENT_REPORT, version=version)
    old = held.row
    reasons = list(correctable(old.state, has_correction=await correction_of(uow, old.id) is not None))
    if reasons:
        raise NotYet(reasons, subject="measurement", step="correct", case_id=held.case.id)
    said = {
        "value": value, "measured_on": measured_on, "observations": observations, "confidence": confidence,
        "evidence": evidence, "evidence_link": evidence_link, "counterfactual": counterfactual,
        "counterfactual_basis": counterfactual_basis, "deviation": deviation,
    }  # fmt: skip
    await _check_report(uow, old, said)
    row = Measurement(
        case_id=old.case_id, benefit_id=old.benefit_id, indicator_id=old.indicator_id, kind=old.kind, months=old.months,
        due_on=old.due_on, corrects_id=old.id, planned_at=uow.now,
    )  # fmt: skip
    changes = {"corrects": old.id, "why": why}
    row = await begin(uow, actor, MEASUREMENT, held.case, row, verb="correct", changes=changes)
    return await _report(uow, actor, Held(row, held.case, held.roles), said)
