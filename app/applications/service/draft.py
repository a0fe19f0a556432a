"""Beginning an application and writing its answers."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import ColumnElement, func, select

from app.applications.facts import APPLICATION, questions_of
from app.applications.models import APPLICATION_NUMBER, Application
from app.applications.service.writing import keep, record_gathered, weighed
from app.calls.models import Call, CallForm
from app.cases.models import Case, CaseUnit
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, invalid
from app.core.ids import new_id
from app.core.inputs import TypedFields
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.models import Unit
from app.moves import Held, begin, hold, lock_case
from workflows.application import AMOUNT, HANDLERS, SENDERS
from workflows.calendar import has_passed, is_open
from workflows.call import CallState
from workflows.engine import Reason
from workflows.forms.application import APPLICATION_FORM, FORM_VERSION
from workflows.forms.fields import Form, faults, is_empty
from workflows.forms.own import OWN, form_of, is_own
from workflows.forms.reading import answers_from, filled
from workflows.returning import keeps_closed
from workflows.roles import Permission
from workflows.rules import Rules
from workflows.writing import read_seen


async def held_for_writing(
    uow: UnitOfWork,
    actor: Actor,
    application_id: UUID,
    version: int | None,
    verb: str,
    permission: Permission = Permission.APPLICATION_WRITE,
    *,
    part: str | None,
    gathers: bool = False,
    beside: tuple[ColumnElement[Any], ...] = (),
) -> Held[Application]:
    """An application of which a part may be changed now; NotYet once it has been sent, or where it came back for others.

    `part` is None for what belongs to no part of the form, or where refuse_locked asks once the parts are known. What
    others have been writing gets its events before anything else happens; a verb that `gathers` sees to it itself. `beside`
    is read with the application.
    """
    held = await hold(uow, actor, APPLICATION, application_id, permission, version=version, beside=beside)
    refuse_locked(held, verb, *([part] if part else []))
    if not gathers:
        await record_gathered(uow, held)
    return held


def refuse_locked(held: Held[Application], verb: str, *parts: str) -> None:
    """Raise NotYet with every one of the parts that may not be changed now."""
    if closed := tuple(keeps_closed(held.row.state, held.row.returned_parts, *parts)):
        raise NotYet(closed, subject="application", step=verb, case_id=held.case.id)


def _why_not_open(call: Call, rules: Rules, uow: UnitOfWork) -> Reason | None:
    """What keeps an office from beginning an application to the call now (G3, G4)."""
    grace = rules.deadlines.grace_minutes
    if call.opens_at is None or call.deadline is None or call.state == CallState.DRAFT:
        return Reason(code="application.call_not_published", place="call.steps", who=HANDLERS)
    if has_passed(call.deadline, uow.now, grace_minutes=grace) or call.state not in (
        CallState.PUBLISHED,
        CallState.OPEN,
    ):
        passed = {"deadline_at": call.deadline.isoformat()}
        return Reason(code="application.too_late", parameters=passed, place="call.dates")
    if not is_open(call.opens_at, call.deadline, uow.now, grace_minutes=grace):
        early = {"opens_at": call.opens_at.isoformat()}
        return Reason(code="application.too_early", parameters=early, place="call.dates", who=SENDERS)
    return None


async def _own_unit(uow: UnitOfWork, actor: Actor, unit_id: UUID | None) -> Unit:
    if not actor.office_unit_ids:
        raise NotAllowed
    if unit_id is None and len(actor.office_unit_ids) > 1:
        raise invalid("unit_id", "form.empty")
    chosen = unit_id or actor.office_unit_ids[0]
    if chosen not in actor.office_unit_ids:
        raise invalid("unit_id", "application.unit_not_own")
    unit = await uow.session.get_one(Unit, chosen)
    if unit.kind != "office":
        raise invalid("unit_id", "application.unit_not_eligible")
    return unit


async def latest_form(uow: UnitOfWork, call_id: UUID) -> int:
    """The newest version of a call's own questions, to which an application is bound when it is begun; 0 for none."""
    found = await uow.session.scalar(select(func.max(CallForm.number)).where(CallForm.call_id == call_id))
    return found or 0


async def form_of_application(uow: UnitOfWork, row: Application) -> Form:
    """The form that an application is bound to: the scheme's questions, and the call's own."""
    return form_of(await uow.session.scalar(select(questions_of(row.call_id, row.call_form_version))))


async def create(
    uow: UnitOfWork, actor: Actor, *, call_id: UUID, unit_id: UUID | None = None, language: str | None = None
) -> Application:
    """Begin an application of one's own office to a call that is open; the call's rules are pinned to it.

    Raises NotYet where the call is not open, Invalid for a unit that is not the actor's to apply for.
    """
    unit = await _own_unit(uow, actor, unit_id)
    call = await uow.session.get(Call, call_id)
    if call is None or call.state == CallState.DRAFT:
        raise NotFound
    rules = msgspec.convert(call.rules, Rules)
    if reason := _why_not_open(call, rules, uow):
        raise NotYet([reason], subject="application", step="create", case_id=call_id)
    number = await uow.session.scalar(select(APPLICATION_NUMBER.next_value()))
    case = Case(
        id=new_id(), kind="application", reference=f"{day_in_oslo(uow.now).year}-{number:04d}", unit_id=unit.id,
        county_id=unit.county_id, call_id=call_id, language=language or unit.language, created_at=uow.now,
    )  # fmt: skip
    uow.session.add(case)
    await uow.session.flush()
    uow.session.add(CaseUnit(case_id=case.id, unit_id=unit.id))
    case = await lock_case(uow, case.id)
    row = Application(
        id=case.id, call_id=call_id, unit_id=unit.id, reference=case.reference, language=case.language, answers={},
        form_version=FORM_VERSION, call_form_version=await latest_form(uow, call_id), rules=call.rules,
        rules_version=call.rules_version, created_at=uow.now, created_by=actor.person_id,
    )  # fmt: skip
    return await begin(uow, actor, APPLICATION, case, row, changes={"call": call_id, "unit": unit.id})


