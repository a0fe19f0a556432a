"""Looking for partners, proposing to join forces, and answering."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, or_, select

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.applications.service.draft import held_for_writing
from app.audit.service import record
from app.cases.models import Case
from app.cases.queries import people_of_parties, require, roles_in
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotFound, NotYet, Stale, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import SYSTEM, Actor
from app.identity.models import Unit
from app.joining.facts import PROPOSAL
from app.joining.models import JoinProposal
from app.moves import Held, begin, hold, lock_case, make, note
from app.network.service import index
from app.network.similar import shown_challenge
from app.notices.service import tell
from workflows.application import ApplicationState
from workflows.engine import Reason
from workflows.joining import JoinProposalState, Keep, against_proposing
from workflows.roles import Permission, Role

SPEAK = (Role.LEADER, Role.COORDINATOR)
SUBMIT = Permission.APPLICATION_SUBMIT


async def seek_partners(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, summary: str, version: int | None = None
) -> Application:
    """Let others find the draft by a summary, and nothing else of it, while its office looks for partners."""
    held = await _own_draft(uow, actor, application_id, version, "seek_partners")
    refuse_identity_numbers(summary=summary)
    if not summary.strip():
        raise invalid("summary", "form.empty")
    held.row.partners_sought_at, held.row.partner_summary = uow.now, summary.strip()
    await index(uow, application_id)
    return await note(uow, actor, APPLICATION, held, "seek_partners", changes={"text": summary.strip()})


async def stop_seeking_partners(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None
) -> Application:
    """Look for partners no longer: the draft is found by nobody. What was proposed already can still be answered."""
    held = await _own_draft(uow, actor, application_id, version, "stop_seeking_partners")
    held.row.partners_sought_at = None
    await index(uow, application_id)
    return await note(uow, actor, APPLICATION, held, "stop_seeking_partners")


async def _own_draft(
    uow: UnitOfWork, actor: Actor, application_id: UUID, version: int | None, verb: str
) -> Held[Application]:
    held = await held_for_writing(uow, actor, application_id, version, verb, SUBMIT, part=None)
    if held.row.state != ApplicationState.DRAFT:
        reason = Reason(code="join_proposal.no_draft", place="application.partners")
        raise NotYet([reason], subject="application", step=verb, case_id=application_id)
    return held


async def _lock_both(uow: UnitOfWork, *case_ids: UUID) -> dict[UUID, Case]:
    """The rows of two cases, always locked in one order, so that two offices that do the same wait for no ring."""
    return {case_id: await lock_case(uow, case_id) for case_id in sorted(case_ids)}


def _between(one: UUID, other: UUID) -> object:
    pair = or_(
        and_(JoinProposal.case_id == one, JoinProposal.to_case_id == other),
        and_(JoinProposal.case_id == other, JoinProposal.to_case_id == one),
    )
    return and_(pair, JoinProposal.state == JoinProposalState.PROPOSED)


async def propose_joining(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, to_case_id: UUID, keep: str, message: str,
    version: int | None = None,
) -> JoinProposal:  # fmt: skip
    """Propose to an office that looks for partners to make one application of two drafts of the same call.

    Raises Invalid for a draft that is not found by everybody, whether it exists or not; and where one waits between the two.
    """
    if await uow.session.get(Application, application_id) is None:
        raise NotFound
    there = await uow.session.get(Application, to_case_id)
    cases = await _lock_both(uow, application_id, *([to_case_id] if there else []))
    held = await hold(uow, actor, APPLICATION, application_id, SUBMIT, version=version)
    if reasons := await _why_not(uow, held.row, there, to_case_id):
        raise Invalid({"to_case_id": reasons[0]})
    refuse_identity_numbers(message=message)
    row = JoinProposal(
        case_id=application_id, to_case_id=to_case_id, keep=keep, message=message, proposed_by=actor.person_id,
        proposed_at=uow.now,
    )  # fmt: skip
    await begin(uow, actor, PROPOSAL, held.case, row, verb="propose", changes={"keep": keep, "text": message})
    await record(uow, actor, cases[to_case_id], "join_proposal", row.id, "receive", changes={"text": message})
    unit = await uow.session.get_one(Unit, held.row.unit_id)
    await tell(
        uow, await people_of_parties(uow, to_case_id, *SPEAK), "joining_proposed", case_id=to_case_id,
        parameters={"unit": unit.name, "message": message}, link=f"/applications/{to_case_id}/partners",
    )  # fmt: skip
    return row


async def _why_not(
    uow: UnitOfWork, own: Application, there: Application | None, to_case_id: UUID
) -> tuple[Reason, ...]:
    shown = await shown_challenge(uow, to_case_id)
    waiting = await uow.session.scalar(select(JoinProposal.case_id).where(_between(own.id, to_case_id)))  # type: ignore[arg-type]
    mine = await uow.session.scalars(
        select(JoinProposal.id).where(JoinProposal.case_id == own.id, JoinProposal.state == JoinProposalState.PROPOSED)
    )
    return tuple(
        against_proposing(
            own_state=own.state,
            is_found=shown is not None and shown.challenge.kind == "draft",
            same_call=there is not None and there.call_id == own.call_id,
            same_unit=there is not None and there.unit_id == own.unit_id,
            open_between="" if waiting is None else Keep.OURS if waiting == own.id else Keep.THEIRS,
            open_from_here=len(mine.all()),
        )
    )


async def _held_by(
    uow: UnitOfWork, actor: Actor, proposal_id: UUID, version: int | None, *, theirs: bool
) -> Held[JoinProposal]:
    """A proposal with both cases locked, and the actor's roles in the draft it went to (`theirs`) or came from."""
    found = await uow.session.get(JoinProposal, proposal_id)
    if found is None:
        raise NotFound
    cases = await _lock_both(uow, found.case_id, found.to_case_id)
    await uow.session.refresh(found)
    case = cases[found.to_case_id if theirs else found.case_id]
    roles = await roles_in(uow, actor, case)
    require(case, roles, SUBMIT)
    if version is not None and version != found.version:
        raise Stale(typed_on=version, now_at=found.version)
    return Held(found, case, roles)


