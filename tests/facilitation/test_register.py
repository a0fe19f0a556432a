"""Leaving the resource group, going beyond somebody's hours with a reason, and who answers for which method."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.audit.models import Event
from app.cases.models import CaseRole
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.demo.cast import World
from app.facilitation import queries, service
from app.facilitation.models import FacilitatorAssignment, Method
from app.notices.models import Notice
from app.texts.i18n import texts_for
from tests.projects_under_way import Acts, open_project
from workflows.facilitation import METHODS, Competence, GapKind


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def entered(acts: Acts, who: str, *, hours: int = 100, methods: tuple[str, ...] = ("service_design",)) -> UUID:
    row = await acts(
        "method_owner", service.register, person_id=acts.world.people[who].id, capacity_hours=hours, methods=methods
    )
    found: UUID = row.id
    return found


async def lacking(acts: Acts, kind: GapKind) -> set[str]:
    """The methods that the page warns of."""
    async with acts.database.reading() as uow:
        catalogue = await queries.methods(uow, texts_for("nb"))
        entries = await queries.register(uow)
        return {gap.method for gap in queries.gaps_of(entries, catalogue, uow.now.date()) if gap.kind is kind}


async def test_whoever_leaves_is_freed_of_everything_and_those_who_assign_are_told(acts: Acts) -> None:
    entry_id = await entered(acts, "facilitator_two")
    other = await entered(acts, "facilitator_three")
    person_id = acts.world.people["facilitator_two"].id
    cases = [await open_project(acts.database, acts.world, office) for office in ("lillestrom", "klepp_time")]
    for case_id in cases:
        row = await acts("case_handler", service.assign, case_id=case_id, person_id=person_id, hours=20)
    await acts("facilitator_two", service.accept, row.id)
    await acts("method_owner", service.name_responsible, method="service_design", person_id=person_id)
    async with acts.database.reading() as uow:
        today = uow.now.date()
    for who, error in (("facilitator_two", NotAllowed), ("lillestrom.leader", (NotAllowed, NotFound))):
        with pytest.raises(error):
            await acts(who, service.leave_register, entry_id, last_on=today, why="Nei")
    with pytest.raises(Invalid) as refused:
        await acts("case_handler", service.leave_register, entry_id, last_on=date(2020, 1, 1), why="Ny jobb")
    assert refused.value.fields["last_on"].code == "form.before_start"
    await acts("case_handler", service.leave_register, entry_id, last_on=today - timedelta(days=1), why="Ny jobb")
    async with acts.database.reading() as uow:
        states = await uow.session.scalars(
            select(FacilitatorAssignment.state).where(FacilitatorAssignment.person_id == person_id)
        )
        assert set(states) == {"ended"}
        open_roles = select(CaseRole.case_id).where(
            CaseRole.person_id == person_id, CaseRole.case_id.in_(cases), CaseRole.valid_to.is_(None)
        )
        assert list(await uow.session.scalars(open_roles)) == [], "the projects are not theirs to see any more"
        told = await uow.session.scalars(select(Notice).where(Notice.code == "facilitator_left"))
        assert {(each.case_id, each.parameters["name"]) for each in told} == {(each, "Trond Tegn") for each in cases}
        assert [each.id for each in await queries.register(uow)] == [other]
        released = list(await uow.session.scalars(select(Event).where(Event.verb == "release", Event.why == "Ny jobb")))
        assert {each.case_id for each in released} == set(cases)
    assert "service_design" in await lacking(acts, GapKind.NOBODY_RESPONSIBLE)
    with pytest.raises(NotYet):
        await acts("case_handler", service.assign, case_id=cases[0], person_id=person_id, hours=1)
    assert await entered(acts, "facilitator_two") == entry_id, "back in the register, as the same"


async def test_beyond_the_hours_is_for_the_case_handler_with_a_reason_that_is_kept(acts: Acts) -> None:
    await entered(acts, "facilitator_two", hours=10)
    case_id = await open_project(acts.database, acts.world, "lillestrom")
    person_id = acts.world.people["facilitator_two"].id
    fields = {"case_id": case_id, "person_id": person_id, "hours": 200}
    for who, why in (("case_handler", " "), ("method_owner", "Vi må")):
        with pytest.raises(NotYet) as refused:
            await acts(who, service.assign, **fields, override_why=why)
        assert {reason.code for reason in refused.value.reasons} == {"facilitation.over_capacity"}
    row = await acts("case_handler", service.assign, **fields, override_why="Ingen andre kan metoden")
    assert (await acts("facilitator_two", service.accept, row.id)).state == "accepted"
    async with acts.database.reading() as uow:
        waived = list(await uow.session.scalars(select(Event).where(Event.verb == "waive", Event.case_id == case_id)))
    assert [(each.why, each.changes["requirement"]) for each in waived] == [
        ("Ingen andre kan metoden", "within_capacity")
    ]


async def test_a_reason_never_opens_for_somebody_tied_to_the_case(acts: Acts) -> None:
    await entered(acts, "lillestrom.counsellor", hours=1)
    case_id = await open_project(acts.database, acts.world, "lillestrom")
    with pytest.raises(NotYet) as refused:
        await acts("case_handler", service.assign, case_id=case_id, hours=300, override_why="Haster",
                   person_id=acts.world.people["lillestrom.counsellor"].id)  # fmt: skip
    assert "facilitation.conflict_own_unit" in [reason.code for reason in refused.value.reasons]


async def test_each_method_without_somebody_who_answers_or_leads_is_warned_of(acts: Acts) -> None:
    assert await lacking(acts, GapKind.NOBODY_RESPONSIBLE) == set(METHODS)
    entry_id = await entered(acts, "facilitator_two", methods=("evaluation",))
    assert await lacking(acts, GapKind.NOBODY_LEADS) == set(METHODS) - {"evaluation"}
    person_id = acts.world.people["facilitator_two"].id
    with pytest.raises(Invalid) as refused:
        await acts("case_handler", service.name_responsible, method="evaluation",
                   person_id=acts.world.people["facilitator_one"].id)  # fmt: skip
    assert refused.value.fields["person_id"].code == "form.unknown", "only somebody of the register"
    with pytest.raises(NotAllowed):
        await acts("facilitator_two", service.name_responsible, method="evaluation", person_id=person_id)
    await acts("method_owner", service.name_responsible, method="evaluation", person_id=person_id)
    assert "evaluation" not in await lacking(acts, GapKind.NOBODY_RESPONSIBLE)
    await acts("facilitator_two", service.set_method, entry_id, method="evaluation", level=Competence.LEARNED)
    assert "evaluation" in await lacking(acts, GapKind.NOBODY_LEADS)
    await acts("method_owner", service.name_responsible, method="evaluation")
    assert "evaluation" in await lacking(acts, GapKind.NOBODY_RESPONSIBLE)


async def test_a_method_is_added_renamed_and_retired_and_one_in_use_is_kept(acts: Acts) -> None:
    words = {"nb": "Tjenestesafari", "nn": "Tenestesafari", "en": "Service safari"}
    with pytest.raises(NotAllowed):
        await acts("facilitator_one", service.add_method, **words)
    row = await acts("method_owner", service.add_method, **words)
    with pytest.raises(Invalid) as refused:
        await acts("case_handler", service.add_method, **{**words, "nb": "tjenestesafari"})
    assert set(refused.value.fields) & {"nb", "nn", "en"}
    assert row.key == "tjenestesafari" and row.key in await lacking(acts, GapKind.NOBODY_RESPONSIBLE)
    await acts("method_owner", service.write_method, method=row.key, **{**words, "nb": "Safari"})
    with pytest.raises(NotFound):
        await acts("method_owner", service.write_method, method="evaluation", **words)
    entry_id = await entered(acts, "facilitator_two", methods=(row.key,))
    await acts("method_owner", service.retire_method, method=row.key)
    async with acts.database.reading() as uow:
        kept = await uow.session.get_one(Method, row.key)
        assert kept.retired_at is not None and kept.nb == "Safari"
    assert row.key not in await lacking(acts, GapKind.NOBODY_RESPONSIBLE)
    with pytest.raises(Invalid):
        await acts("method_owner", service.register, person_id=acts.world.people["facilitator_one"].id,
                   capacity_hours=1, methods=(row.key,))  # fmt: skip
    again = await acts("method_owner", service.add_method, **words)
    assert again.key != row.key, "a name that is free again, under a key of its own"
    await acts("method_owner", service.retire_method, method=again.key)
    async with acts.database.reading() as uow:
        assert await uow.session.get(Method, again.key) is None, "nobody had it"
        (entry,) = await queries.register(uow, facilitator_id=entry_id)
        assert [each.method for each in entry.known] == [row.key]
