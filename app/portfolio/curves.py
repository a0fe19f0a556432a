"""Whether we get what we planned: a cut over time, and the parts it is made of, which come to the whole to the øre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.benefits.figures import end_of
from app.benefits.models import Benefit, Indicator, Measurement
from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Unit
from app.portfolio.cut import Cut
from app.portfolio.over_time import Question, factors, figures_by
from app.portfolio.packed import Adding, Figures
from app.portfolio.sources import leaf_of, leaves_of, source_of
from workflows.curves import curve_of
from workflows.over_time import Amounts, Factors, Rolled, months_shown, rolled, sums_by_measurement


class Parted(msgspec.Struct, frozen=True, kw_only=True):
    """A cut over time and its parts, all in the same months and in kroner of one price year."""

    whole: Rolled
    parts: dict[str, Rolled]


def question_of(cut: Cut, *, case_id: UUID | None = None, benefit_id: UUID | None = None) -> Question:
    """What a reader asks to see as the tables are asked, of one project or one of its benefits where one is named."""
    return Question(
        as_of=cut.as_of, case_ids=(case_id,) if case_id else None, benefit_id=benefit_id,
        price_year=cut.price_year, **cut.narrowed,
    )  # fmt: skip


async def parted(uow: UnitOfWork, actor: Actor, question: Question, dimension: str) -> Parted:
    """A cut over time by the keys of a dimension of which nothing is under two; one statement more than `figures_by`."""
    as_of = question.as_of or day_in_oslo(uow.now)
    by_key = await figures_by(uow, actor, question, dimension)
    return side_by_side(by_key, as_of, await factors(uow, as_of), question.price_year)


def side_by_side(by_key: Mapping[str, Figures], as_of: date, index: Factors, price_year: int | None) -> Parted:
    """Parts and their whole in the months of the whole, so that every sum of the parts is one of the whole (I14)."""
    adding = Adding()
    for figures in by_key.values():
        adding.add(figures)
    sums = adding.done().sums
    to = price_year if price_year is not None else next(iter(sums.price_years), None)
    shown = months_shown(sums, as_of)

    def of(figures: Figures) -> Rolled:
        return rolled(figures.sums, as_of, price_year=to, factors=index, shown=shown)

    whole = rolled(sums, as_of, price_year=to, factors=index, shown=shown)
    return Parted(whole=whole, parts={key: of(figures) for key, figures in by_key.items()})


class Named(msgspec.Struct, frozen=True):
    """What a part is called, in which language, and what stands under it."""

    name: str
    language: str = ""
    said: str = ""


async def projects_named(uow: UnitOfWork, actor: Actor, ids: Iterable[str]) -> dict[str, Named]:
    """What those projects are called that the actor may see, with their office; one statement."""
    rows = await uow.session.execute(
        select(Case.id, Case.title, Case.language, Unit.name)
        .join(Unit, Unit.id == Case.unit_id)
        .where(Case.id.in_([UUID(each) for each in ids]), Case.project_at.is_not(None), visible_to(actor, uow.now))
    )
    return {str(case_id): Named(title, language, unit) for case_id, title, language, unit in rows}


class BenefitNamed(msgspec.Struct, frozen=True):
    """A benefit with its project, where one has been asked for."""

    id: UUID
    title: str
    case_id: UUID
    project: str
    language: str
    unit: str


async def benefit_named(uow: UnitOfWork, actor: Actor, benefit_id: UUID) -> BenefitNamed | None:
    """A benefit that the actor may see and that counts; one statement."""
    row = (await uow.session.execute(
        select(Benefit.id, Benefit.title, Case.id, Case.title, Case.language, Unit.name)
        .join(Case, Case.id == Benefit.case_id).join(Unit, Unit.id == Case.unit_id)
        .where(Benefit.id == benefit_id, ~Benefit.is_practice, Case.project_at.is_not(None), visible_to(actor, uow.now))
    )).one_or_none()  # fmt: skip
    return BenefitNamed(*row) if row else None


class OfMeasurement(msgspec.Struct, frozen=True, kw_only=True):
    """What rests on one measurement of a benefit, in the months and kroner of the whole."""

    id: UUID
    indicator: str
    unit: str
    on: date
    value: Decimal
    grade: str
    observations: int | None
    amounts: Amounts
    """Gains and harms together, by now."""


async def by_measurement(
    uow: UnitOfWork, case_id: UUID, benefit_id: UUID, whole: Rolled, as_of: date | None
) -> list[OfMeasurement]:
    """What each measurement of a benefit adds to what was measured of it, the last first; three statements.

    Read from where it was recorded, as known at the end of the day, so that the sum proves what the tables keep.
    """
    project = await source_of(uow, case_id, as_of)
    index = await factors(uow, whole.as_of)
    ids = await _ids_of(uow, benefit_id, whole.as_of)
    found = []
    for benefit, indicator in leaves_of(project, benefit_id):
        leaf = leaf_of(benefit, indicator)
        own = iter(ids.get(indicator.id, ()))
        place = {id(measured): next(own, (None, "")) for measured in leaf.measurements}
        for measured, sums in sums_by_measurement(leaf):
            measurement_id, name = place[id(measured)]
            if measurement_id is None:
                continue
            part = rolled(
                sums, whole.as_of, price_year=whole.price_year, factors=index, shown=(whole.first, whole.last)
            )
            found.append(
                OfMeasurement(
                    id=measurement_id, indicator=name, unit=indicator.unit, on=measured.on, value=measured.value,
                    grade=measured.grade, observations=measured.observations,
                    amounts=curve_of(part, above_projects=False).by_now.net,
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (each.on, each.id), reverse=True)


async def _ids_of(uow: UnitOfWork, benefit_id: UUID, as_of: date) -> dict[UUID, list[tuple[UUID | None, str]]]:
    """The measurements that stood at the end of a day, by indicator and with its name, in the order of the sums."""
    own, newer, moment = Measurement, aliased(Measurement), end_of(as_of)
    replaced = select(newer.id).where(
        newer.corrects_id == own.id, newer.indicator_id == own.indicator_id, newer.confirmed_at < moment
    )
    rows = await uow.session.execute(
        select(own.indicator_id, own.id, Indicator.name)
        .join(Indicator, Indicator.id == own.indicator_id)
        .where(own.benefit_id == benefit_id, own.confirmed_at < moment, ~replaced.exists())
        .order_by(own.indicator_id, own.measured_on, own.id)
    )
    found: dict[UUID, list[tuple[UUID | None, str]]] = {}
    for indicator_id, measurement_id, name in rows:
        found.setdefault(indicator_id, []).append((measurement_id, name))
    return found


async def benefits_named(uow: UnitOfWork, case_id: UUID, language: str) -> dict[str, Named]:
    """What the benefits of a project are called; one statement."""
    rows = await uow.session.execute(select(Benefit.id, Benefit.title).where(Benefit.case_id == case_id))
    return {str(benefit_id): Named(title, language) for benefit_id, title in rows}
