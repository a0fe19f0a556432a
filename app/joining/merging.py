"""One application out of two drafts: what follows when a proposal is accepted."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.applications.facts import APPLICATION, JOINED
from app.applications.models import Application, BudgetLine, ExpectedBenefit, PositiveDeviance, TeamMember
from app.applications.service.budget import apply_for
from app.applications.service.content import MOST_ROWS
from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import people_of_parties
from app.core.database import UnitOfWork
from app.identity.actor import SYSTEM, Actor
from app.identity.models import Unit
from app.joining.facts import PROPOSAL
from app.joining.models import JoinProposal
from app.moves import Held, lock_case, make, note
from app.network.service import index
from app.notices.service import tell
from workflows.joining import JoinProposalState, Keep
from workflows.roles import Role

READS = "reads"
"""The part of an office in the draft that went into its own: it may read how that came to be."""
CLOCK = frozenset({Role.SYSTEM})


async def join_applications(uow: UnitOfWork, actor: Actor, proposal: JoinProposal) -> None:
    """Make one application of two drafts, whose cases are locked: the other ends, and leads to the one that goes on.

    The one that goes on has both offices as parties, both teams and what works at both; what was endorsed holds no longer,
    since with whom one applies is part of it. Both histories stay as they are, for both to read.
    """
    ours = proposal.keep == Keep.OURS
    kept_id, gone_id = (proposal.case_id, proposal.to_case_id) if ours else (proposal.to_case_id, proposal.case_id)
    kept = await _held(uow, kept_id)
    gone = await _held(uow, gone_id)
    uow.session.add_all(
        [
            CaseUnit(case_id=kept_id, unit_id=gone.row.unit_id, part=JOINED),
            CaseUnit(case_id=gone_id, unit_id=kept.row.unit_id, part=READS),
        ]
    )
    names = await _merge_teams(uow, kept, gone)
    await _merge_deviances(uow, kept_id, gone_id)
    await _merge_benefits(uow, kept_id, gone_id)
    await _merge_budgets(uow, kept.row, gone_id)
    gone.row.joined_into = kept_id
    gone.row.partners_sought_at = kept.row.partners_sought_at = None
    await make(uow, actor, APPLICATION, gone, "join", changes={"into": kept_id, "reference": kept.row.reference})
    changes = {"from": gone_id, "reference": gone.row.reference, "unit": gone.row.unit_id, "people": names}
    await note(uow, actor, APPLICATION, kept, "take_in", changes=changes)
    await index(uow, kept_id)
    await _let_others_lapse(uow, proposal, gone)
    unit = await uow.session.get_one(Unit, gone.row.unit_id)
    lead = await uow.session.get_one(Unit, kept.row.unit_id)
    people = await people_of_parties(uow, kept_id, Role.LEADER, Role.COORDINATOR)
    await tell(
        uow, people, "applications_joined", case_id=kept_id, link=f"/applications/{kept_id}",
        parameters={"reference": kept.row.reference, "lead": lead.name, "unit": unit.name},
    )  # fmt: skip


async def _held(uow: UnitOfWork, case_id: UUID) -> Held[Application]:
    row = await uow.session.get_one(Application, case_id, populate_existing=True)
    return Held(row, await lock_case(uow, case_id), CLOCK)


async def _rows(uow: UnitOfWork, case_id: UUID) -> list[TeamMember]:
    found = await uow.session.scalars(select(TeamMember).where(TeamMember.case_id == case_id).order_by(TeamMember.id))
    return list(found)


async def _merge_teams(uow: UnitOfWork, kept: Held[Application], gone: Held[Application]) -> list[str]:
    """Take the other team in, each person once, with what they may see in both; answers whom."""
    mine, theirs = await _rows(uow, kept.case.id), await _rows(uow, gone.case.id)
    known = {row.person_id for row in mine if row.person_id}
    new = [row for row in theirs if row.person_id not in known]
    for row in new:
        uow.session.add(
            TeamMember(case_id=kept.case.id, person_id=row.person_id, name=row.name, email=row.email, role=row.role,
                       weekly_hours=row.weekly_hours)
        )  # fmt: skip
    for rows, case_id in ((new, kept.case.id), (mine, gone.case.id)):
        for row in rows:
            if row.person_id and row.role and row.role != Role.LEADER:  # that one is held by leading the unit
                uow.session.add(CaseRole(case_id=case_id, person_id=row.person_id, role=row.role, valid_from=uow.now))
    return [row.name for row in new]


async def _merge_deviances(uow: UnitOfWork, kept_id: UUID, gone_id: UUID) -> None:
    """What works at the other office comes after what works here, in its own order (S33)."""
    query = select(PositiveDeviance).order_by(PositiveDeviance.rank, PositiveDeviance.id)
    mine = (await uow.session.scalars(query.where(PositiveDeviance.case_id == kept_id))).all()
    theirs = (await uow.session.scalars(query.where(PositiveDeviance.case_id == gone_id))).all()
    last = max((row.rank for row in mine), default=0)
    for rank, row in enumerate(theirs, start=last + 1):
        uow.session.add(PositiveDeviance(case_id=kept_id, unit_id=row.unit_id, rank=rank, text=row.text))


async def _merge_benefits(uow: UnitOfWork, kept_id: UUID, gone_id: UUID) -> None:
    """What the other office hopes for is hoped for together, as far as there is room; one that is named alike once."""
    query = select(ExpectedBenefit).order_by(ExpectedBenefit.id)
    mine = (await uow.session.scalars(query.where(ExpectedBenefit.case_id == kept_id))).all()
    theirs = (await uow.session.scalars(query.where(ExpectedBenefit.case_id == gone_id))).all()
    known = {row.title.casefold() for row in mine}
    new = [row for row in theirs if row.title.casefold() not in known]
    for row in new[: MOST_ROWS - len(mine)]:
        uow.session.add(
            ExpectedBenefit(case_id=kept_id, title=row.title, description=row.description, goal=row.goal,
                            beneficiaries=row.beneficiaries, how_noticed=row.how_noticed)
        )  # fmt: skip


async def _merge_budgets(uow: UnitOfWork, kept: Application, gone_id: UUID) -> None:
    """What the other office has budgeted is borne together: every line is taken along, and the amount summed anew."""
    query = select(BudgetLine).order_by(BudgetLine.id)
    mine = (await uow.session.scalars(query.where(BudgetLine.case_id == kept.id))).all()
    theirs = (await uow.session.scalars(query.where(BudgetLine.case_id == gone_id))).all()
    new = [
        BudgetLine(case_id=kept.id, cost_kind=row.cost_kind, description=row.description, amount_ore=row.amount_ore,
                   bearer=row.bearer, year=row.year)
        for row in theirs
    ]  # fmt: skip
    if new:
        uow.session.add_all(new)
        apply_for(kept, [*mine, *new])


async def _let_others_lapse(uow: UnitOfWork, accepted: JoinProposal, gone: Held[Application]) -> None:
    """What else was proposed from or to the draft that ended lapses; its case is locked, as every answer needs it to be."""
    rows = await uow.session.scalars(
        select(JoinProposal).where(
            JoinProposal.state == JoinProposalState.PROPOSED,
            JoinProposal.id != accepted.id,
            (JoinProposal.case_id == gone.case.id) | (JoinProposal.to_case_id == gone.case.id),
        )
    )
    for row in rows.all():
        await make(uow, SYSTEM, PROPOSAL, Held(row, gone.case, CLOCK), "lapse")
