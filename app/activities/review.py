"""The review of a concept against what its office already does when it succeeds."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

from sqlalchemy import select

from app.activities.forms import ANSWER, COMMENT, Answer
from app.activities.models import Concept, DevianceCheck
from app.applications.models import PositiveDeviance
from app.core.database import UnitOfWork
from app.core.errors import Invalid, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import hold, note
from app.projects.facts import PROJECT
from workflows.engine import Reason
from workflows.roles import Permission

MOST = 4000


def _last(given: Any) -> str:
    value = given[-1] if isinstance(given, list) and given else given
    return value.strip() if isinstance(value, str) else ""


async def review_concept(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, concept_id: UUID, answers: dict[str, Any], comments: dict[str, Any]
) -> Concept:
    """Say of each of the office's ranked deviances whether the concept has it in it; what is not answered stays so (S34).

    Raises Invalid beside every field that cannot be taken, and where nothing is answered.
    """
    held = await hold(uow, actor, PROJECT, case_id, Permission.PROJECT_WRITE)
    concept = await uow.session.get(Concept, concept_id)
    if concept is None or concept.case_id != case_id:
        raise invalid("concept_id", "form.unknown")
    known = set(await uow.session.scalars(select(PositiveDeviance.id).where(PositiveDeviance.case_id == case_id)))
    taken = _taken(known, answers, comments)
    checks = {
        row.deviance_id: row
        for row in await uow.session.scalars(select(DevianceCheck).where(DevianceCheck.concept_id == concept_id))
    }
    for deviance_id, (answer, comment) in taken.items():
        row = checks.get(deviance_id)
        if row is None:
            row = DevianceCheck(case_id=case_id, concept_id=concept_id, deviance_id=deviance_id)
            uow.session.add(row)
        row.answer, row.comment = answer, comment
        row.written_by, row.written_at = actor.person_id, uow.now  # type: ignore[assignment]
    said = {str(deviance_id): answer for deviance_id, (answer, _) in taken.items()}
    await note(uow, actor, PROJECT, held, "review_concept", changes={"concept_id": concept_id, "answers": said})
    return concept


def _taken(known: set[UUID], answers: dict[str, Any], comments: dict[str, Any]) -> dict[UUID, tuple[str, str]]:
    """What was answered of the deviances that there are, by their ids."""
    names = {str(each): each for each in known}
    given = {name.removeprefix(ANSWER): _last(value) for name, value in answers.items()}
    said = {name.removeprefix(COMMENT): _last(value) for name, value in comments.items()}
    faults = {f"{ANSWER}{key}": Reason(code="form.unknown") for key in given.keys() - names.keys()}
    faults |= {f"{COMMENT}{key}": Reason(code="form.unknown") for key in said.keys() - names.keys()}
    taken: dict[UUID, tuple[str, str]] = {}
    for key, deviance_id in names.items():
        answer, comment = given.get(key, ""), said.get(key, "")
        if len(comment) > MOST:
            faults[f"{COMMENT}{key}"] = Reason(code="form.too_long", parameters={"most": MOST, "typed": len(comment)})
        if answer and answer not in get_args(Answer):
            faults[f"{ANSWER}{key}"] = Reason(code="form.not_a_choice")
        elif comment and not answer:
            faults[f"{ANSWER}{key}"] = Reason(code="activities.comment_without_answer")
        elif answer:
            taken[deviance_id] = (answer, comment)
    if faults:
        raise Invalid(faults)
    if not taken:
        raise invalid("concept_id", "activities.nothing_answered")
    refuse_identity_numbers(**{f"{COMMENT}{key}": comment for key, (_, comment) in taken.items()})
    return taken
