"""The portfolio's tables say what their sources say, after every act, and on any earlier day what they said then."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import delete, func, select, update

from app.benefits import service
from app.benefits.models import Benefit, BenefitPlan
from app.benefits.service.plan import current_plan
from app.core.clock import day_in_oslo, utc_now
from app.core.database import Database
from app.demo.cast import World
from app.identity.actor import SYSTEM
from app.milestones.service import set_award
from app.portfolio import answers, keeping, looked_up, waiting
from app.portfolio.cut import Cut, choices
from app.portfolio.exceptions import exceptions
from app.portfolio.keeping import COMPARED, Difference, differences, fold, said
from app.portfolio.models import PortfolioRow, PortfolioTotal
from app.portfolio.over_time import OverTime, Question, over_time, over_time_by
from app.portfolio.queries import portfolio
from app.portfolio.sources import entries
from tests.benefits.test_service import COORDINATOR, OWNER, approve_plan, indicator_of, with_profile
from tests.conftest import MovingClock
from tests.portfolio.recomputed import assert_as_recomputed
from tests.projects_under_way import Acts, open_project


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def proved(database: Database) -> list[Difference]:
    async with database.reading() as uow:
        return [found async for found in differences(uow) if isinstance(found, Difference)]


async def current(database: Database, case_id: UUID) -> BenefitPlan:
    async with database.reading() as uow:
        found = await current_plan(uow, case_id)
    assert found is not None
    return found


async def folded(database: Database) -> int:
    async with database.unit_of_work() as uow:
        return await fold(uow)


async def seen(database: Database, world: World, **narrowed: Any) -> OverTime:
    async with database.reading() as uow:
        return await over_time(uow, await world.actor(uow, "management"), Question(**narrowed))


class Life:
    """Two projects that share an effect, and what the portfolio showed at the end of each day."""

    def __init__(self, database: Database, world: World, act: Acts, clock: MovingClock) -> None:
        self.database, self.world, self.act, self.clock = database, world, act, clock
        self.shown: dict[date, list[OverTime]] = {}
        self.day = 0
        self.cuts: list[dict[str, Any]] = [
            {}, {"goal": "better_meetings"}, {"category": "efficiency"}, {"category": "quality"},
            {"county_id": world.units["grunerlokka"].county_id}, {"unit_id": world.units["grunerlokka"].id},
            {"step": "set_up", "goal": "better_meetings"},
        ]  # fmt: skip

    @property
    def today(self) -> date:
        return day_in_oslo(utc_now() + timedelta(days=self.day))  # in summer the clock is an hour ahead

    async def shows(self, **more: Any) -> list[OverTime]:
        return [await seen(self.database, self.world, **cut, **more) for cut in self.cuts]

    async def night(self, days: int) -> None:
        """What is shown at the end of the day is remembered; then days pass."""
        assert await proved(self.database) == []
        await assert_as_recomputed(self.database, self.world, Cut())
        self.shown[self.today] = await self.shows()
        self.pass_(days)

    def pass_(self, days: int) -> None:
        self.day += days
        self.clock.moved = timedelta(days=self.day)

    async def confirmed(self, benefit: Benefit, value: int, **more: Any) -> Any:
        row = await self.act(
            COORDINATOR, service.plan_measurement, indicator_id=await indicator_of(self.act, benefit), due_on=self.today
        )
        said = {"value": Decimal(value), "measured_on": self.today, "confidence": "B", "evidence": "Gosys", **more}
        await self.act(COORDINATOR, service.report, row.id, **said)
        return await self.act("case_handler", service.confirm, row.id)


async def test_i15_any_earlier_day_shows_what_was_shown_on_it_and_every_night_is_proved(
    database: Database, world: World, act: Acts, clock: MovingClock
) -> None:
    life = Life(database, world, act, clock)
    case_id = await open_project(database, world)
    await life.night(1)
    benefit = await with_profile(act, case_id)
    indicator = await indicator_of(act, benefit)
    await life.night(1)
    await approve_plan(act, case_id)
    await folded(database)
    await life.night(20)
    first = await life.confirmed(benefit, 350)
    await life.night(10)
    await act(
        COORDINATOR, service.forecast, benefit.id, indicator_id=indicator, due_on=life.today + timedelta(days=200),
        low=Decimal(330), likely=Decimal(350), high=Decimal(360), why="Etter første måling",
    )  # fmt: skip
    await act(
        COORDINATOR, service.claim_share, benefit.id, indicator_id=indicator, period=str(life.today.year),
        share=Decimal("0.6"), why="Delt med naboen",
    )  # fmt: skip
    await life.night(15)
    await act(
        COORDINATOR, service.correct, first.id, why="Talt feil", value=Decimal(345), measured_on=first.measured_on,
        counterfactual=Decimal(390), counterfactual_basis="Nabokontoret", confidence="B", evidence="Gosys",
    )  # fmt: skip
    await folded(database)
    await life.night(1)
    async with database.reading() as uow:
        newest = await uow.session.scalar(
            select(func.max(PortfolioRow.from_on)).where(PortfolioRow.benefit_id == benefit.id)
        )
    assert newest is not None
    await life.confirmed(benefit, 340, confidence="D")
    await life.night(40)
    plan = await current(database, case_id)
    await act("grunerlokka.leader", service.revise_plan, plan.id, why="Måles oftere")
    await act(
        COORDINATOR, service.describe_indicator, benefit.id, indicator_id=indicator, name="Gjentatte henvendelser",
        method="Telles i Gosys", source="Gosys", frequency="", interval_months=1,
    )  # fmt: skip
    await life.night(10)
    await approve_plan(act, case_id)
    await life.night(20)
    await act("decision_maker", service.drop, benefit.id, why="Kontoret slås sammen")
    await folded(database)
    await life.night(30)

    for day, then in life.shown.items():
        again = await life.shows(as_of=day)
        for cut, was, now in zip(life.cuts, then, again, strict=True):
            assert now == was, (day, cut)
    await every_day_is_made_again_from_the_record(life, case_id)
    last = life.shown[max(life.shown)][0]
    assert last.counts["dropped"] == 1
    assert sum(each.gains.realised for each in last.months) > 0
    assert sum(each.gains.planned for each in last.months) > 0
    assert await folded(database) == 0


async def every_day_is_made_again_from_the_record(life: Life, case_id: UUID) -> None:
    """The rows of a project as the record tells each day, against those that were written when it was today."""
    async with life.database.reading() as uow:
        kept = list(await uow.session.execute(select(PortfolioRow.__table__).where(PortfolioRow.case_id == case_id)))
        for day in life.shown:
            rows = {row.benefit_id: row for row in kept
                    if row.from_on <= day and (row.to_on is None or row.to_on > day)}  # fmt: skip
            for entry in await entries(uow, [case_id], day):
                row = rows.pop(entry.benefit_id)
                now = said(entry, row.from_on)
                assert {name: getattr(row, name) for name in COMPARED} == {name: now[name] for name in COMPARED}, day
            assert not rows, day


class Said:
    """What the questions answer on the day, and what they answer of it afterwards."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.then: dict[date, tuple[Any, ...]] = {}

    async def asked(self, day: date, cut: Cut) -> tuple[Any, ...]:
        async with self.life.database.reading() as uow:
            actor = await self.life.world.actor(uow, "management")
            there = await looked_up.projects(uow, actor, cut)
            ids = [each.id for each in there]
            quality = msgspec.structs.replace(cut, category="quality")
            whole = await looked_up.standing(uow, actor, cut)
            harms = await looked_up.marked(uow, actor, cut, "harms")
            return (
                await looked_up.costs(uow, actor, cut, whole), await looked_up.marked(uow, actor, quality, "unpriced"),
                looked_up.timely(whole), looked_up.timely(await looked_up.standing(uow, actor, quality)),
                (await exceptions(uow, there, day)), await answers.potentials(uow, ids, day, 5),
                await answers.hours(uow, ids, day, ids), await answers.reach(uow, ids, day),
                await answers.harms(uow, [each.id for each in harms], day), await answers.answered(uow, None, day),
                [
                    (each.id, each.category, each.missing, each.lines)
                    for each in (await portfolio(uow, actor, cut.as_of)).benefits
                ],
            )  # fmt: skip

    async def night(self, days: int) -> None:
        self.then[self.life.today] = await self.asked(self.life.today, Cut())
        self.life.shown[self.life.today] = []
        self.life.pass_(days)

    async def is_told_again(self) -> None:
        for day, said_then in self.then.items():
            for number, (was, now) in enumerate(zip(said_then, await self.asked(day, Cut(as_of=day)), strict=True)):
                assert now == was, (day, number)


