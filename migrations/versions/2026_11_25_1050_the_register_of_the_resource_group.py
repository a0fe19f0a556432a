"""The register of the resource group: competence, capacity by half-year, leave, methods, and support given.

What facilitators had to give is carried into the half-year in which the migration runs; the methods they were at home
in become methods that they lead.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_1050"
down_revision = "2026_11_25_1045"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
TODAY = "(now() AT TIME ZONE 'Europe/Oslo')::date"
THIS_HALF = f"make_date(extract(year from {TODAY})::int, CASE WHEN extract(month from {TODAY}) < 7 THEN 1 ELSE 7 END, 1)"


def _own_tables() -> None:
    op.create_table(
        "method_competences",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "level in ('learned', 'supported', 'leads', 'teaches')", name="ck_method_competences_level"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["facilitators.person_id"], name="fk_method_competences_person_id"),
        sa.PrimaryKeyConstraint("person_id", "method", name="pk_method_competences"),
    )
    op.create_table(
        "facilitator_capacities",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("half", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("proposed_hours", sa.Integer(), nullable=True),
        sa.Column("proposed_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "extract(day from half) = 1 and extract(month from half) in (1, 7)", name="ck_facilitator_capacities_half"
        ),
        sa.CheckConstraint("hours >= 0 and proposed_hours >= 0", name="ck_facilitator_capacities_hours"),
        sa.ForeignKeyConstraint(["person_id"], ["facilitators.person_id"], name="fk_facilitator_capacities_person_id"),
        sa.PrimaryKeyConstraint("person_id", "half", name="pk_facilitator_capacities"),
    )
    op.create_table(
        "facilitator_leaves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name="ck_facilitator_leaves_days"),
        sa.ForeignKeyConstraint(["person_id"], ["facilitators.person_id"], name="fk_facilitator_leaves_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_facilitator_leaves"),
    )
    op.create_index("ix_facilitator_leaves_person_id", "facilitator_leaves", ["person_id"])


def _shared_tables() -> None:
    op.create_table(
        "methods",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("nb", sa.Text(), nullable=False),
        sa.Column("nn", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_methods"),
    )
    op.create_table(
        "support_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.CheckConstraint("minutes > 0", name="ck_support_contacts_minutes"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_support_contacts_case_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_support_contacts_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_support_contacts"),
    )
    op.create_index("ix_support_contacts_case_id_person_id", "support_contacts", ["case_id", "person_id"])
    op.create_index("ix_support_contacts_person_id", "support_contacts", ["person_id"])


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    _own_tables()
    _shared_tables()
    op.add_column("facilitators", sa.Column("field", sa.Text(), nullable=False, server_default=""))
    op.add_column("facilitators", sa.Column("is_mentor", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column(
        "facilitators", sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    )
    op.add_column("facilitators", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    for column in ("valid_from", "valid_to"):
        op.execute(
            f"ALTER TABLE facilitators ALTER {column} TYPE date USING ({column} AT TIME ZONE 'Europe/Oslo')::date"
        )
    op.execute(
        "UPDATE facilitators SET languages = ARRAY[CASE WHEN people.language = 'nn' THEN 'nn' ELSE 'nb' END] "
        "FROM people WHERE people.id = facilitators.person_id"
    )
    op.execute(
        "INSERT INTO method_competences (person_id, method, level) "
        "SELECT DISTINCT person_id, method, 'leads' FROM facilitators, unnest(methods) AS method"
    )
    op.execute(
        "INSERT INTO facilitator_capacities (person_id, half, hours, proposed_why) "
        f"SELECT person_id, {THIS_HALF}, capacity_hours, '' FROM facilitators"
    )
    for column in ("field", "is_mentor", "languages", "version"):
        op.alter_column("facilitators", column, server_default=None)
    op.drop_column("facilitators", "capacity_hours")
    op.drop_column("facilitators", "methods")
    op.add_column("facilitator_assignments", sa.Column("starts_on", sa.Date(), nullable=True))
    op.execute("UPDATE facilitator_assignments SET starts_on = (assigned_at AT TIME ZONE 'Europe/Oslo')::date")
    op.alter_column("facilitator_assignments", "starts_on", nullable=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_column("facilitator_assignments", "starts_on")
    op.add_column("facilitators", sa.Column("capacity_hours", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "facilitators", sa.Column("methods", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")
    )
    op.execute(
        "UPDATE facilitators SET capacity_hours = coalesce((SELECT hours FROM facilitator_capacities AS given "
        f"WHERE given.person_id = facilitators.person_id AND given.half = {THIS_HALF}), 0), "
        "methods = ARRAY(SELECT method FROM method_competences AS known "
        "WHERE known.person_id = facilitators.person_id ORDER BY method)"
    )
    for column in ("capacity_hours", "methods"):
        op.alter_column("facilitators", column, server_default=None)
    for column in ("valid_from", "valid_to"):
        op.execute(
            f"ALTER TABLE facilitators ALTER {column} TYPE timestamptz USING {column}::timestamp AT TIME ZONE 'Europe/Oslo'"
        )
    for column in ("field", "is_mentor", "languages", "version"):
        op.drop_column("facilitators", column)
    for table in ("support_contacts", "methods", "facilitator_leaves", "facilitator_capacities", "method_competences"):
        op.drop_table(table)
