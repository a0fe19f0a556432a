"""Writing down what a project does in its diamonds; every entry is an event of the project."""

from __future__ import annotations

from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from app.activities.models import (
    Change,
    Concept,
    DevianceCheck,
    Finding,
    Idea,
    Insight,
    InsightActivity,
    OfCase,
    Pilot,
    Placement,
    SuccessStatement,
    SystemNode,
)
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import Held, hold, note
from app.projects.facts import PROJECT
from app.projects.models import Project
from workflows.roles import Permission

Entry = TypeVar("Entry", bound=OfCase)


async def _project(uow: UnitOfWork, actor: Actor, case_id: UUID) -> Held[Project]:
    return await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_WRITE)


async def _add(uow: UnitOfWork, actor: Actor, held: Held[Project], row: Entry, verb: str) -> Entry:
    row.case_id, row.written_by, row.written_at = held.case.id, actor.person_id, uow.now  # type: ignore[assignment]
    uow.session.add(row)
    await uow.session.flush()
    said = {column.key: getattr(row, column.key) for column in row.__mapper__.columns}  # type: ignore[attr-defined]
    left_out = ("case_id", "written_by", "written_at")
    await note(uow, actor, PROJECT, held, verb, changes={k: v for k, v in said.items() if k not in left_out})
    return row


async def _own(uow: UnitOfWork, table: type[Entry], row_id: UUID, case_id: UUID, field: str) -> Entry:
    """A row of the same project; Invalid beside the field for anybody else's."""
    row = await uow.session.get(table, row_id)
    if row is None or row.case_id != case_id:
        raise invalid(field, "form.unknown")
    return row


async def add_insight_activity(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    method: str,
    party: str,
    held_on: date,
    participants: int,
    about: str,
    units: str = "",
) -> InsightActivity:
    """Record an insight activity (S20); held in the future or with an identity number in its text it is refused."""
    held = await _project(uow, actor, case_id)
    if held_on > day_in_oslo(uow.now):
        raise invalid("held_on", "form.in_the_future")
    refuse_identity_numbers(about=about, units=units)
    row = InsightActivity(
        method=method, party=party, held_on=held_on, participants=participants, units=units.strip(), about=about
    )
    return await _add(uow, actor, held, row, "add_insight_activity")


async def add_insight(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, activity_id: UUID, kind: str, text: str
) -> Insight:
    """Record a need, challenge, expectation or dilemma, with the activity that showed it (S44)."""
    held = await _project(uow, actor, case_id)
    await _own(uow, InsightActivity, activity_id, case_id, "activity_id")
    refuse_identity_numbers(text=text)
    return await _add(uow, actor, held, Insight(activity_id=activity_id, kind=kind, text=text), "add_insight")


async def add_finding(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, text: str, insight_ids: tuple[UUID, ...]
) -> Finding:
    """Record a main finding; it rests on at least one insight (S45)."""
    held = await _project(uow, actor, case_id)
    if not insight_ids:
        raise invalid("insight_ids", "activities.finding_without_insight")
    rests_on = await _all_own(uow, Insight, insight_ids, case_id, "insight_ids")
    refuse_identity_numbers(text=text)
    return await _add(uow, actor, held, Finding(text=text, insight_ids=rests_on), "add_finding")


async def validate_finding(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, finding_id: UUID, activity_id: UUID, status: str
) -> Finding:
    """Say by which activity a finding was shown to hold (S21)."""
    held = await _project(uow, actor, case_id)
    finding = await _own(uow, Finding, finding_id, case_id, "finding_id")
    await _own(uow, InsightActivity, activity_id, case_id, "activity_id")
    finding.status, finding.validated_by_activity = status, activity_id
    await note(uow, actor, PROJECT, held, "validate_finding", changes={"finding_id": finding_id, "status": status})
    return finding


async def _all_own(uow: UnitOfWork, table: type[Entry], ids: tuple[UUID, ...], case_id: UUID, field: str) -> list[UUID]:
    """Ids of rows of the same project, each once; one statement, Invalid beside the field for anybody else's."""
    asked = list(dict.fromkeys(ids))
    found = set(await uow.session.scalars(select(table.id).where(table.id.in_(asked), table.case_id == case_id)))
    if len(found) < len(asked):
        raise invalid(field, "form.unknown")
    return asked


async def tie_finding(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, finding_id: UUID, insight_ids: tuple[UUID, ...]
) -> Finding:
    """Say anew which insights a finding rests on; at least one (S45)."""
    held = await _project(uow, actor, case_id)
    finding = await _own(uow, Finding, finding_id, case_id, "finding_id")
    if not insight_ids:
        raise invalid("insight_ids", "activities.finding_without_insight")
    before = finding.insight_ids
    finding.insight_ids = await _all_own(uow, Insight, insight_ids, case_id, "insight_ids")
    changes = {"finding_id": finding_id, "insight_ids": finding.insight_ids, "before": before}
    await note(uow, actor, PROJECT, held, "tie_finding", changes=changes)
    return finding


