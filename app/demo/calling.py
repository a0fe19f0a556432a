"""The calls of the demo scheme: written by a case handler, published, opened and closed by the clock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.calls import service as calls
from app.demo.acting import Acting
from app.demo.report import INVENTED, INVENTED_NN

TEXTS = {
    "nb": {
        "purpose": f"Å stimulere til medarbeiderdrevet innovasjon satt i system. {INVENTED}",
        "target_group": f"Nav-kontor som ønsker å delta. {INVENTED}",
        "attainment": f"Kontorene får flere i arbeid, bedre brukermøter og pålitelig forvaltning. {INVENTED}",
        "award": f"Søknadene vurderes etter kriteriene i utlysningen. {INVENTED}",
        "follow_up": f"Ressursgruppen følger milepælene og gevinstene. {INVENTED}",
        "evaluation": "Innovasjonsprosessen følgeevalueres.",
    },
    "nn": {
        "purpose": f"Å stimulere til medarbeidardriven innovasjon sett i system. {INVENTED_NN}",
        "target_group": f"Nav-kontor som ønskjer å delta. {INVENTED_NN}",
        "attainment": f"Kontora får fleire i arbeid, betre brukarmøte og påliteleg forvaltning. {INVENTED_NN}",
        "award": f"Søknadene blir vurderte etter kriteria i utlysinga. {INVENTED_NN}",
        "follow_up": f"Ressursgruppa følgjer milepælane og gevinstane. {INVENTED_NN}",
        "evaluation": "Innovasjonsprosessen blir følgjeevaluert.",
    },
    "en": {
        "purpose": "To stimulate employee-driven innovation, made systematic. (Invented in the demo.)",
        "target_group": "Nav offices that wish to take part. (Invented in the demo.)",
        "attainment": "More people in work, better meetings with users, reliable administration. (Invented in the demo.)",
        "award": "Applications are assessed by the criteria of the call. (Invented in the demo.)",
        "follow_up": "The resource group follows milestones and benefits. (Invented in the demo.)",
        "evaluation": "The innovation process is evaluated as it runs.",
    },
}
TITLES = {"nb": "Innovasjonsplattformen", "nn": "Innovasjonsplattforma", "en": "The innovation platform"}


async def announce(
    act: Acting, year: str, *, opens_at: datetime, deadline: datetime, frame_ore: int, hours: int
) -> UUID:
    """A call with texts in three languages, dates and a frame, published."""
    row = await act("case_handler", calls.create, title=f"{TITLES['nb']} {year}")
    call_id = UUID(str(row.id))
    for language, texts in TEXTS.items():
        title = f"{TITLES[language]} {year}"
        await act("case_handler", calls.write_text, call_id, language=language, title=title, **texts)
    await act("case_handler", calls.write_dates, call_id, opens_at=opens_at, deadline=deadline)
    await act("case_handler", calls.write_frame, call_id, frame_ore=frame_ore, facilitation_hours=hours,
              cost_kinds=("competence", "travel"))  # fmt: skip
    await act("case_handler", calls.write_rules, call_id, budget_asked=True)
    await act("case_handler", calls.publish, call_id)
    return call_id
