"""A call is written whole before it is published, told to every office, and led on by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.calls import jobs, service
from app.calls.models import Call, Criterion
from app.calls.web import rule_values
from app.cases.models import Case
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import PLAYERS, UNITS, World
from app.identity import service as identity
from app.identity.models import UnitMembership
from app.notices.models import Mail, Notice
from tests.calls_under_way import BEFORE, DEADLINE, DURING, OPENS, Acting, publish_call, write_call
from workflows.rules import DEFAULT_RULES

OFFICES = [key for key, unit in UNITS.items() if unit.kind == "office"]


@pytest.fixture
def act(database: Database, world: World) -> Acting:
    return Acting(database, world)


async def state_of(database: Database, call_id: object) -> str:
    async with database.reading() as uow:
        return str(await uow.session.scalar(select(Call.state).where(Call.id == call_id)))


async def test_everything_that_is_missing_is_said_at_once(act: Acting) -> None:
    call = await act("case_handler", service.create, title="Innovasjon 2026", at=BEFORE)
    with pytest.raises(NotYet) as refused:
        await act("case_handler", service.publish, call.id, at=BEFORE)
    codes = [reason.code for reason in refused.value.reasons]
    assert codes.count("call.text_missing") == 3 * 7 - 1  # the title was given in one language
    assert {"call.opening_missing", "call.deadline_missing", "call.frame_missing", "call.hours_missing"} <= set(codes)
    assert "call.criterion_incomplete" not in codes, "the scheme's own criteria are written in every language"


async def test_a_published_call_is_told_to_every_office_once(act: Acting, database: Database, world: World) -> None:
    async with database.unit_of_work(now=BEFORE) as uow:  # one office has nobody in charge just now
        rows = await uow.session.scalars(
            select(UnitMembership).where(
                UnitMembership.unit_id == world.units["klepp_time"].id,
                UnitMembership.role.in_(("leader", "coordinator")),
            )
        )
        for row in rows:
            row.valid_to = BEFORE - timedelta(days=1)
    call_id = await publish_call(act)
    async with database.reading() as uow:
        told = set(await uow.session.scalars(select(Notice.person_id).where(Notice.case_id == call_id)))
        assert await uow.session.scalar(select(func.count()).select_from(Notice).where(Notice.case_id == call_id)) == 8
        mailed = list(await uow.session.scalars(select(Mail.to_address).where(Mail.person_id.is_(None))))
        announced = await uow.session.scalar(select(Call.announced_to).where(Call.id == call_id))
    others = [key for key in OFFICES if key != "klepp_time"]
    assert told == {world.people[f"{key}.{role}"].id for key in others for role in ("leader", "coordinator")}
    assert mailed == [f"{UNITS['klepp_time'].number}@nav.example"]
    assert announced == len(OFFICES)


async def test_the_clock_opens_and_closes_to_the_minute(act: Acting, database: Database) -> None:
    call_id = await publish_call(act)
    for moment, expected in (
        (OPENS - timedelta(seconds=1), "published"),
        (OPENS, "open"),
        (DEADLINE + timedelta(seconds=59), "open"),
        (DEADLINE + timedelta(seconds=60), "closed"),
        (DEADLINE + timedelta(days=3), "closed"),
    ):
        await jobs.follow_the_clock(lambda moment=moment: database.unit_of_work(now=moment))  # type: ignore[misc]
        assert await state_of(database, call_id) == expected, moment


async def test_a_clock_that_slept_through_closes_what_it_never_opened(act: Acting, database: Database) -> None:
    call_id = await publish_call(act)
    late = DEADLINE + timedelta(days=1)
    for _ in range(2):
        await jobs.follow_the_clock(lambda: database.unit_of_work(now=late))
    assert await state_of(database, call_id) == "closed"


async def test_dates_in_the_wrong_order_change_nothing(act: Acting, database: Database) -> None:
    call_id = await write_call(act)
    for opens_at, deadline in ((DEADLINE, OPENS), (OPENS, OPENS)):
        with pytest.raises(Invalid) as refused:
            await act("case_handler", service.write_dates, call_id, opens_at=opens_at, deadline=deadline, at=BEFORE)
        assert refused.value.fields["deadline"].code == "call.deadline_before_opening"
    async with database.reading() as uow:
        assert (await uow.session.get_one(Call, call_id)).deadline == DEADLINE


async def test_what_is_published_stands_and_a_deadline_is_only_put_off(act: Acting) -> None:
    call_id = await publish_call(act)
    with pytest.raises(NotYet) as refused:
        await act("case_handler", service.write_text, call_id, language="nb", title="Noe annet", at=DURING)
    assert [reason.code for reason in refused.value.reasons] == ["call.published_already"]
    earlier, later = DEADLINE - timedelta(days=1), DEADLINE + timedelta(days=7)
    with pytest.raises(Invalid):
        await act("case_handler", service.write_dates, call_id, opens_at=OPENS, deadline=earlier, at=DURING)
    call = await act("case_handler", service.write_dates, call_id, opens_at=OPENS, deadline=later, at=DURING)
    assert call.deadline == later


async def test_the_weights_must_be_whole(act: Acting, database: Database) -> None:
    call_id = await write_call(act)
    async with database.reading() as uow:
        criterion_id = await uow.session.scalar(select(Criterion.id).where(Criterion.call_id == call_id).limit(1))
    await act("case_handler", service.weigh_criterion, call_id, criterion_id=criterion_id, weight=99, at=BEFORE)
    await act("case_handler", service.add_criterion, call_id, title="Mot", weight=1, at=BEFORE)
    with pytest.raises(NotYet) as refused:
        await act("case_handler", service.publish, call_id, at=BEFORE)
    codes = [reason.code for reason in refused.value.reasons]
    assert codes.count("call.weights_not_whole") == 1
    assert codes.count("call.criterion_incomplete") == 3


RULES = {
    "team_minimum": 4, "leader_endorses": True, "reviews_needed": 3, "spread_limit": 1, "reason_minimum": 30,
    "cooperation_months": 24, "benefits_minimum": 2, "follow_up_months": "3, 9", "grace_minutes": 5, "completion_days": 10,
    "acceptance_days": 14, "appeal_regime": "act", "appeal_working_days": 28, "handling_working_days": 30,
    "first_share": 30, "second_share": 50, "last_share": 20,
}  # fmt: skip


def test_the_rules_of_the_form_are_all_taken_over() -> None:
    rules = service.rules_from(DEFAULT_RULES, dict(RULES))
    assert (rules.team.minimum, rules.reviews.needed, rules.reviews.spread_limit, rules.reviews.reason_minimum) == (
        4,
        3,
        1,
        30,
    )
    assert (rules.reviews.cooperation_months, rules.benefits.minimum, rules.benefits.follow_up_months) == (
        24,
        2,
        (3, 9),
    )
    assert (rules.deadlines.grace_minutes, rules.deadlines.completion_days, rules.deadlines.acceptance_days) == (
        5,
        10,
        14,
    )
    assert (rules.appeal.regime, rules.appeal.deadline_working_days, rules.appeal.handling_working_days) == (
        "act",
        28,
        30,
    )
    assert [share for _, share in rules.payments] == [3_000, 5_000, 2_000]
    assert rules.gates == DEFAULT_RULES.gates


def test_a_share_of_nothing_can_be_given_back() -> None:
    rules = service.rules_from(DEFAULT_RULES, {**RULES, "first_share": 0, "second_share": 50, "last_share": 50})
    assert rules.payments == (("M4", 5_000), ("M7", 5_000))
    assert rule_values(rules)["first_share"] == 0
    again = service.rules_from(rules, {**RULES, "first_share": 40, "second_share": 40, "last_share": 20})
    assert again.payments == (("M0", 4_000), ("M4", 4_000), ("M7", 2_000))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("team_minimum", 0),
        ("reviews_needed", 11),
        ("follow_up_months", "12, 6"),
        ("last_share", 21),
        ("completion_days", 999),
    ],
)
def test_rules_out_of_range_are_refused_beside_their_field(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        service.rules_from(DEFAULT_RULES, {**RULES, field: value})
    assert set(refused.value.fields) == {field}


async def test_only_case_handlers_write_and_nobody_overwrites(act: Acting) -> None:
    with pytest.raises(NotAllowed):
        await act("lillestrom.leader", service.create, title="Vår egen", at=BEFORE)
    call_id = await write_call(act)
    with pytest.raises(NotAllowed):
        await act("lillestrom.leader", service.publish, call_id, at=BEFORE)
    with pytest.raises(NotFound):
        await act("case_handler", service.remove_criterion, call_id, criterion_id=call_id, at=BEFORE)
    call = await act(
        "case_handler", service.write_owner, call_id, person_id=act.world.people["method_owner"].id, at=BEFORE
    )
    with pytest.raises(Stale):
        await act("second_case_handler", service.write_text, call_id, language="nb", title="X", version=call.version - 1,
                  at=BEFORE)  # fmt: skip


async def test_the_owner_is_somebody_with_a_unit(act: Acting, database: Database) -> None:
    call_id = await write_call(act)
    async with database.unit_of_work() as uow:
        nobody = await identity.add_person(uow, name="Uten Enhet", email="uten.enhet@nav.example")
    with pytest.raises(Invalid):
        await act("case_handler", service.write_owner, call_id, person_id=nobody.id, at=BEFORE)
    async with database.reading() as uow:
        case = await uow.session.get_one(Case, call_id)
        assert case.unit_id == act.world.units[PLAYERS["case_handler"].unit].id
