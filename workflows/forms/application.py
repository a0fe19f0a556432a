"""What an office is asked when it applies: the challenge, what already works, the plan and the resources."""

from __future__ import annotations

from functools import partial

from workflows.forms.fields import Form, Question
from workflows.roles import Role

FORM_VERSION = 2

SECTIONS = ("problem", "need", "basis", "what_works", "do_nothing", "ambition", "plan", "cooperation")

BASES = ("insight", "own_experience")
"""What a problem statement rests on (S38)."""

PARTIES = ("employee", "user", "partner")

THEMES = (
    "young_people", "health_and_work", "qualification", "employers", "meeting_people", "cooperation",
    "ways_of_working", "other",
)  # fmt: skip
"""What a challenge is about, for the breadth of a call (R3)."""

WHO = (Role.COORDINATOR, Role.LEADER, Role.CORE_TEAM)


def _section(name: str) -> partial[Question]:
    return partial(Question, section=name, place=f"application.{name}", who=WHO)


_problem, _need, _basis, _works, _nothing, _ambition, _plan, _cooperation = map(_section, SECTIONS)

APPLICATION_FORM = Form(
    name="application",
    version=FORM_VERSION,
    questions=(
        # S37-S39: exactly one statement, an open question
        _problem(key="problem_statement", kind="long_text", required=True, max_length=600),
        _problem(key="theme", kind="choice", choices=THEMES),
        _problem(key="background", kind="long_text", required=True, max_length=4000),
        _need(key="whose_need", kind="choices", required=True, choices=PARTIES),
        _need(key="user_group", kind="text", required=True, max_length=200),
        _need(key="need", kind="long_text", required=True, max_length=3000),
        _basis(key="basis", kind="choices", required=True, choices=BASES),
        _basis(key="basis_insight", kind="long_text", required=True, asked_when=("basis", "insight"), max_length=3000),
        _basis(
            key="basis_experience",
            kind="long_text",
            required=True,
            asked_when=("basis", "own_experience"),
            max_length=3000,
        ),
        # S32, S33: the practices themselves are ranked rows beside the form
        _works(key="what_makes_it_work", kind="long_text", required=True, max_length=3000),
        # S80
        _nothing(key="do_nothing", kind="long_text", required=True, max_length=2000),
        _ambition(key="ambition", kind="choice", required=True, choices=("improve", "renew", "rethink")),
        _ambition(key="risk", kind="choice", required=True, choices=("low", "medium", "high")),
        _ambition(key="risk_handling", kind="long_text", required=True, asked_when=("risk", "high"), max_length=2000),
        _plan(key="plan", kind="long_text", required=True, max_length=4000),
        _plan(key="starts_on", kind="date", required=True),
        _plan(key="amount_ore", kind="money", required=True),
        _plan(key="spent_on", kind="long_text", max_length=2000),
        _plan(key="hours", kind="hours", required=True, maximum=10_000),
        _plan(key="anchoring", kind="long_text", required=True, max_length=2000),
        _cooperation(key="has_partners", kind="yes_no", required=True),
        _cooperation(
            key="partners", kind="long_text", required=True, asked_when=("has_partners", True), max_length=2000
        ),
        _cooperation(key="similar_work", kind="long_text", max_length=2000),
        # S41, S76: what others may know, and only where the office says so
        _cooperation(key="shown_to_others", kind="yes_no"),
        _cooperation(
            key="public_summary", kind="long_text", required=True, asked_when=("shown_to_others", True), max_length=800
        ),
    ),
)
"""Money and hours may be 0, but they are stated."""
