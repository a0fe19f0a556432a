"""The steps of a project: every move of its lifecycle, with the dates that it sets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select

from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.moves import hold, make
from app.projects.facts import PROJECT
from app.projects.models import Project, ProjectStep
from workflows.engine import Move

StepVerb = Callable[..., Awaitable[Project]]


async def _mark(uow: UnitOfWork, project: Project, before: str) -> None:
    """Write the day on which one step was left and the other entered."""
    today = day_in_oslo(uow.now)
    steps = {
        step.step: step
        for step in await uow.session.scalars(select(ProjectStep).where(ProjectStep.case_id == project.id))
    }
    if before in steps and project.state != "paused":
        steps[before].actual_to = today
    if project.state in steps and before != "paused":
        steps[project.state].actual_from = steps[project.state].actual_from or today
        steps[project.state].actual_to = None
        project.started_at = project.started_at or uow.now
    if project.state == "closed":
        project.closed_at = uow.now
    if project.state == "ended":
        project.ended_at = uow.now
    if project.state in ("paused", "stopped") and before != "paused":
        project.paused_from = before
    if before == "paused" and project.state not in ("paused", "stopped"):
        project.paused_from = None


def verb_of(move: Move) -> StepVerb:
    """The service verb that makes a move of a project: `async (uow, actor, case_id, *, version, why)`."""

    async def step(
        uow: UnitOfWork, actor: Actor, case_id: UUID, *, version: int | None = None, why: str = ""
    ) -> Project:
        held = await hold(uow, actor, PROJECT, case_id, move.permission, version=version)
        before = held.row.state
        project = await make(uow, actor, PROJECT, held, move.name, why=why)
        await _mark(uow, project, before)
        return project

    step.__name__ = move.name
    requirements = "; ".join(rule.rule for rule in move.requires) or "nothing more"
    step.__doc__ = f"Lead the project to {move.target}. Requires: {requirements}"
    return step


STEPS: dict[str, StepVerb] = {move.name: verb_of(move) for move in PROJECT.lifecycle.moves if move.name != "stop"}
"""Stopping asks for more than a step does: projects.service.stop."""
