"""The page of a call's rules: each rule with the scheme's own beside it, and the way of a case that comes of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.calls import queries
from app.facilitation.queries import method_names
from app.texts.filters import money, number, number_field
from app.texts.i18n import Texts
from app.web.visit import Visit
from workflows.call import CallState
from workflows.call_changes import LESS_HARMS_NOBODY, MORE_HARMS_NOBODY, TOUCHES_NO_APPLICANT
from workflows.call_way import way
from workflows.roles import GRANTS, Permission
from workflows.rule_fields import FIELDS, SECTIONS, RuleField, field_at, value_of
from workflows.rules import DEFAULT_RULES, Rules

STILL_CHANGED = {
    CallState.DRAFT: frozenset(field.path for field in FIELDS),
    CallState.PUBLISHED: MORE_HARMS_NOBODY | LESS_HARMS_NOBODY | TOUCHES_NO_APPLICANT,
    CallState.OPEN: MORE_HARMS_NOBODY | LESS_HARMS_NOBODY | TOUCHES_NO_APPLICANT,
    CallState.CLOSED: TOUCHES_NO_APPLICANT,
}
"""The rules that can be written, by how far the call has come."""


class ShownRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as the page shows it: its words, what it is and what it is by default, and its field where it is written."""

    field: RuleField
    label: str
    typed: Any
    """What stands in its field."""
    says: str
    default: str
    is_altered: bool
    is_written: bool
    language: str = ""


def _percent(basis_points: int, texts: Texts) -> str:
    return number(Decimal(basis_points) / 100, texts.language)


def _first_large(words: str) -> str:
    return words[:1].upper() + words[1:]


def in_words(texts: Texts, field: RuleField, value: Any, methods: Mapping[str, str]) -> str:
    """What a rule says, in words; `methods` are the names of the methods by their keys."""
    match field.kind:
        case "yes_no":
            return texts.t("applications.yes" if value else "applications.no")
        case "percent":
            return texts.t("calls.rule_percent", percent=_percent(value, texts))
        case "money":
            return money(value, texts.language) if value else texts.t("calls.rule_no_limit")
        case "choice":
            return texts.t(f"{field.family}.{value or 'none'}")
        case "choices":
            return ", ".join(texts.t(f"{field.family}.{each}") for each in value) or texts.t("calls.rule_none")
        case "numbers":
            return ", ".join(map(str, value)) or texts.t("calls.rule_none")
        case "method":
            return methods.get(value, value) or texts.t("calls.rule_none")
        case "methods":
            return ", ".join(methods.get(each, each) for each in value) or texts.t("calls.rule_none")
    return str(value)


def _typed(field: RuleField, value: Any) -> Any:
    if field.kind == "percent":
        share = Decimal(value) / 100
        return number_field(share.quantize(Decimal(1)) if share == int(share) else share)
    return ", ".join(map(str, value)) if field.kind == "numbers" else value


def label_of(texts: Texts, field: RuleField) -> str:
    """The name of a rule in words, with its milestone or language where there are several."""
    label = _first_large(texts.t(field.text_key))
    if field.item:
        item = texts.t(f"state.project.{field.item}") if field.section == "facilitation" else field.item
        return texts.t("calls.rule_of_item", rule=texts.t(field.text_key), item=item)
    if field.section == "legal":
        return texts.t("calls.rule_in_language", rule=label, language_key=f"language.{field.path.rsplit('.', 1)[-1]}")
    return label


def shown(
    texts: Texts, rules: Rules, field: RuleField, methods: Mapping[str, str], written: Collection[str]
) -> ShownRule:
    """One rule for the page; `written` are the paths of those that can be written now."""
    value, default = value_of(rules, field), value_of(DEFAULT_RULES, field)
    return ShownRule(
        field=field, label=label_of(texts, field), typed=_typed(field, value), says=in_words(texts, field, value, methods),
        default=in_words(texts, field, default, methods), is_altered=value != default,
        is_written=field.path in written,
        language=field.path.rsplit(".", 1)[-1] if field.section == "legal" else "",
    )  # fmt: skip


def options(texts: Texts, methods: Mapping[str, str]) -> Mapping[str, list[tuple[str, str]]]:
    """For each field with choices what is chosen among, in words."""
    known = list(methods.items())
    by_kind = {"methods": known, "method": [("", texts.t("calls.rule_none")), *known]}
    named = {field.path: by_kind[field.kind] for field in FIELDS if field.kind in by_kind}
    return named | {
        field.path: [(choice, texts.t(f"{field.family}.{choice or 'none'}")) for choice in field.choices]
        for field in FIELDS
        if field.choices
    }


@get("/calls/{call_id:uuid}/rules", permission=Permission.CALL_SEE, include_in_schema=False)
async def rules_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """The rules of a call, for everybody to read; those who handle it write them."""
    view = await queries.call_view(visit.uow, visit.actor, call_id, visit.texts.language)
    handles = not GRANTS[Permission.CALL_WRITE].isdisjoint(view.roles)
    written = STILL_CHANGED.get(CallState(view.call.state), frozenset()) if handles else frozenset()
    writes = handles and view.call.state == CallState.DRAFT
    texts, methods = visit.texts, await method_names(visit.uow, visit.texts)
    sections = {
        section: [shown(texts, view.rules, field, methods, written) for field in FIELDS if field.section == section]
        for section in SECTIONS
    }
    stages = list(way(view.rules))
    said = {
        path: (
            label_of(texts, field_at(path)),
            in_words(texts, field_at(path), value_of(view.rules, field_at(path)), methods),
        )
        for stage in stages
        for path in stage.rules
    }
    return visit.render(
        "calls/rules.html", view=view, call=view.call, sections=sections, options=options(texts, methods), stages=stages,
        said=said, shares={rule.key: _percent(rule.share_basis_points, texts) for rule in view.rules.milestones},
        writes=writes, changes=bool(written) and not writes, handles=handles,
        sees_methods=visit.actor.may(Permission.RESOURCE_GROUP_SEE),
    )  # fmt: skip
