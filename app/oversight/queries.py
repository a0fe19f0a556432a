"""The running projects somebody may see, those who need help first at the top; a fixed number of statements a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.cases.queries import reach_of, seen_by, visible
from app.core.clock import day_in_oslo, day_of, number_of
from app.core.database import UnitOfWork
from app.core.listed import listed, pairs_of, word
from app.core.paging import PAGE_SIZE
from app.core.questions import Told, constant, told
from app.core.settled import settled
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.projects.models import OverseenProject, Project
from workflows.oversight import OVERSEEN, WEIGHTS, Lack, Shown, Sign, showing

ON_DAY = bindparam("on_day", type_=Integer())
"""Today, as the days of signs stand in the rows: 20261130."""
CALL, COUNTY, FACILITATOR, AFTER_ID = (
    bindparam(name, type_=Uuid()) for name in ("call_id", "county_id", "facilitator_id", "after_id")
)
STEP = bindparam("step", type_=Text())
SIGN, AFTER_WEIGHT, AFTER_SINCE = (
    bindparam(name, type_=Integer()) for name in ("sign_place", "after_weight", "after_since")
)
PLACES = {str(sign): place for place, sign in enumerate(Sign)}
"""The number by which a sign is asked for."""
NO_DAY = number_of(date.max)


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the projects are asked for; None where all."""

    call_id: UUID | None = None
    county_id: UUID | None = None
    step: str | None = None
    facilitator_id: UUID | None = None
    sign: str | None = None

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for by name, without what is not."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}


ALL = Narrowed()


class Place(msgspec.Struct, frozen=True):
    """Where a project stands in the order of who needs help first: the key that pages are turned by."""

    weight: int
    since: date
    id: UUID

    def __str__(self) -> str:
        return f"{self.weight}_{self.since}_{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that an address names; None for what names none."""
        parts = text.split("_")
        try:
            weight, since, case_id = parts
            return cls(int(weight), date.fromisoformat(since), UUID(case_id))
        except ValueError:
            return None


class OverseenRow(msgspec.Struct, frozen=True, kw_only=True):
    """A running project in the list."""

    id: UUID
    title: str
    language: str
    reference: str
    call: str
    unit: str
    county: str | None
    state: str
    entered_on: date
    planned_to: date | None
    last_contact_on: date | None
    facilitators: list[str]
    signs: dict[Sign, Shown]
    lacks: tuple[Lack, ...]
    as_of: datetime
    weight: int
    since: int
    """The day from which a sign has shown for longest, as a number."""

    @property
    def place(self) -> Place:
        """Where it stands in the order."""
        return Place(self.weight, day_of(self.since), self.id)

    def shows(self, today: date) -> list[tuple[Sign, Shown]]:
        """The signs that show today, the gravest first."""
        return [(sign, self.signs[sign]) for sign in showing(self.signs, today)]

    def lacking(self, today: date) -> tuple[Lack, ...]:
        """What the gate ahead lacks today."""
        return tuple(each for each in self.lacks if each.from_on is None or each.from_on <= today)


@cache
def _seen(reach: frozenset[str]) -> CTE:
    """Every running project that a reader may see, with what it is counted and narrowed by."""
    watched = OverseenProject
    return (
        select(
            watched.case_id.label("id"), watched.state, watched.facilitator_ids, watched.lacks_from, Project.call_id,
            Case.county_id, *(getattr(watched, f"{sign}_from").label(str(sign)) for sign in Sign),
        )
        .select_from(watched)
        .join(Case, Case.id == watched.case_id)
        .join(Project, Project.id == watched.case_id)
        .where(visible(reach))
        .cte("seen")
    )  # fmt: skip


WITHIN = frozenset({"step", "sign"})
"""What a list is narrowed by within the projects that its summary counts."""


@cache
def _kept(reach: frozenset[str], asked: frozenset[str]) -> CTE:
    """Those of them that are asked for, each with its weight and the day from which a sign has shown for longest."""
    seen = _seen(reach)
    weight: ColumnElement[int] = constant(0)
    for sign, each in WEIGHTS.items():
        weight = weight + case((seen.c[str(sign)] <= ON_DAY, constant(each)), else_=constant(0))
    first = func.least(*(seen.c[sign] for sign in PLACES))  # a day to come is later than any that has
    by_name: dict[str, ColumnElement[bool]] = {
        "call_id": seen.c.call_id == CALL,
        "county_id": seen.c.county_id == COUNTY,
        "facilitator_id": func.array_position(seen.c.facilitator_ids, FACILITATOR).is_not(None),
    }
    return (
        select(
            seen.c.id, seen.c.state, seen.c.lacks_from, *(seen.c[sign] for sign in PLACES), weight.label("weight"),
            case((first <= ON_DAY, first), else_=constant(NO_DAY)).label("since"),
        )
        .where(*(by_name[name] for name in sorted(asked - WITHIN)))
        .cte("kept")
    )  # fmt: skip


