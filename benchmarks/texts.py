"""Invented Norwegian texts whose words are as unevenly common as in natural language, in either written form."""

from __future__ import annotations

import random

from app.network.words import BEGINNINGS, WHOLE

FIRST = """
arbeids ungdoms familie bolig helse skole samtale nærings flyktning sykdoms økonomi gjelds kurs språk jobb nettverks bruker
leder team kommune fylkes barne foreldre veilednings oppfølgings mestrings møte avtale plan overgangs digital tillits
trygghets fritids transport kultur idretts frivillig lokal region kompetanse lærings utdannings fag yrkes
"""
LAST = """
tiltak møte plan samtale kontakt avtale tilbud behov arbeid ordning kurs senter gruppe kontor system prosjekt metode verktøy
rutine oppfølging veiledning deltakelse mestring utfordring løsning samarbeid erfaring ressurs ansvar mulighet søknad
vurdering overgang situasjon praksis utvikling endring kvalitet forståelse innsats
"""
PLAIN = """
og i å som på er til for med det at en av kan vi ikke de har når hvordan flere uten sammen få mer tid hver
"""
TO_NYNORSK = {bokmal: nynorsk for nynorsk, bokmal in {**WHOLE, **BEGINNINGS}.items()}


def vocabulary() -> list[str]:
    """Words as common as their place in the list says: the plain ones first, then compounds and those with two forms."""
    rare = [first + last for first in FIRST.split() for last in LAST.split()] + [*TO_NYNORSK]
    random.Random(7).shuffle(rare)
    return PLAIN.split() + rare


def in_nynorsk(word: str) -> str:
    """The word as somebody who writes nynorsk would, as far as our own mapping knows it."""
    return TO_NYNORSK.get(word, word)


class Writer:
    """Writes texts; the same ones again for the same chance."""

    def __init__(self, chance: random.Random):
        self.chance = chance
        self.words = vocabulary()
        self.weights = [1 / (place + 3) for place in range(len(self.words))]

    def text(self, length: int) -> list[str]:
        """So many words; every text has a few of its own that come again, as what it is about does."""
        topic = self.chance.choices(self.words[len(PLAIN.split()) :], k=12)
        drawn = self.chance.choices(self.words, self.weights, k=length)
        return [self.chance.choice(topic) if self.chance.random() < 0.25 else word for word in drawn]
