"""What a project has heard, page by page: activities and insights, the newest first, and numbers for each party."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Uuid, bindparam, func, select

from app.activities.models import Insight, InsightActivity
from app.activities.queries import InsightActivityRow, InsightRow
from app.core.database import CASE, UnitOfWork
from app.core.paging import PAGE_SIZE, Page, page_of
from app.core.questions import constant, told_each

ACTIVITIES_AFTER = bindparam("activities_after", type_=Uuid())
INSIGHTS_AFTER = bindparam("insights_after", type_=Uuid())


class PartyRow(msgspec.Struct, frozen=True):
    """What has been heard from one party: activities, participants and insights, in numbers (S9, S20)."""

    party: str
    activities: int
    participants: int
    insights: int


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A page of each list, and the numbers of all that was heard."""

    activities: Page[InsightActivityRow]
    insights: Page[InsightRow]
    counted: list[PartyRow]

    def by_party(self, parties: Sequence[str]) -> list[PartyRow]:
        """The numbers of each party, also of those that nothing has been heard from."""
        known = {row.party: row for row in self.counted}
        return [known.get(party) or PartyRow(party, 0, 0, 0) for party in parties]


@cache
def _heard(activities_turned: bool, insights_turned: bool) -> Select[Any]:
    activity, insight = InsightActivity, Insight
    activities = (
        select(activity.id, activity.method, activity.party, activity.held_on, activity.participants, activity.units,
               activity.about)
        .where(activity.case_id == CASE)
        .order_by(activity.id.desc())
        .limit(constant(PAGE_SIZE + 1))
    )  # fmt: skip
    insights = (
        select(insight.id, insight.activity_id, insight.kind, insight.text)
        .where(insight.case_id == CASE)
        .order_by(insight.id.desc())
        .limit(constant(PAGE_SIZE + 1))
    )
    if activities_turned:
        activities = activities.where(activity.id < ACTIVITIES_AFTER)
    if insights_turned:
        insights = insights.where(insight.id < INSIGHTS_AFTER)
    brought = (
        select(insight.activity_id, func.count().label("insights"))
        .where(insight.case_id == CASE)
        .group_by(insight.activity_id)
        .subquery()
    )
    counted = (
        select(
            activity.party,
            func.count(),
            func.sum(activity.participants),
            func.coalesce(func.sum(brought.c.insights), 0),
        )
        .outerjoin(brought, brought.c.activity_id == activity.id)
        .where(activity.case_id == CASE)
        .group_by(activity.party)
    )
    return select(
        told_each(InsightActivityRow, activities), told_each(InsightRow, insights), told_each(PartyRow, counted)
    )


async def heard(
    uow: UnitOfWork, case_id: UUID, *, activities_after: UUID | None = None, insights_after: UUID | None = None
) -> Heard:
    """What one project has heard; one statement. The caller has checked that the actor may see the project."""
    asked: dict[str, Any] = {"case_id": case_id}
    if activities_after:
        asked["activities_after"] = activities_after
    if insights_after:
        asked["insights_after"] = insights_after
    statement = _heard(activities_after is not None, insights_after is not None)
    activities, insights, counted = (await uow.session.execute(statement, asked)).one()
    return Heard(activities=page_of(activities), insights=page_of(insights), counted=counted)
