"""Challenges as they are searched, and what an office shows while it looks for partners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_1037"
down_revision = "2026_11_25_1036"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("applications", sa.Column("partners_sought_at", MOMENT, nullable=True))
    op.add_column("applications", sa.Column("partner_summary", sa.Text(), nullable=False, server_default=""))
    op.alter_column("applications", "partner_summary", server_default=None)
    op.add_column("applications", sa.Column("joined_into", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_applications_joined_into", "applications", "applications", ["joined_into"], ["id"])
    op.create_index("ix_applications_joined_into", "applications", ["joined_into"])
    op.create_table(
        "challenges",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("shown_at", MOMENT, nullable=True),
        sa.Column("words", postgresql.TSVECTOR(), nullable=True),
        sa.Column("full_words", postgresql.TSVECTOR(), nullable=True),
        sa.Column("words_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_challenges_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_challenges"),
    )
    for name in ("words", "full_words"):
        op.create_index(
            f"ix_challenges_{name}", "challenges", [name], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        )
    op.create_table(
        "challenge_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("full", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_challenge_words"),
    )
    op.create_table(
        "challenge_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_challenge_questions_case_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_challenge_questions_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_challenge_questions"),
    )
    op.create_index("ix_challenge_questions_case_id", "challenge_questions", ["case_id"])
    op.create_index("ix_challenge_questions_person_id_asked_at", "challenge_questions", ["person_id", "asked_at"])


def downgrade() -> None:
    op.drop_table("challenge_questions")
    op.drop_table("challenge_words")
    op.drop_table("challenges")
    op.drop_column("applications", "joined_into")
    op.drop_column("applications", "partner_summary")
    op.drop_column("applications", "partners_sought_at")
