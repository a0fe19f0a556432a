"""The numbers of a call's rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from app.calls.facts import CALL
from app.calls.models import Call
from app.calls.service.draft import held_draft
from app.core.database import UnitOfWork
from app.core.errors import Invalid
from app.identity.actor import Actor
from app.moves import note
from workflows.engine import Reason
from workflows.rules import DEFAULT_RULES, LEAST, MOST, Rules, renewed

RULE_FIELDS = {
    "team_minimum": "team.minimum",
    "reviews_needed": "reviews.needed",
    "spread_limit": "reviews.spread_limit",
    "reason_minimum": "reviews.reason_minimum",
    "cooperation_months": "reviews.cooperation_months",
    "benefits_minimum": "benefits.minimum",
    "grace_minutes": "deadlines.grace_minutes",
    "completion_days": "deadlines.completion_days",
    "acceptance_days": "deadlines.acceptance_days",
    "appeal_working_days": "appeal.deadline_working_days",
    "handling_working_days": "appeal.handling_working_days",
}
"""Fields of the form, and where their numbers stand in workflows.rules.Rules."""

SHARES = dict(
    zip(("first_share", "second_share", "last_share"), (key for key, _ in DEFAULT_RULES.payments), strict=True)
)
"""Fields of the form, and the milestones that their shares of the award hang on."""


def rules_from(rules: Rules, fields: dict[str, Any]) -> Rules:
    """Rules with the numbers of the form in place; Invalid names each that is out of range."""
    faults: dict[str, Reason] = {}
    for name, path in RULE_FIELDS.items():
        if fields[name] < LEAST.get(path, 0):
            faults[name] = Reason(code="form.too_small", parameters={"least": LEAST[path]})
        elif path in MOST and fields[name] > MOST[path]:
            faults[name] = Reason(code="form.too_large", parameters={"most": MOST[path]})
    months = [int(part) for part in fields["follow_up_months"].split(",")]
    if months != sorted(set(months)) or months[0] < 1:
        faults["follow_up_months"] = Reason(code="rules.follow_up_months_wrong")
    if sum(fields[name] for name in SHARES) != 100:
        total = str(sum(fields[name] for name in SHARES))
        faults["last_share"] = Reason(code="rules.shares_not_whole", parameters={"percent": total})
    if faults:
        raise Invalid(faults)
    found = msgspec.to_builtins(renewed(rules))
    for name, path in RULE_FIELDS.items():
        part, field = path.split(".")
        found[part][field] = fields[name]
    found["team"]["leader_endorses"] = fields["leader_endorses"]
    found["appeal"]["regime"] = fields["appeal_regime"]
    found["benefits"]["follow_up_months"] = months
    milestones = {each["key"]: each for each in found["milestones"]}
    for name, key in SHARES.items():
        milestones[key]["share_basis_points"] = fields[name] * 100
    return msgspec.convert(found, Rules)


async def write_rules(
    uow: UnitOfWork,
    actor: Actor,
    call_id: UUID,
    *,
    version: int | None = None,
    **fields: Any,
) -> Call:
    """Set the numbers of a call's rules; those that the form does not ask for stay as they are."""
    held = await held_draft(uow, actor, call_id, version, "write_rules")
    rules = rules_from(msgspec.convert(held.row.rules, Rules), fields)
    held.row.rules, held.row.rules_version = msgspec.to_builtins(rules), rules.version
    return await note(uow, actor, CALL, held, "write_rules", changes=fields)
