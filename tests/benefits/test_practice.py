"""What an office makes to learn the method stays practice: in no plan, no sum, and nobody else is asked (S31, I16)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.benefits import queries, service
from app.benefits.figures import figures
from app.benefits.models import Benefit
from app.cases.models import Case
from app.core.database import Database
from app.core.errors import NotYet
from app.demo.cast import World
from tests.benefits.test_service import COORDINATOR, OWNER, TODAY, approve_plan, with_profile
from tests.projects_under_way import Acts, open_project


async def test_practice_is_in_no_plan_and_no_figure(database: Database, world: World) -> None:
    act = Acts(database, world)
    case_id = await open_project(database, world)
    real = await with_profile(act, case_id)
    practised = await act(COORDINATOR, service.add, case_id=case_id, title="Øvelse", sign="-1", is_practice=True)
    indicator = await act(
        COORDINATOR, service.add_indicator, practised.id, name="Samtaler", unit="per uke", direction="up"
    )  # fmt: skip
    said = {"indicator_id": indicator.id}
    await act(COORDINATOR, service.set_baseline, practised.id, **said, value=Decimal(1), measured_on=TODAY, source="Vi",
              confidence="C")  # fmt: skip
    await act(COORDINATOR, service.set_target, practised.id, **said, value=Decimal(2), due_on=TODAY + timedelta(days=9))
    for verb, fields in (
        (service.propose_owner, {"person_id": world.people[OWNER].id}),
        (service.claim_share, {**said, "period": "2026", "share": Decimal(1), "why": "Alt er vårt"}),
        (service.hand_over, {"person_id": world.people[OWNER].id, "unit_id": world.units["grunerlokka"].id}),
    ):
        with pytest.raises(NotYet) as refused:
            await act(COORDINATOR, verb, practised.id, **fields)
        assert [reason.code for reason in refused.value.reasons] == ["benefit.is_practice"]
    with pytest.raises(NotYet):
        await act(COORDINATOR, service.plan_measurement, **said, due_on=TODAY)
    plan = await approve_plan(act, case_id)
    assert list(plan.snapshot["benefits"]) == [str(real.id)]
    assert str(indicator.id) not in str(plan.snapshot)
    async with database.reading() as uow:
        assert {line.benefit_id for line in await queries.plan_lines(uow, case_id)} == {real.id}
        assert {row.benefit_id for row in await figures(uow, Case.id == case_id)} == {real.id}
        assert (await uow.session.get_one(Benefit, practised.id)).state == "draft"