async def test_i15_what_is_said_anew_leaves_every_earlier_day_as_it_was_shown(
    database: Database, world: World, act: Acts, clock: MovingClock
) -> None:
    life = Life(database, world, act, clock)
    told = Said(life)
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    await act(COORDINATOR, service.describe, benefit.id, spread_potential="Alle kontorer")
    harm = await act(COORDINATOR, service.add, case_id=case_id, title="Lengre kø", sign=-1)
    await act(COORDINATOR, service.describe, harm.id, mitigation="Åpent lenger", beneficiaries=("citizen",))
    await told.night(2)
    async with database.unit_of_work() as uow:  # as a change request does when it is granted
        await set_award(uow, SYSTEM, case_id, 40_000_000)
    await act(COORDINATOR, service.describe, benefit.id, category="quality", unit_value_ore=None, price_year=None)
    await act(COORDINATOR, service.describe, harm.id, mitigation="", beneficiaries=("organisation",))
    await told.night(2)
    await act(COORDINATOR, service.describe, benefit.id, spread_potential="", category="other_actors")
    await act(COORDINATOR, service.propose_owner, benefit.id, person_id=world.people["grunerlokka.leader"].id)
    await told.night(2)
    await act("grunerlokka.leader", service.accept_ownership, benefit.id)
    await act(COORDINATOR, service.describe, benefit.id, category="quality", unit_value_ore=10_400, price_year=2024)
    row = await act(
        COORDINATOR, service.plan_measurement, indicator_id=await indicator_of(act, benefit), due_on=life.today
    )
    await told.night(10)
    await told.night(1)
    await act("case_handler", service.write_off, row.id, why="Registeret er nedlagt")
    async with database.unit_of_work() as uow:
        await set_award(uow, SYSTEM, case_id, 30_000_000)
    await told.night(5)

    await told.is_told_again()
    await every_day_is_made_again_from_the_record(life, case_id)
    awards = [said_then[0][0].award_ore for said_then in told.then.values()]
    assert awards == [50_000_000, 40_000_000, 40_000_000, 40_000_000, 40_000_000, 30_000_000]
    assert [said_then[2].missing for said_then in told.then.values()] == [0, 0, 0, 0, 1, 0]
    assert len({repr(said_then[8]) for said_then in told.then.values()}) == 2
    assert [said_then[5][0] for said_then in told.then.values()] == [1, 1, 0, 0, 0, 0]


