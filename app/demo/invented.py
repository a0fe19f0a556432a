"""What the report does not say of the five offices, invented for the demo; every text and figure says so itself."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.demo.report import OFFICES

MARK = {"nb": "(oppdiktet)", "nn": "(oppdikta)"}


class InventedBenefit(NamedTuple):
    """A benefit with its indicator and figures; a value in kroner stands for one of the indicator's units."""

    title: str
    goal: str
    beneficiary: str
    indicator: str
    unit: str
    baseline: str
    target: str
    measured: tuple[str, str, str, str]
    """The first measurement, and those after six, twelve and twenty-four months."""
    method: str = "Spørreundersøkelse"
    direction: str = "up"
    observations: int = 41
    confidence: str = "C"
    unit_value_ore: int | None = None
    price_year: int | None = None
    periods_per_year: int = 1
    sign: int = 1
    mitigation: str = ""
    grades: tuple[str, ...] = ()
    """The grades of its measurements one by one, where they are not all `confidence`."""
    without: str = ""
    """What a later measurement would have shown without the project, where somebody compared."""
    given_up: str = ""
    """Why it was given up after the first measurement."""


class Invented(NamedTuple):
    """The rest of an office's story."""

    background: str
    need: str
    experience: str
    works_because: str
    do_nothing: str
    plan: str
    anchoring: str
    from_users: str
    from_employees: str
    from_partners: str
    finding: str
    challenge: str
    ideas: tuple[str, str]
    concept: str
    concept_text: str
    change: str
    practice: str
    consequence: str
    pilot: str
    learning: str
    conditions: str
    benefits: tuple[InventedBenefit, ...]
    beside: tuple[InventedBenefit, ...] = ()
    """What was seen only on the way, and stands in no application."""


COPING = InventedBenefit(
    "Flere brukere opplever mestring", "better_meetings", "citizen", "Opplevd mestring", "poeng på en skala fra 1 til 5",
    "3.2", "3.8", ("3.5", "3.6", "3.7", "3.8"),
)  # fmt: skip

