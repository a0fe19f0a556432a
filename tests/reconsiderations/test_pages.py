"""The pages of trying an outcome again and of letters, to each side, in three languages, strictly parsed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import html5lib
from sqlalchemy import select

from app.decisions.models import Letter
from app.letters.jobs import JOBS
from app.reconsiderations import service
from tests.applications_under_way import Led
from tests.conftest import Browser, MovingClock
from tests.reconsiderations.test_service import HANDLER, LEADER, OFFICE, WHY, asked, considered, letters_about, told


async def test_an_office_asks_and_is_told_the_answer_with_its_letter(led: Led, browser: Browser, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    page = f"/applications/{case_id}/reconsideration"
    await browser.as_person(LEADER)
    assert "Dere kan be om det til og med" in await browser.shown(page)
    empty = {"case_id": str(case_id), "parts": "assessment", "reasons": "", "_next": page}
    refused = await browser.post("/reconsiderations/ask", empty, page=page)
    assert refused.status_code == 422 and 'id="ask-reasons-error"' in refused.text
    sent = await browser.post("/reconsiderations/ask", empty | {"reasons": "Vi er <uenige>."}, page=page)
    assert sent.status_code == 303
    text = await browser.shown(page)
    assert (
        "Vi er &lt;uenige&gt;." in text
        and "Vurderingen av søknaden" in text
        and 'action="/reconsiderations/ask"' not in text
    )
    async with led.database.reading() as uow:
        request_id = await uow.session.scalar(select(service.Reconsideration.id))
    await browser.as_person("case_handler")
    assert "Du deltok i saken første gang" in await browser.shown(page)
    await browser.as_person(HANDLER)
    assert "erklære deg habil" in await browser.shown(page)
    assert "Svar innen" in await browser.shown(page)
    base = f"/reconsiderations/{request_id}"
    declared = await browser.post(f"{base}/declare_impartial", {"impartial": "true", "_next": page}, page=page)
    assert declared.status_code == 303
    assert (await browser.post(f"{base}/take_up", {"_next": page}, page=page)).status_code == 303
    assert "Gjør om: søknaden avgjøres på nytt" in await browser.shown(page)
    bare = await browser.post(f"{base}/uphold", {"answer": " ", "_next": page}, page=page)
    assert bare.status_code in (409, 422) and "Svaret må ha en begrunnelse." in bare.text
    done = await browser.post(f"{base}/uphold", {"answer": "Vi ser det som før.", "_next": page}, page=page)
    assert done.status_code == 303
    assert "Brevet venter på å bli sendt." in await browser.shown(page)
    await browser.as_person(LEADER)
    text = await browser.shown(page)
    assert "Vi ser det som før." not in text and "Under vurdering" in text and "/letters/" not in text
    (letter,) = await letters_about(led, UUID(str(request_id)))
    await browser.as_person(HANDLER)
    assert "Ny vurdering: blir stående" in await browser.shown(f"/letters?call={call_id}")
    await browser.shown(f"/letters/{letter.id}")
    act = {"letters": str(letter.id), "together": "true", "_next": "/letters/releases/{id}"}
    released = await browser.post("/letters/release_chosen", act, page="/letters")
    assert released.status_code == 303
    progress = released.headers["location"]
    waits = await browser.shown(progress)
    assert "Ett brev blir sendt nå." in waits and f'hx-get="{progress}"' in waits
    async with led.database.unit_of_work() as uow:
        await JOBS["send_letters"](uow, {"release_id": progress.rsplit("/", 1)[-1]})
    done = await browser.shown(progress)
    assert "Ett brev er sendt." in done and "hx-get" not in done.partition("<main")[2]
    await browser.as_person(LEADER)
    text = await browser.shown(page)
    assert "Vi ser det som før." in text and f"/letters/{letter.id}" in text
    await browser.shown(f"/letters/{letter.id}")


async def test_the_handlers_see_what_waits_and_a_stranger_nothing(led: Led, browser: Browser, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    await considered(led, case_id)
    for who in (HANDLER, "decision_maker"):
        await browser.as_person(who)
        assert f"/applications/{case_id}/reconsideration" in await browser.shown("/reconsiderations")
    api = await browser.get("/api/v1/reconsiderations")
    assert [row["case_id"] for row in api.json()] == [str(case_id)]
    await browser.as_person(LEADER)
    rows = (await browser.get(f"/api/v1/applications/{case_id}/reconsiderations")).json()
    assert rows["requests"][0]["reasons"] == WHY and rows["missing"][0][0] == "reconsideration.open_already"
    assert (await browser.get("/reconsiderations")).status_code == 404
    await browser.as_person("klepp_time.leader")
    for address in (f"/applications/{case_id}/reconsideration", f"/api/v1/applications/{case_id}/reconsiderations"):
        assert (await browser.get(address)).status_code == 404


async def test_a_late_request_and_an_appeal_say_so(
    led: Led, browser: Browser, call_id: UUID, clock: MovingClock
) -> None:
    case_id = await told(led, call_id)
    clock.moved += timedelta(days=60)
    page = f"/applications/{case_id}/reconsideration"
    await browser.as_person(LEADER)
    assert "Fristen var" in await browser.shown(page)
    await asked(led, case_id)
    await browser.as_person(HANDLER)
    text = await browser.shown(page)
    assert "Ta saken selv om fristen er ute" in text and "Avvis, kom for sent" in text


async def test_a_case_handler_writes_a_text_and_reads_it_filled_in(led: Led, browser: Browser, call_id: UUID) -> None:
    page = f"/calls/{call_id}/letters/rejection/nb"
    await browser.as_person("case_handler")
    assert "Ordningens tekst" in await browser.shown(f"/calls/{call_id}/letters")
    await browser.shown(page)
    fields = {"kind": "rejection", "language": "nb", "number": "0", "subject": "Svar: {call}", "_next": page}
    wrong = await browser.post(f"/calls/{call_id}/write_letter", fields | {"body": "Hei {navn}"}, page=page)
    assert wrong.status_code == 422
    assert "Hei {navn}" in wrong.text and "ikke fylles inn i et slikt brev: {navn}" in wrong.text
    assert "må ha med dette: {contact}, {decided_by}, {reasons}, {appeal}" in wrong.text
    html5lib.HTMLParser(strict=True).parse(wrong.text)
    body = "Hei, {office}.\n\n## Hvorfor\n\n{reasons}\n\n{appeal}\n\nRing {contact}. {decided_by} bestemte."
    saved = await browser.post(f"/calls/{call_id}/write_letter", fields | {"body": body}, page=page)
    assert saved.status_code == 303
    assert "versjon 1" in await browser.shown(page)
    assert "Hei, Nav Eksempel." in await browser.shown(f"{page}/preview")
    file = await browser.get(f"{page}/preview.pdf")
    assert file.headers["content-type"] == "application/pdf" and file.content.startswith(b"%PDF")
    texts = (await browser.get(f"/api/v1/calls/{call_id}/letters")).json()
    assert [each["number"] for each in texts if each["is_own"]] == [1]
    await browser.as_person(LEADER)
    for address in (page, f"/calls/{call_id}/letters", f"{page}/preview", f"{page}/preview.pdf", "/letters"):
        assert (await browser.get(address)).status_code == 404


async def test_a_sent_letter_is_corrected_on_its_page(led: Led, browser: Browser, call_id: UUID) -> None:
    case_id = await told(led, call_id)
    async with led.database.reading() as uow:
        letter_id = await uow.session.scalar(select(Letter.id).where(Letter.case_id == case_id))
    page = f"/letters/{letter_id}"
    await browser.as_person("case_handler")
    assert "Skriv et nytt brev som retter dette" in await browser.shown(page)
    fields = {"correction": "Datoen var feil.", "reasons": "Dere viser et behov.", "_next": "/letters/{id}"}
    made = await browser.post(f"{page}/correct", fields, page=page)
    assert made.status_code == 303
    new = made.headers["location"]
    assert "Datoen var feil." in await browser.shown(new)
    await browser.as_person(f"{OFFICE}.leader")
    assert (await browser.get(new)).status_code == 404
    assert new not in await browser.shown(page)
    await browser.as_person("case_handler")
    assert (await browser.post(f"{new}/release", {"_next": new}, page=new)).status_code == 303
    await browser.as_person(f"{OFFICE}.leader")
    assert new in await browser.shown(page) and page in await browser.shown(new)
