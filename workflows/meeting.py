"""The clarification meeting: times that suit both sides, questions sent beforehand, minutes that both confirm (G15)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from workflows.engine import Reason
from workflows.roles import Role

HANDLERS = (Role.CASE_HANDLER,)
OFFICE = (Role.LEADER, Role.COORDINATOR)

MOST_TIMES = 6
"""How many proposed times may be open at once: more than that nobody answers."""
MOST_ITEMS = 20
FARTHEST = timedelta(days=366)
"""How far from today a meeting can lie, either way; what lies farther off is a slip of the keyboard."""


class Fit(StrEnum):
    """How a proposed time suits somebody."""

    YES = "yes"
    IF_NEEDED = "if_needed"
    NO = "no"


class Side(StrEnum):
    """On whose side of the table somebody sits."""

    OFFICE = "office"
    SCHEME = "scheme"


def side_of(roles: Collection[Role]) -> Side | None:
    """On whose side somebody confirms minutes: the office's, the scheme's, or on nobody's."""
    if not set(OFFICE).isdisjoint(roles):
        return Side.OFFICE
    return Side.SCHEME if Role.CASE_HANDLER in roles else None


def table_side_of(roles: Collection[Role]) -> Side | None:
    """On whose side somebody sits in the meeting: the team sits with its office, reviewers with the scheme."""
    if not {*OFFICE, Role.CORE_TEAM}.isdisjoint(roles):
        return Side.OFFICE
    return Side.SCHEME if not {Role.CASE_HANDLER, Role.REVIEWER}.isdisjoint(roles) else None


def _reason(code: str, who: tuple[Role, ...] = HANDLERS, **parameters: str | int) -> Reason:
    return Reason(code=code, parameters=parameters, place="application.meeting", who=who)


def against_proposing(starts: Sequence[datetime], known: Collection[datetime], now: datetime) -> Iterator[Reason]:
    """What keeps times from being proposed: past or too far off, the same twice, or more than one can answer."""
    for start in starts:
        if start <= now:
            yield _reason("meeting.time_past", starts_at=start.isoformat())
        elif start - now > FARTHEST:
            yield _reason("meeting.time_too_far", starts_at=start.isoformat())
    if len(set(starts)) < len(starts) or not set(starts).isdisjoint(known):
        yield _reason("meeting.time_twice")
    if len(known) + len(set(starts)) > MOST_TIMES:
        yield _reason("meeting.too_many_times", most=MOST_TIMES)


def against_confirming(held_at: datetime | None, minutes: str, now: datetime) -> Iterator[Reason]:
    """What keeps minutes from being confirmed, or from being objected to."""
    if held_at is None or now < held_at:
        yield _reason("decision.meeting_missing")
    elif not minutes.strip():
        yield _reason("decision.minutes_missing")


def suitability(fits: Iterable[Fit]) -> tuple[int, int]:
    """How a time suits those who have answered: how many it does not suit, and how many only if need be; less is better."""
    answers = tuple(fits)
    return answers.count(Fit.NO), answers.count(Fit.IF_NEEDED)


def best(times: Sequence[tuple[datetime, Sequence[Fit]]]) -> tuple[int, ...]:
    """The places of the times in the order they suit: fewest who cannot, then fewest who would rather not, most
    answers, and earliest. Times that somebody on either side cannot make come last, but stay."""
    return tuple(
        sorted(
            range(len(times)), key=lambda place: (*suitability(times[place][1]), -len(times[place][1]), times[place][0])
        )
    )


def agenda_from(questions: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The reviewers' questions, a line each, as items of an agenda: those not on it yet, each once, in their order."""
    seen = {_bare(each) for each in known}
    found = []
    for text in questions:
        for line in map(_without_bullet, text.splitlines()):
            if line and _bare(line) not in seen:
                seen.add(_bare(line))
                found.append(line)
    return tuple(found)


def _without_bullet(line: str) -> str:
    return line.strip().lstrip("-–•*·").strip()


def _bare(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip("?.! ")
