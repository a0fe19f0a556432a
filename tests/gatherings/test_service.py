"""A cohort's series is begun, changed, moved and called off; teams sign up; who came is noted a row at a time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.audit.verify import faults
from app.core.clock import OSLO, day_in_oslo
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import World
from app.gatherings import queries, service
from app.gatherings.models import Attendance, Gathering, GatheringContent, PastedList
from app.gatherings.service.pasting import reading_of
from app.identity.models import Person
from app.notices.models import Notice
from app.projects.facts import PROJECT
from app.projects.models import Project
from tests.conftest import MovingClock
from tests.gatherings.cohorts import (
    COORDINATOR,
    FIRST,
    OFFICE,
    SECOND,
    begin,
    call_of,
    during,
    hire,
    join_team,
    of_cohort,
)
from tests.projects_under_way import Acts, open_project
from workflows.gathering import PartTaken, Presence
from workflows.series import SERIES


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    """The people of the world."""
    return Acts(database, world)


@pytest.fixture
async def case_id(database: Database, world: World) -> UUID:
    """A project of Nav Lillestrøm."""
    return await open_project(database, world, OFFICE)


async def attendance(acts: Acts, gathering_id: UUID) -> dict[str, Attendance]:
    """Who is signed up, by name."""
    async with acts.database.reading() as uow:
        rows = await uow.session.execute(
            select(Person.name, Attendance)
            .join(Person, Person.id == Attendance.person_id)
            .where(Attendance.gathering_id == gathering_id)
            .execution_options(populate_existing=True)
        )
        return dict(rows.tuples().all())


async def told(acts: Acts, code: str) -> set[str]:
    """The names of those who have been told something."""
    async with acts.database.reading() as uow:
        names = select(Person.name).join(Notice, Notice.person_id == Person.id).where(Notice.code == code)
        return set(await uow.session.scalars(names))


async def own(acts: Acts, case_id: UUID) -> list[queries.OwnAttendance]:
    """The project's part in its gatherings."""
    async with acts.database.reading() as uow:
        project = await uow.session.get_one(Project, case_id)
        return await queries.attendance_of(uow, project.call_id, case_id, await PROJECT.facts(uow, project))