async def accept(
    uow: UnitOfWork, actor: Actor, proposal_id: UUID, *, answer: str = "", version: int | None = None
) -> JoinProposal:
    """Accept what another office proposed: from now on there is one application, which both leaders endorse anew.

    Raises NotYet where one of the two is no draft any more, or the call is closed.
    """
    return await _answer(uow, actor, proposal_id, "accept", answer, version)


async def decline(
    uow: UnitOfWork, actor: Actor, proposal_id: UUID, *, answer: str = "", version: int | None = None
) -> JoinProposal:
    """Decline what another office proposed; both drafts go on as they are."""
    return await _answer(uow, actor, proposal_id, "decline", answer, version)


async def _answer(
    uow: UnitOfWork, actor: Actor, proposal_id: UUID, verb: str, answer: str, version: int | None
) -> JoinProposal:
    held = await _held_by(uow, actor, proposal_id, version, theirs=True)
    refuse_identity_numbers(answer=answer)
    row = held.row
    row.answer, row.answered_by, row.answered_at = answer, actor.person_id, uow.now
    people = await people_of_parties(uow, row.case_id, *SPEAK)  # those who asked, before the two are one
    await make(uow, actor, PROPOSAL, held, verb, changes={"text": answer})
    there = await uow.session.get_one(Application, row.to_case_id)
    unit = await uow.session.get_one(Unit, there.unit_id)
    from_case = await lock_case(uow, row.case_id)
    await record(uow, actor, from_case, "join_proposal", row.id, f"was_{row.state}", changes={"text": answer})
    await tell(
        uow, people, f"joining_{row.state}", case_id=row.case_id, parameters={"unit": unit.name, "answer": answer},
        link=f"/applications/{row.case_id}/partners",
    )  # fmt: skip
    return row


async def withdraw(
    uow: UnitOfWork, actor: Actor, proposal_id: UUID, *, answer: str = "", version: int | None = None
) -> JoinProposal:
    """Take back what one has proposed, before it is answered."""
    held = await _held_by(uow, actor, proposal_id, version, theirs=False)
    return await make(uow, actor, PROPOSAL, held, "withdraw", why=answer)


async def lapse(uow: UnitOfWork, proposal_id: UUID) -> JoinProposal:
    """Let a proposal lapse that can no longer be accepted; NotYet where it still can."""
    found = await uow.session.get_one(JoinProposal, proposal_id)
    cases = await _lock_both(uow, found.case_id, found.to_case_id)
    await uow.session.refresh(found)
    held = Held(found, cases[found.case_id], frozenset({Role.SYSTEM}))
    return await make(uow, SYSTEM, PROPOSAL, held, "lapse")
