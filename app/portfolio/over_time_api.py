"""A cut over time for programs: planned, forecast and realised year by year, in kroner and in every other unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from litestar import get

from app.core.errors import Invalid, NotAllowed
from app.portfolio.curves import question_of
from app.portfolio.cut import NAMES, read_cut
from app.portfolio.over_time import over_time
from app.portfolio.waiting import require_written
from app.web.visit import Visit
from workflows.curves import Year, curve_of
from workflows.engine import Reason
from workflows.over_time import Amounts, LeftOut
from workflows.roles import Permission


class AmountsOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a period comes to, in øre or in a unit, with all decimals.

    Likely is what was measured where it was, else the forecast; unmeasured is the part of it that is a forecast for a
    time that has passed. Realised is of grade a to c; estimated is grade d.
    """

    planned: Decimal
    low: Decimal
    likely: Decimal
    high: Decimal
    unmeasured: Decimal
    realised: Decimal
    a: Decimal
    b: Decimal
    c: Decimal
    estimated: Decimal


class YearOut(msgspec.Struct, frozen=True, kw_only=True):
    """A year; what is counted is months of indicators."""

    year: int
    has_come: bool
    gains: AmountsOut
    harms: AmountsOut
    net: AmountsOut
    indicator_months: int
    measured_months: int
    estimated_months: int
    missing_months: int
    months_kept_back: int
    """Months in which what was measured rests on fewer than five: in none of the sums."""


class UnitOut(msgspec.Struct, frozen=True, kw_only=True):
    """A year in another unit than kroner; null where what was measured is kept back."""

    unit: str
    year: int
    planned: Decimal
    likely: Decimal | None
    realised: Decimal | None
    estimated: Decimal | None


class OverTimeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A cut over time as it stood at the end of a day, in kroner of one price year; and what cannot be made such kroner."""

    as_of: date
    price_year: int | None
    years: list[YearOut]
    units: list[UnitOut]
    left_out: list[LeftOut]


def amounts_of(amounts: Amounts) -> AmountsOut:
    """Amounts as programs read them."""
    return AmountsOut(**{name: getattr(amounts, name) for name in AmountsOut.__struct_fields__})


def _units(unit: str, years: tuple[Year, ...]) -> list[UnitOut]:
    found = []
    for each in years:
        net = each.own.net
        measured = (None, None, None) if each.months_kept_back else (net.likely, net.realised, net.estimated)
        found.append(
            UnitOut(
                unit=unit, year=each.own.first.year, planned=net.planned, likely=measured[0], realised=measured[1],
                estimated=measured[2],
            )
        )  # fmt: skip
    return found


@get(
    "/portfolio/over-time", permission=Permission.PORTFOLIO_SEE, tags=["portfolio"], operation_id="portfolio_over_time"
)
async def read_over_time(
    visit: Visit, as_of: str = "", goal: str = "", county: str = "", call: str = "", category: str = "",
    office: str = "", step: str = "", price_year: str = "", project: UUID | None = None,
    benefit: UUID | None = None,
) -> OverTimeOut:  # fmt: skip
    """Planned, forecast and realised year by year, in any cut and as of any day, of one project or benefit where asked.

    While the sums are being written anew after an upgrade it is answered 503: some of the projects would be missing.
    """
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed
    cut, state = read_cut(visit, as_of, goal, county, call, category, office, step, price_year)
    if state.field_errors:
        codes = {name: f"portfolio.no_{name}" for name in NAMES.values()}
        codes |= {"as_of": "portfolio.no_date", "price_year": "portfolio.index_year"}
        raise Invalid({name: Reason(code=codes[name]) for name in state.field_errors})
    await require_written(visit.uow)
    asked = question_of(cut, case_id=project, benefit_id=benefit)
    rolled = (await over_time(visit.uow, visit.actor, asked)).rolled
    curve = curve_of(rolled, above_projects=project is None and benefit is None)
    return OverTimeOut(
        as_of=rolled.as_of, price_year=rolled.price_year, left_out=list(curve.left_out),
        years=[
            YearOut(
                year=each.own.first.year, has_come=each.own.has_come, gains=amounts_of(each.own.gains),
                harms=amounts_of(each.own.harms), net=amounts_of(each.own.net),
                indicator_months=each.own.there.running, measured_months=each.own.there.measured,
                estimated_months=each.own.there.estimated, missing_months=each.own.there.missing,
                months_kept_back=each.months_kept_back,
            )
            for each in curve.years
        ],
        units=[each for unit, years in curve.units.items() for each in _units(unit, years)],
    )  # fmt: skip


ROUTES = [read_over_time]
