"""The verbs of sharing out: ask for a proposal, make it, lock, change and accept its pairs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.assignments.facts import STANDING, basis_of, gather, reviewers_of, rules_of
from app.assignments.models import AssignmentProposal, ProposedPair, ReviewerProfile
from app.audit.service import record
from app.calls.facts import CALL
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.core.errors import DomainError, Invalid, NotAllowed, NotFound, NotYet, Stale, invalid
from app.identity.actor import Actor
from app.identity.queries import actor_of_person
from app.matching.solver import solve
from app.moves import Held, hold, lock_case
from app.outbox.models import OutboxRow
from app.outbox.service import put, put_all
from app.reviews import service as reviews
from app.reviews.group import in_the_group, lock_people
from app.reviews.models import Review
from workflows.engine import Reason
from workflows.matching import Solution, faults, unmet_wishes
from workflows.review_assignment import room_of
from workflows.roles import Permission
from workflows.rules import Rules

SECONDS = 40.0
"""How long the solver may look; the job that it runs in has a minute."""


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


async def write_profile(
    uow: UnitOfWork,
    actor: Actor,
    person_id: UUID,
    *,
    competences: Sequence[str] = (),
    languages: Sequence[str] = (),
    most: int | None = None,
    version: int | None = None,
) -> ReviewerProfile:
    """Say what somebody of the resource group knows, reads and has room for: oneself, or as one who assigns.

    NotFound for anybody else, whether they are in the group or not.
    """
    writes = actor.person_id == person_id or actor.may(Permission.REVIEW_ASSIGN)
    if not writes or person_id not in await in_the_group(uow, [person_id]):
        raise NotFound
    await lock_people(uow, [person_id])
    row = await uow.session.get(ReviewerProfile, person_id, populate_existing=True)
    if version is not None and version != (row.version if row else 0):
        raise Stale(typed_on=version, now_at=row.version if row else 0)
    if row is None:
        row = ReviewerProfile(person_id=person_id, version=0)
        uow.session.add(row)
    row.competences, row.languages, row.most = sorted(set(competences)), sorted(set(languages)), most
    row.version, row.written_by, row.written_at = row.version + 1, _person(actor), uow.now
    await uow.session.flush()
    return row


async def ask(uow: UnitOfWork, actor: Actor, *, call_id: UUID) -> AssignmentProposal:
    """Ask for a proposal of who should assess the applications of a call, around the pairs locked in the one before.

    NotYet while one is being made.
    """
    held = await hold(uow, actor, CALL, call_id, Permission.REVIEW_ASSIGN)
    before = await latest(uow, call_id)
    after_id = before.id if before else None
    if before is not None and before.made_at is None:
        if not await has_failed(uow, before):
            reason = Reason(code="assignment.being_made")
            raise NotYet([reason], subject="assignment_proposal", step="ask", case_id=call_id)
        after_id = before.after_id
    proposal = AssignmentProposal(call_id=call_id, asked_by=_person(actor), asked_at=uow.now, after_id=after_id)
    uow.session.add(proposal)
    await uow.session.flush()
    key = f"propose_assignments:{proposal.id}"
    proposal.job_id = await put(uow, "propose_assignments", {"proposal_id": str(proposal.id)}, key=key)
    await record(uow, actor, held.case, "assignment_proposal", proposal.id, "ask")
    return proposal


async def latest(uow: UnitOfWork, call_id: UUID) -> AssignmentProposal | None:
    """The proposal of a call that stands now."""
    found: AssignmentProposal | None = await uow.session.scalar(
        select(AssignmentProposal)
        .where(AssignmentProposal.call_id == call_id)
        .order_by(AssignmentProposal.id.desc())
        .limit(1)
    )
    return found


async def has_failed(uow: UnitOfWork, proposal: AssignmentProposal) -> bool:
    """Whether the job that was to make a proposal has given up, or is gone."""
    job = None if proposal.job_id is None else await uow.session.get(OutboxRow, proposal.job_id)
    return job is None or job.dead_at is not None


async def _open_pairs(uow: UnitOfWork, proposal_id: UUID | None) -> list[ProposedPair]:
    """The pairs of a proposal that nothing has become of."""
    rows = await uow.session.scalars(
        select(ProposedPair)
        .where(
            ProposedPair.proposal_id == proposal_id, ProposedPair.review_id.is_(None), ProposedPair.accepted_by.is_(None)
        )
        .order_by(ProposedPair.id)
    )  # fmt: skip
    return list(rows)


async def propose(uow: UnitOfWork, proposal_id: UUID) -> None:
    """Make a proposal that has been asked for; harmless a second time."""
    proposal = await uow.session.get(AssignmentProposal, proposal_id, with_for_update=True)
    if proposal is None or proposal.made_at is not None:
        return
    actor = await actor_of_person(uow, proposal.asked_by)
    before = await _open_pairs(uow, proposal.after_id)
    gathered = await gather(uow, actor, proposal.call_id)
    basis = await basis_of(uow, actor, proposal.call_id)
    locked = {(each.reviewer_id, each.case_id): each for each in before if each.is_locked}
    standing = frozenset((each.reviewer_id, each.case_id) for each in before)
    problem = gathered.problem(locked=frozenset(locked), standing=standing)
    solution = await asyncio.to_thread(solve, problem, seconds=SECONDS)
    if broken := faults(problem, solution.chosen):
        raise RuntimeError(f"the proposal breaks {[each.code for each in broken]}")
    for key in sorted(solution.chosen, key=lambda each: (each[1], each[0])):
        lock = locked.get(key)
        uow.session.add(
            ProposedPair(
                proposal_id=proposal_id, reviewer_id=key[0], case_id=key[1], is_locked=lock is not None,
                is_by_hand=lock is not None and lock.is_by_hand, is_new=bool(standing) and key not in standing,
                parts=msgspec.to_builtins(problem.pair[key].parts),
            )
        )  # fmt: skip
    proposal.unmet = [
        {"case_id": str(rule.task_id), "code": rule.code, "parameters": msgspec.to_builtins(rule.parameters)}
        for rule, _ in unmet_wishes(problem, solution.chosen)
    ]
    _say(proposal, solution, basis)
    proposal.made_at = uow.now


def _say(proposal: AssignmentProposal, solution: Solution, basis: str) -> None:
    """Note how good a proposal is, and what it cannot give."""
    proposal.basis, proposal.is_optimal = basis, solution.is_optimal
    proposal.cost, proposal.bound = solution.cost, solution.bound
    proposal.milliseconds = round(solution.seconds * 1000)
    proposal.lacks = [
        {"case_id": str(each.task_id), "number": each.number, "code": each.reason.code,
         "parameters": msgspec.to_builtins(each.reason.parameters)}
        for each in solution.lacks
    ]  # fmt: skip
    proposal.released = sorted([str(person_id), str(case_id)] for person_id, case_id in solution.released)


class HeldPair(msgspec.Struct, frozen=True):
    """A pair that can still be changed, with its application, locked."""

    row: ProposedPair
    held: Held[Application]


async def _hold_pair(uow: UnitOfWork, actor: Actor, pair_id: UUID, version: int | None) -> HeldPair:
    """A pair of the proposal that stands now; its application is locked.

    NotFound where the actor may not know of the application, NotYet where something has become of the pair already.
    """
    case_id = await uow.session.scalar(select(ProposedPair.case_id).where(ProposedPair.id == pair_id))
    if case_id is None:
        raise NotFound
    held = await hold(uow, actor, APPLICATION, case_id, Permission.REVIEW_ASSIGN)
    row = await uow.session.get(ProposedPair, pair_id, populate_existing=True)
    if row is None:
        raise NotFound
    if version is not None and version != row.version:
        raise Stale(typed_on=version, now_at=row.version)
    newest = await latest(uow, held.row.call_id)
    if newest is None or newest.id != row.proposal_id:
        raise _not_yet("assignment.overtaken", case_id)
    if row.review_id is not None or row.accepted_by is not None:
        raise _not_yet("assignment.accepted_already", case_id)
    return HeldPair(row, held)


def _not_yet(code: str, case_id: UUID, **parameters: str | int) -> NotYet:
    reason = Reason(code=code, parameters=parameters)
    return NotYet([reason], subject="proposed_pair", step="accept", case_id=case_id)


async def lock(uow: UnitOfWork, actor: Actor, pair_id: UUID, *, version: int | None = None) -> ProposedPair:
    """Settle a pair: the next proposal is made around it."""
    return await _set_lock(uow, actor, pair_id, version, on=True)


async def unlock(uow: UnitOfWork, actor: Actor, pair_id: UUID, *, version: int | None = None) -> ProposedPair:
    """Let the next proposal decide on a pair again."""
    return await _set_lock(uow, actor, pair_id, version, on=False)


async def _set_lock(uow: UnitOfWork, actor: Actor, pair_id: UUID, version: int | None, *, on: bool) -> ProposedPair:
    row = (await _hold_pair(uow, actor, pair_id, version)).row
    if row.is_locked != on:
        row.is_locked = on
        row.version += 1
    return row


async def remove(uow: UnitOfWork, actor: Actor, pair_id: UUID, *, version: int | None = None) -> None:
    """Take a pair out of a proposal; nobody is given the application in its place."""
    await uow.session.delete((await _hold_pair(uow, actor, pair_id, version)).row)


async def replace(
    uow: UnitOfWork, actor: Actor, pair_id: UUID, *, reviewer_id: UUID, version: int | None = None
) -> ProposedPair:
    """Put somebody else in a pair's place, by hand, and settle it so; NotYet with everything that is against it."""
    found = await _hold_pair(uow, actor, pair_id, version)
    row = found.row
    if row.reviewer_id == reviewer_id:
        return row
    row.parts = await _checked(uow, actor, found.held, row.proposal_id, reviewer_id)
    row.reviewer_id, row.is_by_hand, row.is_locked, row.is_new = reviewer_id, True, True, True
    row.refused = []
    row.version += 1
    return row


