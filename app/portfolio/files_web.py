"""The portfolio to take along: one cut of one day as any of the kinds of file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import date
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.response import Redirect, Stream
from sqlalchemy import select

from app.core.clock import day_in_oslo
from app.core.errors import BeingWritten, NotAllowed
from app.portfolio.adjustments import Line, recorded, within
from app.portfolio.columns import rows_of
from app.portfolio.curves import question_of as curves_asked
from app.portfolio.cut import Choices, Cut, asked_of, further
from app.portfolio.files import FORMATS, About, Writer, schema
from app.portfolio.in_parts import portfolio_in_parts
from app.portfolio.models import PortfolioRow
from app.portfolio.over_time import over_time, seen_in
from app.portfolio.overview import laid_out, question_of
from app.portfolio.queries import Portfolio, counties
from app.portfolio.reading import moved
from app.portfolio.report import TEMPLATE, quarter_before, report_of
from app.portfolio.tables import BESIDE, FIGURES, Table, beside
from app.texts import filters
from app.texts.pdf import pdf_from
from app.web.documents import as_pdf
from app.web.visit import Visit
from workflows.curves import curve_of
from workflows.roles import Permission

AT_ONCE = 64 * 1024
"""How many bytes go out at a time."""


def about(
    visit: Visit, day: date, counties: Mapping[UUID, str], cut: Cut, there: Choices, lines: Sequence[Line]
) -> About:
    """What the file says of itself in the reader's language."""
    t, language = visit.t, visit.texts.language
    goal = t(f"benefits.goal.{cut.goal}") if cut.goal else t("portfolio.all_goals")
    county = counties[cut.county_id] if cut.county_id else t("portfolio.all_counties")
    return About(
        as_of=day,
        cut={name: value for name, value in cut.asked.items() if name not in ("as_of", "price_year")},
        language=language,
        title=t("layout.place.portfolio"),
        facts=(
            (t("portfolio.as_of"), day.isoformat()),
            (t("portfolio.goal"), goal),
            (t("portfolio.county"), county),
            *further(visit.t, cut, there),
            (t("portfolio.made_at"), filters.moment(visit.uow.now, language)),
        ),
        notes=(
            t("portfolio.note.rows"), t("portfolio.note.few"), t("portfolio.note.practice"),
            *(_told(visit, line) for line in lines),
        ),
    )  # fmt: skip


def _told(visit: Visit, line: Line) -> str:
    """A line of the portfolio's own, which is in none of the file's figures."""
    t, language = visit.t, visit.texts.language
    planned, forecast, realised = (
        filters.amount(-ore, language) for ore in (line.planned_ore, line.forecast_ore, line.realised_ore)
    )
    of = line.county or (t(f"benefits.goal.{line.goal}") if line.goal else t("portfolio.adjustment.whole"))
    return t(
        "portfolio.note.line", day=filters.day(line.recorded_at, language), year=str(line.price_year), planned=planned,
        forecast=forecast, realised=realised, why=line.why,
        line=t("portfolio.adjustment.line", kind=t(f"portfolio.adjustment.kind.{line.kind}"), of=of),
    )  # fmt: skip


def _write_some(writer: Writer, found: Portfolio) -> None:
    writer.write(rows_of(found))


async def _written(visit: Visit, cut: Cut, there: Choices, ending: str, table: Table) -> tuple[IO[bytes], str]:
    """The file on disk and its name, made part by part so that its size asks for no memory."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (it is closed when it has gone out)
    writer: Writer | None = None
    day = cut.as_of or day_in_oslo(visit.uow.now)
    name = f"drivkraft-{day}.{ending}" if table is FIGURES else f"drivkraft-{table.key}-{day}.{ending}"
    lines = within(await recorded(visit.uow), cut, day)
    rolled = (await over_time(visit.uow, visit.actor, curves_asked(cut))).rolled
    tables = beside(curve_of(rolled), rolled.price_year, lines.shown)
    if table is not FIGURES:
        head = about(visit, day, await counties(visit.uow), cut, there, lines.shown)
        writer = FORMATS[ending].writer(file, head, visit.t, table)
        writer.write(tables[table])
        writer.close()
        return file, name
    async with aclosing(portfolio_in_parts(visit.uow, visit.actor, cut)) as parts:
        async for found in parts:
            if writer is None:
                head = about(visit, day, found.counties, cut, there, lines.shown)
                writer = FORMATS[ending].writer(file, head, visit.t, table)
            await asyncio.to_thread(partial(_write_some, writer, found))
    assert writer is not None
    for each, rows in tables.items():
        writer.add(each, rows)
    await asyncio.to_thread(writer.close)
    return file, name


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(AT_ONCE):
            yield piece


TABLES = {f"/portfolio.{ending}": FIGURES for ending in FORMATS} | {
    f"/portfolio-{table.key}.{ending}": table for table in BESIDE for ending, each in FORMATS.items() if each.holds_one
}
"""The address of every file, with the table that it begins with."""


@get(list(TABLES), permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def portfolio_file(visit: Visit) -> Response[Any]:
    """A cut as a file: every indicator of every benefit, or a table beside them that has a file of its own.

    A cut that cannot be read leads to the page that says why. BeingWritten while some of the projects would be missing.
    """
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    cut, state, there = await asked_of(visit)
    ending = visit.request.url.path.rpartition(".")[2]
    if state.field_errors:
        return Redirect(f"/portfolio?{visit.request.url.query}")
    if there.is_being_written:
        raise BeingWritten
    file, name = await _written(visit, cut, there, ending, TABLES[visit.request.url.path])
    size = file.tell()
    # no connection to the database is kept while the file goes out
    await visit.uow.session.close()
    return Stream(
        _pieces(file),
        media_type=FORMATS[ending].media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(size),
            "Cache-Control": "private, no-store",
        },
    )


@get("/portfolio.schema.json", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def portfolio_schema(visit: Visit) -> Response[Any]:
    """What the columns of the files mean, as a Table Schema."""
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    return Response(schema(visit.t), media_type="application/json")


@get("/portfolio/report.pdf", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def portfolio_report(visit: Visit) -> Response[Any]:
    """The report to management on a cut, on two pages; with what has changed since the quarter before.

    Where some of the projects are missing until the tables have been written, it says so before all else.
    """
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    cut, state, there = await asked_of(visit)
    if state.field_errors:
        return Redirect(f"/portfolio?{visit.request.url.query}")
    found = await laid_out(visit.uow, visit.actor, cut, "goal", "county")
    since = quarter_before(found.as_of)
    before = await laid_out(visit.uow, visit.actor, msgspec.structs.replace(cut, as_of=since))
    within = seen_in(visit.uow, visit.actor, question_of(cut))
    done = await moved(visit.uow, select(PortfolioRow.case_id).where(*within), since, found.as_of)
    language = visit.texts.language
    made_at = filters.moment(visit.uow.now, language)
    names = {each.id: each.name for each in there.counties}
    rolled = (await over_time(visit.uow, visit.actor, curves_asked(cut))).rolled
    curve = (curve_of(rolled), rolled.price_year)
    report = report_of(visit.texts, found, before, done, cut, names, made_at, further(visit.t, cut, there), curve,
                       is_being_written=there.is_being_written)  # fmt: skip
    content = await pdf_from(TEMPLATE, report, found.as_of)
    return as_pdf(content, f"{visit.t('portfolio.report.file')}-{found.as_of}.pdf", language)


ROUTES = [portfolio_file, portfolio_schema, portfolio_report]
