"""Awards as open data in the shape of 360Giving: what was granted to which office, by whom, and no person by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, cast, func, select, true
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.audit.models import Event
from app.calls.models import Call, CallText
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.decisions.models import Decision
from app.identity.models import Unit
from app.payments import ledger
from app.projects.models import Project, ProjectStep
from app.texts.i18n import texts_for
from workflows.decision import Outcome
from workflows.ledger import Account

VERSION = "1.4"
LICENCE = "https://data.norge.no/nlod/no/2.0"
"""The Norwegian licence for open government data, which agencies of the state use unless something speaks against it."""
INSTRUMENTS = "Drivkraft funding instrument"
"""The vocabulary of the legal ground an award rests on (DOMAIN 0.2)."""
OF_MUNICIPALITY = "grant"
"""The instrument by which money goes to the municipality's part of an office; by every other it goes to the state's."""
CHANGES_IT = ("project", "payment", "change_request")
"""What an award's entry is made of: what is done to these makes it a newer one."""


class Organisation(msgspec.Struct, frozen=True):
    """A unit as somebody who gives or receives; the number is that of Enhetsregisteret, where it is known."""

    number: str
    name: str
    state: str | None
    municipality: str | None

    def identifier(self, *, of_municipality: bool = False) -> str:
        """What it is known by across publishers, `NO-BRC-` and the register's number; else its own unit number."""
        registered = self.municipality if of_municipality else self.state
        return f"NO-BRC-{registered}" if registered else f"drivkraft-unit-{self.number}"


class Awarded(msgspec.Struct, frozen=True, kw_only=True):
    """One award that its office has accepted, as far as it is anybody's to know; sums in øre."""

    reference: str
    title: str
    language: str
    office: Organisation
    county: str | None
    funder: Organisation
    call: str
    call_title: str
    instrument: str
    applied_ore: int | None
    awarded_ore: int
    paid_ore: int
    hours: int
    decided_at: datetime
    planned_from: date | None
    planned_to: date | None
    started_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime


def kroner(ore: int) -> Decimal:
    """A sum as the standard writes it: a number of the currency's own unit, to the øre."""
    return Decimal(ore) / 100


def _event(start: date | datetime | None, end: date | datetime | None) -> list[dict[str, str]]:
    """The dates of an activity as far as they are known; nothing where none is."""
    named = {"startDate": start, "endDate": end}
    found = {
        name: (day_in_oslo(day) if isinstance(day, datetime) else day).isoformat() for name, day in named.items() if day
    }
    return [found] if "startDate" in found else []


def grant_of(award: Awarded) -> dict[str, Any]:
    """One award as a grant of the standard (DOMAIN 5, row 12); docs/open_data.md says field by field where it is from.

    Nothing that an applicant wrote but the project's title is in it, and nobody's name.
    """
    t = texts_for(award.language).t
    words = {"office": award.office.name, "call": award.call_title}
    description = t("portfolio.open.description", **words)
    if award.hours:
        description += " " + t("portfolio.open.hours", count=award.hours)
    to_municipality = award.instrument == OF_MUNICIPALITY
    funder = award.funder.identifier()
    grant: dict[str, Any] = {
        "id": f"{funder}-{award.reference.replace('/', '-')}",
        "title": award.title,
        "description": description,
        "currency": "NOK",
        "amountAwarded": kroner(award.awarded_ore),
        "amountDisbursed": kroner(award.paid_ore),
        "awardDate": day_in_oslo(award.decided_at).isoformat(),
        "plannedDates": _event(award.planned_from, award.planned_to),
        "actualDates": _event(award.started_at, award.closed_at),
        "fundingOrganization": [{"id": funder, "name": award.funder.name}],
        "recipientOrganization": [
            {"id": award.office.identifier(of_municipality=to_municipality), "name": award.office.name}
        ],
        "beneficiaryLocation": [{"name": award.county, "countryCode": "NO"}] if award.county else [],
        "grantProgramme": [{"code": award.call, "title": award.call_title}],
        "fromOpenCall": "Yes",
        "fundingType": [
            {
                "vocabulary": INSTRUMENTS,
                "code": award.instrument,
                "title": t(f"decisions.instrument.{award.instrument}"),
            }
        ],
        "dateModified": award.changed_at.isoformat(timespec="seconds"),
    }
    if award.applied_ore is not None:
        grant["amountAppliedFor"] = kroner(award.applied_ore)
    return {name: value for name, value in grant.items() if value != []}


