"""What is asked about competence by the clock."""

from __future__ import annotations

from app.competence import queries, service
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.surveys.jobs import each_apart, in_office_hours_read


async def ask(unit_of_work: UnitOfWorkFactory) -> None:
    """Ask the people of projects to assess themselves, before and after; in office hours."""
    (found,) = await in_office_hours_read(unit_of_work, queries.projects_to_ask)
    await each_apart(unit_of_work, service.ask, [(case_id,) for case_id in found])


TIMED = [Timed("ask_about_competence", {"minute": 20}, ask)]
"""Once an hour."""
