"""The projects and benefits of the portfolio as they stood on a day; a fixed number of statements, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Uuid, and_, bindparam, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.audit.models import Event
from app.benefits.figures import FigureRow, end_of, figures
from app.cases.models import Case, Waiver
from app.cases.queries import reach_of, seen_by, visible, visible_to
from app.core.clock import day_in_oslo
from app.core.database import Instant, UnitOfWork
from app.core.questions import answer, told_each
from app.decisions.models import Commitment
from app.identity.actor import Actor
from app.identity.models import Unit
from app.payments import ledger
from app.projects.models import Project
from workflows.ledger import Account
from workflows.rollup import Line


class ProjectSeen(msgspec.Struct, frozen=True):
    """A project with its step and its money on the day; sums in øre."""

    id: UUID
    title: str
    language: str
    reference: str
    unit: str
    unit_id: UUID
    county_id: UUID | None
    call_id: UUID
    state: str
    award_ore: int
    committed_ore: int
    paid_ore: int
    returned_ore: int
    """What came back: unspent, or claimed."""

    @property
    def remaining_ore(self) -> int:
        """What is promised, and neither paid nor given back."""
        return self.committed_ore - self.paid_ore - self.returned_ore


class BenefitSeen(msgspec.Struct, frozen=True):
    """A benefit with a line for each of its indicators; none where it has no indicator yet."""

    id: UUID
    case_id: UUID
    title: str
    unit_id: UUID
    category: str
    sign: int
    goals: tuple[str, ...]
    is_invented: bool
    is_dropped: bool
    is_end_benefit: bool
    missing: tuple[str, ...]
    """What it lacks to be trusted, by the names of MISSING."""
    rows: tuple[FigureRow, ...]
    lines: tuple[Line, ...]


class WaiverCount(msgspec.Struct, frozen=True):
    """How often a rule has been waived: one that often is may be a fault of the scheme."""

    subject: str
    requirement: str
    count: int


class Portfolio(msgspec.Struct, frozen=True):
    """Everything the portfolio is made of on one day."""

    as_of: date
    projects: tuple[ProjectSeen, ...]
    benefits: tuple[BenefitSeen, ...]
    counties: dict[UUID, str]
    waivers: tuple[WaiverCount, ...]


MISSING = ("goal", "owner", "indicator", "baseline", "target", "overdue")
"""What a benefit can lack, in the order in which it should be mended."""


def _scope(actor: Actor, now: datetime, moment: datetime) -> ColumnElement[bool]:
    return and_(visible_to(actor, now), Case.project_at < moment)


def state_by(as_of: date | None, moment: datetime) -> Any:
    """The step a project is in; for an earlier day the one its record says it was in."""
    if as_of is None:
        return Project.state
    return (
        select(Event.to_state)
        .where(
            Event.case_id == Case.id, Event.subject == "project", Event.to_state.is_not(None), Event.at < moment
        )
        .order_by(Event.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip


def award_by(as_of: date | None, moment: datetime) -> Any:
    """What a project has been awarded; for an earlier day what its first change since then was from."""
    if as_of is None:
        return Project.amount_ore
    since = (
        select(cast(Event.changes["amount_ore"][0].astext, BigInteger))
        .where(
            Event.case_id == Case.id, Event.subject == "project", Event.verb == "change_amount", Event.at >= moment
        )
        .order_by(Event.sequence)
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    return func.coalesce(since, Project.amount_ore)


async def projects(
    uow: UnitOfWork, actor: Actor, as_of: date | None = None, *only: ColumnElement[bool]
) -> tuple[ProjectSeen, ...]:
    """The projects alone, as they stood at the end of a day or stand now, or only some of them; one statement."""
    moment = end_of(as_of or day_in_oslo(uow.now))
    committed = (
        select(Commitment.case_id, func.sum(Commitment.amount_ore).label("ore"))
        .where(Commitment.at < moment)
        .group_by(Commitment.case_id)
        .subquery()
    )
    accounts = ledger.accounts(before=moment)
    came_back = accounts.c.account.in_((Account.RETURNED, Account.RECOVERED))
    paid = (
        select(
            accounts.c.case_id,
            func.sum(accounts.c.ore).filter(accounts.c.account == Account.PAID).label("ore"),
            func.sum(accounts.c.ore).filter(came_back).label("returned"),
        )
        .group_by(accounts.c.case_id)
        .subquery()
    )
    rows = await uow.session.execute(
        select(
            Case.id, Case.title, Case.language, Case.reference, Unit.name.label("unit"), Case.unit_id,
            Case.county_id, Project.call_id, award_by(as_of, moment).label("award_ore"),
            state_by(as_of, moment).label("state"),
            cast(func.coalesce(committed.c.ore, 0), BigInteger).label("committed_ore"),
            cast(func.coalesce(paid.c.ore, 0), BigInteger).label("paid_ore"),
            cast(func.coalesce(paid.c.returned, 0), BigInteger).label("returned_ore"),
        )
        .join(Project, Project.id == Case.id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(committed, committed.c.case_id == Case.id)
        .outerjoin(paid, paid.c.case_id == Case.id)
        .where(_scope(actor, uow.now, moment), *only)
        .order_by(Case.reference, Case.id)
    )  # fmt: skip
    return tuple(msgspec.convert(dict(row), ProjectSeen) for row in rows.mappings())


def line_of(row: FigureRow) -> Line:
    """An indicator's figures as the arithmetic takes them."""
    return Line(
        sign=row.sign, direction=row.direction or "up", baseline=row.baseline, target=row.target, forecast=row.forecast,
        measured=row.measured, counterfactual=row.counterfactual, grade=row.confidence, observations=row.observations,
        share=row.share, unit_value_ore=row.unit_value_ore, price_year=row.price_year,
        periods_per_year=row.periods_per_year, is_end_benefit=row.is_end_benefit, is_dropped=row.dropped_at is not None,
    )  # fmt: skip


