"""Writing what is expected, and agreeing to it from both sides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.activities.personal_data import refuse_identity_numbers
from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import current, require, roles_in
from app.clarifications.facts import CLARIFICATION, hash_of
from app.clarifications.models import Agreement, Clarification
from app.clarifications.templates import Known, newest
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet, Stale, invalid
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.moves import Held, begin, hold, lock_case, make, note
from app.notices.service import tell
from workflows.clarification import ClarificationState, Side
from workflows.engine import Reason
from workflows.roles import Permission, Role, permissions_of
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
        commits="", hours_per_week=0, template_gate=template.gate, template_number=template.number, begun_from=given,
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
    new_ways: str, benefits_short: str, benefits_long: str, version: int | None,
) -> Clarification:  # fmt: skip
    """Write the text; another text than the one agreed to voids the agreements to it, and only those."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_WRITE, version=version)
    texts = {
        "expects": expects, "commits": commits, "scheme_expects": scheme_expects, "scheme_commits": scheme_commits,
        "responsibility": responsibility, "decision_rights": decision_rights, "equality": equality, "learning": learning,
        "new_ways": new_ways, "benefits_short": benefits_short, "benefits_long": benefits_long,
    }  # fmt: skip
    refuse_identity_numbers(**texts)
    for name, text in texts.items():
        setattr(held.row, name, text)
    held.row.hours_per_week = hours_per_week
    current = hash_of(held.row)
    if current != held.row.text_hash:
        held.row.text_hash = current
        await _reopen(uow, actor, held)
    return await note(uow, actor, CLARIFICATION, held, "write", changes={**texts, "hours_per_week": hours_per_week})


async def replace_holder(
    uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, person_id: UUID | None, outside_name: str, why: str
) -> Clarification:
    """Put somebody else into the role; they agree anew, and so does the scheme (S73)."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_WRITE)
    if person_id is not None and await uow.session.get(Person, person_id) is None:
        raise invalid("person_id", "form.unknown")
    if (person_id is None) == (not outside_name):
        raise invalid("person_id", "clarification.one_holder")
    held.row.person_id, held.row.outside_name = person_id, outside_name or None
    held.row.text_hash = hash_of(held.row)
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
    if row.person_id is not None and row.person_id != actor.person_id:
        await tell(
            uow, [row.person_id], "clarification_proposed", case_id=held.case.id,
            parameters={"title": held.case.title}, link=f"/projects/{held.case.id}/clarifications#clarification-{row.id}",
        )  # fmt: skip
    return row


def _not_to_this_text(held: Held[Clarification], text_hash: str) -> None:
    if text_hash != hash_of(held.row):
        raise Stale
    if held.row.state == ClarificationState.DRAFT:
        missing = Reason(code="clarification.not_proposed", place="project.clarification",
                         parameters={"id": str(held.row.id)})  # fmt: skip
        raise NotYet([missing], subject="clarification", step="agree", case_id=held.case.id)


async def _agree(
    uow: UnitOfWork, actor: Actor, held: Held[Clarification], side: Side, *, how: str = ""
) -> Clarification:
    row = held.row
    same = select(Agreement.id).where(
        Agreement.clarification_id == row.id, Agreement.side == side, Agreement.text_hash == row.text_hash
    )
    if await uow.session.scalar(same) is None:
        uow.session.add(
            Agreement(
                clarification_id=row.id, case_id=held.case.id, side=side, person_id=actor.person_id,
                text_hash=row.text_hash, agreed_at=uow.now, how=how,
            )
        )  # fmt: skip
        await note(uow, actor, CLARIFICATION, held, f"agree_{side}", changes={"text_hash": row.text_hash, "how": how})
    facts = await CLARIFICATION.facts(uow, row)
    if facts.agreed == frozenset(Side) and row.state == ClarificationState.PROPOSED:
        await make(uow, actor, CLARIFICATION, held, "agree_all")
    return row


async def agree_office(uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, text_hash: str) -> Clarification:
    """The holder of the role agrees to this exact text; nobody agrees for them."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CASE_SEE)
    if held.row.person_id != actor.person_id:
        raise NotAllowed
    _not_to_this_text(held, text_hash)
    return await _agree(uow, actor, held, Side.OFFICE)


async def record_agreement(
    uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, text_hash: str, how: str
) -> Clarification:
    """The coordinator records how somebody without an account agreed to this exact text."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.PROJECT_STEP)
    if held.row.person_id is not None:
        raise NotAllowed
    _not_to_this_text(held, text_hash)
    refuse_identity_numbers(how=how)
    return await _agree(uow, actor, held, Side.OFFICE, how=how)


async def agree_scheme(uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, text_hash: str) -> Clarification:
    """The scheme agrees to this exact text, by somebody other than the holder of the role."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_AGREE_SCHEME)
    if held.row.person_id == actor.person_id or Permission.CLARIFICATION_AGREE_SCHEME not in permissions_of(held.roles):
        raise NotAllowed
    _not_to_this_text(held, text_hash)
    return await _agree(uow, actor, held, Side.SCHEME)


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