async def test_a_measurement_keeps_the_row_of_its_benefit_and_touches_no_other(
    database: Database, world: World, act: Acts, clock: MovingClock
) -> None:
    life = Life(database, world, act, clock)
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    await approve_plan(act, case_id)
    await act(COORDINATOR, service.add, case_id=case_id, title="Tryggere samtaler", category="quality")
    async with database.unit_of_work() as uow:  # what is read anew would be put right
        others = (PortfolioRow.benefit_id.is_distinct_from(benefit.id), PortfolioRow.to_on.is_(None))
        await uow.session.execute(update(PortfolioRow).where(*others).values(step="elsewhere"))
    await life.confirmed(benefit, 350)
    found = [each for each in await proved(database) if not each.where.startswith("total")]
    assert len(found) == 2
    assert {each.kept for each in found} == {"elsewhere"}
    assert str(benefit.id) not in str(found)
    await act("decision_maker", service.drop, benefit.id, why="Kontoret slås sammen")  # which is the project's matter
    assert await proved(database) == []


async def test_every_cut_adds_up_to_the_whole_before_and_after_the_totals_are_taken(
    database: Database, world: World, act: Acts
) -> None:
    for office in ("grunerlokka", "lillestrom"):
        case_id = await open_project(database, world, office)
        if office == "grunerlokka":
            await with_profile(act, case_id)
            await act(COORDINATOR, service.add, case_id=case_id, title="Tryggere samtaler", category="quality")
            await approve_plan_if_whole(act, case_id)
    for _ in range(2):
        async with database.reading() as uow:
            actor = await world.actor(uow, "management")
            whole = await over_time(uow, actor, Question())
            assert whole.counts["projects"] == 2
            for dimension in ("county", "call", "step", "unit", "project"):
                parts = await over_time_by(uow, actor, Question(), dimension)
                for name, count in whole.counts.items():
                    assert sum(part.counts[name] for part in parts.values()) == count, (dimension, name)
                assert sum(m.gains.planned for part in parts.values() for m in part.months) == sum(
                    m.gains.planned for m in whole.months
                )
            goals = await over_time_by(uow, actor, Question(), "goal")
            calls = await over_time_by(uow, actor, Question(), "call")
            assert (goals["better_meetings"].counts["projects"], goals[""].counts["benefits"]) == (1, 1)
        for cut in cuts_of(world, UUID(next(iter(calls)))):
            await assert_as_recomputed(database, world, cut)
        await folded(database)


