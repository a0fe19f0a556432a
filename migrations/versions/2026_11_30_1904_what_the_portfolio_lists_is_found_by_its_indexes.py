"""What the portfolio lists first, what stands of an indicator's measurements and a benefit's way on are found by indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1904"
down_revision = "2026_11_30_1847"
branch_labels = None
depends_on = None


NEW = (
    ("ix_benefit_edges_from_id", "benefit_edges", ["from_id"], ""),
    ("ix_benefit_edges_to_id", "benefit_edges", ["to_id"], ""),
    ("ix_measurements_indicator_id_confirmed_at", "measurements", ["indicator_id", "confirmed_at"], ""),
    ("ix_measurements_standing", "measurements", ["indicator_id", "measured_on", "id"], "confirmed_at is not null"),
    ("ix_portfolio_rows_of_projects_from_on", "portfolio_rows", ["case_id", "from_on"], "benefit_id is null"),
    ("ix_portfolio_rows_lacking_once", "portfolio_rows", ["case_id", "benefit_id", "from_on"],
     "lacks_from is not null and (to_on is null or lacks_from < to_on)"),
)  # fmt: skip
OLD = (
    ("ix_measurements_indicator_id", "measurements", ["indicator_id"], ""),
    ("ix_portfolio_rows_of_projects", "portfolio_rows", ["case_id"], "benefit_id is null"),
)


def _create(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(where) if where else None)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for index in NEW:
        _create(*index)
    for name, table, _, _ in OLD:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for index in OLD:
        _create(*index)
    for name, table, _, _ in NEW:
        op.drop_index(name, table_name=table)
