"""Hours of facilitation along time: what somebody has to give, what is planned and what was used, month by month (S72).

Hours are whole; whatever is divided adds up again, so that months, half-years and methods agree to the hour. Days are
days of the calendar in Norway, so that no clock that is moved changes anything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

import msgspec

from workflows.calendar import add_months, is_working_day
from workflows.facilitation_rules import FacilitationRules

MINUTES = 60
DAY = timedelta(days=1)


def month_of(day: date) -> date:
    """The first day of the day's month."""
    return day.replace(day=1)


def half_of(day: date) -> date:
    """The first day of the half-year that the day lies in; it stands for the half-year."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def next_half(half: date, by: int = 1) -> date:
    """The half-year so many after this one."""
    return add_months(half, 6 * by)


def months_of(half: date) -> tuple[date, ...]:
    """The first days of the six months of a half-year."""
    return tuple(add_months(half, place) for place in range(6))


def last_day_of(month: date, months: int = 1) -> date:
    """The last day of a month, or of so many months from it on."""
    return add_months(month, months) - DAY


@lru_cache(maxsize=100)
def _working_days(year: int) -> tuple[int, ...]:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return tuple(day for day in range(first, last + 1) if is_working_day(date.fromordinal(day)))


def working_days(first: date, last: date) -> int:
    """How many working days there are from one day to another, both counted; 0 where the last comes before the first."""
    found = 0
    for year in range(first.year, last.year + 1):
        days = _working_days(year)
        found += max(bisect_right(days, last.toordinal()) - bisect_left(days, first.toordinal()), 0)
    return found


class Period(msgspec.Struct, frozen=True, order=True):
    """From one day to another, both counted."""

    first_on: date
    last_on: date

    def within(self, other: Period) -> Period | None:
        """The part of it that lies in the other one."""
        first, last = max(self.first_on, other.first_on), min(self.last_on, other.last_on)
        return Period(first, last) if first <= last else None


def joined(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The same days as periods that do not overlap, in their order: a day that is in two of them counts once."""
    found: list[Period] = []
    for period in sorted(periods):
        if found and period.first_on <= found[-1].last_on + DAY:
            found[-1] = Period(found[-1].first_on, max(found[-1].last_on, period.last_on))
        else:
            found.append(period)
    return tuple(found)


