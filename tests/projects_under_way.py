"""A project as it stands the moment its award is accepted, for tests of what comes after."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.calls.models import Call
from app.cases.models import Case, CaseRole, CaseUnit
from app.core.database import Database
from app.demo.cast import World
from app.identity.actor import SYSTEM
from app.identity.models import Person
from app.moves import begin, lock_case
from app.notices.models import Notice
from app.payments.service import plan_milestones_and_payments
from app.projects.facts import PROJECT
from app.projects.models import Project, ProjectStep
from app.projects.service import DIAMOND_STEPS
from workflows.rules import DEFAULT_RULES

NUMBERS = itertools.count(1)


async def open_project(
    database: Database, world: World, office: str = "grunerlokka", *, amount_ore: int = 50_000_000
) -> UUID:
    """Open a project for an office with its milestones and payments, its coordinator and a facilitator."""
    number = next(NUMBERS)
    unit = world.units[office]
    async with database.unit_of_work() as uow:
        call = Case(kind="call", reference=f"T/{number}", unit_id=world.units["directorate"].id, created_at=uow.now)
        uow.session.add(call)
        await uow.session.flush()
        uow.session.add(
            Call(id=call.id, state="decided", owner_unit_id=call.unit_id, owner_person_id=world.people["case_handler"].id,
                 opens_at=uow.now - timedelta(days=200), deadline=uow.now - timedelta(days=150),
                 rules=msgspec.to_builtins(DEFAULT_RULES), rules_version=1, created_at=uow.now)
        )  # fmt: skip
        case = Case(
            kind="application", reference=f"T/{number}-1", title="Hvordan møter vi unge?", unit_id=unit.id,
            county_id=unit.county_id, call_id=call.id, language=unit.language, created_at=uow.now, submitted_at=uow.now,
            project_at=uow.now,
        )  # fmt: skip
        uow.session.add(case)
        await uow.session.flush()
        uow.session.add(CaseUnit(case_id=case.id, unit_id=unit.id))
        uow.session.add_all(
            CaseRole(case_id=case.id, person_id=world.people[who].id, role=role, valid_from=uow.now)
            for who, role in ((f"{office}.coordinator", "coordinator"), ("facilitator_one", "facilitator"))
        )
        await lock_case(uow, case.id)
        leader = world.people[f"{office}.leader"].id
        project = Project(
            id=case.id, call_id=call.id, owner_id=world.people["case_handler"].id,
            rules=msgspec.to_builtins(DEFAULT_RULES), rules_version=1, amount_ore=amount_ore, hours=40,
            accepted_by=leader, accepted_at=uow.now,
        )  # fmt: skip
        await begin(uow, SYSTEM, PROJECT, case, project)
        uow.session.add_all(ProjectStep(case_id=case.id, step=step) for step in DIAMOND_STEPS)
        await plan_milestones_and_payments(uow, SYSTEM, project)
        return case.id


async def take_in(database: Database, world: World, case_id: UUID, office: str) -> None:
    """Let a second office be a party to a project, as where two drafts have become one (S76)."""
    async with database.unit_of_work() as uow:
        uow.session.add(CaseUnit(case_id=case_id, unit_id=world.units[office].id, part="joined"))


async def told(database: Database, case_id: UUID, code: str) -> set[str]:
    """The names of those who have been told something about a case."""
    async with database.reading() as uow:
        names = select(Person.name).join(Notice, Notice.person_id == Person.id)
        return set(await uow.session.scalars(names.where(Notice.case_id == case_id, Notice.code == code)))


class Acts:
    """Runs service verbs as people of the world, each in a transaction of its own."""

    def __init__(self, database: Database, world: World):
        self.database = database
        self.world = world

    async def __call__(self, who: str, verb: Any, *ids: Any, **fields: Any) -> Any:
        """Do one thing as one person."""
        async with self.database.unit_of_work() as uow:
            return await verb(uow, await self.world.actor(uow, who), *ids, **fields)
