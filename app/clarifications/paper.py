"""The clarifications that everybody agreed to, as a document on paper (PDF/UA)."""

from __future__ import annotations

from app.applications.document import Document, Part, Said, known
from app.clarifications.queries import ClarificationRow
from app.projects.queries import ProjectHead
from app.texts import filters
from app.web.visit import Visit
from workflows.clarification import TEXTS

TEMPLATE = "applications/document.typ"


def agreed_document(visit: Visit, project: ProjectHead, rows: list[ClarificationRow]) -> Document:
    """Each clarification that stands, with its version, its fingerprint, and who agreed when."""
    t, language = visit.t, visit.texts.language
    written_in = "" if project.language == language else project.language
    agreed = [row for row in rows if row.state == "agreed"]
    return Document(
        title=project.title or t("clarifications.agreed_set"),
        language=language,
        written_in=written_in if project.title else "",
        over=(t("clarifications.agreed_set"), f"{project.unit} · {project.reference}"),
        facts=known(
            (t("clarifications.agreed_count"), str(len(agreed))),
            (t("clarifications.all_count"), str(len(rows))),
            (t("applications.printed_at"), filters.moment(visit.uow.now, language)),
        ),
        lead=(t("clarifications.equal_footing"),),
        parts=tuple(_part(visit, row, written_in) for row in agreed),
        foot=() if len(agreed) == len(rows) else (t("clarifications.not_all_agreed"),),
    )


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]


def _part(visit: Visit, row: ClarificationRow, written_in: str) -> Part:
    t, language = visit.t, visit.texts.language
    number = row.standing[0].number if row.standing else 0
    texts = tuple(
        Said(term=t(f"clarification.{name}"), words=(row.texts[name],), language=written_in)
        for name in TEXTS
        if row.texts[name].strip()
    )
    signed = Said(
        term=t("clarifications.who_agreed"),
        head=(t("clarifications.side"), t("clarifications.holder"), t("clarifications.when"), t("clarifications.how_agreed")),
        rows=tuple(
            (t(f"clarifications.side.{each.side}"), each.name or row.holder, filters.moment(each.agreed_at, language),
             each.how or t("clarifications.signed_in"))
            for each in row.standing
        ),
    )  # fmt: skip
    return Part(
        heading=f"{_first_large(t(f'role.{row.role}'))}: {row.holder}",
        facts=known(
            (t("clarifications.gate"), t(f"clarifications.gate.{row.gate}")),
            (t("clarifications.hours"), str(row.hours_per_week)),
            (t("clarifications.released_hours"), str(row.released_hours) if "leader" in row.sides else None),
            (t("clarifications.version_number"), str(number) if number else None),
            (t("clarifications.fingerprint"), row.text_hash),
        ),
        said=(*texts, signed),
    )
