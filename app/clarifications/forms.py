"""What is typed about expectations."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from app.core.inputs import Email, Line, OptionalLine, OptionalText, Text
from workflows.clarification_template import TEMPLATE_TEXTS
from workflows.wording import LANGUAGES

HoursPerWeek = Annotated[int, msgspec.Meta(ge=0, le=60)]
Gate = Literal["start", "close_diamond_1", "close_diamond_2", "close_diamond_3"]
RoleName = Literal[
    "leader", "coordinator", "core_team", "facilitator", "county_representative", "partner", "citizens_voice"
]
ROLES = (
    "leader", "coordinator", "core_team", "facilitator", "county_representative", "partner", "citizens_voice",
)  # fmt: skip


class AddClarification(msgspec.Struct, frozen=True, kw_only=True):
    """A clarification for one more person."""

    case_id: UUID
    gate: Gate = "start"
    role: RoleName
    person_id: UUID | None = None
    outside_name: OptionalLine = ""


class WriteClarification(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected and committed to, and what comes out of it."""

    expects: OptionalText
    commits: OptionalText
    scheme_expects: OptionalText = ""
    scheme_commits: OptionalText = ""
    hours_per_week: HoursPerWeek
    responsibility: OptionalText
    decision_rights: OptionalText = ""
    equality: OptionalText = ""
    learning: OptionalText
    new_ways: OptionalText = ""
    benefits_short: OptionalText
    benefits_long: OptionalText
    released_hours: HoursPerWeek = 0
    release_how: OptionalText = ""
    renewal_note: OptionalText = ""
    version: int | None = None


class ReplaceHolder(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds the role now."""

    person_id: UUID | None = None
    outside_name: OptionalLine = ""
    why: Line


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """What one says, or why."""

    why: Text


class Renew(msgspec.Struct, frozen=True, kw_only=True):
    """The end of the diamond that clarifications are renewed at."""

    gate: Literal["close_diamond_1", "close_diamond_2", "close_diamond_3"]


class SendLink(msgspec.Struct, frozen=True, kw_only=True):
    """Where a link for an outsider is sent, and in which language it opens."""

    email: Email
    language: Literal["nb", "nn", "en"] = "nb"


class Agree(msgspec.Struct, frozen=True, kw_only=True):
    """That one agrees to the text with this fingerprint."""

    text_hash: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class RecordAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How, when and with whom somebody without an account agreed."""

    text_hash: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]
    how: Text


class TemplateHead(msgspec.Struct, frozen=True, kw_only=True):
    """Which template is written, on which version of it, and why."""

    role: RoleName
    gate: Gate
    number: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    hours_per_week: Annotated[int, msgspec.Meta(ge=1, le=60)]
    why: Line


WriteTemplate = msgspec.defstruct(
    "WriteTemplate",
    [(f"{name}_{language}", OptionalText, "") for language in LANGUAGES for name in TEMPLATE_TEXTS],
    bases=(TemplateHead,), frozen=True, kw_only=True, module=__name__,
)  # fmt: skip
"""A template with every text in every language; what is missing is said all at once."""


class TakeTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """The version of the draft that the template is taken into."""

    version: int | None = None
