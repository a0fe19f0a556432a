"""What changed between two days and why: every difference of a cut, taken apart into the acts that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from app.audit.models import Event
from app.benefits.figures import end_of
from app.benefits.models import Benefit, Measurement
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.models import PortfolioRow
from app.portfolio.over_time import Question, factors_on, figures_by, seen_ever
from app.portfolio.packed import NOTHING, Adding, Figures, unpack
from workflows.comparison import (
    COUNTS,
    Explained,
    Looked,
    Step,
    come_to,
    is_kept_back,
    less,
    rests_on_few,
    taken_apart,
)  # fmt: skip
from workflows.over_time import Amounts, Factors, months_shown

SUBJECTS = (
    "project", "application", "decision", "award", "change_request", "payment", "benefit", "benefit_plan",
    "benefit_map", "measurement", "measurement_import", "attribution_share",
)  # fmt: skip
"""What can change a figure, by the subject of its event; of one benefit's change its own come first."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done, and where it is seen."""

    key: str
    who: str
    why: str
    link: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A step with its project or benefit, and what was done on its day."""

    step: Step
    title: str
    language: str
    unit: str
    link: str
    acts: tuple[Act, ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A cut on two days, over the same months and in kroner of the same year, and what made the difference."""

    since: date
    until: date
    first_year: int
    last_year: int
    price_year: int | None
    then: Step
    now: Step
    explained: Explained
    told: tuple[Told, ...]
    keeps_back: bool
    """Whether what was measured by one of the days rests on too few to be told."""
    index: Factors
    """The price index of the later day."""


def counts_of(figures: Figures, on: date) -> dict[str, int]:
    """What is counted of figures on a day."""
    return {name: figures.count(name, on) for name in COUNTS}


class Changed(msgspec.Struct, frozen=True):
    """What one benefit, or a project itself, added to the cut on one day and took from it."""

    case_id: UUID
    benefit_id: UUID | None
    on: date
    figures: Figures
    few: bool

    @property
    def key(self) -> str:
        """What it is known by."""
        return f"{self.case_id} {self.benefit_id or ''} {self.on}"


async def _changed(uow: UnitOfWork, actor: Actor, question: Question, since: date, until: date) -> list[Changed]:
    """By project, benefit and day what was added to the cut and taken from it; one statement."""
    row = PortfolioRow
    began, ended = (and_(day > since, day <= until) for day in (row.from_on, row.to_on))
    rows = await uow.session.execute(
        select(row.case_id, row.benefit_id, row.from_on, row.to_on, row.figures, row.counted)
        .where(
            or_(began, ended), row.to_on.is_distinct_from(row.from_on),
            *seen_ever(uow, actor, question),
        )
    )  # fmt: skip
    found: dict[tuple[UUID, UUID | None, date], Adding] = {}
    few = set()
    for case_id, benefit_id, from_on, to_on, text, counted in rows:
        figures = unpack(text, counted)
        for day, times in ((from_on, 1), (to_on, -1)):
            if day is not None and since < day <= until:
                found.setdefault((case_id, benefit_id, day), Adding()).add(figures, times)
                if rests_on_few(figures.sums):
                    few.add((case_id, benefit_id, day))
    changed = ((place, adding.done().on_from(place[2])) for place, adding in found.items())
    return [Changed(*place, figures, place in few) for place, figures in changed if figures != NOTHING]


async def compare(uow: UnitOfWork, actor: Actor, question: Question, since: date, most: int) -> Comparison:
    """A cut at the end of a day and at the end of a later one; a fixed number of statements.

    What it comes to on the later day is what it came to on the earlier one, and what time, the price index and every step
    made of it: nothing is left over.
    """
    until = question.as_of or day_in_oslo(uow.now)
    of_then, of_now = (msgspec.structs.replace(question, as_of=day) for day in (since, until))
    then = (await figures_by(uow, actor, of_then)).get("", NOTHING)
    now = (await figures_by(uow, actor, of_now)).get("", NOTHING)
    index_then, index_now = await factors_on(uow, since, until)
    changed = await _changed(uow, actor, question, since, until)
    spans = [months_shown(figures.sums, day) for figures, day in ((then, since), (now, until))]
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    years = now.sums.price_years or then.sums.price_years
    price_year = question.price_year if question.price_year is not None else next(iter(years), None)

    def looked(day: date, index: Any) -> Looked:
        return Looked(as_of=day, first=first, last=last, price_year=price_year or 0, factors=index)

    was, later, anew = looked(since, index_then), looked(until, index_then), looked(until, index_now)

    def step(key: str, on: date, amounts: Amounts, counts: dict[str, int], few: bool = False) -> Step:
        there = {name: count for name, count in counts.items() if count}
        return Step(key=key, on=on, amounts=amounts, counts=there, few=few)

    passed = less(come_to(then.sums, later), come_to(then.sums, was))
    late = {name: then.count(name, until) - then.count(name, since) for name in COUNTS}
    index = less(come_to(then.sums, anew), come_to(then.sums, later))
    steps = [
        step(each.key, each.on, come_to(each.figures.sums, anew), counts_of(each.figures, until), each.few)
        for each in changed
    ]
    explained = taken_apart(step("passed", until, passed, late), step("index", until, index, {}), steps, most)
    return Comparison(
        since=since, until=until, first_year=first // 12, last_year=last // 12, price_year=price_year,
        then=step("then", since, come_to(then.sums, was), counts_of(then, since)),
        now=step("now", until, come_to(now.sums, anew), counts_of(now, until)),
        keeps_back=is_kept_back(then.sums, was) or is_kept_back(now.sums, anew), index=index_now,
        explained=explained, told=await _told(uow, explained.told, {each.key: each for each in changed}, since, until),
    )  # fmt: skip


