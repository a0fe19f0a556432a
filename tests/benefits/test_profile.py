"""The rest of the profile: what is kept in rows, the series of targets, and tolerance."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.benefits import card, forms, queries, service
from app.benefits.models import Benefit, Precondition, Target
from app.core.database import Database
from app.core.errors import Invalid, NotYet
from app.demo.cast import World
from app.web.forms import read_input
from tests.benefits.test_service import COORDINATOR, LEADER, OWNER, TODAY, approve_plan, indicator_of, with_profile
from tests.conftest import MovingClock
from tests.projects_under_way import Acts, open_project

YEAR = timedelta(days=365)


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def card_of(act: Acts, benefit: Benefit) -> card.Card:
    async with act.database.reading() as uow:
        return await card.card_of(uow, benefit.id)


def test_rows_of_a_form_are_read_by_their_number_and_one_can_be_taken_out() -> None:
    raw = {"rows-0-text": ["Alle er lært opp"], "rows-0-standing": ["met"], "rows-0-id": [""], "rows-0-due_on": [""],
           "rows-1-text": [""], "rows-1-standing": ["not_met"], "rows-2-text": ["Bort"], "rows-remove": ["2"]}  # fmt: skip
    read = read_input(forms.WritePreconditions, raw, typed=True)
    assert [(row.text, row.standing, row.id, row.due_on) for row in read.rows] == [
        ("Alle er lært opp", "met", None, None), ("", "not_met", None, None),
    ]  # fmt: skip


async def test_rows_are_added_changed_and_ended_and_never_lost(act: Acts) -> None:
    case_id = await open_project(act.database, act.world)
    benefit = await act(COORDINATOR, service.add, case_id=case_id, title="Tryggere samtaler")
    owner = act.world.people[OWNER].id
    row = forms.PreconditionRow
    written = (row(text="Alle er lært opp", owner_id=owner), row(text=" ", standing="met"), row(text="Rommet er klart"))
    await act(COORDINATOR, service.write_preconditions, benefit.id, rows=written)
    first, second = (await card_of(act, benefit)).preconditions
    assert (first.text, first.owner, first.standing) == ("Alle er lært opp", act.world.people[OWNER].name, "not_met")
    kept = row(id=first.id, text=first.text, standing="at_risk", owner_id=owner, due_on=TODAY)
    await act(COORDINATOR, service.write_preconditions, benefit.id, rows=(kept,))
    (only,) = (await card_of(act, benefit)).preconditions
    assert (only.standing, only.due_on, only.is_late(TODAY)) == ("at_risk", TODAY, False)
    kept = msgspec.structs.replace(kept, id=only.id)
    await act(COORDINATOR, service.write_preconditions, benefit.id, rows=(kept,))
    assert [each.id for each in (await card_of(act, benefit)).preconditions] == [only.id], "what is the same stays"
    async with act.database.reading() as uow:
        said = [await uow.session.get_one(Precondition, each.id) for each in (first, only, second)]
    assert [each.text for each in said] == ["Alle er lært opp", "Alle er lært opp", "Rommet er klart"]
    assert [each.standing for each in said] == ["not_met", "at_risk", "not_met"]
    assert [each.line_id for each in said] == [first.id, first.id, second.id]
    assert said[0].removed_at == said[1].added_at == said[2].removed_at
    assert said[1].removed_at is None
    for rows, field in (
        ((row(text="Ny", owner_id=act.world.people["lillestrom.coordinator"].id),), "rows-0-owner_id"),
        ((kept, row(id=second.id, text="Rommet er klart")), "rows-1-text"),
    ):
        with pytest.raises(Invalid) as refused:
            await act(COORDINATOR, service.write_preconditions, benefit.id, rows=rows)
        assert set(refused.value.fields) == {field}
    with pytest.raises(NotYet):
        await act(COORDINATOR, service.learn, benefit.id, learning="For tidlig")


def row(days: int | None, value: int | str | None) -> forms.TargetRow:
    due_on = None if days is None else TODAY + timedelta(days=days)
    return forms.TargetRow(due_on=due_on, value=None if value is None else Decimal(value))


async def series(act: Acts, case_id: UUID) -> dict[int, list[tuple[int, Decimal]]]:
    """Each version's targets, by days from now."""
    async with act.database.reading() as uow:
        plans = await queries.plans(uow, case_id)
        return {
            plan.number: [
                ((each.due_on - TODAY).days, each.value)
                for each in await uow.session.scalars(
                    select(Target).where(Target.plan_id == plan.id).order_by(Target.due_on)
                )
            ]
            for plan in plans
        }


