"""Writing what is expected, and agreeing to it from both sides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import current, require, roles_in
from app.clarifications.agreeing import agree_leader as agree_leader
from app.clarifications.agreeing import agree_office as agree_office
from app.clarifications.agreeing import agree_scheme as agree_scheme
from app.clarifications.agreeing import ask_change as ask_change
from app.clarifications.agreeing import close_links, keep_version, leaders_of, link_of, void
from app.clarifications.agreeing import record_agreement as record_agreement
from app.clarifications.facts import CLARIFICATION, hash_of
from app.clarifications.models import Clarification
from app.clarifications.templates import Known, newest
from app.core.database import UnitOfWork
from app.core.errors import NotFound, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.moves import Held, begin, hold, lock_case, make, note
from app.notices.service import tell
from workflows.clarification import ClarificationState, Side, Void
from workflows.clarification_template import TEMPLATE_GATES
from workflows.roles import Permission, Role
from workflows.rules import Rules

FOLLOWING_ROLES = (Role.PARTNER, Role.CITIZENS_VOICE, Role.CORE_TEAM)
"""Roles that a clarification itself gives: who is named for one can see the project."""


async def add(
    uow: UnitOfWork, actor: Actor, *, case_id: UUID, gate: str, role: str, person_id: UUID | None, outside_name: str
) -> Clarification:
    """Begin a clarification for a person, or for a named outsider without an account."""
    case = await lock_case(uow, case_id)
    if case.project_at is None:
        raise NotFound
    require(case, await roles_in(uow, actor, case), Permission.CLARIFICATION_WRITE)
    if person_id is not None and outside_name:
        raise invalid("outside_name", "clarification.one_holder")
    if person_id is None and not outside_name:
        raise invalid("person_id", "form.empty")
    if person_id is not None and await uow.session.get(Person, person_id) is None:
        raise invalid("person_id", "form.unknown")
    if gate not in TEMPLATE_GATES:
        raise invalid("gate", "form.not_a_choice")
    same = select(Clarification.id).where(
        Clarification.case_id == case_id, Clarification.gate == gate, Clarification.role == role,
        Clarification.person_id == person_id,
    )  # fmt: skip
    if person_id is not None and await uow.session.scalar(same):
        raise invalid("person_id", "clarification.has_one")
    return await begin_for(uow, actor, case_id, gate=gate, role=role, person_id=person_id, outside_name=outside_name)


async def begin_for(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    gate: str,
    role: str,
    person_id: UUID | None,
    outside_name: str = "",
    templates: Known | None = None,
) -> Clarification:
    """A draft clarification in a case whose row is locked, begun from the newest template of its role and gate.

    A partner or a citizens' voice can see the project then.
    """
    case = await lock_case(uow, case_id)
    template = (templates or await newest(uow))[role, gate]
    given = template.given(case.language)
    row = Clarification(
        case_id=case_id, gate=gate, role=role, person_id=person_id, outside_name=outside_name or None, expects="",
        commits="", hours_per_week=0, released_hours=0, release_how="", renewal_note="", renews_number=0, change_asked="",
        template_gate=template.gate, template_number=template.number, begun_from=given,
        **given,
    )  # fmt: skip
    row.text_hash = hash_of(row)
    await begin(uow, actor, CLARIFICATION, case, row, verb="add", changes={"role": role, "gate": gate})
    if person_id is not None and role in FOLLOWING_ROLES:
        await _give_role(uow, case_id, person_id, role)
    return row


async def _give_role(uow: UnitOfWork, case_id: UUID, person_id: UUID, role: str) -> None:
    held = select(CaseRole.id).where(
        CaseRole.case_id == case_id, CaseRole.person_id == person_id, CaseRole.role == role, CaseRole.valid_to.is_(None)
    )
    if await uow.session.scalar(held) is None:
        uow.session.add(CaseRole(case_id=case_id, person_id=person_id, role=role, valid_from=uow.now))


async def _reopen(uow: UnitOfWork, actor: Actor, held: Held[Clarification]) -> None:
    if held.row.state != ClarificationState.DRAFT:
        await make(uow, actor, CLARIFICATION, held, "reopen")


async def write(
    uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, expects: str, commits: str, hours_per_week: int,
    scheme_expects: str, scheme_commits: str, responsibility: str, decision_rights: str, equality: str, learning: str,
    new_ways: str, benefits_short: str, benefits_long: str, version: int | None, released_hours: int = 0,
    release_how: str = "", renewal_note: str = "",
) -> Clarification:  # fmt: skip
    """Write the text; another text than the one agreed to voids the agreements to it, and only those."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_WRITE, version=version)
    texts = {
        "expects": expects, "commits": commits, "scheme_expects": scheme_expects, "scheme_commits": scheme_commits,
        "responsibility": responsibility, "decision_rights": decision_rights, "equality": equality, "learning": learning,
        "new_ways": new_ways, "benefits_short": benefits_short, "benefits_long": benefits_long, "release_how": release_how,
        "renewal_note": renewal_note,
    }  # fmt: skip
    refuse_identity_numbers(**texts)
    for name, text in texts.items():
        setattr(held.row, name, text)
    held.row.hours_per_week, held.row.released_hours, held.row.change_asked = hours_per_week, released_hours, ""
    current = hash_of(held.row)
    if current != held.row.text_hash:
        held.row.text_hash = current
        await void(uow, actor, held, Void.TEXT)
        await _reopen(uow, actor, held)
    changes = {**texts, "hours_per_week": hours_per_week, "released_hours": released_hours}
    return await note(uow, actor, CLARIFICATION, held, "write", changes=changes)


