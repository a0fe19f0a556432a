"""What an office is asked in its reports: how it stands, what was learnt, deviations, benefits and accounts."""

from __future__ import annotations

from functools import partial

from workflows.forms.fields import Form, Question
from workflows.roles import Role

FORM_VERSION = 2

SECTIONS = ("status", "results", "learning", "deviations", "benefits", "accounts")

WHO = (Role.COORDINATOR, Role.LEADER)


def _section(name: str) -> partial[Question]:
    return partial(Question, section=name, place="report", who=WHO)


_status, _results, _learning, _deviations, _benefits, _accounts = map(_section, SECTIONS)

STATUS = (
    _status(key="on_course", kind="choice", required=True, choices=("on_course", "at_risk", "off_course")),
    _status(key="done", kind="long_text", required=True, max_length=4000),
    _status(key="ahead", kind="long_text", required=True, max_length=3000),
)
RESULTS = (
    _results(key="results", kind="long_text", required=True, max_length=4000),
    _results(key="changed_practice", kind="long_text", required=True, max_length=4000),
)
# S77: what worked, for whom, under which conditions
LEARNING = (
    _learning(key="what_worked", kind="long_text", required=True, max_length=3000),
    _learning(key="for_whom", kind="long_text", required=True, max_length=2000),
    _learning(key="conditions", kind="long_text", required=True, max_length=3000),
    _learning(key="advice_to_others", kind="long_text", max_length=2000),
)
DEVIATIONS = (
    _deviations(key="as_planned", kind="yes_no", required=True),
    _deviations(key="deviations", kind="long_text", required=True, asked_when=("as_planned", False), max_length=3000),
)
BENEFITS = (_benefits(key="benefits_told", kind="long_text", max_length=3000),)
"""Their figures are taken from the benefits themselves; only what those do not say is asked."""
SPENT = (_accounts(key="spent_ore", kind="money", required=True),)
"""One figure for what was spent until now."""
PAID_BACK = (_accounts(key="returned_ore", kind="money", required=True),)

FORMS = {
    "interim": Form(name="report", version=FORM_VERSION, questions=(*STATUS, *DEVIATIONS, *BENEFITS)),
    "yearly": Form(name="report", version=FORM_VERSION, questions=(*STATUS, *DEVIATIONS, *BENEFITS, *SPENT)),
    "final": Form(
        name="report",
        version=FORM_VERSION,
        questions=(*RESULTS, *LEARNING, *DEVIATIONS, *BENEFITS, *SPENT, *PAID_BACK),
    ),
}
"""Declared questions: one entry gives the input, what is missing, the page that shows it and the export."""

QUESTIONS: tuple[Question, ...] = tuple({each.key: each for form in FORMS.values() for each in form.questions}.values())
"""Every question that some report asks."""


def form_of(kind: str) -> Form:
    """The questions of a kind of report."""
    return FORMS[kind]
