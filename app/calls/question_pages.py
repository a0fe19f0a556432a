"""The pages on which a case handler builds the questions of a call, and sees them as an office will."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import Parameter

from app.calls import queries
from app.calls.queries import CallView
from app.calls.service.questions import DEFAULT_LENGTH, STILL_ASKED_IN
from app.core.errors import NotAllowed, NotFound
from app.texts.i18n import texts_for
from app.web.places import place
from app.web.visit import Missing, Visit
from workflows.call import CallState
from workflows.forms import building
from workflows.forms.application import APPLICATION_FORM
from workflows.forms.fields import Question, Words
from workflows.forms.own import form_with, read
from workflows.roles import GRANTS, Permission
from workflows.rules import LANGUAGES

place("call.question", "/calls/{case}/questions/{key}")

SPARE_ROWS = 2
"""Empty rows behind those that are written, for further choices and columns."""


class BuiltRow(msgspec.Struct, frozen=True, kw_only=True):
    """A question in the list of those that a call asks."""

    question: Question
    place: int
    waits_for: str
    faults: tuple[Missing, ...]
    waited_for: bool


async def _building(visit: Visit, call_id: UUID) -> CallView:
    view = await queries.call_view(visit.uow, visit.actor, call_id, visit.texts.language)
    if GRANTS[Permission.CALL_WRITE].isdisjoint(view.roles):
        raise NotAllowed
    return view


def _common(view: CallView) -> dict[str, Any]:
    return {
        "view": view, "call": view.call, "form_of": APPLICATION_FORM, "kinds": building.KINDS,
        "builds": view.call.state in STILL_ASKED_IN, "is_published": view.call.state != CallState.DRAFT,
    }  # fmt: skip


def _condition_text(visit: Visit, questions: building.Questions, question: Question) -> str:
    if question.asked_when is None:
        return ""
    key, wanted = question.asked_when
    other = building.question_of((*APPLICATION_FORM.questions, *questions), key)
    if other is None:
        return key
    return visit.t("questions.waits_for", question=visit.t(APPLICATION_FORM.label(other)),
                   answer=_answer_text(visit, other, wanted))  # fmt: skip


def _answer_text(visit: Visit, question: Question, answer: str | bool) -> str:
    if isinstance(answer, bool):
        return visit.t("applications.yes" if answer else "applications.no")
    return visit.t(APPLICATION_FORM.choice_label(question, answer))


@get("/calls/{call_id:uuid}/questions", permission=Permission.CALL_WRITE, include_in_schema=False)
async def questions_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """The questions that a call asks itself, in their order, with what each lacks."""
    view = await _building(visit, call_id)
    questions = read(view.call.questions)
    rows = [
        BuiltRow(
            question=question, place=number, waits_for=_condition_text(visit, questions, question),
            faults=visit.missing(tuple(building.question_faults(questions, question)), call_id),
            waited_for=bool(building.waiting_for(questions, question.key)),
        )
        for number, question in enumerate(questions, start=1)
    ]  # fmt: skip
    return visit.render(
        "calls/questions.html", rows=rows, languages=LANGUAGES, most=building.MOST_QUESTIONS,
        versions=await queries.form_versions(visit.uow, call_id), **_common(view),
    )  # fmt: skip


def _conditions(visit: Visit, questions: building.Questions, question: Question) -> list[tuple[str, str]]:
    """What the question may wait for, as a list to choose from: "key=answer" with both in words."""
    return [
        (f"{other.key}={('yes' if answer else 'no') if isinstance(answer, bool) else answer}",
         f"{visit.t(APPLICATION_FORM.label(other))}: {_answer_text(visit, other, answer)}")
        for other in building.waits_for(questions, question)
        for answer in building.answers_to(other)
    ]  # fmt: skip


def _page_of(visit: Visit, view: CallView, question: Question, *, is_new: bool) -> Response[Any]:
    questions = read(view.call.questions)
    condition = question.asked_when
    wanted = "" if condition is None else condition[1]
    chosen = {True: "yes", False: "no"}.get(wanted, wanted) if isinstance(wanted, bool) else wanted
    return visit.render(
        "calls/question.html", question=question, words=question.words or Words(), languages=LANGUAGES, is_new=is_new,
        conditions=_conditions(visit, questions, question), column_kinds=building.COLUMN_KINDS,
        condition="" if condition is None else f"{condition[0]}={chosen}", spare=SPARE_ROWS,
        default_length=DEFAULT_LENGTH.get(question.kind, 0), most_choices=building.MOST_CHOICES,
        most_columns=building.MOST_COLUMNS, longest=building.LONGEST,
        faults=[] if is_new else visit.missing(tuple(building.question_faults(questions, question)), view.case.id),
        **_common(view),
    )  # fmt: skip


@get("/calls/{call_id:uuid}/questions/new", permission=Permission.CALL_WRITE, include_in_schema=False)
async def new_question_page(visit: Visit, call_id: UUID, kind: str = "text") -> Response[Any]:
    """The form for one more question of a kind."""
    view = await _building(visit, call_id)
    if kind not in building.KINDS or view.call.state not in STILL_ASKED_IN:
        raise NotFound
    questions = read(view.call.questions)
    [question] = read([{"key": building.next_key(questions), "kind": kind}])
    return _page_of(visit, view, question, is_new=True)


@get("/calls/{call_id:uuid}/questions/preview", permission=Permission.CALL_WRITE, include_in_schema=False)
async def preview_page(
    visit: Visit, call_id: UUID, language: Annotated[str, Parameter(query="language")] = ""
) -> Response[Any]:
    """The whole form as an office will see it, in one of the languages; nothing in it is kept."""
    view = await _building(visit, call_id)
    form = form_with([question for question in read(view.call.questions) if not question.retired])
    shown = language if language in LANGUAGES else visit.texts.language
    reading = Visit(visit.request, visit.uow, texts_for(shown), visit.form)
    return reading.render(
        "calls/preview.html", form_of=form, asked={question.key for question in form.questions}, answers={}, attached={},
        view=view, call=view.call, shown=shown, languages=LANGUAGES,
    )  # fmt: skip


@get("/calls/{call_id:uuid}/questions/{key:str}", permission=Permission.CALL_WRITE, include_in_schema=False)
async def question_page(visit: Visit, call_id: UUID, key: str) -> Response[Any]:
    """One question: its words in three languages, what it takes, and when it is asked."""
    view = await _building(visit, call_id)
    question = building.question_of(read(view.call.questions), key)
    if question is None:
        raise NotFound
    return _page_of(visit, view, question, is_new=False)


ROUTES = [questions_page, new_question_page, preview_page, question_page]
