"""What the rules must know about a proposal to join forces, in one statement."""

from __future__ import annotations

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.applications.models import Application, TeamMember
from app.calls.models import Call
from app.core.database import UnitOfWork
from app.joining.models import JoinProposal
from app.moves import subject
from workflows.joining import JOIN_PROPOSAL, JoinProposalFacts, Keep
from workflows.rules import Rules


@subject(JOIN_PROPOSAL, JoinProposal)
async def PROPOSAL(uow: UnitOfWork, row: JoinProposal) -> JoinProposalFacts:
    """The facts of a proposal; whoever has an account counts once in the team of both."""
    ours, theirs = aliased(Application), aliased(Application)
    whole = or_(TeamMember.case_id == row.case_id, TeamMember.case_id == row.to_case_id)
    somebody = func.coalesce(TeamMember.person_id, TeamMember.id)
    people = select(func.count(somebody.distinct())).where(whole).scalar_subquery()
    found = (
        await uow.session.execute(
            select(
                ours.state.label("ours"), theirs.state.label("theirs"), ours.extended_until.label("our_time"),
                theirs.extended_until.label("their_time"), Call.state, Call.deadline, Call.rules, people.label("people"),
            )
            .select_from(ours)
            .join(theirs, theirs.id == row.to_case_id)
            .join(Call, Call.id == ours.call_id)
            .where(ours.id == row.case_id)
        )
    ).one()  # fmt: skip
    extended = found.our_time if row.keep == Keep.OURS else found.their_time
    return JoinProposalFacts(
        ours=found.ours,
        theirs=found.theirs,
        call_state=found.state,
        deadline=max(found.deadline, extended or found.deadline),
        grace_minutes=msgspec.convert(found.rules, Rules).deadlines.grace_minutes,
        people=found.people,
    )
