"""How the signs of a running project are shown: how grave each looks, and where it leads."""

from __future__ import annotations

from uuid import UUID

from app.web.places import link_to
from workflows.oversight import PLACES, WEIGHTS, Sign

GRAVE = 3
"""From this weight on a sign looks grave."""
TONES = {str(sign): "danger" if weight >= GRAVE else "warning" for sign, weight in WEIGHTS.items()}
ELSEWHERE = {Sign.FEEDBACK_UNANSWERED: "/feedback"}
"""The pages of signs that are seen to for many projects at once."""


def sign_link(sign: Sign, case_id: UUID) -> str:
    """Where a sign of a project is seen to."""
    return link_to(PLACES[sign], case_id, {}) or ELSEWHERE[sign]
