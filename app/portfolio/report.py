"""The report to management: one cut of the portfolio on one day, on two pages, as its PDF says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from app.portfolio.cut import Cut
from app.portfolio.figures import FIGURES
from app.portfolio.overview import Counted, Laid
from app.portfolio.queries import MISSING
from app.portfolio.told_lines import Told
from app.texts import filters
from app.texts.i18n import Texts
from workflows.curves import Curve
from workflows.over_time import Period
from workflows.rollup import LeftOut, Sum

TEMPLATE = "portfolio/report.typ"

YEARS = 3
"""So many price years have their rows; more stand in the files."""
LINES = 3
"""So many of the portfolio's own lines have their rows; all of them count."""
ROWS = 13
"""So many counties have their rows: Nav has twelve; more are in the files."""
REASONS = 4
"""So many reasons are told, the newest."""
LONGEST = 90
"""So many characters of a title or a reason are told."""
AROUND = 2
"""So many years before and after the day have their rows."""
IN_TABLES = ("projects", "committed", "benefits", "planned", "measured", "reached", "lacking")
"""The figures that each goal and county is told by."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows under a heading; the first column is words, and the others are figures where `figures` says so."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: bool = True


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One section: what it says in words, then its table, then what is left out of it."""

    heading: str
    words: tuple[str, ...] = ()
    table: Table | None = None
    after: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the report says, page by page."""

    title: str
    language: str
    over: tuple[str, ...]
    warning: str
    """What the reader must know before all else; "" where there is nothing."""
    facts: tuple[tuple[str, str], ...]
    cards: tuple[tuple[str, str, str], ...]
    """The figures that one sees first: the figure, what it is, and what of it."""
    first: tuple[Section, ...]
    second: tuple[Section, ...]
    notes: tuple[str, ...]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was taken out, given up or corrected."""

    at: date
    key: str
    """The text that says what was done."""
    title: str
    why: str


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What was done since a day: how often, and why."""

    counts: tuple[tuple[str, int], ...]
    """By the key of the text that says what was done."""
    reasons: tuple[Reason, ...]


def quarter_before(day: date) -> date:
    """The last day of the quarter before the one that a day is in."""
    return date(day.year, day.month - (day.month - 1) % 3, 1) - timedelta(days=1)


def report_of(
    texts: Texts, found: Laid, before: Laid, moved: Moved, cut: Cut, counties: Mapping[UUID, str], made_at: str,
    further: tuple[tuple[str, str], ...] = (), over_time: tuple[Curve, int | None] | None = None,
    *, is_being_written: bool = False,
) -> Report:  # fmt: skip
    """The report; `before` is the same cut at the end of the quarter before, `further` what else it is narrowed by.

    `over_time` is its curve and in kroner of which year it is.
    """
    t, language = texts.t, texts.language
    whole, earlier = found.whole, before.whole
    totals = whole.counts
    goal = t(f"benefits.goal.{cut.goal}") if cut.goal else t("portfolio.all_goals")
    county = counties[cut.county_id] if cut.county_id else t("portfolio.all_counties")
    invented = (t("portfolio.invented") + ".",) if totals["invented"] else ()
    return Report(
        title=t("portfolio.report.title", day=filters.day(found.as_of, language)),
        language=language,
        over=(t("layout.place.portfolio"),),
        warning=t("portfolio.being_written") if is_being_written else "",
        facts=((t("portfolio.goal"), goal), (t("portfolio.county"), county), *further,
               (t("portfolio.made_at"), made_at)),
        cards=(
            (filters.number(totals["projects"], language), t("portfolio.figure.projects"),
             t("portfolio.of_them_running", count=totals["running"])),
            (filters.amount(totals["committed"], language), t("portfolio.figure.committed"),
             t("portfolio.of_it_paid", paid_ore=totals["paid"])),
            (t("portfolio.measured_of", measured=totals["measured"], count=totals["benefits"]),
             t("portfolio.figure.measured"), t("portfolio.of_them_reached", count=totals["reached"])),
            (filters.number(totals["lacking"], language), t("portfolio.figure.lacking"),
             t("portfolio.report.of_benefits", count=totals["benefits"])),
        ),
        first=(_kroner(texts, whole, found), _missing(texts, whole), *_changed(texts, whole, earlier, before.as_of, moved)),
        second=(*_years(texts, found.as_of, over_time), _goals(texts, found), _counties(texts, found, counties),
                _why(texts, moved, before.as_of)),
        notes=(*invented, t("portfolio.per_goal_text"), t("portfolio.note.practice")),
    )  # fmt: skip


def _years(texts: Texts, as_of: date, over_time: tuple[Curve, int | None] | None) -> tuple[Section, ...]:
    """Net year by year, those around the day, and what it has come to; the measured months beside what is missing."""
    curve, price_year = over_time or (None, None)
    if curve is None or price_year is None:
        return ()
    t, language = texts.t, texts.language
    around = [each for each in curve.years if abs(each.own.first.year - as_of.year) <= AROUND]
    rows = [(str(each.own.first.year), each.own, each.months_kept_back) for each in around]
    rows.append((t("portfolio.report.so_far"), curve.by_now, sum(each.months_kept_back for each in curve.years)))

    def said(words: str, period: Period, kept_back: int) -> tuple[str, ...]:
        net = period.net
        measured = [_kroner_of(each, texts) if period.has_come else "–" for each in (net.realised, net.estimated)]
        if kept_back:
            measured[0] += "*"
        there = period.there
        if period.has_come and there.running and not there.measured and not net.realised:
            measured[0] = t("portfolio.not_measured")
        missing = f"{filters.number(there.missing, language)} / {filters.number(there.running, language)}"
        return (words, _kroner_of(net.planned, texts), _kroner_of(net.likely, texts), *measured,
                missing if period.has_come else "–")  # fmt: skip

    head = ("curves.year", "planned", "forecast", "realised", "estimated", "curves.months_missing")
    return (
        Section(
            heading=t("portfolio.report.years", year=str(price_year)),
            table=Table(head=tuple(t(f"portfolio.{name}") for name in head), rows=tuple(said(*row) for row in rows)),
            after=(f"* {t('portfolio.curves.keeps_back')}",) if curve.keeps_back else (),
        ),
    )


def _kroner(texts: Texts, whole: Counted, laid: Laid) -> Section:
    """Planned, forecast and realised, each price year by itself, the estimated apart (I11, W6)."""
    t = texts.t

    def rows(name: str, sums: Sequence[Sum]) -> Iterable[tuple[str, ...]]:
        for each in sums[:YEARS]:
            told = [_kroner_of(figure, texts) for figure in (each.planned, each.forecast)]
            told += [
                t("portfolio.few") if each.keeps_back and not figure else _kroner_of(figure, texts)
                for figure in (each.realised, each.estimated)
            ]
            yield (t(f"portfolio.{name}"), str(each.price_year), *told)

    found = [row for name in ("gains", "harms", "net") for row in rows(name, getattr(whole, name))]
    lines = [
        (_line(texts, told), str(each.price_year), *(_kroner_of(figure, texts) for figure in (
            each.planned, each.forecast, each.realised, each.estimated)))
        for told in laid.lines[:LINES] for each in told.sums
    ]  # fmt: skip
    found += [*lines, *rows("after_lines", laid.after_lines)]
    hidden = max(0, len(laid.lines) - LINES)
    head = ("what", "price_year", "planned", "forecast", "realised", "estimated")
    left_out = len(whole.net) - YEARS
    return Section(
        heading=t("portfolio.kroner"),
        words=(t("portfolio.kroner_text"),) if found else (t("portfolio.nothing_priced"),),
        table=Table(head=tuple(t(f"portfolio.{name}") for name in head), rows=tuple(found)) if found else None,
        after=(
            *((t("portfolio.report.more_years", count=left_out),) if left_out > 0 else ()),
            *((t("portfolio.report.more_lines", count=hidden),) if hidden else ()),
            *((t("portfolio.unsplit", count=laid.unsplit),) if laid.unsplit else ()),
            *((t("portfolio.keeps_back"),) if whole.keeps_back else ()),
            *(_left_out(texts, each) for each in whole.left_out[:YEARS]),
        ),
    )


def _line(texts: Texts, told: Told) -> str:
    """What a line is called: its kind, and what it counts for."""
    t, line = texts.t, told.line
    of = line.county or (t(f"benefits.goal.{line.goal}") if line.goal else t("portfolio.adjustment.whole"))
    return t("portfolio.adjustment.line", kind=t(f"portfolio.adjustment.kind.{line.kind}"), of=of)


def _left_out(texts: Texts, each: LeftOut) -> str:
    return texts.t(
        "portfolio.left_out", year=str(each.own.price_year), lacking=", ".join(map(str, each.lacking)),
        planned=_kroner_of(each.own.planned, texts), realised=_kroner_of(each.own.realised, texts),
    )  # fmt: skip


def _kroner_of(ore: Decimal, texts: Texts) -> str:
    return filters.amount(int(round(ore, -2)), texts.language)


def _missing(texts: Texts, whole: Counted) -> Section:
    """How many benefits lack what, each kind said whether it is lacking or not."""
    t, language = texts.t, texts.language
    count = whole.counts["benefits"]
    rows = []
    for name in MISSING:
        lacking = whole.counts["overdue" if name == "overdue" else f"lacks_{name}"]
        share = f"{round(100 * lacking / count)}\u00a0%" if count else "–"
        rows.append((t(f"portfolio.lacks.{name}"), filters.number(lacking, language), share))
    head = (t("portfolio.lacks"), t("portfolio.figure.benefits"), t("portfolio.report.share"))
    return Section(heading=t("portfolio.missing"), table=Table(head=head, rows=tuple(rows)))


def _said(key: str, value: int, language: str) -> str:
    kind = next(figure.kind for figure in FIGURES if figure.key == key)
    return filters.amount(round(value, -2), language) if kind == "money" else filters.number(value, language)


def _more(value: int, said: str) -> str:
    return f"+{said}" if value > 0 else said


def _changed(texts: Texts, whole: Counted, earlier: Counted, since: date, moved: Moved) -> tuple[Section, ...]:
    """Every figure then and now, and how much was done meanwhile."""
    t, language = texts.t, texts.language
    then, now = earlier.counts, whole.counts
    rows = tuple(
        (
            t(f"portfolio.figure.{key}"), _said(key, then[key], language), _said(key, now[key], language),
            _more(now[key] - then[key], _said(key, now[key] - then[key], language)),
        )
        for key in (figure.key for figure in FIGURES)
    )  # fmt: skip
    day = filters.day(since, language)
    head = (t("portfolio.what"), day, t("portfolio.report.now"), t("portfolio.report.change"))
    return (Section(heading=t("portfolio.report.changed", day=day), table=Table(head=head, rows=rows)),)


def _cuts(texts: Texts, heading: str, first: str, cuts: Sequence[tuple[str, Counted]]) -> Section:
    t, language = texts.t, texts.language
    rows = tuple((words, *(_said(key, part.counts[key], language) for key in IN_TABLES)) for words, part in cuts[:ROWS])
    left_out = len(cuts) - ROWS
    return Section(
        heading=heading,
        table=Table(head=(first, *(t(f"portfolio.figure.{key}") for key in IN_TABLES)), rows=rows),
        after=(t("portfolio.report.more_rows", count=left_out),) if left_out > 0 else (),
    )


def _goals(texts: Texts, found: Laid) -> Section:
    t = texts.t
    cuts = [(t(f"benefits.goal.{key}") if key else t("portfolio.towards_none"), part) for key, part in found.goals]
    return _cuts(texts, t("portfolio.per_goal"), t("portfolio.goal"), cuts)


def _counties(texts: Texts, found: Laid, names: Mapping[UUID, str]) -> Section:
    t = texts.t
    cuts = [(name, found.counties[each]) for each, name in names.items() if each in found.counties]
    if None in found.counties:
        cuts.append((t("portfolio.no_county_set"), found.counties[None]))
    return _cuts(texts, t("portfolio.per_county"), t("portfolio.county"), cuts)


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rstrip() + "…"


def _why(texts: Texts, moved: Moved, since: date) -> Section:
    """What was done since the quarter before, how often, and the newest reasons."""
    t, language = texts.t, texts.language
    done = ", ".join(f"{t(key)}: {filters.number(count, language)}" for key, count in moved.counts)
    rows = tuple(
        (filters.day(each.at, language), t(each.key), _short(each.title), _short(each.why)) for each in moved.reasons
    )
    head = tuple(t(f"portfolio.report.{name}") for name in ("on", "done", "benefit", "why"))
    return Section(
        heading=t("portfolio.report.done_since", day=filters.day(since, language)),
        words=(done + "." if done else t("portfolio.report.nothing_done"),),
        table=Table(head=head, rows=rows, figures=False) if rows else None,
    )
