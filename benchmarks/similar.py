"""How fast similar challenges are found among many, beside a read by primary key and the page rendered from memory."""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

import msgspec
from sqlalchemy import select, text

from app.cases.models import Case
from app.network import service
from app.network.similar import similar_sent, similar_shown
from app.network.words import normalised
from benchmarks import seed
from benchmarks.load import Load, Page, all_measured, asked, counted, tell
from benchmarks.scheme import Scheme, scheme
from benchmarks.texts import Writer, in_nynorsk
from workflows.sharing import FULL_TEXT

Written = list[tuple[UUID, list[str]]]
"""Challenges with the words of their summaries in bokmål, whichever form they were kept in."""
KEPT = text(
    "update challenges set summary = :summary, shown_at = now(), words = to_tsvector('norwegian', :shown), "
    "full_words = to_tsvector('norwegian', :full) where case_id = :case_id"
)

SAID = "update applications set answers = answers || cast(:said as jsonb) where id = :id"
FEW = 20


async def fill(demo: Scheme, applied: UUID, challenges: int, writer: Writer, salt: str) -> Written:
    """So many challenges more; every one there is has a text of its own, one in four in nynorsk."""
    written: Written = []
    async with demo.filling() as connection:
        await seed.copies(connection, applied, challenges, salt)
        found = (await connection.execute(text("select case_id from challenges"))).scalars().all()
        rows = []
        for place, case_id in enumerate(found):
            words = writer.text(writer.chance.randint(150, 500))
            spoken = [in_nynorsk(word) for word in words] if place % 4 == 0 else words
            summary = " ".join(spoken[:60])
            written.append((case_id, words[:60]))
            rows.append({"case_id": case_id, "summary": summary, "shown": normalised(summary),
                         "full": normalised(" ".join(spoken))})  # fmt: skip
        await connection.execute(KEPT, rows)
    return written


async def count_words(demo: Scheme) -> float:
    """Count the words of all challenges, as a job does each hour; the seconds it took."""
    began = time.perf_counter()
    async with demo.database.unit_of_work() as uow:
        await service.count_words(uow)
    return time.perf_counter() - began


async def begin(demo: Scheme) -> UUID:
    """The offices, and the application that all others are copied from; its id."""
    async with demo.filling() as connection:
        await seed.offices(connection, 300)
        found = await connection.execute(text("select id from applications where state = 'in_review'"))
        applied: UUID = found.scalar_one()
        return applied


async def pages_of(demo: Scheme, applied: UUID, written: Written) -> list[Page]:
    """The pages that show what is similar, each to somebody who asks in another's words."""
    (_, one), (_, other) = written[len(written) // 2 :][:2]
    async with demo.database.engine.begin() as connection:
        said = msgspec.json.encode({key: " ".join(one) for key in FULL_TEXT}).decode()
        await connection.execute(text(SAID), {"id": applied, "said": said})
    handler, employee = [await demo.session_of(who) for who in ("case_handler", "klepp_time.counsellor")]
    asking = quote_plus(" ".join(other[:40]))
    return [
        Page("beside an application, among all that was sent", f"/applications/{applied}/similar", handler),
        Page("among what is shown, 40 words", f"/network/similar?q={asking}", employee),
    ]


async def timed(search: Callable[[Any], Awaitable[object]], all_asked: Sequence[Any]) -> list[float]:
    """How long each took, in milliseconds."""
    found = []
    for each in all_asked:
        began = time.perf_counter()
        await search(each)
        found.append((time.perf_counter() - began) * 1000)
    return found


def line(name: str, found: list[float], yardstick: float) -> str:
    """One measurement as a line of a table."""
    middle, p95 = statistics.median(found), statistics.quantiles(found, n=20)[18]
    return f"| {name} | {middle:.1f} | {p95:.1f} | {max(found):.1f} | {middle / yardstick:.1f} |"


async def searches(demo: Scheme, written: Written, searched: int, writer: Writer) -> None:
    """Print how long a search takes, and how often it finds what it was made from, in the other written form."""
    chosen = writer.chance.sample(written, searched)
    short = [
        (case_id, " ".join(in_nynorsk(word) for word in words if writer.chance.random() > 0.3))
        for case_id, words in chosen
    ]
    long = [" ".join(writer.text(600)) for _ in range(searched)]
    async with demo.database.reading() as uow:
        handler = await demo.world.actor(uow, "case_handler")

        async def by_key(case_id: UUID) -> object:
            row = select(Case.id, Case.title, Case.unit_id).where(Case.id == case_id)
            return (await uow.session.execute(row)).one()

        cases, texts = zip(*short, strict=True)
        shown, sent = partial(similar_shown, uow), partial(similar_sent, uow, handler)
        await timed(by_key, cases)
        keyed = await timed(by_key, cases)
        print("| search | median ms | 95 % within ms | most ms | of a read by primary key |\n|---|---|---|---|---|")
        for name, found in (
            ("read by primary key", keyed),
            ("a summary, 40 words, among what is shown", await timed(shown, texts)),
            ("a long text, 600 words, among what is shown", await timed(shown, long)),
            ("a long text, 600 words, among all that was sent", await timed(sent, long)),
        ):
            print(line(name, found, statistics.median(keyed)))
        hits = [case_id in {each.id for each in await similar_shown(uow, words)} for case_id, words in short]
        print(f"\nFound again in the other written form, three words in ten left out: {sum(hits)} of {len(hits)}.\n")


async def measure(load: Load, challenges: int, searched: int) -> int:
    """The searches themselves, and the pages that show them."""
    async with scheme() as demo:
        writer = Writer(random.Random(11))
        applied = await begin(demo)
        pages = await pages_of(demo, applied, await fill(demo, applied, FEW, writer, "few"))
        with demo.serving() as (port, _):
            few = counted(port, pages)
        written = await fill(demo, applied, challenges - FEW, writer, "many")
        pages = await pages_of(demo, applied, written)
        counting = await count_words(demo)
        print(f"{len(written)} challenges of 150 to 500 words, one in four in nynorsk; counting their words, as a job does "
              f"each hour, takes {counting:.1f} s.\n")  # fmt: skip
        await searches(demo, written, searched, writer)
        with demo.serving() as (port, pid):
            return tell(all_measured(pages, port, pid, load, few), f"{challenges} challenges", load)


def main() -> int:
    """Measure and print; 1 where a page's statements grow with the rows."""
    load, size = asked("similar", __doc__, challenges=20_000, searches=200)
    return asyncio.run(measure(load, size.challenges, size.searches))


if __name__ == "__main__":
    sys.exit(main())