async def tie_concept(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, concept_id: UUID, finding_ids: tuple[UUID, ...]
) -> Concept:
    """Say anew which findings a concept answers; at least one (S46)."""
    held = await _project(uow, actor, case_id)
    concept = await _own(uow, Concept, concept_id, case_id, "concept_id")
    if not finding_ids:
        raise invalid("finding_ids", "activities.concept_without_finding")
    before = concept.finding_ids
    concept.finding_ids = await _all_own(uow, Finding, finding_ids, case_id, "finding_ids")
    changes = {"concept_id": concept_id, "finding_ids": concept.finding_ids, "before": before}
    await note(uow, actor, PROJECT, held, "tie_concept", changes=changes)
    return concept


async def tie_change(uow: UnitOfWork, actor: Actor, case_id: UUID, *, change_id: UUID, concept_id: UUID) -> Change:
    """Say anew which concept a change puts to use (S46)."""
    held = await _project(uow, actor, case_id)
    change = await _own(uow, Change, change_id, case_id, "change_id")
    await _own(uow, Concept, concept_id, case_id, "concept_id")
    before, change.concept_id = change.concept_id, concept_id
    changes = {"change_id": change_id, "concept_id": concept_id, "before": before}
    await note(uow, actor, PROJECT, held, "tie_change", changes=changes)
    return change


async def add_success_statement(uow: UnitOfWork, actor: Actor, case_id: UUID, *, text: str) -> SuccessStatement:
    """Add to what the office does when it succeeds, last in the order (S15)."""
    held = await _project(uow, actor, case_id)
    last = await uow.session.scalar(
        select(func.coalesce(func.max(SuccessStatement.rank), 0)).where(SuccessStatement.case_id == case_id)
    )
    row = SuccessStatement(text=text, rank=(last or 0) + 1)
    return await _add(uow, actor, held, row, "add_success_statement")


async def rank_success_statement(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, statement_id: UUID, rank: int
) -> SuccessStatement:
    """Move a statement to a place in the order; the others close up (S33)."""
    held = await _project(uow, actor, case_id)
    moved = await _own(uow, SuccessStatement, statement_id, case_id, "statement_id")
    rows = list(
        await uow.session.scalars(
            select(SuccessStatement).where(SuccessStatement.case_id == case_id).order_by(SuccessStatement.rank)
        )
    )
    rows.remove(moved)
    rows.insert(min(rank, len(rows) + 1) - 1, moved)
    for place, row in enumerate(rows, 1):
        row.rank = place
    await note(uow, actor, PROJECT, held, "rank_success_statement", changes={"id": statement_id, "rank": moved.rank})
    return moved


async def add_idea(uow: UnitOfWork, actor: Actor, case_id: UUID, *, text: str) -> Idea:
    """Record an idea (S47)."""
    return await _add(uow, actor, await _project(uow, actor, case_id), Idea(text=text), "add_idea")


async def add_concept(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, title: str, description: str, kinds: tuple[str, ...],
    finding_ids: tuple[UUID, ...], idea_ids: tuple[UUID, ...] = (),
) -> Concept:  # fmt: skip
    """Record a concept with its kinds (S42), the findings it answers (S46) and the ideas it came of (S47)."""
    held = await _project(uow, actor, case_id)
    if not kinds:
        raise invalid("kinds", "form.empty")
    if not finding_ids:
        raise invalid("finding_ids", "activities.concept_without_finding")
    answers = await _all_own(uow, Finding, finding_ids, case_id, "finding_ids")
    ideas = await _all_own(uow, Idea, idea_ids, case_id, "idea_ids") if idea_ids else []
    row = Concept(title=title, description=description, kinds=list(kinds), finding_ids=answers, idea_ids=ideas)
    return await _add(uow, actor, held, row, "add_concept")


async def choose_concept(uow: UnitOfWork, actor: Actor, case_id: UUID, *, concept_id: UUID, why_chosen: str) -> Concept:
    """Carry a concept on, with the reason for the choice (S47)."""
    held = await _project(uow, actor, case_id)
    concept = await _own(uow, Concept, concept_id, case_id, "concept_id")
    concept.chosen, concept.why_chosen = True, why_chosen
    await note(uow, actor, PROJECT, held, "choose_concept", changes={"concept_id": concept_id, "why": why_chosen})
    return concept


