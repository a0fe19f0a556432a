"""What has gone wrong in a cut, by when it should have been seen to and by whom; two statements, whatever there is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

from app.benefits.figures import end_of, not_given_up, owner_accepted_by, owner_asked_by, stood
from app.benefits.models import (
    Baseline,
    Benefit,
    BenefitPlan,
    Forecast,
    Indicator,
    Measurement,
    Precondition,
    Target,
)  # fmt: skip
from app.cases.models import CaseRole
from app.core.database import Instant, UnitOfWork
from app.core.questions import constant
from app.facilitation.models import FacilitatorAssignment
from app.identity.models import Person
from app.portfolio.overview import ProjectShown
from app.portfolio.queries import ProjectSeen
from app.projects.models import Project, ProjectStep
from workflows.portfolio import FORECAST_CUT, Trouble
from workflows.precondition import Standing
from workflows.project import RUNNING
from workflows.roles import Role

MOST = 200
"""How many the page lists, those that are latest first."""

CASES = bindparam("case_ids", type_=ARRAY(Uuid()))
RUNS = bindparam("running_ids", type_=ARRAY(Uuid()))
MOMENT = bindparam("moment", type_=Instant)
TODAY = bindparam("today", type_=Date())


PRECONDITION_OWNER = "precondition_owner"
"""Whoever is to see to a precondition, in no role for it."""


class Exceptional(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that has gone wrong, since when, and who is to see to it next."""

    trouble: Trouble
    case_id: UUID
    benefit_id: UUID | None
    measurement_id: UUID | None
    title: str
    """Of the benefit; "" where it is of the whole project."""
    since: date
    name: str
    """Who is next; "" where nobody is named."""
    role: str
    """What they are: a role, or PRECONDITION_OWNER."""

    @property
    def role_key(self) -> str:
        """The text that says what they are."""
        return "portfolio.exceptions.precondition_owner" if self.role == PRECONDITION_OWNER else f"role.{self.role}"

    @property
    def link(self) -> str:
        """Where it is seen to."""
        if self.measurement_id:
            return f"/measurements/{self.measurement_id}"
        if self.benefit_id:
            return f"/benefits/{self.benefit_id}"
        return f"/projects/{self.case_id}" + (
            "/facilitators" if self.trouble is Trouble.NO_FACILITATOR else ""
        )  # fmt: skip


def _day(instant: Any) -> Any:
    return cast(func.timezone("Europe/Oslo", instant), Date)


def _by(column: Any) -> ColumnElement[bool]:
    """Whether something had happened by the day."""
    return and_(column.is_not(None), column < MOMENT)


def _not_by(column: Any) -> ColumnElement[bool]:
    return or_(column.is_(None), column >= MOMENT)


def _person(person_id: Any) -> Any:
    return select(Person.name).where(Person.id == person_id).scalar_subquery()


def _coordinator(case_id: Any) -> Any:
    return (
        select(func.min(Person.name))
        .join(CaseRole, CaseRole.person_id == Person.id)
        .where(
            CaseRole.case_id == case_id, CaseRole.role == str(Role.COORDINATOR), CaseRole.valid_from < MOMENT,
            or_(CaseRole.valid_to.is_(None), CaseRole.valid_to >= MOMENT),
        )
        .scalar_subquery()
    )  # fmt: skip


def _one(
    trouble: Any, case_id: Any, since: Any, name: Any, role: Any, *, benefit: bool = False, measurement: Any = None
) -> Select[Any]:
    return select(
        (literal(str(trouble), Text) if isinstance(trouble, Trouble) else trouble).label("trouble"),
        case_id.label("case_id"),
        (Benefit.id if benefit else cast(null(), Uuid)).label("benefit_id"),
        cast(null() if measurement is None else measurement, Uuid).label("measurement_id"),
        (Benefit.title if benefit else literal("", Text)).label("title"),
        cast(since, Date).label("since"),
        func.coalesce(name, "").label("name"),
        (literal(str(role), Text) if isinstance(role, Role) else role).label("role"),
    )  # fmt: skip


def _stands() -> ColumnElement[bool]:
    """A benefit that counts on the day, in the cut."""
    return and_(
        Benefit.case_id == func.any(CASES),
        Benefit.created_at < MOMENT,
        ~Benefit.is_practice,
        _not_by(Benefit.dropped_at),
    )


def _unfollowed() -> Select[Any]:
    own = FacilitatorAssignment
    followed = select(own.id).where(
        own.case_id == Project.id, own.state.in_(("accepted", "ended")), own.answered_at < MOMENT,
        or_(own.ended_at.is_(None), own.ended_at >= MOMENT),
    )  # fmt: skip
    left = select(func.max(own.ended_at)).where(own.case_id == Project.id, own.ended_at < MOMENT).scalar_subquery()
    return _one(
        Trouble.NO_FACILITATOR,
        Project.id,
        _day(func.coalesce(left, Project.accepted_at)),
        literal(""),
        Role.CASE_HANDLER,
    ).where(Project.id == func.any(RUNS), ~followed.exists())


def _gate_passed() -> Select[Any]:
    own = ProjectStep
    return _one(
        Trouble.GATE, own.case_id, own.planned_to, _coordinator(own.case_id), Role.COORDINATOR
    ).where(
        own.case_id == func.any(RUNS), own.planned_to < TODAY, own.actual_from <= TODAY,
        or_(own.actual_to.is_(None), own.actual_to > TODAY),
    )  # fmt: skip


