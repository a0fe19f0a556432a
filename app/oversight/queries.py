"""The running projects somebody may see, those who need help first at the top; a fixed number of statements a page."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased

from app.cases.models import Case
from app.cases.queries import reach_of, seen_by, visible
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.listed import listed
from app.core.paging import PAGE_SIZE
from app.core.questions import told
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.projects.models import OverseenProject, Project
from workflows.oversight import OVERSEEN, WEIGHTS, Lack, Shown, Sign, showing

ON_DAY = bindparam("on_day", type_=Text())
"""Today, as the days stand in the rows: 2026-11-30."""
NEVER = date.max.isoformat()
CALL, COUNTY, FACILITATOR, AFTER_ID = (
    bindparam(name, type_=Uuid()) for name in ("call_id", "county_id", "facilitator_id", "after_id")
)
STEP, SIGN, AFTER_SINCE = (bindparam(name, type_=Text()) for name in ("step", "sign", "after_since"))
AFTER_WEIGHT = bindparam("after_weight", type_=Integer())


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
    since: str
    id: UUID

    def __str__(self) -> str:
        return f"{self.weight}_{self.since}_{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that an address names; None for what names none."""
        parts = text.split("_")
        try:
            weight, since, case_id = parts
            return cls(int(weight), date.fromisoformat(since).isoformat(), UUID(case_id))
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
    since: str

    @property
    def place(self) -> Place:
        """Where it stands in the order."""
        return Place(self.weight, self.since, self.id)

    def shows(self, today: date) -> list[tuple[Sign, Shown]]:
        """The signs that show today, the gravest first."""
        return [(sign, self.signs[sign]) for sign in showing(self.signs, today)]

    def lacking(self, today: date) -> tuple[Lack, ...]:
        """What the gate ahead lacks today."""
        return tuple(each for each in self.lacks if each.from_on is None or each.from_on <= today)


def _from_on(sign: Sign) -> ColumnElement[str]:
    found: ColumnElement[str] = OverseenProject.signs[str(sign)]["from_on"].astext
    return found


def _shows(sign: Sign) -> ColumnElement[bool]:
    return _from_on(sign) <= ON_DAY


@cache
def _weight() -> ColumnElement[int]:
    """How much the signs that show today weigh together, as workflows/oversight.py adds them up."""
    weights = [case((_shows(sign), literal_column(str(weight), Integer())), else_=literal_column("0", Integer()))
               for sign, weight in WEIGHTS.items()]  # fmt: skip
    total: ColumnElement[int] = weights[0]
    for each in weights[1:]:
        total = total + each
    return total


@cache
def _since() -> ColumnElement[str]:
    """The day from which the sign has shown that has shown for longest."""
    days = [case((_shows(sign), _from_on(sign))) for sign in Sign]
    found: ColumnElement[str] = func.coalesce(func.least(*days), literal_column(f"'{NEVER}'", Text()))
    return found


def _conditions(asked: frozenset[str]) -> list[ColumnElement[bool]]:
    by_name: dict[str, ColumnElement[bool]] = {
        "call_id": Project.call_id == CALL,
        "county_id": Case.county_id == COUNTY,
        "step": OverseenProject.state == STEP,
        "facilitator_id": func.array_position(OverseenProject.facilitator_ids, FACILITATOR).is_not(None),
        "sign": OverseenProject.signs[SIGN]["from_on"].astext <= ON_DAY,
    }
    return [by_name[name] for name in sorted(asked)]


def _overseen(reach: frozenset[str], asked: frozenset[str], *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(OverseenProject)
        .join(Case, Case.id == OverseenProject.case_id)
        .join(Project, Project.id == OverseenProject.case_id)
        .where(visible(reach), *_conditions(asked))
    )


@cache
def _page(reach: frozenset[str], asked: frozenset[str], turned: bool, most: int) -> Select[Any]:
    """The rows of a page first, and then all that is said of them: built once for each way of asking."""
    first = _overseen(
        reach, asked, OverseenProject.case_id.label("id"), _weight().label("weight"), _since().label("since")
    ).subquery()
    place = tuple_(-first.c.weight, first.c.since, first.c.id)
    chosen = select(first).order_by(-first.c.weight, first.c.since, first.c.id)
    if turned:
        chosen = chosen.where(place > tuple_(-AFTER_WEIGHT, AFTER_SINCE, AFTER_ID))
    if most:
        chosen = chosen.limit(literal_column(str(most), Integer()))
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
        select(told(OverseenRow, said))
        .select_from(page)
        .join(watched, watched.case_id == page.c.id)
        .join(Case, Case.id == page.c.id)
        .join(Project, Project.id == page.c.id)
        .join(call, call.id == Project.call_id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(county, county.id == Case.county_id)
        .order_by(-page.c.weight, page.c.since, page.c.id)
    )


