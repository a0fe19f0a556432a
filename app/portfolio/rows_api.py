"""The rows behind the portfolio for programs that reckon on, page by page, and the feed of what has changed."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import Parameter

from app.core.clock import day_in_oslo
from app.core.errors import NotAllowed, invalid
from app.portfolio import reading
from app.web.documents import is_known
from app.web.visit import Visit
from workflows.roles import Permission

AT_ONCE = 500
Size = Annotated[int, Parameter(ge=1, le=1000, description="how many rows at most, 500 unless told")]
Out = TypeVar("Out", bound=msgspec.Struct)


class ProjectPage(msgspec.Struct, frozen=True):
    """Some of the projects; `after` is what to ask for the next with."""

    rows: list[reading.ProjectOut]
    after: UUID | None


class BenefitPage(msgspec.Struct, frozen=True):
    """Some of the benefits; `after` is what to ask for the next with."""

    rows: list[reading.BenefitOut]
    after: UUID | None


class IndicatorPage(msgspec.Struct, frozen=True):
    """Some of the indicators; `after` is what to ask for the next with."""

    rows: list[reading.IndicatorOut]
    after: UUID | None


class MeasurementPage(msgspec.Struct, frozen=True):
    """Some of the measurements; `after` is what to ask for the next with."""

    rows: list[reading.MeasurementOut]
    after: UUID | None


class ChangePage(msgspec.Struct, frozen=True):
    """What has changed; keep `after` and ask with it the next time, at once where there is `more`."""

    rows: list[reading.ChangeOut]
    after: int
    more: bool


def _told(visit: Visit, said: Out) -> Response[Out]:
    """The answer with its ETag; 304 and nothing to the one who has it already."""
    body = msgspec.json.encode(said)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if is_known(tag, visit.request.headers.get("if-none-match", "")):
        return Response(None, status_code=304, headers=headers)  # type: ignore[arg-type]
    return Response(said, headers=headers)


def _require(visit: Visit) -> None:
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed


def _require_come(visit: Visit, as_of: date | None) -> None:
    if as_of is not None and as_of > day_in_oslo(visit.uow.now):
        raise invalid("as_of", "portfolio.not_yet")


@get("/portfolio/projects", permission=Permission.PORTFOLIO_SEE, tags=["portfolio"])
async def read_projects(
    visit: Visit, after: UUID | None = None, size: Size = AT_ONCE, as_of: date | None = None
) -> Response[ProjectPage]:
    """The projects that one may see, as they stood at the end of a day; without one: as they stand."""
    _require(visit)
    _require_come(visit, as_of)
    page = await reading.projects(visit.uow, visit.actor, after, size, as_of)
    return _told(visit, ProjectPage(list(page.rows), page.after))


@get("/portfolio/benefits", permission=Permission.PORTFOLIO_SEE, tags=["portfolio"])
async def read_benefits(
    visit: Visit, after: UUID | None = None, size: Size = AT_ONCE, as_of: date | None = None
) -> Response[BenefitPage]:
    """The benefits of those projects, those dropped too, as they stood at the end of a day; none made for practice."""
    _require(visit)
    _require_come(visit, as_of)
    page = await reading.benefits(visit.uow, visit.actor, after, size, as_of)
    return _told(visit, BenefitPage(list(page.rows), page.after))


@get("/portfolio/indicators", permission=Permission.PORTFOLIO_SEE, tags=["portfolio"])
async def read_indicators(
    visit: Visit, after: UUID | None = None, size: Size = AT_ONCE, as_of: date | None = None
) -> Response[IndicatorPage]:
    """Their indicators with baseline, target, forecast and what was measured, as they stood at the end of a day."""
    _require(visit)
    _require_come(visit, as_of)
    page = await reading.indicators(visit.uow, visit.actor, after, size, as_of)
    return _told(visit, IndicatorPage(list(page.rows), page.after))


@get("/portfolio/measurements", permission=Permission.PORTFOLIO_SEE, tags=["portfolio"])
async def read_all_measurements(
    visit: Visit, after: UUID | None = None, size: Size = AT_ONCE
) -> Response[MeasurementPage]:
    """Every measurement, also those that are only due: what is missing is seen too."""
    _require(visit)
    page = await reading.measurements(visit.uow, visit.actor, after, size)
    return _told(visit, MeasurementPage(list(page.rows), page.after))


@get("/portfolio/changes", permission=Permission.PORTFOLIO_SEE, tags=["portfolio"])
async def read_changes(
    visit: Visit, after: Annotated[int, Parameter(ge=0, le=2**63 - 1)] = 0, size: Size = AT_ONCE
) -> Response[ChangePage]:
    """Which rows were changed, corrected or dropped since; a change is there a minute after it was made."""
    _require(visit)
    rows, more = await reading.changes(visit.uow, visit.actor, after, size)
    return _told(visit, ChangePage(list(rows), rows[-1].id if rows else after, more))


ROUTES = [read_projects, read_benefits, read_indicators, read_all_measurements, read_changes]