STORIES: dict[str, Invented] = {
    "grunerlokka": Invented(
        background="Ungdom møter ofte tre veiledere det første halvåret, og må fortelle historien sin på nytt hver gang.",
        need="Ungdommene trenger én å forholde seg til, og en plan de selv har vært med på å lage.",
        experience="De av oss som følger opp få ungdommer tett, ser at flere møter opp og at færre faller fra.",
        works_because="Vi snakker sammen på tvers av avdelinger før vi legger planen, ikke etterpå.",
        do_nothing="Ungdommene blir gående lenger uten jobb eller skole, og veilederne fortsetter å starte på nytt.",
        plan="Vi bruker høsten på innsikt, prøver ut om vinteren og tar i bruk det som virker, før sommeren.",
        anchoring="Lederen setter av faste timer, og avdelingsmøtet følger arbeidet hver måned.",
        from_users="«Jeg vil at den jeg snakker med, skal huske hva vi ble enige om sist.»",
        from_employees="Vi bruker mye av den første timen på å finne fram til hva andre har gjort.",
        from_partners="Skolen vet sjelden hvem i Nav de kan ringe når en elev er på vei ut.",
        finding="Det første møtet avgjør om ungdommen kommer tilbake.",
        challenge="Ungdom mister tilliten når de må begynne forfra, og vi mister tid vi kunne brukt på oppfølging.",
        ideas=("Én fast veileder fra første dag", "Korte ukentlige møter der ungdommen setter dagsordenen"),
        concept="Fast veileder og korte ukentlige møter",
        concept_text="Ungdommen får én veileder og et kort møte hver uke de første tre månedene, med egen dagsorden.",
        change="Ukentlige møter med fast veileder",
        practice="Veilederen forbereder neste steg sammen med ungdommen",
        consequence="Skolen og helsestasjonen får færre, men bedre forberedte henvendelser.",
        pilot="Ni av tolv ungdommer møtte hver uke, og åtte ville fortsette.",
        learning="Dagsordenen må være ungdommens egen; da kommer de tilbake.",
        conditions="Veilederen må ha under 25 ungdommer samtidig.",
        benefits=(COPING,),
    ),
    "klepp_time": Invented(
        background="Unge voksne går mellom Nav, skole og helse uten at noen har ansvaret for overgangene.",
        need="De unge trenger at tjenestene avtaler neste steg med hverandre før de slipper taket.",
        experience="Når veilederen er med til arbeidsgiveren, varer avtalene lenger.",
        works_because="Vi møter de unge der de er, og bruker nok tid på relasjonen i starten.",
        do_nothing="Overgangene fortsetter å svikte, og de unge søker om hjelp på nytt etter få måneder.",
        plan="Vi kartlegger overgangene, prøver felles avtaler med to tjenester og måler om de holder.",
        anchoring="Begge kommunene og fylkesleddet har sagt ja til å delta.",
        from_users="«Det var tre uker der ingen visste at jeg fantes.»",
        from_employees="Ingen av oss har oppgaven med å følge overgangen helt fram.",
        from_partners="Arbeidsgiverne vil ha ett nummer å ringe når noe skjærer seg.",
        finding="Avtaler holder når den som tar imot, har vært med på å lage dem.",
        challenge="Overgangene er ingens ansvar, og de unge betaler for det.",
        ideas=("Felles overgangsavtale med dato og navn", "Én telefonvakt for arbeidsgivere"),
        concept="Overgangsavtalen",
        concept_text="Ingen slipper taket før neste tjeneste har satt navn og dato på en avtale den unge har godkjent.",
        change="Overgangsavtale for alle unge under 30 år",
        practice="Veilederen ringer mottakeren sammen med den unge",
        consequence="Skolens rådgivere må sette av tid til felles møter.",
        pilot="Av 15 overganger hadde 13 navn og dato innen en uke.",
        learning="Avtalen må være kort nok til at den unge kan gjengi den.",
        conditions="Minst én fast kontakt i hver tjeneste.",
        benefits=(
            InventedBenefit(
                "Flere unge voksne er i arbeid etter et halvt år",
                "more_in_work",
                "citizen",
                "Unge i arbeid etter et halvt år",
                "personer",
                "18",
                "26",
                ("20", "22", "25", "26"),
                method="Uttrekk fra registeret",
                observations=48,
                confidence="B",
                grades=("B", "B", "A", "A"),
                without="19",
            ),
            InventedBenefit(
                "Mindre tid går med til gjentatte henvendelser",
                "reliable_administration",
                "organisation",
                "Timer spart på gjentatte henvendelser",
                "timer",
                "0",
                "400",
                ("120", "210", "330", "390"),
                method="Tidsregistrering i fire uker",
                observations=12,
                confidence="C",
                unit_value_ore=52_000,
                price_year=2020,
            ),
        ),
        beside=(
            InventedBenefit(
                "Rådgiverne på skolen bruker mer tid på møter",
                "more_in_work",
                "organisation",
                "Timer i felles møter",
                "timer",
                "0",
                "90",
                ("40", "70", "85", "90"),
                method="Anslag fra rådgiverne",
                observations=6,
                confidence="D",
                unit_value_ore=52_000,
                price_year=2020,
                sign=-1,
                mitigation="Møtene legges til skolens faste samarbeidstid.",
            ),
            InventedBenefit(
                "Arbeidsgivere får svar samme dag",
                "better_meetings",
                "society",
                "Besvart samme dag",
                "prosent",
                "35",
                "80",
                ("38", "38", "38", "38"),
                method="Telling i telefonvakten",
                observations=60,
                confidence="B",
                given_up="Telefonvakten ble lagt til kundesenteret, som ikke er med i prosjektet.",
            ),
        ),
    ),
    "lillestrom": Invented(
        background="Innbyggerne forteller at brevene våre er vanskelige, og at de ikke vet hva som skjer videre.",
        need="De trenger å forstå sin egen sak og vite hva de selv kan gjøre.",
        experience="Når vi skriver planen sammen i møtet, er det færre som ringer for å spørre hva den betyr.",
        works_because="Vi tar ett steg om gangen og sier hva det neste er.",
        do_nothing="Usikkerheten fortsetter, og vi bruker tiden på å forklare i stedet for å følge opp.",
        plan="Vi tester samskrevne planer med to avdelinger før hele kontoret tar dem i bruk.",
        anchoring="Ledergruppa har satt av seks timer i uka for hver i kjerneteamet.",
        from_users="«Jeg skjønte planen først da vi skrev den sammen.»",
        from_employees="Vi skriver planen etter møtet, alene, og retter den etterpå.",
        from_partners="Frivilligsentralen får spørsmål om brev fra oss hver uke.",
        finding="Den som har vært med på å skrive planen, følger den.",
        challenge="Planene er våre, ikke innbyggernes, og derfor skaper de utrygghet.",
        ideas=("Planen skrives i møtet", "Oppsummering på ett ark"),
        concept="Planen vi skriver sammen",
        concept_text="Veileder og innbygger skriver planen på felles skjerm i møtet, i innbyggerens egne ord.",
        change="Samskrevet plan i alle førstegangsmøter",
        practice="Veilederen spør hva innbyggeren vil at planen skal hete",
        consequence="Møtene varer ti minutter lenger; kundesenteret får færre spørsmål.",
        pilot="Tolv planer skrevet i møtet; ingen av dem måtte rettes etterpå.",
        learning="Felles skjerm er viktigere enn nytt skjema.",
        conditions="Møterom med skjerm som begge ser.",
        benefits=(
            COPING,
            InventedBenefit(
                "Færre ringer for å få planen forklart",
                "reliable_administration",
                "organisation",
                "Telefoner om planen hver måned",
                "telefoner",
                "310",
                "180",
                ("260", "220", "190", "180"),
                method="Telling på kundesenteret",
                direction="down",
                observations=310,
                confidence="B",
                unit_value_ore=11_000,
                price_year=2026,
                periods_per_year=12,
            ),
        ),
    ),
    "hareid_ulstein_sande": Invented(
        background="Kartlegginga tek lang tid, og vi spør ofte om det som er vanskeleg før vi kjenner kvarandre.",
        need="Rettleiarane treng øving i å skape relasjon før dei kartlegg.",
        experience="Dei av oss som startar med kva brukaren får til, kjem raskare fram til ein plan.",
        works_because="Vi går fram steg for steg og lèt brukaren styre farten.",
        do_nothing="Kartlegginga held fram med å vere sein, og tiltaka treffer dårlegare.",
        plan="Vi øver saman kvar veke, observerer kvarandre og måler kor fort kartlegginga blir ferdig.",
        anchoring="Leiarane i dei tre kommunane deler på timane.",
        from_users="«Ho spurde kva eg var god til. Det hadde ingen gjort før.»",
        from_employees="Vi har lært skjemaet, men ikkje samtalen.",
        from_partners="Legane får dei same spørsmåla frå fleire av oss.",
        finding="Når samtalen startar med det som går bra, blir kartlegginga ferdig tidlegare.",
        challenge="Vi kartlegg manglar før vi har tillit, og då får vi ikkje vite det vi treng.",
        ideas=("Øve på første samtale to og to", "Starte kartlegginga med tre ting brukaren meistrar"),
        concept="Meistring først",
        concept_text="Den første samtalen handlar om det brukaren får til; skjemaet kjem i den andre.",
        change="Ny første samtale for alle som skal kartleggjast",
        practice="Rettleiarane observerer kvarandre ein gong i månaden",
        consequence="Den første avtalen om tiltak kan kome ei veke seinare.",
        pilot="Seks rettleiarar har prøvd den nye samtalen.",
        learning="Øving må stå i kalenderen, elles blir ho borte.",
        conditions="Minst to rettleiarar på kvart kontor.",
        benefits=(
            InventedBenefit(
                "Kartlegginga er ferdig tidlegare",
                "better_meetings",
                "citizen",
                "Dagar til kartlegginga er ferdig",
                "dagar",
                "62",
                "40",
                ("55", "50", "44", "40"),
                method="Uttrekk frå fagsystemet",
                direction="down",
                observations=70,
                confidence="B",
            ),
        ),
    ),
    "balsfjord_storfjord": Invented(
        background="Avstandene er lange, og mange møter oss bare på telefon.",
        need="Brukere og arbeidsgivere trenger steder å møtes som ikke er et Nav-kontor.",
        experience="Når vi møtes på arbeidsplassen, blir det lettere å avtale en utprøving.",
        works_because="Det første møtet skaper tillit, og brukeren kan ta direkte kontakt etterpå.",
        do_nothing="Vi fortsetter å møtes på skjerm, og arbeidsgiverne velger andre.",
        plan="Vi finner to nye arenaer sammen med kommunene og prøver dem ut i et halvt år.",
        anchoring="Kommunene stiller med lokaler.",
        from_users="«Det er lettere å snakke når vi går ved siden av hverandre.»",
        from_employees="Vi er oftest på kontoret fordi kalenderen er laget slik.",
        from_partners="Næringsforeningen vil gjerne være vertskap.",
        finding="Stedet vi møtes på, bestemmer hva vi snakker om.",
        challenge="Kontoret passer for oss, ikke for dem vi skal hjelpe.",
        ideas=("Åpen formiddag på kaia", "Gåsamtaler med jobbspesialisten"),
        concept="Møteplassene",
        concept_text="To faste møteplasser utenfor kontoret hver uke, med arbeidsgivere til stede.",
        change="Ukentlig møteplass utenfor kontoret",
        practice="Jobbspesialisten avtaler neste møte på stedet",
        consequence="Færre er på vakt på kontoret på torsdager.",
        pilot="Møteplassen er prøvd tre ganger.",
        learning="Kom først og sett på kaffe.",
        conditions="En kommune som åpner dørene.",
        benefits=(COPING,),
    ),
}

