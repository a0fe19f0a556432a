"""Counties, projects, benefits and measurements come to what they were opened from, to the last decimal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select

from app.cases.models import Case
from app.core.database import Database
from app.portfolio.curves import OfMeasurement, by_measurement, parted
from app.portfolio.over_time import Question
from tests.conftest import Browser, world_in
from workflows.curves import curve_of
from workflows.over_time import Amounts, Rolled

DAYS = (None, date(2025, 12, 31), date(2019, 1, 1))


def come_to(part: Rolled) -> Amounts:
    return curve_of(part, above_projects=False).by_now.net


def together(parts: dict[str, Rolled]) -> Amounts:
    found = Amounts()
    for part in parts.values():
        found = found + come_to(part)
    return found


def come_from(measured: list[OfMeasurement]) -> tuple[Decimal, Decimal]:
    realised = sum((each.amounts.realised for each in measured), Decimal(0))
    return realised, sum((each.amounts.estimated for each in measured), Decimal(0))


async def test_every_part_comes_to_what_it_is_opened_from(played: Database) -> None:
    world = await world_in(played)
    realised, opened = set(), set()
    async with played.reading() as uow:
        actor = await world.actor(uow, "management")
        for day in DAYS:
            asked = Question(as_of=day)
            by_county = await parted(uow, actor, asked, "county")
            assert together(by_county.parts) == come_to(by_county.whole)
            realised.add(come_to(by_county.whole).realised)
            for county, part in by_county.parts.items():
                if not county:
                    continue
                narrower = Question(as_of=day, county_id=UUID(county), price_year=by_county.whole.price_year)
                by_project = await parted(uow, actor, narrower, "project")
                assert come_to(by_project.whole) == come_to(part)
                for case_id, own in by_project.parts.items():
                    asked = Question(as_of=day, case_ids=(UUID(case_id),), price_year=narrower.price_year)
                    by_benefit = await parted(uow, actor, asked, "benefit")
                    assert come_to(by_benefit.whole) == come_to(own) == together(by_benefit.parts)
                    for benefit, part in by_benefit.parts.items():
                        if benefit:
                            measured = await by_measurement(uow, UUID(case_id), UUID(benefit), by_benefit.whole, day)
                            assert come_from(measured) == (come_to(part).realised, come_to(part).estimated)
                            opened.update(each.id for each in measured)
    assert len(realised) > 1
    assert len(opened) > 5


async def test_a_project_or_benefit_that_does_not_exist_is_not_there(played: Database, management: Browser) -> None:
    async with played.reading() as uow:
        call = await uow.session.scalar(select(Case.id).where(Case.kind == "call"))
    for asked in (f"project={uuid4()}", f"benefit={uuid4()}", f"project={call}"):
        assert (await management.get(f"/portfolio/curves?{asked}")).status_code == 404, asked


async def test_what_is_opened_keeps_its_day(played: Database, management: Browser) -> None:
    page = await management.get("/portfolio/curves?as_of=2026-06-30")
    assert "as_of=2026-06-30&amp;county=" in page.text


async def test_programs_read_the_years_that_the_page_draws(played: Database, management: Browser) -> None:
    day = date(2026, 6, 30)
    answer = await management.get(f"/api/v1/portfolio/over-time?as_of={day}")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    world = await world_in(played)
    async with played.reading() as uow:
        found = await parted(uow, await world.actor(uow, "management"), Question(as_of=day), "county")
    curve = curve_of(found.whole)
    assert [
        (year["year"], Decimal(year["net"]["planned"]), Decimal(year["gains"]["realised"])) for year in said["years"]
    ] == [(each.own.first.year, each.own.net.planned, each.own.gains.realised) for each in curve.years]
    assert said["price_year"] == found.whole.price_year
    assert {unit["unit"] for unit in said["units"]} == set(found.whole.quantities)
    rows = (await management.get(f"/portfolio.json?as_of={day}")).json()["years"]["rows"]
    net = [Decimal(str(row["realised_in_year"])) for row in rows if row["what"] == "net"]
    assert net == [round(Decimal(year["net"]["realised"]) / 100, 6) for year in said["years"]]
    assert any(net)
    refused = await management.get("/api/v1/portfolio/over-time?as_of=yesterday&price_year=12")
    assert refused.status_code == 422
    assert set(refused.json()["fields"]) == {"as_of", "price_year"}
