"""Which challenges are most like a text: found by its most telling words, whichever written form they are in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Double,
    Integer,
    Select,
    Text,
    TextualSelect,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.cases.models import Case
from app.cases.queries import current, reach_of, seen_by, visible
from app.core.database import CASE, NOW, Instant, UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.network.models import Challenge
from app.network.words import normalised

# named here without their rooms, which come after this one
APPLICATIONS = table("applications", column("id", Uuid), column("call_id", Uuid), column("reference", Text))
CALLS = table("calls", column("id", Uuid), column("state", Text), column("deadline", Instant))
DEVIANCES = table("positive_deviances", column("case_id", Uuid), column("rank"), column("text", Text))

TELLING = 16
"""So many words of a text are searched for, those that fewest others have."""
COMMON = 20
"""A word that stands in more than one of so many challenges tells nothing."""
AT_LEAST = 200
"""In a scheme with few challenges a word may be as common as this and still be searched for."""
CANDIDATES = 60
LEAST_SHARE = 0.2
"""How much of what is telling in a text another must have to be called similar, from 0 to 1."""
MUCH = 0.5
LONGEST = 6_000

LEFT_OUT, MOST = bindparam("left_out", type_=ARRAY(Uuid())), bindparam("most", type_=Integer())

Within = Literal["shown", "full"]

STATEMENT = """
with asked as (
    select lexeme as word from unnest(to_tsvector('norwegian', :text))
), total as (
    select coalesce((select "{within}" from challenge_words where word = ''), 0) as challenges
), telling as materialized (
    select word, ('''' || replace(replace(word, '\\', '\\\\'), '''', '''''') || '''')::tsquery as query,
        ln((total.challenges + 2.0) / (greatest(coalesce(known."{within}", 0), 1) + 0.5))::double precision as weight
    from asked cross join total left join challenge_words known using (word)
    where coalesce(known."{within}", 0) <= greatest(total.challenges / :common, :at_least)
    order by coalesce(known."{within}", 0) = 0, known."{within}", word
    limit :telling
), whole as (
    select sum(weight) as weight from telling
), closest as (
    select challenge.case_id, sum(telling.weight) as weight
    from telling join challenges challenge on challenge.{column} @@ telling.query
    group by challenge.case_id
    having sum(telling.weight) >= :least * (select weight from whole)
    order by weight desc, challenge.case_id desc
    limit :candidates
)
select case_id, closest.weight / whole.weight as share from closest cross join whole
"""
"""The words of the text that fewest challenges have, each weighted by how few; a challenge's share is the weight of those
that it has too. Each word is looked up by itself in the index, so that no challenge is read that has none of them."""


@cache
def _search(within: Within) -> TextualSelect:
    statement = text(STATEMENT.format(within=within, column="words" if within == "shown" else "full_words"))
    return statement.columns(column("case_id", Uuid), column("share", Double))


def _asked(words: str) -> dict[str, Any]:
    """What a search is asked about; nothing for a text without words."""
    asked = normalised(words[:LONGEST])
    if not asked.strip():
        return {}
    return {"text": asked, "common": COMMON, "at_least": AT_LEAST, "telling": TELLING, "candidates": CANDIDATES,
            "least": LEAST_SHARE}  # fmt: skip


async def shares(uow: UnitOfWork, words: str, within: Within) -> dict[UUID, float]:
    """The challenges that have most of what is telling in a text, with their share of it; one statement."""
    asked = _asked(words)
    rows = await uow.session.execute(_search(within), asked) if asked else ()
    return {row.case_id: row.share for row in rows}


class Similar(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge like another, as whoever searches may know it."""

    id: UUID
    kind: str
    title: str
    summary: str
    language: str
    unit: str
    county: str | None
    call_id: UUID
    share: float
    reference: str = ""
    """Told to those who handle applications alone."""

    @property
    def is_close(self) -> bool:
        """Whether it has much of what was searched for."""
        return self.share >= MUCH


def _known() -> Select[Any]:
    """What is told of a challenge; a draft is found only while its call is open to it."""
    county = Unit.__table__.alias("county")
    is_open = and_(CALLS.c.state.in_(("published", "open")), CALLS.c.deadline > NOW)
    return (
        select(
            Challenge.case_id, Challenge.kind, Challenge.title, Challenge.summary, Case.language, Unit.name, county.c.name,
            APPLICATIONS.c.call_id, APPLICATIONS.c.reference, Case.title,
        )
        .join(Case, Case.id == Challenge.case_id)
        .join(APPLICATIONS, APPLICATIONS.c.id == Challenge.case_id)
        .join(CALLS, CALLS.c.id == APPLICATIONS.c.call_id)
        .join(Unit, Unit.id == Case.unit_id)
        .outerjoin(county, county.c.id == Case.county_id)
        .where(or_(Challenge.kind != "draft", is_open))
    )  # fmt: skip


def _closest(within: Within) -> Select[Any]:
    """The challenges found, the closest first, those apart that are left out; as many as `most`."""
    found = _search(within).cte("found")
    return (
        _known()
        .add_columns(found.c.share)
        .join(found, found.c.case_id == Challenge.case_id)
        .where(Challenge.case_id != func.all(LEFT_OUT))
        .order_by(found.c.share.desc(), Challenge.case_id)
        .limit(MOST)
    )


@cache
def _closest_shown() -> Select[Any]:
    return _closest("shown").where(Challenge.shown_at.is_not(None))


@cache
def _closest_sent(reach: frozenset[str]) -> Select[Any]:
    return _closest("full").where(visible(reach), Case.submitted_at.is_not(None))


def _similar(row: Any, share: float, *, full: bool = False) -> Similar:
    case_id, kind, title, summary, language, unit, county, call_id, reference, sent_title = row
    return Similar(
        id=case_id, kind=kind, title=sent_title if full else title, summary=summary, language=language, unit=unit,
        county=county, call_id=call_id, share=share, reference=reference if full else "",
    )  # fmt: skip


async def similar_shown(
    uow: UnitOfWork, words: str, *, leave_out: Collection[UUID] = (), most: int = 5
) -> list[Similar]:
    """The challenges shown to every employee that are most like a text, the closest first; one statement.

    `leave_out` are those that it would say too much to whoever searches to find, as one whose office is hidden from them.
    """
    asked = _asked(words)
    if not asked:
        return []
    rows = await uow.session.execute(
        _closest_shown(), {**asked, "now": uow.now, "left_out": list(leave_out), "most": most}
    )
    return [_similar(known, share) for *known, share in rows]


async def similar_sent(
    uow: UnitOfWork, actor: Actor, words: str, *, leave_out: UUID | None = None, most: int = 10
) -> list[Similar]:
    """Of the applications that the actor may see those most like a text, by all that they say; for who handles them.

    One statement.
    """
    asked = _asked(words)
    if not asked:
        return []
    left_out = [leave_out] if leave_out else []
    rows = await uow.session.execute(
        _closest_sent(reach_of(actor)), {**asked, **seen_by(actor, uow.now), "left_out": left_out, "most": most}
    )
    return [_similar(known, share, full=True) for *known, share in rows]


async def is_found(uow: UnitOfWork, case_id: UUID) -> bool:
    """Whether every employee may know of a challenge now, but those from whom its office is hidden."""
    return await shown_challenge(uow, case_id) is not None


class ChallengePage(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge to be read: what its office shows of it, what works there already, and whom one writes to."""

    challenge: Similar
    shown_at: datetime
    coordinator: str | None
    works: list[str]


async def shown_challenge(uow: UnitOfWork, case_id: UUID) -> ChallengePage | None:
    """One challenge as every employee may read it; None where nobody may. What works is told of projects alone (S32)."""
    coordinator = (
        select(Person.name)
        .join(UnitMembership, UnitMembership.person_id == Person.id)
        .where(
            UnitMembership.unit_id == Case.unit_id, UnitMembership.role == "coordinator", current(UnitMembership, NOW)
        )
        .order_by(UnitMembership.valid_from)
        .limit(1)
        .scalar_subquery()
    )
    works = (
        select(func.jsonb_agg(aggregate_order_by(DEVIANCES.c.text, DEVIANCES.c.rank)))
        .where(DEVIANCES.c.case_id == Case.id, Case.project_at.is_not(None))
        .scalar_subquery()
    )
    statement = _known().add_columns(Challenge.shown_at, coordinator, works)
    statement = statement.where(Challenge.case_id == CASE, Challenge.shown_at.is_not(None))
    row = (await uow.session.execute(statement, {"case_id": case_id, "now": uow.now})).first()
    if row is None:
        return None
    *known, shown_at, coordinator_name, works_there = row
    return ChallengePage(
        challenge=_similar(known, 1.0), shown_at=shown_at, coordinator=coordinator_name, works=works_there or []
    )
