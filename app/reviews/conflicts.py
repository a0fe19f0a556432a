"""What ties people to applicants, derived in one statement from what is registered (G12, G13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BindParameter, ColumnElement, Select, and_, case, func, literal, or_, select, union, union_all
from sqlalchemy.orm import aliased

from app.applications.models import Application, ProblemStatement, TeamMember
from app.cases.models import Case, CaseRole, CaseUnit
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from workflows.review import Conflict, ConflictKind
from workflows.roles import Role

DAYS_IN_A_MONTH = 30.4375
THROUGH_A_CASE = frozenset({ConflictKind.FACILITATOR, ConflictKind.COOPERATION})
"""Ties whose detail is the reference of another case."""
IN_THE_TEAM = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.PARTNER, Role.CITIZENS_VOICE, Role.BENEFIT_OWNER)

Several = Sequence[UUID | BindParameter[UUID]] | Select[Any]
"""Ids of people or of cases, or the query that finds them."""


def since(now: datetime, months: int) -> datetime:
    """The moment so many months before now."""
    return now - timedelta(days=months * DAYS_IN_A_MONTH)


def _lasted(row: Any, first: Any) -> ColumnElement[bool]:
    return or_(row.valid_to.is_(None), row.valid_to > first)


def _through_units(cases: Several, people: Several, now: Any, first: Any) -> Select[Any]:
    """Work in the unit itself, above it or below it, and representing its county."""
    party = aliased(Unit)
    row = UnitMembership
    is_party, is_above = row.unit_id == party.id, row.unit_id == party.county_id
    leads = and_(row.role == "leader", _lasted(row, now))
    kind = case(
        (and_(is_above, row.role == "county_representative"), literal(ConflictKind.COUNTY_REPRESENTATIVE.value)),
        (and_(is_party, leads), literal(ConflictKind.LEADER_OF_UNIT.value)),
        (is_party, literal(ConflictKind.SAME_UNIT.value)),
        (and_(is_above, leads), literal(ConflictKind.LINE_LEADER.value)),
        (is_above, literal(ConflictKind.PARENT_UNIT.value)),
        else_=literal(ConflictKind.CHILD_UNIT.value),
    )
    return (
        select(CaseUnit.case_id.label("case_id"), row.person_id, kind.label("kind"), Unit.name.label("detail"))
        .join(Unit, Unit.id == row.unit_id)
        .join(party, or_(is_party, is_above, Unit.county_id == party.id))
        .join(CaseUnit, CaseUnit.unit_id == party.id)
        .where(CaseUnit.case_id.in_(cases), row.person_id.in_(people), row.valid_from <= now, _lasted(row, first))
    )


def _in_the_case(cases: Several, people: Several) -> list[Any]:
    """Part of the team, or hand in what was written."""
    nothing = literal("")
    team, author = literal(ConflictKind.TEAM_MEMBER.value), literal(ConflictKind.AUTHOR.value)
    return [
        select(TeamMember.case_id, TeamMember.person_id, team, nothing).where(
            TeamMember.case_id.in_(cases), TeamMember.person_id.in_(people)
        ),
        select(CaseRole.case_id, CaseRole.person_id, team, nothing).where(
            CaseRole.case_id.in_(cases), CaseRole.person_id.in_(people), CaseRole.role.in_(IN_THE_TEAM)
        ),
        select(ProblemStatement.case_id, ProblemStatement.author_id, author, nothing).where(
            ProblemStatement.case_id.in_(cases), ProblemStatement.author_id.in_(people)
        ),
        select(Application.id, Application.created_by, author, nothing).where(
            Application.id.in_(cases), Application.created_by.in_(people)
        ),
        select(Application.id, Application.submitted_by, author, nothing).where(
            Application.id.in_(cases), Application.submitted_by.in_(people)
        ),
    ]


def _facilitated(cases: Several, people: Several) -> Any:
    """Facilitating for the unit, now or before, in whichever case."""
    ours, theirs = aliased(CaseUnit), aliased(CaseUnit)
    return (
        select(ours.case_id, CaseRole.person_id, literal(ConflictKind.FACILITATOR.value), Case.reference)
        .join(Case, Case.id == CaseRole.case_id)
        .join(theirs, theirs.case_id == Case.id)
        .join(ours, ours.unit_id == theirs.unit_id)
        .where(ours.case_id.in_(cases), CaseRole.role == Role.FACILITATOR, CaseRole.person_id.in_(people))
    )


def _parts(people: Any, first: Any) -> Any:
    """Who has had which part in which cases since a moment: team, facilitator or reviewer."""
    part = case((CaseRole.role == Role.REVIEWER, literal("reviewer")), else_=literal("work"))
    held = select(CaseRole.person_id, CaseRole.case_id, part.label("part")).where(
        CaseRole.person_id.in_(people), _lasted(CaseRole, first)
    )
    member = (
        select(TeamMember.person_id, TeamMember.case_id, literal("work").label("part"))
        .join(Case, Case.id == TeamMember.case_id)
        .where(TeamMember.person_id.in_(people), Case.created_at > first)
    )
    return union(held, member).subquery()


def _cooperated(cases: Several, people: Several, first: Any) -> Select[Any]:
    """Work in another case on the same side as somebody of this team: whoever has only assessed them has not cooperated."""
    in_team = and_(TeamMember.case_id.in_(cases), TeamMember.person_id.is_not(None))
    team = select(TeamMember.case_id, TeamMember.person_id).where(in_team).subquery()
    theirs, ours = _parts(people, first), _parts(select(TeamMember.person_id).where(in_team), first)
    together = and_(
        ours.c.case_id == theirs.c.case_id, ours.c.part == theirs.c.part, ours.c.person_id != theirs.c.person_id
    )
    return (
        select(team.c.case_id, theirs.c.person_id, literal(ConflictKind.COOPERATION.value), Case.reference)
        .select_from(team)
        .join(ours, ours.c.person_id == team.c.person_id)
        .join(theirs, together)
        .join(Case, Case.id == theirs.c.case_id)
        .where(theirs.c.case_id != team.c.case_id)
    )


def ties(cases: Several, people: Several, now: Any, first: Any) -> Any:
    """case_id, person_id, kind, detail: every tie between the people and the applicants of the cases, as a subquery.

    Cooperation and membership that ended before `first` ties nobody; both moments may be parameters of a statement that
    is built once.
    """
    return union_all(
        _through_units(cases, people, now, first),
        *_in_the_case(cases, people),
        _facilitated(cases, people),
        _cooperated(cases, people, first),
    ).subquery("ties")


class Tie(msgspec.Struct, frozen=True):
    """One person's tie to the applicant of a case."""

    case_id: UUID
    person_id: UUID
    name: str
    conflict: Conflict