async def add(uow: UnitOfWork, actor: Actor, proposal_id: UUID, *, case_id: UUID, reviewer_id: UUID) -> ProposedPair:
    """Put somebody into a proposal by hand; NotYet with everything that is against it."""
    held = await hold(uow, actor, APPLICATION, case_id, Permission.REVIEW_ASSIGN)
    newest = await latest(uow, held.row.call_id)
    if newest is None or newest.id != proposal_id or newest.made_at is None:
        raise _not_yet("assignment.overtaken", case_id)
    parts = await _checked(uow, actor, held, proposal_id, reviewer_id)
    row = ProposedPair(
        proposal_id=proposal_id, case_id=case_id, reviewer_id=reviewer_id, parts=parts, is_by_hand=True, is_locked=True
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def _checked(
    uow: UnitOfWork, actor: Actor, held: Held[Application], proposal_id: UUID, reviewer_id: UUID
) -> list[Any]:
    """What speaks for and against somebody for an application; raises where they cannot be proposed for it."""
    one = select(Application.id).where(Application.id == held.row.id)
    gathered = await gather(uow, actor, held.row.call_id, one)
    if gathered.reviewer(reviewer_id) is None:
        raise invalid("reviewer_id", "reviews.not_in_the_group")
    pair = gathered.problem().pair[reviewer_id, held.row.id]
    there = await uow.session.scalar(
        select(ProposedPair.id).where(
            ProposedPair.proposal_id == proposal_id, ProposedPair.case_id == held.row.id,
            ProposedPair.reviewer_id == reviewer_id,
        )
    )  # fmt: skip
    if there is not None:
        raise invalid("reviewer_id", "assignment.proposed_already")
    if pair.bars:
        raise NotYet(pair.bars, subject="proposed_pair", step="replace", case_id=held.case.id)
    return list(msgspec.to_builtins(pair.parts))


async def accept(uow: UnitOfWork, actor: Actor, pair_id: UUID, *, version: int | None = None) -> Review:
    """Give one proposed pair its review now; NotYet with everything that has come in its way since."""
    found = await _hold_pair(uow, actor, pair_id, version)
    return await _give(uow, actor, found.held, found.row)


async def _give(uow: UnitOfWork, actor: Actor, held: Held[Application], row: ProposedPair) -> Review:
    """Give it by the reviews' own verb, which asks for conflicts anew; room and need are asked here (G12)."""
    case_id = held.case.id
    needed = msgspec.convert(held.row.rules, Rules).reviews.needed
    if await _standing(uow, case_id) >= needed:
        raise _not_yet("assignment.enough", case_id, name=held.case.reference, count=needed)
    # one at a time for each person, so that two acceptances at once do not give them more than they have room for
    await lock_people(uow, [row.reviewer_id])
    rules = await rules_of(uow, held.row.call_id)
    for reviewer in await reviewers_of(uow, rules, only=row.reviewer_id):
        if not room_of(reviewer, rules):
            raise _not_yet("assignment.no_room", case_id, name=reviewer.name, count=reviewer.under_way)
    review = await reviews.assign(uow, actor, case_id=case_id, reviewer_id=row.reviewer_id)
    row.review_id, row.accepted_by, row.refused = review.id, _person(actor), []
    row.version += 1
    return review


async def _standing(uow: UnitOfWork, case_id: UUID) -> int:
    found = await uow.session.scalar(
        select(func.count()).select_from(Review).where(Review.case_id == case_id, Review.state.in_(STANDING))
    )
    return found or 0


async def accept_all(uow: UnitOfWork, actor: Actor, proposal_id: UUID) -> AssignmentProposal:
    """Accept every pair of a proposal that is open; a job for each application gives them, and says what it cannot."""
    call_id = await uow.session.scalar(select(AssignmentProposal.call_id).where(AssignmentProposal.id == proposal_id))
    if call_id is None:
        raise NotFound
    held = await hold(uow, actor, CALL, call_id, Permission.REVIEW_ASSIGN)
    proposal = await latest(uow, call_id)
    if proposal is None or proposal.id != proposal_id or proposal.made_at is None:
        raise _not_yet("assignment.overtaken", call_id)
    seen = select(Case.id).where(Case.call_id == call_id, visible_to(actor, uow.now))
    cases = await uow.session.scalars(
        update(ProposedPair)
        .where(
            ProposedPair.proposal_id == proposal_id, ProposedPair.review_id.is_(None), ProposedPair.accepted_by.is_(None),
            ProposedPair.case_id.in_(seen),
        )
        .values(accepted_by=_person(actor), refused=[], version=ProposedPair.version + 1)
        .returning(ProposedPair.case_id)
    )  # fmt: skip
    found = sorted(set(cases))
    jobs: list[tuple[Mapping[str, Any], str | None]] = [
        ({"proposal_id": str(proposal_id), "case_id": str(case_id)}, None) for case_id in found
    ]
    await put_all(uow, "give_proposed", jobs)
    await record(uow, actor, held.case, "assignment_proposal", proposal_id, "accept_all", changes={"cases": len(found)})
    return proposal


async def give_proposed(uow: UnitOfWork, proposal_id: UUID, case_id: UUID) -> None:
    """Give the accepted pairs of one application; one that cannot be given says why, and the others are given."""
    await lock_case(uow, case_id)
    rows = await uow.session.scalars(
        select(ProposedPair)
        .where(
            ProposedPair.proposal_id == proposal_id, ProposedPair.case_id == case_id,
            ProposedPair.review_id.is_(None), ProposedPair.accepted_by.is_not(None),
        )
        .order_by(ProposedPair.reviewer_id)  # they are locked in turn, so that two jobs never wait for each other
    )  # fmt: skip
    for row in list(rows):
        assert row.accepted_by is not None
        try:
            actor = await actor_of_person(uow, row.accepted_by)
            async with uow.session.begin_nested():
                held = await hold(uow, actor, APPLICATION, case_id, Permission.REVIEW_ASSIGN)
                await _give(uow, actor, held, row)
        except (DomainError, LookupError) as error:
            await uow.session.refresh(row)
            row.refused = msgspec.to_builtins(_against(error))
            row.accepted_by = None
            row.version += 1


def _against(error: Exception) -> list[Reason]:
    """Why a pair could not be given."""
    if isinstance(error, NotYet):
        return list(error.reasons)
    if isinstance(error, Invalid):
        return list(error.fields.values())
    return [Reason(code="assignment.not_permitted")]
