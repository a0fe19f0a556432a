"""Awards as open data: what 360Giving asks of a package holds, sums are exact, and nobody is named."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from litestar import Litestar

from app.portfolio.open_awards import Awarded, Organisation, encoded, package_of
from app.settings import Settings
from app.texts.i18n import LANGUAGES
from tests.conftest import Browser

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
DIRECTORATE = Organisation("1000", "Arbeids- og velferdsdirektoratet", "889640782", None)
OFFICE = Organisation("0315", "Nav Grünerløkka", "974600000", "997500000")
TIME = {"type": "string", "format": "date-time"}
DAY = {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])$", "format": "date"}
TEXT = {"type": "string", "minLength": 1}
SUM = {"type": "number", "minimum": 0}


def thing(required: str, **properties: Any) -> dict[str, Any]:
    """An object that has no field but those named."""
    return {
        "type": "object", "required": required.split(), "additionalProperties": False, "properties": properties,
    }  # fmt: skip


def several(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": of}


ORGANISATION = thing("id name", id=TEXT, name=TEXT)
EVENT = thing("startDate", startDate=DAY, endDate=DAY)
GRANT = thing(
    "id title description currency amountAwarded awardDate recipientOrganization fundingOrganization",
    id=TEXT, title=TEXT, description=TEXT, currency={"const": "NOK"}, amountAppliedFor=SUM, amountAwarded=SUM,
    amountDisbursed=SUM, awardDate=DAY, plannedDates=several(EVENT), actualDates=several(EVENT),
    fundingOrganization=several(ORGANISATION), recipientOrganization=several(ORGANISATION),
    beneficiaryLocation=several(thing("name", name=TEXT, countryCode={"const": "NO"})),
    grantProgramme=several(thing("code", code=TEXT, title={"type": "string"})), fromOpenCall={"enum": ["Yes", "No"]},
    fundingType=several(thing("vocabulary code", vocabulary=TEXT, code=TEXT, title=TEXT)), dateModified=TIME,
)  # fmt: skip
PACKAGE = thing(
    "grants version", grants=several(GRANT) | {"uniqueItems": True}, title=TEXT, description=TEXT, issued=DAY,
    version={"type": "string", "pattern": r"^\d+\.\d+$"}, modified=TIME, license={"type": "string", "format": "uri"},
    publisher=thing("name", name=TEXT, identifier=TEXT), downloadURL={"type": "string", "format": "uri"},
)  # fmt: skip
"""What the standard asks of the fields we use, written down from its reference (docs/decisions/libraries.md says why)."""


def award(**changed: Any) -> Awarded:
    """An award about which everything is known."""
    return Awarded(**{
        "reference": "2026/1-4", "title": "Hvordan møter vi unge?", "language": "nb", "office": OFFICE, "county": "Oslo",
        "funder": DIRECTORATE, "call": "2026/1", "call_title": "Våren 2026", "instrument": "budget_allocation",
        "applied_ore": 60_000_000, "awarded_ore": 50_000_050, "paid_ore": 20_000_020, "hours": 40,
        "decided_at": datetime(2026, 1, 31, 23, 30, tzinfo=UTC), "planned_from": date(2026, 2, 1),
        "planned_to": date(2026, 12, 1), "started_at": NOW, "closed_at": None, "changed_at": NOW, **changed,
    })  # fmt: skip


def valid(content: bytes) -> dict[str, Any]:
    """The package once it has been checked, sums as they were written."""
    package: dict[str, Any] = json.loads(content, parse_float=Decimal)
    faults = Draft202012Validator(PACKAGE, format_checker=FormatChecker()).iter_errors(package)
    assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []
    assert len({grant["id"] for grant in package["grants"]}) == len(package["grants"])
    return package


def written(*awards: Awarded) -> dict[str, Any]:
    return valid(encoded(package_of(awards, NOW)))


def test_an_award_says_who_got_what_when_and_from_whom() -> None:
    (grant,) = written(award())["grants"]
    assert grant["id"] == "NO-BRC-889640782-2026-1-4"
    assert grant["amountAwarded"] == Decimal("500000.5")
    assert grant["awardDate"] == "2026-02-01", "the day it was in Oslo"
    assert grant["recipientOrganization"] == [{"id": "NO-BRC-974600000", "name": "Nav Grünerløkka"}]
    assert grant["actualDates"] == [{"startDate": "2026-03-31"}]
    assert "40 timer fasilitering" in grant["description"]


def test_a_grant_goes_to_the_municipalitys_part_and_what_is_not_known_is_not_made_up() -> None:
    unknown = Organisation("0316", "Nav Lillestrøm", None, None)
    bare = {"applied_ore": None, "planned_from": None, "started_at": None, "county": None, "hours": 0}
    first, second = written(
        award(instrument="grant"), award(reference="2026/1-5", office=unknown, funder=unknown, **bare)
    )["grants"]
    assert first["recipientOrganization"][0]["id"] == "NO-BRC-997500000"
    assert second["recipientOrganization"][0]["id"] == "drivkraft-unit-0316"
    assert {"plannedDates", "actualDates", "beneficiaryLocation", "amountAppliedFor"}.isdisjoint(second)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("instrument", ["budget_allocation", "charge_authority", "grant"])
def test_it_is_whole_in_every_language_and_for_every_instrument(language: str, instrument: str) -> None:
    assert "portfolio." not in str(written(award(language=language, instrument=instrument)))


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=20))
def test_sums_are_the_sums_to_the_ore(sums: list[int]) -> None:
    found = written(*(award(reference=f"2026/1-{at}", awarded_ore=ore) for at, ore in enumerate(sums)))["grants"]
    assert sum(Decimal(str(grant["amountAwarded"])) for grant in found) * 100 == sum(sums)


async def check_published(browser: Browser, application: Litestar, people: set[str]) -> None:
    """What the pages hand out of a played scheme: valid, open to management alone until it is published, nobody named."""
    package = valid((await browser.get("/portfolio/awards.json")).content)
    assert not [name for name in people if name in str(package)]
    assert (await browser.get("/open/awards.json")).status_code == 404
    settings: Settings = application.state.settings
    application.state.settings = msgspec.structs.replace(settings, open_awards=True)
    try:
        browser.http.cookies.clear()
        answer = await browser.get("/open/awards.json")
        assert valid(answer.content)["grants"] == package["grants"]
        assert answer.headers["access-control-allow-origin"] == "*"
        again = await browser.get("/open/awards.json", **{"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
    finally:
        application.state.settings = settings
