"""The pages of letters: one letter, those that wait to be sent, and the texts that a call's letters are made from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.response import Redirect

from app.calls.queries import call_to_handle
from app.cases.queries import load_case
from app.core.clock import day_in_oslo
from app.core.errors import NotFound
from app.letters import queries
from app.letters.forms import MOST_AT_ONCE
from app.letters.making import Fields, default_wording, fields_of, wording_of
from app.letters.pdf import pdf_of
from app.letters.queries import READS_WAITING
from app.letters.sample import sample_ground
from app.reviews.queries import OVERSEES, holds, require_reading
from app.web.documents import as_pdf
from app.web.places import place
from app.web.visit import Visit
from workflows.letter import GIVING, LONGEST_BODY, LONGEST_SUBJECT, TRIED_AGAIN, LetterKind, known_to
from workflows.roles import Permission
from workflows.rules import LANGUAGES

place("application.letter", "/applications/{case}/letter")
place("letter", "/letters/{letter}", Permission.DECISION_SEE)

RESULT_TONES = {"released": "success", "before": "neutral", "changed": "warning", "held": "paused",
                "waiting": "waiting", "refused": "danger"}  # fmt: skip


@get("/applications/{application_id:uuid}/letter", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def latest_letter_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """Lead to the latest letter that the visitor may read, and those who send letters to where that is done."""
    case, roles = await load_case(visit.uow, visit.actor, application_id, Permission.APPLICATION_SEE)
    await require_reading(visit.uow, visit.actor, case, roles)
    oversees = not roles.isdisjoint(OVERSEES)
    letters = await queries.letters_of(visit.uow, case.id, released_only=not oversees)
    if not letters:
        raise NotFound
    if letters[0].released_at is None and letters[0].kind in DECIDED_ON_ITS_PAGE and not letters[0].corrects:
        return Redirect(f"/decisions/{application_id}#letter", status_code=303)
    return Redirect(f"/letters/{letters[0].id}", status_code=303)


DECIDED_ON_ITS_PAGE = ("award", "provisional", "rejection", "waitlist")


@get("/letters", permission=Permission.DECISION_RELEASE, include_in_schema=False)
async def letters_page(visit: Visit, call: UUID | None = None, kind: str = "", language: str = "") -> Response[Any]:
    """The letters that wait to be sent: read each, and send those that are chosen in one act."""
    rows = await queries.waiting_letters(visit.uow, visit.actor, call_id=call, kind=kind, language=language)
    calls = await queries.calls_waiting(visit.uow, visit.actor, visit.texts.language)
    return visit.render(
        "letters/letters.html",
        rows=rows,
        calls=[(str(each.id), f"{each.title} ({each.waiting})") for each in calls],
        call=str(call or ""),
        kind=kind,
        written_in=language,
        kinds=[(str(each), visit.t(f"letter.kind.{each}")) for each in LetterKind],
        languages=[(each, visit.t(f"language.{each}")) for each in LANGUAGES],
        most=MOST_AT_ONCE,
    )


@get("/letters/releases/{release_id:uuid}", permission=Permission.DECISION_RELEASE, include_in_schema=False)
async def release_page(visit: Visit, release_id: UUID) -> Response[Any]:
    """What became of each of the letters that were sent in one act."""
    view = await queries.release_view(visit.uow, visit.actor, release_id)
    roles = visit.actor.standing_roles
    return visit.render(
        "letters/release.html",
        view=view,
        rows=[(row, result, visit.missing(reasons, row.case_id, None, roles)) for row, result, reasons in view.results],
        waiting=view.count("waiting"),
        tones=RESULT_TONES,
    )


@get("/letters/{name:str}", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def letter_page(visit: Visit, name: str) -> Response[Any]:
    """A letter as a page, with the award's acceptance where it waits for the visitor; with .pdf behind it as a file."""
    try:
        letter_id = UUID(name.removesuffix(".pdf"))
    except ValueError:
        raise NotFound from None
    found = await queries.letter_view(visit.uow, visit.actor, letter_id)
    fields = msgspec.convert(found.letter.fields, Fields)
    if name.endswith(".pdf"):
        content = await queries.pdf_kept(visit.uow, found.letter.id) or await pdf_of(fields)
        return as_pdf(content, f"{found.case.reference}-{fields.kind}.pdf", fields.language)
    released = found.letter.released_at is not None
    waits = found.application_state in ("awarded", "provisionally_awarded") and fields.kind in GIVING
    sends = holds(found.roles, Permission.DECISION_RELEASE)
    return visit.render(
        "letters/letter.html",
        letter=found.letter,
        fields=fields,
        case=found.case,
        view=found,
        version=found.application_version,
        inside=not found.roles.isdisjoint(READS_WAITING),
        accepts=waits and released and holds(found.roles, Permission.AWARD_ACCEPT),
        releases=sends and not released,
        corrects=sends and released and found.replaced_by is None,
        asks=released and fields.kind in TRIED_AGAIN and found.appeal_regime != "none"
        and holds(found.roles, Permission.RECONSIDERATION_SEE),
    )  # fmt: skip


