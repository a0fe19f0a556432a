"""What becomes of proposals by the clock."""

from __future__ import annotations

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.calls.models import Call
from app.core.errors import DomainError
from app.joining import service
from app.joining.models import JoinProposal
from app.outbox.jobs import Timed, UnitOfWorkFactory
from workflows.application import ApplicationState
from workflows.joining import JoinProposalState

log = structlog.get_logger()


async def let_lapse(unit_of_work: UnitOfWorkFactory) -> None:
    """Let the proposals lapse that can no longer be accepted, each in a transaction of its own; harmless a second time."""
    ours, theirs = aliased(Application), aliased(Application)
    async with unit_of_work() as uow:
        found = await uow.session.scalars(
            select(JoinProposal.id)
            .join(ours, ours.id == JoinProposal.case_id)
            .join(theirs, theirs.id == JoinProposal.to_case_id)
            .join(Call, Call.id == ours.call_id)
            .where(
                JoinProposal.state == JoinProposalState.PROPOSED,
                or_(
                    ours.state != ApplicationState.DRAFT, theirs.state != ApplicationState.DRAFT,
                    Call.deadline < uow.now, Call.state.not_in(("published", "open")),
                ),
            )
        )  # fmt: skip
        waiting = found.all()
    for proposal_id in waiting:
        try:
            async with unit_of_work() as uow:
                await service.lapse(uow, proposal_id)
        except DomainError as error:
            log.info("proposal stays as it is", proposal=str(proposal_id), reason=str(error))


TIMED = [Timed("let_proposals_lapse", {"minute": {5, 35}}, let_lapse)]