ROLE_TEXTS: dict[str, dict[str, tuple[str, str, str]]] = {
    "nb": {
        "leader": (
            "At arbeidet gir noe for brukerne, og at jeg får vite tidlig når noe står fast.",
            "Jeg frigjør tiden vi har avtalt, og fjerner hindringer i egen enhet.",
            "Jeg har ansvaret for at kontoret er med, og for at gevinstene blir hentet ut.",
        ),
        "coordinator": (
            "At teamet stiller forberedt, og at fasilitatoren hjelper oss videre når vi står fast.",
            "Jeg holder framdriften, kaller inn og sørger for at alt står i Drivkraft.",
            "Jeg samler teamet og er bindeleddet til ressursgruppen.",
        ),
        "core_team": (
            "At det jeg vet fra hverdagen, blir brukt, og at ingen har mer rett enn andre.",
            "Jeg deltar på samlingene, snakker med brukere og prøver ut det vi finner på.",
            "Jeg bidrar til innsikt, ideer og utprøving.",
        ),
        "facilitator": (
            "At kontoret eier utfordringen selv, og at lederen er til stede når det gjelder.",
            "Jeg leder prosessen, lærer bort metodene og sier fra når vi hopper over noe.",
            "Jeg har ansvaret for prosessen, ikke for svaret.",
        ),
        "county_representative": (
            "At erfaringene blir delt med de andre kontorene i fylket.",
            "Jeg følger med, åpner dører og tar læringen videre.",
            "Jeg er bindeleddet til fylket.",
        ),
    },
    "nn": {
        "leader": (
            "At arbeidet gir noko for brukarane, og at eg får vite tidleg når noko står fast.",
            "Eg frigjer tida vi har avtalt, og ryddar unna hindringar i eiga eining.",
            "Eg har ansvaret for at kontoret er med, og for at gevinstane blir henta ut.",
        ),
        "coordinator": (
            "At teamet stiller førebudd, og at fasilitatoren hjelper oss vidare når vi står fast.",
            "Eg held framdrifta, kallar inn og syter for at alt står i Drivkraft.",
            "Eg samlar teamet og er bindeleddet til ressursgruppa.",
        ),
        "core_team": (
            "At det eg veit frå kvardagen, blir brukt, og at ingen har meir rett enn andre.",
            "Eg deltek på samlingane, snakkar med brukarar og prøver ut det vi finn på.",
            "Eg bidreg til innsikt, idear og utprøving.",
        ),
        "facilitator": (
            "At kontoret eig utfordringa sjølv, og at leiaren er til stades når det gjeld.",
            "Eg leier prosessen, lærer bort metodane og seier frå når vi hoppar over noko.",
            "Eg har ansvaret for prosessen, ikkje for svaret.",
        ),
        "county_representative": (
            "At erfaringane blir delte med dei andre kontora i fylket.",
            "Eg følgjer med, opnar dører og tek læringa vidare.",
            "Eg er bindeleddet til fylket.",
        ),
    },
}
"""What each role expects, commits to and answers for."""

