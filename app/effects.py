"""What follows from a step, in the same transaction: the one place where a room calls onwards."""

from __future__ import annotations

from app.core.database import EffectHandler
from workflows.effects import Effect

EFFECTS: dict[Effect, EffectHandler] = {}
