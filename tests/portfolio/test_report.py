"""The report to management: two pages however much there is, in the order that one reads, missing as loud as values."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pypdf
import pytest

from app.portfolio.cut import Cut
from app.portfolio.queries import Portfolio
from app.portfolio.report import REASONS, TEMPLATE, Moved, Reason, Report, quarter_before, report_of
from app.texts.i18n import LANGUAGES, Texts
from app.texts.pdf import pdf_from
from tests.pdfs import assert_in_order, words_of
from tests.portfolio.recomputed import laid
from tests.portfolio.test_files import figure, of
from tests.workflows.test_curves import FEW, YEARS
from workflows.curves import Curve, curve_of
from workflows.over_time import rolled, sums_of
from workflows.rules import GOALS

LONG = "Et svært langt navn på noe som ingen klarte å si kortere, og som derfor går over flere linjer i rapporten. " * 2


def few() -> Curve:
    """A curve of some years in which something is kept back."""
    return curve_of(rolled(sums_of(FEW), date(2028, 6, 30), price_year=2027, shown=YEARS))


def full(language: str) -> Report:
    """The report on a portfolio in which everything is as long as it gets."""
    counties = {UUID(int=1000 + number): f"Nav Vestfold og Telemark og fylke nummer {number}" for number in range(30)}
    one = of(figure(), title=LONG)
    projects = [
        msgspec.structs.replace(
            one.projects[0], id=UUID(int=10_000 + number), county_id=[*counties, None][number % 31],
            committed_ore=999_999_999_99,
        )
        for number in range(200)
    ]  # fmt: skip
    benefits: list[Any] = []
    for number, project in enumerate(projects):
        row = figure(price_year=2015 + number % 8, unit_value_ore=10**9, sign=1 if number % 2 else -1)
        (benefit,) = of(row).benefits
        benefits.append(
            msgspec.structs.replace(
                benefit, id=UUID(int=20_000 + number), case_id=project.id, goals=GOALS[number % 4 : number % 4 + 1],
                missing=("owner", "overdue"), is_invented=True,
            )
        )  # fmt: skip
    found = Portfolio(date(2026, 11, 30), tuple(projects), tuple(benefits), counties, ())
    before = Portfolio(date(2026, 9, 30), tuple(projects[:50]), tuple(benefits[:50]), counties, ())
    reasons = [Reason(at=date(2026, 11, 1), key="event.benefit.drop", title=LONG, why=LONG) for _ in range(REASONS)]
    moved = Moved(counts=(("event.measurement.confirm", 12_345), ("event.benefit.drop", 3)), reasons=tuple(reasons))
    return report_of(
        Texts(language),
        laid(found),
        laid(before),
        moved,
        Cut(),
        counties,
        "30. november 2026",
        (),
        (few(), 2027),
        is_being_written=True,
    )


def said_in(report: Report) -> list[str]:
    """Everything that the report says, in its order."""
    said = [
        *report.over,
        report.title,
        *([report.warning] if report.warning else []),
        *(each for fact in report.facts for each in fact),
    ]
    said += [each for card in report.cards for each in card]
    for section in (*report.first, *report.second):
        said += [section.heading, *section.words]
        if section.table:
            said += [*section.table.head, *(each for row in section.table.rows for each in row)]
        said += section.after
    return [*said, *report.notes]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_has_two_pages_however_much_there_is(language: str) -> None:
    report = full(language)
    content = await pdf_from(TEMPLATE, report, date(2026, 11, 30))
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 2
    assert words_of(content, language)


async def test_it_is_read_in_the_order_it_is_written() -> None:
    found = of(figure())
    report = report_of(
        Texts("nb"), laid(found), laid(found), Moved(counts=(), reasons=()), Cut(), {}, "i dag", (), (few(), 2027),
        is_being_written=True,
    )  # fmt: skip
    assert report.warning
    content = await pdf_from(TEMPLATE, report, date(2026, 3, 31))
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 2
    assert_in_order(words_of(content, "nb"), said_in(report))


def test_what_is_missing_is_said_beside_what_is_there() -> None:
    report = report_of(Texts("nb"), laid(of(figure())), laid(of()), Moved(counts=(), reasons=()), Cut(), {}, "i dag")
    assert report.cards[3] == ("1", "Mangler noe", "av 1 gevinst")
    missing = next(section for section in report.first if section.heading == "Dette mangler")
    assert missing.table is not None
    assert {row[0]: row[1:] for row in missing.table.rows}["Eier som har sagt ja"] == ("1", "100\u00a0%")
    assert len(missing.table.rows) == 6
    changed = report.first[-1].table
    assert changed is not None
    assert {row[0]: row[1:] for row in changed.rows}["Gevinster"] == ("0", "1", "+1")


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2026-11-30", "2026-09-30"),
        ("2026-10-01", "2026-09-30"),
        ("2026-09-30", "2026-06-30"),
        ("2026-02-03", "2025-12-31"),
    ],
)
def test_the_quarter_before(day: str, before: str) -> None:
    assert quarter_before(date.fromisoformat(day)).isoformat() == before


def test_the_years_around_the_day_stand_beside_what_nobody_measured_in_them() -> None:
    nothing = Moved(counts=(), reasons=())
    report = report_of(Texts("nb"), laid(of()), laid(of()), nothing, Cut(), {}, "i dag", (), (few(), 2027))
    years = report.second[0]
    assert years.heading == "Netto år for år, i 2027-kroner"
    assert years.table is not None
    assert [row[0] for row in years.table.rows] == ["2027", "2028", "Til nå"]
    assert years.table.rows[0][3].endswith("*")
    assert years.after
    assert all(row[5] != "–" for row in years.table.rows)
