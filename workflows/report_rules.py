"""The part of a call's rules that says which reports a project writes, and when."""

from __future__ import annotations

import msgspec

from workflows.money import WHOLE

REPORT_LIMITS = {"interim_months": (0, 24), "final_days": (0, 365), "tolerance_basis_points": (0, WHOLE)}
"""The least and the most of each number."""


class ReportRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which reports a project writes; their days are set at the award (G26)."""

    interim_months: int = 4
    """An interim report every so many months; 0 for none."""
    yearly: bool = True
    """A report with accounts on the first of February of each year that the project lasts into."""
    final_days: int = 30
    """The final report is due so many days after the last step is planned to end."""
    tolerance_basis_points: int = 500
    """Accounts further from the budget of a kind of cost than this share of it are explained (G28)."""
