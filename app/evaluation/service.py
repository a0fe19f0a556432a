"""Writing a version of a cohort's evaluation report."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from app.audit.service import record
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, Stale
from app.core.personal_data import refuse_identity_numbers
from app.evaluation import queries
from app.evaluation.models import EvaluationReport
from app.gatherings.models import Cohort
from app.identity.actor import Actor
from app.moves import lock_case
from workflows.evaluation import against_report, chosen_of
from workflows.roles import Permission


async def write(
    uow: UnitOfWork, actor: Actor, cohort_id: UUID, *, organised: str = "", experienced: str = "", onward: str = "",
    quotes: Sequence[str] = (), seen: int = 0,
) -> EvaluationReport:  # fmt: skip
    """Write the next version, with the figures as they stand now; earlier versions stay as they are.

    Raises Invalid for a heading without words and quotes that cannot be quoted, Stale where somebody has written a version
    meanwhile.
    """
    if actor.person_id is None or not actor.may(Permission.EVALUATION_WRITE):
        raise NotAllowed
    cohort = await uow.session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound
    case = await lock_case(uow, cohort.call_id)
    versions = await queries.versions(uow, cohort_id)
    newest = versions[0].number if versions else 0
    if seen != newest:
        raise Stale(typed_on=seen, now_at=newest)
    figures = await queries.evaluated(uow, cohort)
    texts = {"organised": organised, "experienced": experienced, "onward": onward}
    faults = dict(against_report(texts, quotes, figures.quotes))
    if faults:
        raise Invalid(faults)
    refuse_identity_numbers(**texts)
    chosen = chosen_of(figures.quotes, quotes)
    report = EvaluationReport(
        cohort_id=cohort_id, number=newest + 1, **texts, language=actor.language, quotes=msgspec.to_builtins(chosen),
        figures=msgspec.to_builtins(msgspec.structs.replace(figures, quotes=())), written_by=actor.person_id,
        written_at=uow.now,
    )  # fmt: skip
    uow.session.add(report)
    await uow.session.flush()
    changes = {"name": cohort.name, "number": report.number}
    await record(uow, actor, case, "cohort", cohort_id, "write_evaluation", changes=changes)
    return report
