"""The screening as a case handler reads it: what the machine has checked, and what people have judged (G8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Date, Text, Uuid, column, select, table

from app.applications.facts import JOINED
from app.applications.models import Application, Judgement
from app.calls.models import Call
from app.cases.models import Case, CaseUnit
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import CASE, UnitOfWork
from app.core.listed import listed
from app.core.questions import answer, told_each
from app.files.models import File
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.network.similar import similar_sent
from workflows.application import ApplicationFacts, ApplicationState
from workflows.file import FileState
from workflows.judging import counts
from workflows.screening import (
    OWED_MEASUREMENTS,
    OWED_MILESTONES,
    Finding,
    OtherApplication,
    ScreeningFacts,
    SentFile,
    Unanswered,
    machine_checks,
)
from workflows.sharing import FULL_TEXT

# named here without their rooms, which come after this one
MILESTONES = table(
    "milestones", column("case_id", Uuid), column("key", Text), column("state", Text), column("due_on", Date)
)
MEASUREMENTS = table(
    "measurements", column("case_id", Uuid), column("benefit_id", Uuid), column("state", Text), column("due_on", Date)
)
BENEFITS = table("benefits", column("id", Uuid), column("title", Text))

MOST = 20
"""So many of each kind are told at most."""
NOT_SENT = (ApplicationState.DRAFT, ApplicationState.WITHDRAWN, ApplicationState.JOINED, ApplicationState.DISMISSED)
PARTIES = ("lead", JOINED)


def text_of(answers: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """What an application says under these questions."""
    return "\n".join(str(answers[key]) for key in keys if answers.get(key))


def _others(uow: UnitOfWork, actor: Actor, row: Application) -> Any:
    """The cases that the offices of an application are in beside it, as far as the actor may know of them."""
    offices = select(CaseUnit.unit_id).where(CaseUnit.case_id == row.id, CaseUnit.part.in_(PARTIES))
    theirs = select(CaseUnit.case_id).where(CaseUnit.unit_id.in_(offices), CaseUnit.part.in_(PARTIES))
    return select(Case.id).where(Case.id.in_(theirs), Case.id != row.id, visible_to(actor, uow.now))


def _earlier(row: Application, others: Any) -> Any:
    found = (
        select(Application.id)
        .join(Unit, Unit.id == Application.unit_id)
        .where(Application.id.in_(others), Application.call_id == row.call_id, Application.state.not_in(NOT_SENT))
    )
    columns = {"id": Application.id, "reference": Application.reference, "unit": Unit.name}
    return listed(found, columns, Application.reference)


def _milestones(others: Any, today: date) -> Any:
    row = MILESTONES.c
    found = (
        select(row.key)
        .join(Case, Case.id == row.case_id)
        .where(row.case_id.in_(others), row.state.in_(OWED_MILESTONES), row.due_on < today)
    )
    columns = {"case_id": row.case_id, "reference": Case.reference, "what": row.key, "due_on": row.due_on}
    return listed(found, columns, row.due_on)


def _measurements(others: Any, today: date) -> Any:
    row = MEASUREMENTS.c
    found = (
        select(row.due_on)
        .join(Case, Case.id == row.case_id)
        .join(BENEFITS, BENEFITS.c.id == row.benefit_id)
        .where(row.case_id.in_(others), row.state.in_(OWED_MEASUREMENTS), row.due_on < today)
    )
    columns = {"case_id": row.case_id, "reference": Case.reference, "what": BENEFITS.c.title, "due_on": row.due_on}
    return listed(found, columns, row.due_on)


def _files(row: Application) -> Any:
    found = select(File.id).where(
        File.case_id == row.id, File.subject == "application", File.state != FileState.REMOVED
    )
    return listed(found, {"name": File.name, "state": File.state}, File.id)


async def screening_facts(
    uow: UnitOfWork, actor: Actor, row: Application, case: Case, facts: ApplicationFacts
) -> ScreeningFacts | None:
    """What the machine checks an application by, of what the actor may know; None before it has been sent.

    Three statements at most, whatever there is.
    """
    if case.submitted_at is None or row.submitted_at is None:
        return None
    today, others = day_in_oslo(uow.now), _others(uow, actor, row)
    columns = (
        Call.frame_ore, Call.facilitation_hours, Call.cost_kinds, _files(row), _earlier(row, others),
        _milestones(others, today), _measurements(others, today),
    )  # fmt: skip
    found = (await uow.session.execute(select(*columns).where(Call.id == row.call_id))).one()
    alike = await similar_sent(uow, actor, text_of(row.answers, FULL_TEXT), leave_out=row.id, most=MOST)
    return ScreeningFacts(
        application=facts, first_sent_at=case.submitted_at, last_sent_at=row.submitted_at, today=today,
        frame_ore=found[0], frame_hours=found[1], cost_kinds=tuple(found[2]),
        files=tuple(SentFile(**each) for each in found[3]),
        earlier=tuple(msgspec.convert(each, OtherApplication) for each in found[4][:MOST]),
        unanswered=(*_unanswered("milestone", found[5]), *_unanswered("measurement", found[6])),
        alike=tuple(
            OtherApplication(id=each.id, reference=each.reference, unit=each.unit, percent=round(each.share * 100))
            for each in alike
        ),
    )  # fmt: skip


def _unanswered(kind: str, rows: list[Mapping[str, Any]]) -> list[Unanswered]:
    return [msgspec.convert({**each, "kind": kind}, Unanswered) for each in rows[:MOST]]


class JudgedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has judged, when, and whether it is about what was sent last."""

    holds: bool
    remark: str
    who: str
    judged_at: datetime
    still_counts: bool
    first_round: bool
    """Whether it was judged before the application was treated anew: by others, who are not to be led by it."""


class _Judgement(msgspec.Struct, frozen=True):
    key: str
    holds: bool
    remark: str
    who: str
    judged_at: datetime


@cache
def judgements_question() -> ColumnElement[Any]:
    """Asks for everything that has been judged of an application, by CASE, the latest first."""
    return told_each(
        _Judgement,
        select(Judgement.key, Judgement.holds, Judgement.remark, Person.name, Judgement.judged_at)
        .join(Person, Person.id == Judgement.judged_by)
        .where(Judgement.case_id == CASE)
        .order_by(Judgement.key, Judgement.number.desc()),
    )


async def judgements_of(uow: UnitOfWork, row: Application) -> dict[str, list[JudgedRow]]:
    """Everything that has been judged of an application, by what it is about, the latest first; one statement at most."""
    rows: list[_Judgement] = await answer(uow, judgements_question(), {"case_id": row.id})
    found: dict[str, list[JudgedRow]] = {}
    for each in rows:
        judged_at, anew_at = each.judged_at, row.treated_anew_at
        found.setdefault(each.key, []).append(
            JudgedRow(
                holds=each.holds, remark=each.remark, who=each.who, judged_at=judged_at,
                still_counts=counts(judged_at, row.submitted_at, anew_at),
                first_round=anew_at is not None and judged_at < anew_at,
            )
        )  # fmt: skip
    return found


async def screening_of(
    uow: UnitOfWork, actor: Actor, row: Application, case: Case, facts: ApplicationFacts
) -> tuple[Finding, ...]:
    """What every check of the machine finds; nothing before the application has been sent."""
    known = await screening_facts(uow, actor, row, case, facts)
    return machine_checks(known) if known is not None else ()
