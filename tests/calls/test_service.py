"""A call is written whole before it is published, told to every office, and led on by the clock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.calls import jobs, queries, service
from app.calls.models import Call, CallText, Criterion
from app.cases.models import Case
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import PLAYERS, UNITS, World
from app.identity import service as identity
from app.identity.models import UnitMembership
from app.notices.models import Mail, Notice
from app.outbox.models import OutboxRow
from tests.calls_under_way import BEFORE, DEADLINE, DURING, OPENS, TEXTS, Acting, publish_call, write_call
from workflows.roles import Role
from workflows.rule_fields import altered
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
    call = await act(
        "case_handler", service.write_dates, call_id, opens_at=OPENS, deadline=later, why="Høstferie", at=DURING
    )
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
    "team_minimum": 4, "team_leader_endorses": False, "reviews_needed": 3, "gates_modules_at_start": "1, 2",
    "clarifications_at_start": ["coordinator", "leader"], "benefits_follow_up_months": "3, 9", "appeal_regime": "act",
    "milestones_M0_share_basis_points": Decimal("33.33"), "milestones_M7_share_basis_points": Decimal("26.67"),
    "legal_breach_nn": "Midlar kan krevjast tilbake. ",
}  # fmt: skip


def test_the_rules_of_the_form_are_all_taken_over() -> None:
    rules = service.rules_from(DEFAULT_RULES, RULES)
    assert (rules.team.minimum, rules.team.leader_endorses, rules.reviews.needed) == (4, False, 3)
    assert rules.clarifications.at_start == (Role.LEADER, Role.COORDINATOR)
    assert (rules.gates.modules_at_start, rules.benefits.follow_up_months) == ((1, 2), (3, 9))
    assert (rules.appeal.regime, rules.legal.breach.nn) == ("act", "Midlar kan krevjast tilbake.")
    assert [share for _, share in rules.payments] == [3_333, 4_000, 2_667]
    assert {field.path for field in altered(rules)} == {
        "team.minimum", "team.leader_endorses", "reviews.needed", "clarifications.at_start", "gates.modules_at_start",
        "benefits.follow_up_months", "appeal.regime", "milestones.M0.share_basis_points",
        "milestones.M7.share_basis_points", "legal.breach.nn",
    }  # fmt: skip


def test_only_what_a_form_asks_for_is_taken_from_it() -> None:
    empty = {"team_leader_endorses": False, "benefits_goals": (), "team_minimum": 5}
    assert service.rules_from(DEFAULT_RULES, empty, asked=("team_minimum",)).team.leader_endorses is True
    with pytest.raises(Invalid) as refused:
        service.rules_from(DEFAULT_RULES, empty, asked=("benefits_goals",))
    assert set(refused.value.fields) == {"benefits_goals"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"team_minimum": 0}, "team_minimum"),
        ({"reviews_needed": 11}, "reviews_needed"),
        ({"benefits_follow_up_months": "12, 6"}, "benefits_follow_up_months"),
        ({"milestones_M7_share_basis_points": Decimal(21)}, "milestones_M7_share_basis_points"),
        ({"milestones_M7_share_basis_points": Decimal("20.001")}, "milestones_M7_share_basis_points"),
        ({"deadlines_completion_days": 999}, "deadlines_completion_days"),
        ({"team_roles": ("leader",)}, "team_roles"),
        ({"legal_control_en": " "}, "legal_control_en"),
    ],
)
def test_rules_out_of_range_are_refused_beside_their_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        service.rules_from(DEFAULT_RULES, values)
    assert set(refused.value.fields) == {field}


async def test_a_published_call_changes_only_where_that_harms_nobody_and_says_why(act: Acting) -> None:
    call_id = await publish_call(act)

    async def change(verb: Any, **fields: Any) -> Any:
        return await act("case_handler", verb, call_id, at=DURING, **fields)

    for verb, fields, field in (
        (service.write_frame, {"frame_ore": 90_000_000, "facilitation_hours": 200, "cost_kinds": ("competence", "travel")},
         "frame_ore"),
        (service.write_frame, {"frame_ore": 100_000_000, "facilitation_hours": 200, "cost_kinds": ("competence",)},
         "cost_kinds"),
        (service.write_rules, {"team_minimum": 4}, "team_minimum"),
        (service.write_rules, {"reviews_needed": 1}, "reviews_needed"),
        (service.write_rules, {"deadlines_completion_days": 13}, "deadlines_completion_days"),
        (service.write_rules, {"deadlines_completion_days": 20}, "why"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            await change(verb, **fields)
        assert set(refused.value.fields) == {field}
    more = {"frame_ore": 120_000_000, "facilitation_hours": 210, "cost_kinds": ("competence", "time", "travel")}
    await change(service.write_frame, why="Direktøren la til", **more)
    await change(service.write_rules, why="Flere rekker det", deadlines_completion_days=20, team_minimum=2)
    before = (await change(service.write_rules, why="Igjen", deadlines_completion_days=20)).version
    assert (await change(service.write_frame, why="Igjen", **more)).version == before, "nothing changed, nothing told"
    async with act.database.reading() as uow:
        call = await uow.session.get_one(Call, call_id)
        told = [(each.verb, each.why) for each in await queries.changes_since_published(uow, call)]
    assert told == [("write_rules", "Flere rekker det"), ("write_frame", "Direktøren la til")]
    assert (call.frame_ore, call.rules["team"]["minimum"], call.rules["deadlines"]["completion_days"]) == (
        120_000_000,
        2,
        20,
    )


async def test_how_the_scheme_shares_out_its_own_work_may_change_after_the_deadline_too(
    act: Acting, database: Database
) -> None:
    call_id = await publish_call(act)
    late = DEADLINE + timedelta(days=1)
    for _ in range(2):
        await jobs.follow_the_clock(lambda: database.unit_of_work(now=late))
    assert await state_of(database, call_id) == "closed"

    async def change(**fields: Any) -> Any:
        return await act("case_handler", service.write_rules, call_id, at=late, **fields)

    for fields in ({"team_minimum": 2}, {"team_minimum": 2, "assignment_county": 50}):
        with pytest.raises(NotYet) as refused:
            await change(why="Flere bør være med", **fields)
        assert [reason.code for reason in refused.value.reasons] == ["call.closed_already"]
    with pytest.raises(Invalid) as without:
        await change(assignment_county=50)
    assert set(without.value.fields) == {"why"}
    call = await change(why="Ingen skal vurdere naboen", assignment_county=50)
    assert (call.rules["assignment"]["county"], call.rules["team"]["minimum"]) == (50, DEFAULT_RULES.team.minimum)
    async with database.reading() as uow:
        told = await uow.session.scalar(
            select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == "follow_call")
        )
        (shown,) = await queries.changes_since_published(uow, await uow.session.get_one(Call, call_id))
    assert (told, shown.why) == (0, "Ingen skal vurdere naboen")


async def test_what_is_made_clearer_is_there_for_everybody_once_the_call_is_published(act: Acting) -> None:
    words = {"text_nb": "Ja, dere kan søke sammen.", "text_nn": "Ja, de kan søkje saman.", "text_en": "Yes, together."}
    draft = await write_call(act)
    with pytest.raises(NotYet):
        await act("case_handler", service.explain, draft, at=BEFORE, **words)
    call_id = await publish_call(act)
    with pytest.raises(NotAllowed):
        await act("lillestrom.leader", service.explain, call_id, at=DURING, **words)
    await act("case_handler", service.explain, call_id, at=DURING, **words)
    async with act.database.reading() as uow:
        assert [each.text for each in await queries.explanations(uow, call_id, "nn")] == ["Ja, de kan søkje saman."]


async def test_a_call_like_an_earlier_one_has_its_words_and_rules_and_no_dates(act: Acting) -> None:
    earlier = await write_call(act)
    await act("case_handler", service.write_rules, earlier, team_minimum=7, at=BEFORE)
    await act("case_handler", service.publish, earlier, at=BEFORE)
    with pytest.raises(NotAllowed):
        await act("lillestrom.leader", service.copy, earlier, title="Vår", at=DURING)
    made = await act("second_case_handler", service.copy, earlier, title="Innovasjon 2027", at=DURING)
    async with act.database.reading() as uow:
        old, new = await uow.session.get_one(Call, earlier), await uow.session.get_one(Call, made.id)
        texts = {
            row.language: row for row in await uow.session.scalars(select(CallText).where(CallText.call_id == made.id))
        }
        criteria = list(await uow.session.scalars(select(Criterion.key).where(Criterion.call_id == made.id)))
    assert (new.state, new.opens_at, new.deadline, new.published_at) == ("draft", None, None, None)
    assert (new.frame_ore, new.facilitation_hours, new.cost_kinds) == (
        old.frame_ore,
        old.facilitation_hours,
        old.cost_kinds,
    )
    assert (new.rules, sorted(criteria)) == (old.rules, ["C1", "C2", "C3", "C4", "C5", "C6", "C7"])
    assert (texts["nb"].title, texts["nn"].title, texts["nn"].purpose) == (
        "Innovasjon 2027",
        "Innovasjon nn",
        TEXTS["purpose"],
    )
    await act("second_case_handler", service.write_rules, made.id, team_minimum=8, at=DURING)
    async with act.database.reading() as uow:
        assert (await uow.session.get_one(Call, earlier)).rules["team"]["minimum"] == 7


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


async def test_another_owner_of_a_published_call_has_a_reason_that_those_who_write_are_told(act: Acting) -> None:
    call_id = await publish_call(act)
    new = act.world.people["method_owner"].id
    with pytest.raises(Invalid) as refused:
        await act("case_handler", service.write_owner, call_id, person_id=new, at=DURING)
    assert set(refused.value.fields) == {"why"}
    await act("case_handler", service.write_owner, call_id, person_id=new, why="Kari slutter.", at=DURING)
    await act("case_handler", service.write_owner, call_id, person_id=new, at=DURING)  # nothing changes
    async with act.database.reading() as uow:
        asked = await uow.session.scalars(select(OutboxRow.payload).where(OutboxRow.kind == "follow_call"))
        assert [each["why"] for each in asked if each["call_id"] == str(call_id)] == ["Kari slutter."]
        call = await uow.session.get_one(Call, call_id)
        assert [(each.verb, each.why) for each in await queries.changes_since_published(uow, call)] == [
            ("write_owner", "Kari slutter.")
        ]


async def test_the_owner_is_somebody_with_a_unit(act: Acting, database: Database) -> None:
    call_id = await write_call(act)
    async with database.unit_of_work() as uow:
        nobody = await identity.add_person(uow, name="Uten Enhet", email="uten.enhet@nav.example")
    with pytest.raises(Invalid):
        await act("case_handler", service.write_owner, call_id, person_id=nobody.id, at=BEFORE)
    async with database.reading() as uow:
        case = await uow.session.get_one(Case, call_id)
        assert case.unit_id == act.world.units[PLAYERS["case_handler"].unit].id
