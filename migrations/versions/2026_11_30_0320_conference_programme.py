"""The programme of the experience conference, and where a presentation's slides lie."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0320"
down_revision = "2026_11_30_0315"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("shared_experiences", sa.Column("slides_link", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "programme_items",
        sa.Column("gathering_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("speakers", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("lasts_minutes", sa.Integer(), nullable=False),
        sa.Column("experience_id", sa.Uuid()),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('presentation', 'panel', 'break')", name=op.f("ck_programme_items_kind")),
        sa.CheckConstraint("lasts_minutes between 1 and 480", name=op.f("ck_programme_items_length")),
        sa.ForeignKeyConstraint(["gathering_id"], ["gatherings.id"], name=op.f("fk_programme_items_gathering_id")),
        sa.ForeignKeyConstraint(["experience_id"], ["shared_experiences.id"], name=op.f("fk_programme_items_experience_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_items")),
        sa.UniqueConstraint("experience_id", name=op.f("uq_programme_items_experience_id")),
    )
    op.create_index(op.f("ix_programme_items_gathering_id"), "programme_items", ["gathering_id"])
    # what was shared at a conference before there was a programme stands in it now, in the order in which it was shared
    op.execute(
        "insert into programme_items (id, gathering_id, kind, title, text, speakers, starts_at, lasts_minutes, experience_id) "
        "select gen_random_uuid(), g.id, 'presentation', e.title, '', '', g.starts_at + interval '15 minutes' * (row_number() "
        "over (partition by g.id order by e.id) - 1), 15, e.id from shared_experiences e "
        "join gatherings g on g.id = coalesce(e.gathering_id, (select c.id from gatherings c join cases p on p.call_id = c.call_id "
        "where p.id = e.case_id and c.kind = 'conference' order by c.starts_at limit 1)) where e.kind = 'conference'"
    )


def downgrade() -> None:
    op.drop_table("programme_items")
    op.drop_column("shared_experiences", "slides_link")
