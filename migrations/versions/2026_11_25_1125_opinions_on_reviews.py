"""Whether reviewers agree with each other's reviews, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_1125"
down_revision = "2026_11_25_1120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "review_opinions",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("given_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_review_opinions_review_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_review_opinions_person_id"),
        sa.PrimaryKeyConstraint("review_id", "person_id", name="pk_review_opinions"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("review_opinions")