@get("/calls/{call_id:uuid}/letters", permission=Permission.CALL_SEE_DRAFT, include_in_schema=False)
async def texts_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """Every kind of letter of a call, in each language form, with a way to read it filled in."""
    case = await call_to_handle(visit.uow, visit.actor, call_id, Permission.CALL_SEE_DRAFT)
    return visit.render(
        "letters/texts.html", case=case, rows=await queries.texts_of(visit.uow, call_id), languages=LANGUAGES
    )


def _which(kind: str, language: str) -> LetterKind:
    if kind not in set(LetterKind) or language not in LANGUAGES:
        raise NotFound
    return LetterKind(kind)


@get(
    "/calls/{call_id:uuid}/letters/{kind:str}/{language:str}", permission=Permission.CALL_SEE_DRAFT,
    include_in_schema=False,
)  # fmt: skip
async def text_page(visit: Visit, call_id: UUID, kind: str, language: str) -> Response[Any]:
    """One text of a call, to write, with the scheme's own beside it, what can be filled in, and its versions."""
    which = _which(kind, language)
    case = await call_to_handle(visit.uow, visit.actor, call_id, Permission.CALL_SEE_DRAFT)
    versions = await queries.versions_of(visit.uow, call_id, which, language)
    default = default_wording(which, language)
    own = versions[0] if versions and versions[0].body else None
    return visit.render(
        "letters/text.html",
        case=case,
        kind=which,
        written_in=language,
        wording=own or default,
        own=own,
        default=default,
        versions=versions,
        number=versions[0].number if versions else 0,
        placeholders=known_to(which),
        writes=visit.actor.may(Permission.CALL_WRITE),
        longest=(LONGEST_SUBJECT, LONGEST_BODY),
    )


@get(
    "/calls/{call_id:uuid}/letters/{kind:str}/{language:str}/{name:str}", permission=Permission.CALL_SEE_DRAFT,
    include_in_schema=False,
)  # fmt: skip
async def preview_page(visit: Visit, call_id: UUID, kind: str, language: str, name: str) -> Response[Any]:
    """A letter of a call filled in with an invented case: "preview" as a page, "preview.pdf" as a file."""
    which = _which(kind, language)
    if name not in ("preview", "preview.pdf"):
        raise NotFound
    case = await call_to_handle(visit.uow, visit.actor, call_id, Permission.CALL_SEE_DRAFT)
    ground = await sample_ground(visit.uow, call_id, which, language)
    wording = await wording_of(visit.uow, call_id, which, language)
    fields = fields_of(ground, which, wording, day_in_oslo(visit.uow.now))
    if name == "preview.pdf":
        return as_pdf(await pdf_of(fields), f"{case.reference}-{which}-{language}.pdf", language)
    return visit.render("letters/preview.html", case=case, fields=fields, kind=which, written_in=language)


ROUTES = [
    letters_page, release_page, letter_page, latest_letter_page, texts_page, text_page, preview_page,
]  # fmt: skip
