"""The portfolio's questions, asked of the whole demo: every page answers in every cut, and what is wrong is found."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, select

from app.core.database import Database
from app.identity.models import Unit
from app.portfolio.columns import rows_of
from app.portfolio.cut import Cut
from app.portfolio.exceptions import exceptions
from app.portfolio.figures import cut_of, narrowed_to, within
from app.portfolio.in_parts import portfolio_in_parts
from app.portfolio.looked_up import projects
from app.portfolio.models import PriceIndex
from app.portfolio.outcomes import outcomes
from app.portfolio.queries import portfolio
from tests.conftest import Browser, world_in
from tests.portfolio.recomputed import assert_answered_as_recomputed
from workflows.portfolio import Question, Trouble

ADDRESSES = ("/portfolio", *(f"/portfolio/{question}" for question in Question))


async def test_every_question_is_answered_in_its_cut_by_as_many_statements(
    played: Database, management: Browser
) -> None:
    async with played.reading() as uow:
        county = await uow.session.scalar(select(Unit.id).where(Unit.name == "Nav Oslo"))
    query = f"as_of=2020-09-30&goal=better_meetings&county={county}&category=quality&step=implement_close"
    sent: list[str] = []
    event.listen(played.engine.sync_engine, "before_cursor_execute", lambda *said: sent.append(said[2]))
    counts: dict[str, list[int]] = {}
    for address in ADDRESSES:
        for asked in ("as_of=2019-02-01&goal=more_in_work", query):
            sent.clear()
            page = await management.get(f"{address}?{asked}")
            assert page.status_code == 200, (address, page.text[-2000:])
            assert asked.replace("&", "&amp;") in page.text, address
            counts.setdefault(address, []).append(len(sent))
    assert all(few == many <= 12 for few, many in counts.values()), counts


async def test_what_cannot_be_asked_is_said_beside_its_field(management: Browser) -> None:
    for field, sentence in (("call", "Velg en av utlysningene"), ("category", "Velg en av typene"),
                            ("office", "Velg et av kontorene"), ("step", "Velg et av stegene")):  # fmt: skip
        for address in ("/portfolio", "/portfolio/trust"):
            page = await management.get(f"{address}?{field}=nonsense")
            assert page.status_code == 422, field
            assert sentence in page.text


@pytest.mark.parametrize("who", ["grunerlokka.coordinator", "certifier"])
async def test_the_questions_are_not_for_everybody(management: Browser, who: str) -> None:
    await management.as_person(who)
    for address in ADDRESSES:
        assert (await management.get(address)).status_code in (403, 404), address


async def test_the_answers_agree_with_the_figures(played: Database) -> None:
    world = await world_in(played)
    async with played.reading() as uow:
        actor = await world.actor(uow, "management")
        found = await portfolio(uow, actor)
        whole = cut_of(found)
        counts, rows = await exceptions(uow, found.projects, found.as_of)
        assert sum(counts.values()) == len(rows)
        late = sum(row.overdue for benefit in whole.standing for row in benefit.rows)
        assert counts.get(Trouble.MEASUREMENT, 0) + counts.get(Trouble.UNCONFIRMED, 0) == late
        assert counts.get(Trouble.OWNERLESS, 0) == sum("owner" in each.missing for each in whole.standing)
        assert [each.since for each in rows] == sorted(each.since for each in rows)


async def test_the_tables_answer_every_cut_as_the_sources_do(played: Database) -> None:
    world = await world_in(played)
    async with played.reading() as uow:
        found = await portfolio(uow, await world.actor(uow, "management"))
        years = await uow.session.scalars(select(PriceIndex.year).distinct())
    some = found.projects[0]
    cuts = [
        Cut(), *(Cut(price_year=year) for year in years), Cut(goal="better_meetings"), Cut(category="quality"),
        Cut(goal="more_in_work", category="efficiency", county_id=some.county_id), Cut(unit_id=some.unit_id),
        Cut(step=some.state, goal="better_meetings"), Cut(as_of=date(2020, 2, 1)),
        *(Cut(as_of=date(2020, month, 28), county_id=some.county_id) for month in (6, 9)),
    ]  # fmt: skip
    answers = [await assert_answered_as_recomputed(played, world, cut) for cut in cuts]
    async with played.reading() as uow:
        actor = await world.actor(uow, "management")
        for cut in cuts:
            anew = list(rows_of(within(await portfolio(uow, actor, cut.as_of), cut)))
            parts = [part async for part in portfolio_in_parts(uow, actor, cut, size=2)]
            assert [row for part in parts for row in rows_of(part)] == anew, cut
    assert sum(count for _, count, _ in answers[0].grades) > 0
    assert all((answers[0].harms, answers[0].unpriced, answers[0].per_krone, answers[0].costs[1]))


async def test_narrowed_by_each_part_the_whole_is_made_up_of_the_parts(played: Database) -> None:
    world = await world_in(played)
    async with played.reading() as uow:
        found = await portfolio(uow, await world.actor(uow, "management"))
    for part, value in (("call_id", "call_id"), ("unit_id", "unit_id"), ("step", "state")):
        keys = {getattr(project, value) for project in found.projects}
        assert len(keys) > 1, part
        cuts = [narrowed_to(found, Cut(**{part: key})) for key in keys]
        assert sum(len(cut.projects) for cut in cuts) == len(found.projects)
        assert sum(len(cut.benefits) for cut in cuts) == len(found.benefits)
        assert all({benefit.case_id for benefit in cut.benefits} <= {each.id for each in cut.projects} for cut in cuts)


async def test_exceptions_are_found_on_the_day_on_which_they_were_so(played: Database) -> None:
    world = await world_in(played)
    async with played.reading() as uow:
        actor = await world.actor(uow, "management")
        there = await projects(uow, actor, Cut(as_of=date(2020, 2, 1)))
        before, _ = await exceptions(uow, there, date(2020, 2, 1))
        now, rows = await exceptions(uow, await projects(uow, actor, Cut()), date(2026, 11, 30))
        assert before != now
        assert all(each.since <= date(2026, 11, 30) for each in rows)
        only, listed = await exceptions(uow, await projects(uow, actor, Cut()), date(2026, 11, 30), next(iter(now)))
        assert only == now
        assert {each.trouble for each in listed} == {next(iter(now))}


async def test_what_came_of_forecasts_is_held_against_what_was_forecast_at_the_gate(played: Database) -> None:
    world = await world_in(played)
    async with played.reading() as uow:
        there = await projects(uow, await world.actor(uow, "management"), Cut())
        ids = [each.id for each in there]
        sent: list[str] = []
        event.listen(played.engine.sync_engine, "before_cursor_execute", lambda *said: sent.append(said[2]))
        found = await outcomes(uow, ids, date(2026, 11, 30))
        (statement,) = sent
        assert "FROM events" in statement and "FROM events," not in statement, "the gate is that of its own project"
        assert {each.months for each in found} == {6, 12, 24}
        assert all(each.ratio is not None for each in found)
        assert {each.category for each in found} == {"efficiency", "quality"}
        only = await outcomes(uow, ids, date(2026, 11, 30), "quality")
        assert len(only) == sum(each.category == "quality" for each in found)
        assert await outcomes(uow, ids, date(2020, 6, 1)) == []