async def replace_holder(
    uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, person_id: UUID | None, outside_name: str, why: str
) -> Clarification:
    """Put somebody else into the role; they agree anew, and so does the scheme (S73)."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_WRITE)
    if person_id is not None and await uow.session.get(Person, person_id) is None:
        raise invalid("person_id", "form.unknown")
    if (person_id is None) == (not outside_name):
        raise invalid("person_id", "clarification.one_holder")
    before = held.row.person_id
    held.row.person_id, held.row.outside_name = person_id, outside_name or None
    held.row.text_hash = hash_of(held.row)
    await void(uow, actor, held, Void.HOLDER, holder=before)
    await close_links(uow, held.row.id)
    await _reopen(uow, actor, held)
    if person_id is not None and held.row.role in FOLLOWING_ROLES:
        await _give_role(uow, held.case.id, person_id, held.row.role)
    changes = {"person_id": person_id, "outside_name": outside_name}
    return await note(uow, actor, CLARIFICATION, held, "replace_holder", why=why, changes=changes)


async def propose(
    uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, version: int | None = None, why: str = ""
) -> Clarification:
    """Put the text forward to both sides; the holder is told."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_WRITE, version=version)
    row = await make(uow, actor, CLARIFICATION, held, "propose", why=why)
    await keep_version(uow, held, actor.name)
    facts = await CLARIFICATION.facts(uow, row)
    readers = {row.person_id} - {None, actor.person_id}
    if Side.LEADER in facts.sides:
        leading = set(await leaders_of(uow, held.case.id, row.person_id)) - {actor.person_id, row.person_id}
        await tell(
            uow, sorted(leading), "clarification_release_asked", case_id=held.case.id, link=link_of(row),
            parameters={"title": held.case.title, "holder": facts.holder, "hours": row.released_hours},
        )  # fmt: skip
    await tell(
        uow, [each for each in readers if each], "clarification_proposed", case_id=held.case.id, link=link_of(row),
        parameters={"title": held.case.title},
    )  # fmt: skip
    return row


async def open_for_project(uow: UnitOfWork, actor: Actor, project: Any) -> None:
    """A draft clarification for everybody who holds a role that must have one at the start.

    `project` may be the application it comes from: they share their id and their rules.
    """
    rules = msgspec.convert(project.rules, Rules)
    needed = set(rules.clarifications.at_start)
    in_unit = (
        select(UnitMembership.person_id, UnitMembership.role)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == project.id, current(UnitMembership, uow.now))
    )
    in_case = select(CaseRole.person_id, CaseRole.role).where(
        CaseRole.case_id == project.id, current(CaseRole, uow.now)
    )
    of_county = (  # of each office, where several have joined forces
        select(UnitMembership.person_id, UnitMembership.role)
        .join(Unit, Unit.county_id == UnitMembership.unit_id)
        .join(CaseUnit, CaseUnit.unit_id == Unit.id)
        .where(CaseUnit.case_id == project.id, current(UnitMembership, uow.now))
    )
    rows = await uow.session.execute(in_unit.union(in_case, of_county))
    templates = await newest(uow)
    for person_id, role in sorted(rows, key=lambda row: (row[1], str(row[0]))):
        if role in needed:
            await begin_for(uow, actor, project.id, gate="start", role=role, person_id=person_id, templates=templates)
