"""What a reader of the portfolio asks to see: a cut, read from an address and written as one."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.calls.models import CallText
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.questions import told_each
from app.identity.actor import Actor
from app.identity.models import Unit
from app.projects.models import Project
from app.web.forms import FormState
from app.web.visit import Visit
from workflows.portfolio import Question
from workflows.project import ProjectState
from workflows.rules import GOALS

CATEGORIES = ("efficiency", "quality", "other_actors")
"""DFØ's types of benefit."""

NAMES = {
    "as_of": "as_of", "goal": "goal", "county_id": "county", "call_id": "call", "category": "category",
    "unit_id": "office", "step": "step",
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

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for by the names that addresses have for it."""
        return {name: str(value) for part, name in NAMES.items() if (value := getattr(self, part))}

    @property
    def narrowed(self) -> dict[str, Any]:
        """By what it is narrowed, by the names of its parts; the day apart."""
        return {part: value for part in NAMES if part != "as_of" and (value := getattr(self, part)) is not None}

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


class Choices(msgspec.Struct, frozen=True):
    """What there is to narrow the portfolio by."""

    counties: list[Choice]
    calls: list[Choice]
    offices: list[Choice]


async def choices(uow: UnitOfWork, actor: Actor, language: str) -> Choices:
    """The counties, and the calls and offices of the projects that the actor may see; one statement."""
    call, office = aliased(Case), aliased(Unit)
    seen = (
        select(Project.call_id, Case.unit_id)
        .join(Case, Case.id == Project.id)
        .where(visible_to(actor, uow.now))
        .cte("seen")
    )
    named = CallText.title
    return Choices(*(await uow.session.execute(select(
        told_each(Choice, select(Unit.id, Unit.name).where(Unit.kind == "county").order_by(Unit.name, Unit.id)),
        told_each(
            Choice,
            select(call.id, named)
            .join(CallText, (CallText.call_id == call.id) & (CallText.language == language))
            .where(call.id.in_(select(seen.c.call_id)))
            .order_by(call.reference.desc()),
        ),
        told_each(
            Choice,
            select(office.id, office.name)
            .where(office.id.in_(select(seen.c.unit_id)))
            .order_by(office.name, office.id),
        ),
    ))).one())  # fmt: skip


def _id(text: str) -> UUID | None:
    return UUID(text) if text.strip() else None


def read_cut(
    visit: Visit, as_of: str = "", goal: str = "", county: str = "", call: str = "", category: str = "",
    office: str = "", step: str = "",
) -> tuple[Cut, FormState]:  # fmt: skip
    """The question, and beside each field why it cannot be answered; what cannot be read is left out of the question."""
    typed = {"as_of": as_of, "goal": goal, "county": county, "call": call, "category": category, "office": office,
             "step": step}  # fmt: skip
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
    told = {name: typed[name] if typed[name] and name not in errors else None for name in known}
    cut = Cut(day, told["goal"], named.get("county"), named.get("call"), told["category"], named.get("office"),
              told["step"])  # fmt: skip
    return cut, FormState("portfolio", {name: [value] for name, value in typed.items()}, errors)


def bar(cut: Cut, state: FormState, there: Choices, view: str = "") -> dict[str, Any]:
    """What the templates need to show by what a page is narrowed, and to lead to the others in the same cut."""
    return {
        "cut": cut, "state": state, "there": there, "view": view, "questions": [str(each) for each in Question],
        "goal_names": GOALS, "category_names": CATEGORIES, "step_names": [str(each) for each in ProjectState],
    }  # fmt: skip


async def asked_of(visit: Visit) -> tuple[Cut, FormState, Choices]:
    """The question that the address of a page asks, its errors, and what else can be asked; one statement."""
    asked = visit.request.query_params
    cut, state = read_cut(visit, **{name: asked.get(name, "") for name in NAMES.values()})
    found = await choices(visit.uow, visit.actor, visit.texts.language)
    for part, name, there in (
        ("county_id", "county", found.counties), ("call_id", "call", found.calls), ("unit_id", "office", found.offices)
    ):  # fmt: skip
        wanted = getattr(cut, part)
        if wanted is not None and wanted not in {each.id for each in there}:
            state.field_errors[name] = visit.t(f"portfolio.no_{name}")
            cut = msgspec.structs.replace(cut, **{part: None})
    return cut, state, found
