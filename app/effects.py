"""What follows from a step, in the same transaction: the one place where a room calls onwards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.applications import service as applications
from app.benefits import service as benefits
from app.benefits.service import measurements
from app.calls.announcing import announce
from app.clarifications import service as clarifications
from app.core.database import Effects, UnitOfWork
from app.decisions import ledger as frame
from app.facilitation import service as facilitation
from app.identity.actor import Actor
from app.joining.merging import join_applications
from app.letters.making import make_letter
from app.letters.releasing import release_letter
from app.network import service as network
from app.payments import ledger
from app.payments import service as payments
from app.portfolio import keeping
from app.projects import oversight
from app.projects import service as projects
from app.reconsiderations import service as reconsiderations
from app.reports import service as reports
from workflows.effects import Effect


async def take_over_benefits(uow: UnitOfWork, actor: Actor, application: Any) -> None:
    """The benefits that the application hoped for become the project's first ones."""
    await benefits.take_over_expected(uow, actor, application.id)


async def plan_what_is_due(uow: UnitOfWork, actor: Actor, row: Any) -> None:
    """What follows when a project opens: its milestones with the payments on them, and the calendar of its reports."""
    await payments.plan_milestones_and_payments(uow, actor, row)
    await reports.plan_for_project(uow, actor, row.id)


async def wind_down(uow: UnitOfWork, actor: Actor, project: Any) -> None:
    """What a stopped project had planned falls away with its reason: money not released, and benefits not concluded."""
    why = await projects.stop_reason(uow, project.id)
    await payments.cancel_planned(uow, actor, project.id, why)
    await benefits.drop_unfinished(uow, actor, project.id, why)
    await payments.tell_what_was_paid(uow, project.id)


async def confirm_commitment(uow: UnitOfWork, actor: Actor, project: Any) -> None:
    """What was promised provisionally is promised finally, in the ledger of the call and in the project's own."""
    await frame.confirm_commitment(uow, actor, project)
    await ledger.confirm(uow, actor, project.id)


async def index_challenge(uow: UnitOfWork, actor: Actor, application: Any) -> None:
    """What others may find of the case is brought up to date."""
    await network.index(uow, application.id)


PLANNED_ONCE = text("SET LOCAL plan_cache_mode = force_generic_plan")
PLANNED_EACH_TIME = text("SET LOCAL plan_cache_mode = auto")


async def keep_in_step(uow: UnitOfWork) -> None:
    """What is kept of projects for those who look at many is written anew with what changed.

    What is asked of one project is asked by long statements, whose planning takes longer than running them.
    """
    if uow.changed:
        await uow.session.execute(PLANNED_ONCE)
        await oversight.keep_changed(uow)
        await keeping.keep_changed(uow)
        await uow.session.execute(PLANNED_EACH_TIME)


EFFECTS = Effects()
EFFECTS.at_the_end = keep_in_step
EFFECTS[Effect.OPEN_PROJECT] = projects.open_for_award
EFFECTS[Effect.TAKE_OVER_BENEFITS] = take_over_benefits
EFFECTS[Effect.OPEN_CLARIFICATIONS] = clarifications.open_for_project
EFFECTS[Effect.TELL_TEAM] = projects.tell_team
EFFECTS[Effect.ANNOUNCE_CALL] = announce
EFFECTS[Effect.GIVE_RECEIPT] = applications.give_receipt
EFFECTS[Effect.FREEZE_STATEMENT] = applications.freeze_statement
EFFECTS[Effect.TELL_APPLICANT] = applications.tell_applicant
EFFECTS[Effect.TELL_CASE_HANDLERS] = applications.tell_case_handlers
EFFECTS[Effect.TELL_OF_WITHDRAWAL] = applications.tell_of_withdrawal
EFFECTS[Effect.INDEX_CHALLENGE] = index_challenge
EFFECTS[Effect.JOIN_APPLICATIONS] = join_applications
EFFECTS[Effect.PLAN_MILESTONES] = plan_what_is_due
EFFECTS[Effect.KEEP_BENEFIT_MAP] = benefits.keep_at_gate
EFFECTS[Effect.SCHEDULE_FOLLOW_UP] = measurements.schedule_follow_up
EFFECTS[Effect.RELEASE_FACILITATORS] = facilitation.release
EFFECTS[Effect.WIND_DOWN] = wind_down
EFFECTS[Effect.RELEASE_PAYMENT] = payments.release_for_milestone
EFFECTS[Effect.APPLY_CHANGE] = payments.apply_change
EFFECTS[Effect.COMMIT_FRAME] = frame.commit_frame
EFFECTS[Effect.MAKE_LETTER] = make_letter
EFFECTS[Effect.RELEASE_LETTER] = release_letter
EFFECTS[Effect.DECIDE_ANEW] = reconsiderations.decide_anew
EFFECTS[Effect.CONFIRM_COMMITMENT] = confirm_commitment