async def test_a_series_of_targets_is_written_whole_and_what_is_off_it_by_its_day_is_explained(
    act: Acts, clock: MovingClock
) -> None:
    case_id = await open_project(act.database, act.world)
    benefit = await with_profile(act, case_id)
    indicator = await indicator_of(act, benefit)

    async def write(*rows: forms.TargetRow) -> Any:
        return await act(COORDINATOR, service.write_targets, benefit.id, indicator_id=indicator, rows=rows)

    wrong = [row(10, None), row(None, 5), row(20, 390), row(20, 380), row(30, 400), row(9_999, 300), row(None, None)]
    with pytest.raises(Invalid) as refused:
        await write(*wrong)
    assert {name: reason.code for name, reason in refused.value.fields.items()} == {
        "rows-0-value": "form.empty", "rows-1-due_on": "form.empty", "rows-3-due_on": "benefits.target_twice",
        "rows-4-value": "benefits.target_is_baseline", "rows-5-due_on": "benefits.date_far",
    }  # fmt: skip
    await write(row(180, 360), row(None, None), row(365, 320))
    async with act.database.reading() as uow:
        plan = (await queries.plans(uow, case_id))[0]
    await approve_plan(act, case_id)
    with pytest.raises(NotYet):
        await write(row(180, 350))
    await act(LEADER, service.revise_plan, plan.id, why="Vi kom senere i gang")
    await write(row(365, 330))
    assert await series(act, case_id) == {1: [(180, Decimal(360)), (365, Decimal(320))], 2: [(365, Decimal(330))]}

    # off the plan in force by its day: refused without a word, also where the office has since written another tolerance
    await act(COORDINATOR, service.describe, benefit.id, tolerance_percent=100)
    clock.moved = YEAR
    day = TODAY + timedelta(days=200)
    due = await act(COORDINATOR, service.plan_measurement, indicator_id=indicator, due_on=day)
    said = {"value": Decimal(380), "measured_on": day, "confidence": "B", "evidence": "Gosys"}
    with pytest.raises(Invalid) as refused:
        await act(OWNER, service.report, due.id, **said)
    assert set(refused.value.fields) == {"deviation"}
    assert refused.value.fields["deviation"].parameters["target"] == "360"
    early = {**said, "measured_on": TODAY + timedelta(days=100)}
    assert (await act(OWNER, service.report, due.id, **early)).state == "reported", "nothing was promised by then"
    await act("case_handler", service.return_measurement, due.id, why="Feil dag")
    assert (await act(OWNER, service.report, due.id, **said, deviation="Sommeren kom i veien")).state == "reported"


async def test_what_is_written_after_the_approval_waits_for_the_next_version(act: Acts) -> None:
    case_id = await open_project(act.database, act.world)
    benefit = await with_profile(act, case_id)
    assert (await card_of(act, benefit)).in_force is None
    await approve_plan(act, case_id)
    before = await card_of(act, benefit)
    assert (before.in_force, before.waiting) == (1, [])
    await act(COORDINATOR, service.describe, benefit.id, profile="ramp", starts_on=TODAY)
    assert (await card_of(act, benefit)).waiting == ["profile", "starts_on"]
    with pytest.raises(NotYet):
        await act(COORDINATOR, service.describe, benefit.id, tolerance_percent=50)
