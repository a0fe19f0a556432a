"""The unit that a figure was typed in, held against the one its indicator is counted in."""

from __future__ import annotations

from decimal import Decimal

from app.benefits.models import Indicator
from app.core.errors import Invalid
from app.core.inputs import Measured
from workflows.engine import Reason
from workflows.typed import is_same_unit


def refuse_other_unit(indicator: Indicator, **figures: Decimal | None) -> None:
    """Raise Invalid for every figure that was typed in another unit than the indicator's; hours are no minutes."""
    faults = {
        name: Reason(code="form.other_unit", parameters={"typed": value.unit, "unit": indicator.unit})
        for name, value in figures.items()
        if isinstance(value, Measured) and not is_same_unit(value.unit, indicator.unit)
    }
    if faults:
        raise Invalid(faults)
