"""Whether a benefit is named like something that was made: a benefit is an effect, what came of it (DOMAIN 3.1)."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W\d_]+")

EFFECTS = (
    "færre", "flere", "fleire", "kortere", "kortare", "lengre", "lenger", "bedre", "betre", "økt", "auka", "redusert",
    "mindre", "mer", "meir", "raskere", "raskare", "tryggere", "tryggare", "høyere", "høgare", "lavere", "lågare", "sterkere",
    "sterkare", "enklere", "enklare", "spart", "sparer", "sparar", "lettere", "lettare", "tidligere", "tidlegare", "jevnere",
    "jamnare",
    "fewer", "more", "shorter", "longer", "better", "increased", "reduced", "less", "faster", "safer", "higher", "lower",
    "stronger", "simpler", "saved", "easier", "earlier",
)  # fmt: skip
"""Words that say a change for somebody."""
NEW = ("ny", "nytt", "nye", "new")
MADE = (
    "holdt", "halde", "laget", "laga", "utviklet", "utvikla", "innført", "levert", "gjennomført", "lansert", "publisert",
    "etablert", "opprettet", "oppretta", "skrevet", "skrive", "kjøpt", "held", "made", "developed", "introduced", "delivered",
    "carried", "launched", "published", "established", "written", "bought", "created",
)  # fmt: skip
"""Words that say that something is done with."""
PRODUCTS = (
    "mal", "maler", "malar", "kurs", "kursene", "kursa", "veileder", "rettleiar", "rutine", "rutiner", "rutinar", "rapport",
    "brosjyre", "nettside", "app", "system", "verktøy", "sjekkliste", "møte", "møter", "seminar", "samling", "opplæring",
    "håndbok", "handbok", "skjema", "plakat", "film", "template", "templates", "course", "courses", "guide", "routine",
    "report", "brochure", "website", "tool", "checklist", "meeting", "workshop", "training", "handbook", "form", "poster",
)  # fmt: skip
"""What projects make."""


def names_a_product(title: str) -> bool:
    """Whether a title names a product ("ny mal", "kurs holdt") and says no change for anybody; it is asked, never refused.

    Compound nouns count with their last part: "samtalemal" is a template too.
    """
    words = [word.casefold() for word in WORD.findall(title)]
    if not words or any(word in EFFECTS for word in words):
        return False
    made = any(word in MADE for word in words)
    product = any(word in PRODUCTS or _ends_in_product(word) for word in words)
    return product and (made or words[0] in NEW or len(words) <= 2)


def _ends_in_product(word: str) -> bool:
    return any(len(word) > len(each) + 2 and word.endswith(each) for each in PRODUCTS if len(each) > 2)
