"""The ledger of a project: it follows all that is done, nobody can change it, and it says what the payments say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.database import Database
from app.core.errors import DomainError
from app.core.migrate import SCRIPTS
from app.demo.cast import World
from app.milestones import queries as milestone_queries
from app.milestones import service as milestones
from app.payments import ledger, lists, queries, refusals, service
from app.payments.models import Payment
from app.payments.reconciliation import misbooked
from app.projects.models import Project
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project
from workflows.authority import CHECKS
from workflows.ledger import Account, Unbalanced, paid_net, promised, standing

OFFICE = "grunerlokka"
COORDINATOR, LEADER = f"{OFFICE}.coordinator", f"{OFFICE}.leader"
AWARD = 50_000_000


@pytest.fixture
def act(database: Database, world: World) -> Acts:
    return Acts(database, world)


async def held(act: Acts, case_id: UUID) -> dict[Account, int]:
    async with act.database.reading() as uow:
        return await ledger.balances(uow, case_id)


async def rows(act: Acts, case_id: UUID) -> list[queries.BookingRow]:
    async with act.database.reading() as uow:
        return await queries.bookings_of(uow, case_id)


async def paid(act: Acts, case_id: UUID) -> queries.PaymentRow:
    """The first payment of a project, walked to paid."""
    async with act.database.reading() as uow:
        milestone = (await milestone_queries.milestones_of(uow, case_id))[0]
        row = (await queries.payments_of(uow, case_id))[0]
    await act(COORDINATOR, milestones.report, milestone.id, evidence="Alle har signert")
    await act("case_handler", milestones.approve, milestone.id)
    await act("certifier", service.certify, row.id)
    await act("decision_maker", service.approve, row.id, checks=CHECKS)
    await act("certifier", service.register_paid, row.id, reference=f"L-{case_id.hex[-8:]}")
    return row


async def test_every_step_of_a_payment_is_a_booking_with_who_did_it(act: Acts) -> None:
    case_id = await open_project(act.database, act.world, amount_ore=AWARD)
    row = await paid(act, case_id)
    told = [(each.kind, each.amount_ore) for each in await rows(act, case_id)]
    assert told[0] == ("committed", AWARD)
    assert told[1:4] == [("planned", 20_000_000), ("planned", 20_000_000), ("planned", 10_000_000)]
    assert told[4:] == [(kind, 20_000_000) for kind in ("released", "certified", "approved", "paid")]
    assert [each.booker for each in await rows(act, case_id)][-3:] == [
        act.world.people[who].name for who in ("certifier", "decision_maker", "certifier")
    ]
    assert (await held(act, case_id))[Account.PAID] == row.amount_ore


async def test_the_database_refuses_to_change_or_remove_a_booking(act: Acts) -> None:
    case_id = await open_project(act.database, act.world)
    for statement in ("UPDATE bookings SET amount_ore = 1", "DELETE FROM bookings", "TRUNCATE bookings CASCADE"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with act.database.unit_of_work() as uow:
                await uow.session.execute(text(statement))
    assert len(await rows(act, case_id)) == 4


async def test_nothing_is_booked_without_the_project_s_lock_nor_of_what_is_not_there(act: Acts) -> None:
    case_id = await open_project(act.database, act.world)
    async with act.database.reading() as uow:
        actor = await act.world.actor(uow, "decision_maker")
        payment = await uow.session.get_one(Payment, (await queries.payments_of(uow, case_id))[0].id)
    with pytest.raises(RuntimeError, match="must be locked"):
        async with act.database.unit_of_work() as uow:
            await ledger.change_award(uow, actor, case_id, 1)
    with pytest.raises(Unbalanced):
        async with act.database.unit_of_work() as uow:
            uow.locked.add(case_id)
            await ledger.change_award(uow, actor, case_id, -1)
    with pytest.raises(DBAPIError, match="uq_bookings_payment_id_payment_version"):
        async with act.database.unit_of_work() as uow:
            uow.locked.add(case_id)
            await ledger.plan(uow, actor, payment, -1)


async def test_a_payment_changed_behind_the_ledger_s_back_is_found_to_the_account(act: Acts) -> None:
    case_id = await open_project(act.database, act.world)
    row = await paid(act, case_id)
    async with act.database.reading() as uow:
        assert await misbooked(uow) == []
    async with act.database.unit_of_work() as uow:
        await uow.session.execute(text("UPDATE payments SET state = 'approved' WHERE id = :id"), {"id": row.id})
        await uow.session.execute(
            text("UPDATE projects SET amount_ore = amount_ore - 1 WHERE id = :id"), {"id": case_id}
        )
    async with act.database.reading() as uow:
        found = {(each.payment_id, each.account, each.booked_ore, each.said_ore) for each in await misbooked(uow)}
    assert found == {
        (row.id, "paid", row.amount_ore, 0), (row.id, "approved", 0, row.amount_ore),
        (None, "award", AWARD, AWARD - 1), (None, "undivided", 0, -1),
    }  # fmt: skip


async def test_the_rows_there_were_are_booked_by_the_migration(act: Acts) -> None:
    """What the migration books of a project is what its services booked, step for step."""
    case_id = await open_project(act.database, act.world)
    row = await paid(act, case_id)
    await act("case_handler", service.give_notice, row.id, amount_ore=1_234, why="Ubrukt")
    await act(LEADER, service.reply, row.id, reply="Det stemmer")
    await act("decision_maker", service.recover, row.id, amount_ore=1_234, why="Ubrukt")
    before, were = await held(act, case_id), [(each.kind, each.amount_ore) for each in await rows(act, case_id)]
    steps = next(SCRIPTS.glob("versions/2026_11_30_0800_*.py")).read_text().split('STEPS = """')[1].split('"""')[0]
    async with act.database.unit_of_work() as uow:
        await uow.session.execute(text("ALTER TABLE bookings DISABLE TRIGGER bookings_append_only"))
        await uow.session.execute(text("DELETE FROM bookings"))
        await uow.session.execute(text(steps))
        await uow.session.execute(text("ALTER TABLE bookings ENABLE TRIGGER bookings_append_only"))
    assert await held(act, case_id) == before
    assert [(each.kind, each.amount_ore) for each in await rows(act, case_id)] == were
    async with act.database.reading() as uow:
        assert await misbooked(uow) == []


ACTS = st.lists(
    st.tuples(st.sampled_from(("report", "approve_milestone", "waive", "cancel", "keep", "certify", "approve", "pay",
                               "recover", "change", "send_back", "withhold", "let_go", "reduce", "reply", "notice",
                               "give_back", "send", "refuse")), st.integers(0, 2), st.integers(-30_000_000, 30_000_000)),
    min_size=1, max_size=20,
)  # fmt: skip

SENT_AND_REFUSED = (
    "report", "approve_milestone", "certify", "approve", "send", "refuse", "send", "certify", "approve", "send", "pay",
    "notice", "reply", "recover",
)  # fmt: skip


async def attempt(act: Acts, case_id: UUID, verb: str, place: int, number: int) -> None:
    """Try one thing with one of a project's payments, as whoever may do it; what the rules refuse leaves nothing."""
    async with act.database.reading() as uow:
        row = (await queries.payments_of(uow, case_id))[place]
    tries: dict[str, tuple[str, Any, dict[str, Any]]] = {
        "report": (COORDINATOR, milestones.report, {"evidence": "Nådd"}),
        "approve_milestone": ("case_handler" if place == 0 else "decision_maker", milestones.approve, {}),
        "waive": ("decision_maker", milestones.waive_milestone, {"why": "Trengs ikke"}),
        "cancel": ("decision_maker", service.cancel, {"why": "Bort"}),
        "keep": ("decision_maker", service.release_waived, {"why": "Gjort"}),
        "certify": ("certifier", service.certify, {"correction": "Ny konto"}),
        "refuse": ("case_handler", refusals.register_refused, {"why": "Ukjent konto"}),
        "approve": ("decision_maker", service.approve, {"checks": CHECKS}),
        "send_back": ("decision_maker", service.send_back, {"why": "Se igjen"}),
        "withhold": ("case_handler", service.withhold, {"why": "Vilkår mangler"}),
        "let_go": ("case_handler", service.let_go, {"why": "I orden"}),
        "reduce": ("decision_maker", service.reduce, {"why": "Ikke i orden"}),
        "reply": (LEADER, service.reply, {"reply": "Vi er uenige"}),
        "notice": ("case_handler", service.give_notice, {"amount_ore": abs(number) + 1, "why": "Ubrukt"}),
        "give_back": ("certifier", service.register_return, {"amount_ore": abs(number) // 9 + 1, "why": "Ubrukt"}),
        "pay": ("certifier", service.register_paid, {"reference": f"H-{row.id.hex[-12:]}"}),
        "recover": ("decision_maker", service.recover, {"amount_ore": abs(number) + 1, "why": "Ubrukt"}),
    }
    try:
        if verb == "change":
            request = await act(
                LEADER, milestones.propose_change, case_id=case_id, kind="amount", text="Annerledes",
                amount_change_ore=number,
            )  # fmt: skip
            await act("decision_maker", milestones.accept_change, request.id)
        elif verb == "send":
            await act("certifier", lists.make_list)
        else:
            who, run, fields = tries[verb]
            await act(
                who, run, row.milestone_id if verb in ("report", "approve_milestone", "waive") else row.id, **fields
            )
    except DomainError:
        return


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(done=ACTS)
@example(done=[(verb, 0, 0) for verb in SENT_AND_REFUSED])
@pytest.mark.asyncio(loop_scope="session")
async def test_whatever_people_do_the_ledger_balances_and_agrees_with_the_payments(
    database: Database, world: World, done: list[tuple[str, int, int]]
) -> None:
    act = Acts(database, world)
    case_id = await open_project(database, world, amount_ore=AWARD)
    seen = 0
    for verb, place, number in done:
        await attempt(act, case_id, verb, place, number)
        count = len(await rows(act, case_id))
        assert count >= seen, "a ledger only grows"
        seen = count
    async with database.reading() as uow:
        assert await misbooked(uow) == []
        project = await uow.session.get_one(Project, case_id, populate_existing=True)
    stands = await held(act, case_id)
    async with database.reading() as uow:
        assert await lists.broken_lists(uow) == []
    assert promised(stands) == standing(stands) == project.amount_ore
    assert 0 <= paid_net(stands) <= project.amount_ore


async def test_the_page_and_the_interface_say_what_the_ledger_says(browser: Browser, act: Acts) -> None:
    case_id = await open_project(act.database, act.world)
    await paid(act, case_id)
    await browser.as_person(COORDINATOR)
    page = await browser.shown(f"/projects/{case_id}/ledger")
    assert "Attestert, venter på godkjenning" in page and "Endelig tilsagn gitt" in page
    assert "/ledger" in await browser.shown(f"/projects/{case_id}/milestones")
    told = (await browser.get(f"/api/v1/projects/{case_id}/ledger")).json()
    assert (told["award_ore"], told["paid_ore"], told["left_ore"]) == (AWARD, 20_000_000, 30_000_000)
    assert sum(told["accounts"].values()) == 0
    await browser.as_person("lillestrom.coordinator")
    assert (await browser.get(f"/projects/{case_id}/ledger")).status_code == 404
