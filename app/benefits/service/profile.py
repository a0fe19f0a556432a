"""One benefit from the first wish to the hand-over: profile, owner, indicators and dated figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from app.activities.models import Change
from app.applications.models import ExpectedBenefit
from app.benefits.facts import BENEFIT
from app.benefits.models import Baseline, Benefit, BenefitEdge, BenefitNode, Forecast, Indicator, Target
from app.benefits.service.intervals import keep_without_plan
from app.benefits.service.measurements import write_off_open
from app.benefits.service.plan import indicator_of, open_plan, refuse_practice, refuse_submitted
from app.benefits.service.progress import advance
from app.benefits.service.units import refuse_other_unit
from app.cases.models import CaseRole
from app.cases.queries import require, roles_in
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.models import Person, UnitMembership
from app.moves import Held, begin, hold, lock_case, note
from app.notices.service import tell
from app.projects.models import Project
from workflows.benefit import BENEFIT_FINAL, PLANNED_ON
from workflows.engine import Reason
from workflows.leaf import INTERVALS
from workflows.roles import Permission, Role
from workflows.rules import GOALS

FARTHEST = timedelta(days=3660)
VALUED = ("sign", "is_end_benefit", "unit_value_ore", "price_year", "periods_per_year", "tolerance_percent")
"""What figures are made of and held against."""


async def held_for_writing(uow: UnitOfWork, actor: Actor, benefit_id: UUID, version: int | None) -> Held[Benefit]:
    """The benefit for writing: NotYet while its plan waits for approval, or when the benefit is over."""
    held = await hold(uow, actor, BENEFIT, benefit_id, Permission.BENEFIT_WRITE, version=version)
    if held.row.state in BENEFIT_FINAL:
        raise NotYet(
            [Reason(code="benefits.is_over")], subject="benefit", step="write", case_id=held.case.id
        )  # fmt: skip
    return held


async def add(
    uow: UnitOfWork, actor: Actor, *, case_id: UUID, title: str, description: str = "", sign: int | str = 1,
    category: str = "quality", beneficiaries: Iterable[str] = (), is_practice: bool = False,
) -> Benefit:  # fmt: skip
    """Add a benefit, or with sign -1 a disbenefit, to a project (S65); one for practice is never planned nor summed (S31)."""
    case = await lock_case(uow, case_id)
    require(case, await roles_in(uow, actor, case), Permission.BENEFIT_WRITE)
    if await uow.session.get(Project, case_id) is None:
        raise NotFound
    refuse_identity_numbers(title=title, description=description)
    row = Benefit(
        case_id=case_id, title=title.strip(), description=description, sign=int(sign), category=category,
        beneficiaries=sorted(set(beneficiaries)), is_practice=is_practice, created_at=uow.now,
    )  # fmt: skip
    await open_first_plan(uow, actor, case_id)
    changes = {"title": title, "sign": int(sign), **({"is_practice": True} if is_practice else {})}
    row = await begin(uow, actor, BENEFIT, case, row, verb="add", changes=changes)
    return await advance(uow, actor, Held(row, case, await roles_in(uow, actor, case)))


async def open_first_plan(uow: UnitOfWork, actor: Actor, case_id: UUID) -> None:
    """Let a project with benefits have a plan that can be written."""
    from app.benefits.service.plan import current_plan

    if await current_plan(uow, case_id) is None:
        await open_plan(uow, actor, await lock_case(uow, case_id))


async def describe(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, **profile: Any
) -> Benefit:
    """Write the profile; what sums are made of stands still from the plan's approval to its next version."""
    held = await held_for_writing(uow, actor, benefit_id, version)
    row = held.row
    profile["sign"] = int(profile.get("sign", row.sign))
    profile["beneficiaries"] = sorted(set(profile.get("beneficiaries", row.beneficiaries)))
    refuse_identity_numbers(**{name: value for name, value in profile.items() if isinstance(value, str)})
    await _refuse_profile(uow, row, profile)
    changes = {name: [getattr(row, name), value] for name, value in profile.items() if getattr(row, name) != value}
    if any(name in changes for name in VALUED) and row.state in PLANNED_ON:
        await open_plan(uow, actor, held.case)
    await refuse_submitted(uow, row.case_id)
    for name, (_, value) in changes.items():
        setattr(row, name, value)
    await note(uow, actor, BENEFIT, held, "describe", changes=changes)
    return await advance(uow, actor, held)


