"""Calls that are still written count the days for trying an outcome again as working days."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_1020"
down_revision = "2026_11_24_0310"
branch_labels = None
depends_on = None

WORDS = {
    "{days} dager": "{days} arbeidsdager",
    "{days} dagar": "{days} arbeidsdagar",
    "{days} days": "{days} working days",
}


def _reworded(rules: dict[str, Any], *, forwards: bool) -> None:
    for name in ("appeal_reconsideration", "appeal_act"):
        texts = rules.get("legal", {}).get(name, {})
        for language, text in texts.items():
            for before, after in WORDS.items():
                text = text.replace(before, after) if forwards else text.replace(after, before)
            texts[language] = text


def _each_draft(change: Any, version: int) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    connection = op.get_bind()
    rows = connection.execute(sa.text("select id, rules from calls where state = 'draft'")).all()
    for call_id, rules in rows:
        change(rules)
        rules["version"] = version
        connection.execute(
            sa.text("update calls set rules = cast(:rules as jsonb), rules_version = :version where id = :id"),
            {"rules": json.dumps(rules), "version": version, "id": call_id},
        )


def upgrade() -> None:
    def change(rules: dict[str, Any]) -> None:
        appeal = rules.setdefault("appeal", {})
        appeal["deadline_working_days"] = max(1, round((appeal.pop("deadline_days", None) or 21) * 5 / 7))
        _reworded(rules, forwards=True)

    _each_draft(change, 2)


def downgrade() -> None:
    def change(rules: dict[str, Any]) -> None:
        appeal = rules.setdefault("appeal", {})
        appeal["deadline_days"] = round(appeal.pop("deadline_working_days", 15) * 7 / 5)
        appeal.pop("handling_working_days", None)
        _reworded(rules, forwards=False)

    _each_draft(change, 1)
