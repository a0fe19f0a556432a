"""What the files hold of a cut, some projects at a time; three statements, whatever the number of projects."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import select, text

from app.benefits.figures import FigureRow, end_of, row_of, statement
from app.benefits.models import Benefit, Indicator
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.portfolio.cut import Cut
from app.portfolio.models import PortfolioRow
from app.portfolio.over_time import seen_in
from app.portfolio.overview import question_of
from app.portfolio.queries import Portfolio, benefits_of, counties, projects

PROJECTS_AT_ONCE = 500
"""How many projects are held in memory with their benefits where all are handed out."""


@asynccontextmanager
async def _one_moment(uow: UnitOfWork) -> AsyncIterator[None]:
    """All that is read inside is as it stood at one moment.

    The statements of a page stand alone, each of them in no transaction; what is brought row by row needs one.
    """
    session = uow.session
    driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    if driver.is_in_transaction():
        yield
        return
    await session.execute(text("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    try:
        yield
    finally:
        await session.execute(text("END"))


async def portfolio_in_parts(
    uow: UnitOfWork, actor: Actor, cut: Cut, size: int = PROJECTS_AT_ONCE
) -> AsyncGenerator[Portfolio]:
    """The projects and benefits of a cut in the order of the projects' references, without waivers; one part at least.

    What is in the cut and which goals it leads to is looked up in the tables that are kept in step. The figures come row by
    row out of one statement, so that no more of them is in memory than a part.
    """
    today = cut.as_of or day_in_oslo(uow.now)
    row, there = PortfolioRow, seen_in(uow, actor, question_of(cut))
    of_projects = select(row.case_id).where(*there, row.benefit_id.is_(None))
    async with _one_moment(uow):
        names = await counties(uow)
        found = await projects(uow, actor, cut.as_of, Case.id.in_(of_projects))
        place = {project.id: number for number, project in enumerate(found)}
        rows = await uow.session.stream(
            statement(False, cut.as_of is not None)
            .join(row, row.benefit_id == Benefit.id)
            .add_columns(row.goals.label("led_to"))
            .where(*there)
            .order_by(None)
            .order_by(Case.reference, Case.id, Benefit.id, Indicator.id),
            {"moment": end_of(today), "today": today},
        )
        start, own = 0, list[FigureRow]()
        async for each in rows:
            if each.case_id not in place:  # it came after the projects were asked for
                continue
            while place[each.case_id] >= start + size:
                yield Portfolio(today, found[start : start + size], benefits_of(own), names, ())
                start, own = start + size, []
            own.append(row_of(each, each.led_to))
        while True:
            yield Portfolio(today, found[start : start + size], benefits_of(own), names, ())
            start, own = start + size, []
            if start >= len(found):
                break
