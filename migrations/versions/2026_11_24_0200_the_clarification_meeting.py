"""The clarification meeting: proposed times, an agenda, invitations, objections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_0200"
down_revision = "2026_11_23_1600"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.alter_column("meetings", "held_at", nullable=True)
    op.alter_column("meetings", "written_by", nullable=True)
    op.alter_column("meetings", "written_at", nullable=True)
    op.add_column("meetings", sa.Column("length_minutes", sa.Integer(), nullable=False, server_default="60"))
    op.add_column("meetings", sa.Column("place", sa.Text(), nullable=False, server_default=""))
    op.add_column("meetings", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("meetings", sa.Column("organiser_id", sa.Uuid(), nullable=True))
    op.add_column("meetings", sa.Column("objection", sa.Text(), nullable=False, server_default=""))
    op.add_column("meetings", sa.Column("objected_by", sa.Uuid(), nullable=True))
    op.add_column("meetings", sa.Column("objected_at", INSTANT, nullable=True))
    for name in ("organiser_id", "objected_by"):
        op.create_foreign_key(f"fk_meetings_{name}", "meetings", "people", [name], ["id"])
    op.create_table(
        "meeting_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("length_minutes", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_meeting_times_case_id"),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name="fk_meeting_times_proposed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_times"),
        sa.UniqueConstraint("case_id", "starts_at", name="uq_meeting_times_case_id_starts_at"),
    )
    op.create_table(
        "meeting_time_answers",
        sa.Column("time_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("fit", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["time_id"], ["meeting_times.id"], name="fk_meeting_time_answers_time_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_meeting_time_answers_person_id"),
        sa.PrimaryKeyConstraint("time_id", "person_id", name="pk_meeting_time_answers"),
    )
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("from_reviews", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_agenda_items_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_agenda_items"),
    )
    op.create_index("ix_agenda_items_case_id", "agenda_items", ["case_id"])
    op.add_column("mails", sa.Column("calendar", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("mails", "calendar")
    op.drop_table("agenda_items")
    op.drop_table("meeting_time_answers")
    op.drop_table("meeting_times")
    for name in ("organiser_id", "objected_by"):
        op.drop_constraint(f"fk_meetings_{name}", "meetings", type_="foreignkey")
    for name in ("length_minutes", "place", "sequence", "organiser_id", "objection", "objected_by", "objected_at"):
        op.drop_column("meetings", name)
    op.execute("DELETE FROM meetings WHERE held_at IS NULL OR written_by IS NULL")
    for name in ("held_at", "written_by", "written_at"):
        op.alter_column("meetings", name, nullable=False)
