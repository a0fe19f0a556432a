"""The resource group of the demo as it stands now: who can what, what they have to give, and when they are away.

The figures and competences are invented.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.core.clock import day_in_oslo
from app.demo.acting import Acting
from app.facilitation import service as facilitation
from app.facilitation.models import Facilitator, FacilitatorAssignment
from workflows.capacity import half_of, next_half
from workflows.facilitation import MOST_HALVES, PLANNED_HALVES, Competence

LEARNED, SUPPORTED, LEADS, TEACHES = Competence


class Member(NamedTuple):
    """Somebody of the group: hours in a half-year, methods with how far they have come, and what sets them apart."""

    hours: int
    methods: dict[str, Competence]
    languages: tuple[str, ...] = ("nb",)
    field: str = ""
    is_mentor: bool = False


GROUP: dict[str, Member] = {
    "facilitator_one": Member(320, {"service_design": TEACHES, "positive_deviance": LEADS}, ("nb", "nn")),
    "facilitator_two": Member(160, {"service_design": LEADS, "systemic_design": SUPPORTED}),
    "facilitator_three": Member(
        180, {"evaluation": TEACHES, "benefits_realisation": LEADS, "systemic_design": LEARNED}
    ),
    "method_owner": Member(60, {"benefits_realisation": TEACHES, "evaluation": SUPPORTED}),
    "reviewer_three": Member(80, {"positive_deviance": SUPPORTED, "service_design": LEARNED}, ("nn",)),
    "reviewer_two": Member(60, {"service_design": LEARNED}, field="Organisasjonsutvikling (HR)"),
    "grunerlokka.coordinator": Member(40, {"positive_deviance": SUPPORTED}, is_mentor=True),
}  # fmt: skip

RESPONSIBLE = {
    "service_design": "facilitator_one", "positive_deviance": "facilitator_one", "evaluation": "facilitator_three",
    "benefits_realisation": "method_owner",
}  # fmt: skip
"""Who answers for which method; systemic design is a gap that the group sees."""


SUPPORT = (
    ("2", "Planla intervjuene"), ("3.5", "Samling 1: fra funn til utfordringsbilde"),
    ("1.5", "Veiledning på gevinstkartet"),
)  # fmt: skip
"""Hours of support, and what it was about."""


async def _entry(act: Acting, who: str) -> UUID:
    (found,) = await act.rows(select(Facilitator.id).where(Facilitator.person_id == act.person(who)))
    return UUID(str(found))


async def gather_group(act: Acting) -> None:
    """Everybody's entry as it stands today, with the hours of this half-year and as far ahead as one plans."""
    today = day_in_oslo(act.at)
    for who, member in GROUP.items():
        await act(
            "case_handler", facilitation.register, person_id=act.person(who), capacity_hours=member.hours,
            languages=member.languages, field=member.field, is_mentor=member.is_mentor,
        )  # fmt: skip
        entry = await _entry(act, who)
        for place in range(PLANNED_HALVES, MOST_HALVES):
            half = next_half(half_of(today), place)
            await act("case_handler", facilitation.set_capacity, entry, half=half, hours=member.hours)
        for method, level in member.methods.items():
            await act(who, facilitation.set_method, entry, method=method, level=level,
                      last_used_on=None if level is LEARNED else today - timedelta(days=40 + member.hours))  # fmt: skip
    for method, who in RESPONSIBLE.items():
        await act("case_handler", facilitation.name_responsible, method=method, person_id=act.person(who))


async def plan_absence(act: Acting) -> None:
    """Leave that lies ahead, and a proposal that waits for an answer."""
    today = day_in_oslo(act.at)
    entry = await _entry(act, "facilitator_two")
    away = today + timedelta(weeks=6)
    await act("facilitator_two", facilitation.add_leave, entry, first_on=away, last_on=away + timedelta(weeks=10))
    await act("facilitator_three", facilitation.propose_capacity, await _entry(act, "facilitator_three"),
              half=next_half(half_of(today)), hours=120, why="Jeg skal undervise en dag i uka.")  # fmt: skip


async def log_support(act: Acting, case_id: UUID, who: str, first_on: date) -> None:
    """Three times that a facilitator has helped a project."""
    (assignment,) = await act.rows(
        select(FacilitatorAssignment.id).where(
            FacilitatorAssignment.case_id == case_id, FacilitatorAssignment.person_id == act.person(who)
        )
    )
    for week, (hours, about) in enumerate(SUPPORT):
        held_on = min(first_on + timedelta(weeks=3 * week), day_in_oslo(act.at))
        await act(who, facilitation.log_support, assignment, held_on=held_on, hours=Decimal(hours), about=about)
