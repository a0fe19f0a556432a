"""The portfolio as files: the same figures in each kind, numbers as numbers, nothing that runs, nothing that is too small."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import arro3.io
import msgspec
import openpyxl
import pytest
from litestar import Litestar

from app.benefits.figures import FigureRow
from app.core.database import Database
from app.demo.cast import World
from app.demo.play import Stage, play
from app.portfolio.adjustments import Line
from app.portfolio.columns import COLUMNS, rows_of
from app.portfolio.cut import Cut
from app.portfolio.figures import within
from app.portfolio.files import FORMATS, About, cell, schema
from app.portfolio.in_parts import portfolio_in_parts
from app.portfolio.queries import BenefitSeen, Portfolio, ProjectSeen, line_of, portfolio
from app.portfolio.tables import ADJUSTMENTS, BESIDE, FIGURES, YEARS, Table, beside, years_of
from app.texts.i18n import LANGUAGES, Texts
from tests.conftest import Browser
from tests.pdfs import words_of
from tests.portfolio.test_open_awards import check_published
from tests.workflows.test_leaf import HARM, A, B, changed
from workflows.curves import curve_of
from workflows.over_time import added_up, rolled, sums_of

ABOUT = About(as_of=date(2026, 3, 31), cut={}, language="nb", title="Portefølje", facts=(), notes=("En merknad",))


def figure(**changed: Any) -> FigureRow:
    """An indicator of a benefit about which everything is known."""
    return FigureRow(**{
        "benefit_id": UUID(int=2), "case_id": UUID(int=1), "case_title": "Kø", "county_id": None, "unit_id": UUID(int=9),
        "title": "Kortere kø", "sign": 1, "category": "efficiency", "is_end_benefit": True, "release_mode": "kept",
        "unit_value_ore": 10_000, "price_year": 2024, "periods_per_year": 12, "is_invented": False, "dropped_at": None,
        "owner_accepted_at": None, "indicator_id": UUID(int=3), "indicator_key": "queue", "indicator_name": "Ventetid",
        "unit": "minutter", "direction": "down", "baseline": Decimal("30.500000"), "target": Decimal("20.000000"),
        "target_due_on": date(2026, 12, 31), "forecast_low": None, "forecast": Decimal("22.000000"),
        "forecast_high": None, "measurement_id": UUID(int=4), "measured": Decimal("24.250000"),
        "measured_on": date(2026, 2, 1), "counterfactual": None, "confidence": "B", "observations": 40,
        "share": Decimal("0.333333"), "overdue": 0, "goals": ("better_meetings",), **changed,
    })  # fmt: skip


def of(*rows: FigureRow, title: str = "Kortere kø") -> Portfolio:
    """A portfolio with one project, and one benefit of it for each of the rows, and a project that has none."""

    def project(number: int) -> ProjectSeen:
        return ProjectSeen(
            id=UUID(int=number), title=title, language="nb", reference=f"2026-{number}", unit="Nav Grünerløkka",
            unit_id=UUID(int=9), county_id=None, call_id=UUID(int=8), state="diagnose_open", award_ore=50_000_050,
            committed_ore=50_000_050, paid_ore=0, returned_ore=0,
        )  # fmt: skip

    benefits = tuple(
        BenefitSeen(
            id=row.benefit_id, case_id=row.case_id, title=title, unit_id=row.unit_id,
            category=row.category, sign=row.sign, goals=row.goals, is_invented=False,
            is_dropped=False, is_end_benefit=True, missing=("owner",), rows=(row,), lines=(line_of(row),),
        )
        for row in rows
    )  # fmt: skip
    return Portfolio(date(2026, 3, 31), (project(1), project(7)), benefits, {}, ())


def written(ending: str, *parts: Portfolio, language: str = "nb") -> bytes:
    """The file."""
    file = io.BytesIO()
    writer = FORMATS[ending].writer(file, msgspec.structs.replace(ABOUT, language=language), Texts(language).t, FIGURES)
    for part in parts:
        writer.write(rows_of(part))
    writer.close()
    return file.getvalue()


def from_csv(content: bytes, language: str = "nb") -> list[list[str]]:
    """The rows of the file, the heading first."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter="," if language == "en" else ";"))