OF_ALL = ("benefit_plan", "measurement_import")
"""What is done to several benefits at once."""
MOST_ACTS = 5


async def _told(
    uow: UnitOfWork, steps: Sequence[Step], changed: Mapping[str, Changed], since: date, until: date
) -> tuple[Told, ...]:
    """The steps with what they are of and what was done on their day; three statements."""
    places = [changed[each.key] for each in steps]
    case_ids = {each.case_id for each in places}
    cases = await uow.session.execute(
        select(Case.id, Case.title, Case.language, Unit.name)
        .join(Unit, Unit.id == Case.unit_id)
        .where(Case.id.in_(case_ids))
    )
    case_of = {case_id: (title, language, unit) for case_id, title, language, unit in cases}
    ids = [each.benefit_id for each in places if each.benefit_id]
    titles = await uow.session.execute(select(Benefit.id, Benefit.title).where(Benefit.id.in_(ids)))
    title_of = dict(titles.tuples().all())
    events = await uow.session.execute(
        select(Event, Measurement.benefit_id)
        .outerjoin(Measurement, and_(Measurement.id == Event.subject_id, Event.subject == "measurement"))
        .where(
            Event.case_id.in_(case_ids), Event.at >= end_of(since), Event.at < end_of(until),
            Event.subject.in_(SUBJECTS),
        )
        .order_by(Event.case_id, Event.sequence)
    )  # fmt: skip
    done: dict[tuple[UUID, date], list[tuple[Event, UUID | None]]] = {}
    for event, of_measurement in events:
        benefit_id = event.subject_id if event.subject == "benefit" else of_measurement
        done.setdefault((event.case_id, day_in_oslo(event.at)), []).append((event, benefit_id))
    found = []
    for step, place in zip(steps, places, strict=True):
        title, language, unit = case_of[place.case_id]
        if place.benefit_id:
            title = title_of[place.benefit_id]
        found.append(
            Told(
                step=step, title=title, language=language, unit=unit,
                acts=_acts(place, done.get((place.case_id, place.on), [])),
                link=f"/benefits/{place.benefit_id}" if place.benefit_id else f"/projects/{place.case_id}",
            )
        )  # fmt: skip
    return tuple(found)


def _acts(place: Changed, there: Sequence[tuple[Event, UUID | None]]) -> tuple[Act, ...]:
    """What was done on the day to the benefit itself or to all of them at once; else what was done to the project."""
    of_project = [event for event, benefit_id in there if benefit_id is None and event.subject not in OF_ALL]
    own = [
        event for event, benefit_id in there
        if place.benefit_id and (benefit_id == place.benefit_id or event.subject in OF_ALL)
    ]  # fmt: skip
    acts: dict[tuple[str, str, str], Act] = {}
    for event in own or of_project:
        act = Act(
            key=f"event.{event.subject}.{event.verb}", who=event.actor_name, why=event.why, link=_link(event),
        )  # fmt: skip
        acts[act.key, act.link, act.why] = act
    last = list(acts.values())[-MOST_ACTS:]
    return tuple(each for each in acts.values() if each in last or each.key.split(".")[1] in OF_ALL)


def _link(event: Event) -> str:
    if event.subject in ("measurement", "benefit"):
        return f"/{event.subject}s/{event.subject_id}"
    return f"/projects/{event.case_id}/benefits" if event.subject in OF_ALL else f"/projects/{event.case_id}"