def cuts_of(world: World, call_id: UUID) -> list[Cut]:
    """One by each thing that the portfolio is cut by, and by two of them that do not belong to one benefit."""
    office = world.units["grunerlokka"]
    return [
        Cut(), Cut(goal="better_meetings"), Cut(category="quality"), Cut(category="efficiency", step="set_up"),
        Cut(goal="better_meetings", category="quality"), Cut(goal="better_meetings", county_id=office.county_id),
        Cut(county_id=office.county_id), Cut(unit_id=office.id), Cut(step="set_up"), Cut(step="closed"),
        Cut(call_id=call_id),
    ]  # fmt: skip


async def approve_plan_if_whole(act: Acts, case_id: UUID) -> None:
    """The second benefit lacks too much for a plan; what is counted as missing is the point."""


async def test_what_is_tampered_with_is_seen(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    await with_profile(act, case_id)
    await folded(database)
    assert await proved(database) == []
    async with database.unit_of_work() as uow:
        await uow.session.execute(update(PortfolioRow).where(PortfolioRow.benefit_id.is_(None)).values(step="ended"))
    assert {found.where for found in await proved(database)} == {f"project {case_id}: step"}
    async with database.unit_of_work() as uow:
        await uow.session.execute(update(PortfolioRow).values(step="set_up"))
        await uow.session.execute(delete(PortfolioTotal).where(PortfolioTotal.dimension == "all"))
    assert [found.where for found in await proved(database)] == ["total all"]
    async with database.unit_of_work() as uow:
        await uow.session.execute(delete(PortfolioRow).where(PortfolioRow.benefit_id.is_not(None)))
    assert any(found.kept == "nothing" for found in await proved(database))


async def test_what_was_there_before_the_tables_gets_its_days_from_the_record(
    database: Database, world: World, act: Acts, clock: MovingClock
) -> None:
    life = Life(database, world, act, clock)
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)
    await approve_plan(act, case_id)
    await life.night(30)
    await life.confirmed(benefit, 350)
    await life.night(30)
    async with database.unit_of_work() as uow:
        await uow.session.execute(delete(PortfolioRow))
        await uow.session.execute(delete(PortfolioTotal))
    async with database.reading() as uow:
        assert await waiting.waiting(uow) == 1
        assert (await choices(uow, await world.actor(uow, "management"), "nb")).is_being_written
    assert await proved(database) == [], "what waits to be written is no difference"
    async with database.unit_of_work() as uow:
        (found,) = await waiting.unkept(uow)
        await keeping.keep_from_the_first(uow, found)
    assert found == case_id
    assert await proved(database) == []
    async with database.reading() as uow:
        assert await waiting.waiting(uow) == 0
        assert not (await choices(uow, await world.actor(uow, "management"), "nb")).is_being_written
    await folded(database)
    for day, then in life.shown.items():
        assert await life.shows(as_of=day) == then, day


async def test_what_is_undone_leaves_no_row(database: Database, world: World, act: Acts) -> None:
    case_id = await open_project(database, world)
    benefit = await with_profile(act, case_id)

    async def rows() -> int:
        async with database.reading() as uow:
            return await uow.session.scalar(select(func.count()).select_from(PortfolioRow)) or 0

    before = await rows()
    with pytest.raises(RuntimeError, match="no"):
        async with database.unit_of_work() as uow:
            await service.drop(uow, await world.actor(uow, "decision_maker"), benefit.id, why="Feil")
            raise RuntimeError("no")
    assert await rows() == before
    assert await proved(database) == []
    assert OWNER
