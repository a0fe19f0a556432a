"""The programme of the conference: items on one stage, each project's presentation in it, and the gate that reads it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.conference import queries, service
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.demo.cast import World
from app.gatherings import service as gatherings
from app.gatherings.models import Gathering
from app.knowledge import service as knowledge
from app.projects.facts import PROJECT
from app.projects.models import Project
from tests.conftest import Browser, MovingClock
from tests.gatherings.cohorts import COORDINATOR, FIRST, OFFICE, begin
from tests.projects_under_way import Acts, open_project, told
from workflows.conference import Slot, against_slot, next_free


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    """The people of the world."""
    return Acts(database, world)


@pytest.fixture
async def case_id(database: Database, world: World) -> UUID:
    """A project of Nav Lillestrøm."""
    return await open_project(database, world, OFFICE)


@pytest.fixture
async def conference(acts: Acts, case_id: UUID, clock: MovingClock) -> Gathering:
    """The conference of its cohort."""
    first = (await begin(acts, case_id, clock, keys=("gathering_1",)))[0]
    row: Gathering = await acts(
        FIRST, gatherings.arrange, cohort_id=first.cohort_id, kind="conference", title="Erfaringskonferansen",
        key="conference", starts_at=first.starts_at, ends_at=first.ends_at, audience=("employee",),
    )  # fmt: skip
    return row


async def presentation(acts: Acts, case_id: UUID, title: str = "Første møte") -> UUID:
    """What the project shares."""
    await acts(
        COORDINATOR, knowledge.share_experience, case_id, kind="conference", title=title, text="Dette gjorde vi",
        gathering_id=None, slides_link="https://nav.example/lysbilder",
    )  # fmt: skip
    async with acts.database.reading() as uow:
        from app.knowledge.models import SharedExperience

        found = await uow.session.scalar(select(SharedExperience.id).where(SharedExperience.title == title))
    assert found is not None
    return found


async def shared(acts: Acts, case_id: UUID) -> tuple[int, int]:
    """How many experiences count, and how many wait for a place."""
    async with acts.database.reading() as uow:
        facts = await PROJECT.facts(uow, await uow.session.get_one(Project, case_id))
        return facts.shared_experiences, facts.unplaced_presentations


async def test_a_presentation_counts_once_it_stands_in_the_programme(
    acts: Acts, case_id: UUID, conference: Gathering
) -> None:
    experience_id = await presentation(acts, case_id)
    assert await shared(acts, case_id) == (0, 1)
    at = conference.starts_at
    with pytest.raises(NotAllowed):
        await acts(COORDINATOR, service.place_presentation, conference.id, experience_id=experience_id, starts_at=at)
    for wrong in (uuid4(),):
        with pytest.raises(Invalid):
            await acts(FIRST, service.place_presentation, conference.id, experience_id=wrong, starts_at=at)
    await acts(FIRST, service.place_presentation, conference.id, experience_id=experience_id, starts_at=at)
    assert await shared(acts, case_id) == (1, 0)
    assert "Mona Mestring" in await told(acts.database, case_id, "presentation_placed")
    with pytest.raises(Invalid) as refused:
        later = at + timedelta(hours=1)
        await acts(FIRST, service.place_presentation, conference.id, experience_id=experience_id, starts_at=later)
    assert refused.value.fields["experience_id"].code == "conference.placed_already"
    async with acts.database.reading() as uow:
        (item,) = await queries.programme_of(uow, conference.id)
    assert (item.unit, item.shared, item.slides_link) == (
        "Nav Lillestrøm", "Dette gjorde vi", "https://nav.example/lysbilder",
    )  # fmt: skip
    await acts(FIRST, gatherings.call_off, conference.id, why="Streik")
    assert await shared(acts, case_id) == (0, 1), "a conference that is not held shares nothing"
    with pytest.raises(NotYet):
        await acts(FIRST, service.remove_item, conference.id, item_id=item.id)


async def test_there_is_one_stage(acts: Acts, case_id: UUID, conference: Gathering) -> None:
    at = conference.starts_at
    fields = {"kind": "panel", "title": "Panel om innovasjon", "lasts_minutes": 30}
    await acts(FIRST, service.add_item, conference.id, **fields, starts_at=at, speakers="To ledere")
    for starts_at, code in (
        (at + timedelta(minutes=10), "conference.overlaps"), (at - timedelta(minutes=10), "conference.outside"),
        (conference.ends_at - timedelta(minutes=10), "conference.outside"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            await acts(FIRST, service.add_item, conference.id, **fields, starts_at=starts_at)
        assert refused.value.fields["starts_at"].code == code
    await acts(
        FIRST, service.add_item, conference.id, **{**fields, "kind": "break"}, starts_at=at + timedelta(minutes=30)
    )
    async with acts.database.reading() as uow:
        panel, pause = await queries.programme_of(uow, conference.id)
        other = await uow.session.scalar(select(Gathering.id).where(Gathering.kind == "gathering"))
    assert [panel.kind, pause.kind] == ["panel", "break"]
    with pytest.raises(NotFound):
        await acts(FIRST, service.remove_item, conference.id, item_id=uuid4())
    await acts(FIRST, service.remove_item, conference.id, item_id=panel.id)
    with pytest.raises(NotYet) as refused_kind:
        await acts(FIRST, service.add_item, other, **fields, starts_at=at)
    assert [reason.code for reason in refused_kind.value.reasons] == ["conference.no_conference"]


@pytest.mark.parametrize("items", [1, 4])
async def test_the_programme_is_open_to_everybody_and_asks_as_often(
    acts: Acts, case_id: UUID, conference: Gathering, browser: Browser, statements: list[str], items: int
) -> None:
    for number in range(items):
        experience_id = await presentation(acts, case_id, f"Erfaring {number}")
        await acts(FIRST, service.place_presentation, conference.id, experience_id=experience_id,
                   starts_at=conference.starts_at + timedelta(minutes=20 * number))  # fmt: skip
    await acts(
        COORDINATOR, knowledge.add_learning_point, case_id, text="Lytt først", for_whom="Veiledere", conditions="Tid"
    )
    page = f"/gatherings/{conference.id}/programme"
    for who, count in (("klepp_time.job_specialist", 4), (FIRST, 4)):
        await browser.as_person(who)
        statements.clear()
        shown = await browser.get(page)
        assert shown.status_code == 200
        assert len(statements) == count
        said = unescape(re.sub(r"<[^>]+>", " ", shown.text))
        assert "Erfaring 0" in said and "Lytt først" in said and "Nav Lillestrøm" in said
        assert ("Legg til i programmet" in said) is (who == FIRST)
    async with acts.database.reading() as uow:
        other = await uow.session.scalar(select(Gathering.id).where(Gathering.kind == "gathering"))
    assert (await browser.get(f"/gatherings/{other}/programme")).status_code == 404


AT = datetime(2026, 2, 5, 8, tzinfo=UTC)
SLOTS = st.builds(
    lambda start, minutes: Slot("x", AT + timedelta(minutes=start), minutes), st.integers(0, 300), st.integers(1, 60)
)


@given(st.lists(SLOTS, max_size=8), st.integers(1, 60))
def test_what_comes_after_everything_overlaps_with_nothing(others: list[Slot], minutes: int) -> None:
    slot = Slot("y", next_free(AT, others), minutes)
    assert list(against_slot(slot, AT, AT + timedelta(days=1), others)) == []


@given(SLOTS, SLOTS)
def test_two_items_are_in_each_other_s_way_or_neither_is(one: Slot, other: Slot) -> None:
    day = AT + timedelta(days=1)
    assert bool(list(against_slot(one, AT, day, [other]))) is bool(list(against_slot(other, AT, day, [one])))
