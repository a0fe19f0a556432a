"""What an office is asked in its reports: how it stands, what was learnt, deviations, benefits and accounts."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, partial

from workflows.accounts import spent_key
from workflows.budget import COST_KINDS
from workflows.forms.fields import Form, Question
from workflows.roles import Role

FORM_VERSION = 3
PER_KIND = 3
"""From this version on what was spent is asked per kind of cost where there is a budget, and the office's own hours."""

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
SPENT_PER_KIND = {kind: _accounts(key=spent_key(kind), kind="money", required=True) for kind in COST_KINDS}
"""What was spent until now of each kind of cost, where the project has a budget (G28)."""
EXPLAINED = (_accounts(key="accounts_explained", kind="long_text", max_length=3000),)
OWN_HOURS = (_accounts(key="own_hours", kind="hours", required=True),)
PAID_BACK = (_accounts(key="returned_ore", kind="money", required=True),)

BEFORE = {
    "interim": (*STATUS, *DEVIATIONS, *BENEFITS),
    "yearly": (*STATUS, *DEVIATIONS, *BENEFITS),
    "final": (*RESULTS, *LEARNING, *DEVIATIONS, *BENEFITS),
}
"""What each kind of report asks before its accounts."""


@cache
def _form(kind: str, cost_kinds: tuple[str, ...], version: int) -> Form:
    accounts: tuple[Question, ...] = ()
    if kind != "interim":
        per_kind = tuple(SPENT_PER_KIND[each] for each in COST_KINDS if each in cost_kinds)
        accounts = (*per_kind, *EXPLAINED) if per_kind else SPENT
        accounts += OWN_HOURS if version >= PER_KIND else ()
        accounts += PAID_BACK if kind == "final" else ()
    return Form(name="report", version=version, questions=(*BEFORE[kind], *accounts))


def form_of(kind: str, cost_kinds: Collection[str] = (), version: int = FORM_VERSION) -> Form:
    """The questions of a kind of report: one entry gives the input, what is missing, the page that shows it and the export.

    Where the project has a budget its kinds of costs are asked for one by one, from PER_KIND on.
    """
    return _form(kind, tuple(cost_kinds) if version >= PER_KIND else (), version)


FORMS = {kind: form_of(kind) for kind in BEFORE}
"""The reports of a project without a budget."""
BUDGETED = {kind: form_of(kind, COST_KINDS) for kind in BEFORE}
"""The reports of a project that has every kind of cost in its budget."""

QUESTIONS: tuple[Question, ...] = tuple(
    {each.key: each for form in (*FORMS.values(), *BUDGETED.values()) for each in form.questions}.values()
)
"""Every question that some report asks."""
