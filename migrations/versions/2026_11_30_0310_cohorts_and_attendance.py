"""Cohorts with a series of gatherings at a time of day, what fills them, and attendance noted a row at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0310"
down_revision = "2026_11_30_0250"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "cohorts",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("whole_call", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["cases.id"], name=op.f("fk_cohorts_call_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_cohorts_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
    )
    op.create_index(op.f("ix_cohorts_call_id"), "cohorts", ["call_id"])
    op.create_table(
        "cohort_projects",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_cohort_projects_cohort_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_cohort_projects_case_id")),
        sa.PrimaryKeyConstraint("cohort_id", "case_id", name=op.f("pk_cohort_projects")),
    )
    op.create_index(op.f("ix_cohort_projects_case_id"), "cohort_projects", ["case_id"])
    for column in (
        sa.Column("cohort_id", sa.Uuid()),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_at", MOMENT),
        sa.Column("ends_at", MOMENT),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("artefact", sa.Text(), server_default="", nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed_at", MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("called_off_at", MOMENT),
        sa.Column("called_off_why", sa.Text(), server_default="", nullable=False),
    ):
        op.add_column("gatherings", column)
    # a call whose projects have gathered has had one cohort: all of them; a day has had no times, so it gets office hours
    op.execute(
        "insert into cohorts (id, call_id, name, whole_call, language, made_at) "
        "select gen_random_uuid(), c.id, c.title, true, c.language, now() from cases c "
        "where exists (select from gatherings g where g.call_id = c.id)"
    )
    op.execute(
        "update gatherings g set cohort_id = c.id, starts_at = (g.held_on + time '09:00') at time zone 'Europe/Oslo', "
        "ends_at = (g.held_on + time '15:00') at time zone 'Europe/Oslo' from cohorts c where c.call_id = g.call_id"
    )
    for name in ("cohort_id", "starts_at", "ends_at"):
        op.alter_column("gatherings", name, nullable=False)
    for name in ("topic", "link", "artefact", "sequence", "changed_at", "called_off_why"):
        op.alter_column("gatherings", name, server_default=None)
    op.drop_column("gatherings", "held_on")
    op.drop_constraint(op.f("uq_gatherings_call_id_key"), "gatherings")
    op.create_unique_constraint(op.f("uq_gatherings_cohort_id_key"), "gatherings", ["cohort_id", "key"])
    op.create_foreign_key(op.f("fk_gatherings_cohort_id"), "gatherings", "cohorts", ["cohort_id"], ["id"])
    op.create_check_constraint(op.f("ck_gatherings_times"), "gatherings", "ends_at > starts_at")
    op.create_check_constraint(op.f("ck_gatherings_capacity"), "gatherings", "capacity > 0")
    op.create_index(op.f("ix_gatherings_starts_at"), "gatherings", ["starts_at"])
    op.create_index(op.f("ix_gatherings_call_id"), "gatherings", ["call_id"])
    op.create_table(
        "gathering_contents",
        sa.Column("gathering_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('lecture', 'group_task', 'exercise')", name=op.f("ck_gathering_contents_kind")),
        sa.ForeignKeyConstraint(["gathering_id"], ["gatherings.id"], name=op.f("fk_gathering_contents_gathering_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering_contents")),
    )
    op.create_index(op.f("ix_gathering_contents_gathering_id"), "gathering_contents", ["gathering_id"])
    for column in (
        sa.Column("signed_up_by", sa.Uuid()),
        sa.Column("absent_at", MOMENT),
        sa.Column("noted_by", sa.Uuid()),
        sa.Column("noted_at", MOMENT),
    ):
        op.add_column("attendances", column)
    op.alter_column("attendances", "case_id", nullable=True)
    op.create_foreign_key(op.f("fk_attendances_signed_up_by"), "attendances", "people", ["signed_up_by"], ["id"])
    op.create_foreign_key(op.f("fk_attendances_noted_by"), "attendances", "people", ["noted_by"], ["id"])
    op.create_check_constraint(
        op.f("ck_attendances_one_presence"), "attendances", "attended_at is null or absent_at is null"
    )
    op.create_index(op.f("ix_attendances_person_id"), "attendances", ["person_id"])
    op.create_table(
        "pasted_lists",
        sa.Column("gathering_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pasted_by", sa.Uuid(), nullable=False),
        sa.Column("pasted_at", MOMENT, nullable=False),
        sa.Column("rows_taken", sa.Integer(), nullable=False),
        sa.Column("rows_left", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["gathering_id"], ["gatherings.id"], name=op.f("fk_pasted_lists_gathering_id")),
        sa.ForeignKeyConstraint(["pasted_by"], ["people.id"], name=op.f("fk_pasted_lists_pasted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pasted_lists")),
    )
    op.create_index(op.f("ix_pasted_lists_gathering_id"), "pasted_lists", ["gathering_id"])


def downgrade() -> None:
    op.drop_table("pasted_lists")
    op.drop_index(op.f("ix_attendances_person_id"), "attendances")
    op.drop_constraint(op.f("ck_attendances_one_presence"), "attendances")
    op.execute("delete from attendances where case_id is null")  # the older tables know no sign-up but a project's
    op.alter_column("attendances", "case_id", nullable=False)
    for name in ("signed_up_by", "absent_at", "noted_by", "noted_at"):
        op.drop_column("attendances", name)
    op.drop_table("gathering_contents")
    op.drop_index(op.f("ix_gatherings_call_id"), "gatherings")
    op.drop_index(op.f("ix_gatherings_starts_at"), "gatherings")
    op.drop_constraint(op.f("ck_gatherings_capacity"), "gatherings")
    op.drop_constraint(op.f("ck_gatherings_times"), "gatherings")
    op.drop_constraint(op.f("uq_gatherings_cohort_id_key"), "gatherings")
    op.add_column("gatherings", sa.Column("held_on", sa.Date()))
    op.execute("update gatherings set held_on = (starts_at at time zone 'Europe/Oslo')::date")
    # a key was a call's own; of cohorts that share one, all but one get a key that tells them apart
    op.execute(
        "update gatherings g set key = g.key || '_' || left(g.id::text, 8) where exists (select from gatherings o "
        "where o.call_id = g.call_id and o.key = g.key and o.id < g.id)"
    )
    op.alter_column("gatherings", "held_on", nullable=False)
    for name in (
        "cohort_id", "topic", "starts_at", "ends_at", "link", "capacity", "artefact", "sequence", "changed_at",
        "called_off_at", "called_off_why",
    ):
        op.drop_column("gatherings", name)
    op.create_unique_constraint(op.f("uq_gatherings_call_id_key"), "gatherings", ["call_id", "key"])
    op.drop_table("cohort_projects")
    op.drop_table("cohorts")
