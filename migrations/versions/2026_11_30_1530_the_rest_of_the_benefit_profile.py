"""The rest of the benefit profile: preconditions, risks, those whom it concerns, tolerance, what a value rests on, learning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import conv

revision = "2026_11_30_1530"
down_revision = "2026_11_30_1515"
branch_labels = None
depends_on = None

WORDS = ("redeployed_to", "valuation_basis", "learning")
REGISTERS = {
    "benefit_preconditions": (
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "standing in ('met', 'at_risk', 'not_met')", name=conv("ck_benefit_preconditions_standing")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=conv("fk_benefit_preconditions_owner_id")),
    ),
    "benefit_risks": (
        sa.Column("likelihood", sa.Text(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.CheckConstraint("likelihood in ('low', 'medium', 'high')", name=conv("ck_benefit_risks_likelihood")),
        sa.CheckConstraint("impact in ('low', 'medium', 'high')", name=conv("ck_benefit_risks_impact")),
    ),
    "benefit_stakeholders": (
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.CheckConstraint("effect in ('gains', 'loses', 'both')", name=conv("ck_benefit_stakeholders_effect")),
    ),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for name in WORDS:
        op.add_column("benefits", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("benefits", sa.Column("ks_type", sa.Text(), nullable=True))
    op.add_column("benefits", sa.Column("tolerance_percent", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_benefits_ks_type"), "benefits", "ks_type in ('avoided_cost', 'saved_time', 'raised_quality')"
    )
    op.create_check_constraint(op.f("ck_benefits_tolerance_percent"), "benefits", "tolerance_percent between 0 and 100")
    for table, more in REGISTERS.items():
        op.create_table(
            table,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("case_id", sa.Uuid(), nullable=False),
            sa.Column("benefit_id", sa.Uuid(), nullable=False),
            sa.Column("text", sa.Text(), nullable=False),
            sa.Column("added_at", sa.TIMESTAMP(timezone=True), nullable=False),
            sa.Column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
            *more,
            sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{table}_case_id")),
            sa.ForeignKeyConstraint(["benefit_id"], ["benefits.id"], name=op.f(f"fk_{table}_benefit_id")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_benefit_id"), table, ["benefit_id"])


def downgrade() -> None:
    for table in reversed(REGISTERS):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_benefits_tolerance_percent"), "benefits")
    op.drop_constraint(op.f("ck_benefits_ks_type"), "benefits")
    for name in ("tolerance_percent", "ks_type", *reversed(WORDS)):
        op.drop_column("benefits", name)
