"""The waiting list moves up: when a place comes free, a decision is prepared for whoever is next and fits."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, union_all

from app.applications.models import Application
from app.board.queries import everybody_in_order, head_of
from app.calls.models import Call
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.decisions.drafting import undisputed_people
from app.decisions.facts import DECISION
from app.decisions.models import Commitment, Decision
from app.identity.actor import SYSTEM
from app.identity.queries import people_with_role
from app.moves import begin, lock_case
from app.notices.service import tell
from workflows.application import ApplicationState
from workflows.decision import BINDS_MONEY, DecisionState, Outcome
from workflows.ranking import Waiting, moves_up
from workflows.roles import Role

OPEN = (DecisionState.PENDING, DecisionState.RECOMMENDED)


async def move_up(uow: UnitOfWork, call_id: UUID, *, after: UUID) -> list[Decision]:
    """Prepare pending decisions for those on the waiting list for whom there is room, by workflows.ranking.moves_up.

    `after` is the case whose award has come to nothing or become smaller; it is the reason given. Nothing is bound
    and nothing is decided: people recommend and decide on it as on any other. Harmless a second time, since what is
    prepared counts as taken.
    """
    await lock_case(uow, call_id)
    left_ore, left_hours = await _left(uow, call_id)
    waiting = await _waiting(uow, call_id)
    prepared = []
    for case_id in moves_up(waiting, left_ore, left_hours):
        made = await _prepare(uow, case_id, after)
        if made is not None:
            prepared.append(made)
    return prepared


async def _left(uow: UnitOfWork, call_id: UUID) -> tuple[int, int]:
    """What is left of the frame, less what decisions that are being prepared would take."""
    call = await uow.session.get_one(Call, call_id)
    bound = select(Commitment.amount_ore, Commitment.hours).where(Commitment.call_id == call_id)
    meant = (
        select(func.coalesce(Decision.amount_ore, 0), func.coalesce(Decision.hours, 0))
        .join(Application, Application.id == Decision.case_id)
        .where(
            Decision.call_id == call_id, Decision.state.in_(OPEN), Decision.outcome.in_(BINDS_MONEY),
            Application.state.not_in((ApplicationState.PROVISIONALLY_AWARDED, ApplicationState.WITHDRAWN)),
        )
    )  # fmt: skip
    taken = union_all(bound, meant).subquery()
    ore, hours = (await uow.session.execute(select(func.sum(taken.c[0]), func.sum(taken.c[1])))).one()
    return (call.frame_ore or 0) - int(ore or 0), (call.facilitation_hours or 0) - int(hours or 0)


async def _waiting(uow: UnitOfWork, call_id: UUID) -> list[Waiting]:
    """Those on the waiting list for whom nothing is being prepared, in the order of the board."""
    open_cases = select(Decision.case_id).where(Decision.call_id == call_id, Decision.state.in_(OPEN))
    rows = await uow.session.execute(
        select(Application.id, Application.amount_ore, Application.hours).where(
            Application.call_id == call_id, Application.state == ApplicationState.WAITLISTED,
            Application.id.not_in(open_cases),
        )
    )  # fmt: skip
    found = {row.id: Waiting(row.id, row.amount_ore or 0, row.hours or 0) for row in rows}
    order = await everybody_in_order(uow, await head_of(uow, call_id))
    return [found[each] for each in order if each in found]


async def _prepare(uow: UnitOfWork, case_id: UUID, after: UUID) -> Decision | None:
    """A pending decision with what was asked for; None where the application no longer waits, now that it is held."""
    case = await lock_case(uow, case_id)
    application = await uow.session.get_one(Application, case_id, populate_existing=True)
    begun = await uow.session.scalar(
        select(Decision.id).where(Decision.case_id == case_id, Decision.state.in_(OPEN)).limit(1)
    )
    if application.state != ApplicationState.WAITLISTED or begun is not None:
        return None
    freed = await uow.session.get_one(Case, after)
    decision = Decision(
        case_id=case_id, call_id=application.call_id, outcome=Outcome.AWARDED, amount_ore=application.amount_ore,
        hours=application.hours, prepared_after=after,
    )  # fmt: skip
    changes = {"amount_ore": application.amount_ore, "hours": application.hours, "after": freed.reference}
    await begin(uow, SYSTEM, DECISION, case, decision, verb="move_up", changes=changes)
    handlers = await undisputed_people(uow, application, await people_with_role(uow, Role.CASE_HANDLER))
    await tell(
        uow, handlers, "waitlist_moved_up", case_id=case_id,
        parameters={"reference": case.reference, "after": freed.reference}, link=f"/decisions/{decision.id}",
    )  # fmt: skip
    return decision
