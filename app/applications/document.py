"""An application and its receipt as documents on paper: the words of their pages in the order that one reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from app.applications.budget_pages import words_of
from app.applications.queries import ApplicationView, ReceiptRow
from app.files.queries import FileRow
from app.texts import filters
from app.web.visit import Visit
from workflows.forms.fields import Question, is_empty
from workflows.roles import Role

TEMPLATE = "applications/document.typ"

Facts = tuple[tuple[str, str], ...]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is said: under its own heading, in words, as facts or as a table.

    A language is named where it is another than the document's, so that it is read aloud in that one.
    """

    term: str = ""
    term_language: str = ""
    words: tuple[str, ...] = ()
    is_list: bool = False
    """The words are ranked, the first first."""
    language: str = ""
    facts: Facts = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One section of a document."""

    heading: str
    facts: Facts = ()
    said: tuple[Said, ...] = ()


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a document says."""

    title: str
    language: str
    written_in: str = ""
    """The language of the title, where it is another than the document's."""
    over: tuple[str, ...]
    """The lines above the title: who, and which reference."""
    facts: Facts = ()
    lead: tuple[str, ...] = ()
    parts: tuple[Part, ...]
    foot: tuple[str, ...] = ()


def known(*pairs: tuple[str, str | None]) -> Facts:
    """The facts that there are."""
    return tuple((term, value) for term, value in pairs if value)


def application_document(visit: Visit, shown: Mapping[str, Any]) -> Document:
    """The whole application as its page to be printed shows it; `shown` is what that page is given."""
    view: ApplicationView = shown["view"]
    row, t, language = view.application, visit.t, visit.texts.language
    written_in = "" if row.language == language else row.language
    parts = [_section(visit, shown, section, written_in) for section in shown["sections"]]
    parts += [
        *_budget(visit, shown, written_in),
        _benefits(visit, view, written_in),
        _team(visit, shown),
        _endorsement(visit, shown),
        _attachments(visit, shown),
    ]
    return Document(
        title=view.case.title or t("applications.untitled"),
        language=language,
        written_in=written_in if view.case.title else "",
        over=_over(shown, view),
        facts=known(
            (t("applications.call"), view.call_title),
            (t("applications.state"), t(view.state_key)),
            (t("applications.sent"), _moment(row.submitted_at, language)),
            (t("applications.amount"), None if row.amount_ore is None else filters.money(row.amount_ore, language)),
            (t("applications.hours"), None if row.hours is None else str(row.hours)),
            (t("applications.fingerprint"), row.content_hash),
            (t("applications.printed_at"), _moment(visit.uow.now, language)),
        ),
        parts=tuple(parts),
    )


def receipt_document(
    visit: Visit, view: ApplicationView, partners: Sequence[str], receipts: Sequence[ReceiptRow]
) -> Document:
    """What was received when, from whom and with which fingerprint, the newest first."""
    t, language, reference = visit.t, visit.texts.language, view.application.reference
    parts = [
        Part(
            heading=t("applications.receipt_number", number=each.number),
            facts=known(
                (t("applications.reference"), reference), (t("applications.application"), view.case.title),
                (t("applications.unit"), " + ".join((view.unit, *partners))),
                (t("applications.received_at"), _moment(each.received_at, language)),
                (t("applications.received_from"), each.received_from),
                (t("applications.fingerprint"), each.content_hash),
            ),
        )
        for each in receipts
    ]  # fmt: skip
    return Document(
        title=t("applications.receipt_of", reference=reference), language=language,
        over=_over({"partners": partners}, view), facts=known((t("applications.call"), view.call_title)),
        lead=(t("applications.received"),), parts=tuple(parts), foot=(t("applications.what_now"),),
    )  # fmt: skip


def _over(shown: Mapping[str, Any], view: ApplicationView) -> tuple[str, ...]:
    return (
        " + ".join((view.unit, *shown["partners"])),
        *([view.county] if view.county else []),
        view.application.reference,
    )


def _moment(at: Any, language: str) -> str | None:
    return filters.moment(at, language) if at else None


def _section(visit: Visit, shown: Mapping[str, Any], section: str, written_in: str) -> Part:
    said = [
        _answer(visit, shown, question, written_in)
        for question in shown["form_of"].of_section(section)
        if question.key in shown["asked"] or (question.retired and not is_empty(shown["answers"].get(question.key)))
    ]
    if section == "what_works":
        ranked = tuple(each["text"] for each in shown["view"].deviances)
        said.append(
            Said(term=visit.t("applications.deviances"), words=ranked, is_list=True, language=written_in)
            if ranked
            else Said(term=visit.t("applications.deviances"), words=(visit.t("applications.no_deviances"),))
        )
    return Part(heading=visit.t(f"section.application.{section}"), said=tuple(said))


def _answer(visit: Visit, shown: Mapping[str, Any], question: Question, written_in: str) -> Said:
    t, form, answer = visit.t, shown["form_of"], shown["answers"].get(question.key)
    term = t(form.label(question)) + (f" ({t('questions.retired')})" if question.retired else "")
    if is_empty(answer):
        return Said(term=term, words=(t("applications.not_answered"),))
    match question.kind:
        case "text" | "long_text":
            return Said(term=term, words=tuple(str(answer).split("\n\n")), language=written_in)
        case "file":
            return Said(term=term, words=tuple(each.name for each in shown["attached"].get(question.key, [])))
        case "table":
            head = tuple(t(form.label(column)) for column in question.columns)
            rows = tuple(
                tuple(_in_words(visit, column, row.get(column.key)) for column in question.columns) for row in answer
            )
            return Said(term=term, head=head, rows=rows, language=written_in)
        case "choice":
            return Said(term=term, words=(t(form.choice_label(question, answer)),))
        case "choices":
            return Said(term=term, words=(", ".join(t(form.choice_label(question, each)) for each in answer),))
    return Said(term=term, words=(_in_words(visit, question, answer),))


