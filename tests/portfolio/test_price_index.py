"""The price index: recorded with its source by those who look after it, and dated, so that earlier days stay as they were."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core.clock import day_in_oslo, utc_now
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed
from app.demo.cast import World
from app.portfolio.cut import Cut
from app.portfolio.over_time import factors
from app.portfolio.overview import laid_out
from app.portfolio.price_index import record_year
from tests.benefits.test_service import approve_plan, with_profile
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project


async def test_what_was_recorded_last_counts_and_earlier_days_keep_what_counted_then(
    database: Database, world: World, clock: MovingClock
) -> None:
    act, today = Acts(database, world), day_in_oslo(utc_now())
    await act("method_owner", record_year, year=2024, factor=Decimal("133.6"), source="Oppdiktet")
    clock.moved = timedelta(days=1)
    await act("management", record_year, year=2024, factor=Decimal("134.1"), source="Oppdiktet, rettet")
    async with database.reading() as uow:
        assert (await factors(uow, today)).of_year == {2024: Decimal("133.6")}
        assert (await factors(uow, today + timedelta(days=1))).of_year == {2024: Decimal("134.1")}
    with pytest.raises(NotAllowed):
        await act("grunerlokka.leader", record_year, year=2024, factor=Decimal(1), source="Nei")
    for fault in ({"year": 1066}, {"factor": Decimal(0)}):
        with pytest.raises(Invalid):
            await act("management", record_year, **{"year": 2024, "factor": Decimal(1), "source": "Nei", **fault})


async def test_it_is_recorded_on_its_page_and_a_number_that_cannot_be_is_said_beside_the_field(
    browser: Browser,
) -> None:
    await browser.as_person("management")
    page = "/portfolio/price-index"
    assert "Ingen år er registrert" in await browser.shown(page)
    refused = await browser.post(
        "/price-years/record_year", {"year": "2024", "factor": "-1", "source": "Oppdiktet"}, page=page
    )
    assert refused.status_code == 422
    assert "Skriv et tall over 0" in refused.text
    taken = await browser.post(
        "/price-years/record_year", {"year": "2024", "factor": "133,6", "source": "Oppdiktet"}, page=page
    )
    assert taken.status_code == 303
    assert "133,6" in await browser.shown(page)


async def test_the_portfolio_is_told_in_kroner_of_one_year_and_what_that_leaves_out_is_said(
    database: Database, world: World, browser: Browser
) -> None:
    act = Acts(database, world)
    await browser.as_person("management")
    case_id = await open_project(database, world)
    await with_profile(act, case_id)
    await approve_plan(act, case_id)
    async with database.reading() as uow:
        (own,) = (await laid_out(uow, await world.actor(uow, "management"), Cut())).whole.net
    for year, factor in ((2024, "133.6"), (2026, "140")):
        await act("management", record_year, year=year, factor=Decimal(factor), source="Oppdiktet")
    async with database.reading() as uow:
        found = (await laid_out(uow, await world.actor(uow, "management"), Cut(price_year=2026), "project")).whole
    assert found.left_out == ()
    ratio = (Decimal("140") / Decimal("133.6")).quantize(Decimal("1e-8"))
    assert [(each.price_year, each.planned) for each in found.net] == [(2026, own.planned * ratio)]
    answer = (await browser.get("/api/v1/portfolio?price_year=2030")).json()["total"]
    assert (answer["net"], answer["left_out"][0]["lacking"]) == ([], [2030])
    for page in ("/portfolio", "/portfolio/trust", "/portfolio/cost"):
        assert "prisindeksen mangler 2030" in await browser.shown(f"{page}?price_year=2030"), page
        assert "prisindeksen mangler" not in await browser.shown(f"{page}?price_year=2026"), page
    assert (await browser.get("/portfolio?price_year=66")).status_code == 422
