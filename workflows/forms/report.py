"""What an office is asked at the end: results, learning, deviations and accounts."""

from __future__ import annotations

from functools import partial

from workflows.forms.fields import Form, Question
from workflows.roles import Role

FORM_VERSION = 1

SECTIONS = ("results", "learning", "deviations", "accounts")

COST_KINDS = ("spent_competence_ore", "spent_time_ore", "spent_travel_ore", "spent_other_ore")
"""What was spent, by kind; together they are the project's accounts."""

WHO = (Role.COORDINATOR, Role.LEADER)


def _section(name: str) -> partial[Question]:
    return partial(Question, section=name, place="project.report", who=WHO)


_results, _learning, _deviations, _accounts = map(_section, SECTIONS)

REPORT_FORM = Form(
    name="report",
    version=FORM_VERSION,
    questions=(
        _results(key="results", kind="long_text", required=True, max_length=4000),
        _results(key="changed_practice", kind="long_text", required=True, max_length=4000),
        # S77: what worked, for whom, under which conditions
        _learning(key="what_worked", kind="long_text", required=True, max_length=3000),
        _learning(key="for_whom", kind="long_text", required=True, max_length=2000),
        _learning(key="conditions", kind="long_text", required=True, max_length=3000),
        _learning(key="advice_to_others", kind="long_text", max_length=2000),
        _deviations(key="as_planned", kind="yes_no", required=True),
        _deviations(
            key="deviations", kind="long_text", required=True, asked_when=("as_planned", False), max_length=3000
        ),
        *(_accounts(key=key, kind="money", required=True) for key in COST_KINDS),
        _accounts(key="spent_other_on", kind="text", max_length=200),
        _accounts(key="unspent_ore", kind="money", required=True),
    ),
)
