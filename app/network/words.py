"""Bokmål and nynorsk led to the same words, before PostgreSQL's Norwegian stemmer takes their endings."""

from __future__ import annotations

import re
from functools import lru_cache

WORDS_VERSION = 1
"""Counts up when anything below changes; texts that were indexed with an older one are indexed anew by night."""

WHOLE: dict[str, str] = {
    "ikkje": "ikke", "korleis": "hvordan", "kvifor": "hvorfor", "kven": "hvem", "kva": "hva", "kvar": "hver",
    "kor": "hvor", "noko": "noe", "nokon": "noen", "nokre": "noen", "mykje": "mye", "berre": "bare", "no": "nå",
    "saman": "sammen", "utan": "uten", "heile": "hele", "sjølv": "selv", "sjølve": "selv", "betre": "bedre",
    "òg": "også", "frå": "fra", "eigen": "egen", "eiga": "egen", "eige": "eget", "eigne": "egne", "åleine": "alene",
    "gjere": "gjøre", "gjer": "gjør", "seie": "si", "seier": "sier", "skrive": "skrevet",
    "kjem": "kommer", "kome": "kommet", "gje": "gi", "gjev": "gir", "gjeve": "gitt", "vere": "være", "vore": "vært",
    "veit": "vet", "veke": "uke", "veker": "uker", "vekene": "ukene", "einsemd": "ensomhet",
}  # fmt: skip
"""Whole words: nynorsk, and the bokmål that they are searched as."""

BEGINNINGS: dict[str, str] = {
    "avgjerd": "beslutning", "arbeidsløys": "arbeidsledig", "bustad": "bolig", "busett": "bosett", "buset": "bosett",
    "draum": "drøm", "eigar": "eier", "einskild": "enkelt", "einsam": "ensom", "fleir": "fler", "framand": "fremmed",
    "føresetnad": "forutsetning", "følgj": "følg", "grunngiving": "begrunn", "grunngjeving": "begrunn",
    "heim": "hjem", "høyr": "hør", "innbyggj": "innbygg", "kjelde": "kilde", "kjensl": "føl", "kvardag": "hverdag",
    "leiar": "leder", "leiing": "led", "meistr": "mestr", "medverk": "medvirk", "moglegheit": "mulighet",
    "mogleg": "mulig", "måloppnåing": "måloppnå", "månad": "måned", "omsyn": "hensyn", "oppleving": "opplev",
    "rekneskap": "regnskap", "rettleiar": "veileder", "rettleiing": "veiledning", "rettlei": "veiled",
    "samanheng": "sammenheng", "sjuk": "syk", "skul": "skol", "skuld": "skyld", "spørjeundersøking": "spørreundersøk",
    "søkj": "søk", "tenest": "tjenest", "tilskot": "tilskudd", "tilsegn": "tilsagn", "tryggleik": "trygghet",
    "undersøking": "undersøk", "utanfor": "utenfor", "utlysing": "utlysning", "vanskeleg": "vanskelig",
    "verksemd": "virksomhet", "verk": "virk", "vegleiing": "veiledning", "venj": "ven", "øydelegg": "ødelegg",
    "fråvær": "fravær",
}  # fmt: skip
"""How words begin: nynorsk, and the bokmål that takes its place; the longest beginning that fits counts."""

ENDINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\w{3})[ea]r(?:e|en|ne|ar|ane|ens|nes)$"), "er"),  # brukarane, brukerne, brukeren -> bruker
    (re.compile(r"(?<=\w{3})ar$"), "er"),  # samtalar -> samtaler
    (re.compile(r"heit(?:a|er|ene|s)?$"), "het"),
    (re.compile(r"leg(?:e|are)?$"), "lig"),
    (re.compile(r"(?<=\w{2})mm(?:e|er|en|et|ene|ar|ane)$"), "m"),  # ungdommar, ungdommer -> ungdom
)
"""How words end: what is led to one ending, where it stands after enough letters to be an ending; all that fit, in order."""

_LONGEST = sorted(BEGINNINGS, key=len, reverse=True)
_BEGINS = re.compile("|".join(map(re.escape, _LONGEST)))
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=8192)
def normalised_word(word: str) -> str:
    """The word, in lower case, as it is indexed and searched for; kept, since few words make up most of every text."""
    word = word.lower()
    word = WHOLE.get(word, word)
    if begins := _BEGINS.match(word):
        word = BEGINNINGS[begins.group()] + word[begins.end() :]
    for ending, instead in ENDINGS:
        word = ending.sub(instead, word)
    return word


def normalised(text: str) -> str:
    """A text in bokmål or nynorsk as it is indexed and searched for; what is no word stays as it is."""
    return _WORD.sub(lambda found: normalised_word(found.group()), text)
