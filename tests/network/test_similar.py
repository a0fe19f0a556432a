"""Challenges that are alike are found by those who may know of them, across the written forms, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import html5lib
import pytest
from sqlalchemy import select

from app.applications import service as applications
from app.core.database import Database
from app.core.errors import Invalid, NotFound
from app.demo.cast import World
from app.network import service
from app.network.models import Challenge, ChallengeWord
from app.network.similar import similar_sent, similar_shown
from app.notices.models import Notice
from app.projects import service as projects
from tests.applications.drafts import send, write
from tests.applications_under_way import Led
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock
from tests.plans import fill, plan_of

BOKMAL = "Hvordan kan veiledere gi ungdommer bedre tjenester når de faller ut av videregående skole?"
NYNORSK = "Korleis kan rettleiarar gje ungdommar betre tenester når dei fell ut av vidaregåande skule?"
OTHER = "Hvordan bosetter vi flyktninger raskere i kommunene langs kysten?"
SECRET = "hemmeligheten"


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def shown(act: Acting, call_id: UUID, office: str, statement: str, summary: str, **answers: Any) -> UUID:
    """A sent application that its office lets others read about."""
    return await send(act, call_id, office, problem_statement=statement, shown_to_others="yes", public_summary=summary,
                      **answers)  # fmt: skip


async def found(act: Acting, words: str) -> list[UUID]:
    async with act.database.reading() as uow:
        return [each.id for each in await similar_shown(uow, words)]


async def found_by(act: Acting, who: str, words: str) -> list[UUID]:
    async with act.database.reading() as uow:
        return [each.id for each in await similar_sent(uow, await act.world.actor(uow, who), words)]


async def test_the_closest_comes_first_whichever_form_it_is_written_in(act: Acting) -> None:
    call_id = await publish_call(act)
    youth = await shown(act, call_id, "lillestrom", BOKMAL, "Ungdommer slutter på skolen.")
    refugees = await shown(act, call_id, "klepp_time", OTHER, "Flyktninger venter på bosetting.")
    assert await found(act, NYNORSK) == [youth]
    assert await found(act, BOKMAL) == [youth]
    assert await found(act, "Busetting av flyktningar i kommunane") == [refugees]
    assert await found(act, "Månelandinger og romferder") == []
    assert await found(act, "") == []
    await act("case_handler", counted)
    assert await found(act, NYNORSK) == [youth]


async def counted(uow: Any, actor: Any) -> None:
    await service.count_words(uow)


async def test_only_what_an_office_agreed_to_show_is_found(act: Acting) -> None:
    call_id = await publish_call(act)
    agreed = await shown(act, call_id, "lillestrom", BOKMAL, "Ungdommer og skole", background=f"{SECRET} i bakgrunnen")
    silent = await send(act, call_id, "klepp_time", problem_statement=BOKMAL)
    draft = await write(act, call_id, "grunerlokka", problem_statement=BOKMAL, shown_to_others="yes",
                        public_summary="Ungdommer og skole")  # fmt: skip
    assert await found(act, BOKMAL) == [agreed]
    assert await found(act, SECRET) == []
    for case_id in (silent, draft, uuid4()):
        with pytest.raises(NotFound):
            await act("lillestrom.counsellor", service.ask, case_id, message="Hei")
    assert set(await found_by(act, "case_handler", BOKMAL)) == {agreed, silent}
    assert await found_by(act, "case_handler", SECRET) == [agreed]
    assert await found_by(act, "balsfjord_storfjord.leader", BOKMAL) == []
    assert await found_by(act, "grunerlokka.leader", BOKMAL) == [], "the drafts of others, and one's own, are no hits"


async def test_what_came_of_an_application_is_not_told_by_what_is_found(act: Acting) -> None:
    application_id = await shown(act, await publish_call(act), "lillestrom", BOKMAL, "Ungdommer og skole")
    await act("case_handler", applications.begin_screening, application_id)
    await act("case_handler", applications.return_for_completion, application_id, part_cooperation="Mer",
              part_problem="Mer")  # fmt: skip
    await act("lillestrom.coordinator", applications.save_answers, application_id, problem_statement=OTHER)
    assert await found(act, BOKMAL) == [application_id], "what is not sent again is not shown"
    assert await found(act, OTHER) == []
    late = DURING + timedelta(days=15)
    await act("case_handler", applications.dismiss, application_id, why="Kom ikke i tide", at=late)
    assert await found(act, BOKMAL) == [application_id]


async def test_what_is_withdrawn_is_found_by_nobody(act: Acting) -> None:
    application_id = await shown(act, await publish_call(act), "lillestrom", BOKMAL, "Ungdommer og skole")
    await act("lillestrom.leader", applications.withdraw, application_id, why="Ikke nå")
    assert await found(act, BOKMAL) == []
    assert await found_by(act, "case_handler", BOKMAL) == []


async def test_a_project_is_known_to_all_and_follows_its_statement(
    database: Database, world: World, clock: MovingClock
) -> None:
    led, act = Led(database, world), Acting(database, world)
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    project = await led.accepted(call_id, "grunerlokka", problem_statement=BOKMAL)
    assert await found(act, NYNORSK) == [project]
    await act("grunerlokka.coordinator", projects.rewrite_statement, project, text=OTHER, basis_text="Innsikt",
              why="Vi så noe annet")  # fmt: skip
    assert await found(act, "Flyktninger som skal bosettes") == [project]


async def test_an_office_is_written_to_and_told_by_whom(act: Acting, database: Database, world: World) -> None:
    application_id = await shown(act, await publish_call(act), "lillestrom", BOKMAL, "Ungdommer og skole")
    await act("klepp_time.counsellor", service.ask, application_id, message="Kan vi snakke sammen?")
    async with database.reading() as uow:
        notices = list(await uow.session.scalars(select(Notice).where(Notice.code == "challenge_asked")))
    assert {each.person_id for each in notices} == {
        world.people["lillestrom.coordinator"].id, world.people["lillestrom.leader"].id,
    }  # fmt: skip
    assert notices[0].parameters["name"] == "Pål Klepp"
    for _ in range(service.QUESTIONS_A_DAY - 1):
        await act("klepp_time.counsellor", service.ask, application_id, message="Og en gang til")
    with pytest.raises(Invalid):
        await act("klepp_time.counsellor", service.ask, application_id, message="Nok en")


async def test_what_was_left_out_is_indexed_and_words_are_counted(act: Acting, database: Database) -> None:
    call_id = await publish_call(act)
    for office in ("lillestrom", "klepp_time"):
        await shown(act, call_id, office, BOKMAL, "Ungdommer og skole")
    async with database.unit_of_work() as uow:
        for row in await uow.session.scalars(select(Challenge)):
            row.words_version = 0
        (first, *_) = await uow.session.scalars(select(Challenge))
        await uow.session.delete(first)
    async with database.unit_of_work() as uow:
        assert await service.index_left_out(uow) == 2
        assert await service.index_left_out(uow) == 0
        await service.count_words(uow)
    async with database.reading() as uow:
        counts = {row.word: (row.shown, row.full) for row in await uow.session.scalars(select(ChallengeWord))}
    assert counts[""] == (2, 2)
    assert counts["ungdom"] == (2, 2)
    assert "trenger" not in counts


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_the_pages_are_whole_and_cost_the_same(
    browser: Browser, act: Acting, statements: list[str], language: str
) -> None:
    call_id = await publish_call(act)
    browser.http.cookies.set("language", language)
    own = await write(act, call_id, "grunerlokka", problem_statement=BOKMAL)
    pages = (f"/applications/{own}/similar", f"/network/similar?q={BOKMAL}")
    counts: dict[str, list[int]] = {path: [] for path in pages}
    cases = []
    for offices in (("lillestrom",), ("klepp_time", "balsfjord_storfjord")):
        cases += [await shown(act, call_id, office, BOKMAL, "Ungdommer <og> skole") for office in offices]
        await browser.as_person("grunerlokka.coordinator")
        for path in pages:
            statements.clear()
            answer = await browser.get(path)
            counts[path].append(len(statements))
            assert answer.status_code == 200
            html5lib.HTMLParser(strict=True).parse(answer.text)
            assert answer.text.count("Ungdommer &lt;og&gt; skole") == len(cases)
            assert str(own) not in answer.text.replace(f"/applications/{own}", "")
    assert all(first == second for first, second in counts.values()), counts
    page = await browser.get(f"/network/challenges/{cases[0]}")
    html5lib.HTMLParser(strict=True).parse(page.text)
    assert "Nav Lillestrøm" in page.text
    assert "Tid og tillit." not in page.text, "the rest of the application is not shown"
    empty = await browser.post(f"/challenges/{cases[0]}/ask", {"message": " "}, page=f"/network/challenges/{cases[0]}")
    assert empty.status_code == 422
    assert (await browser.get(f"/network/challenges/{own}")).status_code == 404
    part = await browser.get(pages[0], **{"hx-request": "true", "hx-target": "similar-found"})
    assert part.text.lstrip().startswith('<div id="similar-found"')
    await browser.as_person("lillestrom.leader")
    assert (await browser.get(pages[0])).status_code == 404
    await browser.as_person("case_handler")
    for path in (f"/applications/{cases[0]}/similar", f"/applications/{cases[0]}"):
        assert (await browser.get(path)).status_code == 200
    sent = (await browser.get(f"/applications/{cases[0]}/similar")).text
    html5lib.HTMLParser(strict=True).parse(sent)
    assert f'href="/applications/{cases[1]}"' in sent


CHALLENGES = """
insert into challenges (case_id, kind, title, summary, shown_at, words, full_words, words_version)
select id, 'application', '', '', now(), said, said, 1 from cases, lateral (
  select to_tsvector('norwegian', string_agg('ord' || (right(reference, -1)::int % 4001 * n % 4001), ' ')) as said
  from generate_series(1, 25) n) words
where reference like 'M%' limit :many
"""


async def test_many_are_searched_by_their_index(act: Acting) -> None:
    async with act.database.unit_of_work() as uow:
        await fill(uow, CHALLENGES)
        await service.count_words(uow)
        plan = await plan_of(uow, similar_shown(uow, "ord1234 ord77 ord4 og i å ord12"))
        assert "ix_challenges_words" in plan, plan
        assert "Seq Scan on challenges" not in plan, plan
        handler = await act.world.actor(uow, "case_handler")
        plan = await plan_of(uow, similar_sent(uow, handler, "ord1234 ord77 ord4 og i å ord12"))
        assert "ix_challenges_full_words" in plan, plan
