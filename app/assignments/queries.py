"""What the page of assignments shows: how the proposal stands, its pairs, everybody's load, and who could be asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true

from app.applications.models import Application
from app.assignments.facts import STANDING, basis_of, gather, reviewers_of, rules_of, to_be_assessed
from app.assignments.models import AssignmentProposal, ProposedPair, ReviewerProfile
from app.assignments.service import has_failed, latest
from app.cases.models import Case
from app.core.database import UnitOfWork
from app.core.errors import NotFound
from app.core.listed import listed
from app.core.paging import PAGE_SIZE
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.identity.queries import actor_of_person
from app.reviews.group import in_the_group
from app.reviews.models import Review
from workflows.assignment_rules import AssignmentRules
from workflows.engine import Reason
from workflows.matching import Part
from workflows.review_assignment import ReviewerFacts, room_of
from workflows.roles import Permission
from workflows.rules import Rules

OPEN = and_(ProposedPair.review_id.is_(None), ProposedPair.accepted_by.is_(None))
WAITING = and_(ProposedPair.review_id.is_(None), ProposedPair.accepted_by.is_not(None))
SHOWN = ("all", "open", "lacking")


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of the pairs of a proposal."""

    open: int = 0
    locked: int = 0
    refused: int = 0
    waiting: int = 0
    given: int = 0


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Something about one application, as a code with what its sentence names."""

    case_id: UUID
    reason: Reason


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The proposal of a call as somebody may see it: only of applications that they may know of."""

    id: UUID
    asked_by: str
    asked_at: datetime
    made_at: datetime | None
    has_failed: bool
    is_stale: bool
    is_optimal: bool
    gap: float
    milliseconds: int
    counts: Counts
    lacks: tuple[Said, ...]
    unmet: Mapping[UUID, tuple[Reason, ...]]
    released: int

    @property
    def is_being_made(self) -> bool:
        """Whether a job works on it, or soon will."""
        return self.made_at is None and not self.has_failed


async def standing_proposal(uow: UnitOfWork, actor: Actor, call_id: UUID) -> Standing | None:
    """How the proposal of a call stands, None where nobody has asked for one."""
    row = await latest(uow, call_id)
    if row is None:
        return None
    cases = to_be_assessed(uow, actor, call_id)
    seen = set(await uow.session.scalars(cases))
    counts = await _counts(uow, row.id, cases)
    given = select(ProposedPair.review_id).where(
        ProposedPair.proposal_id == row.id, ProposedPair.review_id.is_not(None)
    )
    lacks = [each for each in row.lacks if UUID(each["case_id"]) in seen]
    unmet: dict[UUID, list[Reason]] = {}
    for each in row.unmet:
        if UUID(each["case_id"]) in seen:
            reason = Reason(code=each["code"], parameters=each["parameters"])
            unmet.setdefault(UUID(each["case_id"]), []).append(reason)
    return Standing(
        id=row.id, asked_by=await uow.session.scalar(select(Person.name).where(Person.id == row.asked_by)) or "",
        asked_at=row.asked_at, made_at=row.made_at,
        has_failed=row.made_at is None and await has_failed(uow, row),
        is_stale=row.made_at is not None and await _is_stale(uow, row, given),
        is_optimal=row.is_optimal, gap=max(0, row.cost - row.bound) / max(1, abs(row.cost)),
        milliseconds=row.milliseconds, counts=counts,
        lacks=tuple(
            Said(case_id=UUID(each["case_id"]), reason=Reason(code=each["code"], parameters=each["parameters"]))
            for each in lacks
        ),
        unmet={case_id: tuple(reasons) for case_id, reasons in unmet.items()},
        released=sum(UUID(case_id) in seen for _, case_id in row.released),
    )  # fmt: skip


async def _counts(uow: UnitOfWork, proposal_id: UUID, cases: Any) -> Counts:
    refused = func.jsonb_array_length(ProposedPair.refused) > 0
    row = (
        await uow.session.execute(
            select(
                func.count().filter(OPEN).label("open"),
                func.count().filter(OPEN, ProposedPair.is_locked).label("locked"),
                func.count().filter(OPEN, refused).label("refused"),
                func.count().filter(WAITING).label("waiting"),
                func.count().filter(ProposedPair.review_id.is_not(None)).label("given"),
            ).where(ProposedPair.proposal_id == proposal_id, ProposedPair.case_id.in_(cases))
        )
    ).one()
    return Counts(**row._mapping)


