"""Decisions for programs to read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get

from app.decisions import queries
from app.decisions.facts import DECISION
from app.web.visit import Visit
from workflows.roles import Permission


class StepOut(msgspec.Struct, frozen=True):
    """A step that leaves the present state: whether one may take it, and the codes and sentences of what is missing."""

    verb: str
    permitted: bool
    allowed: bool
    missing: list[tuple[str, str]]


class DecisionOut(msgspec.Struct, frozen=True, kw_only=True):
    """One decision with its steps."""

    id: UUID
    case_id: UUID
    call_id: UUID
    state: str
    version: int
    outcome: str | None
    amount_ore: int | None
    hours: int | None
    funding_instrument: str
    reasons: str
    conditions: str
    recommended_at: datetime | None
    decided_at: datetime | None
    letter_id: UUID | None
    steps: list[StepOut]


@get("/decisions", permission=Permission.DECISION_SEE, tags=["decision"], operation_id="frames_read")
async def read_frames(visit: Visit) -> list[queries.Frame]:
    """The calls that are published, each with its frame and what is bound of it, the newest first."""
    return await queries.frames(visit.uow, visit.texts.language, actor=visit.actor)


@get(
    "/decisions/{decision_id:uuid}", permission=Permission.DECISION_SEE, tags=["decision"], operation_id="decision_read"
)
async def read_decision(visit: Visit, decision_id: UUID) -> DecisionOut:
    """One decision, with everything that is missing for each step."""
    view = await queries.decision_view(visit.uow, visit.actor, decision_id)
    row = view.decision
    steps = await visit.steps(DECISION, row, view.case, view.roles)
    return DecisionOut(
        id=row.id, case_id=row.case_id, call_id=row.call_id, state=row.state, version=row.version, outcome=row.outcome,
        amount_ore=row.amount_ore, hours=row.hours, funding_instrument=row.funding_instrument,
        reasons=row.reasons, conditions=row.conditions,
        recommended_at=row.recommended_at, decided_at=row.decided_at, letter_id=view.letter_id,
        steps=[
            StepOut(step.verb, step.permitted, step.allowed, [(each.code, each.sentence) for each in step.missing])
            for step in steps
        ],
    )  # fmt: skip


ROUTES = [read_frames, read_decision]
