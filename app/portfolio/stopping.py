"""What should stop, and what has been stopped, looked up in the tables that are kept in step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    Select,
    any_,
    bindparam,
    column,
    func,
    or_,
    select,
    true,
)  # fmt: skip

from app.audit.models import Event
from app.cases.models import Case
from app.core.database import Instant, UnitOfWork
from app.core.listed import word
from app.core.questions import answer, constant, told_each
from app.core.settled import settled
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.cut import Cut
from app.portfolio.entry import ALL_DROPPED
from app.portfolio.looked_up import KRONER, MOST, Standing, counting, kroner_of
from app.portfolio.models import PortfolioRow
from app.portfolio.over_time import (
    Question,
    answers_to,
    kept_from,
    seen_in_shape,
    shape_of,
)  # fmt: skip
from app.portfolio.overview import ProjectShown, counted, question_of
from app.portfolio.packed import Adding, unpack_counted
from app.projects.models import Project
from workflows.portfolio import ToStop
from workflows.project import ProjectState
from workflows.rollup import Sum

OVER = ("stopped", "ended")
"""Steps of projects that nobody has to think of stopping."""


class Doubtful(msgspec.Struct, frozen=True, kw_only=True):
    """A project to look at with stopping in mind."""

    project: ProjectShown
    why: tuple[ToStop, ...]
    net: tuple[Sum, ...]


async def doubtful(uow: UnitOfWork, actor: Actor, cut: Cut, whole: Standing) -> tuple[int, list[Doubtful]]:
    """How many projects there is reason to look at, and the first of them; those that are over are not among them.

    One statement: as `workflows.portfolio.should_stop` says of what each is forecast to give and what has been dropped.
    """
    question, years = question_of(cut), [each.price_year for each in whole.counted.net]
    rows = await uow.session.execute(
        _doubtful(shape_of(question), kept_from(actor)),
        {**answers_to(question, actor, uow.now), **kroner_of(years, whole)},
    )
    first = rows.all()
    return (first[0].all if first else 0), [
        Doubtful(
            project=ProjectShown(*each[:5]), net=_net(each.counted, whole),
            why=tuple(
                why
                for why, holds in ((ToStop.NET_BELOW_ZERO, each.is_below), (ToStop.ALL_DROPPED, each.is_gone)) if holds
            ),
        )
        for each in first
    ]  # fmt: skip


@cache
def _doubtful(shape: Question, reach: frozenset[str] | None) -> Select[Any]:
    row = PortfolioRow
    there = (*seen_in_shape(shape, reach), counting(shape), row.step.not_in(OVER))
    forecast = (
        func.unnest(row.price_years, row.forecasts)
        .table_valued(column("own", Integer), column("forecast", Numeric), name="of_year")
        .render_derived()
    )
    below = (
        select(row.case_id)
        .join(forecast, true())
        .join(KRONER, KRONER.c.own == forecast.c.own)
        .where(*there)
        .group_by(row.case_id, KRONER.c.year)
        .having(func.sum(forecast.c.forecast * KRONER.c.ratio) < 0)
    ).cte("below")
    gone = (
        select(row.case_id)
        .where(*there)
        .group_by(row.case_id)
        .having(func.bool_and(or_(*(word(mark) == any_(row.marks) for mark in ("dropped", ALL_DROPPED)))))
    ).cte("gone")
    is_below, is_gone = (Case.id.in_(select(each.c.case_id)) for each in (below, gone))
    first = (
        select(
            Case.id,
            Case.title,
            Case.language,
            Case.unit_id,
            Case.reference,
            row.step,
            is_below.label("is_below"),
            is_gone.label("is_gone"),
            func.count().over().label("all"),
        )
        .join(Case, Case.id == row.case_id)
        .where(*seen_in_shape(shape, reach), row.benefit_id.is_(None), or_(is_below, is_gone))
        .order_by(Case.reference, Case.id)
        .limit(constant(MOST))
        .subquery()
    )
    counted_of = select(row.counted).where(*seen_in_shape(shape, reach), row.case_id == first.c.id).correlate(first)
    found: Any = (
        select(
            first.c.id, first.c.title, first.c.language, Unit.name, first.c.step, first.c.is_below, first.c.is_gone,
            first.c["all"], func.array(counted_of.scalar_subquery()).label("counted"),
        )
        .join(Unit, Unit.id == first.c.unit_id)
        .order_by(first.c.reference, first.c.id)
    )  # fmt: skip
    return settled(found)


def _net(texts: Iterable[str], whole: Standing) -> tuple[Sum, ...]:
    """What a project's rows in the cut come to together."""
    adding = Adding()
    for each in texts:
        adding.add(unpack_counted(each))
    return whole.in_kroner(counted(adding.done(), whole.as_of, above_projects=False).net)


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """A project that was stopped, when and why."""

    project: ProjectShown
    at: datetime
    why: str


async def stopped(uow: UnitOfWork, actor: Actor, cut: Cut) -> list[Stopped]:
    """The projects in a cut that have been stopped, with the step that they stand in, the last first; one statement."""
    question = question_of(cut)
    rows = await answer(
        uow, stopped_question(shape_of(question), kept_from(actor)), answers_to(question, actor, uow.now)
    )
    return sorted((row.told for row in rows), key=lambda each: each.at, reverse=True)


class _Stopped(msgspec.Struct, frozen=True):
    id: UUID
    title: str
    language: str
    unit: str
    state: str
    at: datetime
    why: str

    @property
    def told(self) -> Stopped:
        project = ProjectShown(self.id, self.title, self.language, self.unit, self.state)
        return Stopped(project=project, at=self.at, why=self.why)


@cache
def stopped_question(shape: Question, reach: frozenset[str] | None) -> ColumnElement[Any]:
    """What that statement asks for all cuts by the same things, for pages that ask it together with others."""
    row = PortfolioRow
    there = select(row.case_id).where(
        *seen_in_shape(shape, reach), row.benefit_id.is_(None), row.step == str(ProjectState.STOPPED)
    )
    last = (
        select(Event.case_id, Event.at, Event.why)
        .distinct(Event.case_id)
        .where(
            Event.case_id.in_(there), Event.subject == "project", Event.to_state == str(ProjectState.STOPPED),
            Event.at < bindparam("moment", type_=Instant),
        )
        .order_by(Event.case_id, Event.sequence.desc())
        .subquery()
    )  # fmt: skip
    return told_each(
        _Stopped,
        select(last.c.case_id, Case.title, Case.language, Unit.name, Project.state, last.c.at, last.c.why)
        .join(Case, Case.id == last.c.case_id)
        .join(Project, Project.id == last.c.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .order_by(last.c.case_id),
    )
