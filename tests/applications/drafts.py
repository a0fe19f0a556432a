"""Applications of the demo's offices, written through the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from app.applications import service
from tests.calls_under_way import DURING, Acting
from workflows.roles import Role

ANSWERS: dict[str, Any] = {
    "problem_statement": "Hvordan kan vi møte unge <utenfor> arbeid?", "background": "Mange venter lenge.",
    "whose_need": ("user",), "user_group": "Unge uten arbeid", "need": "Tid og tillit.",
    "basis": ("insight", "own_experience"), "basis_insight": "Tolv samtaler.", "basis_experience": "Vi ser det hver uke.",
    "what_makes_it_work": "Korte møter.", "do_nothing": "Flere blir stående utenfor.", "ambition": "renew", "risk": "low",
    "plan": "Tre måneder.", "starts_on": "2027-03-01", "amount_ore": 40_000_000, "hours": 60,
    "anchoring": "Leder er med.", "has_partners": "no",
}  # fmt: skip

TEAM = (("leader", Role.LEADER), ("coordinator", Role.COORDINATOR), ("counsellor", Role.CORE_TEAM))


async def begin(act: Acting, call_id: UUID, office: str = "lillestrom", *, at: datetime = DURING) -> UUID:
    """An application with nothing in it yet."""
    row = await act(f"{office}.coordinator", service.create, call_id=call_id, at=at)
    return UUID(str(row.id))


async def write(
    act: Acting,
    call_id: UUID,
    office: str = "lillestrom",
    *,
    at: datetime = DURING,
    endorsed: bool = True,
    **answers: Any,
) -> UUID:
    """An application with everything in it, not yet sent."""
    by = f"{office}.coordinator"
    application_id = await begin(act, call_id, office, at=at)
    await act(by, service.save_answers, application_id, at=at, **{**ANSWERS, **answers})
    for who, role in TEAM:
        await act(by, service.add_member, application_id, person_id=act.world.people[f"{office}.{who}"].id, role=role,
                  weekly_hours=4, at=at)  # fmt: skip
    await act(by, service.add_deviance, application_id, text="Korte møter hver uke", at=at)
    await act(by, service.add_benefit, application_id, title="Flere unge i jobb", beneficiaries=("citizen",),
              goal="more_in_work", at=at)  # fmt: skip
    await act(f"{office}.counsellor", service.take_part, application_id, answer="yes", at=at)
    if endorsed:
        await act(f"{office}.leader", service.endorse, application_id, at=at)
    return application_id


async def send(
    act: Acting, call_id: UUID, office: str = "lillestrom", *, at: datetime = DURING, **answers: Any
) -> UUID:
    """An application that has been sent."""
    application_id = await write(act, call_id, office, at=at, **answers)
    await act(f"{office}.coordinator", service.submit, application_id, at=at)
    return application_id
