"""What follows from a step, in the same transaction: the one place where a room calls onwards."""

from __future__ import annotations

from app.applications import service as applications
from app.benefits.service import measurements
from app.calls.announcing import announce
from app.core.database import EffectHandler
from app.payments import service as payments
from workflows.effects import Effect

EFFECTS: dict[Effect, EffectHandler] = {}
EFFECTS[Effect.ANNOUNCE_CALL] = announce
EFFECTS[Effect.GIVE_RECEIPT] = applications.give_receipt
EFFECTS[Effect.FREEZE_STATEMENT] = applications.freeze_statement
EFFECTS[Effect.TELL_APPLICANT] = applications.tell_applicant
EFFECTS[Effect.TELL_CASE_HANDLERS] = applications.tell_case_handlers
EFFECTS[Effect.PLAN_MILESTONES] = payments.plan_milestones_and_payments
EFFECTS[Effect.SCHEDULE_FOLLOW_UP] = measurements.schedule_follow_up
EFFECTS[Effect.RELEASE_PAYMENT] = payments.release_for_milestone
EFFECTS[Effect.APPLY_CHANGE] = payments.apply_change
