"""What the resource group sees of running projects, kept in step with every change of them, and taken anew to prove it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, delete, exists, func, inspect, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from app.audit.models import Event
from app.benefits.models import Benefit, Measurement
from app.cases.models import Case, Waiver
from app.clarifications.matrix import BEGINS_WITH
from app.clarifications.models import Agreement, Clarification
from app.clarifications.standing import standing_agreement
from app.core.clock import OSLO, day_in_oslo, number_of
from app.core.database import CASE, UnitOfWork
from app.core.questions import told
from app.facilitation.models import FacilitatorAssignment, SupportContact
from app.feedback.models import FeedbackItem
from app.knowledge.models import LearningPoint
from app.milestones.models import Milestone
from app.projects.facts import PROJECT, facts_from
from app.projects.freshness import moved
from app.projects.models import OverseenProject, Project, ProjectStep
from app.surveys.models import Survey
from workflows.clarification_matrix import DIAMOND_OF, Cell, Seen, cell_of
from workflows.clarification_template import TEMPLATE_ROLES
from workflows.oversight import OVERSEEN, Shown, Sign, Watched, lacking, showing, signs_of, standings_of
from workflows.project import STEPS, ProjectState
from workflows.project_facts import ProjectFacts

UNREPORTED = ("planned", "due", "returned")
"""States in which a milestone or a measurement waits for whoever reports it."""


class _Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What is read beside the facts of the gates."""

    entered_at: datetime | None
    began: dict[str, date]
    starts_on: date | None
    planned_to: date | None
    last_contact_on: date | None
    facilitator_ids: list[UUID]
    milestones: list[date]
    measurements: list[date]
    feedback: list[datetime]
    agreed_at: dict[str, datetime | None]
    waived: list[str]


def _of(column: Any, *conditions: Any) -> Any:
    return func.coalesce(select(func.json_agg(column)).where(*conditions).scalar_subquery(), func.json_build_array())


def _about(case_id: Any) -> ColumnElement[bool]:
    """The condition that a piece of feedback comes from a project: from a survey of a step of its, or a learning point."""
    return or_(
        # tied to the project at hand, else anybody's would do
        FeedbackItem.survey_id.in_(select(Survey.id).where(Survey.case_id == case_id).correlate(Project)),
        FeedbackItem.learning_point_id.in_(
            select(LearningPoint.id).where(LearningPoint.case_id == case_id).correlate(Project)
        ),
    )


@cache
def _question() -> Select[Any]:
    """Asks for a project with all that its row is made of; built once, for planning it takes longer than running it."""
    state = select(Project.state).where(Project.id == CASE).scalar_subquery()
    agreed = select(func.max(Agreement.agreed_at)).where(standing_agreement()).correlate(Clarification)

    def pairs(key: Any, value: Any, *conditions: Any) -> Any:
        found = select(func.json_object_agg(key, value)).where(*conditions)
        return func.coalesce(found.scalar_subquery(), func.json_build_object())

    columns = {
        "entered_at": select(func.max(Event.at))
        .where(Event.case_id == CASE, Event.subject == "project", Event.subject_id == CASE, Event.to_state == state)
        .scalar_subquery(),
        "began": pairs(
            ProjectStep.step, ProjectStep.actual_from, ProjectStep.case_id == CASE, ProjectStep.actual_from.is_not(None)
        ),
        "planned_to": select(ProjectStep.planned_to)
        .where(ProjectStep.case_id == CASE, ProjectStep.step == state)
        .scalar_subquery(),
        "starts_on": select(ProjectStep.planned_from)
        .where(ProjectStep.case_id == CASE, ProjectStep.step == str(STEPS[0]))
        .scalar_subquery(),
        "last_contact_on": select(func.max(SupportContact.held_on))
        .where(SupportContact.case_id == CASE)
        .scalar_subquery(),
        "facilitator_ids": _of(
            FacilitatorAssignment.person_id, FacilitatorAssignment.case_id == CASE,
            FacilitatorAssignment.state == "accepted",
        ),
        "milestones": _of(
            Milestone.due_on, Milestone.case_id == CASE, Milestone.due_on.is_not(None), Milestone.state.in_(UNREPORTED)
        ),
        "measurements": _of(
            Measurement.due_on, Measurement.case_id == CASE, Measurement.state.in_(UNREPORTED),
            exists().where(Benefit.id == Measurement.benefit_id, Benefit.dropped_at.is_(None)),
        ),
        "feedback": _of(FeedbackItem.answer_by, FeedbackItem.answered_at.is_(None), _about(CASE)),
        "agreed_at": pairs(Clarification.id, agreed.scalar_subquery(), Clarification.case_id == CASE),
        "waived": _of(Waiver.requirement, Waiver.case_id == CASE, Waiver.subject == "project", Waiver.subject_id == CASE),
    }  # fmt: skip
    assert PROJECT.gathers is not None
    gathered, beside = PROJECT.gathers().subquery(), select(told(_Beside, columns)).subquery()
    return (
        select(Project, *gathered.c, *beside.c)
        .select_from(Project)
        .join(gathered, true())
        .join(beside, true())
        .where(Project.id == CASE)
    )


