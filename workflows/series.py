"""The series of gatherings and competence modules that a cohort begins from: the scheme's own, as data (S25, S27, S28)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import msgspec

from workflows.calendar import from_oslo
from workflows.gathering import ContentKind, GatheringKind
from workflows.roles import Role
from workflows.wording import Wording

LEADERS = (Role.LEADER, Role.COORDINATOR, Role.COUNTY_REPRESENTATIVE)
"""Whom the competence modules are for (S27)."""
CORE_TEAM = (Role.CORE_TEAM, Role.COORDINATOR)
"""Whom the gatherings are for (S28)."""


class ContentEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a gathering."""

    kind: ContentKind
    title: Wording


class SeriesEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A gathering of a series: so many days after its first day, at a clock time in Norway."""

    key: str
    kind: GatheringKind
    title: Wording
    after_days: int
    audience: tuple[Role, ...]
    artefact: str
    begins: time = time(9)
    lasts: timedelta = timedelta(hours=6)
    contents: tuple[ContentEntry, ...] = ()

    def starts_at(self, first_on: date) -> datetime:
        """When it begins in a series with that first day: the same clock time in summer and winter."""
        return from_oslo(datetime.combine(first_on + timedelta(days=self.after_days), self.begins))


def _content(kind: ContentKind, nb: str, nn: str, en: str) -> ContentEntry:
    return ContentEntry(kind=kind, title=Wording(nb=nb, nn=nn, en=en))


LECTURE, TASK, EXERCISE = ContentKind.LECTURE, ContentKind.GROUP_TASK, ContentKind.EXERCISE
HALF_DAY = timedelta(hours=3)

SERIES: tuple[SeriesEntry, ...] = (
    SeriesEntry(
        key="module_1", kind=GatheringKind.MODULE, after_days=2, audience=LEADERS, artefact="clarifications",
        lasts=HALF_DAY,
        title=Wording(
            nb="Kompetansemodul 1: Ledelse av medarbeiderdrevet innovasjon - del 1",
            nn="Kompetansemodul 1: Leiing av medarbeidardriven innovasjon - del 1",
            en="Competence module 1: Leading employee-driven innovation - part 1",
        ),
        contents=(
            _content(LECTURE, "Lederens rolle", "Rolla til leiaren", "The role of the leader"),
            _content(TASK, "Hva vi venter av hverandre i prosjektet",
                     "Kva vi ventar av kvarandre i prosjektet", "What we expect of each other in the project"),
        ),
    ),
    SeriesEntry(
        key="gathering_1", kind=GatheringKind.GATHERING, after_days=30, audience=CORE_TEAM, artefact="insight",
        title=Wording(
            nb="Samling 1: Intro til tjenestedesign, Innsikt og analyse",
            nn="Samling 1: Intro til tenestedesign, Innsikt og analyse",
            en="Gathering 1: Introduction to service design, insight and analysis",
        ),
        contents=(
            _content(LECTURE, "Tjenestedesign og den triple diamanten", "Tenestedesign og den triple diamanten",
                     "Service design and the triple diamond"),
            _content(EXERCISE, "Øve på et dybdeintervju", "Øve på eit djupneintervju", "Practise an in-depth interview"),
            _content(TASK, "Analysere egen innsikt", "Analysere eigen innsikt", "Analyse our own insight"),
        ),
    ),
    SeriesEntry(
        key="gathering_2", kind=GatheringKind.GATHERING, after_days=72, audience=CORE_TEAM, artefact="concepts",
        title=Wording(
            nb="Samling 2: Mulighetsrom, konseptutvikling og -verifisering",
            nn="Samling 2: Moglegheitsrom, konseptutvikling og -verifisering",
            en="Gathering 2: Opportunity space, developing and verifying concepts",
        ),
        contents=(
            _content(TASK, "Fra funn til ideer", "Frå funn til idear", "From findings to ideas"),
            _content(EXERCISE, "Prøve konseptet mot positive avvik", "Prøve konseptet mot positive avvik",
                     "Try the concept against positive deviances"),
        ),
    ),
    SeriesEntry(
        key="module_2", kind=GatheringKind.MODULE, after_days=100, audience=LEADERS, artefact="benefit_plan",
        lasts=HALF_DAY,
        title=Wording(
            nb="Kompetansemodul 2: Hvordan tilrettelegge for gevinstrealisering fra endringene",
            nn="Kompetansemodul 2: Korleis leggje til rette for gevinstrealisering frå endringane",
            en="Competence module 2: How to make room for benefits from the changes",
        ),
        contents=(
            _content(LECTURE, "Fra endring til gevinst", "Frå endring til gevinst", "From change to benefit"),
            _content(EXERCISE, "Øve på et gevinstkart", "Øve på eit gevinstkart", "Practise a benefit map"),
        ),
    ),
    SeriesEntry(
        key="gathering_3", kind=GatheringKind.GATHERING, after_days=182, audience=CORE_TEAM, artefact="anchoring_plan",
        title=Wording(
            nb="Samling 3: Forankring, formidling og forandring",
            nn="Samling 3: Forankring, formidling og forandring",
            en="Gathering 3: Anchoring, communication and change",
        ),
        contents=(
            _content(LECTURE, "Hvordan endringer blir stående", "Korleis endringar blir ståande", "How changes last"),
            _content(TASK, "Vår plan for forankring", "Planen vår for forankring", "Our plan for anchoring"),
        ),
    ),
    SeriesEntry(
        key="module_3", kind=GatheringKind.MODULE, after_days=238, audience=LEADERS, artefact="learning",
        lasts=HALF_DAY,
        title=Wording(
            nb="Kompetansemodul 3: Ledelse av medarbeiderdrevet innovasjon - del 2",
            nn="Kompetansemodul 3: Leiing av medarbeidardriven innovasjon - del 2",
            en="Competence module 3: Leading employee-driven innovation - part 2",
        ),
        contents=(
            _content(TASK, "Hva vi har lært om å lede innovasjon", "Kva vi har lært om å leie innovasjon",
                     "What we have learnt about leading innovation"),
        ),
    ),
)  # fmt: skip
"""Three gatherings for the core teams and three modules for those who lead, bound to what each gate asks for."""


def entry_of(key: str) -> SeriesEntry:
    """An entry of the series; LookupError where it has none by that key."""
    for entry in SERIES:
        if entry.key == key:
            return entry
    raise LookupError(f"the series has no entry {key!r}")
