"""The veil over an applicant in phases that hide its names: everything that a reviewer is shown goes through it."""

from __future__ import annotations

from uuid import UUID

from markupsafe import escape
from sqlalchemy import func, select, union
from sqlalchemy.orm import aliased

from app.applications.models import TeamMember
from app.cases.models import Case, CaseRole, CaseUnit
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.reviews.phases import own_reviews, sight_by
from workflows.review_phases import Veil, veil_for
from workflows.roles import Role

IN_THE_OFFICE = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.PARTNER, Role.CITIZENS_VOICE, Role.BENEFIT_OWNER)


async def draw_veil(uow: UnitOfWork, actor: Actor, case: Case, roles: frozenset[Role]) -> None:
    """Hide the applicant in all that this unit of work shows, where the actor reviews the case in a phase that says so.

    No statement for anybody else. What is shown goes through `uow.veils` on its way out: pages in Visit.render, answers
    to programs in Visit.veiled; file names, events and searches ask whether there is one.
    """
    own = (await own_reviews(uow, actor)).get(case.id)
    if own is not None and not sight_by(uow, own, roles).names:
        veil = await veil_over(uow, case.id, not_of=actor.name)
        uow.veils.append(veil.text)


async def veil_over(uow: UnitOfWork, case_id: UUID, *, not_of: str = "") -> Veil:
    """The veil over all names that tell who applies: units with their county, the team, and everybody who works there.

    A part of a name that is a part of `not_of` too, the reader's own, is left.
    """
    county = aliased(Unit)
    units = (
        select(Unit.id, Unit.name, county.name.label("county"))
        .join(CaseUnit, CaseUnit.unit_id == Unit.id)
        .outerjoin(county, county.id == Unit.county_id)
        .where(CaseUnit.case_id == case_id)
        .cte("units")
    )
    in_team = union(
        select(TeamMember.name.label("name"), TeamMember.email.label("email")).where(TeamMember.case_id == case_id),
        select(Person.name, Person.email)
        .join(TeamMember, TeamMember.person_id == Person.id)
        .where(TeamMember.case_id == case_id),
        select(Person.name, Person.email)
        .join(CaseRole, CaseRole.person_id == Person.id)
        .where(CaseRole.case_id == case_id, CaseRole.role.in_(IN_THE_OFFICE)),
        select(Person.name, Person.email)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .where(UnitMembership.unit_id.in_(select(units.c.id)), UnitMembership.role.in_(("leader", "coordinator"))),
    ).subquery()
    employed = (
        select(Person.name, Person.email)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .where(UnitMembership.unit_id.in_(select(units.c.id)))
        .subquery()
    )
    row = (
        await uow.session.execute(
            select(
                select(func.array_agg(units.c.name)).scalar_subquery(),
                select(func.array_agg(units.c.county)).scalar_subquery(),
                select(func.array_agg(in_team.c.name)).scalar_subquery(),
                select(func.array_agg(in_team.c.email)).scalar_subquery(),
                select(func.array_agg(employed.c.name)).scalar_subquery(),
                select(func.array_agg(employed.c.email)).scalar_subquery(),
            )
        )
    ).one()
    unit_names, counties, team, team_mail, others, mail = ([each for each in found or () if each] for found in row)
    people = [*others, *team_mail, *mail]
    written = [str(escape(each)) for each in (*unit_names, *team, *people)]  # as they stand in a page
    return veil_for([*unit_names, *counties], team, [*people, *written], own=not_of)
