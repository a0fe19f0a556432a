"""Reviews for programs to read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from litestar import get

from app.reviews import queries
from app.web.visit import Visit
from workflows.roles import Permission


class ScoreOut(msgspec.Struct, frozen=True):
    """A score for one criterion with its reason."""

    criterion_id: UUID
    value: int | None
    reason: str


class ReviewOut(msgspec.Struct, frozen=True, kw_only=True):
    """A review with its scores."""

    id: UUID
    case_id: UUID
    state: str
    version: int
    reviewer: str
    submitted_at: datetime | None
    summary: dict[str, Any]
    scores: list[ScoreOut]


class ReviewPage(msgspec.Struct, frozen=True):
    """A page of one's own reviews; `after` is what to ask for the next with."""

    rows: list[queries.ReviewRow]
    after: UUID | None


@get("/reviews", permission=Permission.RESOURCE_GROUP_SEE, tags=["review"], operation_id="reviews_read")
async def read_reviews(visit: Visit, after: UUID | None = None) -> ReviewPage:
    """One's own reviews, the newest first."""
    page = await queries.my_reviews(visit.uow, visit.actor, after=after)
    return ReviewPage(list(page.rows), page.after)


@get("/reviews/{review_id:uuid}", permission=Permission.SELF, tags=["review"], operation_id="review_read")
async def read_review(visit: Visit, review_id: UUID) -> ReviewOut:
    """One's own review, or another's that one may see."""
    found = await queries.reviewing(visit.uow, visit.actor, review_id)
    scores = await queries.scores_of(visit.uow, found.review.id) if found.reads else {}
    shown = ReviewOut(
        id=found.review.id, case_id=found.case.id, state=found.review.state, version=found.review.version,
        reviewer=found.reviewer, submitted_at=found.review.submitted_at,
        summary=found.review.summary if found.reads else {},
        scores=[ScoreOut(key, row.value, row.reason) for key, row in scores.items()],
    )  # fmt: skip
    return cast("ReviewOut", visit.veiled(shown))


ROUTES = [read_reviews, read_review]
