"""What feedback does by the clock."""

from __future__ import annotations

from app.feedback import queries, service
from app.outbox.jobs import Timed, UnitOfWorkFactory
from app.surveys.jobs import each_apart, in_office_hours_read


async def take_out(unit_of_work: UnitOfWorkFactory) -> None:
    """Make feedback of surveys that have closed."""
    (found,) = await in_office_hours_read(unit_of_work, queries.surveys_to_take_out)
    await each_apart(unit_of_work, service.take_out, [(row_id,) for row_id in found])


async def remind(unit_of_work: UnitOfWorkFactory) -> None:
    """Remind of changes whose day has gone by."""
    (found,) = await in_office_hours_read(unit_of_work, queries.changes_to_remind_of)
    await each_apart(unit_of_work, service.remind, [(row_id,) for row_id in found])


TIMED = [
    Timed("take_feedback_out_of_surveys", {"minute": 35}, take_out),
    Timed("remind_of_process_changes", {"minute": 40}, remind),
]
