"""The rules of a call one by one: what each may be, what it is unless the call says otherwise, and how it is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from workflows.facilitation_rules import STEP_PLANS
from workflows.funding import INSTRUMENTS
from workflows.judging import JUDGEMENTS
from workflows.roles import GRANTS, Permission, Role
from workflows.rules import DEFAULT_RULES, GATES, GOALS, INSIGHT_PARTIES, Rules
from workflows.wording import LANGUAGES, Wording

FieldKind = Literal["number", "percent", "money", "yes_no", "choice", "choices", "numbers", "text", "method", "methods"]

IN_TEAM = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.PARTNER, Role.CITIZENS_VOICE)
CLARIFIES = (*IN_TEAM[:3], Role.FACILITATOR, Role.COUNTY_REPRESENTATIVE, *IN_TEAM[3:])

CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "team.roles": ("role", IN_TEAM),
    "screening.judged": ("judgement", JUDGEMENTS),
    "clarifications.at_start": ("role", CLARIFIES),
    "clarifications.at_close_diamond_1": ("role", CLARIFIES),
    "clarifications.at_close_diamond_2": ("role", CLARIFIES),
    "clarifications.at_close_diamond_3": ("role", CLARIFIES),
    "clarifications.released": ("role", (Role.COORDINATOR, Role.CORE_TEAM)),
    "gates.insight_parties": ("activities.party", INSIGHT_PARTIES),
    "funding.office": ("decisions.instrument", INSTRUMENTS),
    "funding.allowed": ("decisions.instrument", INSTRUMENTS),
    "benefits.goals": ("benefits.goal", GOALS),
    "appeal.regime": ("calls.appeal", ("none", "reconsideration", "act")),
    "approved_by": (
        "role",
        tuple(role for role in CLARIFIES + tuple(Role) if role in GRANTS[Permission.MILESTONE_APPROVE]),
    ),
    "blocks": ("rules.gate", ("", *GATES)),
}
"""What is chosen among, by path or by the last part of it: the family of texts that names each, and its keys."""

METHODS: Mapping[str, FieldKind] = {
    "assignment.method": "method",
    **{f"facilitation.steps.{plan.step}.methods": "methods" for plan in STEP_PLANS},
}
"""Rules that name methods, one or none or several: which methods there are, the resource group's catalogue says (S10)."""

ELSEWHERE = frozenset(
    {
        "version",
        "reviews.phases",
        "appeal.deadline_days",
    }
)
"""Rules that are not written here: counted by the scheme, kept for running cases alone, or written on a page of their own."""

KEYED: Mapping[str, str] = {"milestones": "key", "facilitation.steps": "step"}
"""Lists of rules, each with the field that tells its items apart."""

PERCENT = "_basis_points"
MONEY = "_ore"


class RuleField(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: its path in the rules, the part of the page it stands in, and what it may be."""

    path: str
    section: str
    kind: FieldKind
    family: str = ""
    """The family of texts that names its choices."""
    choices: tuple[str, ...] = ()
    item: str = ""
    """Which of a list of rules it belongs to, such as a milestone's key."""

    @property
    def name(self) -> str:
        """Its name in forms."""
        return self.path.replace(".", "_")

    @property
    def text_key(self) -> str:
        """The key of its name in words."""
        parts = self.path.split(".")
        if self.item:
            return f"rules.field.{'.'.join(part for part in parts if part != self.item)}"
        return f"rules.field.{'.'.join(parts[:2])}"


def _field(path: str, section: str, item: str, hint: Any) -> RuleField:
    family, choices = CHOICES.get(path) or CHOICES.get(path.rsplit(".", 1)[-1], ("", ()))
    if choices:
        kind: FieldKind = "choices" if get_origin(hint) is tuple else "choice"
        return RuleField(
            path=path, section=section, kind=kind, family=family, choices=tuple(map(str, choices)), item=item
        )
    if path in METHODS:
        return RuleField(path=path, section=section, kind=METHODS[path], item=item)
    if hint is bool:
        return RuleField(path=path, section=section, kind="yes_no", item=item)
    if hint is int:
        kind = "percent" if path.endswith(PERCENT) else "money" if path.endswith(MONEY) else "number"
        return RuleField(path=path, section=section, kind=kind, item=item)
    if get_origin(hint) is tuple and get_args(hint)[0] is int:
        return RuleField(path=path, section=section, kind="numbers")
    raise TypeError(f"the rule {path} has the type {hint}, which no field of a form is for")


def _fields(rules: msgspec.Struct, prefix: str = "", section: str = "", item: str = "") -> Iterator[RuleField]:
    for name, hint in get_type_hints(type(rules)).items():
        path = f"{prefix}{name}"
        if path in ELSEWHERE or (item and name == KEYED[prefix.removesuffix(f".{item}.")]):
            continue
        if path in KEYED:
            for each in getattr(rules, name):
                key = getattr(each, KEYED[path])
                yield from _fields(each, f"{path}.{key}.", section or name, key)
        elif hint is Wording:
            yield from (RuleField(path=f"{path}.{code}", section=section, kind="text") for code in LANGUAGES)
        elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield from _fields(getattr(rules, name), f"{path}.", name)
        else:
            yield _field(path, section or "changes", item, hint)


FIELDS: tuple[RuleField, ...] = tuple(_fields(DEFAULT_RULES))
"""Every rule that is written on the page of a call's rules, in the order of the rules."""

SECTIONS: tuple[str, ...] = tuple(dict.fromkeys(field.section for field in FIELDS))
"""The parts of that page."""


def field_at(path: str) -> RuleField:
    """The rule at a path; LookupError for an unknown one."""
    for field in FIELDS:
        if field.path == path:
            return field
    raise LookupError(path)


def value_of(rules: Rules, field: RuleField) -> Any:
    """What the rules say at a field, as the rules keep it."""
    found: Any = rules
    at = ""
    for part in field.path.split("."):
        if at in KEYED:
            found = next(each for each in found if getattr(each, KEYED[at]) == part)
        else:
            found = getattr(found, part)
        at = f"{at}.{part}" if at else part
    return found


def altered(rules: Rules, other: Rules = DEFAULT_RULES) -> tuple[RuleField, ...]:
    """The fields in which two sets of rules differ; without `other`, those in which a call leaves the scheme's own."""
    return tuple(field for field in FIELDS if value_of(rules, field) != value_of(other, field))


def replaced(rules: Rules, values: Mapping[str, Any]) -> Rules:
    """The rules with other values at some paths, as the rules keep them; LookupError for an unknown path."""
    found: dict[str, Any] = msgspec.to_builtins(rules)
    for path, value in values.items():
        field_at(path)
        *way, last = path.split(".")
        place: Any = found
        at = ""
        for part in way:
            place = next(each for each in place if each[KEYED[at]] == part) if at in KEYED else place[part]
            at = f"{at}.{part}" if at else part
        place[last] = value
    return msgspec.convert(found, Rules)
