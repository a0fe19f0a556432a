"""Good stories with their moderation, and themes added to the coding list (S36, S60, S61)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_0832"
down_revision = "2026_11_30_0822"
branch_labels = None
depends_on = None


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    instant = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "stories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sent_at", instant, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("benefit_id", sa.Uuid(), nullable=True),
        sa.Column("deviance_id", sa.Uuid(), nullable=True),
        sa.Column("names_people", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("themes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("why_returned", sa.Text(), nullable=False),
        sa.Column("published_at", instant, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(benefit_id is null) <> (deviance_id is null)", name=op.f("ck_stories_about")),
        sa.CheckConstraint("not names_people or consent <> ''", name=op.f("ck_stories_consent")),
        _to("stories", "case_id", "cases"),
        _to("stories", "written_by", "people"),
        _to("stories", "benefit_id", "benefits"),
        _to("stories", "deviance_id", "positive_deviances"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_index("ix_stories_case_id", "stories", ["case_id"])
    op.create_index("ix_stories_state", "stories", ["state", "published_at"])
    op.create_table(
        "evaluation_themes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("nb", sa.Text(), nullable=False),
        sa.Column("nn", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", instant, nullable=False),
        _to("evaluation_themes", "added_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_themes")),
        sa.UniqueConstraint("nb", name=op.f("uq_evaluation_themes_nb")),
    )


def downgrade() -> None:
    op.drop_table("evaluation_themes")
    op.drop_table("stories")
