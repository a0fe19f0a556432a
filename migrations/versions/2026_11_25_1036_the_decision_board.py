"""The decision board: the ranking, scenarios, batches, recommendations in words, and whose place a decision is for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_1036"
down_revision = "2026_11_25_1030"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("decisions", sa.Column("prepared_after", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_decisions_prepared_after", "decisions", "cases", ["prepared_after"], ["id"])
    _ranking()
    _scenarios()
    _batches()
    op.create_table(
        "recommendation_texts",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sources", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_recommendation_texts_decision_id"),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name="fk_recommendation_texts_made_by"),
        sa.ForeignKeyConstraint(["edited_by"], ["people.id"], name="fk_recommendation_texts_edited_by"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_recommendation_texts"),
    )


def _ranking() -> None:
    op.create_table(
        "rankings",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("places", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["cases.id"], name="fk_rankings_call_id"),
        sa.PrimaryKeyConstraint("call_id", name="pk_rankings"),
    )
    op.create_table(
        "ranking_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_place", sa.Integer(), nullable=False),
        sa.Column("to_place", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["cases.id"], name="fk_ranking_changes_call_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_ranking_changes_case_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_ranking_changes_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ranking_changes"),
    )
    op.create_index("ix_ranking_changes_call_id_version", "ranking_changes", ["call_id", "version"])


def _scenarios() -> None:
    op.create_table(
        "scenarios",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("adopted_by", sa.Uuid(), nullable=True),
        sa.Column("adopted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["cases.id"], name="fk_scenarios_call_id"),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name="fk_scenarios_made_by"),
        sa.ForeignKeyConstraint(["adopted_by"], ["people.id"], name="fk_scenarios_adopted_by"),
        sa.PrimaryKeyConstraint("id", name="pk_scenarios"),
        sa.UniqueConstraint("call_id", "name", name="uq_scenarios_call_id_name"),
    )
    op.create_table(
        "scenario_rows",
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_ore >= 0", name="ck_scenario_rows_amount_ore"),
        sa.CheckConstraint("hours >= 0", name="ck_scenario_rows_hours"),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenarios.id"], name="fk_scenario_rows_scenario_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_scenario_rows_case_id"),
        sa.PrimaryKeyConstraint("scenario_id", "case_id", name="pk_scenario_rows"),
    )


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("impartial", sa.Boolean(), nullable=False),
        sa.Column("checks", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.CheckConstraint("verb in ('recommend', 'decide')", name="ck_batches_verb"),
        sa.ForeignKeyConstraint(["call_id"], ["cases.id"], name="fk_batches_call_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_batches_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_call_id", "batches", ["call_id"])
    op.create_table(
        "batch_rows",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint("result in ('waiting', 'done', 'refused')", name="ck_batch_rows_result"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_batch_rows_batch_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_batch_rows_decision_id"),
        sa.PrimaryKeyConstraint("batch_id", "decision_id", name="pk_batch_rows"),
    )
    op.create_index(
        "ix_batch_rows_waiting", "batch_rows", ["batch_id", "place"], postgresql_where=sa.text("result = 'waiting'")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in (
        "recommendation_texts", "batch_rows", "batches", "scenario_rows", "scenarios", "ranking_changes", "rankings",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_constraint("fk_decisions_prepared_after", "decisions", type_="foreignkey")
    op.drop_column("decisions", "prepared_after")