async def test_the_scheme_s_series_is_dated_from_its_first_day_at_the_same_clock_time(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    rows = await begin(acts, case_id, clock)
    assert [row.key for row in rows] == [entry.key for entry in SERIES]
    first = rows[0].starts_at.astimezone(OSLO).date() - timedelta(days=SERIES[0].after_days)
    for row, entry in zip(rows, SERIES, strict=True):
        local = row.starts_at.astimezone(OSLO)
        assert (local.date() - first).days == entry.after_days
        assert (local.hour, row.audience, row.artefact) == (9, list(entry.audience), entry.artefact)
    async with acts.database.reading() as uow:
        contents = await uow.session.scalars(select(GatheringContent.gathering_id))
        assert len(list(contents)) == sum(len(entry.contents) for entry in SERIES)
        assert (await faults(uow))[1] == []


async def test_a_series_begins_with_what_is_chosen_for_the_projects_that_are_named(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    call_id = await call_of(acts, case_id)
    stranger = await open_project(acts.database, acts.world, "klepp_time")
    with pytest.raises(Invalid) as refused:
        await begin(acts, case_id, clock, project_ids=(stranger,))
    assert set(refused.value.fields) == {"project_ids"}
    with pytest.raises(Invalid) as refused:
        await begin(acts, case_id, clock, first_on=day_in_oslo(clock()) - timedelta(days=400))
    assert refused.value.fields["first_on"].code == "gathering.held_before_call"
    with pytest.raises(Invalid) as refused:
        await begin(acts, case_id, clock, keys=("module_9",))
    rows = await begin(acts, case_id, clock, project_ids=(case_id,), keys=("gathering_1",), language="nn")
    assert [row.key for row in rows] == ["gathering_1"]
    assert "tenestedesign" in rows[0].title
    assert [row.gathering_id for row in await own(acts, case_id)] == [rows[0].id]
    with pytest.raises(NotAllowed):
        await acts(COORDINATOR, service.begin_series, call_id=call_id, name="x", first_on=day_in_oslo(clock()))


async def test_a_topical_gathering_comes_at_any_time_and_its_times_must_hold(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    rows = await begin(acts, case_id, clock)
    cohort_id, at = rows[0].cohort_id, rows[2].starts_at
    fields = {"cohort_id": cohort_id, "kind": "gathering", "title": "Hvordan måle gevinster"}
    for starts_at, ends_at, field in (
        (at, at, "ends_at"), (at, at + timedelta(hours=17), "ends_at"),
        (at - timedelta(days=900), at - timedelta(days=899, hours=20), "starts_at"),
        (at + timedelta(days=2000), at + timedelta(days=2000, hours=1), "starts_at"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            await acts(FIRST, service.arrange, **fields, starts_at=starts_at, ends_at=ends_at)
        assert set(refused.value.fields) == {field}
    with pytest.raises(Invalid) as refused:
        await acts(FIRST, service.arrange, **fields, key="module_1", starts_at=at, ends_at=at + timedelta(hours=2))
    assert refused.value.fields["key"].code == "gathering.key_taken"
    row = await acts(FIRST, service.arrange, **fields, starts_at=at, ends_at=at + timedelta(hours=2))
    assert row.id in {each.gathering_id for each in await own(acts, case_id)}
    with pytest.raises(NotAllowed):
        await acts(COORDINATOR, service.arrange, **fields, starts_at=at, ends_at=at + timedelta(hours=2))


async def test_moving_and_calling_off_tells_those_who_are_signed_up_and_calendars(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    row = (await begin(acts, case_id, clock, keys=("module_1",)))[0]
    await acts(COORDINATOR, service.register_team, case_id, gathering_id=row.id)
    people = set(await attendance(acts, row.id))
    assert {"Lars Lillesand", "Mona Mestring", "Viggo Viken"} <= people
    later = row.starts_at + timedelta(days=7)
    moved = await acts(
        FIRST, service.reschedule, row.id, starts_at=later, ends_at=later + timedelta(hours=2), why="Streik"
    )
    assert (moved.starts_at, moved.sequence) == (later, 1)
    assert await told(acts, "gathering_moved") == people
    about = {"title": moved.title, "audience": tuple(moved.audience), "artefact": moved.artefact}
    assert (await acts(FIRST, service.edit, row.id, **about)).sequence == 1, "nothing changed"
    assert (await acts(FIRST, service.edit, row.id, **about, place="Oslo")).sequence == 2
    assert await told(acts, "gathering_elsewhere") == people
    off = await acts(FIRST, service.call_off, row.id, why="For få påmeldte")
    assert (off.sequence, off.called_off_why) == (3, "For få påmeldte")
    assert await told(acts, "gathering_called_off") == people
    for verb, fields in ((service.call_off, {"why": "x"}), (service.edit, about)):
        with pytest.raises(NotYet):
            await acts(FIRST, verb, row.id, **fields)
    with pytest.raises(NotYet) as refused:
        await acts("lillestrom.counsellor", service.sign_up, row.id)
    assert "gathering.called_off" in {reason.code for reason in refused.value.reasons}
    async with acts.database.reading() as uow:
        assert (await faults(uow))[1] == []


async def test_one_signs_up_where_one_is_meant_and_while_there_is_room(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    row = (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]
    await join_team(acts, case_id, "lillestrom.counsellor", "lillestrom.job_specialist")
    await acts(FIRST, service.edit, row.id, title=row.title, audience=("core_team",), capacity=2)
    for who in ("lillestrom.leader", "management"):
        with pytest.raises(NotYet) as refused:
            await acts(who, service.sign_up, row.id)
        assert [reason.code for reason in refused.value.reasons] == ["gathering.not_in_audience"]
    for _ in range(2):
        await acts("lillestrom.counsellor", service.sign_up, row.id)
    await acts(COORDINATOR, service.sign_up, row.id)
    with pytest.raises(NotYet) as refused:
        await acts("lillestrom.job_specialist", service.sign_up, row.id)
    assert [reason.code for reason in refused.value.reasons] == ["gathering.full"]
    with pytest.raises(Invalid) as capped:
        await acts(FIRST, service.edit, row.id, title=row.title, capacity=1)
    assert capped.value.fields["capacity"].code == "gathering.fewer_than_signed_up"
    await acts("lillestrom.counsellor", service.sign_off, row.id)
    with pytest.raises(NotFound):
        await acts("lillestrom.counsellor", service.sign_off, row.id)
    await acts("lillestrom.job_specialist", service.sign_up, row.id)
    assert set(await attendance(acts, row.id)) == {"Mona Mestring", "Petter Plan"}
    clock.at = row.ends_at
    with pytest.raises(NotYet) as refused:
        await acts(COORDINATOR, service.sign_off, row.id)
    assert [reason.code for reason in refused.value.reasons] == ["gathering.over"]


async def test_a_team_is_complete_when_everybody_it_is_meant_for_is_signed_up(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    row = (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]
    await join_team(acts, case_id, "lillestrom.counsellor")

    async def team(who: str, *, whole: bool) -> list[queries.TeamAt]:
        async with acts.database.reading() as uow:
            return (await queries.taking_part(uow, await acts.world.actor(uow, who), row, all_projects=whole)).teams

    (before,) = await team(FIRST, whole=True)
    assert (before.is_complete, before.lacking) == (False, ["Mona Mestring", "Yasmin Ytre"])
    with pytest.raises(Invalid):
        await acts(COORDINATOR, service.register, case_id, gathering_id=row.id, person_id=uuid4())
    with pytest.raises(NotFound):
        await acts("klepp_time.coordinator", service.register_team, case_id, gathering_id=row.id)
    await acts(COORDINATOR, service.register_team, case_id, gathering_id=row.id)
    (after,) = await team(COORDINATOR, whole=False)
    assert after.is_complete
    assert await told(acts, "gathering_signed_up") == {"Yasmin Ytre"}
    assert await team("klepp_time.coordinator", whole=False) == [], "who comes is not for everybody to read"
    yasmin = acts.world.people["lillestrom.counsellor"].id
    await acts(COORDINATOR, service.unregister, case_id, gathering_id=row.id, person_id=yasmin)
    assert (await team(FIRST, whole=True))[0].lacking == ["Yasmin Ytre"]


async def test_a_gathering_is_done_only_with_what_it_works_on(acts: Acts, case_id: UUID, clock: MovingClock) -> None:
    row = (await begin(acts, case_id, clock, keys=("gathering_3",)))[0]
    assert [each.taken for each in await own(acts, case_id)] == [PartTaken.TO_SIGN_UP]
    await acts(COORDINATOR, service.register_team, case_id, gathering_id=row.id)
    assert [each.taken for each in await own(acts, case_id)] == [PartTaken.SIGNED_UP]
    mona = acts.world.people[COORDINATOR].id
    with pytest.raises(NotYet):
        await acts(FIRST, service.note_presence, row.id, person_id=mona, presence=Presence.CAME)
    clock.at = during(row)
    await acts(FIRST, service.note_presence, row.id, person_id=mona, presence=Presence.CAME)
    assert [each.taken for each in await own(acts, case_id)] == [PartTaken.ARTEFACT_MISSING]
    from app.projects import service as projects

    await acts(COORDINATOR, projects.write_text, case_id, kind="anchoring_plan", text="Slik forankrer vi")
    assert [each.taken for each in await own(acts, case_id)] == [PartTaken.DONE]


async def test_nobody_undoes_unseen_what_another_has_noted(acts: Acts, case_id: UUID, clock: MovingClock) -> None:
    row = (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]
    await acts(COORDINATOR, service.register_team, case_id, gathering_id=row.id)
    clock.at = during(row)
    mona = acts.world.people[COORDINATOR].id
    await acts(FIRST, service.note_presence, row.id, person_id=mona, presence=Presence.CAME)
    with pytest.raises(Invalid) as clash:
        await acts(SECOND, service.note_presence, row.id, person_id=mona, presence=Presence.ABSENT)
    reason = clash.value.fields["presence"]
    assert (reason.code, reason.parameters["name"]) == ("gathering.noted_otherwise", "Frida Fasting")
    assert (await attendance(acts, row.id))["Mona Mestring"].attended_at
    await acts(FIRST, service.note_presence, row.id, person_id=mona, presence=Presence.ABSENT)
    assert (await attendance(acts, row.id))["Mona Mestring"].absent_at
    await acts(SECOND, service.note_presence, row.id, person_id=mona, presence=Presence.CAME, seen=Presence.ABSENT)
    assert (await attendance(acts, row.id))["Mona Mestring"].attended_at
    with pytest.raises(NotAllowed):
        await acts(COORDINATOR, service.note_presence, row.id, person_id=mona, presence=Presence.CAME)
    with pytest.raises(Invalid):
        stranger = acts.world.people["management"].id
        await acts(FIRST, service.note_presence, row.id, person_id=stranger, presence=Presence.CAME)
    with pytest.raises(Invalid) as refused:
        await acts(FIRST, service.call_off, row.id, why="x")
    assert refused.value.fields["why"].code == "gathering.was_held"


async def test_a_pasted_list_writes_nothing_until_it_is_confirmed_and_is_kept(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    row = (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]
    await join_team(acts, case_id, "lillestrom.counsellor", "lillestrom.job_specialist")
    await acts(COORDINATOR, service.register, case_id, gathering_id=row.id, person_id=acts.world.people[COORDINATOR].id)
    for number in (1, 2):
        await hire(acts, "Kim Ruud", f"kim{number}@nav.example")
    clock.at = during(row)
    text = "\n".join(
        (
            "Navn\tE-post\tEnhet\tMøtte",
            "Mestring, Mona\t\tNav Lillestrøm\tja",
            "Yasmin Ytre\tyasmin.ytre@nav.example\t\tx",
            "Petter Plan\t\t\tnei",
            "Petter Plan\t\t\tja",
            "Kim Ruud\t\tNav Lillestrøm\tja",
            "Ingen Kjent\t\t\tja",
            "Lars Lillesand\t\t\tja",
            "Yasmin\tyasmin.ytre(a)nav.example\t\tja",
            "Hanne Hverdag\t\t\tkanskje",
        )
    )
    async with acts.database.reading() as uow:
        reading, _ = await reading_of(uow, row, text)
    said = [
        (each.line.number, [fault.code.removeprefix("attendance.") for fault in each.faults]) for each in reading.rows
    ]
    assert said == [
        (2, []), (3, []), (4, []), (5, ["twice"]), (6, ["ambiguous_name"]), (7, ["unknown_person"]),
        (8, ["not_in_audience"]), (9, ["bad_email"]), (10, ["unclear", "not_in_audience"]),
    ]  # fmt: skip
    assert (reading.writes, reading.wrong) == (3, 6)
    assert set(await attendance(acts, row.id)) == {"Mona Mestring"}
    assert (await attendance(acts, row.id))["Mona Mestring"].attended_at is None
    await acts(
        SECOND, service.note_presence, row.id, person_id=acts.world.people[COORDINATOR].id, presence=Presence.ABSENT
    )
    with pytest.raises(Stale):
        await acts(FIRST, service.confirm_list, row.id, text=text, fingerprint=reading.fingerprint)
    assert (await attendance(acts, row.id))["Mona Mestring"].absent_at, "what has changed meanwhile is shown first"
    async with acts.database.reading() as uow:
        reading, _ = await reading_of(uow, row, text)
    await acts(FIRST, service.confirm_list, row.id, text=text, fingerprint=reading.fingerprint)
    noted = await attendance(acts, row.id)
    came = {name for name, each in noted.items() if each.attended_at}
    assert (came, {name for name, each in noted.items() if each.absent_at}) == (
        {"Mona Mestring", "Yasmin Ytre"}, {"Petter Plan"},
    )  # fmt: skip
    async with acts.database.reading() as uow:
        kept = (await uow.session.scalars(select(PastedList))).one()
        assert (kept.text, kept.rows_taken, kept.rows_left) == (text, 3, 6)
        again, _ = await reading_of(uow, row, text)
        assert again.writes == 0
    with pytest.raises(Invalid):
        await acts(FIRST, service.confirm_list, row.id, text=text, fingerprint=again.fingerprint)


async def test_a_facilitator_arranges_for_the_projects_they_facilitate_and_for_no_others(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    row = (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]
    await join_team(acts, case_id, "klepp_time.counsellor", role="facilitator")
    await acts(
        "klepp_time.counsellor", service.add_content, row.id, kind="lecture", title="Innsikt", link="https://x.no"
    )
    with pytest.raises(NotAllowed):
        await acts("klepp_time.job_specialist", service.add_content, row.id, kind="lecture", title="Innsikt")
    other = await open_project(acts.database, acts.world, "grunerlokka")
    (theirs,) = await begin(acts, other, clock, keys=("gathering_1",))
    with pytest.raises(NotAllowed):
        await acts("klepp_time.counsellor", service.add_content, theirs.id, kind="lecture", title="Innsikt")


async def test_the_gatherings_of_other_calls_are_not_a_project_s_own(
    acts: Acts, case_id: UUID, clock: MovingClock
) -> None:
    other = await open_project(acts.database, acts.world, "grunerlokka")
    theirs = await begin(acts, other, clock, keys=("gathering_1",))
    assert await own(acts, case_id) == []
    with pytest.raises(Invalid) as refused:
        await acts(COORDINATOR, service.register_team, case_id, gathering_id=theirs[0].id)
    assert set(refused.value.fields) == {"gathering_id"}
    assert len(await of_cohort(acts, theirs[0].cohort_id)) == 1
    async with acts.database.reading() as uow:
        assert await uow.session.get(Gathering, theirs[0].id)