async def _refuse_profile(uow: UnitOfWork, row: Benefit, profile: dict[str, Any]) -> None:
    """Raise Invalid for a profile that contradicts itself."""
    starts_on, ends_on = profile.get("starts_on"), profile.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise invalid("ends_on", "benefits.ends_before_start")
    if profile.get("unit_value_ore") is not None and profile.get("price_year") is None:
        raise invalid("price_year", "benefits.price_year_missing")
    if profile.get("price_year") is not None and profile.get("unit_value_ore") is None:
        raise invalid("unit_value_ore", "benefits.unit_value_missing")
    if change_id := profile.get("change_id"):
        change = await uow.session.get(Change, change_id)
        if change is None or change.case_id != row.case_id:
            raise invalid("change_id", "benefits.not_in_case")


async def propose_owner(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, person_id: UUID,
    measurer_id: UUID | None = None,
) -> Benefit:  # fmt: skip
    """Ask somebody in the line to own the benefit; they see the project from now on and are told (R17).

    Invalid for somebody who works in no unit, or who coordinates or facilitates the same project.
    """
    held = await held_for_writing(uow, actor, benefit_id, version)
    row = held.row
    refuse_practice(row, "propose_owner")
    person = await uow.session.get(Person, person_id)
    if person is None:
        raise invalid("person_id", "form.unknown")
    await refuse_owner(uow, row.case_id, person)
    if measurer_id is not None and await uow.session.get(Person, measurer_id) is None:
        raise invalid("measurer_id", "form.unknown")
    before = row.owner_id
    if before != person_id:
        row.owner_id, row.owner_proposed_at, row.owner_accepted_at = person_id, uow.now, None
        await give_role(uow, row.case_id, person_id)
        await tell(
            uow, [person_id], "benefit_owner_asked", case_id=row.case_id,
            parameters={"benefit": row.title, "project": held.case.title}, link=f"/benefits/{row.id}",
        )  # fmt: skip
    row.measurer_id = measurer_id
    changes = {"owner_id": [before, person_id], "measurer_id": measurer_id}
    await note(uow, actor, BENEFIT, held, "propose_owner", changes=changes)
    return await advance(uow, actor, held)


async def refuse_owner(uow: UnitOfWork, case_id: UUID, person: Person) -> None:
    parts = set(
        await uow.session.scalars(
            select(UnitMembership.role).where(
                UnitMembership.person_id == person.id,
                UnitMembership.valid_from <= uow.now,
                or_(UnitMembership.valid_to.is_(None), UnitMembership.valid_to > uow.now),
            )
        )
    )
    if not parts:
        raise invalid("person_id", "benefits.owner_not_in_line")
    if parts == {"coordinator"}:
        raise invalid("person_id", "benefits.owner_in_project", person=person.name)
    held = await uow.session.scalar(
        select(func.count()).where(
            CaseRole.case_id == case_id, CaseRole.person_id == person.id,
            CaseRole.role.in_((Role.COORDINATOR, Role.FACILITATOR)),
            or_(CaseRole.valid_to.is_(None), CaseRole.valid_to > uow.now),
        )
    )  # fmt: skip
    if held:
        raise invalid("person_id", "benefits.owner_in_project", person=person.name)


async def give_role(uow: UnitOfWork, case_id: UUID, person_id: UUID) -> None:
    """Let the person asked see the project, as long as nobody takes the role back."""
    there = await uow.session.scalar(
        select(CaseRole.id).where(
            CaseRole.case_id == case_id, CaseRole.person_id == person_id, CaseRole.role == Role.BENEFIT_OWNER,
            CaseRole.valid_to.is_(None),
        )
    )  # fmt: skip
    if there is None:
        uow.session.add(CaseRole(case_id=case_id, person_id=person_id, role=Role.BENEFIT_OWNER, valid_from=uow.now))


