"""What a project writes down hangs together, is the office's own, and never says who a service user is."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.activities import queries, service
from app.audit.verify import faults
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.personal_data import holds_identity_number
from app.demo.cast import World
from app.knowledge import service as knowledge
from tests.projects_under_way import Acts, open_project

COORDINATOR = "lillestrom.coordinator"
SYNTHETIC = "15507600333"
"""An identity number whose check digits hold; no person has it: its month is raised by 40."""


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    """The people of the world."""
    return Acts(database, world)


@pytest.fixture
async def case_id(database: Database, world: World) -> UUID:
    """A project of Nav Lillestrøm."""
    return await open_project(database, world, "lillestrom")


async def activity(acts: Acts, case_id: UUID, **changes: object) -> UUID:
    fields = {
        "method": "workshop",
        "party": "user",
        "held_on": date(2021, 1, 5),
        "participants": 6,
        "about": "Første møte",
    }
    row = await acts(COORDINATOR, service.add_insight_activity, case_id, **{**fields, **changes})
    found: UUID = row.id
    return found


async def test_from_insight_to_concept_each_rests_on_the_one_before(acts: Acts, case_id: UUID) -> None:
    held = await activity(acts, case_id)
    insight = await acts(COORDINATOR, service.add_insight, case_id, activity_id=held, kind="need", text="Å bli sett")
    finding = await acts(
        COORDINATOR, service.add_finding, case_id, text="Første møte avgjør", insight_ids=(insight.id,)
    )
    await acts(
        COORDINATOR, service.validate_finding, case_id, finding_id=finding.id, activity_id=held, status="validated"
    )
    concept = await acts(
        COORDINATOR, service.add_concept, case_id, title="Velkomstvert", description="En vert i mottaket",
        kinds=("service",), finding_ids=(finding.id,),
    )  # fmt: skip
    await acts(COORDINATOR, service.choose_concept, case_id, concept_id=concept.id, why_chosen="Svarer på funnet")
    async with acts.database.reading() as uow:
        work = await queries.work_of(uow, case_id)
        assert (work.findings[0].status, work.concepts[0].chosen) == ("validated", True)
        assert (await faults(uow))[1] == []


async def test_what_belongs_to_another_project_cannot_be_named(acts: Acts, case_id: UUID) -> None:
    other = await open_project(acts.database, acts.world, "klepp_time")
    theirs = await acts(
        "klepp_time.coordinator", service.add_insight_activity, other, method="workshop", party="user",
        held_on=date(2021, 1, 5), participants=3, about="Deres",
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await acts(COORDINATOR, service.add_insight, case_id, activity_id=theirs.id, kind="need", text="x")
    assert refused.value.fields["activity_id"].code == "form.unknown"


async def test_only_the_office_writes_its_own_content(acts: Acts, case_id: UUID) -> None:
    with pytest.raises(NotAllowed):
        await acts("case_handler", service.add_idea, case_id, text="Direktoratets idé")
    with pytest.raises(NotFound):
        await acts("klepp_time.coordinator", service.add_idea, case_id, text="Naboens idé")
    with pytest.raises(NotFound):
        await acts(COORDINATOR, service.add_idea, uuid4(), text="Ingen sak")


async def test_nothing_has_been_held_tomorrow(acts: Acts, case_id: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        await activity(acts, case_id, held_on=date.today() + timedelta(days=2))
    assert refused.value.fields["held_on"].code == "form.in_the_future"


async def test_an_identity_number_is_refused_wherever_it_is_typed(acts: Acts, case_id: UUID) -> None:
    for text in (f"Bruker {SYNTHETIC}", f"{SYNTHETIC[:6]} {SYNTHETIC[6:]}"):
        with pytest.raises(Invalid) as refused:
            await activity(acts, case_id, about=text)
        assert refused.value.fields["about"].code == "form.identity_number"
    with pytest.raises(Invalid):
        await acts(
            COORDINATOR,
            knowledge.share_experience,
            case_id,
            kind="conference",
            title="x",
            text=SYNTHETIC,
            gathering_id=None,
        )


@given(st.integers(0, 10**11 - 1))
def test_most_rows_of_eleven_digits_are_no_identity_number(number: int) -> None:
    text = f"{number:011d}"
    if holds_identity_number(text):
        assert not holds_identity_number(text[:-1] + str((int(text[-1]) + 1) % 10))


async def test_success_statements_keep_an_order_without_holes(acts: Acts, case_id: UUID) -> None:
    rows = [await acts(COORDINATOR, service.add_success_statement, case_id, text=text) for text in ("a", "b", "c")]
    await acts(COORDINATOR, service.rank_success_statement, case_id, statement_id=rows[2].id, rank=1)
    async with acts.database.reading() as uow:
        work = await queries.work_of(uow, case_id)
    assert [(row.rank, row.text) for row in work.statements] == [(1, "c"), (2, "a"), (3, "b")]


@pytest.mark.parametrize("entries", [1, 5])
async def test_the_whole_work_is_read_in_one_statement(
    acts: Acts, case_id: UUID, statements: list[str], entries: int
) -> None:
    for _ in range(entries):
        await activity(acts, case_id)
        await acts(COORDINATOR, service.add_idea, case_id, text="Idé")
    async with acts.database.reading() as uow:
        statements.clear()
        work = await queries.work_of(uow, case_id)
    assert len(statements) == 1
    assert (len(work.activities), len(work.ideas)) == (entries, entries)