async def check_deviance(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, concept_id: UUID, deviance_id: UUID, answer: str, comment: str
) -> DevianceCheck:
    """Say whether a concept has one of the office's positive deviances in it; a second answer replaces the first (S34)."""
    held = await _project(uow, actor, case_id)
    await _own(uow, Concept, concept_id, case_id, "concept_id")
    row = await uow.session.scalar(
        select(DevianceCheck).where(DevianceCheck.concept_id == concept_id, DevianceCheck.deviance_id == deviance_id)
    )
    if row is None:
        row = DevianceCheck(concept_id=concept_id, deviance_id=deviance_id, answer=answer, comment=comment)
        return await _add(uow, actor, held, row, "check_deviance")
    row.answer, row.comment = answer, comment
    await note(uow, actor, PROJECT, held, "check_deviance", changes={"id": row.id, "answer": answer})
    return row


async def place_concept(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, concept_id: UUID, kind: str, category: str, sign: int,
    node_id: UUID | None, text: str,
) -> Placement:  # fmt: skip
    """Place a concept, a benefit or a consequence of it in the system; a consequence has a sign (S52-S54)."""
    held = await _project(uow, actor, case_id)
    await _own(uow, Concept, concept_id, case_id, "concept_id")
    if node_id is not None and await uow.session.get(SystemNode, node_id) is None:
        raise invalid("node_id", "form.unknown")
    row = Placement(
        concept_id=concept_id, kind=kind, category=category, sign=sign if kind == "consequence" else 1, node_id=node_id,
        text=text,
    )  # fmt: skip
    return await _add(uow, actor, held, row, "place_concept")


async def no_consequence(uow: UnitOfWork, actor: Actor, case_id: UUID, *, concept_id: UUID, why: str) -> Concept:
    """Say why a concept has no consequences for the rest of the system (S52)."""
    held = await _project(uow, actor, case_id)
    concept = await _own(uow, Concept, concept_id, case_id, "concept_id")
    concept.no_consequence_why = why
    await note(uow, actor, PROJECT, held, "no_consequence", changes={"concept_id": concept_id, "why": why})
    return concept


async def add_system_node(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, kind: str, party: str, text: str
) -> SystemNode:
    """Lift a need, challenge or dilemma to the shared system map; the link to its origin stays (S23, S48)."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_ARRANGE)
    row = SystemNode(kind=kind, party=party, text=text, from_case_id=case_id, created_at=uow.now)
    uow.session.add(row)
    await note(uow, actor, PROJECT, held, "add_system_node", changes={"id": row.id, "text": text})
    return row


async def add_pilot(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, concept_id: UUID, from_on: date, to_on: date | None,
    participants: int, outcome: str,
) -> Pilot:  # fmt: skip
    """Record a pilot of a concept."""
    held = await _project(uow, actor, case_id)
    await _own(uow, Concept, concept_id, case_id, "concept_id")
    if to_on is not None and to_on < from_on:
        raise invalid("to_on", "form.before_start")
    row = Pilot(concept_id=concept_id, from_on=from_on, to_on=to_on, participants=participants, outcome=outcome)
    return await _add(uow, actor, held, row, "add_pilot")


async def add_change(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, title: str, concept_id: UUID | None, planned_live_on: date | None,
    live_on: date | None,
) -> Change:  # fmt: skip
    """Record a change that a concept leads to, with the day it is to go live (S66)."""
    held = await _project(uow, actor, case_id)
    if concept_id is not None:
        await _own(uow, Concept, concept_id, case_id, "concept_id")
    row = Change(title=title, concept_id=concept_id, planned_live_on=planned_live_on, live_on=live_on)
    return await _add(uow, actor, held, row, "add_change")


async def plan_live(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, change_id: UUID, planned_live_on: date, why: str = ""
) -> Change:
    """Say on which day a change is to go live, anew with a reason (S63); Invalid for one that has gone live."""
    held = await _project(uow, actor, case_id)
    change = await _own(uow, Change, change_id, case_id, "change_id")
    if change.live_on is not None:
        raise invalid("change_id", "activities.is_live")
    before = change.planned_live_on
    if before not in (None, planned_live_on) and not why.strip():
        raise invalid("why", "projects.replan_why")
    change.planned_live_on = planned_live_on
    changes = {"change_id": change_id, "planned_live_on": [before, planned_live_on]}
    await note(uow, actor, PROJECT, held, "plan_live", why=why, changes=changes)
    return change


async def go_live(uow: UnitOfWork, actor: Actor, case_id: UUID, *, change_id: UUID, live_on: date) -> Change:
    """Say on which day a change went live; not in the future, and said once."""
    held = await _project(uow, actor, case_id)
    change = await _own(uow, Change, change_id, case_id, "change_id")
    if live_on > day_in_oslo(uow.now):
        raise invalid("live_on", "form.in_the_future")
    change.live_on = live_on
    await note(uow, actor, PROJECT, held, "go_live", changes={"change_id": change_id, "live_on": live_on})
    return change