def _lacks(rows: Sequence[FigureRow]) -> tuple[str, ...]:
    """What a benefit lacks, of MISSING; nothing of one that is dropped."""
    first = rows[0]
    if first.dropped_at is not None:
        return ()
    there = [row for row in rows if row.indicator_id is not None]
    lacks = {
        "goal": not first.goals,
        "owner": first.owner_accepted_at is None,
        "indicator": not there,
        "baseline": any(row.baseline is None for row in there),
        "target": any(row.target is None for row in there),
        "overdue": any(row.overdue for row in there),
    }
    return tuple(name for name in MISSING if lacks[name])


def benefits_of(rows: Sequence[FigureRow]) -> tuple[BenefitSeen, ...]:
    """The rows of figures gathered benefit by benefit, in their order."""
    gathered: dict[UUID, list[FigureRow]] = {}
    for row in rows:
        gathered.setdefault(row.benefit_id, []).append(row)
    return tuple(
        BenefitSeen(
            id=benefit_id, case_id=own[0].case_id, title=own[0].title, unit_id=own[0].unit_id,
            category=own[0].category, sign=own[0].sign, goals=own[0].goals,
            is_invented=own[0].is_invented, is_dropped=own[0].dropped_at is not None,
            is_end_benefit=own[0].is_end_benefit, missing=_lacks(own),
            rows=tuple(row for row in own if row.indicator_id is not None),
            lines=tuple(line_of(row) for row in own if row.indicator_id is not None),
        )
        for benefit_id, own in gathered.items()
    )  # fmt: skip


async def waivers(uow: UnitOfWork, actor: Actor, moment: datetime) -> tuple[WaiverCount, ...]:
    """How often each rule had been waived by a moment, the most often first; one statement."""
    asked = {**seen_by(actor, uow.now), "moment": moment}
    return tuple(await answer(uow, waivers_question(reach_of(actor)), asked))


@cache
def waivers_question(reach: frozenset[str]) -> ColumnElement[Any]:
    """What that statement asks for all who see as far, for pages that ask it together with others."""
    return told_each(
        WaiverCount,
        select(Waiver.subject, Waiver.requirement, func.count())
        .join(Case, Case.id == Waiver.case_id)
        .where(visible(reach), Waiver.given_at < bindparam("moment", type_=Instant))
        .group_by(Waiver.subject, Waiver.requirement)
        .order_by(func.count().desc(), Waiver.subject, Waiver.requirement),
    )


async def counties(uow: UnitOfWork) -> dict[UUID, str]:
    """The counties by name; one statement."""
    found = await uow.session.execute(select(Unit.id, Unit.name).where(Unit.kind == "county").order_by(Unit.name))
    return dict(found.tuples().all())


async def titles(uow: UnitOfWork, case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What some projects are called, in the order of their references; one statement."""
    rows = await uow.session.execute(
        select(Case.id, Case.title)
        .where(Case.id == func.any(literal(list(case_ids), ARRAY(Uuid()))))
        .order_by(Case.reference, Case.id)
    )
    return dict(rows.tuples().all())


async def portfolio(uow: UnitOfWork, actor: Actor, as_of: date | None = None) -> Portfolio:
    """The portfolio as it stood at the end of a day; without a day: as it stands now. Four statements."""
    today = as_of or day_in_oslo(uow.now)
    moment = end_of(today)
    return Portfolio(
        as_of=today,
        projects=await projects(uow, actor, as_of),
        benefits=benefits_of(await figures(uow, _scope(actor, uow.now, moment), as_of)),
        counties=await counties(uow),
        waivers=await waivers(uow, actor, moment),
    )
