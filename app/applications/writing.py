"""Writing in a draft together, as its page does it: fields that save themselves, and both texts where two have written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post

from app.applications.budget_pages import budget_shown, figures_of
from app.applications.commands import COMMANDS
from app.applications.models import Application
from app.applications.queries import ApplicationView, application_view
from app.applications.service.writing import Mark, marks_of, seen_of
from app.core.errors import Busy, DomainError, Invalid, NotFound, NotYet, Overlap, Overlapping
from app.texts.filters import money, money_field
from app.web.dispatch import run_command
from app.web.errors import status_of
from app.web.forms import FormState, read_input
from app.web.kept import is_anothers
from app.web.visit import Visit, visit_of
from workflows.forms.fields import Form, Question, cell_name
from workflows.roles import Permission
from workflows.rules import Rules
from workflows.writing import read_seen

ROW_VERBS = {
    "write_deviance": "deviance",
    "write_benefit": "benefit",
    "write_member": "member",
    "write_budget_line": "budget_line",
}
"""The verbs that write in a row of the draft, and what its fields' keys begin with."""

SAVED = {each.verb: each for each in COMMANDS if each.verb in ("save_answers", *ROW_VERBS)}
LABELS = {
    "text": "applications.what_works", "title": "applications.benefit_title",
    "description": "applications.benefit_description", "beneficiaries": "applications.benefit_for",
    "goal": "applications.benefit_goal", "how_noticed": "applications.benefit_noticed", "role": "applications.role",
    "weekly_hours": "applications.weekly_hours", "cost_kind": "budget.cost_kind", "bearer": "budget.bearer",
    "amount_ore": "budget.amount", "year": "budget.year",
}  # fmt: skip
PREFIXES = {"goal": "benefits.goal.", "beneficiaries": "benefits.beneficiary.", "role": "role.", "cost_kind": "calls.cost.",
            "bearer": "budget.bearer."}  # fmt: skip
LONG = 120
"""Characters from which on the differences of two texts are marked."""


class OverlapView(msgspec.Struct, frozen=True, kw_only=True):
    """A field in which two have written, as the page shows it."""

    field: str
    key: str
    label: str
    language: str
    by: str
    at: datetime | None
    theirs: str
    mine: str
    difference: list[tuple[str, str]]
    seen: str
    raw: str
    """What the field holds where it says what theirs says, as JSON."""
    text: str | None
    """What the field holds where it says what mine says; nothing where one value is not enough."""


def question_of(form: Form, key: str) -> Question | None:
    """The question behind a key; nothing for a field of a row."""
    return next((question for question in form.questions if question.key == key), None)


def rows_of(view: ApplicationView) -> dict[str, list[dict[str, Any]]]:
    """The rows of a draft that can be written in, by what the keys of their fields begin with."""
    return {"deviance": view.deviances, "benefit": view.benefits, "member": view.team, "budget_line": view.budget}


def is_money(field: str, question: Question | None) -> bool:
    """Whether a field holds a sum."""
    return field.endswith("_ore") if question is None else question.kind == "money"


def raw_text(field: str, question: Question | None, value: Any) -> str:
    """What one control holds where it says so."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return money_field(value) if is_money(field, question) else str(value)


def raw_values(field: str, question: Question | None, value: Any) -> list[tuple[str, str]]:
    """The names of a field's controls with what they hold where it says so."""
    if question is not None and question.kind == "table":
        return [
            (cell_name(question, number, column), raw_text(column.key, column, row.get(column.key)))
            for number, row in enumerate(value or ())
            for column in question.columns
        ]
    many = value if isinstance(value, list | tuple) else [value]
    return [(field, raw_text(field, question, each)) for each in many]


def in_words(visit: Visit, form: Form, field: str, question: Question | None, value: Any) -> str:
    """What a field says, as one reads it."""
    if value is None or value == "":
        return ""
    many = value if isinstance(value, list | tuple) else [value]
    if question is None:
        if is_money(field, None):
            return money(value, visit.texts.language)
        start = PREFIXES.get(field)
        return ", ".join(visit.t(start + each) if start else str(each) for each in many)
    match question.kind:
        case "choice" | "choices":
            return ", ".join(visit.t(form.choice_label(question, each)) for each in many)
        case "yes_no":
            return visit.t("applications.yes" if value else "applications.no")
        case "table":
            return "\n".join(
                " · ".join(raw_text(each.key, each, row.get(each.key)) for each in question.columns) for row in many
            )
    return raw_text(field, question, value)


def difference(theirs: str, mine: str) -> Iterator[tuple[str, str]]:
    """Two texts as one: pieces that stand in both ("same"), in theirs alone or in mine alone, word by word."""
    before, after = (re.findall(r"\s+|\S+", text) for text in (theirs, mine))
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(before[i1:i2])
            continue
        if i1 != i2:
            yield "theirs", "".join(before[i1:i2])
        if j1 != j2:
            yield "mine", "".join(after[j1:j2])


