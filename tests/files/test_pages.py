"""Files over the web: sent with a form or by a program, given out to those who may read the case, and to nobody else."""

from __future__ import annotations

from uuid import UUID

import html5lib
import httpx
import pytest
from msgspec.structs import replace

from app.settings import Settings
from tests.calls_under_way import Acting
from tests.conftest import Browser
from tests.files.conftest import do_jobs
from tests.files.samples import OPEN_XML, PDF, PROGRAM, packed

BY = "lillestrom.coordinator"
BOMB = packed({"[Content_Types].xml": OPEN_XML, "word/document.xml": b"\x00" * 60_000_000})
NAME = "Plan <våren>.pdf"


async def send(browser: Browser, draft: UUID, name: str, content: bytes, *, api: bool = False) -> httpx.Response:
    """Send a file as the form does, or as a program."""
    if browser.http.cookies.get("csrf") is None:
        await browser.http.get("/sign-in")
    token = browser.http.cookies.get("csrf") or ""
    files = {"file": (name, content)}
    if api:
        address = f"/api/v1/applications/{draft}/add_file"
        return await browser.http.post(address, files=files, headers={"x-csrftoken": token})
    fields = {"_csrf_token": token, "_page": f"/applications/{draft}"}
    came_from = {"referer": f"http://testserver/applications/{draft}"}
    return await browser.http.post(f"/applications/{draft}/add_file", data=fields, files=files, headers=came_from)


async def test_a_file_is_sent_with_the_form_listed_kept_and_removed(act: Acting, browser: Browser, draft: UUID) -> None:
    page = f"/applications/{draft}"
    await browser.as_person(BY)
    sent = await send(browser, draft, NAME, PDF)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{page}#attachments")
    text = await browser.shown(page)
    assert "Plan _våren_.pdf" in text and f'action="{page}/add_file"' in text
    (listed,) = (await browser.get(f"/api/v1/applications/{draft}/files")).json()
    kept = await browser.get(f"/files/{listed['id']}")
    assert (kept.status_code, kept.content, kept.headers["content-type"]) == (200, PDF, "application/pdf")
    assert kept.headers["content-disposition"].startswith("attachment;")
    assert "filename*=utf-8''Plan%20_v%C3%A5ren_.pdf" in kept.headers["content-disposition"].replace("UTF-8", "utf-8")
    assert kept.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in kept.headers["content-security-policy"]
    removed = await browser.post(f"/files/{listed['id']}/remove", {"version": listed["version"], "_next": page})
    assert removed.status_code == 303
    assert (await browser.get(f"/files/{listed['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("plan.pdf", b"", "tom"), ("plan.pdf", PROGRAM, "plan.pdf"), ("program.exe", PROGRAM, "program.exe"),
        ("../../brev.docx", BOMB, "pakkes ut"), ("C:\\Brukere\\Kari\\brev.docx", packed({"hei.txt": b"hei"}), "brev.docx"),
    ],
)  # fmt: skip
async def test_what_cannot_be_taken_is_said_beside_the_field(
    browser: Browser, draft: UUID, name: str, content: bytes, says: str
) -> None:
    await browser.as_person(BY)
    browser.http.cookies.set("language", "nb")
    refused = await send(browser, draft, name, content)
    assert refused.status_code == 422
    html5lib.HTMLParser(strict=True).parse(refused.text)
    error = refused.text.split('id="attachment-file-error"')[1].split("</div>")[0]
    assert says in error and 'aria-invalid="true"' in refused.text
    assert "../" not in error and "Kari" not in error, "where it lay at home is nobody's business"
    assert (await send(browser, draft, name, content, api=True)).status_code == 422
    assert (await browser.get(f"/api/v1/applications/{draft}/files")).json() == []


async def test_of_a_huge_file_it_is_said_beside_the_field_and_nothing_is_kept(
    browser: Browser, draft: UUID, shared_settings: Settings
) -> None:
    await browser.as_person(BY)
    most = shared_settings.files_most_mib
    huge = b"a" * ((most + 2) * 1024 * 1024)
    refused = await send(browser, draft, "stor.txt", huge[: most * 1024 * 1024 + 1])
    assert refused.status_code == 422
    html5lib.HTMLParser(strict=True).parse(refused.text)
    error = refused.text.split('id="attachment-file-error"')[1].split("</div>")[0]
    assert f"{most} MB" in error and 'aria-invalid="true"' in refused.text
    unread = await send(browser, draft, "stor.txt", huge)
    assert unread.status_code == 413
    html5lib.HTMLParser(strict=True).parse(unread.text)
    assert f"{most} MB" in unread.text and f'href="/applications/{draft}"' in unread.text, "one finds back"
    assert (await send(browser, draft, "stor.txt", huge, api=True)).status_code == 413
    assert (await browser.get(f"/api/v1/applications/{draft}/files")).json() == []


async def test_while_the_scanner_is_down_the_page_says_that_the_file_waits(
    act: Acting, browser: Browser, draft: UUID, shared_settings: Settings
) -> None:
    await browser.as_person(BY)
    assert (await send(browser, draft, "plan.pdf", PDF)).status_code == 303
    await do_jobs(act.database, replace(shared_settings, clamav_url="tcp://127.0.0.1:1"))
    text = await browser.shown(f"/applications/{draft}")
    assert "plan.pdf" in text and "Venter på virussjekk" in text
    (listed,) = (await browser.get(f"/api/v1/applications/{draft}/files")).json()
    await browser.as_person("lillestrom.leader")
    assert (await browser.get(f"/files/{listed['id']}")).status_code == 409


async def test_a_form_without_a_file_is_refused(browser: Browser, draft: UUID) -> None:
    await browser.as_person(BY)
    refused = await browser.post(f"/applications/{draft}/add_file", page=f"/applications/{draft}")
    assert refused.status_code == 422 and "attachment-file-error" in refused.text


async def test_to_strangers_no_file_is_there(browser: Browser, draft: UUID) -> None:
    await browser.as_person(BY)
    added = await send(browser, draft, NAME, PDF, api=True)
    assert added.status_code == 200
    addresses = (
        f"/files/{added.json()['id']}", f"/api/v1/files/{added.json()['id']}", f"/api/v1/applications/{draft}/files",
    )  # fmt: skip
    for who in ("grunerlokka.coordinator", "case_handler", "management", "reviewer_one"):
        await browser.as_person(who)
        for address in addresses:
            assert (await browser.get(address)).status_code == 404, f"{who} {address}"
        assert (await send(browser, draft, NAME, PDF)).status_code == 404
    await browser.as_person("lillestrom.leader")
    waiting = await browser.get(addresses[0])
    assert waiting.status_code == 409, "not scanned yet: only whoever uploaded it may have it"