def _page(reach: frozenset[str], asked: frozenset[str], turned: bool, most: int) -> Select[Any]:
    """The rows of a page first, and then all that is said of them."""
    kept = _kept(reach, asked)
    chosen = select(kept.c.id, kept.c.weight, kept.c.since).order_by(-kept.c.weight, kept.c.since, kept.c.id)
    if "step" in asked:
        chosen = chosen.where(kept.c.state == STEP)
    if "sign" in asked:
        chosen = chosen.where(case({place: kept.c[sign] for sign, place in PLACES.items()}, value=SIGN) <= ON_DAY)
    if turned:
        place = tuple_(-kept.c.weight, kept.c.since, kept.c.id)
        chosen = chosen.where(place > tuple_(-AFTER_WEIGHT, AFTER_SINCE, AFTER_ID))
    if most:
        chosen = chosen.limit(constant(most))
    page = chosen.subquery()
    county, call, watched = aliased(Unit), aliased(Case), OverseenProject
    names = func.array(
        select(Person.name)
        .where(Person.id == func.any(watched.facilitator_ids))
        .order_by(Person.name)
        .correlate(watched)
        .scalar_subquery()
    )
    said = {
        "id": Case.id, "title": Case.title, "language": Case.language, "reference": Case.reference, "call": call.reference,
        "unit": Unit.name, "county": county.name, "state": watched.state, "entered_on": watched.entered_on,
        "planned_to": watched.planned_to, "last_contact_on": watched.last_contact_on, "facilitators": names,
        "signs": watched.signs, "lacks": watched.lacks, "as_of": watched.as_of, "weight": page.c.weight,
        "since": page.c.since,
    }  # fmt: skip
    return (
        select(func.json_build_object(*pairs_of(said)).label("row"))
        .select_from(page)
        .join(watched, watched.case_id == page.c.id)
        .join(Case, Case.id == page.c.id)
        .join(Project, Project.id == page.c.id)
        .join(call, call.id == Project.call_id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(county, county.id == Case.county_id)
        .order_by(-page.c.weight, page.c.since, page.c.id)
    )


class Choice(msgspec.Struct, frozen=True):
    """Something that the list can be narrowed by."""

    id: UUID
    name: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How many projects there are in each step and with each sign, and what the list can be narrowed by."""

    total: int
    without_signs: int
    """How many show no sign."""
    shut: int
    """How many have something missing at their gate."""
    steps: dict[str, int]
    signs: dict[str, int]
    calls: list[Choice]
    counties: list[Choice]
    facilitators: list[Choice]


def _summary(reach: frozenset[str], asked: frozenset[str]) -> ColumnElement[Any]:
    """The summary of the projects asked for, as one value; what they can be narrowed by is asked of all."""
    seen, kept, number = _seen(reach), _kept(reach, asked), func.count()

    def each(conditions: Mapping[str, Any]) -> Any:
        return func.json_build_object(*pairs_of({name: number.filter(shows) for name, shows in conditions.items()}))

    def choices(table: Any, name: Any, ids: Any) -> Any:
        return listed(select(table.id).where(table.id.in_(ids)), {"id": table.id, "name": name}, name, table.id)

    ways = select(seen.c.call_id, seen.c.county_id, seen.c.facilitator_ids).distinct().cte("ways")
    people = select(func.unnest(ways.c.facilitator_ids).label("id")).subquery()
    counted = select(
        number.label("total"),
        number.filter(kept.c.weight == 0).label("without_signs"),
        number.filter(kept.c.lacks_from <= ON_DAY).label("shut"),
        each({state: kept.c.state == word(state) for state in map(str, OVERSEEN)}).label("steps"),
        each({sign: kept.c[sign] <= ON_DAY for sign in PLACES}).label("signs"),
    ).subquery()
    said = {
        **{name: counted.c[name] for name in ("total", "without_signs", "shut", "steps", "signs")},
        "calls": choices(Case, Case.reference, select(ways.c.call_id)),
        "counties": choices(Unit, Unit.name, select(ways.c.county_id)),
        "facilitators": choices(Person, Person.name, select(people.c.id)),
    }
    return select(told(Summary, said)).select_from(counted).scalar_subquery()


class OverseenPage(msgspec.Struct, frozen=True):
    """One page of the list; `after` is the place to ask for the next with, or None on the last."""

    rows: list[OverseenRow]
    after: Place | None
    summary: Summary


@cache
def _view(reach: frozenset[str], asked: frozenset[str], turned: bool, most: int) -> Select[Any]:
    """Asks for a page and its summary, so that who sees which projects is found once; built once for each way of asking."""
    row = _page(reach, asked, turned, most).subquery().c.row
    rows = select(func.json_agg(row)).scalar_subquery()
    return settled(select(cast(rows, Told(list[OverseenRow])), _summary(reach, asked)))


@cache
def _file(reach: frozenset[str], asked: frozenset[str]) -> Select[Any]:
    page = _page(reach, asked, turned=False, most=0)
    return settled(page.with_only_columns(cast(page.selected_columns.row, Told(OverseenRow))))


def _asked_of(uow: UnitOfWork, actor: Actor, narrowed: Narrowed, after: Place | None = None) -> dict[str, Any]:
    asked = {**seen_by(actor, uow.now), **narrowed.asked, "on_day": number_of(day_in_oslo(uow.now))}
    if narrowed.sign:
        asked["sign_place"] = PLACES[narrowed.sign]
    if after:
        asked |= {"after_weight": after.weight, "after_since": number_of(after.since), "after_id": after.id}
    return asked


async def overseen(
    uow: UnitOfWork, actor: Actor, narrowed: Narrowed = ALL, *, after: Place | None = None, size: int = PAGE_SIZE
) -> OverseenPage:
    """A page of the running projects the actor may see, those who need help first at the top; one statement.

    Beside it how those asked for are spread over steps and signs, whichever of these the page is narrowed by.
    """
    statement = _view(reach_of(actor), frozenset(narrowed.asked), after is not None, size + 1)
    rows, summary = (await uow.session.execute(statement, _asked_of(uow, actor, narrowed, after))).one()
    rows = rows or []
    return OverseenPage(rows[:size], rows[size - 1].place if len(rows) > size else None, summary)


async def all_overseen(uow: UnitOfWork, actor: Actor, narrowed: Narrowed = ALL) -> list[OverseenRow]:
    """All of them, for a file; one statement."""
    statement = _file(reach_of(actor), frozenset(narrowed.asked))
    return list(await uow.session.scalars(statement, _asked_of(uow, actor, narrowed)))
