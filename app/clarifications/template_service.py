"""Writing templates: a new version each time, which touches nothing that has begun from an earlier one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.audit.service import record
from app.clarifications.facts import CLARIFICATION, hash_of
from app.clarifications.models import Clarification, ClarificationTemplate
from app.clarifications.templates import SHIPPED, newest
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, Stale, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import hold, lock_register, note
from workflows.clarification import ClarificationState
from workflows.clarification_template import TEMPLATE_TEXTS, taken_over, whole
from workflows.engine import Reason
from workflows.roles import Permission
from workflows.wording import LANGUAGES

REGISTER = "clarification_templates"
"""The reference of the case that holds the events about the templates."""


async def write_template(
    uow: UnitOfWork, actor: Actor, *, role: str, gate: str, number: int, hours_per_week: int, why: str, **said: str
) -> ClarificationTemplate:
    """Write a new version of a template in the three languages; clarifications already begun keep the one they have (S73).

    `number` is the version that it was written on, 0 where there was none. Raises NotAllowed for whoever is not in the
    resource group, Invalid with every text that is missing, Stale where somebody else has written a version meanwhile.
    """
    if not actor.may(Permission.CLARIFICATION_TEMPLATE_WRITE):
        raise NotAllowed
    case = await lock_register(uow, REGISTER)
    if case is None or actor.person_id is None:
        raise NotFound
    refuse_identity_numbers(**said)
    words = {language: {name: said[f"{name}_{language}"].strip() for name in TEMPLATE_TEXTS} for language in LANGUAGES}
    if faults := dict(whole(words)):
        raise Invalid(faults)
    last = await uow.session.scalar(
        select(func.max(ClarificationTemplate.number)).where(
            ClarificationTemplate.role == role, ClarificationTemplate.gate == gate
        )
    )
    standing = last or (SHIPPED if gate == "start" else 0)
    if number != standing:
        raise Stale(typed_on=number, now_at=standing)
    before = (await newest(uow))[role, gate]
    changed = [
        f"{name}_{language}"
        for language in LANGUAGES
        for name in TEMPLATE_TEXTS
        if words[language][name] != before.words[language].get(name, "")
    ]
    if not changed and hours_per_week == before.hours_per_week:
        raise invalid("why", "clarification_template.unchanged")
    row = ClarificationTemplate(
        role=role, gate=gate, number=max(standing, SHIPPED) + 1, words=words, hours_per_week=hours_per_week, why=why,
        written_by=actor.person_id, written_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    changes = {"role": role, "gate": gate, "number": row.number, "changed": changed}
    await record(uow, actor, case, "clarification_template", case.id, "write_template", why=why, changes=changes)
    return row


async def take_template(uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, version: int | None) -> Clarification:
    """Take what the newest template says into a draft: only into what is empty or stands as the template had it.

    Raises NotYet while the text has been put forward, Invalid where there is nothing to take.
    """
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_WRITE, version=version)
    row = held.row
    if row.state != ClarificationState.DRAFT:
        raise Invalid({"version": Reason(code="clarification.not_a_draft")})
    template = (await newest(uow))[row.role, row.gate]
    given = template.given(held.case.language)
    taken = taken_over({name: getattr(row, name) for name in given}, row.begun_from, given)
    for name, text in taken.items():
        setattr(row, name, text)
    row.template_gate, row.template_number, row.begun_from = template.gate, template.number, given
    row.text_hash = hash_of(row)
    changes = {**taken, "template": template.number, "gate": template.gate}
    return await note(uow, actor, CLARIFICATION, held, "take_template", changes=changes)
