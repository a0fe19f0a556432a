"""The scheme's pages at size, each beside its two yardsticks."""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import select, text

from app.applications.models import Application
from app.portfolio.jobs import take_into_totals
from app.projects.jobs import keep_oversight
from app.projects.models import Project
from benchmarks import seed
from benchmarks.load import Load, Measured, Page, all_measured, asked, counted, tell
from benchmarks.scheme import Scheme, scheme


async def pages_of(demo: Scheme) -> list[Page]:
    """The pages measured, each with somebody who looks at it."""
    handler, management, coordinator = [
        await demo.session_of(who) for who in ("case_handler", "management", "lillestrom.coordinator")
    ]
    async with demo.database.reading() as uow:
        project = await uow.session.scalar(select(Project.id).where(Project.state == "implement_open"))
        application = await uow.session.scalar(select(Application.id).where(Application.state == "in_review"))
    return [
        Page("sign-in", "/sign-in", ""),
        Page("my office", "/office", coordinator),
        Page("application list", "/applications", handler),
        Page("an application", f"/applications/{application}", handler),
        Page("project page", f"/projects/{project}", handler),
        Page("portfolio", "/portfolio", management),
    ]


async def fill(demo: Scheme, offices: int, applications: int, projects: int) -> None:
    """Bring the scheme up to its size."""
    async with demo.filling() as connection:
        await seed.offices(connection, offices)
        applied = (await connection.execute(text("select id from applications where state = 'in_review'"))).scalar_one()
        carried = (await connection.execute(text("select id from projects order by id"))).scalars().all()
        for place, case_id in enumerate(carried):
            await seed.copies(connection, case_id, projects // len(carried), f"p{place}")
        # a copy stands in no total yet, whatever its original does
        await connection.execute(
            text("update portfolio_rows set begun = false, ended = false where case_id != all(:originals)"),
            {"originals": list(carried)},
        )
        await seed.copies(connection, applied, applications - projects, "a")


async def measure(load: Load, offices: int, applications: int, projects: int) -> list[Measured]:
    """Every page, first with few rows and then with many."""
    async with scheme() as demo:
        pages = await pages_of(demo)
        with demo.serving() as (port, _):
            few = counted(port, pages)
        await fill(demo, offices, applications, projects)
        await keep_oversight(demo.database.unit_of_work)
        await take_into_totals(demo.database.unit_of_work)
        with demo.serving() as (port, pid):
            return all_measured(pages, port, pid, load, few)


def main() -> int:
    """Measure and print; 1 where a page's statements grow with the rows."""
    load, size = asked("pages", __doc__, offices=300, applications=10_000, projects=500)
    found = asyncio.run(measure(load, size.offices, size.applications, size.projects))
    return tell(
        found, f"{size.offices} offices, {size.applications} applications, {size.projects} of them projects", load
    )


if __name__ == "__main__":
    sys.exit(main())
