"""What every project and benefit adds to the portfolio, version by version, and what it comes to day by day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, NUMERIC, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified, Measure, Ore


class PortfolioRow(Identified, Base):
    """What a project (without a benefit) or one of its benefits added to every sum, from a day up to another.

    Written in the transaction that changed it, never changed but for its end, so that any earlier day is looked up.
    `begun` and `ended` say that its beginning and its end are in the totals.
    """

    __tablename__ = "portfolio_rows"
    __table_args__ = (
        Index(
            "uq_portfolio_rows_standing", "case_id", "benefit_id", unique=True, postgresql_nulls_not_distinct=True,
            postgresql_where=text("to_on is null"),
        ),
        Index("ix_portfolio_rows_to_begin", "id", postgresql_where=text("not begun")),
        Index("ix_portfolio_rows_to_end", "id", postgresql_where=text("to_on is not null and not ended")),
        Index(
            "ix_portfolio_rows_lacking", "case_id", "benefit_id",
            postgresql_where=text("to_on is null and lacks_from is not null"),
        ),
        Index("ix_portfolio_rows_case_id_benefit_id_from_on", "case_id", "benefit_id", "from_on"),
        Index("ix_portfolio_rows_unit_id_from_on", "unit_id", "from_on"),
        Index(
            "ix_portfolio_rows_unit_id_standing", "unit_id", "case_id", "benefit_id", postgresql_where=text("to_on is null")
        ),
        Index("ix_portfolio_rows_of_projects_from_on", "case_id", "from_on", postgresql_where=text("benefit_id is null")),
        Index(
            "ix_portfolio_rows_lacking_once", "case_id", "benefit_id", "from_on",
            postgresql_where=text("lacks_from is not null and (to_on is null or lacks_from < to_on)"),
        ),
        Index(
            "ix_portfolio_rows_of_standing_projects", "case_id",
            postgresql_include=[
                "step", "unit_id", "county_id", "call_id", "goals", "categories", "together", "marks", "price_years",
                "forecasts", "committed_ore",
            ],
            postgresql_where=text("to_on is null and benefit_id is null"),
        ),
        # what is asked of all of them: a row is wide, and to fetch every one takes ten times as long
        Index(
            "ix_portfolio_rows_of_standing_benefits", "case_id",
            postgresql_include=[
                "step", "unit_id", "county_id", "call_id", "goals", "categories", "marks", "price_years", "forecasts",
            ],
            postgresql_where=text("to_on is null and benefit_id is not null"),
        ),
    )  # fmt: skip

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    benefit_id: Mapped[UUID | None] = mapped_column(ForeignKey("benefits.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]  # the first day on which it no longer stands
    unit_id: Mapped[UUID]
    county_id: Mapped[UUID | None]
    call_id: Mapped[UUID | None]
    step: Mapped[str]
    goals: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    categories: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    lacks_from: Mapped[
        date | None
    ]  # the day from which the benefit lacks something; the first of all where it always has
    together: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    marks: Mapped[list[str]] = mapped_column(ARRAY(TEXT))  # by what else than a cut a list finds it
    price_years: Mapped[list[int]] = mapped_column(ARRAY(INTEGER))  # in whose kroner it is in a sum a year
    forecasts: Mapped[list[Decimal]] = mapped_column(ARRAY(NUMERIC))  # what is forecast a year in each, as it is held
    committed_ore: Mapped[int] = mapped_column(Ore)  # to the project; to a benefit nothing is
    known: Mapped[str]  # JSON: what is known of each indicator, as a list shows it
    counted: Mapped[str]  # JSON: what is counted, and what becomes late
    figures: Mapped[str]  # JSON: whole numbers of any length, which jsonb would make others of on their way
    begun: Mapped[bool] = mapped_column(default=False, server_default="false")
    ended: Mapped[bool] = mapped_column(default=False, server_default="false")


class PortfolioTotal(Base):
    """What everything of one kind comes to at the end of a day; a day on which nothing changed is the one before it."""

    __tablename__ = "portfolio_totals"

    dimension: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    counted: Mapped[str]
    figures: Mapped[str]  # of the kinds that are only counted nothing


class PortfolioAdjustment(Identified, Base):
    """Kroner a year that overlap or optimism takes away from the sums: a line of its own, ended, never deleted."""

    __tablename__ = "portfolio_adjustments"
    __table_args__ = (
        CheckConstraint("kind in ('overlap', 'optimism')", name="kind"),
        CheckConstraint("planned_ore >= 0 and forecast_ore >= 0 and realised_ore >= 0", name="amounts"),
        CheckConstraint("goal is null or county_id is null", name="scope"),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended"),
    )

    kind: Mapped[str]
    goal: Mapped[str | None]
    county_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    price_year: Mapped[int]
    planned_ore: Mapped[int] = mapped_column(Ore)
    forecast_ore: Mapped[int] = mapped_column(Ore)
    realised_ore: Mapped[int] = mapped_column(Ore)
    why: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(default="")


class PriceIndex(Identified, Base):
    """What a krone of a year is worth, as somebody recorded it from a source; the one recorded last counts."""

    __tablename__ = "price_index"
    __table_args__ = (
        CheckConstraint("factor > 0", name="factor"),
        Index("ix_price_index_year_recorded_at", "year", "recorded_at"),
    )

    year: Mapped[int]
    factor: Mapped[Decimal] = mapped_column(Measure)
    source: Mapped[str]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]


class PortfolioView(Identified, Base):
    """A page of the portfolio in a cut that somebody keeps under a name, for themselves or for all who see it."""

    __tablename__ = "portfolio_views"
    __table_args__ = (Index("uq_portfolio_views_owner_id_name", "owner_id", text("lower(name)"), unique=True),)

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str]
    address: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(default=False, server_default="false")
    saved_at: Mapped[datetime]