async def accept_ownership(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Say yes to owning a benefit; only the one who was asked can."""
    held = await hold(uow, actor, BENEFIT, benefit_id, Permission.BENEFIT_ACCEPT, version=version)
    row = held.row
    if row.owner_id != actor.person_id:
        raise NotAllowed
    if row.owner_accepted_at is not None:
        return row
    row.owner_accepted_at = uow.now
    await note(uow, actor, BENEFIT, held, "accept_ownership", why=why)
    return await advance(uow, actor, held)


async def add_indicator(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, name: str, unit: str, direction: str,
    method: str = "", source: str = "", frequency: str = "", key: str = "", interval_months: int | None = None,
    measuring_cost_ore: int | None = None, measuring_worth: str = "",
) -> Indicator:  # fmt: skip
    """Add a measurable sign of the benefit; without a key of its own it counts something that nobody else counts (S66)."""
    held = await held_for_writing(uow, actor, benefit_id, version)
    await refuse_submitted(uow, held.case.id)
    _refuse_interval(interval_months)
    row = Indicator(
        case_id=held.case.id, benefit_id=benefit_id, key=key, name=name.strip(), unit=unit.strip(), direction=direction,
        method=method, source=source, frequency=frequency, interval_months=interval_months,
        measuring_cost_ore=measuring_cost_ore, measuring_worth=measuring_worth, added_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    row.key = key or f"own_{row.id.hex[-12:]}"
    await keep_without_plan(uow, row)
    await note(uow, actor, BENEFIT, held, "add_indicator", changes={"indicator_id": row.id, "name": name, "unit": unit})
    await advance(uow, actor, held)
    return row


def _refuse_interval(interval_months: int | None) -> None:
    if interval_months is not None and interval_months not in INTERVALS:
        raise invalid("interval_months", "form.not_a_choice")


async def describe_indicator(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, indicator_id: UUID, **said: Any
) -> Benefit:
    """Write how an indicator is measured, how often and at what cost, in the plan being written (DOMAIN 3.7, R18).

    What it counts, in which unit and which way is better stay as they were added. NotYet while a plan stands or waits.
    """
    held = await held_for_writing(uow, actor, benefit_id, version)
    indicator = await indicator_of(uow, held.row, indicator_id)
    _refuse_interval(said.get("interval_months"))
    await open_plan(uow, actor, held.case)
    changes: dict[str, Any] = {
        name: [getattr(indicator, name), value] for name, value in said.items() if getattr(indicator, name) != value
    }
    for name, (_, value) in changes.items():
        setattr(indicator, name, value)
    if "interval_months" in changes:
        await keep_without_plan(uow, indicator)
    changes["indicator_id"] = indicator_id
    await note(uow, actor, BENEFIT, held, "describe_indicator", changes=changes)
    return await advance(uow, actor, held)


async def remove_indicator(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, indicator_id: UUID, why: str
) -> Benefit:
    """Follow an indicator no longer: its figures stay in the history, what was to be measured of it is written off."""
    held = await held_for_writing(uow, actor, benefit_id, version)
    await open_plan(uow, actor, held.case)
    indicator = await indicator_of(uow, held.row, indicator_id)
    indicator.removed_at = uow.now
    await write_off_open(uow, actor, held, why, indicator_id=indicator_id)
    return await note(uow, actor, BENEFIT, held, "remove_indicator", why=why, changes={"indicator_id": indicator_id})


async def set_baseline(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, indicator_id: UUID, value: Decimal,
    measured_on: date, observations: int | None = None, source: str, confidence: str,
) -> Baseline:  # fmt: skip
    """Record the value before the change; the one recorded last counts, and none is recorded for a plan that stands."""
    held = await held_for_writing(uow, actor, benefit_id, version)
    indicator = await indicator_of(uow, held.row, indicator_id)
    refuse_other_unit(indicator, value=value)
    if measured_on > day_in_oslo(uow.now):
        raise invalid("measured_on", "benefits.future_date")
    plan = await open_plan(uow, actor, held.case)
    same = select(Target.id).where(
        Target.plan_id == plan.id, Target.indicator_id == indicator.id, Target.value == value
    )  # fmt: skip
    if await uow.session.scalar(same.limit(1)) is not None:
        raise invalid("value", "benefits.baseline_is_target")
    row = Baseline(
        case_id=held.case.id, indicator_id=indicator.id, value=value, measured_on=measured_on, observations=observations,
        source=source, confidence=confidence, recorded_by=actor.person_id, recorded_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    changes = {"indicator_id": indicator.id, "value": value, "measured_on": measured_on, "confidence": confidence}
    await note(uow, actor, BENEFIT, held, "set_baseline", changes=changes)
    await advance(uow, actor, held)
    return row


async def set_target(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, indicator_id: UUID, value: Decimal,
    due_on: date,
) -> Target:  # fmt: skip
    """Set the value to reach by a day, in the plan being written; Invalid for a target that equals the baseline (W3)."""
    held = await held_for_writing(uow, actor, benefit_id, version)
    indicator = await indicator_of(uow, held.row, indicator_id)
    refuse_other_unit(indicator, value=value)
    if due_on > day_in_oslo(uow.now) + FARTHEST:
        raise invalid("due_on", "benefits.date_far")
    baseline = await uow.session.scalar(
        select(Baseline.value)
        .where(Baseline.indicator_id == indicator.id)
        .order_by(Baseline.recorded_at.desc())
        .limit(1)
    )
    if baseline is not None and baseline == value:
        raise invalid("value", "benefits.target_is_baseline")
    plan = await open_plan(uow, actor, held.case)
    row = await uow.session.scalar(
        select(Target).where(Target.plan_id == plan.id, Target.indicator_id == indicator.id, Target.due_on == due_on)
    )
    if row is None:
        row = Target(case_id=held.case.id, plan_id=plan.id, indicator_id=indicator.id, due_on=due_on, value=value)
        uow.session.add(row)
    before, row.value = (row.value if row.id else None), value
    changes = {"indicator_id": indicator.id, "due_on": due_on, "value": [before, value], "plan": plan.number}
    await note(uow, actor, BENEFIT, held, "set_target", changes=changes)
    return row


async def forecast(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, indicator_id: UUID, due_on: date,
    low: Decimal, likely: Decimal, high: Decimal, why: str,
) -> Forecast:  # fmt: skip
    """Say what is now believed to be reached by a day; earlier forecasts stay."""
    held = await held_for_writing(uow, actor, benefit_id, version)
    indicator = await indicator_of(uow, held.row, indicator_id)
    refuse_other_unit(indicator, low=low, likely=likely, high=high)
    if not low <= likely <= high:
        raise invalid("likely", "benefits.order")
    if due_on > day_in_oslo(uow.now) + FARTHEST:
        raise invalid("due_on", "benefits.date_far")
    row = Forecast(
        case_id=held.case.id, indicator_id=indicator.id, due_on=due_on, low=low, likely=likely, high=high, why=why,
        made_by=actor.person_id, made_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    changes = {"indicator_id": indicator.id, "due_on": due_on, "low": low, "likely": likely, "high": high}
    await note(uow, actor, BENEFIT, held, "forecast", why=why, changes=changes)
    return row


async def take_over_expected(uow: UnitOfWork, actor: Actor, case_id: UUID) -> list[Benefit]:
    """Make the application's expected benefits the project's first ones; those taken over already are left alone (M1)."""
    case = await lock_case(uow, case_id)
    there = set(await uow.session.scalars(select(Benefit.expected_key).where(Benefit.case_id == case_id)))
    expected = await uow.session.scalars(
        select(ExpectedBenefit).where(ExpectedBenefit.case_id == case_id).order_by(ExpectedBenefit.id)
    )
    made = []
    for each in expected:
        if str(each.id) in there:
            continue
        row = Benefit(
            case_id=case_id,
            expected_key=str(each.id),
            title=each.title,
            description=each.description,
            beneficiaries=each.beneficiaries,
            created_at=uow.now,
        )
        changes = {"title": row.title, "expected": each.id, "goal": each.goal}
        made.append(await begin(uow, actor, BENEFIT, case, row, verb="take_over", changes=changes))
        if each.goal in GOALS:
            await _lead_to_goal(uow, row, each.goal)
    if made:
        await open_first_plan(uow, actor, case_id)
    return made


async def _lead_to_goal(uow: UnitOfWork, benefit: Benefit, goal: str) -> None:
    """Draw in the map what the application said: from the benefit to the overall goal it hopes to serve."""
    end = await uow.session.scalar(
        select(BenefitNode).where(
            BenefitNode.case_id == benefit.case_id, BenefitNode.goal == goal, BenefitNode.removed_at.is_(None)
        )
    )
    if end is None:
        end = BenefitNode(case_id=benefit.case_id, kind="overall_goal", goal=goal, added_at=uow.now)
    start = BenefitNode(case_id=benefit.case_id, kind="local_benefit", benefit_id=benefit.id, added_at=uow.now)
    uow.session.add_all((start, end))
    await uow.session.flush()
    uow.session.add(BenefitEdge(case_id=benefit.case_id, from_id=start.id, to_id=end.id, added_at=uow.now))
