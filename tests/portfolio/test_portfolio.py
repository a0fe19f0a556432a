"""The portfolio adds up, can be made again for any day, and says what is missing."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from app.benefits.models import Benefit, Measurement
from app.core.database import Database
from app.demo.cast import World
from app.demo.play import Stage, play
from app.portfolio.cut import Cut
from app.portfolio.figures import FIGURES, by_county, by_goal, by_project, by_step, cut_of, figures_of
from app.portfolio.keeping import fold
from app.portfolio.models import PortfolioRow
from app.portfolio.queries import portfolio
from tests.conftest import Browser, MovingClock
from tests.pdfs import words_of
from tests.portfolio.recomputed import assert_as_recomputed
from workflows.project import ProjectState


@pytest.fixture
async def ended(database: Database, world: World) -> Database:
    """A database with one project that has ended."""
    await play(database, until=Stage.ENDED, world=world)
    return database


async def seen(database: Database, world: World, who: str = "management", **day: object):  # type: ignore[no-untyped-def]
    """The portfolio as that person sees it."""
    async with database.reading() as uow:
        return await portfolio(uow, await world.actor(uow, who), **day)  # type: ignore[arg-type]


async def test_every_cut_adds_up_to_the_whole(ended: Database, world: World) -> None:
    found = await seen(ended, world)
    whole = cut_of(found)
    totals = figures_of(whole)
    assert (totals["projects"], totals["committed"], totals["paid"]) == (1, 60_000_000, 58_000_000)
    assert (totals["benefits"], totals["planned"], totals["measured"], totals["reached"]) == (1, 1, 1, 1)
    for parts in (by_county(found), by_project(whole)):
        for figure in FIGURES:
            assert sum(figures_of(part)[figure.key] for _, part in parts) == totals[figure.key], figure.key
    assert {goal: figures_of(part)["benefits"] for goal, part in by_goal(found)} == {
        "more_in_work": 0, "better_meetings": 1, "reliable_administration": 0,
    }  # fmt: skip
    for cut in (Cut(), Cut(goal="better_meetings"), *(Cut(as_of=date(2020, month, 28)) for month in (2, 9))):
        await assert_as_recomputed(ended, world, cut)


async def test_any_earlier_day_can_be_made_again(ended: Database, world: World) -> None:
    async def stood(year: int, month: int, day: int) -> tuple[int, int, int, list[str]]:
        found = await seen(ended, world, as_of=datetime(year, month, day, tzinfo=UTC).date())
        totals = figures_of(cut_of(found))
        steps = [step for step, count in by_step(cut_of(found), list(ProjectState)) if count]
        return totals["committed"], totals["paid"], totals["measured"], steps

    assert await stood(2019, 9, 1) == (0, 0, 0, [])
    assert await stood(2020, 2, 1) == (60_000_000, 24_000_000, 0, ["diagnose_open"])
    assert await stood(2020, 9, 30) == (60_000_000, 48_000_000, 1, ["implement_close"])
    now = await seen(ended, world)
    assert figures_of(cut_of(now)) == figures_of(cut_of(await seen(ended, world, as_of=now.as_of)))


async def test_a_day_before_the_first_project_says_so(ended: Database, browser: Browser) -> None:
    async with ended.unit_of_work() as uow:
        await fold(uow)
    await browser.as_person("management")
    said = "Det fantes ingen prosjekter den dagen"
    for path, says in (
        ("?as_of=2019-09-01", True),
        ("/trust?as_of=2019-09-01", True),
        ("?as_of=2020-09-30", False),
        ("", False),
    ):
        assert (said in (await browser.get(f"/portfolio{path}")).text) == says, path


async def test_the_page_opens_down_to_the_measurement(ended: Database, browser: Browser) -> None:
    await browser.as_person("management")
    page = await browser.get("/portfolio")
    assert page.status_code == 200
    async with ended.reading() as uow:
        newest = await uow.session.scalar(select(Measurement).order_by(Measurement.measured_on.desc()).limit(1))
        benefit = await uow.session.scalar(select(Benefit))
    assert newest is not None
    assert benefit is not None
    assert f'href="/measurements/{newest.id}"' in page.text
    assert "oppdiktet" in page.text
    for address in (f"/measurements/{newest.id}", f"/benefits/{benefit.id}", "/portfolio?goal=better_meetings"):
        assert (await browser.get(address)).status_code == 200


async def test_programs_get_the_same_figures(ended: Database, world: World, browser: Browser) -> None:
    await browser.as_person("management")
    answer = (await browser.get("/api/v1/portfolio")).json()
    assert answer["total"]["figures"] == figures_of(cut_of(await seen(ended, world)))
    assert [part["name"] for part in answer["counties"]] == ["Nav Oslo"]
    refused = await browser.get("/api/v1/portfolio?as_of=2999-01-01&goal=money")
    assert refused.status_code == 422
    assert set(refused.json()["fields"]) == {"as_of", "goal"}
    measured = (await browser.get("/api/v1/portfolio/measurements")).json()["rows"]
    indicator = (await browser.get("/api/v1/portfolio/indicators")).json()["rows"][0]
    assert indicator["measured"] in [row["value"] for row in measured]
    assert Decimal(indicator["measured"]) == Decimal("3.8")
    earlier = (await browser.get("/api/v1/portfolio/indicators?as_of=2020-02-01")).json()["rows"]
    assert [row["measured"] for row in earlier] in ([], [None])


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("as_of=31.12.2020", "Skriv en dato"), ("as_of=2999-01-01", "Dagen er ikke kommet"), ("goal=money", "overordnede"),
        ("county=nowhere", "Velg et av fylkene"), ("county=00000000-0000-0000-0000-000000000000", "Velg et av fylkene"),
    ],
)  # fmt: skip
async def test_what_cannot_be_answered_is_said_beside_the_field(browser: Browser, query: str, sentence: str) -> None:
    await browser.as_person("management")
    page = await browser.get(f"/portfolio?{query}")
    assert page.status_code == 422
    assert sentence in page.text
    if query == "as_of=31.12.2020":
        assert 'value="31.12.2020"' in page.text


@pytest.mark.parametrize("who", ["grunerlokka.coordinator", "grunerlokka.leader", "certifier"])
async def test_it_is_not_for_everybody(browser: Browser, who: str) -> None:
    await browser.as_person(who)
    for address in (
        "/portfolio",
        "/portfolio.csv",
        "/portfolio.parquet",
        "/portfolio.schema.json",
        "/api/v1/portfolio",
    ):
        assert (await browser.get(address)).status_code in (403, 404)


async def test_the_file_opens_in_a_spreadsheet_and_runs_nothing(ended: Database, browser: Browser) -> None:
    await browser.as_person("management")
    answer = await browser.get("/portfolio.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["Referanse"].startswith("2019-")
    assert (row["Nullpunkt"], row["Mål"], row["Målt"]) == ("3,2", "3,8", "3,8")
    assert row["Bundet, kroner"] == "600000"


async def test_the_statements_do_not_grow_with_the_projects(
    database: Database, world: World, browser: Browser, statements: list[str], clock: MovingClock
) -> None:
    await browser.as_person("management")
    await browser.get("/portfolio")
    counts = []
    for stage in (None, Stage.ENDED):
        if stage:
            await play(database, until=stage, world=world)
        statements.clear()
        assert (await browser.get("/portfolio")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8, counts


async def test_while_the_tables_are_written_no_file_and_no_sum_is_handed_out(ended: Database, browser: Browser) -> None:
    await browser.as_person("management")
    assert (await browser.get("/portfolio.csv")).status_code == 200
    async with ended.unit_of_work() as uow:
        await uow.session.execute(delete(PortfolioRow))
    for ending in ("csv", "xlsx", "json", "parquet"):
        refused = await browser.get(f"/portfolio.{ending}")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "60"), ending
        assert "Tallene skrives på nytt" in refused.text
    for address in ("/api/v1/portfolio", "/api/v1/portfolio/over-time"):
        refused = await browser.get(address)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "60"), address
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"] == "/problems/BeingWritten"
        assert "skrives på nytt" in refused.json()["detail"]
    for address in ("/portfolio", "/portfolio/cost"):
        assert "Summene skrives på nytt" in (await browser.get(address)).text
    told = words_of((await browser.get("/portfolio/report.pdf")).content, "nb")
    assert "Summene skrives på nytt" in told
    assert len((await browser.get("/api/v1/portfolio/projects")).json()["rows"]) == 1, (
        "they are read where they are recorded"
    )