def package_of(awards: Sequence[Awarded], now: datetime, *, address: str = "") -> dict[str, Any]:
    """All of them as a package; `address` is where it is published, if it is."""
    t = texts_for("nb").t
    publisher = awards[0].funder
    package: dict[str, Any] = {
        "version": VERSION,
        "title": t("portfolio.open.title"),
        "description": t("portfolio.open.about"),
        "issued": day_in_oslo(now).isoformat(),
        "modified": max(award.changed_at for award in awards).isoformat(timespec="seconds"),
        "publisher": {"name": publisher.name, "identifier": publisher.identifier()},
        "license": LICENCE,
        "grants": [grant_of(award) for award in awards],
    }
    if address:
        package["downloadURL"] = address
    return package


def encoded(package: dict[str, Any]) -> bytes:
    """The package as JSON, its sums as numbers to the øre."""
    return _ENCODER.encode(package)


_ENCODER = msgspec.json.Encoder(decimal_format="number")


async def awards(uow: UnitOfWork, seen: ColumnElement[bool] | None = None) -> list[Awarded]:
    """Every accepted award of money, or those of the cases that `seen` lets through, the newest first; one statement.

    Where hours of facilitation alone were awarded no grant was, and it is left out.
    """
    office, county, funder, call = aliased(Unit), aliased(Unit), aliased(Unit), aliased(Case)
    decision = (
        select(Decision.decided_at, Decision.funding_instrument)
        .where(Decision.case_id == Case.id, Decision.outcome == Outcome.AWARDED, Decision.decided_at.is_not(None))
        .order_by(Decision.id.desc())
        .limit(1)
        .lateral("decision")
    )
    accounts = ledger.accounts()
    paid = (
        select(accounts.c.case_id, func.sum(accounts.c.ore).label("ore"))
        .where(accounts.c.account == Account.PAID)
        .group_by(accounts.c.case_id)
        .subquery()
    )
    steps = (
        select(
            ProjectStep.case_id,
            func.min(ProjectStep.planned_from).label("planned_from"),
            func.max(ProjectStep.planned_to).label("planned_to"),
        )
        .group_by(ProjectStep.case_id)
        .subquery()
    )
    changed = (
        select(Event.case_id, func.max(Event.at).label("at"))
        .where(Event.subject.in_(CHANGES_IT))
        .group_by(Event.case_id)
        .subquery()
    )
    rows = await uow.session.execute(
        select(
            Case.reference, Case.title, Case.language, county.name.label("county"), call.reference.label("call"),
            func.coalesce(CallText.title, "").label("call_title"),
            decision.c.funding_instrument.label("instrument"), decision.c.decided_at,
            Application.amount_ore.label("applied_ore"), Project.amount_ore.label("awarded_ore"), Project.hours,
            cast(func.coalesce(paid.c.ore, 0), BigInteger).label("paid_ore"),
            steps.c.planned_from, steps.c.planned_to, Project.started_at, Project.closed_at,
            func.coalesce(changed.c.at, Project.accepted_at).label("changed_at"),
            *_columns(office, "office"), *_columns(funder, "funder"),
        )
        .join(Project, Project.id == Case.id)
        .join(decision, true())
        .join(Application, Application.id == Case.id)
        .join(Call, Call.id == Project.call_id)
        .join(call, call.id == Call.id)
        .join(office, office.id == Case.unit_id)
        .join(funder, funder.id == Call.owner_unit_id)
        .outerjoin(county, county.id == Case.county_id)
        .outerjoin(CallText, (CallText.call_id == Call.id) & (CallText.language == Case.language))
        .outerjoin(paid, paid.c.case_id == Case.id)
        .outerjoin(steps, steps.c.case_id == Case.id)
        .outerjoin(changed, changed.c.case_id == Case.id)
        .where(Project.amount_ore > 0, *([] if seen is None else [seen]))
        .order_by(decision.c.decided_at.desc(), Case.reference)
    )  # fmt: skip
    return [_awarded(dict(row)) for row in rows.mappings()]


def _columns(unit: type[Unit], name: str) -> list[Any]:
    return [
        unit.number.label(f"{name}_number"), unit.name.label(f"{name}_name"),
        unit.state_organisation_number.label(f"{name}_state"),
        unit.municipal_organisation_number.label(f"{name}_municipality"),
    ]  # fmt: skip


def _awarded(row: dict[str, Any]) -> Awarded:
    office, funder = (
        Organisation(*(row.pop(f"{name}_{field}") for field in Organisation.__struct_fields__))
        for name in ("office", "funder")
    )
    return Awarded(office=office, funder=funder, **row)
