"""A call's own questions, proved: nothing hidden is missing, nothing retired is lost, harmless changes harm nobody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workflows.forms import building
from workflows.forms.changing import harms, what_changed
from workflows.forms.fields import Form, Question, Words, faults, is_empty, missing
from workflows.forms.own import form_of, read, stored
from workflows.forms.reading import Unreadable, answers_from, filled, number_from, ore_from
from workflows.wording import Wording

KEYS = ("own_1", "own_2", "own_3", "own_4", "own_5")
KINDS = ("text", "choice", "choices", "number", "money", "date", "table", "file")


def said(text: str) -> Wording:
    return Wording(nb=text, nn=text, en=text)


@st.composite
def questions(draw: st.DrawFn, *, sound: bool = True) -> tuple[Question, ...]:
    """Questions that may be published; without `sound` they wait for anything."""
    found: list[Question] = []
    for key in KEYS[: draw(st.integers(1, len(KEYS)))]:
        kind = draw(st.sampled_from(KINDS))
        choices = ("o1", "o2", "o3")[: draw(st.integers(2, 3))] if kind in ("choice", "choices") else ()
        counted = kind in ("table", "number", "money", "file")
        before = [each for each in found if each.choices and not each.retired]
        wait: tuple[str, Any] | None = None
        if not sound:
            wait = draw(st.none() | st.tuples(st.sampled_from(KEYS), st.sampled_from(("o1", "o9"))))
        elif before and draw(st.booleans()):
            other = draw(st.sampled_from(before))
            wait = (other.key, draw(st.sampled_from(other.choices)))
        columns = (
            Question(key="c1", kind="text", max_length=9, required=draw(st.booleans()), words=Words(label=said("a"))),
            Question(key="c2", kind="money", words=Words(label=said("b"))),
        )
        found.append(
            Question(
                key=key, kind=kind, required=draw(st.booleans()), asked_when=wait, choices=choices,
                max_length=draw(st.integers(1, 9)) if kind == "text" else 0,
                minimum=draw(st.none() | st.integers(0, 2)) if counted else None,
                maximum=draw(st.none() | st.integers(2, 5)) if counted else None,
                columns=columns if kind == "table" else (),
                words=Words(label=said(key), choices={each: said(each) for each in choices}),
                retired=draw(st.booleans()) if not sound else False,
            )
        )  # fmt: skip
    return tuple(found)


def answer_to(question: Question) -> st.SearchStrategy[Any]:
    """Answers that the question takes, and some that it does not."""
    rows = st.fixed_dictionaries({}, optional={"c1": st.text("ab", max_size=10), "c2": st.integers(-1, 9)})
    return {
        "text": st.text("ab\n", max_size=10),
        "choice": st.sampled_from((*question.choices, "o9")),
        "choices": st.lists(st.sampled_from(("o1", "o2", "o3")), max_size=3, unique=True),
        "number": st.integers(-3, 8) | st.just("1.5"),
        "money": st.integers(-3, 8),
        "date": st.sampled_from(("2026-02-28", "2026-02-30")),
        "table": st.lists(rows, max_size=6),
        "file": st.lists(st.just("f"), max_size=6),
    }[question.kind]


@st.composite
def answered(draw: st.DrawFn, *, sound: bool = True) -> tuple[tuple[Question, ...], dict[str, Any]]:
    """Questions and answers to some of them."""
    found = draw(questions(sound=sound))
    return found, {each.key: draw(answer_to(each)) for each in found if draw(st.booleans())}


def form(found: tuple[Question, ...]) -> Form:
    return Form(name="application", version=1, questions=found)


@given(answered(sound=False))
def test_what_is_not_asked_is_never_missing_and_what_is_asked_follows_from_earlier_answers(
    case: tuple[tuple[Question, ...], dict[str, Any]],
) -> None:
    found, answers = case
    asked = form(found).asked(answers)
    assert {reason.parameters["question"] for reason in missing(form(found), answers)} <= asked
    for number, question in enumerate(found):
        earlier = {each.key: answers[each.key] for each in found[:number] if each.key in answers}
        assert (question.key in asked) == (question.key in form(found).asked(earlier)), "later answers change nothing"


@given(answered())
def test_whoever_waits_is_asked_once_the_answer_is_given_and_idle_answers_do_not_count(
    case: tuple[tuple[Question, ...], dict[str, Any]],
) -> None:
    found, answers = case
    asked, counted = form(found).asked(answers), form(found).counted(answers)
    for question in found:
        if question.asked_when is None:
            assert question.key in asked
        elif question.key in asked:
            key, wanted = question.asked_when
            assert key in asked and wanted in (answers[key] if isinstance(answers[key], list) else [answers[key]])
    assert counted == {key: answer for key, answer in answers.items() if key in asked}
    assert form(found).asked(counted) == asked


@given(answered(), st.sampled_from(KEYS))
def test_retiring_loses_no_answer_and_asks_nothing_more(
    case: tuple[tuple[Question, ...], dict[str, Any]], key: str
) -> None:
    found, answers = case
    assume(key in [each.key for each in found] and not building.waiting_for(found, key))
    after = building.retired(found, key)
    assert harms(found, after) == ()
    assert building.form_faults(after) == ()
    asked = form(found).asked(answers)
    assert form(after).asked(answers) == asked - {key}
    kept = form(after).counted(answers)
    assert kept == form(found).counted(answers) | ({key: answers[key]} if key in answers else {})
    lacking = [reason.parameters["question"] for reason in missing(form(found), answers)]
    assert [reason.parameters["question"] for reason in missing(form(after), answers)] == [
        each for each in lacking if each != key
    ]
    assert set(faults(form(after), answers)) == set(faults(form(found), answers)), "what stands is still understood"


@st.composite
def changed(draw: st.DrawFn, before: tuple[Question, ...]) -> tuple[Question, ...]:
    """The questions changed in some ways, harmless or not."""
    after = before
    for _ in range(draw(st.integers(1, 4))):
        key = draw(st.sampled_from([each.key for each in after]))
        question = building.question_of(after, key)
        assert question is not None
        replace = msgspec.structs.replace
        match draw(st.integers(0, 9)):
            case 0:
                after = building.retired(after, key)
            case 1:
                after = building.moved(after, key, draw(st.integers(-1, 6)))
            case 2:
                after = building.with_question(after, replace(question, required=not question.required))
            case 3:
                after = building.with_question(after, replace(question, minimum=draw(st.none() | st.integers(0, 4))))
            case 4:
                after = building.with_question(after, replace(question, maximum=draw(st.none() | st.integers(1, 6))))
            case 5 if question.choices:
                after = building.with_question(
                    after, replace(question, choices=(*question.choices, "o4")[draw(st.integers(0, 1)) :])
                )
            case 6 if question.kind == "text":
                after = building.with_question(after, replace(question, max_length=draw(st.integers(1, 12))))
            case 7 if question.columns:
                extra = Question(
                    key="c3", kind="text", max_length=5, required=draw(st.booleans()), words=Words(label=said("c"))
                )
                after = building.with_question(after, replace(question, columns=(*question.columns[:2], extra)))
            case 8:
                wait = draw(st.none() | st.tuples(st.sampled_from(KEYS), st.just("o1")))
                after = building.with_question(after, replace(question, asked_when=wait))
            case _:
                new = Question(
                    key=building.next_key(after),
                    kind="number",
                    required=draw(st.booleans()),
                    words=Words(label=said("n")),
                )
                after = (*after, new)
    return after


@given(st.data(), answered())
def test_a_change_that_harms_nobody_leaves_what_was_whole_and_right_whole_and_right(
    data: st.DataObject, case: tuple[tuple[Question, ...], dict[str, Any]]
) -> None:
    before, answers = case
    after = data.draw(changed(before))
    assume(after != before and not harms(before, after) and not building.form_faults(after))
    counted = form(before).counted(answers)
    assert form(after).counted(counted).keys() == counted.keys(), "no answer is lost"
    if not missing(form(before), answers):
        assert missing(form(after), answers) == ()
    wrong = set(faults(form(before), answers))
    assert set(faults(form(after), answers)) <= wrong


@given(questions(sound=False))
def test_whatever_questions_wait_for_a_sound_form_has_no_circle(found: tuple[Question, ...]) -> None:
    assume(not any(tuple(building.condition_faults(found, each)) for each in found))
    places = {each.key: number for number, each in enumerate(found)}
    for question in found:
        if question.asked_when is not None and not question.retired:
            assert places[question.asked_when[0]] < places[question.key]


@pytest.mark.parametrize(
    ("waits", "code"),
    [
        ({"own_2": ("own_2", "o1")}, "circle"),
        ({"own_1": ("own_2", "o1"), "own_2": ("own_1", "o1")}, "circle"),
        ({"own_1": ("own_2", "o1")}, "later"),
        ({"own_2": ("own_9", "o1")}, "unknown"),
        ({"own_2": ("own_1", "o9")}, "no_choice"),
        ({"own_2": ("own_3", "x")}, "no_choice"),
        ({"own_2": ("own_4", "o1")}, "retired"),
        ({"own_2": ("risk", "high")}, None),
        ({"own_2": ("risk", "huge")}, "no_choice"),
        ({"own_2": ("has_partners", False)}, None),
        ({"own_2": ("plan", "x")}, "no_choice"),
        ({"own_2": ("own_1", "o2")}, None),
    ],
)
def test_what_a_question_may_wait_for(waits: dict[str, tuple[str, Any]], code: str | None) -> None:
    def choice(key: str, **more: Any) -> Question:
        words = Words(label=said(key), choices={"o1": said("a"), "o2": said("b")})
        return Question(key=key, kind="choice", choices=("o1", "o2"), words=words, asked_when=waits.get(key), **more)

    number = Question(key="own_3", kind="number", words=Words(label=said("n")))
    found = (choice("own_1"), choice("own_4", retired=True), choice("own_2"), number)
    got = {reason.code.removeprefix("call.question_condition_") for reason in building.form_faults(found)}
    assert got == ({code} if code else set())


@given(questions(sound=False))
def test_questions_are_read_as_they_were_kept(found: tuple[Question, ...]) -> None:
    again = read(msgspec.json.decode(msgspec.json.encode(stored(found))))
    assert stored(read(stored(again))) == stored(again)
    assert [(each.key, each.kind, each.asked_when, each.words) for each in again] == [
        (each.key, each.kind, each.asked_when, each.words) for each in found
    ]
    assert len(form_of(stored(again)).questions) > len(found)
    assert what_changed(again, again) == {}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1 250,50", "1250.50"),
        ("1\u00a0250,50", "1250.50"),
        ("-3,5", "-3.5"),
        ("\u22123", "-3"),
        ("12.5", "12.5"),
        ("0", "0"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, number: str) -> None:
    assert number_from(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["tusen", "1,2,3", "NaN", "Infinity", "1e", "--1", "12 kr,"])
def test_what_is_no_number_is_said(typed: str) -> None:
    with pytest.raises(Unreadable):
        number_from(typed)


@given(st.integers(0, 10**11))
def test_a_sum_is_read_as_norwegian_writes_it(ore: int) -> None:
    kroner = f"{ore // 100:,}".replace(",", "\u00a0")
    assert ore_from(f"{kroner},{ore % 100:02d}") == ore
    assert ore_from(f"kr {kroner},{ore % 100:02d}") == ore


TABLE = Question(key="own_1", kind="table", words=Words(), columns=(
    Question(key="c1", kind="text", max_length=9), Question(key="c2", kind="money"), Question(key="c3", kind="date"),
))  # fmt: skip
NAMES = st.from_regex(r"own_1-(\d{1,5}|add|remove)(-(c[1-4]|))?", fullmatch=True) | st.text(max_size=12)


@given(st.dictionaries(NAMES, st.lists(st.text(max_size=12), min_size=1, max_size=2), max_size=8))
def test_no_form_that_anybody_sends_breaks_a_table(typed: dict[str, list[str]]) -> None:
    answers, wrong = answers_from([TABLE], typed, whole=True)
    rows = answers.get("own_1") or []
    assert all(set(row) <= {"c1", "c2", "c3"} for row in filled(rows))
    assert all(not is_empty(cell) for row in filled(rows) for cell in row.values())
    assert set(wrong) | set(faults(form((TABLE,)), {"own_1": rows})) <= {"own_1", *typed}