def answer_of(value: Any) -> Any:
    """A typed answer as it is kept: dates as ISO texts, yes and no as booleans, lists for several choices."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(dict.fromkeys(value))
    return value


def own_answers(
    form: Form, section: str | None, given: Mapping[str, Any], *, named: Container[str] = ()
) -> dict[str, Any]:
    """Answers to the call's own questions, out of a form's fields or as a program gives them; Invalid names every fault.

    Boxes without a tick are an answer where their question is named: a form sends nothing for them.
    """
    wrong: dict[str, Reason] = {}
    answers = dict(given)
    if isinstance(given, TypedFields):
        answers, wrong = answers_from(form.of_section(OWN), given, whole=section == OWN)
    wrong |= {name: reason for name, reason in faults(form, answers).items() if name not in wrong}
    if wrong:
        raise Invalid(wrong)
    for question in form.of_section(OWN):
        if question.kind == "choices" and question.key in named:
            answers.setdefault(question.key, None)
    tables = {question.key for question in form.of_section(OWN) if question.kind == "table"}
    return {key: filled(answer or ()) if key in tables else answer for key, answer in answers.items()}


def texts_in(answers: Mapping[str, Any]) -> dict[str, str]:
    """Every text in the answers, by the name of its field."""
    found: dict[str, str] = {}
    for key, answer in answers.items():
        if isinstance(answer, str):
            found[key] = answer
        for number, row in enumerate(answer if isinstance(answer, list) else ()):
            cells = row.items() if isinstance(row, Mapping) else ()
            found |= {f"{key}-{number}-{column}": cell for column, cell in cells if isinstance(cell, str)}
    return found


def changed_answers(
    before: dict[str, Any],
    section: str | None,
    typed: dict[str, Any],
    *,
    form: Form = APPLICATION_FORM,
    named: Container[str] = (),
) -> dict[str, Any]:
    """The answers that differ from those kept; None for one that was taken away.

    A list that is empty counts only where it or its section is named: a form sends nothing for boxes without a tick.
    """
    changed = {}
    for question in form.questions:
        value = typed.get(question.key, UNSET)
        if value is UNSET or (section is not None and question.section != section):
            continue
        if section is None and value == () and question.key not in named:
            continue
        if question.kind == "yes_no" and isinstance(value, str):
            value = value == "yes"
        answer = None if is_empty(value) else answer_of(value)
        if answer != before.get(question.key):
            changed[question.key] = answer
    return changed


def _is_summed(row: Application, typed: Mapping[str, Any]) -> bool:
    """Whether the amount is the sum of a budget; Invalid for another one that is typed where it is."""
    asked = msgspec.convert(row.rules, Rules).budget.asked
    if asked and typed.get(AMOUNT, UNSET) not in (UNSET, None, row.answers.get(AMOUNT)):
        raise Invalid({AMOUNT: Reason(code="application.amount_from_budget", place="application.budget")})
    return asked


@cache
def _own_questions() -> tuple[ColumnElement[Any]]:
    return (questions_of(Application.call_id, Application.call_form_version),)


async def save_answers(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, section: str | None = None,
    seen: Sequence[str] = (), standing: Sequence[str] = (), by_itself: bool = False, **typed: Any,
) -> Application:  # fmt: skip
    """Keep what has been answered so far; with nothing changed nothing is written, so a draft can save itself.

    `seen` says how the writer saw each field (workflows/writing.py): one that another has written since is not replaced,
    and the writer is told after the rest is kept. In the fields of `standing` what stands there stays.
    """
    held = await held_for_writing(
        uow, actor, application_id, version, "save_answers", part=None, gathers=True, beside=_own_questions()
    )
    row, form = held.row, form_of(held.beside[0])
    known = read_seen(seen)
    given = typed.pop("own", None) or {key: typed.pop(key) for key in list(typed) if is_own(key)}
    typed |= own_answers(form, section, given, named=known)
    is_summed = _is_summed(row, typed)
    wanted = changed_answers(row.answers, section, typed, form=form, named=known)
    wanted = {key: answer for key, answer in wanted.items() if key not in standing}
    if is_summed:
        wanted.pop(AMOUNT, None)
    changed = await weighed(uow, row, row.answers, wanted, seen)
    refuse_locked(held, "save_answers", *(form.question(key).section for key in wanted))
    if found := faults(form, wanted):
        raise Invalid(found)
    refuse_identity_numbers(**texts_in(wanted))
    if not changed:
        return row
    answers = {**row.answers, **changed}
    row.answers = {key: value for key, value in answers.items() if value is not None}
    row.amount_ore, row.hours, row.theme = (row.answers.get(key) for key in ("amount_ore", "hours", "theme"))
    row.form_version = FORM_VERSION
    held.case.title = row.answers.get("problem_statement", "")
    return await keep(uow, actor, held, "save_answers", changed, by_itself=by_itself)
