"""Renewing clarifications as a diamond closes: begun from what was agreed last, and agreed to anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.cases.queries import require, roles_in
from app.clarifications.agreeing import link_of
from app.clarifications.facts import hash_of
from app.clarifications.models import Clarification, ClarificationVersion
from app.clarifications.service import begin_for
from app.clarifications.standing import Clarified, Held, clarified
from app.clarifications.templates import newest
from app.core.database import UnitOfWork
from app.core.errors import NotFound, invalid
from app.identity.actor import Actor
from app.moves import lock_case
from app.notices.service import tell
from app.projects.models import Project
from workflows.clarification import TEXTS, ClarificationState
from workflows.clarification_template import TEMPLATE_GATES
from workflows.roles import Permission
from workflows.rules import Rules

CARRIED = tuple(name for name in TEXTS if name != "renewal_note")


async def renew(uow: UnitOfWork, actor: Actor, case_id: UUID, *, gate: str) -> Project:
    """Begin the renewals that the rules ask for as a diamond closes, one for everybody who holds such a role now (S73).

    Each begins from the text that was agreed last for that role, by the same holder before another's, and is a draft:
    what is new in it is to be said before it is put forward, and everybody agrees anew. Raises Invalid for a gate at
    which nothing is renewed, and where all have begun.
    """
    case = await lock_case(uow, case_id)
    require(case, await roles_in(uow, actor, case), Permission.CLARIFICATION_WRITE)
    project = await uow.session.get(Project, case_id)
    if project is None:
        raise NotFound
    roles = msgspec.convert(project.rules, Rules).clarifications.at(gate)
    if gate == "start" or not roles:
        raise invalid("gate", "clarification.not_renewed_here")
    found = (await uow.session.execute(select(*(c.label(n) for n, c in clarified(case_id, uow.now).items())))).one()
    rows = msgspec.convert(found[0], list[Clarified], strict=False)
    holders = msgspec.convert(found[1], list[Held], strict=False)
    begun = {(row.role, row.person_id) for row in rows if row.gate == gate}
    earlier = await _agreed_before(uow, case_id, gate)
    known = await newest(uow)
    made = []
    for held in sorted(holders, key=lambda each: (each.role, each.name)):
        if held.role in roles and (held.role, held.person_id) not in begun:
            row = await begin_for(
                uow, actor, case_id, gate=gate, role=held.role, person_id=held.person_id, templates=known
            )
            _carry(row, earlier)
            made.append(row)
    outsiders = [row for row in rows if row.person_id is None and row.role in roles and row.gate == "start"]
    for outside in outsiders:
        if (outside.role, None) not in begun:
            row = await begin_for(
                uow, actor, case_id, gate=gate, role=outside.role, person_id=None, outside_name=outside.holder,
                templates=known,
            )  # fmt: skip
            _carry(row, earlier)
            made.append(row)
    if not made:
        raise invalid("gate", "clarification.all_begun")
    for row in made:
        row.text_hash = hash_of(row)
        if row.person_id and row.person_id != actor.person_id:
            await tell(uow, [row.person_id], "clarification_renewal", case_id=case_id, link=link_of(row),
                       parameters={"title": case.title})  # fmt: skip
    await uow.session.flush()
    return project


Earlier = dict[tuple[str, Any], tuple[Clarification, ClarificationVersion]]


async def _agreed_before(uow: UnitOfWork, case_id: UUID, gate: str) -> Earlier:
    """What was put forward and agreed last for each holder, and for each role, before a gate."""
    counted = aliased(ClarificationVersion)
    last = (
        select(func.max(counted.number))
        .where(counted.clarification_id == Clarification.id)
        .correlate(Clarification)
        .scalar_subquery()
    )
    rows = await uow.session.execute(
        select(Clarification, ClarificationVersion)
        .join(
            ClarificationVersion,
            (ClarificationVersion.clarification_id == Clarification.id) & (ClarificationVersion.number == last),
        )
        .where(
            Clarification.case_id == case_id, Clarification.gate.in_(TEMPLATE_GATES[: TEMPLATE_GATES.index(gate)]),
            Clarification.state == ClarificationState.AGREED,
        )
        .order_by(ClarificationVersion.put_forward_at)
    )  # fmt: skip
    found: Earlier = {}
    for row, version in rows:
        found[row.role, row.person_id or row.outside_name] = found[row.role, None] = (row, version)
    return found


def _carry(row: Clarification, earlier: Earlier) -> None:
    before = earlier.get((row.role, row.person_id or row.outside_name)) or earlier.get((row.role, None))
    if before is None:
        return
    clarification, version = before
    row.renews_id, row.renews_number = clarification.id, version.number
    for name in CARRIED:
        setattr(row, name, version.texts.get(name, ""))
    row.hours_per_week, row.released_hours = version.hours_per_week, version.released_hours
