"""What a reader of the portfolio asks to see: a cut, read from an address and written as one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from sqlalchemy import JSON, ColumnElement, Text, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.calls.models import CallText
from app.cases.models import Case
from app.cases.queries import reach_of, seen_by, visible
from app.core.clock import day_in_oslo
from app.core.database import PERSON, UnitOfWork
from app.core.questions import Told, answer, constant, told, told_each
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.models import PortfolioTotal, PortfolioView, PriceIndex
from app.portfolio.waiting import is_being_written
from app.projects.models import Project
from app.web.forms import FormState
from app.web.visit import Visit
from workflows.portfolio import Question
from workflows.project import ProjectState
from workflows.rules import GOALS

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""The price years that there can be."""

CATEGORIES = ("efficiency", "quality", "other_actors")
"""DFØ's types of benefit."""

NAMES = {
    "as_of": "as_of", "goal": "goal", "county_id": "county", "call_id": "call", "category": "category",
    "unit_id": "office", "step": "step", "price_year": "price_year",
}  # fmt: skip
"""How each part of a cut is called in an address."""


class Cut(msgspec.Struct, frozen=True):
    """What the reader asked to see: a day, and by what it is narrowed; None where everything."""

    as_of: date | None = None
    goal: str | None = None
    county_id: UUID | None = None
    call_id: UUID | None = None
    category: str | None = None
    unit_id: UUID | None = None
    step: str | None = None
    price_year: int | None = None
    """The year in whose kroner everything is told; None where each price year stands by itself."""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for by the names that addresses have for it."""
        return {name: str(value) for part, name in NAMES.items() if (value := getattr(self, part))}

    @property
    def narrowed(self) -> dict[str, Any]:
        """By what it is narrowed, by the names of its parts; the day and the price year apart."""
        parts = (part for part in NAMES if part not in ("as_of", "price_year"))
        return {part: value for part in parts if (value := getattr(self, part)) is not None}

    @property
    def is_narrowed(self) -> bool:
        """Whether it is anything but everything as it stands."""
        return self.as_of is not None or bool(self.narrowed)

    @property
    def query(self) -> str:
        """The same question as an address asks it."""
        return urlencode(self.asked)

    def at(self, path: str, **changed: Any) -> str:
        """The address of a page in this cut, changed: by the names of its parts, None takes one out."""
        query = msgspec.structs.replace(self, **changed).query
        return f"{path}?{query}" if query else path


class Choice(msgspec.Struct, frozen=True):
    """Something that the portfolio can be narrowed by."""

    id: UUID
    name: str


class Kept(msgspec.Struct, frozen=True):
    """A view that the reader has saved, or somebody shares."""

    name: str
    address: str


class Choices(msgspec.Struct, frozen=True):
    """What there is to narrow the portfolio by."""

    counties: list[Choice]
    calls: list[Choice]
    offices: list[Choice]
    price_years: list[int]
    """The years that the price index has, the newest first."""
    views: list[Kept]
    is_being_written: bool = False
    """Whether projects wait for the tables to have them, as after an upgrade: they are in no sum until then."""
    first_on: date | None = None
    """The first day that there are sums of; None where there are none yet."""

    def none_by(self, as_of: date | None) -> bool:
        """Whether a day lies before the first project, so that nothing but zeros can stand there."""
        return as_of is not None and not self.is_being_written and self.first_on is not None and as_of < self.first_on


MOST_VIEWS = 20
"""So many saved views stand on every page; their own page has all."""


async def choices(uow: UnitOfWork, actor: Actor, language: str) -> Choices:
    """The counties, the calls and offices of the projects that the actor may see, and the saved views; one statement."""
    found: Choices = await answer(
        uow, choices_question(reach_of(actor)), {**seen_by(actor, uow.now), "language": language}
    )
    return found


@cache
def choices_question(reach: frozenset[str]) -> ColumnElement[Any]:
    """What that statement asks for all who see as far; an index finds one that is seen of each."""
    call, office = aliased(Case), aliased(Unit)

    def has_one(condition: Any) -> Any:
        return exists().where(Project.id == Case.id, visible(reach), condition)

    parts: tuple[Any, ...] = (
        told_each(Choice, select(Unit.id, Unit.name).where(Unit.kind == "county").order_by(Unit.name, Unit.id)),
        told_each(
            Choice,
            select(call.id, CallText.title)
            .join(CallText, (CallText.call_id == call.id) & (CallText.language == bindparam("language", type_=Text())))
            .where(call.kind == "call", has_one(Project.call_id == call.id))
            .order_by(call.reference.desc()),
        ),
        told_each(
            Choice,
            select(office.id, office.name).where(has_one(Case.unit_id == office.id)).order_by(office.name, office.id),
        ),
        func.array(select(PriceIndex.year).distinct().order_by(PriceIndex.year.desc()).scalar_subquery()),
        told_each(
            Kept,
            select(PortfolioView.name, PortfolioView.address)
            .where(or_(PortfolioView.owner_id == PERSON, PortfolioView.is_shared))
            .order_by(PortfolioView.owner_id != PERSON, func.lower(PortfolioView.name), PortfolioView.id)
            .limit(constant(MOST_VIEWS)),
        ),
        is_being_written(),
        select(func.min(PortfolioTotal.on)).where(PortfolioTotal.dimension == "all").scalar_subquery(),
    )
    return told(Choices, {name: cast(part, JSON) if isinstance(part.type, Told) else part
                          for name, part in zip(Choices.__struct_fields__, parts, strict=True)})  # fmt: skip


def _id(text: str) -> UUID | None:
    return UUID(text) if text.strip() else None


def read_cut(
    visit: Visit, as_of: str = "", goal: str = "", county: str = "", call: str = "", category: str = "",
    office: str = "", step: str = "", price_year: str = "",
) -> tuple[Cut, FormState]:  # fmt: skip
    """The question, and beside each field why it cannot be answered; what cannot be read is left out of the question."""
    typed = {"as_of": as_of, "goal": goal, "county": county, "call": call, "category": category, "office": office,
             "step": step, "price_year": price_year}  # fmt: skip
    errors: dict[str, str] = {}
    day = None
    try:
        day = date.fromisoformat(as_of) if as_of.strip() else None
    except ValueError:
        errors["as_of"] = visit.t("portfolio.no_date")
    if day is not None and day > day_in_oslo(visit.uow.now):
        errors["as_of"], day = visit.t("portfolio.not_yet"), None
    named: dict[str, UUID | None] = {}
    for name in ("county", "call", "office"):
        try:
            named[name] = _id(typed[name])
        except ValueError:
            errors[name] = visit.t(f"portfolio.no_{name}")
    known: dict[str, tuple[str, ...]] = {"goal": GOALS, "category": CATEGORIES, "step": tuple(ProjectState)}
    for name, values in known.items():
        if typed[name] and typed[name] not in values:
            errors[name] = visit.t(f"portfolio.no_{name}")
    year = int(price_year) if re.fullmatch(r"[0-9]{4}", price_year.strip()) else None
    if price_year.strip() and not (year and FIRST_YEAR <= year <= LAST_YEAR):
        errors["price_year"], year = visit.t("portfolio.index_year"), None
    told = {name: typed[name] if typed[name] and name not in errors else None for name in known}
    cut = Cut(day, told["goal"], named.get("county"), named.get("call"), told["category"], named.get("office"),
              told["step"], year)  # fmt: skip
    return cut, FormState("portfolio", {name: [value] for name, value in typed.items()}, errors)


def further(t: Callable[..., str], cut: Cut, there: Choices) -> tuple[tuple[str, str], ...]:
    """By what else than goal and county a cut is narrowed, in words."""
    names = {each.id: each.name for each in (*there.calls, *there.offices)}
    said = (
        ("portfolio.call", names[cut.call_id] if cut.call_id else ""),
        ("portfolio.category", t(f"benefits.category.{cut.category}") if cut.category else ""),
        ("portfolio.office", names[cut.unit_id] if cut.unit_id else ""),
        ("portfolio.step", t(f"state.project.{cut.step}") if cut.step else ""),
        ("portfolio.price_year", str(cut.price_year) if cut.price_year else ""),
    )
    return tuple((t(name), words) for name, words in said if words)


def narrowed_to(t: Callable[..., str], cut: Cut, there: Choices) -> tuple[tuple[str, str], ...]:
    """By what a cut is narrowed, in words: what its form says on the screen, for paper."""
    counties = {each.id: each.name for each in there.counties}
    said = (
        ("portfolio.goal", t(f"benefits.goal.{cut.goal}") if cut.goal else ""),
        ("portfolio.county", counties[cut.county_id] if cut.county_id else ""),
    )
    return (*((t(name), words) for name, words in said if words), *further(t, cut, there))


def bar(t: Callable[..., str], cut: Cut, state: FormState, there: Choices, view: str = "") -> dict[str, Any]:
    """What the templates need to show by what a page is narrowed, and to lead to the others in the same cut."""
    asked = [cut.price_year] if cut.price_year else []
    return {
        "cut": cut, "state": state, "there": there, "view": view,
        "narrowed_to": narrowed_to(t, cut, there), "questions": [str(each) for each in Question],
        "price_years": [(str(year), str(year)) for year in sorted({*there.price_years, *asked}, reverse=True)],
        "goal_names": GOALS, "category_names": CATEGORIES, "step_names": [str(each) for each in ProjectState],
    }  # fmt: skip


def typed_in(visit: Visit) -> tuple[Cut, FormState]:
    """The question that the address of a page asks, whether there is what it asks for or not."""
    asked = visit.request.query_params
    return read_cut(visit, **{name: asked.get(name, "") for name in NAMES.values()})


async def asked_of(visit: Visit) -> tuple[Cut, FormState, Choices]:
    """The question that the address of a page asks, its errors, and what else can be asked; one statement."""
    cut, state = typed_in(visit)
    found = await choices(visit.uow, visit.actor, visit.texts.language)
    for part, name, there in (
        ("county_id", "county", found.counties), ("call_id", "call", found.calls), ("unit_id", "office", found.offices)
    ):  # fmt: skip
        wanted = getattr(cut, part)
        if wanted is not None and wanted not in {each.id for each in there}:
            state.field_errors[name] = visit.t(f"portfolio.no_{name}")
            cut = msgspec.structs.replace(cut, **{part: None})
    return cut, state, found
