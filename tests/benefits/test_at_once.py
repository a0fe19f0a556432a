"""Two who act on one benefit at the same moment, each in a transaction: one waits, and nothing is counted twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.audit.models import Event
from app.benefits import service
from app.benefits.figures import figures
from app.benefits.models import AttributionShare, Benefit, Measurement
from app.cases.models import Case
from app.core.database import Database
from app.core.errors import Invalid
from app.portfolio.keeping import differences
from tests.benefits.test_service import COORDINATOR, OWNER, TODAY, approve_plan, indicator_of, measured, with_profile
from tests.conftest import world_in
from tests.projects_under_way import Acts, open_project

SAID: dict[str, Any] = {"measured_on": TODAY, "confidence": "B", "evidence": "Nytt uttrekk"}


async def at_once(*doing: Awaitable[Any]) -> list[str]:
    """What each of them comes to: the kind of its answer, or of its refusal."""
    return [type(each).__name__ for each in await asyncio.gather(*doing, return_exceptions=True)]


async def portfolio_of(database: Database, case_id: UUID) -> tuple[Decimal | None, bool]:
    """What counts as measured of the one benefit, and whether it is dropped, where every sum is as its sources say."""
    async with database.unit_of_work() as uow:
        (row,) = await figures(uow, Case.id == case_id)
        assert [each async for each in differences(uow) if not isinstance(each, int)] == []
        return row.measured, row.dropped_at is not None


async def realising(database: Database) -> tuple[Acts, UUID, Benefit]:
    act = Acts(database, await world_in(database))
    case_id = await open_project(database, act.world)
    benefit = await with_profile(act, case_id)
    await approve_plan(act, case_id)
    return act, case_id, benefit


async def test_corrected_while_it_is_confirmed_and_dropped_while_it_is_measured(own_database: Database) -> None:
    act, case_id, benefit = await realising(own_database)
    first = await measured(act, benefit)
    tries = await at_once(
        act("case_handler", service.confirm, first.id),
        act(OWNER, service.correct, first.id, why="Talt dobbelt", value=Decimal(350), **SAID),
    )
    assert tries in (["Measurement", "Measurement"], ["Measurement", "NotYet"]), (
        "a correction is of what stands confirmed"
    )
    assert (await portfolio_of(own_database, case_id))[0] == 340, "a correction counts once it is confirmed"
    async with own_database.reading() as uow:
        correction = await uow.session.scalar(select(Measurement).where(Measurement.corrects_id == first.id))
    if correction is None:
        correction = await act(OWNER, service.correct, first.id, why="Talt dobbelt", value=Decimal(350), **SAID)
    again = await at_once(
        *(act(who, service.confirm, correction.id) for who in ("case_handler", "method_owner")),
        act("case_handler", service.return_measurement, correction.id, why="Uklart"),
    )
    assert again.count("Measurement") == 1, "it is confirmed or sent back, and once"
    async with own_database.reading() as uow:
        state = (await uow.session.get_one(Measurement, correction.id)).state
    assert (await portfolio_of(own_database, case_id))[0] == (350 if state == "confirmed" else 340)

    planned = await act(
        COORDINATOR, service.plan_measurement, indicator_id=await indicator_of(act, benefit), due_on=TODAY
    )
    before = (await portfolio_of(own_database, case_id))[0]
    dropped, reported = await at_once(
        act("decision_maker", service.drop, benefit.id, why="Tiltaket er avlyst"),
        act(OWNER, service.report, planned.id, value=Decimal(300), **SAID),
    )
    assert dropped == "Benefit"
    async with own_database.reading() as uow:
        state = (await uow.session.get_one(Measurement, planned.id)).state
        verbs = list(await uow.session.scalars(select(Event.verb).where(Event.subject_id == planned.id)))
    assert (reported, state) in (("Measurement", "reported"), ("NotYet", "written_off")), (
        "one of them, never half of both"
    )
    assert verbs == ["plan", "report" if state == "reported" else "write_off"]
    assert await portfolio_of(own_database, case_id) == (before, True), (
        "what nobody has confirmed counts in neither case"
    )


async def test_shares_raised_and_claimed_at_once_never_come_to_more_than_the_whole(own_database: Database) -> None:
    act = Acts(own_database, await world_in(own_database))
    claims = []
    for _ in range(3):
        benefit = await with_profile(act, await open_project(own_database, act.world))
        claims.append((benefit.id, await indicator_of(act, benefit)))

    def claim(number: int, share: str) -> Awaitable[Any]:
        benefit_id, indicator_id = claims[number]
        return act(
            COORDINATOR, service.claim_share, benefit_id, indicator_id=indicator_id, period="2026",
            share=Decimal(share), why="Vår del",
        )  # fmt: skip

    async def standing() -> list[Decimal]:
        async with own_database.reading() as uow:
            rows = select(AttributionShare.share).where(AttributionShare.ended_at.is_(None))
            return sorted(await uow.session.scalars(rows))

    assert await at_once(claim(0, "0.3"), claim(1, "0.3")) == ["AttributionShare"] * 2
    raised = await at_once(claim(0, "0.7"), claim(1, "0.7"), claim(2, "0.4"))
    assert raised.count(Invalid.__name__) == 2, raised
    assert sum(await standing()) == 1
    assert await standing() in ([D("0.3"), D("0.7")], [D("0.3"), D("0.3"), D("0.4")])


D = Decimal
