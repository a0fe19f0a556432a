"""What the list of applications is narrowed by: the theme, who is on it, and the pieces of titles and references."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_1416"
down_revision = "2026_11_25_1400"
branch_labels = None
depends_on = None

PIECES = """
CREATE FUNCTION pieces(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT array_agg(substr(lowered, n, 3))
        FROM lower(words) lowered, generate_series(1, length(lowered) - 2) n);
"""
NARROWED_BY = {"id": ["id"], "theme": ["theme", "id"], "handler_id": ["handler_id", "id"]}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("applications", sa.Column("theme", sa.Text(), nullable=True))
    op.execute("UPDATE applications SET theme = answers ->> 'theme' WHERE answers ->> 'theme' IS NOT NULL")
    for name, columns in NARROWED_BY.items():
        op.create_index(f"ix_applications_call_id_{name}", "applications", ["call_id", *columns])
    op.execute(PIECES)
    op.create_index(
        "ix_cases_pieces", "cases", [sa.text("pieces((title || ' '::text) || reference)")], postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_cases_pieces", "cases")
    op.execute("DROP FUNCTION pieces(text)")
    for name in NARROWED_BY:
        op.drop_index(f"ix_applications_call_id_{name}", "applications")
    op.drop_column("applications", "theme")
