"""The price index: recorded with its source by those who look after it, and dated, so that earlier days stay as they were."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core.clock import day_in_oslo, utc_now
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed
from app.demo.cast import World
from app.portfolio.over_time import factors
from app.portfolio.price_index import record_year
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts


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