def from_parquet(content: bytes) -> list[dict[str, Any]]:
    """The rows of the file by the keys of the columns."""
    table = arro3.io.read_parquet(io.BytesIO(content)).read_all()
    columns = {
        name: [each.as_py() for chunk in table.column(name).chunks for each in chunk] for name in table.column_names
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_every_kind_of_file_says_the_same() -> None:
    found = of(figure())
    sheet: Any = openpyxl.load_workbook(io.BytesIO(written("xlsx", found)))["Tall"]
    read = {
        "json": json.loads(written("json", found), parse_float=Decimal)["rows"],
        "parquet": from_parquet(written("parquet", found)),
        "xlsx": [dict(zip([c.key for c in COLUMNS], row, strict=True)) for row in sheet.iter_rows(2, values_only=True)],
        "csv": [dict(zip([c.key for c in COLUMNS], row, strict=True)) for row in from_csv(written("csv", found))[1:]],
    }
    for ending, (first, second) in read.items():
        numbers = {name: Decimal(str(first[name]).replace(",", ".")) for name in ("baseline", "measured", "committed")}
        assert numbers == {
            "baseline": Decimal("30.5"),
            "measured": Decimal("24.25"),
            "committed": Decimal("500000.5"),
        }, ending
        assert round(Decimal(str(first["planned_year"]).replace(",", ".")), 5) == Decimal("41.99996"), ending
        assert (first["reference"], second["reference"], second["benefit"] or None) == ("2026-1", "2026-7", None), (
            ending
        )
        assert str(first["indicator_id"]) == str(UUID(int=3)), ending
    assert read["json"][0]["goals"] == ["better_meetings"]
    assert read["parquet"][0]["target_due"] == date(2026, 12, 31)
    assert read["parquet"][0]["planned_year"] == Decimal("41.9999580000")


def test_a_workbook_has_numbers_and_days_as_such_and_says_what_they_mean() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", of(figure()))))
    sheet: Any = book["Tall"]
    at = {column.key: number for number, column in enumerate(COLUMNS, 1)}
    assert sheet.freeze_panes == "A2"
    assert sheet.cell(2, at["baseline"]).data_type == "n"
    assert sheet.cell(2, at["target_due"]).value == datetime(2026, 12, 31)
    assert sheet.cell(2, at["step"]).value == Texts("nb").t("state.project.diagnose_open")
    said = [cell.value for row in book["Om tallene"].iter_rows() for cell in row if cell.value]
    assert {"Portefølje", "En merknad", "Den nyeste bekreftede målingen."} <= set(said)


@pytest.mark.parametrize("text", ["=HYPERLINK(A1)", "+1", "-1", "@SUM(A1)", "\tx", "\uff1dA1"])
def test_a_text_is_never_a_formula(text: str) -> None:
    found = of(figure(), title=text)
    assert from_csv(written("csv", found))[1][1] == f"'{text}"
    typed: Any = openpyxl.load_workbook(io.BytesIO(written("xlsx", found)))["Tall"].cell(2, 2)
    assert (typed.value.strip(), typed.data_type, typed.quotePrefix) == (text.strip(), "s", True)


def test_a_number_below_zero_stays_a_number() -> None:
    assert [cell(Decimal("-1234.500000"), language) for language in ("nb", "en")] == ["-1234,5", "-1234.5"]
    assert cell(Decimal("600000"), "nb") == "600000"


def test_what_rests_on_too_few_is_in_no_file() -> None:
    row = FIGURES.values_of(next(rows_of(of(figure(observations=4)))))
    said = dict(zip([column.key for column in COLUMNS], row, strict=True))
    assert said["few"] is True
    assert (said["measured"], said["measured_year"], said["observations"]) == (None, None, None)
    for ending in FORMATS:
        if ending in ("csv", "json"):
            assert b"24,25" not in written(ending, of(figure(observations=4))).replace(b".", b",")


def test_parts_make_the_same_file_as_the_whole() -> None:
    one, other = of(figure()), of(figure(benefit_id=UUID(int=5)))
    assert len(json.loads(written("json", one, other))["rows"]) == len(from_csv(written("csv", one, other))) - 1 == 4
    assert len(from_parquet(written("parquet", one, other))) == 4
    nothing = Portfolio(date(2026, 3, 31), (), (), {}, ())
    assert json.loads(written("json", nothing))["rows"] == from_parquet(written("parquet", nothing)) == []
    assert len(from_csv(written("csv", nothing))) == 1


CURVE = curve_of(
    rolled(added_up(map(sums_of, [A, HARM, changed(B, unit_value_ore=None, unit="timer")])), date(2028, 6, 30),
           price_year=2027, shown=(2027 * 12, 2028 * 12 + 11))
)  # fmt: skip
LINE = Line(
    id=UUID(int=6), kind="overlap", goal=None, county_id=UUID(int=8), county="Nav Oslo", price_year=2027,
    planned_ore=1_000_050, forecast_ore=0, realised_ore=500_000, why="=De måler det samme", recorded_by="Mette",
    recorded_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC), ended_by=None, ended_at=None, ended_why="",
)  # fmt: skip


