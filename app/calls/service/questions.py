"""The questions that a call asks itself: written, put in order, retired, and fixed in versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from app.calls.facts import CALL
from app.calls.models import Call, CallForm
from app.calls.service.changing import require_why
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotFound, NotYet, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import Held, hold, note
from app.outbox.service import put
from workflows.call import CallState
from workflows.engine import Reason
from workflows.forms import building
from workflows.forms.building import Questions
from workflows.forms.changing import harms, what_changed
from workflows.forms.fields import Kind, Question, Words
from workflows.forms.own import read, stored
from workflows.roles import Permission
from workflows.wording import LANGUAGES, Wording

STILL_ASKED_IN = (CallState.DRAFT, CallState.PUBLISHED, CallState.OPEN)
"""States in which the questions of a call may change; from `published` on only where that harms nobody."""
DEFAULT_LENGTH = {"text": 200, "long_text": 2000}


async def fix_form(uow: UnitOfWork, actor: Actor, call: Call) -> int:
    """Keep the questions of a call as they stand now as a version of its form; answers its number, from 1 (G3)."""
    last = await uow.session.scalar(select(func.max(CallForm.number)).where(CallForm.call_id == call.id))
    version = CallForm(
        call_id=call.id, number=(last or 0) + 1, questions=call.questions, made_at=uow.now, made_by=actor.person_id
    )
    uow.session.add(version)
    await uow.session.flush()
    return version.number


async def _held(uow: UnitOfWork, actor: Actor, call_id: UUID, version: int | None, verb: str) -> Held[Call]:
    held = await hold(uow, actor, CALL, call_id, Permission.CALL_WRITE, version=version)
    if held.row.state not in STILL_ASKED_IN:
        raise NotYet([Reason(code="call.closed_already")], subject="call", step=verb, case_id=call_id)
    return held


async def _keep(
    uow: UnitOfWork, actor: Actor, held: Held[Call], verb: str, after: Questions, *, why: str = "", **changes: Any
) -> Call:
    """Keep the questions as they are now; of a published call as a new version, told with its reason to those who have
    begun.

    Raises NotYet with every reason where a question would wait for what it cannot, or a published one would harm
    somebody; Invalid where a published one is changed without a reason.
    """
    call = held.row
    before = read(call.questions)
    if after == before:
        return call
    is_published = call.state != CallState.DRAFT
    unmet = _unmet(before, after, is_published=is_published)
    if unmet:
        raise NotYet(unmet, subject="call", step=verb, case_id=held.case.id)
    call.questions = stored(after)
    if is_published:
        changed = what_changed(before, after)
        require_why(call, why, meets_applicants=bool(changed))
        number = await fix_form(uow, actor, call)
        changes |= {"form_version": number, **changed}
        if changed:
            payload = {"call_id": str(call.id), "number": number, "why": why.strip()}
            await put(uow, "follow_form", payload, key=f"follow:{call.id}:{number}")
    return await note(uow, actor, CALL, held, verb, why=why.strip() if is_published else "", changes=changes)


def _unmet(before: Questions, after: Questions, *, is_published: bool) -> list[Reason]:
    found = [reason for question in after for reason in building.condition_faults(after, question)]
    if is_published:
        found = (
            list(harms(before, after))
            + [reason for reason in building.form_faults(after) if reason not in found]
            + found
        )
    return found


def _chosen(held: Held[Call], key: str) -> Question:
    found = building.question_of(read(held.row.questions), key)
    if found is None:
        raise NotFound
    return found


def _words(fields: Mapping[str, Any], name: str) -> Wording:
    return Wording(**{language: (fields.get(f"{name}_{language}") or "").strip() for language in LANGUAGES})


def _worded(row: msgspec.Struct) -> Wording:
    return Wording(**{language: getattr(row, language).strip() for language in LANGUAGES})


def _keyed(prefix: str, known: Sequence[str], rows: Sequence[Any]) -> list[tuple[str, Any]]:
    """Rows of choices or columns with their keys, new ones for those that have none; a row without words is left out."""
    kept = [row for row in rows if any(getattr(row, language).strip() for language in LANGUAGES)]
    fresh = iter(building.numbered(prefix, known, len(kept)))
    return [(row.key if row.key in known else next(fresh), row) for row in kept]


def _condition(questions: Questions, question: Question, text: str) -> tuple[str, str | bool] | None:
    """What a question waits for, out of "key=answer"; Invalid for what it cannot wait for."""
    if not text:
        return None
    key, _, answer = text.partition("=")
    for other in building.waits_for(questions, question):
        if other.key == key:
            for each in building.answers_to(other):
                typed = ("yes" if each else "no") if isinstance(each, bool) else each
                if typed == answer:
                    return key, each
    raise invalid("condition", "call.condition_unknown")


def _question_from(questions: Questions, before: Question, fields: Mapping[str, Any]) -> Question:
    """The question as the fields say it; Invalid names every field that cannot be taken."""
    faults: dict[str, Reason] = {}
    choices = _keyed("o", before.choices, fields.get("choices") or ())
    columns = _keyed("c", [column.key for column in before.columns], fields.get("columns") or ())
    if len(choices) > building.MOST_CHOICES:
        faults["choices"] = Reason(code="form.too_many_rows", parameters={"most": building.MOST_CHOICES})
    if len(columns) > building.MOST_COLUMNS:
        faults["columns"] = Reason(code="form.too_many_rows", parameters={"most": building.MOST_COLUMNS})
    label = _words(fields, "label")
    if not label.of("nb"):
        faults["label_nb"] = Reason(code="form.empty")
    suffix = "_ore" if before.kind == "money" else ""
    least, most = fields.get(f"least{suffix}"), fields.get(f"most{suffix}")
    if least is not None and most is not None and least > most:
        faults[f"most{suffix}"] = Reason(code="call.limits_crossed")
    if faults:
        raise Invalid(faults)
    length = fields.get("max_length") or before.max_length or DEFAULT_LENGTH.get(before.kind, 0)
    counts = before.kind in ("number", "money", "table", "file", "choices")
    return msgspec.structs.replace(
        before,
        required=bool(fields.get("required")),
        asked_when=_condition(questions, before, fields.get("condition") or ""),
        max_length=length if before.kind in DEFAULT_LENGTH else 0,
        minimum=least if counts else None,
        maximum=most if counts else None,
        choices=tuple(key for key, _ in choices),
        columns=tuple(_column(key, row) for key, row in columns),
        words=Words(label=label, help=_words(fields, "help"), choices={key: _worded(row) for key, row in choices}),
    )


def _column(key: str, row: Any) -> Question:
    return Question(
        key=key, kind=row.kind, required=row.required, max_length=DEFAULT_LENGTH["text"] if row.kind == "text" else 0,
        words=Words(label=_worded(row)),
    )  # fmt: skip


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    found = {name: value for name, value in fields.items() if isinstance(value, str)}
    for name in ("choices", "columns"):
        for number, row in enumerate(fields.get(name) or ()):
            found |= {f"{name}-{number}-{language}": getattr(row, language) for language in LANGUAGES}
    return found


async def add_question(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, kind: Kind, version: int | None = None, why: str = "",
    **fields: Any,
) -> Call:  # fmt: skip
    """Ask one more thing, behind the others; of a published call only what may stay empty, and told to those who write."""
    held = await _held(uow, actor, call_id, version, "add_question")
    refuse_identity_numbers(why=why, **_texts(fields))
    questions = read(held.row.questions)
    if len(questions) >= building.MOST_QUESTIONS:
        raise invalid("label_nb", "call.questions_too_many", most=building.MOST_QUESTIONS)
    [empty] = read([{"key": building.next_key(questions), "kind": kind}])
    question = _question_from(questions, empty, fields)
    after = building.with_question(questions, question)
    return await _keep(uow, actor, held, "add_question", after, why=why, question=stored([question])[0])


async def write_question(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, key: str, version: int | None = None, why: str = "", **fields: Any
) -> Call:
    """Put a question otherwise; its kind stays."""
    held = await _held(uow, actor, call_id, version, "write_question")
    refuse_identity_numbers(why=why, **_texts(fields))
    questions, before = read(held.row.questions), _chosen(held, key)
    question = _question_from(questions, before, fields)
    after = building.with_question(questions, question)
    return await _keep(uow, actor, held, "write_question", after, why=why, question=stored([question])[0])


async def move_question(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, key: str, direction: str | None = None, to: int | None = None,
    version: int | None = None,
) -> Call:  # fmt: skip
    """Put a question one place up or down, or in a place counted from 1; NotYet before one that it waits for."""
    held = await _held(uow, actor, call_id, version, "move_question")
    questions, question = read(held.row.questions), _chosen(held, key)
    here = questions.index(question)
    there = here + (-1 if direction == "up" else 1) if to is None else to - 1
    after = building.moved(questions, key, there)
    return await _keep(uow, actor, held, "move_question", after, question=key, place=after.index(question) + 1)


async def retire_question(
    uow: UnitOfWork, actor: Actor, call_id: UUID, *, key: str, version: int | None = None, why: str = ""
) -> Call:
    """Ask a question no longer: of a draft it is taken away, of a published call it stays for those who have answered it.

    NotYet while another question waits for its answer.
    """
    held = await _held(uow, actor, call_id, version, "retire_question")
    questions, question = read(held.row.questions), _chosen(held, key)
    if waiting := building.waiting_for(questions, key):
        raise NotYet(
            [
                Reason(
                    code="call.question_waited_for",
                    parameters={"name": building.name_of(each), "key": each.key, "other": building.name_of(question)},
                    place=building.PLACE,
                    who=building.WHO,
                )
                for each in waiting
            ],
            subject="call",
            step="retire_question",
            case_id=call_id,
        )
    is_draft = held.row.state == CallState.DRAFT
    after = building.without(questions, key) if is_draft else building.retired(questions, key)
    return await _keep(uow, actor, held, "retire_question", after, why=why, question=stored([question])[0])