def overlap_view(visit: Visit, place: Overlapping, form: Form, language: str) -> OverlapView:
    """An overlap as the page shows it."""
    question = question_of(form, place.key)
    theirs, mine = (in_words(visit, form, place.field, question, value) for value in (place.theirs, place.mine))
    is_text = question is None or question.kind in ("text", "long_text")
    long = is_text and max(len(theirs), len(mine)) >= LONG
    return OverlapView(
        field=place.field, key=place.key, language=language, by=place.by or visit.t("applications.somebody"), at=place.at,
        label=visit.t(form.label(question) if question else LABELS[place.field]), theirs=theirs, mine=mine,
        difference=list(difference(theirs, mine)) if long else [], seen=place.seen,
        raw=msgspec.json.encode(raw_values(place.field, question, place.theirs)).decode(),
        text=None if isinstance(place.mine, list | tuple) else raw_text(place.field, question, place.mine),
    )  # fmt: skip


def for_pages(visit: Visit, view: ApplicationView) -> dict[str, Any]:
    """What the templates of a draft ask: how a field was seen, and both texts where two have written."""
    row = view.application

    def seen(state: FormState, key: str, value: Any) -> str:
        typed = (each for each in state.values_of("seen") if each.rpartition(":")[0].rpartition(":")[0] == key)
        return next(typed, seen_of(row, key, value))

    def overlapping(state: FormState, field: str, label: str) -> OverlapView | None:
        if (place := state.overlaps.get(field)) is None:
            return None
        state.overlap_labels[field] = label
        return overlap_view(visit, place, view.form, row.language)

    return {"seen_of": seen, "overlapping": overlapping, "unsaved": unsaved(visit, view),
            "field_labels": LABELS}  # fmt: skip


def unsaved(visit: Visit, view: ApplicationView) -> list[tuple[str, str]]:
    """What was typed in a form that the page no longer has: labels and texts, to be taken from there."""
    state = visit.form
    if state.verb not in SAVED:
        return []
    kind = ROW_VERBS.get(state.verb)
    there = kind is None or any(str(each["id"]) == state.value(f"{kind}_id") for each in rows_of(view)[kind])
    if there and not state.reasons:
        return []
    labels = {**LABELS, **{question.key: view.form.label(question) for question in view.form.questions}}
    return [
        (visit.t(labels[name]), "\n".join(values))
        for name, values in state.typed.items()
        if name in labels and any(each.strip() for each in values)
    ]


async def new_seen(
    visit: Visit, application_id: UUID, row: Application, verb: str, seen: Sequence[str]
) -> dict[str, str]:
    """How the writer has seen the fields that they have just written; of the others nothing new is known to them."""
    marks, own = marks_of(row), {}
    for key, known in read_seen(seen).items():
        mark = marks.get(key, Mark())
        if mark.by == visit.actor.person_id and mark.version == known.version + 1:
            own[key] = key.rpartition(".")
    if verb == "save_answers":
        return {key: seen_of(row, key, row.answers.get(key)) for key in own}
    view = await application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    rows = {f"{kind}.{each['id']}": each for kind, found in rows_of(view).items() for each in found}
    return {key: seen_of(row, key, rows.get(about, {}).get(name)) for key, (about, _, name) in own.items()}


def _told(visit: Visit, error: DomainError) -> dict[str, Any]:
    """A refusal as the page's script takes it."""
    if isinstance(error, Invalid):
        return {"errors": {name: visit.t(each.code, **each.parameters) for name, each in error.fields.items()}}
    if isinstance(error, NotYet):
        return {"message": " ".join(visit.t(reason.code, **reason.parameters) for reason in error.reasons)}
    return {"message": visit.t("error.busy" if isinstance(error, Busy) else f"error.{status_of(error)}.text")}


@post(
    "/applications/{application_id:uuid}/autosave/{verb:str}",
    permission=Permission.APPLICATION_WRITE, include_in_schema=False, status_code=200,
)  # fmt: skip
async def autosave(request: Request[Any, Any, Any], application_id: UUID, verb: str) -> Response[bytes]:
    """Keep what is written in a field while one writes; answers how it is seen from now on, or what is in the way."""
    command = SAVED.get(verb)
    if command is None:
        raise NotFound
    form = await request.form()
    raw = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    visit = visit_of(request)
    if is_anothers(request, raw):
        return _json({"message": visit.t("kept.another", name=visit.actor.name)}, 409)
    try:
        data = read_input(command.input, {**raw, "by_itself": ["true"]}, typed=True)
        row = await run_command(request, command, application_id, data)
    except Overlap as error:
        view = await application_view(visit.uow, visit.actor, application_id, visit.texts.language)
        prefix = raw.get("_prefix", [""])[-1][:100]
        panels = {}
        for place in error.places:
            shown = overlap_view(visit, place, view.form, view.application.language)
            page = visit.render("applications/overlap.html", place=shown, prefix=prefix)
            panels[place.field] = {"panel": page.content.decode(), "by": shown.by}
        return _json({"overlaps": panels, "version": view.application.version}, 409)
    except DomainError as error:
        return _json(_told(visit, error), status_of(error))
    seen: Sequence[str] = getattr(data, "seen", ())
    said = {"version": row.version, "seen": await new_seen(visit, application_id, row, verb, seen)}
    if verb == "write_budget_line":
        said["shown"] = await _budget_now(visit, application_id)
    return _json(said, 200)


async def _budget_now(visit: Visit, application_id: UUID) -> dict[str, str]:
    """What the budget's table and sums say now, by the names under which the page shows them."""
    view = await application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    rules = msgspec.convert(view.application.rules, Rules).budget
    shown = budget_shown(rules, view.budget, view.team, view.cost_kinds, visit.texts.language)
    return figures_of(visit.texts, shown)


def _json(said: Mapping[str, Any], status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(said), status_code=status, media_type="application/json")
