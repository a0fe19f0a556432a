"""What the report NAV Utsiden inn says of the five offices; whatever it does not say is marked as invented."""

from __future__ import annotations

from typing import NamedTuple

INVENTED = "(Oppdiktet i demoen: rapporten sier ikke noe om dette.)"
INVENTED_NN = "(Oppdikta i demoen: rapporten seier ikkje noko om dette.)"


class Office(NamedTuple):
    """An office's problem statement and its positive deviances in rank, word for word.

    The report names the office of the first statement and one is in nynorsk; which of the others belongs to which
    office is read from the order on its page, and so is the rank of the deviances in its table.
    """

    statement: str
    deviances: tuple[str, str, str]
    user_group: str
    language: str = "nb"


SEEN = "Brukere føler seg sett av veiledere som tar seg tid til å lytte til brukernes behov og ønsker."

OFFICES: dict[str, Office] = {
    "grunerlokka": Office(
        "Hvordan skal NAV Grünerløkka møte og følge opp ungdom slik at de kan leve selvstendige liv og skaffe den neste "
        "jobben sin selv?",
        (
            "Vi sikrer systematisk samhandling og erfaringsutveksling mellom avdelinger og kollegaer.",
            "Vi lytter til brukeren og tar utgangspunkt i deres situasjon når vi legger planer.",
            "Vi samarbeider på tvers av avdelinger, og samarbeider godt med kollegaer og andre instanser.",
        ),
        "Ungdom som får oppfølging",
    ),
    "klepp_time": Office(
        "Hvordan kan vi organisere oss og samhandle for å skape kvalitative og varige løsninger for unge voksne?",
        (
            "Vi (NAV) sammen med andre tjenestesteder skaper gode overganger på tvers av tjenester.",
            "Veiledere initierer og etablerer et godt samarbeid med arbeidsgivere.",
            "Veiledere hjelper brukere til å oppleve mestring. Veiledere møter brukere der de er, og når de tilrettelegger "
            "for tett dialog. Veiledere og jobbspesialister bruker arbeidsmetoder der gode relasjoner med brukere står "
            "sentralt.",
        ),
        "Unge voksne",
    ),
    "lillestrom": Office(
        "På hvilken måte kan vi legge til rette for at innbyggerne opplever mestring og trygghet i møtet med NAV og tar "
        "eierskap i egen sak?",
        (
            "Bidrar til at brukeren engasjerer seg i egen sak ved at de blir sett, hørt og tatt på alvor.",
            SEEN,
            "Vi tar et steg videre sammen med bruker som er passe stort og i riktig retning.",
        ),
        "Innbyggere i møtet med Nav",
    ),
    "hareid_ulstein_sande": Office(
        "På kva måte sikrar vi at veiledere/jobbspesialister utvikler og tek i bruk relasjons- og inkluderingskompetanse "
        "som fører til tidlig og god kartlegging?",
        (
            "Veiledere hjelper brukere til å oppleve mestring ved å gjøre dem aktive og ansvarlig i sitt eget tempo (steg "
            "for steg).",
            SEEN,
            "Brukeren må ha tro på seg selv for å få tilbake motivasjonen og oppleve mestring. Det er først da han/hun "
            "blir klar for å prøve seg i arbeidslivet igjen.",
        ),
        "Brukarar som skal kartleggjast",
        "nn",
    ),
    "balsfjord_storfjord": Office(
        "Hvordan kan brukere og arbeidsgivers behov bli best mulig ivaretatt av et NAV som er i utvikling, der nye arenaer "
        "muliggjør innovative former for oppfølging?",
        (
            SEEN
            + " Det første møtet og den første samtalen mellom bruker og veileder bidrar til å skape en god relasjon "
            "med tillit i bunn.",
            "Veiledere møter brukere der de er, og når de tilrettelegger for tett dialog ved at brukere kan ta direkte "
            "kontakt med dem.",
            "Flere i systemet har innsikt og eierskap til brukerens behov. Vi (NAV) sammen med andre tjenestesteder "
            "skaper gode overganger på tvers av tjenester.",
        ),
        "Brukere og arbeidsgivere",
    ),
}

TOPICAL: tuple[tuple[str, str, str], ...] = (
    ("measuring_benefits", "Hvordan måle gevinster", "benefit_plan"),
    ("system_map", "Systemkart og positive avvik", "system_map"),
    ("experiences", "Erfaringer og refleksjoner", "learning"),
)
"""Gatherings beside the series: key, title and what they work on; their order is read from the report's phases."""

CONFERENCE = "Erfaringskonferansen"

CONFERENCE_ON = (2021, 2, 5)
