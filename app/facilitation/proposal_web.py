"""The page where a proposal of facilitators is explained, changed, locked, worked out anew and decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.core.errors import NotAllowed
from app.facilitation import staffing
from app.facilitation.queries import Entry, method_names
from app.facilitation.staffing import OpenProject, Question
from app.web.visit import Visit
from workflows.matching import Key, Part, Solution, unmet_wishes
from workflows.roles import Permission

NOBODY = "nobody"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place in a project: who is proposed, what speaks for and against them, and who else there is."""

    key: str
    person_id: UUID | None
    name: str
    hours: int
    points: int
    reasons: list[str]
    locked: bool
    changed: bool
    """Somebody else than in the proposal before."""
    choices: list[tuple[str, str]]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One project with its places, what is wished and not met, and who cannot be asked."""

    project: OpenProject
    places: list[Place]
    unmet: list[str]
    barred: list[tuple[str, list[str]]]


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has decided of a proposal so far: pairs that stay, places left empty, the proposal before."""

    locked: frozenset[Key]
    empty: dict[UUID, int]
    before: frozenset[Key]


def _key(case_id: str, person_id: str) -> Key | None:
    try:
        return UUID(person_id), UUID(case_id)
    except ValueError:
        return None


def read_typed(fields: Iterable[tuple[str, str]]) -> Typed:
    """The form of the page: for each place "was", "is" and "lock", named after its project and number.

    A place that is given to somebody else is settled by that, as one that is locked; what cannot be read is left out.
    """
    values = dict(fields)
    locked, before, empty = set(), set(), dict[UUID, int]()
    for name, value in values.items():
        kind, _, place = name.partition(".")
        case_id = place.partition(".")[0]
        if kind == "was" and (pair := _key(case_id, value)):
            before.add(pair)
        if kind != "is":
            continue
        settled = f"lock.{place}" in values or values.get(f"was.{place}", NOBODY) != value
        if not settled:
            continue
        if pair := _key(case_id, value):
            locked.add(pair)
        elif value == NOBODY and (found := _key(case_id, case_id)):
            empty[found[1]] = empty.get(found[1], 0) + 1
    return Typed(locked=frozenset(locked), empty=empty, before=frozenset(before))


def _sentence(visit: Visit, names: dict[str, str]) -> Callable[[Part], str]:
    def said(part: Part) -> str:
        about = {**part.parameters}
        if "method" in about:
            about["method"] = names.get(str(about["method"]), str(about["method"]))
        return visit.t("staffing.points", sentence=visit.t(part.code, **about), points=-part.points)

    return said


def rows_of(visit: Visit, asked: Question, found: Solution, typed: Typed, names: dict[str, str]) -> list[Row]:
    """The proposal in words."""
    said = _sentence(visit, names)
    unmet = unmet_wishes(asked.problem, found.chosen)
    rows = []
    for project in asked.projects:
        case_id = project.needs.case_id
        pairs = [asked.problem.pair[person_id, case_id] for person_id in asked.entries]
        free = sorted((pair for pair in pairs if not pair.bars), key=lambda pair: (pair.points, pair.key))
        choices = [(NOBODY, visit.t("staffing.nobody"))] + [
            (str(pair.worker_id), _choice(visit, asked.entries[pair.worker_id], -pair.points)) for pair in free
        ]
        chosen = [pair for pair in free if pair.key in found.chosen]
        places = [
            Place(
                key=f"{case_id}.{number}", person_id=pair.worker_id, name=asked.entries[pair.worker_id].name,
                hours=project.needs.hours, points=-pair.points,
                reasons=[*(said(part) for part in pair.parts), *_learning(visit, asked.entries[pair.worker_id])],
                locked=pair.key in typed.locked, changed=bool(typed.before) and pair.key not in typed.before,
                choices=choices,
            )
            for number, pair in enumerate(chosen)
        ]  # fmt: skip
        empty = project.needs.people + typed.empty.get(case_id, 0) - len(chosen)
        places += [
            Place(
                key=f"{case_id}.{len(chosen) + number}", person_id=None, name="", hours=project.needs.hours, points=0,
                reasons=[], locked=number < typed.empty.get(case_id, 0), changed=False, choices=choices,
            )
            for number in range(empty)
        ]  # fmt: skip
        rows.append(
            Row(
                project=project, places=places,
                unmet=[_wish(visit, rule.code, rule.parameters, names) for rule, _ in unmet if rule.task_id == case_id],
                barred=[
                    (asked.entries[pair.worker_id].name, [visit.t(bar.code, **bar.parameters) for bar in pair.bars])
                    for pair in pairs if pair.bars and pair.worker_id not in project.needs.standing
                ],
            )
        )  # fmt: skip
    return rows


def _learning(visit: Visit, entry: Entry) -> list[str]:
    """What a newcomer takes part for, which no points say: it is wished of those together."""
    return [] if entry.is_experienced else [visit.t("staffing.learns")]


def _choice(visit: Visit, entry: Entry, points: int) -> str:
    return visit.t("staffing.choice", name=entry.name, points=points, left=entry.left_hours)


def _wish(visit: Visit, code: str, parameters: Any, names: dict[str, str]) -> str:
    about = {**parameters}
    if "method" in about:
        about["method"] = names.get(str(about["method"]), str(about["method"]))
    return visit.t(code, **about)


@get("/facilitation/proposal", permission=Permission.FACILITATOR_ASSIGN, include_in_schema=False)
async def proposal_page(visit: Visit, project: UUID | None = None) -> Response[Any]:
    """Whom the solver proposes for the projects that need somebody; nothing is decided by opening it."""
    if not visit.actor.may(Permission.FACILITATOR_ASSIGN):
        raise NotAllowed
    typed = read_typed(visit.request.query_params.multi_items())
    asked = await staffing.question(
        visit.uow, visit.actor, locked=typed.locked, standing=typed.before, left_open=typed.empty, only=project
    )
    found = await staffing.answer(asked)
    names = await method_names(visit.uow, visit.texts)
    released = [asked.problem.pair[key] for key in sorted(found.released) if key in asked.problem.pair]
    return visit.render(
        "facilitation/proposal.html",
        tab="proposal",
        rows=rows_of(visit, asked, found, typed, names),
        released=[
            (asked.entries[pair.worker_id].name, [visit.t(bar.code, **bar.parameters) for bar in pair.bars])
            for pair in released
        ],
        pairs=[
            f"{each.needs.case_id}:{person_id}:{each.needs.hours}"
            for each in asked.projects
            for person_id, case_id in sorted(found.chosen)
            if case_id == each.needs.case_id
        ],
        is_optimal=found.is_optimal,
        nobody=NOBODY,
        only=project,
        method_names=names,
        may_assign=True,
        sees_forecast=visit.actor.may(Permission.FORECAST_SEE),
    )
