"""Beginning a cohort with the scheme's own series of gatherings and modules."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.audit.service import record
from app.calls.models import Call
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, invalid
from app.gatherings.models import Cohort, CohortProject, Gathering, GatheringContent
from app.gatherings.service.held import person_of
from app.identity.actor import Actor
from app.moves import lock_case
from app.projects.models import Project
from workflows.engine import Reason
from workflows.gathering import FARTHEST
from workflows.roles import Permission
from workflows.series import SERIES, SeriesEntry


async def begin_series(
    uow: UnitOfWork, actor: Actor, *, call_id: UUID, name: str, first_on: date, language: str = "nb",
    project_ids: tuple[UUID, ...] = (), keys: tuple[str, ...] = (), place: str = "",
) -> Cohort:  # fmt: skip
    """Begin a cohort with those entries of the scheme's series, dated from its first day; where none is named with all.

    Without projects it is all of the call's, also those to come. Each gathering can be changed afterwards. Invalid where
    a project is not the call's, or the first day lies before the call opened or too far off (S25, S27, S28).
    """
    if not actor.may(Permission.ACTIVITY_ARRANGE):
        raise NotAllowed
    call = await uow.session.get(Call, call_id)
    if call is None:
        raise invalid("call_id", "form.unknown")
    case = await lock_case(uow, call_id)
    chosen = [entry for entry in SERIES if not keys or entry.key in keys]
    faults: dict[str, Reason] = {}
    if not set(keys) <= {entry.key for entry in SERIES}:
        faults["keys"] = Reason(code="form.not_a_choice")
    opens_on = day_in_oslo(call.opens_at) if call.opens_at else None
    if opens_on and first_on < opens_on:
        faults["first_on"] = Reason(code="gathering.held_before_call", parameters={"opens_on": opens_on.isoformat()})
    elif first_on - day_in_oslo(uow.now) > FARTHEST:
        faults["first_on"] = Reason(code="gathering.too_far")
    known = set(await uow.session.scalars(select(Project.id).where(Project.call_id == call_id)))
    if not known.issuperset(project_ids):
        faults["project_ids"] = Reason(code="form.unknown")
    if faults:
        raise Invalid(faults)
    cohort = Cohort(
        call_id=call_id,
        name=name,
        whole_call=not project_ids,
        language=language,
        made_by=person_of(actor),
        made_at=uow.now,
    )
    uow.session.add(cohort)
    await uow.session.flush()
    uow.session.add_all(CohortProject(cohort_id=cohort.id, case_id=each) for each in dict.fromkeys(project_ids))
    for entry in chosen:
        await _add(uow, cohort, entry, first_on, place)
    changes = {"name": name, "keys": [entry.key for entry in chosen], "first_on": first_on,
               "projects": list(project_ids)}  # fmt: skip
    await record(uow, actor, case, "cohort", cohort.id, "begin_series", changes=changes)
    return cohort


async def _add(uow: UnitOfWork, cohort: Cohort, entry: SeriesEntry, first_on: date, place: str) -> None:
    starts_at = entry.starts_at(first_on)
    row = Gathering(
        cohort_id=cohort.id, call_id=cohort.call_id, key=entry.key, kind=entry.kind, title=entry.title.of(cohort.language),
        starts_at=starts_at, ends_at=starts_at + entry.lasts, place=place, audience=list(entry.audience),
        artefact=entry.artefact, changed_at=uow.now,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add_all(
        GatheringContent(gathering_id=row.id, position=place, kind=each.kind, title=each.title.of(cohort.language))
        for place, each in enumerate(entry.contents, start=1)
    )
