"""Competence goals, and what each person says of themselves before and after (S64)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0834"
down_revision = "2026_11_30_0833"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    instant = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "competence_goals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", instant, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_competence_goals_case_id")),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_competence_goals_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence_goals")),
    )
    op.create_index("ix_competence_goals_case_id", "competence_goals", ["case_id"])
    op.create_table(
        "self_assessments",
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("moment in ('before', 'after')", name=op.f("ck_self_assessments_moment")),
        sa.CheckConstraint("level between 1 and 5", name=op.f("ck_self_assessments_level")),
        sa.ForeignKeyConstraint(["goal_id"], ["competence_goals.id"], name=op.f("fk_self_assessments_goal_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_self_assessments_person_id")),
        sa.PrimaryKeyConstraint("goal_id", "person_id", "moment", name=op.f("pk_self_assessments")),
    )
    op.create_index("ix_self_assessments_person_id", "self_assessments", ["person_id"])
    op.create_table(
        "competence_asked",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_competence_asked_case_id")),
        sa.PrimaryKeyConstraint("case_id", "moment", name=op.f("pk_competence_asked")),
    )


def downgrade() -> None:
    op.drop_table("competence_asked")
    op.drop_table("self_assessments")
    op.drop_table("competence_goals")
