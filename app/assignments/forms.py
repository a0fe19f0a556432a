"""What is typed about who assesses what."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

Competence = Literal[
    "service_design", "systemic_design", "benefits_realisation", "positive_deviance", "evaluation", "more_in_work",
    "better_meetings", "reliable_administration",
]  # fmt: skip
"""As workflows.review_assignment.COMPETENCES; a test holds the two together."""

AtOnce = Annotated[int, Meta(ge=0, le=100)]


class WriteProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody knows, reads, and has room for."""

    version: int | None = None
    competences: tuple[Competence, ...] = ()
    languages: tuple[Literal["nb", "nn"], ...] = ()
    most: AtOnce | None = None


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """The call that a proposal is asked for."""

    call_id: UUID


class Touch(msgspec.Struct, frozen=True, kw_only=True):
    """A change of something as it was seen in a version."""

    version: int | None = None


class Replace(msgspec.Struct, frozen=True, kw_only=True):
    """Who should take the place of somebody in a proposal."""

    version: int | None = None
    reviewer_id: UUID


class Add(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody for an application, put into a proposal by hand."""

    case_id: UUID
    reviewer_id: UUID