async def conflicts_in(uow: UnitOfWork, cases: Several, people: Several, months: int) -> list[Tie]:
    """Every tie between the people and the applicants of the cases, each once; one statement, in a fixed order."""
    found = ties(cases, people, uow.now, since(uow.now, months))
    detail = func.coalesce(found.c.detail, "").label("detail")
    rows = await uow.session.execute(
        select(found.c.case_id, found.c.person_id, Person.name, found.c.kind, detail)
        .join(Person, Person.id == found.c.person_id)
        .distinct()
        .order_by(Person.name, found.c.kind, detail, found.c.case_id)
    )
    return [
        Tie(case_id, person, name, Conflict(kind=ConflictKind(kind), detail=said))
        for case_id, person, name, kind, said in rows
    ]


async def conflicts(uow: UnitOfWork, case_id: UUID, people: Several, months: int) -> list[Tie]:
    """Every tie between the people and the applicant of one case."""
    return await conflicts_in(uow, [case_id], people, months)


async def as_seen_by(uow: UnitOfWork, actor: Actor, found: Iterable[Tie]) -> list[Tie]:
    """The ties without the references of cases that the actor may not know of; one statement at most."""
    all_of_them = list(found)
    named = {each.conflict.detail for each in all_of_them if each.conflict.kind in THROUGH_A_CASE}
    if not named:
        return all_of_them
    known = set(
        await uow.session.scalars(
            select(Case.reference).where(Case.reference.in_(sorted(named)), visible_to(actor, uow.now))
        )
    )
    return [
        each if each.conflict.kind not in THROUGH_A_CASE or each.conflict.detail in known
        else msgspec.structs.replace(each, conflict=Conflict(kind=each.conflict.kind))
        for each in all_of_them
    ]  # fmt: skip
