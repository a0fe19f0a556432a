"""Feedback out of surveys, learning points and conversations, with what is changed for it (S13, S57, S58)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0801"
down_revision = "2026_11_30_0800"
branch_labels = None
depends_on = None


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    instant = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "process_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("reminded_at", instant, nullable=True),
        sa.Column("done_at", instant, nullable=True),
        sa.Column("done_text", sa.Text(), nullable=False),
        _to("process_changes", "call_id", "cases"),
        _to("process_changes", "responsible_id", "people"),
        _to("process_changes", "made_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_changes")),
    )
    op.create_index("ix_process_changes_call_id", "process_changes", ["call_id"])
    op.create_table(
        "feedback_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("survey_id", sa.Uuid(), nullable=True),
        sa.Column("learning_point_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("role_group", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.Column("answer_by", instant, nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", instant, nullable=True),
        sa.CheckConstraint("kind in ('finding', 'wish', 'learning', 'said')", name=op.f("ck_feedback_items_kind")),
        sa.CheckConstraint(
            "(answered_at is null) = (change_id is null and why = '')", name=op.f("ck_feedback_items_answer")
        ),
        sa.CheckConstraint("change_id is null or why = ''", name=op.f("ck_feedback_items_one_answer")),
        _to("feedback_items", "call_id", "cases"),
        _to("feedback_items", "cohort_id", "cohorts"),
        _to("feedback_items", "survey_id", "surveys"),
        _to("feedback_items", "learning_point_id", "learning_points"),
        _to("feedback_items", "change_id", "process_changes"),
        _to("feedback_items", "answered_by", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_items")),
        sa.UniqueConstraint("learning_point_id", name=op.f("uq_feedback_items_learning_point_id")),
    )
    for column in ("survey_id", "call_id", "change_id", "answer_by"):
        op.create_index(f"ix_feedback_items_{column}", "feedback_items", [column])
    op.create_table(
        "feedback_rounds",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", instant, nullable=False),
        sa.Column("told_at", instant, nullable=True),
        _to("feedback_rounds", "survey_id", "surveys"),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_feedback_rounds")),
    )


def downgrade() -> None:
    op.drop_table("feedback_rounds")
    op.drop_table("feedback_items")
    op.drop_table("process_changes")
