"""Addresses that calendars subscribe to, and meetings that come back every week."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_0315"
down_revision = "2026_11_30_0310"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "weekly_meetings",
        sa.Column("case_id", sa.Uuid()),
        sa.Column("cohort_id", sa.Uuid()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("lasts_minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("skipped", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("called_off_at", MOMENT),
        sa.Column("called_off_why", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(case_id is null) <> (cohort_id is null)", name=op.f("ck_weekly_meetings_one_owner")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_weekly_meetings_days")),
        sa.CheckConstraint("lasts_minutes between 5 and 720", name=op.f("ck_weekly_meetings_length")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_weekly_meetings_case_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_weekly_meetings_cohort_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_weekly_meetings_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_meetings")),
    )
    op.create_index(op.f("ix_weekly_meetings_case_id"), "weekly_meetings", ["case_id"])
    op.create_index(op.f("ix_weekly_meetings_cohort_id"), "weekly_meetings", ["cohort_id"])
    op.create_table(
        "calendar_feeds",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_calendar_feeds_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feeds_person_id"), "calendar_feeds", ["person_id"])
    op.create_index(op.f("ix_calendar_feeds_case_id"), "calendar_feeds", ["case_id"])
    op.create_index(
        op.f("uq_calendar_feeds_open"), "calendar_feeds", ["person_id", sa.text("coalesce(case_id, person_id)")],
        unique=True, postgresql_where=sa.text("revoked_at is null"),
    )


def downgrade() -> None:
    op.drop_table("calendar_feeds")
    op.drop_table("weekly_meetings")
