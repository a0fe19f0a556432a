"""A benefit on its way to the end: planned anew, concluded, given up, and handed to the line."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.benefits.facts import BENEFIT
from app.benefits.models import Benefit
from app.benefits.service.measurements import plan_follow_up, write_off_open
from app.benefits.service.plan import current_plan, next_version, refuse_practice, refuse_submitted
from app.benefits.service.profile import give_role, held_for_writing, refuse_owner
from app.benefits.service.progress import advance
from app.benefits.service.succession import end_role
from app.cases.queries import people_of_parties, roles_in
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotYet, invalid
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.moves import Held, hold, lock_case, make, note
from app.notices.service import tell
from workflows.benefit import BENEFIT as LIFECYCLE
from workflows.benefit import PlanState
from workflows.engine import Reason
from workflows.roles import Permission, Role


async def step(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, name: str, version: int | None = None, why: str = ""
) -> Benefit:
    """Conclude what a benefit came to, by the name of the move; owner and office are told."""
    held = await hold(uow, actor, BENEFIT, benefit_id, LIFECYCLE.move(name).permission, version=version)
    row = await make(uow, actor, BENEFIT, held, name, why=why)
    office = await people_of_parties(uow, held.case.id, Role.LEADER, Role.COORDINATOR)
    people = [person for person in (row.handed_over_to, row.owner_id, *office) if person and person != actor.person_id]
    await tell(
        uow, people, "benefit_concluded", case_id=held.case.id, link=f"/benefits/{row.id}",
        parameters={"benefit": row.title, "state_key": f"state.benefit.{row.state}"},
    )  # fmt: skip
    return row


async def realise(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Conclude that the target is reached."""
    return await step(uow, actor, benefit_id, name="realise", version=version, why=why)


async def realise_partly(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Conclude that some of the target is reached, with what kept the rest away."""
    return await step(uow, actor, benefit_id, name="realise_partly", version=version, why=why)


async def not_realise(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Conclude that the benefit did not come, with what kept it away."""
    return await step(uow, actor, benefit_id, name="not_realise", version=version, why=why)


async def sustain(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Conclude that what was reached has lasted."""
    return await step(uow, actor, benefit_id, name="sustain", version=version, why=why)


async def replan(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Take a planned benefit back to be written anew; a plan that stands approved gets a new version for it."""
    held = await hold(uow, actor, BENEFIT, benefit_id, Permission.BENEFIT_WRITE, version=version)
    await refuse_submitted(uow, held.case.id)
    await make(uow, actor, BENEFIT, held, "replan", why=why)
    plan = await current_plan(uow, held.case.id)
    if plan is not None and plan.state == PlanState.APPROVED:
        await next_version(uow, actor, held.case, plan, why)
    return await advance(uow, actor, held)


async def drop(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Give a benefit up, with the reason; what was planned stays to be seen, its forecast is nothing from now on (I13)."""
    held = await hold(uow, actor, BENEFIT, benefit_id, Permission.BENEFIT_DROP, version=version)
    return await _dropped(uow, actor, held, why)


async def _dropped(uow: UnitOfWork, actor: Actor, held: Held[Benefit], why: str) -> Benefit:
    row = await make(uow, actor, BENEFIT, held, "drop", why=why)
    row.dropped_at = uow.now
    await write_off_open(uow, actor, held, why)
    return row


async def drop_unfinished(uow: UnitOfWork, actor: Actor, project_id: UUID, why: str) -> list[Benefit]:
    """Give up every benefit of a stopped project that is not concluded, with the reason of the stop."""
    case = await lock_case(uow, project_id)
    roles = await roles_in(uow, actor, case) | {Role.SYSTEM}  # the scheme's own step, by whoever stopped it
    rows = await uow.session.scalars(
        select(Benefit)
        .where(Benefit.case_id == project_id, Benefit.state.in_(LIFECYCLE.move("drop").sources))
        .order_by(Benefit.id)
    )
    return [await _dropped(uow, actor, Held(row, case, roles), why) for row in rows.all()]


async def hand_over(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, person_id: UUID, unit_id: UUID
) -> Benefit:
    """Ask a named leader in the line to take the benefit over; it is handed over once that person says yes."""
    held = await held_for_writing(uow, actor, benefit_id, version)
    row = held.row
    refuse_practice(row, "hand_over")
    person, unit = await uow.session.get(Person, person_id), await uow.session.get(Unit, unit_id)
    if person is None:
        raise invalid("person_id", "form.unknown")
    if unit is None:
        raise invalid("unit_id", "form.unknown")
    await refuse_owner(uow, row.case_id, person)
    if (row.handed_over_to, row.handed_over_unit_id) == (person_id, unit_id):
        return row  # asked already, or taken over
    row.handed_over_to, row.handed_over_unit_id = person_id, unit_id
    row.hand_over_asked_at, row.handed_over_at = uow.now, None
    await give_role(uow, row.case_id, person_id)
    await note(uow, actor, BENEFIT, held, "hand_over", changes={"person_id": person_id, "unit_id": unit_id})
    await tell(
        uow, [person_id], "benefit_hand_over_asked", case_id=row.case_id,
        parameters={"benefit": row.title, "project": held.case.title}, link=f"/benefits/{row.id}#take-over",
    )  # fmt: skip
    return row


async def accept_hand_over(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Say yes to taking a benefit over; only the one who was asked can. The follow-up is dated in the same breath.

    The dates are those of the rules' months after the close, or after today while the project is not closed; the close
    itself moves them (Effect SCHEDULE_FOLLOW_UP).
    """
    held = await hold(uow, actor, BENEFIT, benefit_id, Permission.BENEFIT_ACCEPT, version=version)
    row = held.row
    if row.handed_over_to is None:
        reason = Reason(
            code="benefits.nobody_asked", place="benefit", parameters={"id": str(row.id)}, who=(Role.COORDINATOR,)
        )
        raise NotYet([reason], subject="benefit", step="accept_hand_over", case_id=held.case.id)
    if row.handed_over_to != actor.person_id:
        raise NotAllowed
    if row.handed_over_at is not None:
        return row
    row.handed_over_at = uow.now
    await note(uow, actor, BENEFIT, held, "accept_hand_over", why=why)
    await plan_follow_up(uow, actor, held)
    return row


async def refuse_hand_over(
    uow: UnitOfWork, actor: Actor, benefit_id: UUID, *, version: int | None = None, why: str = ""
) -> Benefit:
    """Say no to taking a benefit over, with the reason; only the one who was asked can, and the office asks somebody else."""
    held = await hold(uow, actor, BENEFIT, benefit_id, Permission.BENEFIT_ACCEPT, version=version)
    row = held.row
    if row.handed_over_to != actor.person_id:
        raise NotAllowed
    if row.handed_over_at is not None:
        taken = Reason(code="benefits.taken_over_already", place="benefit", parameters={"id": str(row.id)})
        raise NotYet([taken], subject="benefit", step="refuse_hand_over", case_id=held.case.id)
    if not why.strip():
        raise invalid("why", "step.why_missing", move="refuse_hand_over")
    row.handed_over_to = row.handed_over_unit_id = row.hand_over_asked_at = None
    await note(uow, actor, BENEFIT, held, "refuse_hand_over", why=why)
    await end_role(uow, held.case.id, actor.person_id)
    await tell(
        uow, await people_of_parties(uow, held.case.id, Role.LEADER, Role.COORDINATOR), "benefit_hand_over_refused",
        case_id=held.case.id, link=f"/benefits/{row.id}#hand-over",
        parameters={"benefit": row.title, "name": actor.name, "why": why},
    )  # fmt: skip
    return row
