"""The units of the demo scheme, from the report, and its people, who are all invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import NamedTuple

from app.core.database import UnitOfWork
from app.identity import service
from app.identity.actor import Actor
from app.identity.models import Person, Unit
from app.identity.queries import actor_of_person
from workflows.roles import Role

FROM = datetime(2019, 1, 1, tzinfo=UTC)


INVENTED_FROM = 70_000_001
"""Where the organisation numbers of the demo begin, without their last digit. Those in use begin with 8 or 9, and those that
the register gives out for tests with 2 or 3: no number that begins with 7 is anybody's."""
WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def invented_numbers() -> Iterator[str]:
    """Organisation numbers that are nobody's, valid by modulus 11, one after the other."""
    for stem in count(INVENTED_FROM):
        rest = sum(int(digit) * weight for digit, weight in zip(str(stem), WEIGHTS, strict=True)) % 11
        if rest != 1:  # there is no digit of ten
            yield f"{stem}{(11 - rest) % 11}"


class UnitOf(NamedTuple):
    """A unit: the office names are the report's; unit numbers and counties are public; head counts are invented."""

    number: str
    name: str
    kind: str
    county: str | None = None
    language: str = "nb"
    municipalities: tuple[str, ...] = ()
    employees: int | None = None


UNITS: dict[str, UnitOf] = {
    "directorate": UnitOf("0700", "Arbeids- og tjenesteavdelingen", "directorate"),
    "oslo": UnitOf("0300", "Nav Oslo", "county"),
    "ost_viken": UnitOf("0200", "Nav Øst-Viken", "county"),
    "rogaland": UnitOf("1100", "Nav Rogaland", "county"),
    "more_og_romsdal": UnitOf("1500", "Nav Møre og Romsdal", "county", language="nn"),
    "troms_og_finnmark": UnitOf("1900", "Nav Troms og Finnmark", "county"),
    "grunerlokka": UnitOf("0315", "Nav Grünerløkka", "office", "oslo", "nb", ("Oslo",), 120),
    "klepp_time": UnitOf("1120", "Nav Klepp-Time", "office", "rogaland", "nb", ("Klepp", "Time"), 70),
    "balsfjord_storfjord": UnitOf(
        "1933", "Nav Balsfjord-Storfjord", "office", "troms_og_finnmark", "nb", ("Balsfjord", "Storfjord"), 22
    ),
    "lillestrom": UnitOf("0231", "Nav Lillestrøm", "office", "ost_viken", "nb", ("Lillestrøm",), 150),
    "hareid_ulstein_sande": UnitOf(
        "1517", "Nav Hareid-Ulstein-Sande", "office", "more_og_romsdal", "nn", ("Hareid", "Ulstein", "Sande"), 35
    ),
}


class Player(NamedTuple):
    """A person of the demo: where they work, as what, and what they hold in the scheme."""

    name: str
    title: str
    unit: str
    role: str = "employee"
    scheme: tuple[Role, ...] = ()
    language: str = "nb"
    limit_ore: int | None = None


def _office(unit: str, *names: str, language: str = "nb") -> dict[str, Player]:
    leader, coordinator, first, second, owner = names
    titles = {
        "nb": ("Nav-leder", "Koordinator", "Veileder", "Jobbspesialist", "Avdelingsleder"),
        "nn": ("Nav-leiar", "Koordinator", "Rettleiar", "Jobbspesialist", "Avdelingsleiar"),
    }[language]
    return {
        f"{unit}.leader": Player(leader, titles[0], unit, "leader", language=language),
        f"{unit}.coordinator": Player(coordinator, titles[1], unit, "coordinator", language=language),
        f"{unit}.counsellor": Player(first, titles[2], unit, language=language),
        f"{unit}.job_specialist": Player(second, titles[3], unit, language=language),
        f"{unit}.line_leader": Player(owner, titles[4], unit, language=language),
    }


