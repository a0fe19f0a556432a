"""An application is written together, endorsed, sent once and in time, and screened."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.applications import service
from app.applications.listing import applications
from app.applications.models import Application, PositiveDeviance, ProblemStatement, Receipt, TeamMember
from app.applications.queries import application_view
from app.applications.service.sending import fingerprint
from app.audit.models import Event
from app.cases.models import Case, CaseRole
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import World
from app.identity.models import Person
from app.notices.models import Mail, Notice
from tests.applications.drafts import ANSWERS, begin, send, write
from tests.applications_under_way import ALL_HOLD
from tests.calls_under_way import BEFORE, DEADLINE, DURING, Acting, publish_call, write_call
from tests.conftest import MovingClock, world_in
from workflows.roles import Permission, Role

BY = "lillestrom.coordinator"


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def row_of(database: Database, application_id: UUID) -> Application:
    async with database.reading() as uow:
        return await uow.session.get_one(Application, application_id)


async def count(database: Database, table: Any, *where: Any) -> int:
    async with database.reading() as uow:
        return int(await uow.session.scalar(select(func.count()).select_from(table).where(*where)) or 0)


async def missing(act: Acting, application_id: UUID, *, at: datetime = DURING) -> list[str]:
    """The codes of everything that keeps the application from being sent."""
    with pytest.raises(NotYet) as refused:
        await act(BY, service.submit, application_id, at=at)
    return [reason.code for reason in refused.value.reasons]


async def test_an_empty_draft_says_everything_that_is_missing(act: Acting, database: Database) -> None:
    application_id = await begin(act, await publish_call(act))
    codes = await missing(act, application_id)
    assert codes.count("form.question_unanswered") == 16
    assert {
        "application.deviance_missing", "application.team_too_small", "application.team_role_missing",
        "application.benefits_too_few", "application.not_endorsed",
    } <= set(codes)  # fmt: skip
    row = await row_of(database, application_id)
    assert (row.state, row.submitted_at) == ("draft", None)


async def test_sending_twice_is_sending_once(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act))
    version = (await row_of(database, application_id)).version
    first = await act(BY, service.submit, application_id, version=version)
    again = await act(
        "lillestrom.leader", service.submit, application_id, version=version, at=DURING + timedelta(hours=1)
    )
    assert (first.version, first.submitted_at) == (again.version, again.submitted_at)
    assert await count(database, Receipt, Receipt.case_id == application_id) == 1
    assert await count(database, Event, Event.case_id == application_id, Event.verb == "submit") == 1
    with pytest.raises(Stale):
        await act(BY, service.submit, application_id, version=version - 1)


async def test_a_receipt_holds_what_was_sent(act: Acting, database: Database, world: World) -> None:
    application_id = await send(act, await publish_call(act))
    async with database.reading() as uow:
        receipt = (await uow.session.scalars(select(Receipt).where(Receipt.case_id == application_id))).one()
        statement = (
            await uow.session.scalars(select(ProblemStatement).where(ProblemStatement.case_id == application_id))
        ).one()
        told = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "application_receipt")))
        handlers = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "application_received")))
        mail = (
            await uow.session.scalars(
                select(Mail).where(Mail.to_address == "0231@nav.example", Mail.subject.like("%itter%"))
            )
        ).one()
        case = await uow.session.get_one(Case, application_id)
    row = await row_of(database, application_id)
    assert row.content_hash == receipt.content_hash == fingerprint(receipt.content)
    assert receipt.content["answers"]["amount_ore"] == 40_000_000
    assert [member["weekly_hours"] for member in receipt.content["team"]] == [4, 4, 4]
    assert row.reference in mail.subject
    assert receipt.content_hash in mail.body
    assert told == {world.people[BY].id}
    assert handlers == {world.people["case_handler"].id, world.people["second_case_handler"].id}
    assert (statement.number, statement.text, statement.frozen) == (1, ANSWERS["problem_statement"], True)
    assert statement.basis_text == "Tolv samtaler.\n\nVi ser det hver uke."
    assert (case.title, case.submitted_at) == (ANSWERS["problem_statement"], DURING)


# the clocks are set back on 25 October 2026: 23.59 of that day is 22.59 UTC, not 21.59
AUTUMN = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0, 59])
async def test_the_last_second_of_the_minute_is_in_time(act: Acting, database: Database, seconds: int) -> None:
    application_id = await write(act, await publish_call(act, deadline=AUTUMN))
    await act(BY, service.submit, application_id, at=AUTUMN + timedelta(seconds=seconds))
    assert (await row_of(database, application_id)).state == "submitted"


async def test_a_second_too_late_is_too_late(act: Acting, database: Database) -> None:
    call_id = await publish_call(act, deadline=AUTUMN)
    application_id = await write(act, call_id)
    late = AUTUMN + timedelta(seconds=60)
    assert await missing(act, application_id, at=late) == ["application.too_late"]
    assert (await row_of(database, application_id)).submitted_at is None
    with pytest.raises(NotYet):
        await act("grunerlokka.coordinator", service.create, call_id=call_id, at=late)


async def test_nobody_applies_before_the_opening_nor_to_a_draft(act: Acting) -> None:
    with pytest.raises(NotYet) as refused:
        await begin(act, await publish_call(act), at=BEFORE)
    assert [reason.code for reason in refused.value.reasons] == ["application.too_early"]
    with pytest.raises(NotFound):
        await begin(act, await write_call(act))


async def test_one_applies_for_ones_own_office(act: Acting, world: World) -> None:
    call_id = await publish_call(act)
    with pytest.raises(Invalid):
        await act(BY, service.create, call_id=call_id, unit_id=world.units["grunerlokka"].id)
    with pytest.raises(NotAllowed):
        await act("lillestrom.counsellor", service.create, call_id=call_id)
    row = await act("hareid_ulstein_sande.leader", service.create, call_id=call_id)
    assert row.language == "nn"
    other = await act("klepp_time.leader", service.create, call_id=call_id)
    assert other.reference != row.reference


async def test_answers_are_kept_only_where_they_can_be(act: Acting, database: Database) -> None:
    application_id = await begin(act, await publish_call(act))
    row = await act(
        BY, service.save_answers, application_id, amount_ore=5_000, has_partners="no", starts_on="2027-01-01"
    )
    assert row.answers == {"amount_ore": 5_000, "has_partners": False, "starts_on": "2027-01-01"}
    same = await act(BY, service.save_answers, application_id, version=row.version, amount_ore=5_000)
    assert same.version == row.version, "nothing changed, so nothing is written"
    row = await act(BY, service.save_answers, application_id, amount_ore=None)
    assert "amount_ore" not in row.answers
    assert row.amount_ore is None
    refusals: tuple[dict[str, Any], ...] = (
        {"starts_on": "1999-01-01"},
        {"background": "Gjelder 01017000027"},
        {"user_group": "to\nlinjer"},
    )
    for wrong in refusals:
        with pytest.raises(Invalid) as refused:
            await act(BY, service.save_answers, application_id, **wrong)
        assert set(refused.value.fields) == set(wrong)
    assert (await row_of(database, application_id)).version == row.version


async def test_a_box_without_a_tick_counts_in_its_own_section(act: Acting) -> None:
    application_id = await begin(act, await publish_call(act))
    await act(BY, service.save_answers, application_id, section="need", whose_need=("user", "partner"))
    row = await act(BY, service.save_answers, application_id, section="plan", whose_need=(), plan="Tre måneder")
    assert row.answers["whose_need"] == ["user", "partner"]
    row = await act(BY, service.save_answers, application_id, section="need", whose_need=())
    assert "whose_need" not in row.answers


async def test_two_who_write_do_not_overwrite_each_other(act: Acting) -> None:
    application_id = await begin(act, await publish_call(act))
    read = (await row_of(act.database, application_id)).version
    await act(BY, service.save_answers, application_id, version=read, background="Koordinatorens")
    with pytest.raises(Stale):
        await act("lillestrom.leader", service.save_answers, application_id, version=read, background="Lederens")


async def test_the_endorsement_falls_with_what_it_covers(act: Acting) -> None:
    application_id = await write(act, await publish_call(act))
    await act(BY, service.save_answers, application_id, background="Mer om bakgrunnen")
    async with act.database.reading() as uow:
        of_leader = TeamMember.case_id == application_id, TeamMember.role == Role.LEADER
        leader = (await uow.session.scalars(select(TeamMember).where(*of_leader))).one()
    await act(BY, service.write_member, application_id, member_id=leader.id, role=Role.LEADER, weekly_hours=9)
    assert await missing(act, application_id) == ["application.endorsement_outdated"]
    with pytest.raises(NotAllowed):
        await act(BY, service.endorse, application_id)
    await act("lillestrom.leader", service.endorse, application_id)
    assert (await act(BY, service.submit, application_id)).state == "submitted"


async def test_the_team_sees_the_application_while_it_is_in_it(act: Acting, world: World) -> None:
    application_id = await begin(act, await publish_call(act))
    counsellor = "lillestrom.counsellor"
    with pytest.raises(NotFound):
        await act(counsellor, service.save_answers, application_id, need="Mitt")
    await act(
        BY, service.add_member, application_id, person_id=world.people[counsellor].id, role="core_team", weekly_hours=6
    )
    await act(counsellor, service.save_answers, application_id, need="Mitt")
    with pytest.raises(NotAllowed):
        await act(counsellor, service.submit, application_id)
    with pytest.raises(NotAllowed):
        await act(counsellor, service.add_member, application_id, name="Min venn", role="coordinator", weekly_hours=6)
    async with act.database.reading() as uow:
        member = (await uow.session.scalars(select(TeamMember).where(TeamMember.case_id == application_id))).one()
    await act(BY, service.remove_member, application_id, member_id=member.id, at=DURING + timedelta(minutes=1))
    with pytest.raises(NotFound):
        await act(counsellor, service.save_answers, application_id, need="Igjen", at=DURING + timedelta(minutes=2))
    assert await count(act.database, CaseRole, CaseRole.case_id == application_id, CaseRole.valid_to.is_(None)) == 0


async def test_nobody_gets_into_a_team_by_a_side_door(act: Acting, world: World) -> None:
    application_id = await begin(act, await publish_call(act))
    people = world.people
    for who, role, field in (
        ("lillestrom.counsellor", "leader", "role"),
        ("grunerlokka.leader", "core_team", "person_id"),
        ("lillestrom.coordinator", "coordinator", None),
        ("lillestrom.coordinator", "core_team", "person_id"),
        ("grunerlokka.leader", "partner", None),
    ):
        adding = act(BY, service.add_member, application_id, person_id=people[who].id, role=role, weekly_hours=4)
        if field is None:
            await adding
            continue
        with pytest.raises(Invalid) as refused:
            await adding
        assert set(refused.value.fields) == {field}, who


async def test_what_works_is_ranked_without_gaps(act: Acting) -> None:
    application_id = await begin(act, await publish_call(act))
    for text in ("Først", "Så", "Sist"):
        await act(BY, service.add_deviance, application_id, text=text)

    async def ranked() -> list[tuple[int, str]]:
        async with act.database.reading() as uow:
            rows = await uow.session.execute(
                select(PositiveDeviance.rank, PositiveDeviance.text)
                .where(PositiveDeviance.case_id == application_id)
                .order_by(PositiveDeviance.rank)
            )
            return [(row.rank, row.text) for row in rows]

    async with act.database.reading() as uow:
        ids = {
            text: deviance_id
            for deviance_id, text in await uow.session.execute(select(PositiveDeviance.id, PositiveDeviance.text))
        }
    await act(BY, service.move_deviance, application_id, deviance_id=ids["Sist"], direction="up")
    assert await ranked() == [(1, "Først"), (2, "Sist"), (3, "Så")]
    await act(BY, service.move_deviance, application_id, deviance_id=ids["Først"], direction="up")
    await act(BY, service.remove_deviance, application_id, deviance_id=ids["Sist"])
    assert await ranked() == [(1, "Først"), (2, "Så")]


async def test_an_application_sent_back_is_completed_and_sent_again(
    act: Acting, database: Database, world: World
) -> None:
    application_id = await send(act, await publish_call(act))
    with pytest.raises(NotYet):
        await act(BY, service.save_answers, application_id, background="Etterpå")
    await act("case_handler", service.begin_screening, application_id)
    with pytest.raises(NotYet):
        await act("case_handler", service.return_for_completion, application_id, why="Mangler noe", part_need=" ")
    yesterday = (DURING - timedelta(days=1)).date()
    with pytest.raises(Invalid):
        await act("case_handler", service.return_for_completion, application_id, part_need="Mangler", until=yesterday)
    returned = await act("case_handler", service.return_for_completion, application_id, part_need="Skriv mer om behovet.",
                         part_problem="Hva mener dere med å lykkes?")  # fmt: skip
    assert returned.completion_until == datetime(2026, 9, 24, 21, 59, tzinfo=UTC)  # 23.59 in Norway after 14 days
    async with database.reading() as uow:
        told = set(await uow.session.scalars(select(Notice.person_id).where(Notice.code == "application_returned")))
    assert told == {world.people[f"lillestrom.{who}"].id for who in ("leader", "coordinator", "counsellor")}
    await act(BY, service.save_answers, application_id, need="Mer", problem_statement="Hvordan lykkes vi?")
    await act("lillestrom.leader", service.endorse, application_id)
    late = returned.completion_until + timedelta(minutes=1)
    assert await missing(act, application_id, at=late) == ["application.completion_too_late"]
    await act(BY, service.submit, application_id, at=DEADLINE - timedelta(days=31))
    assert await count(database, Receipt, Receipt.case_id == application_id) == 2
    assert await count(database, ProblemStatement, ProblemStatement.case_id == application_id) == 2
    await act("case_handler", service.begin_screening, application_id)
    await act("second_case_handler", service.judge, application_id, at=DEADLINE - timedelta(days=30), **ALL_HOLD)
    row = await act("second_case_handler", service.find_complete, application_id)
    assert (row.state, row.completion_until) == ("in_review", None)


async def test_a_withdrawal_needs_its_reason(act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    with pytest.raises(NotYet):
        await act("lillestrom.leader", service.withdraw, application_id)
    row = await act("lillestrom.leader", service.withdraw, application_id, why="Vi har ikke tid")
    assert row.state == "withdrawn"


async def told_of_withdrawal(act: Acting) -> list[str]:
    """Those who have been told that an application is withdrawn, by name."""
    async with act.database.reading() as uow:
        rows = await uow.session.scalars(
            select(Person.name)
            .join(Notice, Notice.person_id == Person.id)
            .where(Notice.code == "application_withdrawn")
            .order_by(Person.name)
        )
        return list(rows)


async def test_whoever_is_on_a_case_is_told_that_it_is_withdrawn(act: Acting) -> None:
    call_id = await publish_call(act)
    await act("lillestrom.leader", service.withdraw, await write(act, call_id), why="Vi har ikke tid")
    assert await told_of_withdrawal(act) == [], "of a draft nobody outside knows"
    application_id = await send(act, call_id)
    await act("second_case_handler", service.claim, application_id)
    await act("lillestrom.leader", service.withdraw, application_id, why="Vi har ikke tid")
    assert await told_of_withdrawal(act) == ["Olav Mo"]


async def test_all_case_handlers_are_told_of_a_withdrawal_while_nobody_is_on_the_case(act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    await act("lillestrom.leader", service.withdraw, application_id, why="Vi har ikke tid")
    assert await told_of_withdrawal(act) == ["Kari Saksvik", "Olav Mo"]


async def test_others_do_not_know_of_it(act: Acting) -> None:
    call_id = await publish_call(act)
    draft, sent = await begin(act, call_id, "grunerlokka"), await send(act, call_id)
    for who, seen in (
        ("grunerlokka.leader", [draft]), (BY, [sent]), ("lillestrom.line_leader", []), ("county.ost_viken", [sent]),
        ("county.oslo", []), ("case_handler", [sent]), ("management", []), ("administrator", []),
    ):  # fmt: skip
        async with act.database.reading() as uow:
            actor = await act.world.actor(uow, who)
            page = await applications(uow, actor)
            assert [row.id for row in page.rows] == seen, who
            for application_id in {draft, sent} - set(seen):
                with pytest.raises(NotFound):
                    await application_view(uow, actor, application_id, "nb", Permission.APPLICATION_SEE)


async def test_lists_cost_the_same_for_one_and_for_three(act: Acting, statements: list[str]) -> None:
    call_id = await publish_call(act)
    counts = []
    for more in (("lillestrom",), ("grunerlokka", "klepp_time")):
        for office in more:
            await send(act, call_id, office)
        async with act.database.reading() as uow:
            actor = await act.world.actor(uow, "case_handler")
            statements.clear()
            rows = (await applications(uow, actor, words="unge <utenfor>")).rows
            counts.append((len(statements), len(rows)))
    assert counts == [(1, 1), (1, 3)]


async def test_an_office_is_not_told_more_than_it_may_know(act: Acting) -> None:
    application_id = await send(act, await publish_call(act))
    await act("case_handler", service.begin_screening, application_id)
    for who, told in ((BY, "in_review"), ("case_handler", "screening")):
        async with act.database.reading() as uow:
            actor = await act.world.actor(uow, who)
            assert (await applications(uow, actor)).rows[0].state == told
            hidden = (await applications(uow, actor, state="in_review")).rows
            assert len(hidden) == (1 if who == BY else 0), "a filter gives nothing away"


async def test_two_clicks_at_the_same_moment_make_one_submission(own_database: Database, clock: MovingClock) -> None:
    clock.at = DURING
    act = Acting(own_database, await world_in(own_database))
    application_id = await write(act, await publish_call(act))
    version = (await row_of(own_database, application_id)).version
    answers = await asyncio.gather(
        *(
            act(BY, service.submit, application_id, version=version, at=DURING + timedelta(seconds=each))
            for each in range(4)
        )
    )
    assert len({(row.version, row.submitted_at, row.content_hash) for row in answers}) == 1
    assert await count(own_database, Receipt) == 1
    assert await count(own_database, Event, Event.case_id == application_id, Event.verb == "submit") == 1
