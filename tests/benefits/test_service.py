"""Benefits through their services: from the first wish to confirmed measurements, and everything that is refused."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.activities import service as activities
from app.applications.models import ExpectedBenefit
from app.benefits import queries, service
from app.benefits.card import card_of
from app.benefits.figures import figures
from app.benefits.forms import PreconditionRow, StakeholderRow
from app.benefits.models import AttributionShare, Benefit, Measurement, Target
from app.cases.models import Case
from app.core.clock import day_in_oslo, utc_now
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.demo.cast import World
from app.portfolio.sources import READ, SOURCES
from tests.conftest import MovingClock, world_in
from tests.projects_under_way import Acts, open_project

OFFICE = "grunerlokka"
COORDINATOR, LEADER, OWNER = f"{OFFICE}.coordinator", f"{OFFICE}.leader", f"{OFFICE}.line_leader"
TODAY = day_in_oslo(utc_now())


NEEDED = (PreconditionRow(text="Alle bruker den nye samtalen"),)
CONCERNED = (StakeholderRow(text="De som kommer til kontoret", effect="gains"),)


async def with_profile(
    act: Acts, case_id: UUID, title: str = "Færre gjentatte henvendelser", **profile: Any
) -> Benefit:
    """A benefit with a profile, an indicator, baseline, target and an owner who has accepted, placed in the map."""
    benefit = await act(COORDINATOR, service.add, case_id=case_id, title=title, beneficiaries=("citizen",))
    change = await act(
        COORDINATOR, activities.add_change, case_id, title="Ny samtale", concept_id=None, planned_live_on=None,
        live_on=TODAY,
    )  # fmt: skip
    await act(
        COORDINATOR, service.describe, benefit.id, title=title, category="efficiency", beneficiaries=("citizen",),
        is_end_benefit=True, unit_value_ore=10_400, price_year=2024,
        periods_per_year=12, change_id=change.id, **profile,
    )  # fmt: skip
    indicator = await act(
        COORDINATOR, service.add_indicator, benefit.id, name="Gjentatte henvendelser", unit="per måned",
        direction="down", method="Telles i Gosys", source="Gosys", key="repeat_enquiries",
    )  # fmt: skip
    await act(COORDINATOR, service.write_preconditions, benefit.id, rows=NEEDED)
    await act(COORDINATOR, service.write_stakeholders, benefit.id, rows=CONCERNED)
    person = act.world.people[OWNER].id
    await act(COORDINATOR, service.propose_owner, benefit.id, person_id=person)
    await act(OWNER, service.accept_ownership, benefit.id)
    await act(
        COORDINATOR, service.set_baseline, benefit.id, indicator_id=indicator.id, value=Decimal(400),
        measured_on=TODAY - timedelta(days=30), source="Gosys", confidence="B",
    )  # fmt: skip
    await act(
        COORDINATOR, service.set_target, benefit.id, indicator_id=indicator.id, value=Decimal(320),
        due_on=TODAY + timedelta(days=365),
    )  # fmt: skip
    node = await act(COORDINATOR, service.add_node, case_id=case_id, kind="local_benefit", benefit_id=benefit.id)
    async with act.database.reading() as uow:
        nodes, _ = await queries.benefit_map(uow, case_id)
    goal = next((each.id for each in nodes if each.goal == "better_meetings"), None)
    if goal is None:
        goal = (
            await act(COORDINATOR, service.add_node, case_id=case_id, kind="overall_goal", goal="better_meetings")
        ).id
    await act(COORDINATOR, service.connect, from_id=node.id, to_id=goal, assumption="Færre spør to ganger")
    async with act.database.reading() as uow:
        return await uow.session.get_one(Benefit, benefit.id)


async def indicator_of(act: Acts, benefit: Benefit) -> UUID:
    async with act.database.reading() as uow:
        return (await card_of(uow, benefit.id)).indicators[0].id


async def approve_plan(act: Acts, case_id: UUID) -> Any:
    async with act.database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
    await act(LEADER, service.submit_plan, plan.id)
    return await act("decision_maker", service.approve_plan, plan.id)


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def test_the_plan_says_everything_that_a_benefit_lacks(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    await act(COORDINATOR, service.add, case_id=case_id, title="Tryggere samtaler")
    async with database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
        (line,) = await queries.plan_lines(uow, case_id)
    assert set(line.missing(TODAY)) == {"owner", "indicator", "goal", "stakeholders"}
    with pytest.raises(NotYet) as refused:
        await act(LEADER, service.submit_plan, plan.id)
    assert len(refused.value.reasons) >= 2
    assert all(reason.place for reason in refused.value.reasons)
    (unnamed,) = (reason for reason in refused.value.reasons if reason.code == "benefit.no_stakeholders")
    assert unnamed.place == "benefit.stakeholders"


async def test_a_whole_plan_is_approved_and_its_targets_stand(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    plan = await approve_plan(act, case_id)
    assert plan.state == "approved"
    assert len(plan.snapshot_hash) == 64
    async with database.reading() as uow:
        assert (await uow.session.get_one(Benefit, benefit.id)).state == "realising"
    with pytest.raises(NotYet):
        await act(
            COORDINATOR, service.set_target, benefit.id, indicator_id=await indicator_of(act, benefit),
            value=Decimal(390), due_on=TODAY + timedelta(days=365),
        )  # fmt: skip
    with pytest.raises(DBAPIError, match="targets of an approved plan stand"):
        async with database.unit_of_work() as uow:
            await uow.session.execute(text("UPDATE targets SET value = 1 WHERE case_id = :case"), {"case": case_id})


async def test_a_new_version_starts_from_the_targets_of_the_old(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    first = await approve_plan(act, case_id)
    second = await act(LEADER, service.revise_plan, first.id, why="Målet var for lavt")
    indicator = await indicator_of(act, benefit)
    await act(
        COORDINATOR, service.set_target, benefit.id, indicator_id=indicator, value=Decimal(300),
        due_on=TODAY + timedelta(days=365),
    )  # fmt: skip
    async with database.reading() as uow:
        values = {
            row.plan_id: row.value for row in await uow.session.scalars(select(Target).where(Target.case_id == case_id))
        }
    assert values == {first.id: Decimal(320), second.id: Decimal(300)}


async def test_the_approver_is_another_than_the_sender(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    await with_profile(act, case_id)
    async with database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
    with pytest.raises(NotAllowed):
        await act("decision_maker", service.submit_plan, plan.id)
    await act(LEADER, service.submit_plan, plan.id)
    with pytest.raises(NotAllowed):
        await act(LEADER, service.approve_plan, plan.id)


async def test_only_the_one_asked_accepts_to_own(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    benefit = await act(COORDINATOR, service.add, case_id=case_id, title="Tryggere samtaler")
    with pytest.raises(NotFound):
        await act("lillestrom.line_leader", service.accept_ownership, benefit.id)
    await act(COORDINATOR, service.propose_owner, benefit.id, person_id=world.people[OWNER].id)
    with pytest.raises(NotAllowed):
        await act(COORDINATOR, service.accept_ownership, benefit.id)
    accepted = await act(OWNER, service.accept_ownership, benefit.id)
    assert accepted.owner_accepted_at is not None


@pytest.mark.parametrize("who", [COORDINATOR, "facilitator_one"])
async def test_those_who_run_the_project_do_not_own_its_benefits(
    database: Database, world: World, act: Acts, who: str
) -> None:
    case_id = await open_project(database, world)
    benefit = await act(COORDINATOR, service.add, case_id=case_id, title="Tryggere samtaler")
    with pytest.raises(Invalid) as refused:
        await act(COORDINATOR, service.propose_owner, benefit.id, person_id=world.people[who].id)
    assert refused.value.fields["person_id"].code == "benefits.owner_in_project"


async def test_the_map_never_leads_back(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    measure = await act(COORDINATOR, service.add_node, case_id=case_id, kind="measure", label="Ny samtale")
    practice = await act(COORDINATOR, service.add_node, case_id=case_id, kind="changed_practice", label="Vi lytter")
    other = await act(COORDINATOR, service.add_node, case_id=case_id, kind="measure", label="Nytt brev")
    await act(COORDINATOR, service.connect, from_id=measure.id, to_id=practice.id)
    for start, end, code in (
        (practice, measure, "benefits.circle"),
        (measure, other, "benefits.wrong_direction"),
        (measure, practice, "benefits.already_connected"),
    ):
        with pytest.raises(Invalid) as refused:
            await act(COORDINATOR, service.connect, from_id=start.id, to_id=end.id)
        assert refused.value.fields["to_id"].code == code
    await act(COORDINATOR, service.remove_node, practice.id)
    async with database.reading() as uow:
        nodes, edges = await queries.benefit_map(uow, case_id)
    assert {node.id for node in nodes} == {measure.id, other.id}
    assert edges == []


async def test_anothers_project_cannot_be_seen_or_connected_to(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    elsewhere = await open_project(database, world, "lillestrom")
    node = await act(COORDINATOR, service.add_node, case_id=case_id, kind="measure", label="Ny samtale")
    theirs = await act(
        "lillestrom.coordinator", service.add_node, case_id=elsewhere, kind="changed_practice", label="Annet"
    )
    with pytest.raises(Invalid):
        await act(COORDINATOR, service.connect, from_id=node.id, to_id=theirs.id)
    with pytest.raises(NotFound):
        await act("lillestrom.coordinator", service.add, case_id=case_id, title="Ikke vår")


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"starts_on": date(2025, 2, 1), "ends_on": date(2025, 1, 1)}, "ends_on"),
        ({"unit_value_ore": 100, "price_year": None}, "price_year"),
        ({"unit_value_ore": None, "price_year": 2024}, "unit_value_ore"),
    ],
)
async def test_a_profile_that_contradicts_itself_is_refused(
    database: Database, world: World, act: Acts, profile: dict[str, Any], field: str
) -> None:
    case_id = await open_project(database, world)
    benefit = await act(COORDINATOR, service.add, case_id=case_id, title="Tryggere samtaler")
    with pytest.raises(Invalid) as refused:
        await act(COORDINATOR, service.describe, benefit.id, title="Tryggere samtaler", category="quality", **profile)
    assert list(refused.value.fields) == [field]
    async with database.reading() as uow:
        assert (await uow.session.get_one(Benefit, benefit.id)).version == benefit.version


async def measured(act: Acts, benefit: Benefit, value: int = 340, **more: Any) -> Measurement:
    """A measurement of the benefit, reported by its owner."""
    planned = await act(
        COORDINATOR, service.plan_measurement, indicator_id=await indicator_of(act, benefit), due_on=TODAY
    )
    reported: Measurement = await act(
        OWNER, service.report, planned.id, value=Decimal(value), measured_on=TODAY, confidence="B",
        evidence="Uttrekk fra Gosys", **more,
    )  # fmt: skip
    return reported


async def test_a_confirmed_measurement_is_corrected_and_never_overwritten(
    database: Database, world: World, act: Acts
) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    await approve_plan(act, case_id)
    old = await measured(act, benefit)
    await act("case_handler", service.confirm, old.id)
    with pytest.raises(NotYet):
        await act("case_handler", service.confirm, old.id)
    with pytest.raises(NotYet):
        await act(OWNER, service.report, old.id, value=Decimal(1), measured_on=TODAY, confidence="B", evidence="nei")
    with pytest.raises(DBAPIError, match="a confirmed measurement stands"):
        async with database.unit_of_work() as uow:
            await uow.session.execute(text("UPDATE measurements SET value = 1 WHERE id = :id"), {"id": old.id})
    new = await act(
        OWNER, service.correct, old.id, why="Talt dobbelt", value=Decimal(350), measured_on=TODAY, confidence="B",
        evidence="Nytt uttrekk",
    )  # fmt: skip
    async with database.reading() as uow:
        assert [line.measured for line in await queries.plan_lines(uow, case_id)] == [Decimal(340)]
    again = {"why": "Talt dobbelt", "value": Decimal(345), "measured_on": TODAY, "confidence": "B", "evidence": "Gosys"}
    with pytest.raises(NotYet, match="corrected_already"):
        await act(OWNER, service.correct, old.id, **again)
    await act("case_handler", service.confirm, new.id)
    with pytest.raises(NotYet, match="corrected_already"):
        await act(OWNER, service.correct, old.id, **again)
    await act(OWNER, service.correct, new.id, **again)
    async with database.reading() as uow:
        assert [line.measured for line in await queries.plan_lines(uow, case_id)] == [Decimal(350)]
        assert (await uow.session.get_one(Measurement, old.id)).value == Decimal(340)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"measured_on": TODAY + timedelta(days=1)}, "measured_on"),
        ({"evidence": " "}, "evidence"),
        ({"counterfactual": Decimal(380)}, "counterfactual_basis"),
    ],
)
async def test_a_report_without_ground_is_refused(
    database: Database, world: World, act: Acts, said: dict[str, Any], field: str
) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    planned = await act(
        COORDINATOR, service.plan_measurement, indicator_id=await indicator_of(act, benefit), due_on=TODAY
    )
    whole: dict[str, Any] = {"value": Decimal(340), "measured_on": TODAY, "confidence": "B", "evidence": "Gosys"}
    with pytest.raises(Invalid) as refused:
        await act(OWNER, service.report, planned.id, **(whole | said))
    assert list(refused.value.fields) == [field]


async def test_figures_as_of_an_earlier_day_are_those_shown_then(
    database: Database, world: World, act: Acts, clock: MovingClock
) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    await approve_plan(act, case_id)
    first = await measured(act, benefit)
    await act("case_handler", service.confirm, first.id)
    async with database.reading() as uow:
        (then,) = await figures(uow, Case.id == case_id, TODAY)
    assert (then.baseline, then.target, then.measured) == (Decimal(400), Decimal(320), Decimal(340))
    assert then.goals == ("better_meetings",)
    assert then.unit_value_ore == 10_400
    clock.moved = timedelta(days=10)
    plan = await latest_plan(act, case_id)
    await act(LEADER, service.revise_plan, plan.id, why="Ny kunnskap")
    await act(
        COORDINATOR, service.describe, benefit.id, title=benefit.title, category="efficiency", is_end_benefit=True,
        unit_value_ore=20_000, price_year=2025, periods_per_year=12,
    )  # fmt: skip
    second = await act(
        OWNER, service.correct, first.id, why="Talt dobbelt", value=Decimal(360), measured_on=TODAY, confidence="C",
        evidence="Nytt uttrekk",
    )  # fmt: skip
    await act("case_handler", service.confirm, second.id)
    async with database.reading() as uow:
        assert await figures(uow, Case.id == case_id, TODAY) == [then]
        (now,) = await figures(uow, Case.id == case_id)
    assert now.measured == Decimal(360)
    assert now.confidence == "C"


async def latest_plan(act: Acts, case_id: UUID) -> Any:
    async with act.database.reading() as uow:
        return (await queries.plans(uow, case_id))[0]


async def test_a_benefit_handed_over_has_dated_measurements(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    for _ in range(2):
        await act(
            LEADER, service.hand_over, benefit.id, person_id=world.people[OWNER].id, unit_id=world.units[OFFICE].id
        )
    async with database.reading() as uow:
        assert await queries.measurements_of(uow, benefit.id) == [], "nothing is dated before the line has said yes"
    with pytest.raises(NotAllowed):
        await act("facilitator_one", service.accept_hand_over, benefit.id)
    for _ in range(2):
        await act(OWNER, service.accept_hand_over, benefit.id)
    async with database.reading() as uow:
        rows = await queries.measurements_of(uow, benefit.id)
    assert [row.months for row in rows] == [6, 12, 24]
    assert all(row.kind == "follow_up" and row.due_on > TODAY for row in rows)


async def test_shares_of_one_effect_stay_within_the_whole(own_database: Database) -> None:
    world = await world_in(own_database)
    act = Acts(own_database, world)
    claims = []
    for _ in range(2):
        case_id = await open_project(own_database, world)
        benefit = await with_profile(act, case_id)
        claims.append((benefit, await indicator_of(act, benefit)))

    async def claim(number: int) -> bool:
        benefit, indicator = claims[number]
        try:
            await act(
                COORDINATOR, service.claim_share, benefit.id, indicator_id=indicator, period="2026",
                share=Decimal("0.6"), why="Vår del",
            )  # fmt: skip
        except Invalid as error:
            assert error.fields["share"].code == "benefits.share_too_much"
            return False
        return True

    assert sorted(await asyncio.gather(claim(0), claim(1))) == [False, True]
    async with own_database.reading() as uow:
        shares = list(await uow.session.scalars(select(AttributionShare.share)))
    assert shares == [Decimal("0.6")]


async def test_a_dropped_benefit_stays_to_be_seen(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    with pytest.raises(NotYet):
        await act("decision_maker", service.drop, benefit.id)
    dropped = await act("decision_maker", service.drop, benefit.id, why="Tiltaket er avlyst")
    assert dropped.state == "dropped"
    async with database.reading() as uow:
        (row,) = await figures(uow, Case.id == case_id)
    assert row.dropped_at is not None
    with pytest.raises(NotYet):
        await act(COORDINATOR, service.describe, benefit.id, title="Ny tittel", category="quality")


@pytest.mark.parametrize("count", [1, 3])
async def test_the_number_of_statements_does_not_grow(
    database: Database, world: World, act: Acts, count: int, statements: list[str]
) -> None:
    case_id = await open_project(database, world)
    for number in range(count):
        await with_profile(act, case_id, f"Gevinst {number}")
    async with database.reading() as uow:
        statements.clear()
        assert len(await queries.plan_lines(uow, case_id)) == count
        await queries.plans(uow, case_id)
        await queries.benefit_map(uow, case_id)
        assert len(await figures(uow, Case.id == case_id)) == count
    assert len(statements) == 5


async def test_what_the_application_hoped_for_becomes_the_first_benefits(
    database: Database, world: World, act: Acts
) -> None:
    case_id = await open_project(database, world)
    async with database.unit_of_work() as uow:
        uow.session.add_all(
            ExpectedBenefit(case_id=case_id, title=title, beneficiaries=["citizen"], goal="more_in_work")
            for title in ("Raskere i jobb", "Tryggere samtaler")
        )
    for _ in range(2):
        await act(LEADER, service.take_over_expected, case_id)
    async with database.reading() as uow:
        rows = await figures(uow, Case.id == case_id)
        nodes, edges = await queries.benefit_map(uow, case_id)
    assert [row.title for row in rows] == ["Raskere i jobb", "Tryggere samtaler"]
    assert {row.goals for row in rows} == {("more_in_work",)}
    assert (len(nodes), len(edges)) == (3, 2)


async def test_how_an_indicator_is_measured_is_written_until_the_plan_stands_and_the_portfolio_reads_it(
    database: Database, world: World, act: Acts
) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    indicator = await indicator_of(act, benefit)
    said = {"name": "Gjentatte henvendelser", "method": "Telles i Gosys", "source": "Gosys", "frequency": "",
            "measuring_cost_ore": 500_000, "measuring_worth": ""}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await act(
            COORDINATOR, service.describe_indicator, benefit.id, indicator_id=indicator, interval_months=5, **said
        )
    assert set(refused.value.fields) == {"interval_months"}
    await act(COORDINATOR, service.describe_indicator, benefit.id, indicator_id=indicator, interval_months=3, **said)
    await approve_plan(act, case_id)

    async def interval() -> list[int | None]:
        async with database.reading() as uow:
            row = (
                await uow.session.execute(SOURCES, {"case_ids": [case_id], "moment": uow.now, "past": False})
            ).scalar_one()
        (found,) = READ.decode(row).indicators
        return [months for _, months in found.intervals]

    assert await interval() == [None, 3]
    with pytest.raises(NotYet):
        await act(
            COORDINATOR, service.describe_indicator, benefit.id, indicator_id=indicator, interval_months=12, **said
        )
    async with database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
    await act(LEADER, service.revise_plan, plan.id, why="Måles sjeldnere")
    await act(COORDINATOR, service.describe_indicator, benefit.id, indicator_id=indicator, interval_months=12, **said)
    assert await interval() == [None, 3], "the plan in force says how long a value holds"
    await approve_plan(act, case_id)
    assert await interval() == [None, 3, 12]