class OverseenPage(msgspec.Struct, frozen=True):
    """One page of the list; `after` is the place to ask for the next with, or None on the last."""

    rows: list[OverseenRow]
    after: Place | None


def _asked_of(uow: UnitOfWork, actor: Actor, narrowed: Narrowed, after: Place | None = None) -> dict[str, Any]:
    turned = {"after_weight": after.weight, "after_since": after.since, "after_id": after.id} if after else {}
    return {**seen_by(actor, uow.now), **narrowed.asked, **turned, "on_day": day_in_oslo(uow.now).isoformat()}


async def overseen(
    uow: UnitOfWork, actor: Actor, narrowed: Narrowed = ALL, *, after: Place | None = None, size: int = PAGE_SIZE
) -> OverseenPage:  # fmt: skip
    """The running projects the actor may see, those who need help first at the top; one statement a page.

    All of them where `size` is 0, for a file.
    """
    statement = _page(reach_of(actor), frozenset(narrowed.asked), after is not None, size and size + 1)
    rows = list(await uow.session.scalars(statement, _asked_of(uow, actor, narrowed, after)))
    if not size or len(rows) <= size:
        return OverseenPage(rows, None)
    return OverseenPage(rows[:size], rows[size - 1].place)


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


def _is_shut(lacks: Any) -> ColumnElement[bool]:
    """Whether the gate ahead lacks something today."""
    path = cast("$[*] ? (@.from_on == null || @.from_on <= $day)", JSONPATH)
    return func.jsonb_path_exists(lacks, path, func.jsonb_build_object("day", ON_DAY))


@cache
def _summary(reach: frozenset[str], asked: frozenset[str]) -> Select[Any]:
    """Asks for the summary of the projects asked for, as one value; what they can be narrowed by is asked of all."""
    kept = _overseen(
        reach,
        asked,
        OverseenProject.state,
        OverseenProject.lacks,
        _weight().label("weight"),
        *(_shows(sign).label(str(sign)) for sign in Sign),
    ).subquery()
    number = func.count()

    def each(names: Any, condition: Any) -> Any:
        pairs = [part for name in names for part in (str(name), number.filter(condition(name)))]
        return func.json_build_object(*pairs)

    everything = _overseen(reach, frozenset(), Project.call_id, Case.county_id, OverseenProject.facilitator_ids).cte(
        "everything"
    )
    people = select(func.unnest(everything.c.facilitator_ids).label("id")).subquery()

    def choices(table: Any, name: Any, ids: Any) -> Any:
        return listed(select(table.id).where(table.id.in_(ids)), {"id": table.id, "name": name}, name, table.id)

    counted = select(
        number.label("total"),
        number.filter(kept.c.weight == 0).label("without_signs"),
        number.filter(_is_shut(kept.c.lacks)).label("shut"),
        each(OVERSEEN, lambda state: kept.c.state == str(state)).label("steps"),
        each(Sign, lambda sign: kept.c[str(sign)]).label("signs"),
    ).subquery()
    return select(
        told(
            Summary,
            {
                **{name: counted.c[name] for name in ("total", "without_signs", "shut", "steps", "signs")},
                "calls": choices(Case, Case.reference, select(everything.c.call_id)),
                "counties": choices(Unit, Unit.name, select(everything.c.county_id)),
                "facilitators": choices(Person, Person.name, select(people.c.id)),
            },
        )
    )


async def summary(uow: UnitOfWork, actor: Actor, narrowed: Narrowed = ALL) -> Summary:
    """How the projects asked for are spread over steps and signs; one statement."""
    asked = frozenset(narrowed.asked) - {"step", "sign"}
    statement = _summary(reach_of(actor), asked)
    found: Summary = (await uow.session.execute(statement, _asked_of(uow, actor, narrowed))).scalar_one()
    return found
