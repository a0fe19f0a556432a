"""What the platform asks, while everything answers and while the database is away."""

from __future__ import annotations

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from app.main import create_app
from app.outbox import service
from app.settings import Settings
from tests.conftest import Browser


def figures_in(text: str) -> dict[str, float]:
    """The outbox's figures in an answer of /metrics."""
    lines = [line.split() for line in text.splitlines() if line.startswith("drivkraft_outbox_")]
    return {name.removeprefix("drivkraft_outbox_"): float(value) for name, value in lines}


async def test_the_figures_tell_of_requests_and_of_the_outbox(browser: Browser) -> None:
    async with browser.database.unit_of_work() as uow:
        row_id = await service.put(uow, "unheard_of", {})
    await browser.get("/sign-in")
    before = figures_in((await browser.get("/metrics")).text)
    assert (before["waiting"], before["dead"]) == (1, 0)
    assert row_id is not None
    await service.run(browser.database, {}, row_id)
    answer = await browser.get("/metrics")
    after = figures_in(answer.text)
    assert (after["waiting"], after["dead"]) == (0, 1)
    assert set(after) == {"waiting", "oldest_seconds", "failing", "dead", "done_last_hour"}
    assert 'route="/sign-in"' in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


async def test_what_a_sender_makes_up_is_not_kept(browser: Browser) -> None:
    for number in range(3):
        await browser.http.request(f"MADEUP{number}", f"/made/up/{number}")
        await browser.http.request(f"MADEUP{number}", "/sign-in")
    figures = (await browser.get("/metrics")).text
    assert "MADEUP" not in figures
    assert "/made/up" not in figures
    assert 'method="other"' in figures


@pytest.fixture
def without_database(shared_settings: Settings) -> Litestar:
    """An application whose database does not answer."""
    return create_app(
        msgspec.structs.replace(shared_settings, database_url="postgresql://nobody:hemmelig@127.0.0.1:1/nothing")
    )


async def test_without_a_database_the_process_is_alive_not_ready_and_still_tells_its_own(
    without_database: Litestar,
) -> None:
    async with AsyncTestClient(without_database) as client:
        assert (await client.get("/isalive")).status_code == 200
        ready = await client.get("/isready")
        assert (ready.status_code, ready.json()) == (503, {"database": False, "broker": True})
        figures = await client.get("/metrics")
        assert figures.status_code == 200
        assert "drivkraft_requests" in figures.text
        assert figures_in(figures.text) == {}
        page = await client.get("/demo")
        assert page.status_code == 503
        assert "hemmelig" not in page.text
