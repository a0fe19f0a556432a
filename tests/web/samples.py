"""Sample data for the page that shows every piece, in a small application of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from app.identity.actor import Actor
from app.web.forms import FormState
from app.web.visit import Missing, StepView
from workflows.roles import Role

ROW = UUID("01890000-0000-7000-8000-000000000001")
NOW = datetime(2023, 9, 1, 12, 0, tzinfo=UTC)
PERSON = Actor(
    person_id=ROW, name="Kari Nordmann", scheme_roles=frozenset({Role.CASE_HANDLER, Role.ADMINISTRATOR}), unread=3
)
MISSING = (
    Missing(
        "application.team_too_small",
        "Teamet har 2 medlemmer. Det må ha minst 3.",
        "/applications/1/team",
        "koordinator",
    ),
    Missing("application.not_endorsed", "Lederen har ikke stilt seg bak søknaden.", "/applications/1/endorse", "leder"),
)


def step(verb: str, label: str, **changes: Any) -> StepView:
    """A step as a page gets it; open where nothing is changed."""
    plain: dict[str, Any] = {
        "subject": "application", "subject_id": ROW, "version": 3, "verb": verb, "label": label,
        "action": f"/applications/{ROW}/{verb}", "permitted": True, "allowed": True, "needs_why": False,
        "who": "koordinator eller leder", "by": frozenset({Role.COORDINATOR, Role.LEADER}), "missing": (), "waivable": (),
    }  # fmt: skip
    return StepView(**{**plain, **changes})


STEPS = [
    step("withdraw", "Trekk søknaden", needs_why=True),
    step(
        "submit",
        "Send søknaden",
        allowed=False,
        missing=MISSING,
        waivable=(("team", "Teamet har minst tre medlemmer."),),
    ),
    step("screen", "Start formalkontrollen", permitted=False, who="saksbehandler"),
]


def refused() -> FormState:
    """A form that was refused, with what was typed."""
    typed = {"title": [""], "problem": ["<b>Korleis</b>"], "asked_ore": ["mange"], "parties": ["users", "partners"]}
    faults = {"title": "Fyll ut dette feltet.", "asked_ore": "Skriv et tall.", "parties": "Velg ett av svarene."}
    return FormState("write", typed, faults, message="Noen andre har endret dette imens.")


def sample() -> SimpleNamespace:
    """What the page shows."""
    rows = [
        SimpleNamespace(
            office="Nav Klepp-Time", due_on=date(2023, 9, 1), asked_ore=25000050, words="Tildelt", tone="success"
        ),
        SimpleNamespace(office="Nav Grünerløkka", due_on=None, asked_ore=50000000, words="Kladd", tone="neutral"),
    ]
    events = [
        SimpleNamespace(
            at=NOW, key="event.application.withdraw", who="Kari Nordmann", about="", why="Kontoret slås sammen."
        ),
        SimpleNamespace(at=NOW, key="event.application.submit", who="Ola Nordmann", about="2026-0001", why=""),
    ]
    return SimpleNamespace(steps=STEPS, day=date(2023, 9, 1), moment=NOW, rows=rows, events=events)