def _ownerless() -> Select[Any]:
    owner_id, asked_at = owner_asked_by(MOMENT)
    asked = asked_at.is_not(None)
    return _one(
        Trouble.OWNERLESS, Benefit.case_id, _day(func.coalesce(asked_at, Benefit.created_at)),
        case((asked, _person(owner_id)), else_=_coordinator(Benefit.case_id)),
        case((asked, literal(str(Role.BENEFIT_OWNER), Text)), else_=literal(str(Role.COORDINATOR), Text)),
        benefit=True,
    ).where(_stands(), owner_accepted_by(MOMENT).is_(None))  # fmt: skip


def _endangered() -> Select[Any]:
    """Preconditions as they were said to stand on the day, as `workflows.precondition.is_in_danger` looks at them."""
    own = Precondition
    is_late = and_(own.standing != str(Standing.MET), own.due_on < TODAY)
    accepted = owner_accepted_by(MOMENT).is_not(None)
    return _one(
        Trouble.PRECONDITION, own.case_id, case((is_late, own.due_on), else_=_day(own.added_at)),
        case((own.owner_id.is_not(None), _person(own.owner_id)), (accepted, _person(Benefit.owner_id)),
             else_=_coordinator(own.case_id)),
        case((own.owner_id.is_not(None), literal(PRECONDITION_OWNER, Text)),
             (accepted, literal(str(Role.BENEFIT_OWNER), Text)), else_=literal(str(Role.COORDINATOR), Text)),
        benefit=True,
    ).join(Benefit, Benefit.id == own.benefit_id).where(
        _stands(), stood(own, MOMENT), or_(own.standing == str(Standing.AT_RISK), is_late),
    )  # fmt: skip


def _unmeasured() -> Select[Any]:
    own, reported = Measurement, _by(Measurement.reported_at)
    return _one(
        case((reported, literal(str(Trouble.UNCONFIRMED), Text)), else_=literal(str(Trouble.MEASUREMENT), Text)),
        own.case_id, own.due_on,
        case((~reported, _person(func.coalesce(Benefit.measurer_id, Benefit.owner_id)))),
        case((reported, literal(str(Role.CASE_HANDLER), Text)), else_=literal(str(Role.BENEFIT_OWNER), Text)),
        benefit=True, measurement=own.id,
    ).join(Benefit, Benefit.id == own.benefit_id).where(
        _stands(), own.planned_at < MOMENT, own.due_on < TODAY, own.corrects_id.is_(None), not_given_up(MOMENT),
        _not_by(own.confirmed_at),
    )  # fmt: skip


def _forecast_cut() -> Select[Any]:
    """The last forecast of an indicator against the plan in force, as `workflows.portfolio.is_cut` compares them."""
    plan = (
        select(BenefitPlan.id)
        .where(BenefitPlan.case_id == Benefit.case_id, BenefitPlan.approved_at < MOMENT)
        .order_by(BenefitPlan.number.desc()).limit(1).lateral()
    )  # fmt: skip
    target = (
        select(Target.value)
        .where(Target.indicator_id == Indicator.id, Target.plan_id == plan.c.id)
        .order_by(Target.due_on.desc()).limit(1).lateral()
    )  # fmt: skip
    forecast = (
        select(Forecast.likely, Forecast.made_at)
        .where(Forecast.indicator_id == Indicator.id, Forecast.made_at < MOMENT)
        .order_by(Forecast.made_at.desc(), Forecast.due_on.desc()).limit(1).lateral()
    )  # fmt: skip
    baseline = (
        select(Baseline.value)
        .where(Baseline.indicator_id == Indicator.id, Baseline.recorded_at < MOMENT)
        .order_by(Baseline.recorded_at.desc(), Baseline.id.desc()).limit(1).lateral()
    )  # fmt: skip
    gone = (forecast.c.likely - baseline.c.value) / func.nullif(target.c.value - baseline.c.value, 0)
    return (
        _one(
            Trouble.FORECAST, Benefit.case_id, _day(forecast.c.made_at), _person(Benefit.owner_id), Role.BENEFIT_OWNER,
            benefit=True,
        )
        .join(Indicator, and_(Indicator.benefit_id == Benefit.id, Indicator.added_at < MOMENT,
                              _not_by(Indicator.removed_at)))
        .join(plan, true()).join(target, true()).join(forecast, true()).join(baseline, true())
        .where(_stands(), gone < 1 - FORECAST_CUT)
    )  # fmt: skip


@cache
def _everything() -> CTE:
    every = (
        _unfollowed(), _gate_passed(), _ownerless(), _endangered(), _unmeasured(), _forecast_cut(),
    )  # fmt: skip
    return union_all(*every).cte("everything")


async def exceptions(
    uow: UnitOfWork, projects: Iterable[ProjectSeen | ProjectShown], as_of: date, trouble: Trouble | None = None
) -> tuple[dict[Trouble, int], list[Exceptional]]:
    """How many of each trouble there are in those projects, and those that are latest, of one trouble or of all."""
    found = _everything()
    there = list(projects)
    asked: dict[str, Any] = {
        "case_ids": [each.id for each in there], "running_ids": [each.id for each in there if each.state in RUNNING],
        "moment": end_of(as_of), "today": as_of,
    }  # fmt: skip
    counted = await uow.session.execute(select(found.c.trouble, func.count()).group_by(found.c.trouble), asked)
    count = {Trouble(name): number for name, number in counted}
    listing = (
        select(found).order_by(found.c.since, found.c.case_id, found.c.title, found.c.trouble).limit(constant(MOST))
    )
    if trouble is not None:
        listing = listing.where(found.c.trouble == str(trouble))
    rows = await uow.session.execute(listing, asked)
    return (
        {each: count[each] for each in Trouble if each in count},
        [Exceptional(**{**row._mapping, "trouble": Trouble(row.trouble)}) for row in rows],
    )