async def row_of(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """What the row of a project is to hold, taken from the project as it stands; None for one that is not running.

    One statement; three before the project has started, when its facilitators' capacity counts.
    """
    asked = {"case_id": case_id, "now": uow.now, "today": day_in_oslo(uow.now), "person_id": None}
    found = (await uow.session.execute(_question(), asked)).first()
    if found is None or found[0].state not in OVERSEEN:
        return None
    project, gathered, beside = found
    facts = await facts_from(uow, project, gathered)
    lacks = lacking(facts, project.state, frozenset(beside.waived))
    accepted_on = day_in_oslo(project.accepted_at)
    watched = Watched(
        state=project.state,
        accepted_on=accepted_on,
        entered_on=day_in_oslo(beside.entered_at) if beside.entered_at else accepted_on,
        planned_to=_planned_to(project, beside, accepted_on),
        last_contact_on=beside.last_contact_on,
        unreported_milestones=tuple(beside.milestones),
        unreported_measurements=tuple(beside.measurements),
        unanswered_feedback=tuple(day_in_oslo(each) for each in beside.feedback),
        clarifications=standings_of(_cells(project, facts, beside)),
    )
    return {
        "case_id": case_id,
        "state": project.state,
        "entered_on": watched.entered_on,
        "planned_to": watched.planned_to,
        "last_contact_on": watched.last_contact_on,
        "facilitator_ids": sorted(beside.facilitator_ids),
        "signs": _plain(signs_of(watched, facts, lacks, facts.rules.oversight)),
        "lacks": _plain(lacks),
        "lacks_from": min((number_of(each.from_on) if each.from_on else 0 for each in lacks), default=None),
        "gathered": in_order(_plain(gathered)),
    }


def _planned_to(project: Project, beside: _Beside, accepted_on: date) -> date | None:
    """The day on which the step is planned to end; the preparation lasts until the planned start (S24)."""
    if project.state != ProjectState.SET_UP:
        return beside.planned_to
    return beside.starts_on if beside.starts_on and beside.starts_on >= accepted_on else None


def _plain(found: Any) -> Any:
    """As it comes back from the database."""
    return msgspec.json.decode(msgspec.json.encode(found))


def in_order(found: Any) -> Any:
    """The same with each list in an order of its own, however deep, since the database gives it in any."""
    if isinstance(found, dict):
        return {name: in_order(each) for name, each in found.items()}
    return sorted(map(in_order, found), key=msgspec.json.encode) if isinstance(found, list) else found


def _cells(project: Project, facts: ProjectFacts, beside: _Beside) -> dict[str, Cell]:
    """How each role of the project stands, as the matrix of clarifications shows it."""
    seen = [
        Seen(needed=each, agreed_at=beside.agreed_at.get(str(each.clarification_id)))
        for each in (*facts.clarifications, *facts.renewed)
    ]
    first = beside.began.get(BEGINS_WITH.get(DIAMOND_OF.get(project.state, 0), ""))
    since = datetime.combine(first, time(0), OSLO) if first else None
    rules = facts.rules.clarifications
    return {str(role): cell_of(role, seen, rules, project.state, since) for role in TEMPLATE_ROLES}


class Overseen(msgspec.Struct, frozen=True, kw_only=True):
    """The signs of one project, as the resource group is shown them on its page."""

    id: UUID
    signs: dict[Sign, Shown]

    def shows(self, today: date) -> list[tuple[Sign, Shown]]:
        """Those that show today, the gravest first."""
        return [(sign, self.signs[sign]) for sign in showing(self.signs, today)]


@cache
def signs_of_project() -> Select[Any]:
    """Asks for the signs of a project that is running, None for others; a part of the statement behind its page."""
    kept = select(told(Overseen, {"id": OverseenProject.case_id, "signs": OverseenProject.signs}))
    return select(kept.where(OverseenProject.case_id == CASE).scalar_subquery())


async def keep(uow: UnitOfWork, case_ids: Iterable[UUID]) -> None:
    """Write the rows of projects anew, and take away those of projects that are no longer running."""
    for case_id in case_ids:
        row = await row_of(uow, case_id)
        if row is None:
            await uow.session.execute(delete(OverseenProject).where(OverseenProject.case_id == case_id))
            continue
        fresh = {**row, "as_of": uow.now}
        statement = insert(OverseenProject).values(fresh)
        del fresh["case_id"]
        await uow.session.execute(statement.on_conflict_do_update(index_elements=["case_id"], set_=fresh))


async def keep_changed(uow: UnitOfWork) -> None:
    """Write the rows of the projects that this unit of work has changed anew, before it commits: each is locked by it."""
    for case in uow.changed.values():
        # what a savepoint took back must be read anew
        if case in uow.session and inspect(case).expired:
            await uow.session.refresh(case)
    await keep(uow, [case.id for case in uow.changed.values() if case in uow.session and case.project_at is not None])


AT_ONCE = 20


async def stale(uow: UnitOfWork, limit: int = AT_ONCE) -> list[UUID]:
    """Running projects whose row is of an earlier day, or older than a change of who holds which role, locked; some of them.

    Such changes are no event of the project: somebody comes, leaves or takes over at an office, takes part in a gathering,
    or answers what came of a survey. What another transaction holds is left to that one, which writes the row itself.
    """
    late = or_(
        OverseenProject.gathered.is_(None),
        OverseenProject.as_of < datetime.combine(day_in_oslo(uow.now), time(0), OSLO),
        moved(OverseenProject.as_of, uow.now),
        exists().where(
            or_(FeedbackItem.received_at > OverseenProject.as_of, FeedbackItem.answered_at > OverseenProject.as_of),
            _about(Project.id),
        ),
    )
    found = await uow.session.scalars(
        select(Case.id)
        .join(Project, Project.id == Case.id)
        .outerjoin(OverseenProject, OverseenProject.case_id == Case.id)
        .where(Project.state.in_(OVERSEEN), late)
        .order_by(OverseenProject.as_of.asc().nulls_first(), Case.id)
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True)
    )
    return list(found)


class Difference(msgspec.Struct, frozen=True):
    """A row that does not say what its project says: which of its columns, kept and taken anew."""

    case_id: UUID
    column: str
    kept: Any
    anew: Any


async def differences(uow: UnitOfWork) -> tuple[int, list[Difference]]:
    """How many projects are overseen, and everything in which their rows differ from the projects themselves."""
    kept = {row.case_id: row for row in await uow.session.scalars(select(OverseenProject))}
    running = set(await uow.session.scalars(select(Project.id).where(Project.state.in_(OVERSEEN))))
    found: list[Difference] = []
    for case_id in sorted(running | set(kept)):
        row, anew = kept.get(case_id), await row_of(uow, case_id)
        if row is None or anew is None:
            if row is not None or anew is not None:
                found.append(Difference(case_id, "case_id", row and row.as_of, anew and "running"))
            continue
        for column, value in anew.items():
            was = getattr(row, column)
            if column == "facilitator_ids":
                was = sorted(was)
            if was != value:
                found.append(Difference(case_id, column, was, value))
        uow.session.expunge_all()
    return len(running), found