def written_beside(ending: str, table: Table) -> list[dict[str, Any]]:
    """The rows of a table beside the figures, by the keys of its columns: out of the same file, or of its own."""
    file, there = io.BytesIO(), beside(CURVE, 2027, [LINE])
    t, holds_one = Texts("nb").t, FORMATS[ending].holds_one
    writer = FORMATS[ending].writer(file, ABOUT, t, table if holds_one else FIGURES)
    writer.write(there[table] if holds_one else rows_of(of(figure())))
    for each, rows in {} if holds_one else there.items():
        writer.add(each, rows)
    writer.close()
    keys, content = [column.key for column in table.columns], file.getvalue()
    match ending:
        case "csv":
            return [dict(zip(keys, row, strict=True)) for row in from_csv(content)[1:]]
        case "parquet":
            return from_parquet(content)
        case "json":
            found: list[dict[str, Any]] = json.loads(content, parse_float=Decimal)[table.key]["rows"]
            return found
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content))[t(f"portfolio.sheet.{table.key}")]
    return [dict(zip(keys, row, strict=True)) for row in sheet.iter_rows(2, values_only=True)]


def number(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value).replace(",", "."))


@pytest.mark.parametrize("ending", FORMATS)
def test_every_kind_of_file_holds_the_years_and_the_lines_of_the_portfolio(ending: str) -> None:
    years = written_beside(ending, YEARS)
    net = [row for row in years if str(row["what"]).lower() in ("net", "netto")]
    assert [number(row["year"]) for row in net] == [2027, 2028]
    first, own = net[0], CURVE.years[0].own
    assert number(first["planned_in_year"]) == own.net.planned / 100 == Decimal("59904") - Decimal(18_720)
    assert number(first["realised_in_year"]) == number(first["grade_b_in_year"]) == own.net.realised / 100
    assert (first["unit"], number(first["price_year"]), number(first["measured_months"])) == ("NOK", 2027, 24 + 12)
    (hours, _) = [row for row in years if row["unit"] == "timer"]
    assert (number(hours["planned_in_year"]), number(hours["price_year"])) == (384, None)
    (line,) = written_beside(ending, ADJUSTMENTS)
    assert [number(line[f"{name}_adjusted"]) for name in ("planned", "forecast", "realised")] == [
        Decimal("-10000.5"), 0, -5000,
    ]  # fmt: skip
    assert str(line["recorded_on"])[:10] == "2026-03-02", "the day it was in Oslo"
    assert line["county"] == "Nav Oslo"
    assert str(line["why"]).lstrip("'").strip() == LINE.why