async def _is_stale(uow: UnitOfWork, row: AssignmentProposal, given: Any) -> bool:
    """Whether applications or reviews have come or gone since it was made, other than those it gave itself.

    What was given must stand still: a review that has ended since changes the fingerprint too.
    """
    try:
        asker = await actor_of_person(uow, row.asked_by)
    except LookupError:
        return True
    ended = select(func.count()).where(Review.id.in_(given), Review.state.not_in(STANDING))
    if await uow.session.scalar(ended):
        return True
    return await basis_of(uow, asker, row.call_id, without=given) != row.basis


class PairRow(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of a proposal in the list."""

    id: UUID
    version: int
    reviewer_id: UUID
    name: str
    is_locked: bool
    is_by_hand: bool
    is_new: bool
    is_accepted: bool
    review_id: UUID | None
    parts: tuple[Part, ...]
    refused: tuple[Reason, ...]


class StandingReview(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who assesses an application already, or has."""

    id: UUID
    name: str
    state: str


class ApplicationRow(msgspec.Struct, frozen=True, kw_only=True):
    """An application with who assesses it and who is proposed."""

    id: UUID
    reference: str
    title: str
    language: str
    unit: str
    needed: int
    standing: tuple[StandingReview, ...]
    pairs: tuple[PairRow, ...]

    @property
    def is_touched(self) -> bool:
        """Whether somebody has been put in by hand since the proposal was made."""
        return any(each.is_by_hand and each.is_new for each in self.pairs)

    @property
    def missing(self) -> int:
        """How many are missing still when all that is proposed has been given."""
        proposed = sum(each.review_id is None for each in self.pairs)
        return max(0, self.needed - len(self.standing) - proposed)


def _shown(show: str, proposal_id: UUID | None, lacking: Collection[UUID]) -> ColumnElement[bool]:
    if show == "open":
        return exists().where(ProposedPair.proposal_id == proposal_id, ProposedPair.case_id == Application.id, OPEN)
    return Application.id.in_(lacking) if show == "lacking" else true()


async def application_rows(
    uow: UnitOfWork, actor: Actor, call_id: UUID, proposal: Standing | None, *, show: str = "all",
    after: str = "", only: UUID | None = None,
) -> tuple[list[ApplicationRow], str]:  # fmt: skip
    """A page of the applications that can be given, by reference, and the reference to go on after; one statement."""
    proposal_id = proposal.id if proposal else None
    refused = func.jsonb_array_length(ProposedPair.refused) > 0
    standing = listed(
        select(Review.id).join(Person, Person.id == Review.reviewer_id)
        .where(Review.case_id == Application.id, Review.state.in_(STANDING)).correlate(Application),
        {"id": Review.id, "name": Person.name, "state": Review.state}, Review.id,
    )  # fmt: skip
    pairs = listed(
        select(ProposedPair.id).join(Person, Person.id == ProposedPair.reviewer_id)
        .where(
            ProposedPair.proposal_id == proposal_id, ProposedPair.case_id == Application.id,
            or_(ProposedPair.review_id.is_(None), refused),
        )
        .correlate(Application),
        {"id": ProposedPair.id, "version": ProposedPair.version, "reviewer_id": ProposedPair.reviewer_id,
         "name": Person.name, "is_locked": ProposedPair.is_locked, "is_by_hand": ProposedPair.is_by_hand,
         "is_new": ProposedPair.is_new, "is_accepted": ProposedPair.accepted_by.is_not(None),
         "review_id": ProposedPair.review_id, "parts": ProposedPair.parts, "refused": ProposedPair.refused},
        Person.name, ProposedPair.id,
    )  # fmt: skip
    found = await uow.session.execute(
        select(
            Application.id, Application.reference, Case.title, Case.language, Unit.name.label("unit"),
            Application.rules, standing.label("standing"), pairs.label("pairs"),
        )
        .join(Case, Case.id == Application.id)
        .join(Unit, Unit.id == Case.unit_id)
        .where(
            Application.id.in_(to_be_assessed(uow, actor, call_id)), Application.reference > after,
            _shown(show, proposal_id, [each.case_id for each in proposal.lacks] if proposal else []),
            true() if only is None else Application.id == only,
        )
        .order_by(Application.reference)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    rows = [
        ApplicationRow(
            id=row.id, reference=row.reference, title=row.title, language=row.language, unit=row.unit,
            needed=msgspec.convert(row.rules, Rules).reviews.needed,
            standing=msgspec.convert(row.standing, tuple[StandingReview, ...]),
            pairs=msgspec.convert(row.pairs, tuple[PairRow, ...]),
        )
        for row in found
    ]  # fmt: skip
    return rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].reference if len(rows) > PAGE_SIZE else ""


class LoadRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer has to assess, had in the last months, and would be given."""

    person_id: UUID
    name: str
    level: str
    county: str
    competences: tuple[str, ...]
    under_way: int
    recent: int
    proposed: int
    room: int


async def _proposed(uow: UnitOfWork, actor: Actor, call_id: UUID, proposal: Standing | None) -> dict[UUID, int]:
    """How many applications each would be given by what is open in the proposal."""
    if proposal is None:
        return {}
    rows = await uow.session.execute(
        select(ProposedPair.reviewer_id, func.count())
        .where(
            ProposedPair.proposal_id == proposal.id, ProposedPair.review_id.is_(None),
            ProposedPair.case_id.in_(to_be_assessed(uow, actor, call_id)),
        )
        .group_by(ProposedPair.reviewer_id)
    )  # fmt: skip
    return dict(rows.tuples().all())


async def loads(uow: UnitOfWork, actor: Actor, call_id: UUID, proposal: Standing | None) -> list[LoadRow]:
    """Everybody's load, by name."""
    rules = await rules_of(uow, call_id)
    proposed = await _proposed(uow, actor, call_id, proposal)
    return [
        LoadRow(
            person_id=each.person_id, name=each.name, level=each.level, county=each.county,
            competences=tuple(sorted(each.competences)), under_way=each.under_way, recent=each.recent,
            proposed=proposed.get(each.person_id, 0), room=room_of(each, rules),
        )
        for each in await reviewers_of(uow, rules)
    ]  # fmt: skip


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who could be given an application, or could not and why."""

    reviewer: ReviewerFacts
    points: int
    parts: tuple[Part, ...]
    bars: tuple[Reason, ...]
    proposed: int
    is_proposed_here: bool


async def choices(
    uow: UnitOfWork, actor: Actor, call_id: UUID, case_id: UUID, proposal: Standing | None
) -> tuple[list[Choice], AssignmentRules]:
    """Everybody for one application, the best first; NotFound where it cannot be given, or not be known of."""
    one = to_be_assessed(uow, actor, call_id).where(Application.id == case_id)
    gathered = await gather(uow, actor, call_id, one)
    if not gathered.applications:
        raise NotFound
    proposed = await _proposed(uow, actor, call_id, proposal)
    here = set(
        await uow.session.scalars(
            select(ProposedPair.reviewer_id).where(
                ProposedPair.proposal_id == (proposal.id if proposal else None), ProposedPair.case_id == case_id
            )
        )
    )
    problem = gathered.problem()
    found = []
    for each in gathered.reviewers:
        pair = problem.pair[each.person_id, case_id]
        load = gathered.rules.load * (each.under_way + proposed.get(each.person_id, 0))
        found.append(
            Choice(
                reviewer=each, points=pair.points + load, parts=pair.parts, bars=pair.bars,
                proposed=proposed.get(each.person_id, 0), is_proposed_here=each.person_id in here,
            )
        )  # fmt: skip
    return sorted(found, key=lambda each: (each.points, each.reviewer.name)), gathered.rules


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has said that they know, read and have room for."""

    person_id: UUID
    name: str
    competences: Sequence[str]
    languages: Sequence[str]
    most: int | None
    version: int
    is_mine: bool


async def profile_of(uow: UnitOfWork, actor: Actor, person_id: UUID) -> Profile:
    """The profile of somebody of the resource group: one's own, or as one who assigns; else NotFound."""
    reads = actor.person_id == person_id or actor.may(Permission.REVIEW_ASSIGN)
    if not reads or person_id not in await in_the_group(uow, [person_id]):
        raise NotFound
    person = await uow.session.get_one(Person, person_id)
    row = await uow.session.get(ReviewerProfile, person_id)
    return Profile(
        person_id=person_id, name=person.name, competences=row.competences if row else (),
        languages=row.languages if row else sorted({"nb", person.language} & {"nb", "nn"}),
        most=row.most if row else None, version=row.version if row else 0, is_mine=actor.person_id == person_id,
    )  # fmt: skip
