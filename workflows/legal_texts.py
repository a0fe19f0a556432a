"""What letters say about control, breach, personal data and trying an outcome again, in the words of a call (G22, G30)."""

from __future__ import annotations

import msgspec

from workflows.wording import Wording


class LegalTexts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a letter says about control, breach, personal data and trying an outcome again (G22).

    {days} stands for a number of days.
    """

    control: Wording = Wording(
        nb="Direktoratet og Riksrevisjonen kan kontrollere at midlene brukes som forutsatt.",
        nn="Direktoratet og Riksrevisjonen kan kontrollere at midlane blir brukte slik det er føresett.",
        en="The directorate and the Office of the Auditor General may verify that the funds are used as intended.",
    )
    breach: Wording = Wording(
        nb="Blir vilkårene ikke oppfylt, kan midler holdes tilbake eller kreves tilbake. Dere får uttale dere først.",
        nn="Blir ikkje vilkåra oppfylte, kan midlar haldast tilbake eller krevjast tilbake. De får uttale dykk først.",
        en="Where the conditions are not met, funds may be withheld or reclaimed. You will be heard first.",
    )
    personal_data: Wording = Wording(
        nb="Opplysninger om brukere av tjenestene skal aldri legges inn i Drivkraft.",
        nn="Opplysningar om brukarar av tenestene skal aldri leggjast inn i Drivkraft.",
        en="Information about people who use the services must never be entered in Drivkraft.",
    )
    appeal_none: Wording = Wording(
        nb="Beslutningen er endelig.",
        nn="Avgjerda er endeleg.",
        en="The decision is final.",
    )
    appeal_reconsideration: Wording = Wording(
        nb="Dere kan be om en ny vurdering innen {days} arbeidsdager etter at dere fikk dette brevet. "
        "Den gjøres av noen som ikke har deltatt i saken før.",
        nn="De kan be om ei ny vurdering innan {days} arbeidsdagar etter at de fekk dette brevet. "
        "Ho blir gjord av nokon som ikkje har delteke i saka før.",
        en="You may ask for a new assessment within {days} working days of receiving this letter. "
        "It is made by people who have not taken part before.",
    )
    appeal_act: Wording = Wording(
        nb="Vedtaket kan påklages innen {days} arbeidsdager etter at dere fikk dette brevet.",
        nn="De kan klage på vedtaket innan {days} arbeidsdagar etter at de fekk dette brevet.",
        en="The decision may be appealed within {days} working days after you received this letter.",
    )