def _in_words(visit: Visit, question: Question, value: Any) -> str:
    """A single value as the language writes it."""
    if value is None or value == "":
        return ""
    written: dict[str, Callable[[Any, str], str]] = {
        "money": filters.money, "date": filters.day, "number": filters.number, "hours": filters.number,
    }  # fmt: skip
    if question.kind == "yes_no":
        return visit.t("applications.yes" if value else "applications.no")
    return written[question.kind](value, visit.texts.language) if question.kind in written else str(value)


def _budget(visit: Visit, shown: Mapping[str, Any], written_in: str) -> tuple[Part, ...]:
    """The budget with who bears how much; nothing where the call asks for none."""
    t, language, budget = visit.t, visit.texts.language, shown["budget"]
    if budget is None:
        return ()
    heading = t("section.application.budget")
    if not budget.lines:
        return (Part(heading=heading, said=(Said(words=(t("budget.none"),)),)),)
    names = ("description", "cost_kind", "bearer", *(("year",) if budget.has_years else ()), "amount_ore")
    rows = tuple(tuple(words_of(visit.texts, line)[name] for name in names) for line in budget.lines)
    columns = {"amount_ore": "budget.amount_kroner"}
    head = tuple(t(columns.get(name, f"budget.{name}")) for name in names)
    sums = (
        *((t(f"budget.sum.{bearer}"), filters.money(ore, language)) for bearer, ore in budget.sums.items()),
        (t("budget.whole"), filters.money(budget.whole_ore, language)),
        (t("budget.own_share"), f"{budget.own_percent}\u00a0%"),
        *(
            ((t("budget.own_hours"), t("budget.hours_a_week", count=budget.weekly_hours)),)
            if budget.weekly_hours
            else ()
        ),
    )
    return (Part(heading=heading, facts=sums, said=(Said(head=head, rows=rows, language=written_in),)),)


def _benefits(visit: Visit, view: ApplicationView, written_in: str) -> Part:
    t = visit.t
    said = [
        Said(
            term=each["title"], term_language=written_in, words=tuple(filter(None, [each["description"]])),
            language=written_in,
            facts=known(
                (t("applications.benefit_for"), ", ".join(t(f"benefits.beneficiary.{one}") for one in each["beneficiaries"])),
                (t("applications.benefit_goal"), t(f"benefits.goal.{each['goal']}") if each["goal"] else None),
                (t("applications.benefit_noticed"), each["how_noticed"]),
            ),
        )
        for each in view.benefits
    ]  # fmt: skip
    nothing = Said(words=(t("applications.no_benefits"),))
    return Part(heading=t("section.application.benefits"), said=tuple(said) or (nothing,))


def _role(visit: Visit, role: str | Role | None) -> str:
    return visit.t(f"role.{role}") if role else ""


def _team(visit: Visit, shown: Mapping[str, Any]) -> Part:
    t, team = visit.t, shown["view"].team
    rows = tuple(
        (
            each["name"], _role(visit, each["role"]), "" if each["weekly_hours"] is None else str(each["weekly_hours"]),
            t(f"applications.says_{shown['said'][each['id']]}"),
        )
        for each in team
    )  # fmt: skip
    head = tuple(t(f"applications.{each}") for each in ("name", "role", "weekly_hours", "takes_part"))
    said = Said(head=head, rows=rows) if rows else Said(words=(t("applications.no_team"),))
    return Part(heading=t("section.application.team"), said=(said,))


def _endorsement(visit: Visit, shown: Mapping[str, Any]) -> Part:
    t, given = visit.t, shown["endorsements"]
    heading = t("section.application.endorsement")
    if not given:
        return Part(heading=heading, said=(Said(words=(t("applications.not_endorsed"),)),))
    head = tuple(t(f"applications.{each}") for each in ("name", "role", "weekly_hours"))
    said = [Said(words=(t(shown["endorsement_said"]),))]
    for each in given:
        by = t("applications.endorsed_by", name=each["name"], given_at=each["at"], hours=each["weekly_hours"])
        released = tuple(
            (one["name"], _role(visit, one["role"]), str(one["weekly_hours"] or 0)) for one in each["released"] or ()
        )
        said += [Said(words=(by,)), Said(head=head, rows=released)]
    return Part(heading=heading, said=tuple(said))


def _attachments(visit: Visit, shown: Mapping[str, Any]) -> Part:
    t, language = visit.t, visit.texts.language
    files: Sequence[FileRow] = shown["files"]
    rows = tuple(
        (
            each.name,
            f"{filters.number(each.size_in_unit, language)}\u00a0{each.unit}",
            filters.moment(each.uploaded_at, language),
        )
        for each in files
    )
    head = tuple(t(f"files.{each}") for each in ("name", "size", "uploaded"))
    said = Said(head=head, rows=rows) if rows else Said(words=(t("files.none"),))
    return Part(heading=t("section.application.attachments"), said=(said,))
