"""The award criteria that a new call begins with (DOMAIN 3.4, S80); the case handler weighs and rewords them."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.calls.levels import LEVELS


class Default(NamedTuple):
    """A criterion of the scheme: key, weight, and per language its title and what is assessed."""

    key: str
    weight: int
    nb: tuple[str, str]
    nn: tuple[str, str]
    en: tuple[str, str]


DEFAULTS = (
    Default(
        "C1", 20,
        ("Reelt behov", "Utfordringen er viktig for brukere, medarbeidere eller samarbeidspartnere, og behovet er vist."),
        ("Reelt behov", "Utfordringa er viktig for brukarar, medarbeidarar eller samarbeidspartnarar, og behovet er vist."),
        ("Real need", "The challenge matters to users, employees or partners, and the need has been shown."),
    ),
    Default(
        "C2", 15,
        ("Prioritet og egen innsats", "Lederen prioriterer arbeidet, og teamet får tid til det."),
        ("Prioritet og eigen innsats", "Leiaren prioriterer arbeidet, og teamet får tid til det."),
        ("Priority and own effort", "The leader gives the work priority, and the team is given time for it."),
    ),
    Default(
        "C3", 15,
        ("Mulighet for nyskaping", "Arbeidet kan gi en ny eller vesentlig bedre måte å gjøre ting på."),
        ("Rom for nyskaping", "Arbeidet kan gi ein ny eller vesentleg betre måte å gjere ting på."),
        ("Potential for innovation", "The work may lead to a new or considerably better way of doing things."),
    ),
    Default(
        "C4", 20,
        ("Mulige gevinster", "De forventede gevinstene er tydelige, og det er sagt hvem som får dem."),
        ("Moglege gevinstar", "Dei venta gevinstane er tydelege, og det er sagt kven som får dei."),
        ("Potential benefits", "The expected benefits are clear, and so is who will have them."),
    ),
    Default(
        "C5", 15,
        ("Læring for andre", "Det som læres, kan brukes av andre kontorer."),
        ("Læring for andre", "Det som blir lært, kan brukast av andre kontor."),
        ("Learning for others", "What is learned can be used by other offices."),
    ),
    Default(
        "C6", 10,
        ("Åpen problemstilling", "Problemstillingen er åpen, og løsningen er ikke bestemt på forhånd."),
        ("Open problemstilling", "Problemstillinga er open, og løysinga er ikkje bestemt på førehand."),
        ("Open problem statement", "The problem statement is open, and no solution has been chosen beforehand."),
    ),
    Default(
        "C7", 5,
        ("Hvis ingenting gjøres", "Søknaden viser hva det koster å la være. Høy risiko trekker ikke ned."),
        ("Om ingenting blir gjort", "Søknaden viser kva det kostar å la vere. Høg risiko trekkjer ikkje ned."),
        ("If nothing is done", "The application shows what it costs to do nothing. High risk does not count against it."),
    ),
)  # fmt: skip


def texts_of(default: Default) -> dict[str, Any]:
    """What is stored as the texts of a criterion."""
    found = {}
    for language, (title, description) in (
        ("nb", default.nb),
        ("nn", default.nn),
        ("en", default.en),
    ):
        levels = {str(score): text for score, text in enumerate(LEVELS[default.key][language])}
        found[language] = {"title": title, "description": description, "levels": levels}
    return found
