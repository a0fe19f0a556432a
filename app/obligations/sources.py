"""Where each kind of obligation is read: one part of a statement for each source of workflows/obligation.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Date, Select, Uuid, case, cast, exists, func, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.benefits.models import Benefit, Measurement
from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import current
from app.clarifications.models import Clarification
from app.clarifications.standing import agreed_sides, leads
from app.core.database import NOW
from app.core.listed import pairs_of, word, words
from app.identity.models import Person, UnitMembership
from app.milestones.models import Milestone
from app.projects.models import Project, ProjectStep
from app.reports.models import Report
from workflows.calendar import OSLO
from workflows.obligation import ANSWER_DAYS, SOURCES, Kind
from workflows.report import WRITTEN_IN

NOBODY = cast(null(), Uuid())
NOTHING = cast({}, JSONB)
CLOSES = {
    "close_diamond_1": "diagnose_close",
    "close_diamond_2": "platform_close",
    "close_diamond_3": "implement_close",
}
"""The step at whose end the clarifications of a gate are renewed."""


def _part(
    kind: Kind, row_id: Any, case_id: Any, due_on: Any, about: Any, *, person_id: Any = NOBODY, detail: Any = NOTHING
) -> Select[Any]:
    return (
        select(
            word(str(kind)).label("kind"), row_id.label("row_id"), case_id.label("case_id"), due_on.label("due_on"),
            about.label("about"), person_id.label("person_id"), detail.label("detail"),
        )
        .join(Project, Project.id == case_id)
        .where(Project.state.in_(words(sorted(SOURCES[kind].counts_in))))
    )  # fmt: skip


def milestones() -> Select[Any]:
    """Milestones with a day that are not handed in."""
    return _part(Kind.MILESTONE, Milestone.id, Milestone.case_id, Milestone.due_on, Milestone.key).where(
        Milestone.state.in_(words(("planned", "due", "returned"))), Milestone.due_on.is_not(None)
    )


def steps() -> Select[Any]:
    """The step that a project is in, where it is planned to end."""
    row = ProjectStep
    return _part(Kind.STEP, row.case_id, row.case_id, row.planned_to, row.step).where(
        row.step == Project.state, row.planned_to.is_not(None)
    )


def measurer_of() -> Any:
    """Whose the measuring of a benefit is: the line owner's where it is handed over, else the measurer's or owner's."""
    return case(
        (Benefit.handed_over_at.is_not(None), Benefit.handed_over_to),
        else_=func.coalesce(Benefit.measurer_id, Benefit.owner_id),
    )


def measurements() -> Select[Any]:
    """Measurements that are not reported, with whose they are."""
    whose = measurer_of()
    return (
        _part(Kind.MEASUREMENT, Measurement.id, Measurement.case_id, Measurement.due_on, Benefit.title, person_id=whose)
        .join(Benefit, Benefit.id == Measurement.benefit_id)
        .where(Measurement.state.in_(words(("planned", "returned"))), Benefit.dropped_at.is_(None))
    )


def reports() -> Select[Any]:
    """Reports that are not handed in, and those that came back."""
    return _part(Kind.REPORT, Report.id, Report.case_id, Report.due_on, Report.kind).where(
        Report.state.in_(words(sorted(WRITTEN_IN)))
    )


def hand_overs() -> Select[Any]:
    """Benefits that somebody in the line is asked to take over, and has not answered."""
    asked_on = cast(func.timezone(OSLO.key, Benefit.hand_over_asked_at), Date)
    return _part(
        Kind.HAND_OVER, Benefit.id, Benefit.case_id, asked_on + ANSWER_DAYS, Benefit.title,
        person_id=Benefit.handed_over_to,
    ).where(
        Benefit.hand_over_asked_at.is_not(None), Benefit.handed_over_at.is_(None), Benefit.handed_over_to.is_not(None),
        Benefit.dropped_at.is_(None),
    )  # fmt: skip


def _in_role() -> Any:
    """Whether the holder of a clarification holds the role still, or has no account."""
    row = Clarification
    in_case = exists().where(
        CaseRole.case_id == row.case_id, CaseRole.person_id == row.person_id, CaseRole.role == row.role,
        current(CaseRole, NOW),
    )  # fmt: skip
    in_unit = exists().where(
        UnitMembership.person_id == row.person_id, UnitMembership.role == row.role, current(UnitMembership, NOW),
        or_(
            row.role == "county_representative",
            UnitMembership.unit_id.in_(select(CaseUnit.unit_id).where(CaseUnit.case_id == row.case_id).correlate(row)),
        ),
    )  # fmt: skip
    return or_(row.person_id.is_(None), in_case, in_unit)


def clarifications() -> Select[Any]:
    """Clarifications not agreed by all, by the day that their gate is planned for."""
    row = Clarification

    def planned(day: Any, step: Any) -> Any:
        return select(day).where(ProjectStep.case_id == row.case_id, ProjectStep.step == step).scalar_subquery()

    due_on = case(
        (row.gate == "start", planned(ProjectStep.planned_from, "diagnose_open")),
        else_=planned(ProjectStep.planned_to, case(CLOSES, value=row.gate)),
    )
    detail = func.jsonb_build_object(
        *pairs_of({
            "state": row.state, "role": row.role, "has_account": row.person_id.is_not(None),
            "is_leader": leads(row.case_id, NOW), "agreed": agreed_sides(),
            "released": Project.rules["clarifications"]["released"],
        })
    )  # fmt: skip
    holder = func.coalesce(Person.name, row.outside_name, "")
    return (
        _part(Kind.CLARIFICATION, row.id, row.case_id, due_on, holder, person_id=row.person_id, detail=detail)
        .outerjoin(Person, Person.id == row.person_id)
        .where(row.state != word("agreed"), _in_role())
    )


READS: dict[Kind, Callable[[], Select[Any]]] = {
    Kind.CLARIFICATION: clarifications,
    Kind.STEP: steps,
    Kind.MILESTONE: milestones,
    Kind.REPORT: reports,
    Kind.MEASUREMENT: measurements,
    Kind.HAND_OVER: hand_overs,
}
"""How each kind is read; what is private has no place here."""