SHARED_TEXTS: dict[str, tuple[str, str, str, str, str]] = {
    "nb": (
        "Teamet avgjør innenfor mandatet; lederen avgjør når det koster mer tid eller penger.",
        "Vi lærer å gå fra innsikt til løsning, og å måle om det virket.",
        "Vi prøver ut i det små før vi bestemmer oss.",
        "Teamet får metoder vi kan bruke fra første dag.",
        "Brukerne merker at vi møter dem på en annen måte.",
    ),
    "nn": (
        "Teamet avgjer innanfor mandatet; leiaren avgjer når det kostar meir tid eller pengar.",
        "Vi lærer å gå frå innsikt til løysing, og å måle om det verka.",
        "Vi prøver ut i det små før vi bestemmer oss.",
        "Teamet får metodar vi kan bruke frå første dag.",
        "Brukarane merkar at vi møter dei på ein annan måte.",
    ),
}
"""Decision rights, learning, new ways of working, benefits short and long: what all roles say."""


def marked(office: str, text: str) -> str:
    """A text that says itself, in the office's language form, that it is invented."""
    return f"{text} {MARK[OFFICES[office].language]}"


def story(office: str) -> Invented:
    """An office's story, every text and every benefit's title with its mark."""

    def told(value: Any) -> Any:
        if isinstance(value, str):
            return marked(office, value)
        if isinstance(value, InventedBenefit):
            return value._replace(title=marked(office, value.title))
        return tuple(told(each) for each in value)

    return Invented(*(told(value) for value in STORIES[office]))


CLARIFICATION_TEXTS = ("expects", "commits", "responsibility", "decision_rights", "learning", "new_ways",
                       "benefits_short", "benefits_long")  # fmt: skip


def clarification_of(office: str, role: str) -> dict[str, str]:
    """The texts of an expectation clarification for a role; a role without texts of its own says what the team says."""
    language = OFFICES[office].language
    own = ROLE_TEXTS[language].get(role, ROLE_TEXTS[language]["core_team"])
    texts = (marked(office, text) for text in (*own, *SHARED_TEXTS[language]))
    return dict(zip(CLARIFICATION_TEXTS, texts, strict=True))