def test_what_is_kept_back_in_another_unit_is_in_no_file() -> None:
    few = changed(B, unit_value_ore=None, unit="timer")
    (own,) = few.measurements
    few = changed(few, measurements=(msgspec.structs.replace(own, observations=4),))
    rows = list(years_of(curve_of(rolled(sums_of(few), date(2028, 6, 30), shown=(2027 * 12, 2027 * 12 + 11))), None))
    said = dict(zip([column.key for column in YEARS.columns], YEARS.values_of(rows[0]), strict=True))
    assert (said["realised_in_year"], said["likely_in_year"], said["months_kept_back"]) == (None, None, 12)
    assert said["planned_in_year"] > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_has_its_words_in_every_language(language: str) -> None:
    said = schema(Texts(language).t)
    for table, fields in ((FIGURES, said["fields"]), *((each, said[each.key]["fields"]) for each in BESIDE)):
        assert len({field["title"] for field in fields}) == len(table.columns)
        assert not [field for field in fields if "portfolio." in field["title"] + field.get("description", "")]


@pytest.fixture
async def ended(database: Database, world: World) -> Database:
    """A database with one project that has ended."""
    await play(database, until=Stage.ENDED, world=world)
    return database


async def test_the_files_of_a_cut(ended: Database, world: World, browser: Browser, application: Litestar) -> None:
    async with ended.reading() as uow:
        actor = await world.actor(uow, "management")
        whole = await portfolio(uow, actor)
        for cut in (Cut(), Cut(goal="better_meetings"), Cut(category="efficiency"), Cut(as_of=date(2020, 5, 1))):
            anew = list(rows_of(within(await portfolio(uow, actor, cut.as_of), cut)))
            parts = [part async for part in portfolio_in_parts(uow, actor, cut, size=1)]
            assert [row for part in parts for row in rows_of(part)] == anew, cut
            assert cut.category or anew

    await browser.as_person("management")
    shown = (await browser.get("/api/v1/portfolio/indicators")).json()["rows"]
    assert {(row["id"], *row["goals"]) for row in shown} == {
        (str(row.figures.indicator_id), *row.figures.goals) for row in rows_of(whole) if row.figures
    }
    page = await browser.get("/portfolio?goal=better_meetings")
    for ending, each in FORMATS.items():
        assert f'href="/portfolio.{ending}?goal=better_meetings"' in page.text
        answer = await browser.get(f"/portfolio.{ending}?goal=better_meetings")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, each.media_type)
        assert len(answer.content) == int(answer.headers["content-length"]) > 200
    found = (await browser.get("/portfolio.json?goal=better_meetings")).json()
    assert (found["cut"], [row["measured"] for row in found["rows"]]) == ({"goal": "better_meetings"}, [3.8])
    assert [row for row in found["years"]["rows"] if row["unit"] == "NOK"] == [], "nothing is valued"
    for table in BESIDE:
        for ending in ("csv", "parquet"):
            assert f'href="/portfolio-{table.key}.{ending}?goal=better_meetings"' in page.text
            answer = await browser.get(f"/portfolio-{table.key}.{ending}?goal=better_meetings")
            assert (answer.status_code, table.key in answer.headers["content-disposition"]) == (200, True)
    assert (await browser.get("/portfolio.json?as_of=2019-09-01")).json()["rows"] == []
    for wrong in ("goal=money", "as_of=2999-01-01", f"county={UUID(int=0)}"):
        refused = await browser.get(f"/portfolio.xlsx?{wrong}")
        assert refused.headers["location"] == f"/portfolio?{wrong}"
    assert (await browser.get("/portfolio.schema.json")).json()["fields"][0]["name"] == "reference"
    await _report(browser)
    await check_published(browser, application, {person.name for person in world.people.values()})


async def _report(browser: Browser) -> None:
    """The report on the same cut, and on a day in the quarter in which it was measured."""
    for query in ("goal=better_meetings", "as_of=2020-09-30"):
        answer = await browser.get(f"/portfolio/report.pdf?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        said = words_of(answer.content, "nb")
        assert ("Godkjente gevinstplanen" in said or "Bekreftet målingen" in said) == (query == "as_of=2020-09-30"), (
            said
        )
    for language in LANGUAGES:
        browser.http.cookies.set("language", language)
        assert words_of((await browser.get("/portfolio/report.pdf?as_of=2020-09-30")).content, language)
    refused = await browser.get("/portfolio/report.pdf?as_of=2999-01-01")
    assert refused.headers["location"] == "/portfolio?as_of=2999-01-01"
