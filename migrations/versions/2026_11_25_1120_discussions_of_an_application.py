"""Threads about applications, what is said in them, and how far each has read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_1120"
down_revision = "2026_11_25_1115"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "threads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_threads_case_id"),
        sa.ForeignKeyConstraint(["criterion_id"], ["criteria.id"], name="fk_threads_criterion_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["opened_by"], ["people.id"], name="fk_threads_opened_by"),
        sa.PrimaryKeyConstraint("id", name="pk_threads"),
    )
    op.create_index("ix_threads_case_id", "threads", ["case_id", "audience"])
    op.create_table(
        "posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name="fk_posts_thread_id"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_posts_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
    )
    op.create_index("ix_posts_thread_id", "posts", ["thread_id"])
    op.create_table(
        "earlier_texts",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_earlier_texts_post_id"),
        sa.PrimaryKeyConstraint("post_id", "version", name="pk_earlier_texts"),
    )
    op.create_table(
        "thread_readings",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("read_until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name="fk_thread_readings_thread_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_thread_readings_person_id"),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name="pk_thread_readings"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in ("thread_readings", "earlier_texts", "posts", "threads"):
        op.drop_table(table)
