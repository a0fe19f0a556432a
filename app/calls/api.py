"""Calls for programs to read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import Parameter

from app.calls import queries
from app.core.paging import Page
from app.web.visit import Visit
from workflows.call import TEXT_FIELDS
from workflows.forms.fields import Question
from workflows.forms.own import read
from workflows.roles import Permission
from workflows.rules import Rules


class CriterionOut(msgspec.Struct, frozen=True):
    """An award criterion with what each score stands for."""

    id: UUID
    key: str
    title: str
    description: str
    weight: int
    levels: dict[int, str]


class CallOut(msgspec.Struct, frozen=True, kw_only=True):
    """A call with its texts in every language, its criteria and its rules."""

    id: UUID
    reference: str
    state: str
    version: int
    unit: str
    opens_at: datetime | None
    deadline: datetime | None
    frame_ore: int | None
    facilitation_hours: int | None
    cost_kinds: list[str]
    texts: dict[str, dict[str, str]]
    criteria: list[CriterionOut]
    rules: Rules


@get("/calls", permission=Permission.CALL_SEE, tags=["call"])
async def read_calls(visit: Visit, after: UUID | None = None) -> Page[queries.CallRow]:
    """Calls, the newest first; ask for the next page with `after`."""
    return await queries.calls(visit.uow, visit.actor, visit.texts.language, after=after)


@get("/calls/{call_id:uuid}", permission=Permission.CALL_SEE, tags=["call"])
async def read_call(visit: Visit, call_id: UUID) -> CallOut:
    """One call."""
    view = await queries.call_view(visit.uow, visit.actor, call_id, visit.texts.language)
    call = view.call
    return CallOut(
        id=call.id,
        reference=view.case.reference,
        state=call.state,
        version=call.version,
        unit=view.unit,
        opens_at=call.opens_at,
        deadline=call.deadline,
        frame_ore=call.frame_ore,
        facilitation_hours=call.facilitation_hours,
        cost_kinds=call.cost_kinds,
        texts={code: {name: getattr(text, name) for name in TEXT_FIELDS} for code, text in view.texts.items()},
        criteria=[
            CriterionOut(
                each.id,
                each.key,
                each.title,
                each.description,
                each.weight,
                dict(each.levels),
            )
            for each in view.criteria
        ],
        rules=view.rules,
    )


class QuestionsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The questions of a call's own in one version: what an application bound to it has answered."""

    version: int
    questions: tuple[Question, ...]


@get("/calls/{call_id:uuid}/questions", permission=Permission.CALL_SEE, tags=["call"])
async def read_questions(
    visit: Visit, call_id: UUID, number: Annotated[int | None, Parameter(query="version", ge=1)] = None
) -> QuestionsOut:
    """The questions that a call asks itself, in one version of them; the newest where none is named."""
    await queries.call_view(visit.uow, visit.actor, call_id, visit.texts.language)
    version, questions = await queries.questions_in(visit.uow, call_id, number)
    return QuestionsOut(version=version, questions=read(questions))


ROUTES = [read_calls, read_call, read_questions]
