"""What every project and benefit adds to the portfolio, day by day, and the price index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_1222"
down_revision = "2026_11_30_1140"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "portfolio_rows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("benefit_id", sa.Uuid(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("goals", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("lacks_from", sa.Date(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("begun", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("ended", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_portfolio_rows_case_id")),
        sa.ForeignKeyConstraint(["benefit_id"], ["benefits.id"], name=op.f("fk_portfolio_rows_benefit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_rows")),
    )
    op.create_index(
        "ix_portfolio_rows_case_id_benefit_id_from_on", "portfolio_rows", ["case_id", "benefit_id", "from_on"]
    )
    op.create_index(op.f("ix_portfolio_rows_benefit_id"), "portfolio_rows", ["benefit_id"])
    op.create_index("ix_portfolio_rows_unit_id_from_on", "portfolio_rows", ["unit_id", "from_on"])
    op.create_index(
        "uq_portfolio_rows_standing", "portfolio_rows", ["case_id", "benefit_id"], unique=True,
        postgresql_nulls_not_distinct=True, postgresql_where=sa.text("to_on is null"),
    )  # fmt: skip
    op.create_index(
        "ix_portfolio_rows_lacking", "portfolio_rows", ["case_id", "benefit_id"],
        postgresql_where=sa.text("to_on is null and lacks_from is not null"),
    )  # fmt: skip
    op.create_index("ix_portfolio_rows_to_begin", "portfolio_rows", ["id"], postgresql_where=sa.text("not begun"))
    op.create_index(
        "ix_portfolio_rows_to_end", "portfolio_rows", ["id"],
        postgresql_where=sa.text("to_on is not null and not ended"),
    )  # fmt: skip
    op.create_table(
        "portfolio_totals",
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "key", "on", name=op.f("pk_portfolio_totals")),
    )
    op.create_table(
        "price_index",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Numeric(20, 6), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("factor > 0", name=op.f("ck_price_index_factor")),
        sa.ForeignKeyConstraint(["recorded_by"], ["people.id"], name=op.f("fk_price_index_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_index")),
    )
    op.create_index("ix_price_index_year_recorded_at", "price_index", ["year", "recorded_at"])


def downgrade() -> None:
    op.drop_table("price_index")
    op.drop_table("portfolio_totals")
    op.drop_table("portfolio_rows")
