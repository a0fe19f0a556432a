"""Sharing experiences and writing down learning points."""

from __future__ import annotations

from uuid import UUID

from app.core.database import UnitOfWork
from app.core.errors import invalid
from app.core.personal_data import refuse_identity_numbers
from app.gatherings.models import Gathering
from app.identity.actor import Actor
from app.knowledge.models import LearningPoint, SharedExperience
from app.moves import hold, note
from app.projects.facts import PROJECT
from workflows.roles import Permission


async def share_experience(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    title: str,
    text: str,
    gathering_id: UUID | None,
    slides_link: str = "",
    kind: str = "conference",
) -> SharedExperience:
    """Publish a presentation; every employee can read it from now on (S55).

    A presentation counts once it has its place in the programme of a conference.
    """
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_WRITE)
    refuse_identity_numbers(title=title, text=text)
    if gathering_id is not None:
        gathering = await uow.session.get(Gathering, gathering_id)
        if gathering is None or gathering.call_id != held.row.call_id:
            raise invalid("gathering_id", "form.unknown")
    row = SharedExperience(
        case_id=case_id, kind=kind, title=title, text=text, gathering_id=gathering_id, published_at=uow.now,
        written_by=actor.person_id, written_at=uow.now, slides_link=slides_link,
    )  # fmt: skip
    uow.session.add(row)
    await note(uow, actor, PROJECT, held, "share_experience", changes={"kind": kind, "title": title})
    return row


async def add_learning_point(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, text: str, for_whom: str, conditions: str
) -> LearningPoint:
    """Write down what worked, for whom and under which conditions (S77)."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_WRITE)
    refuse_identity_numbers(text=text, for_whom=for_whom, conditions=conditions)
    row = LearningPoint(
        case_id=case_id, text=text, for_whom=for_whom, conditions=conditions, written_by=actor.person_id,
        written_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    await note(uow, actor, PROJECT, held, "add_learning_point", changes={"text": text})
    return row