PLAYERS: dict[str, Player] = {
    "case_handler": Player("Kari Saksvik", "Seniorrådgiver", "directorate", scheme=(Role.CASE_HANDLER,)),
    "second_case_handler": Player("Olav Mo", "Rådgiver", "directorate", scheme=(Role.CASE_HANDLER,)),
    "method_owner": Player(
        "Marit Metodnes", "Fagansvarlig gevinstmetodikk", "directorate", scheme=(Role.METHOD_OWNER, Role.RESOURCE_GROUP)
    ),
    "reviewer_one": Player("Vegard Vurdal", "Tjenestedesigner", "directorate", scheme=(Role.RESOURCE_GROUP,)),
    "reviewer_two": Player("Siri Skårland", "Rådgiver", "oslo", scheme=(Role.RESOURCE_GROUP,)),
    "reviewer_three": Player(
        "Nils Nynes", "Rådgjevar", "more_og_romsdal", scheme=(Role.RESOURCE_GROUP,), language="nn"
    ),
    "facilitator_one": Player("Frida Fasting", "Fasilitator", "directorate", scheme=(Role.RESOURCE_GROUP,)),
    "facilitator_two": Player("Trond Tegn", "Fasilitator, tjenestedesign", "directorate", scheme=(Role.RESOURCE_GROUP,)),
    "facilitator_three": Player("Eva Evaluer", "Evaluator og fasilitator", "rogaland", scheme=(Role.RESOURCE_GROUP,)),
    "decision_maker": Player(
        "Birger Budsjett", "Avdelingsdirektør", "directorate", scheme=(Role.DECISION_MAKER,), limit_ore=1_000_000_000
    ),
    "second_decision_maker": Player(
        "Solveig Sum", "Avdelingsdirektør", "directorate", scheme=(Role.DECISION_MAKER,), limit_ore=1_000_000_000
    ),
    "certifier": Player("Astrid Attest", "Økonomirådgiver", "directorate", scheme=(Role.CERTIFIER,)),
    "management": Player("Dag Direktør", "Arbeids- og tjenestedirektør", "directorate", scheme=(Role.MANAGEMENT,)),
    "administrator": Player("Anne Admin", "Systemansvarlig", "directorate", scheme=(Role.ADMINISTRATOR,)),
    "auditor": Player("Roar Revisor", "Internrevisor", "directorate", scheme=(Role.AUDITOR,)),
    "county.oslo": Player("Olga Oslo", "Fylkesrepresentant", "oslo", "county_representative"),
    "county.ost_viken": Player("Viggo Viken", "Fylkesrepresentant", "ost_viken", "county_representative"),
    "county.rogaland": Player("Ragna Ryfylke", "Fylkesrepresentant", "rogaland", "county_representative"),
    "county.more_og_romsdal": Player(
        "Magnhild Møre", "Fylkesrepresentant", "more_og_romsdal", "county_representative", language="nn"
    ),
    "county.troms_og_finnmark": Player("Tor Troms", "Fylkesrepresentant", "troms_og_finnmark", "county_representative"),
    **_office("grunerlokka", "Lise Løkka", "Knut Gate", "Uma Ung", "Jonas Jobb", "Gro Gruppe"),
    **_office("klepp_time", "Jostein Jær", "Kristin Time", "Pål Klepp", "Runa Rogn", "Geir Gard"),
    **_office("balsfjord_storfjord", "Berit Balsnes", "Stig Storfjell", "Nina Nord", "Aslak Arena", "Synne Sund"),
    **_office("lillestrom", "Lars Lillesand", "Mona Mestring", "Yasmin Ytre", "Petter Plan", "Hanne Hverdag"),
    **_office(
        "hareid_ulstein_sande", "Hallvard Hareide", "Synnøve Sande", "Unni Ulstein", "Ivar Inkludering", "Randi Relasjon",
        language="nn",
    ),
}  # fmt: skip


class World:
    """The units and people once they are registered, by their keys."""

    def __init__(self, units: Mapping[str, Unit], people: Mapping[str, Person]):
        self.units = units
        self.people = people

    async def actor(self, uow: UnitOfWork, key: str) -> Actor:
        """The person as an actor, with what they hold at the unit of work's moment."""
        return await actor_of_person(uow, self.people[key].id)


def email_of(player: Player) -> str:
    """An address that no one has: the domain is reserved for examples."""
    plain = player.name.lower().translate(str.maketrans("æøåü", "eoau")).replace(" ", ".")
    return f"{plain}@nav.example"


async def register(uow: UnitOfWork, *, password: str | None = None) -> World:
    """Register the units and people of the demo scheme."""
    units: dict[str, Unit] = {}
    numbers = invented_numbers()
    for key, unit in UNITS.items():
        units[key] = await service.add_unit(
            uow, number=unit.number, name=unit.name, kind=unit.kind, valid_from=date(2019, 1, 1),
            county_id=units[unit.county].id if unit.county else None, language=unit.language,
            municipalities=list(unit.municipalities), employees=unit.employees, mailbox=f"{unit.number}@nav.example",
            invented=unit.kind == "county", state_organisation_number=next(numbers),
            municipal_organisation_number=next(numbers) if unit.kind == "office" else None,
        )  # fmt: skip
    people: dict[str, Person] = {}
    for key, player in PLAYERS.items():
        person = await service.add_person(
            uow, name=player.name, email=email_of(player), title=player.title, language=player.language,
            password=password, is_demo=True,
        )  # fmt: skip
        await service.add_membership(uow, person.id, units[player.unit].id, player.role, valid_from=FROM)
        for role in player.scheme:
            await service.give_scheme_role(
                uow, person.id, role, why="Demo", valid_from=FROM, limit_ore=player.limit_ore
            )
        people[key] = person
    return World(units, people)