def shared(whole: int, weights: Sequence[int]) -> tuple[int, ...]:
    """A whole number in parts after their weights, which add up to it; all in the first part where no weight is left."""
    total = sum(weights)
    if not total:
        return (whole, *(0 for _ in weights[1:])) if weights else ()
    bounds, so_far = [0], 0
    for weight in weights:
        so_far += weight
        bounds.append(whole * so_far // total)
    return tuple(after - before for before, after in pairwise(bounds))


def months_between(first: date, last: date) -> Iterator[date]:
    """The months that two days span, the one of the first day among them."""
    month = month_of(first)
    while month <= last:
        yield month
        month = add_months(month, 1)


def spread(hours: int, period: Period) -> dict[date, int]:
    """Hours over the months of a period, after the working days that each has in it; their sum is the hours."""
    months, days = _working_days_by_month(period)
    return dict(zip(months, shared(hours, days), strict=True))


@lru_cache(maxsize=2_000)
def _working_days_by_month(period: Period) -> tuple[tuple[date, ...], tuple[int, ...]]:
    """The months of a period, and how many working days each has in it; kept, since plans share their periods."""
    months = tuple(months_between(period.first_on, period.last_on))
    return months, tuple(
        working_days(max(month, period.first_on), min(last_day_of(month), period.last_on)) for month in months
    )


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has to give: hours for each half-year, the days they are away, and the days they belong to the group."""

    hours: Mapping[date, int]
    """By the first day of the half-year."""
    leaves: tuple[Period, ...] = ()
    member_from: date = date.min
    member_to: date = date.max


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """One month of somebody, or of several together, in hours."""

    month: date
    given: int = 0
    leave: int = 0
    planned: int = 0

    @property
    def available(self) -> int:
        """What there is to give when leave is taken off."""
        return self.given - self.leave

    @property
    def left(self) -> int:
        """What is not planned yet; below 0 where more is planned than there is."""
        return self.available - self.planned


def available_by_month(given: Given) -> dict[date, Month]:
    """The hours of every half-year over its months, less the share of the working days on which one is away.

    One is away on leave and outside one's time in the group; a day counts once however many reasons it has.
    """
    member = Period(given.member_from, given.member_to)
    found: dict[date, Month] = {}
    for half, hours in sorted(given.hours.items()):
        for month, part in spread(hours, Period(half, last_day_of(half, 6))).items():
            whole = Period(month, last_day_of(month))
            here = whole.within(member)
            days = working_days(whole.first_on, whole.last_on)
            at_work = working_days(here.first_on, here.last_on) if here else 0
            for away in joined(given.leaves):
                gone = here and away.within(here)
                at_work -= working_days(gone.first_on, gone.last_on) if gone else 0
            leave = part - part * at_work // days if days else part
            found[month] = Month(month=month, given=part, leave=leave)
    return found


class PlannedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a project with the days it is meant to take, its share of the hours and the methods it needs."""

    step: str
    period: Period
    share: int
    """In basis points of all the hours of the project."""
    methods: tuple[str, ...] = ()


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a step as planned and as they became."""

    planned_from: date | None = None
    planned_to: date | None = None
    actual_from: date | None = None
    actual_to: date | None = None


def plan_of(
    rules: FacilitationRules, start: date, *, dated: Mapping[str, Dated] | None = None, today: date | None = None
) -> tuple[PlannedStep, ...]:
    """The steps of a project along time: by their own dates where they have some, else as long as the rules say.

    A step begins no earlier than the day after the one before it ended; one that has not ended lasts at least until
    `today`.
    """
    known = dated or {}
    found: list[PlannedStep] = []
    next_on = start
    for rule in rules.steps:
        days = known.get(rule.step, Dated())
        first = days.actual_from or max(days.planned_from or next_on, next_on)
        last = days.actual_to or days.planned_to or first + timedelta(weeks=rule.weeks) - DAY
        if today is not None and days.actual_to is None:
            last = max(last, today)
        last = max(last, first)
        found.append(
            PlannedStep(
                step=rule.step, period=Period(first, last), share=rule.share_basis_points, methods=rule.methods
            )
        )  # fmt: skip
        next_on = max(next_on, last + DAY)
    return tuple(found)


class Work(msgspec.Struct, frozen=True, order=True):
    """Hours of one step in one month."""

    month: date
    step: str
    hours: int


def work_of(hours: int, plan: Sequence[PlannedStep], since: date = date.min) -> tuple[Work, ...]:
    """Hours over the steps of a plan from a day on, after their shares, and within each over its months.

    What comes too late for every step lies in the month of that day. The sum is always the hours.
    """
    coming = [(each, part) for each in plan if (part := each.period.within(Period(since, date.max)))]
    weights = [
        each.share * 1_000 * working_days(part.first_on, part.last_on)
        // max(working_days(each.period.first_on, each.period.last_on), 1)
        for each, part in coming
    ]  # fmt: skip
    if not sum(weights):
        month = month_of(coming[0][1].first_on if coming else since)
        return (Work(month, coming[0][0].step if coming else "", hours),)
    return tuple(
        Work(month, each.step, part_hours)
        for (each, part), step_hours in zip(coming, shared(hours, weights), strict=True)
        for month, part_hours in spread(step_hours, part).items()
        if part_hours
    )


def by_month(work: Iterable[Work]) -> dict[date, int]:
    """The hours of each month."""
    found: dict[date, int] = {}
    for each in work:
        found[each.month] = found.get(each.month, 0) + each.hours
    return found


def by_half(months: Mapping[date, int]) -> dict[date, int]:
    """The hours of each half-year."""
    found: dict[date, int] = {}
    for month, hours in months.items():
        found[half_of(month)] = found.get(half_of(month), 0) + hours
    return found


def by_method(work: Iterable[Work], plan: Sequence[PlannedStep]) -> dict[tuple[str, date], int]:
    """The hours of each method in each month: a step's hours are shared evenly by the methods it needs.

    What belongs to no method stands under "".
    """
    methods = {each.step: each.methods for each in plan}
    found: dict[tuple[str, date], int] = {}
    so_far: dict[str, int] = {}
    for each in sorted(work):
        needed = methods.get(each.step) or ("",)
        before = so_far.get(each.step, 0)
        so_far[each.step] = after = before + each.hours
        shares = zip(shared(after, [1] * len(needed)), shared(before, [1] * len(needed)), strict=True)
        for method, (until_now, until_then) in zip(needed, shares, strict=True):
            key = (method, each.month)
            found[key] = found.get(key, 0) + until_now - until_then
    return found


@lru_cache(maxsize=2_000)
def _planned(hours: int, plan: tuple[PlannedStep, ...], since: date) -> tuple[tuple[date, int], ...]:
    """The hours of each month of a plan; kept, since whoever asks for one project is told of all that its people have."""
    return tuple(by_month(work_of(hours, plan, since)).items())


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """One assignment as it burdens the one who has it."""

    assignment_id: UUID
    case_id: UUID
    hours: int
    since: date
    plan: tuple[PlannedStep, ...]
    binding: bool
    """Asked or accepted; what is over burdens with what was used alone."""
    used: tuple[tuple[date, int], ...] = ()
    """Days with the minutes of support given on them."""

    @property
    def used_minutes(self) -> int:
        """All support given, in minutes."""
        return sum(minutes for _, minutes in self.used)

    @property
    def months(self) -> dict[date, int]:
        """The hours that it takes in each month; begun hours are whole ones."""
        if self.binding:
            return dict(_planned(self.hours, self.plan, self.since))
        minutes: dict[date, int] = {}
        for day, taken in self.used:
            minutes[month_of(day)] = minutes.get(month_of(day), 0) + taken
        return {month: -(-taken // MINUTES) for month, taken in minutes.items()}


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has to give, and what takes it."""

    given: Given
    assigned: tuple[Assigned, ...] = ()

    def months(self, *, without: UUID | None = None) -> dict[date, Month]:
        """Every month that something is given or planned in; `without` leaves one assignment out."""
        planned: dict[date, int] = {}
        for each in self.assigned:
            if each.assignment_id != without:
                for month, hours in each.months.items():
                    planned[month] = planned.get(month, 0) + hours
        given = available_by_month(self.given)
        return {
            month: msgspec.structs.replace(given.get(month, Month(month=month)), planned=planned.get(month, 0))
            for month in sorted({*given, *planned})
        }

    def halves(self, *, without: UUID | None = None) -> dict[date, Month]:
        """The same for half-years, each by its first day."""
        return half_years(self.months(without=without))


def half_years(months: Mapping[date, Month]) -> dict[date, Month]:
    """Months added up to half-years."""
    found: dict[date, Month] = {}
    for month, each in months.items():
        half = half_of(month)
        found[half] = together((found.get(half, Month(month=half)), each), half)
    return found


def together(months: Iterable[Month], month: date) -> Month:
    """Several months as one, under the day it is to have."""
    rows = tuple(months)
    return Month(
        month=month, given=sum(row.given for row in rows), leave=sum(row.leave for row in rows),
        planned=sum(row.planned for row in rows),
    )  # fmt: skip


class HalfNeed(msgspec.Struct, frozen=True, kw_only=True):
    """What an assignment takes of somebody's half-year, and what they have left for it, in hours."""

    half: date
    hours: int
    left: int


def needs_of(load: Load, assignment: Assigned) -> tuple[HalfNeed, ...]:
    """For each half-year of an assignment its hours, and what the rest of the load leaves for them."""
    halves = load.halves(without=assignment.assignment_id)
    return tuple(
        HalfNeed(half=half, hours=hours, left=halves[half].left if half in halves else 0)
        for half, hours in sorted(by_half(assignment.months).items())
    )
